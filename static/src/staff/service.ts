// One service at the desk: who is in which room, who is next, and the forms.

import { html, nothing, repeat, type TemplateResult } from "../../vendor/lit/lit.js";
import { count } from "../lib/board.ts";
import type { Clock } from "../lib/clock.ts";
import { waitingOf } from "../lib/status.ts";
import type { Issued, Room, Staff, StaffService, StaffTicket } from "../wire.ts";
import { callTo, type Desk } from "./desk.ts";
import { messages, reception, walkin } from "./forms.ts";
import { ticketRow } from "./ticket.ts";

export interface Panel {
  staff: Staff;
  service: StaffService;
  clock: Clock;
  cancelling: string; // id of the ticket that is asked about, or ""
  issued: Issued | undefined; // at this desk, last
  ask(ticket: string): void;
  done(issued: Issued): void;
}

export function servicePanel(desk: Desk, p: Panel): TemplateResult {
  const { w } = desk;
  const { service: s, staff } = p;
  const rooms = staff.rooms.filter((r) => r.services.includes(s.board.service));
  return html`<article class="service" id=${"service-" + s.board.service}>
    <header>
      <h2>${s.board.name} <small>${s.board.service}</small></h2>
      ${s.board.waiting ? html`<p>${w.t("board.waiting")} <b class="waiting">${count(w, waitingOf(s.board.waiting))}</b></p>` : nothing}
    </header>
    <div class="rooms">${rooms.map((r) => next(desk, s, r, insideOf(staff, r)))}</div>
    <h3>${w.t("staff.line")}</h3>
    ${s.tickets.length === 0 ? html`<p>${w.t("staff.nobody")}</p>` : nothing}
    ${tickets(desk, p, rooms, "inside", s.tickets.filter(isInside))}
    ${tickets(desk, p, rooms, "line", s.tickets.filter((t) => !isInside(t)))}
    ${walkin(desk, s, p.issued?.ticket.service === s.board.service ? p.issued : undefined, p.done)}
    ${reception(desk, s)} ${messages(desk, s, p.clock)}
    ${s.hidden.length > 0 ? html`<p class="small">${w.t("staff.hidden", { fields: hidden(desk, s.hidden) })}</p>` : nothing}
  </article>`;
}

/** The ones inside stay in sight while the long line scrolls by itself. */
function tickets(desk: Desk, p: Panel, rooms: Room[], which: "inside" | "line", list: StaffTicket[]): TemplateResult {
  return html`<ol class="tickets ${which}">
    ${repeat(
      list,
      (t) => t.id,
      (t) =>
        ticketRow(desk, {
          ticket: t,
          rooms,
          cancelling: p.cancelling === t.id,
          ask: (open) => p.ask(open ? t.id : ""),
        }),
    )}
  </ol>`;
}

function next(desk: Desk, s: StaffService, room: Room, inside: StaffTicket | undefined): TemplateResult {
  const { w } = desk;
  const label = w.t("staff.next", { room: room.name });
  const other = inside && inside.service !== s.board.service ? inside.serviceName : "";
  return html`<div class="room">
    <p>${inside ? w.t("staff.inRoom", { room: room.name, n: inside.number }) : w.t("staff.roomFree", { room: room.name })}
      ${other ? html`<small class="other">${other}</small>` : nothing}</p>
    <button type="button" class="primary" data-next=${s.board.service} data-room=${room.id} .disabled=${desk.busy}
      @click=${() => void desk.press(label, callTo(s.board.service, room.id))}>${label}</button>
  </div>`;
}

/** The open ticket of a room, of whatever service it is. */
function insideOf(staff: Staff, room: Room): StaffTicket | undefined {
  for (const s of staff.services) {
    const inside = s.tickets.find((t) => t.room === room.id && isInside(t));
    if (inside) return inside;
  }
  return undefined;
}

function isInside(t: StaffTicket): boolean {
  return t.state === "called" || t.state === "in_service";
}

function hidden(desk: Desk, keys: string[]): string {
  return keys.map((k) => desk.w.find("board", k) ?? k).join(", ");
}
