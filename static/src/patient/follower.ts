// One kept ticket, followed live: its state, how fresh that is, and whether it still
// exists on the server.

import { call, Failure } from "../lib/api.ts";
import type { Connection } from "../lib/connection.ts";
import { startFeed, type Status } from "../lib/feed.ts";
import { poll, socket, stream } from "../lib/transport.ts";
import type { Frame, Ticket, TicketAnswer } from "../wire.ts";
import { keepLinked, note, replace, type Own } from "./own.ts";
import { fromOf } from "./progress.ts";

export interface Follows {
  own?: Own | undefined; // without one only the service is followed
  service?: string;
  clinic?: string; // its name, noted with a ticket that opens
  known?: Ticket | undefined; // what was just issued
  heardAt?: number | undefined; // of what the page begins with, where that is old
  onFrame?(f: Frame): void;
  onGone(own: Own): void; // the server has no such ticket
  onMoved(from: Own, to: Own): void; // the desk has moved the booking, and this follower has stopped
  changed(): void;
}

const checkEvery = 15_000; // ms, while the line is broken

export class Follower {
  readonly own: Own | undefined;
  status: Status | undefined;
  private received: Ticket | undefined;
  private states = 0; // of the ticket, that the line has sent
  private checkedAt: number; // local ms
  private stopped = false;
  private led = false; // the ticket that replaced it was asked for
  private readonly feed: Connection;

  constructor(private readonly f: Follows) {
    this.own = f.own;
    if (f.known) this.keep(f.known);
    this.checkedAt = f.known ? Date.now() : 0;
    const topics = f.service ? ["service:" + f.service] : [];
    if (f.own) topics.push("ticket:" + f.own.id);
    this.feed = startFeed({
      origin: location.origin,
      topics,
      token: f.own?.token,
      heardAt: f.heardAt && Math.max(f.heardAt, f.own?.at || 0),
      transports: [socket, stream, poll],
      onFrame: (frame) => this.take(frame),
      onStatus: (s) => this.onStatus(s),
    });
  }

  /** The newest known state of the ticket. */
  get ticket(): Ticket | undefined {
    return this.received || (this.lost || this.f.heardAt ? this.own?.last : undefined);
  }

  /** The ticket as this page itself has received it. */
  get confirmed(): Ticket | undefined {
    return this.received;
  }

  /** The most that were ever ahead of it. */
  get from(): number | undefined {
    return this.own?.from;
  }

  private get lost(): boolean {
    return this.status?.link === "offline" || this.status?.link === "stale";
  }

  stop(): void {
    this.stopped = true;
    this.feed.stop();
  }

  /** Connects again at once. */
  redial(): void {
    this.feed.redial();
  }

  /** Takes a state that was fetched beside the line. */
  fetched(frame: Frame): void {
    this.feed.take(frame);
  }

  /** Acts on the ticket. It takes the reply unless a frame has brought a state meanwhile: a reply may come late. */
  async act(path: string, key: string, body: object): Promise<void> {
    const own = this.own;
    if (!own) return;
    const states = this.states;
    const { ticket } = await call<TicketAnswer>({ method: "POST", path: "/v1/tickets/" + own.id + "/" + path, key, token: own.token, body });
    if (this.states === states) this.keep(ticket);
    this.f.changed();
  }

  /**
   * Requests the ticket once. With a wrong or old link the connection only looks broken.
   * Of a moved ticket, the answer leads to the one that replaced it.
   */
  async check(old?: Ticket): Promise<void> {
    const own = this.own;
    if (!own) return;
    this.checkedAt = Date.now();
    try {
      const { ticket, moved } = await call<TicketAnswer>({ method: "GET", path: "/v1/tickets/" + own.id, token: own.token });
      if (this.stopped) return;
      if (moved) {
        this.stop();
        this.f.onMoved(own, replace(own, moved));
        return;
      }
      if (old || !this.received || this.status?.link !== "live") this.keep(ticket); // a live connection is newer
    } catch (e) {
      if (old) this.keep(old);
      if (this.stopped || !(e instanceof Failure) || ![401, 403, 404, 410].includes(e.status)) return;
      this.f.onGone(own);
    }
    this.f.changed();
  }

  private take(frame: Frame): void {
    if (frame.ticket && frame.ticket.id === this.own?.id) {
      this.states++;
      this.keep(frame.ticket);
    }
    this.f.onFrame?.(frame);
    this.f.changed();
  }

  /** Keeps a ticket that this page opens, also one from a shared link. */
  private keep(t: Ticket): void {
    const own = this.own;
    if (t.movedTo && !this.led) {
      this.led = true;
      void this.check(t);
      return;
    }
    this.received = t;
    if (!own) return;
    own.last = t;
    own.from = fromOf(t, own.from);
    own.at = Date.now();
    if (this.f.clinic) own.clinic = this.f.clinic;
    keepLinked(own);
    note(own.id, own);
  }

  private onStatus(s: Status): void {
    this.status = s;
    if (s.link === "live" && this.own?.last) {
      this.own.at = s.heardAt;
      note(this.own.id, { at: s.heardAt });
    }
    if (s.link !== "live" && Date.now() - this.checkedAt > checkEvery) void this.check();
    this.f.changed();
  }
}
