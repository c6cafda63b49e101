// The present state of what an unanswered action was to change.

import type { Call } from "../lib/api.ts";
import type { Staff } from "../wire.ts";
import { insideOf, ticketOf } from "./snapshot.ts";
import type { StaffWords } from "./words.ts";

/** The state of the ticket or room that a call was about; "" where the page shows no single one. */
export function nowOf(w: StaffWords, c: Call, staff: Staff): string {
  const body = (c.body ?? {}) as { room?: string; ticket?: string };
  const id = /\/tickets\/([^/]+)\//.exec(c.path)?.[1] ?? body.ticket;
  const ticket = id ? ticketOf(staff, id) : undefined;
  const status = ticket && (w.find("status", ticket.state) ?? ticket.state);
  if (ticket && !ticket.number) return `${ticket.name} ${status ?? ""}`.trim();
  if (ticket) return w.t("keys.ofTicket", { n: ticket.number, state: w.find("status", ticket.state) ?? ticket.state });
  return !id && body.room ? inRoom(w, body.room, staff) : "";
}

/** The ticket that is in a room now. */
export function inRoom(w: StaffWords, id: string, staff: Staff): string {
  const room = staff.rooms.find((r) => r.id === id);
  if (!room) return "";
  const inside = insideOf(staff, room);
  return inside ? w.t("staff.inRoom", { room: room.name, n: inside.number }) : w.t("staff.roomFree", { room: room.name });
}
