// One service at the desk: its state, its rooms, its line, and its forms.

import { html, nothing, repeat, type TemplateResult } from "../../vendor/lit/lit.js";
import { count, minutes } from "../lib/board.ts";
import { clockTime } from "../lib/clock.ts";
import { sessionName } from "../lib/days.ts";
import { countOf, waitingOf, waitOf } from "../lib/status.ts";
import { mark } from "../staff/letters.ts";
import type { Desk } from "../staff/page.ts";
import { insideOf, isInside } from "../staff/snapshot.ts";
import type { Seat, Staff, StaffService, StaffTicket } from "../wire.ts";
import { calledInVain, glance } from "./glance.ts";
import { alike } from "./marks.ts";
import { messages } from "./messages.ts";
import { roomCard } from "./room.ts";
import { roomDigits } from "./roomdigits.ts";
import { ticketRow, type Row } from "./ticket.ts";
import { walkin } from "./walkin.ts";
import { surge, webDesk } from "./webdesk.ts";

export function servicePanel(desk: Desk, staff: Staff, s: StaffService): TemplateResult {
  const { w } = desk;
  const b = s.board;
  const rooms = staff.rooms.filter((r) => r.services.includes(b.service));
  const chosen = chosenPanel(desk, staff) === s;
  const digits = roomDigits(staff.rooms);
  const others = staff.services.map((x) => x.board).filter((x) => x.service !== b.service);
  const list = (which: "inside" | "line", tickets: StaffTicket[]) => lines(desk, which, tickets, staff, { rooms, others, inside: (id) => insideOf(staff, { id }) });
  return html`<article class="service" data-chosen=${chosen ? "" : nothing} id=${"service-" + b.service}>
    <header>
      <h2 tabindex="-1">${b.name} <small>${b.service}</small></h2>
      ${b.waiting ? html`<p>${w.t("board.waiting")} <b class="waiting">${count(w, waitingOf(b.waiting))}</b></p>` : nothing}
      <button type="button" data-receive @click=${receive}>${w.t("staff.walkin")} ${chosen ? mark("W") : nothing}</button>
    </header>
    ${figures(desk, s)} ${surge(desk, s)} ${notices(desk, s)}
    <div class="rooms ${rooms.length > 2 ? "many" : ""}">${rooms.map((r) => roomCard(desk, staff, s, r, (chosen && digits.get(r.id)) || 0))}</div>
    <h3>${w.t("staff.line")}</h3>
    ${s.tickets.length === 0 ? html`<p>${w.t("staff.nobody")}</p>` : nothing}
    ${list("inside", s.tickets.filter(isInside))} ${list("line", s.tickets.filter((t) => !isInside(t)))}
    ${walkin(desk, s, chosen)} ${webDesk(desk, s)} ${messages(desk, s)}
    ${s.hidden.length > 0 ? html`<p class="small">${w.t("staff.hidden", { fields: hidden(desk, s.hidden) })}</p>` : nothing}
  </article>`;
}

/** The panel that digits and W mean: the last that had the focus, or the first. */
function chosenPanel(desk: Desk, staff: Staff): StaffService | undefined {
  return staff.services.find((x) => x.board.service === desk.ui.panel) ?? staff.services[0];
}

/** Brings the keyboard to the form of the panel. */
function receive(e: Event): void {
  (e.currentTarget as Element).closest(".service")?.querySelector<HTMLElement>(".walkin input[name=name]")?.focus();
}

/** How many minutes ago an instant was, by the server's clock. */
function since(desk: Desk): (at: string) => number {
  return (at) => Math.max(0, Math.floor(-desk.clock.until(at) / 60_000));
}

/** The ones inside stay in sight while the long line scrolls by itself. */
function lines(desk: Desk, which: string, tickets: StaffTicket[], staff: Staff, row: Omit<Row, "ticket" | "alike">): TemplateResult {
  return html`<ol class="tickets ${which}">
    ${repeat(tickets, (t) => t.id, (ticket) => ticketRow(desk, { ...row, ticket, alike: alike(staff.marks, ticket) }))}
  </ol>`;
}

function figures(desk: Desk, s: StaffService): TemplateResult {
  const { w } = desk;
  const b = s.board;
  const wait = waitOf(b.waitMinutes);
  const figure = (name: string, value: string, mark = "") =>
    html`<div class=${mark || nothing}><dt>${name}</dt><dd>${value}</dd></div>`;
  const seat = (name: string, of: Seat) => {
    const full = of.limit !== null && of.used >= of.limit;
    const used = of.limit === null ? `${of.used}` : `${of.used} / ${of.limit}`;
    return figure(name, full ? `${used} ${w.t("staff.full")}` : used, full ? "full" : "");
  };
  const now = glance(s.tickets, b.day, since(desk));
  const people = (n: number) => count(w, countOf(n, b.waiting?.unit ?? "組"));
  return html`<dl class="figures">
    ${now.wait ? figure(w.t("staff.waited"), w.t("staff.waitedSo", now.wait)) : nothing}
    ${now.away > 0 ? figure(w.find("place", "away") ?? "", people(now.away)) : nothing}
    ${now.absent > 0 ? figure(w.find("status", "absent") ?? "", people(now.absent), "absentees") : nothing}
    ${now.held > 0 ? figure(w.t("staff.aside"), people(now.held)) : nothing}
    ${b.session ? figure(w.t("staff.session"), sessionName(w, b.session)) : nothing}
    ${b.availability ? figure(w.t("board.availability"), w.find("available", b.availability) ?? b.availability) : nothing}
    ${seat(w.t("staff.webSeats"), s.seats.web)} ${seat(w.t("staff.deskSeats"), s.seats.desk)}
    ${s.seats.first.limit !== null ? seat(w.t("staff.firstSeats"), s.seats.first) : nothing}
    ${wait ? figure(w.t("board.waitMinutes"), minutes(w, wait)) : nothing}
  </dl>`;
}

/** Notes for the desk before its next action. */
function notices(desk: Desk, s: StaffService): TemplateResult[] {
  const { w } = desk;
  const b = s.board;
  const notes: string[] = [];
  const warns: string[] = [];
  if (b.notice) {
    const reason = w.find("reason", b.notice.reason) ?? b.notice.reason;
    notes.push(w.t("staff.notice", { reason, time: clockTime(b.notice.at) }));
  }
  if (b.overrunning) notes.push(w.t("staff.overrunning"));
  for (const t of calledInVain(s.tickets, since(desk))) warns.push(w.t("staff.inVain", { n: t.number, minutes: t.minutes }));
  const lost = s.tickets.filter((t) => t.state === "lost").length;
  if (lost > 0) warns.unshift(w.t("staff.lostTickets", { n: lost }));
  const first = s.tickets.find((t) => t.state === "waiting");
  if (first && first.presence !== "here" && !s.skipAway) {
    warns.push(w.t(first.presence === "out" ? "staff.firstIsOut" : "staff.firstIsNotHere", { n: first.number }));
  }
  return [
    ...notes.map((text) => html`<p class="note">${text}</p>`),
    ...warns.map((text) => html`<p class="note warns">⚠ ${text}</p>`),
  ];
}

function hidden(desk: Desk, keys: string[]): string {
  return keys.map((k) => desk.w.find("board", k) ?? k).join(", ");
}
