// What the line knows better of open days than the register: the desk's live tickets over
// the rows of bookings. No request is sent for it, as each look is in the access log.

import type { BookingRow, Staff, StaffTicket } from "../wire.ts";

/** The live tickets by id. */
export function liveTickets(staff: Staff | undefined): Map<string, StaffTicket> {
  const all = new Map<string, StaffTicket>();
  for (const s of staff?.services ?? []) for (const t of s.tickets) all.set(t.id, t);
  return all;
}

/** A row as the line has its ticket now. */
export function overlaid(b: BookingRow, t: StaffTicket | undefined): BookingRow {
  if (!t || t.state === "lost") return b;
  const { arrivedAt, calledAt, endedAt } = t;
  return {
    ...b, state: t.state, number: t.number, partySize: t.partySize, firstVisit: t.firstVisit,
    ...(arrivedAt ? { arrived: arrivedAt } : {}), ...(calledAt ? { called: calledAt } : {}), ...(endedAt ? { ended: endedAt } : {}),
  };
}
