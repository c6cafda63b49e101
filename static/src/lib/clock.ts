// The clinic's time. Phones and televisions are often wrong by minutes, and may be in
// another zone. The server's pulses have the time, and its times have the zone.

/** The clinic's own wall clock in a time of the contract: "10:23". */
export function clockTime(at: string): string {
  return at.slice(11, 16);
}

/** The server's time, on a page that counts down. */
export class Clock {
  known = false; // the server's time was received
  protected ahead = 0; // ms of the server's clock ahead of this one

  constructor(protected now: () => number = Date.now) {}

  /** Takes the time from a pulse that was sent just now. Its zone is not the clinic's. */
  learnTime(at: string): void {
    const sent = Date.parse(at);
    if (!sent) return; // unreadable
    this.ahead = sent - this.now();
    this.known = true;
  }

  /** Returns the ms until an instant of the contract; negative if it has passed. */
  until(at: string): number {
    return Date.parse(at) - this.now() - this.ahead;
  }
}

/** The clinic's wall clock, on a page that shows it. */
export class WallClock extends Clock {
  private zone = -new Date(this.now()).getTimezoneOffset(); // minutes east of UTC

  /** Takes the zone from a state's time, which is in the clinic's zone. */
  learnZone(at: string): void {
    const parts = /([+-])(\d\d):(\d\d)$/.exec(at);
    if (parts) {
      this.zone = (parts[1] === "-" ? -1 : 1) * (Number(parts[2]) * 60 + Number(parts[3]));
    } else if (at.endsWith("Z")) {
      this.zone = 0;
    }
  }

  /** The clinic's wall clock now: "10:23". */
  read(): string {
    return new Date(this.now() + this.ahead + this.zone * 60_000).toISOString().slice(11, 16);
  }

  /** The clinic's wall clock some minutes from now, to be shown and not sent: it names no zone. */
  wallIn(minutes: number): string {
    return new Date(this.now() + this.ahead + (this.zone + minutes) * 60_000).toISOString().slice(0, 19);
  }

  /** The instant some minutes from now, as the contract writes it. */
  inMinutes(minutes: number): string {
    return new Date(this.now() + this.ahead + minutes * 60_000).toISOString();
  }
}
