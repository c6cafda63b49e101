// The figures of a slot at the desk, and which slot a ticket is shown under. Pure
// functions: nothing here reads a clock.

import type { DeskSlot, Seat, StaffTicket } from "../wire.ts";

export interface SlotFigures {
  booked: number; // tickets of the slot, without the cancelled
  arrived: number; // of those
  called: number; // of the arrived
  seen: number; // of the called, whose visit has ended
  missing: number; // of the booked, that have not arrived
}

const open = ["waiting", "called", "in_service", "absent", "held"];

/**
 * Returns the figures of a slot. The server counts booked and called. The live tickets
 * give the rest: only the latest ended tickets are among all.
 */
export function slotFigures(slot: DeskSlot, service: string, all: readonly StaffTicket[]): SlotFigures {
  const live = all.filter((t) => t.service === service && t.slot === slot.slot && open.includes(t.state));
  const called = slot.called ?? 0;
  const seen = Math.max(0, called - live.filter((t) => (t.attempt ?? 0) > 0).length);
  const arrived = live.length + seen;
  const booked = Math.max(slot.booked ?? 0, arrived);
  return { booked, arrived, called, seen, missing: booked - arrived };
}

/** Returns the seats that are left, never fewer than 0; undefined without a limit. */
export function left(seat: Seat): number | undefined {
  return seat.limit === null ? undefined : Math.max(0, seat.limit - seat.used);
}

/** The slot in whose order a ticket stands. */
export function standsIn(t: StaffTicket): string {
  return t.lineSlot || t.slot || "";
}

export interface SlotGroup {
  slot: DeskSlot | undefined; // undefined: tickets of no slot of today
  tickets: StaffTicket[];
}

/**
 * Groups tickets by the slot in whose order they stand. Tickets that stand in no slot
 * of the day come last, such as those from another line.
 */
export function bySlot(slots: readonly DeskSlot[], tickets: readonly StaffTicket[]): SlotGroup[] {
  const groups: SlotGroup[] = slots.map((slot) => ({ slot, tickets: tickets.filter((t) => standsIn(t) === slot.slot) }));
  const others = tickets.filter((t) => !slots.some((slot) => slot.slot === standsIn(t)));
  return others.length > 0 ? [...groups, { slot: undefined, tickets: others }] : groups;
}

/** Returns how many groups at the front need no attention: no tickets, and before the slot being seen. */
export function passed(groups: readonly SlotGroup[], serving: string): number {
  const at = groups.findIndex((g) => g.slot?.slot === serving);
  const first = groups.findIndex((g) => g.tickets.length > 0);
  return Math.max(0, first < 0 ? at : Math.min(at, first));
}
