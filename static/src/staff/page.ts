// What the staff page offers to its parts. They can send one action, know whether one
// is pending, and open one small form.

import type { nothing, TemplateResult } from "../../vendor/lit/lit.js";
import type { Call, Failure } from "../lib/api.ts";
import type { WallClock } from "../lib/clock.ts";
import type { Issued, StaffService, StaffTicket } from "../wire.ts";
import type { StaffWords } from "./words.ts";

/** The forms and notes that are open on the page. */
export interface Ui {
  /** A form of a ticket (its id), of a room or of a service: one is open at a time. */
  open: { of: string; form: string; room?: string } | undefined;
  panel: string; // the service of the keys of digits and W; "" is the first
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

/** The ticket that the journal is about; its number is 0 before it has one. */
export interface Subject {
  id: string;
  number: number;
}

/** The choice of a day to come, in the form of a service. */
export interface DayChoice {
  choice(service: string): TemplateResult;
  /** Reads the days to which a booking without a slot may move. */
  openDays(t: StaffTicket): Promise<void>;
  /** The choice among them; its value is for dayOf. */
  otherDay(t: StaffTicket): TemplateResult | typeof nothing;
  /** A patient was received at a service: the next one is for today again. */
  received(service: string, clinic: string): Promise<void>;
  /** Bookings have changed: what is shown of them is read again. */
  changed(): Promise<void>;
}

/** A search for a free slot. */
export interface SlotSearch {
  service: string;
  today: string;
  channel: string; // whose seats are counted: "web" or "desk"
}

/** The parts of services in slot mode. A search has a key, so that several forms can have one. */
export interface SlotParts {
  readonly free: {
    open(key: string, search: SlotSearch): Promise<void>;
    forget(key: string): void;
    render(key: string): unknown;
  };
  readonly phone: { render(s: StaffService): TemplateResult };
  readonly closing: { render(s: StaffService): TemplateResult };
}

export interface Page {
  readonly w: StaffWords;
  readonly clock: WallClock;
  readonly busy: boolean;
  readonly ui: Ui;
  readonly bookings: DayChoice;
  readonly slots: SlotParts;
  readonly updateComplete: Promise<void>;
  set(change: Partial<Ui>): void;
  /** Shows a note in the place of the outcomes, which is read politely. */
  report(text: string): void;
  /** Opens the journal of a ticket. */
  showActs(of: Subject): void;
  /** Turns to what a ticket's patient was sent. */
  showNotices(of: Subject): void;
  /** Renders again after a change of a part's own state, and scrolls to an element. */
  redraw(show?: string): void;
  /**
   * Sends one action; what is its name for people. It returns undefined after a
   * failure. The page shows the failure unless refused returns true.
   */
  send(what: string, call: Call, refused?: (f: Failure) => boolean): Promise<unknown>;
}
