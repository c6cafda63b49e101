// What the page of the books offers to its views.

import type { Known, PhoneBooking } from "../desk/phonebooking.ts";
import type { Call, Failure } from "../lib/api.ts";
import type { Words } from "../lib/i18n.ts";
import type { Page } from "../staff/page.ts";
import type { Login, Staff, StaffTicket } from "../wire.ts";
import type { BooksTexts } from "./texts.ts";

export type BooksWords = Words<BooksTexts>;

export const views = ["bookings", "members", "files", "accesses"] as const;
export type View = (typeof views)[number];

export interface Books extends Omit<Page, "w"> {
  readonly w: BooksWords;
  readonly login: Login;
  readonly admin: boolean;
  readonly staff: Staff | undefined; // of the latest frame
  readonly today: string; // business date
  /** The path of a clinic's resource. */
  path(rest: string): string;
  /** Turns to a view, and to one thing in it. */
  go(view: View, id?: string): void;
  /**
   * Reads, or searches; several at once. It returns undefined after a failure, which the
   * page shows unless refused returns true.
   */
  read<T>(call: Call, refused?: (f: Failure) => boolean): Promise<T | undefined>;
  /** The form of a booking for a member who telephones. */
  phoneOf(known: Known): PhoneBooking;
  /** Forgets the lists: somebody in them was erased. */
  forgetLists(): void;
  /** The live ticket of a booking, with what may be done to it now; undefined: it is over. */
  liveTicket(ticket: string): Promise<StaffTicket | undefined>;
}
