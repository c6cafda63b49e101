// Which ticket the desk means by what it types or scans when a patient arrives: a QR
// code, a card number, the end of a phone number, or the number. Pure functions.

import type { Staff, StaffTicket } from "../wire.ts";

const fewest = 3; // digits of a phone number's end

/** The id of a ticket in a link or code; "" without one. */
export function ticketIn(text: string): string {
  return /(?:^|[^0-9])(\d{4}-\d{1,3}-\d{6}-[0-9A-Za-z]+)/.exec(text.normalize("NFKC"))?.[1] ?? "";
}

/** The day of a ticket's id, "2026-11-21"; "" of another text. */
export function dayIn(id: string): string {
  return id.replace(/^.*-(\d\d)(\d\d)(\d\d)-.*$|^.*$/, (_, y, m, d) => (y ? `20${y}-${m}-${d}` : ""));
}

/** What the desk means: the tickets that may arrive, or those that have arrived already. */
export interface Found {
  coming: StaffTicket[];
  here: StaffTicket[];
}

/** Finds tickets of today by a text. An exact match excludes the ends of phone numbers. */
export function findArrival(staff: Staff, text: string): Found {
  const all = ([] as StaffTicket[]).concat(...staff.services.map((s) => s.tickets.filter((t) => t.acts.length > 0 && !ended(t))));
  const id = ticketIn(text);
  const typed = text.normalize("NFKC").trim();
  const digits = typed.replace(/[\s()-]/g, "");
  let found = all.filter((t) => (id ? t.id === id : typed !== "" && t.cardNumber === typed));
  if (found.length === 0 && !id && /^\d+$/.test(digits)) {
    found = all.filter((t) => String(t.number) === digits || (digits.length >= fewest && t.phone.replace(/\D/g, "").endsWith(digits)));
  }
  const comes = (t: StaffTicket) => t.acts.includes("arrive");
  return { coming: found.filter(comes), here: found.filter((t) => !comes(t)) };
}

function ended(t: StaffTicket): boolean {
  return t.state === "done" || t.state === "cancelled" || t.state === "no_show";
}
