// Looks a ticket up in the snapshot of the lines that the page shows. Pure functions.

import type { Staff, StaffService, StaffTicket } from "../wire.ts";

export function ticketOf(staff: Staff, id: string): StaffTicket | undefined {
  for (const s of staff.services) {
    const found = s.tickets.find((t) => t.id === id);
    if (found) return found;
  }
  return undefined;
}

/** The open ticket of a room, of whatever service it is. */
export function insideOf(staff: Staff, room: { id: string }): StaffTicket | undefined {
  for (const s of staff.services) {
    const inside = s.tickets.find((t) => t.room === room.id && isInside(t));
    if (inside) return inside;
  }
  return undefined;
}

export function isInside(t: StaffTicket): boolean {
  return t.state === "called" || t.state === "in_service";
}

/** Whether the patients of a service book slots. */
export function isSlotService(s: StaffService): boolean {
  return s.board.mode === "slot";
}

/** The service of a ticket's line. */
export function lineOf(t: StaffTicket): string {
  return t.lane || t.service;
}
