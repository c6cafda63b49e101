// Chooses the page that the screen shows: each for some seconds, and at once the one
// with a new call. It identifies pages by their keys, because pages come and go. It
// reads no clock; times are ms of a monotonic one.

export const each = 10_000; // ms

export class Pager {
  turns = 0; // seconds for each page, also if there is only one
  private key = "";
  private since: number;

  constructor(now: number) {
    this.since = now;
  }

  /** The index of the page to show now. */
  index(keys: string[], now: number): number {
    let i = keys.indexOf(this.key);
    const over = now - this.since >= each;
    if (over) {
      this.turns++;
      this.since = now;
      i = i < 0 ? 0 : (i + 1) % Math.max(1, keys.length);
    }
    i = Math.max(0, i);
    this.key = keys[i] ?? "";
    return i;
  }

  /** Shows a page at once, and for a whole turn. */
  bring(key: string, now: number): void {
    this.key = key;
    this.since = now;
  }
}
