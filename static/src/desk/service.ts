// One service at the desk: its state, its rooms, its line, and its forms.

import { html, nothing, repeat, type TemplateResult } from "../../vendor/lit/lit.js";
import { count, minutes } from "../lib/boardtext.ts";
import { clockTime } from "../lib/clock.ts";
import { sessionName } from "../lib/days.ts";
import { countOf, waitingOf, waitOf } from "../lib/status.ts";
import { mark } from "../staff/letters.ts";
import type { Page } from "../staff/page.ts";
import { insideOf, isInside, isSlotService } from "../staff/snapshot.ts";
import type { Seat, Staff, StaffService, StaffTicket } from "../wire.ts";
import { calledInVain, glance } from "./glance.ts";
import { alike } from "./marks.ts";
import { messages } from "./messages.ts";
import { roomCard } from "./room.ts";
import { roomDigits } from "./roomdigits.ts";
import { slotLine } from "./slotline.ts";
import { ticketRow, type Row } from "./ticket.ts";
import { walkin } from "./walkin.ts";
import { surge, webDesk } from "./webdesk.ts";

export function servicePanel(page: Page, staff: Staff, s: StaffService): TemplateResult {
  const { w } = page;
  const b = s.board;
  const rooms = staff.rooms.filter((r) => r.services.includes(b.service));
  const chosen = chosenPanel(page, staff) === s;
  const digits = roomDigits(staff.rooms);
  const others = staff.services.map((x) => x.board).filter((x) => x.service !== b.service);
  const list = (which: "inside" | "line", tickets: StaffTicket[]) => lines(page, which, tickets, staff, { rooms, others, kinds: s.kinds, day: b.day, inside: (id) => insideOf(staff, { id }) });
  return html`<article class="service" data-chosen=${chosen ? "" : nothing} id=${"service-" + b.service}>
    <header>
      <h2 tabindex="-1">${b.name} <small>${b.service}</small></h2>
      ${b.waiting ? html`<p>${w.t("board.waiting")} <b class="waiting">${count(w, waitingOf(b.waiting))}</b></p>` : nothing}
      <button type="button" data-receive @click=${receive}>${w.t("staff.walkin")} ${chosen ? mark("W") : nothing}</button>
    </header>
    ${figures(page, s)} ${surge(page, s)} ${notices(page, s)}
    <div class="rooms ${rooms.length > 2 ? "many" : ""}">${rooms.map((r) => roomCard(page, staff, s, r, (chosen && digits.get(r.id)) || 0))}</div>
    <h3>${w.t("staff.line")}</h3>
    ${s.tickets.length === 0 && !isSlotService(s) ? html`<p>${w.t("staff.nobody")}</p>` : nothing}
    ${list("inside", s.tickets.filter(isInside))}
    ${isSlotService(s) ? slotLine(page, s, allOf(staff), s.tickets.filter((t) => !isInside(t)), (tickets) => list("line", tickets)) : list("line", s.tickets.filter((t) => !isInside(t)))}
    ${walkin(page, s, chosen)} ${isSlotService(s) ? html`${page.slots.phone.render(s)} ${page.slots.closing.render(s)}` : nothing} ${webDesk(page, s)} ${messages(page, s)}
    ${s.hidden.length > 0 ? html`<p class="small">${w.t("staff.hidden", { fields: hidden(page, s.hidden) })}</p>` : nothing}
  </article>`;
}

/** The tickets of all services: a patient may stand in the line of another one. */
function allOf(staff: Staff): StaffTicket[] {
  return ([] as StaffTicket[]).concat(...staff.services.map((s) => s.tickets));
}

/** The panel of the keys of digits and W: the last that had the focus, or the first. */
function chosenPanel(page: Page, staff: Staff): StaffService | undefined {
  return staff.services.find((x) => x.board.service === page.ui.panel) ?? staff.services[0];
}

/** Moves the focus to the form of the panel. */
function receive(e: Event): void {
  (e.currentTarget as Element).closest(".service")?.querySelector<HTMLElement>(".walkin input[name=name]")?.focus();
}

/** Returns the minutes since an instant, by the server's clock. */
function since(page: Page): (at: string) => number {
  return (at) => Math.max(0, Math.floor(-page.clock.until(at) / 60_000));
}

/** Tickets that are in a room remain visible while the line scrolls. */
function lines(page: Page, which: string, tickets: StaffTicket[], staff: Staff, row: Omit<Row, "ticket" | "alike">): TemplateResult {
  return html`<ol class="tickets ${which}">
    ${repeat(tickets, (t) => t.id, (ticket) => ticketRow(page, { ...row, ticket, alike: alike(staff.marks, ticket) }))}
  </ol>`;
}

function figures(page: Page, s: StaffService): TemplateResult {
  const { w } = page;
  const b = s.board;
  const wait = waitOf(b.waitMinutes);
  const figure = (name: string, value: string, mark = "") =>
    html`<div class=${mark || nothing}><dt>${name}</dt><dd>${value}</dd></div>`;
  const seat = (name: string, of: Seat) => {
    const full = of.limit !== null && of.used >= of.limit;
    const used = of.limit === null ? `${of.used}` : `${of.used} / ${of.limit}`;
    return figure(name, full ? `${used} ${w.t("staff.full")}` : used, full ? "full" : "");
  };
  const now = glance(s.tickets, b.day, since(page));
  const people = (n: number) => count(w, countOf(n, b.waiting?.unit ?? "組"));
  return html`<dl class="figures">
    ${now.wait ? figure(w.t("staff.waited"), w.t("staff.waitedSo", now.wait)) : nothing}
    ${now.away > 0 ? figure(w.find("whereabouts", "away") ?? "", people(now.away)) : nothing}
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
function notices(page: Page, s: StaffService): TemplateResult[] {
  const { w } = page;
  const b = s.board;
  const notes: string[] = [];
  const warns: string[] = [];
  if (b.notice) {
    const reason = w.find("reason", b.notice.reason) ?? b.notice.reason;
    notes.push(w.t("staff.notice", { reason, time: clockTime(b.notice.at) }));
  }
  if (b.overrunning) notes.push(w.t("staff.overrunning"));
  for (const t of calledInVain(s.tickets, since(page))) warns.push(w.t("staff.inVain", { n: t.number, minutes: t.minutes }));
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

function hidden(page: Page, keys: string[]): string {
  return keys.map((k) => page.w.find("hideable", k) ?? k).join(", ");
}
