// How it stands with what a press was meant to change, where no answer came.

import type { Call } from "../lib/api.ts";
import type { Staff, StaffTicket } from "../wire.ts";
import { insideOf } from "./room.ts";
import type { StaffWords } from "./words.ts";

/** The state of the ticket or room that a call was about; "" where the page shows no single one. */
export function nowOf(w: StaffWords, c: Call, staff: Staff): string {
  const body = (c.body ?? {}) as { room?: string; ticket?: string };
  const id = /\/tickets\/([^/]+)\//.exec(c.path)?.[1] ?? body.ticket;
  const ticket = id ? ticketOf(staff, id) : undefined;
  if (ticket) return w.t("keys.ofTicket", { n: ticket.number, state: w.find("status", ticket.state) ?? ticket.state });
  const room = !id && staff.rooms.find((r) => r.id === body.room);
  if (!room) return "";
  const inside = insideOf(staff, room);
  return inside ? w.t("staff.inRoom", { room: room.name, n: inside.number }) : w.t("staff.roomFree", { room: room.name });
}

function ticketOf(staff: Staff, id: string): StaffTicket | undefined {
  for (const s of staff.services) {
    const found = s.tickets.find((t) => t.id === id);
    if (found) return found;
  }
  return undefined;
}
