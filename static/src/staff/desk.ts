// What the parts of the desk's page may do: send one press, know whether one is
// under way, and remember which small form is open.

import { newKey, type Call, type Failure } from "../lib/api.ts";
import type { Clock } from "../lib/clock.ts";
import type { Issued } from "../wire.ts";
import type { BookingsView } from "./bookings.ts";
import type { Subject } from "./journal.ts";
import type { StaffWords } from "./words.ts";

/** What is open on the page beyond the line itself; one form at a time. */
export interface Ui {
  /** A form of a ticket (its id), of a room or of a service: one is open at a time. */
  open: { of: string; form: string; room?: string } | undefined;
  panel: string; // the service that digits and W mean; "" is the first
  issued: Issued | undefined; // at this desk, last
  writing: Writing | undefined;
  over: { service: string; code: string } | undefined; // a walk-in that needs the desk to insist
}

/** A message that is being written, and not saved. */
export interface Writing {
  service: string;
  message: "standing" | "temporary";
  text: string;
  until: string | null; // on the clinic's wall clock
}

export const closed: Ui = { open: undefined, panel: "", issued: undefined, writing: undefined, over: undefined };

export interface Desk {
  readonly w: StaffWords;
  readonly clock: Clock;
  readonly busy: boolean;
  readonly ui: Ui;
  readonly bookings: BookingsView;
  set(change: Partial<Ui>): void;
  /** Turns to what was done to a ticket, and by whom. */
  showActs(of: Subject): void;
  /** Renders anew, after a change of something that the page does not know, and brings an element into sight. */
  redraw(show?: string): void;
  /**
   * Sends one press; what is its name for people. Undefined when it failed, which
   * the desk says itself unless refused returns true.
   */
  press(what: string, call: Call, refused?: (f: Failure) => boolean): Promise<unknown>;
}

/** Calls the next ticket of a service to a room, or the one named. */
export function callTo(service: string, room: string, ticket?: string): Call {
  const body = ticket ? { room, ticket } : { room };
  return { method: "POST", path: `/v1/services/${service}/call`, key: newKey(), body };
}

export function actOn(ticket: string, act: string, body?: unknown): Call {
  const c: Call = { method: "POST", path: `/v1/tickets/${ticket}/${act}`, key: newKey() };
  return body === undefined ? c : { ...c, body };
}

export function put(path: string, body: unknown): Call {
  return { method: "PUT", path, key: newKey(), body };
}
