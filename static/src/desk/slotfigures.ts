// The figures of a slot at the desk, and which slot a ticket is shown under. Pure
// functions: nothing here reads a clock.

import type { DeskSlot, Seat, StaffTicket } from "../wire.ts";

export interface SlotFigures {
  booked: number; // tickets of the slot, without the cancelled
  arrived: number; // of those
  called: number; // of the arrived
  seen: number; // of the called, whose visit has ended; no no-shows
  missing: number; // of the booked, that have not arrived
}

const open = ["waiting", "called", "in_service", "absent", "held"];

/**
 * Returns the figures of a slot. The server counts the ended tickets: only the latest of
 * them are among all.
 */
export function slotFigures(slot: DeskSlot, service: string, all: readonly StaffTicket[]): SlotFigures {
  const live = all.filter((t) => t.service === service && t.slot === slot.slot && open.includes(t.state));
  const { called = 0, seen = 0, left: gone = 0 } = slot;
  const arrived = live.length + seen + gone;
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

export interface SlotRun {
  groups: SlotGroup[];
  folds: boolean; // only a summary is shown until the desk opens it
  earlier: boolean; // before the slot being seen
}

/**
 * Divides the slots of a day, so that a long day is no long list of empty slots. Slots
 * without tickets fold where they are before the one being seen, or two and more in a row.
 */
export function slotRuns(groups: readonly SlotGroup[], serving: string): SlotRun[] {
  const at = groups.findIndex((g) => g.slot !== undefined && g.slot.slot === serving);
  const all: SlotRun[] = [];
  groups.forEach((g, i) => {
    const empty = g.slot !== undefined && g.tickets.length === 0 && i !== at;
    const last = all[all.length - 1];
    if (empty && last?.folds && i - 1 !== at) last.groups.push(g);
    else all.push({ groups: [g], folds: empty, earlier: i < at });
  });
  return all.map((r) => ({ ...r, folds: r.folds && (r.earlier || r.groups.length > 1) }));
}

/** The seats left in several slots together; undefined where one has no limit. */
export function leftOf(seats: readonly Seat[]): number | undefined {
  return seats.reduce<number | undefined>((sum, seat) => {
    const n = left(seat);
    return sum === undefined || n === undefined ? undefined : sum + n;
  }, 0);
}
