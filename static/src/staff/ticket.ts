// One ticket as the desk sees it, with a button for each act that its state
// allows.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { count } from "../lib/board.ts";
import { clockTime } from "../lib/clock.ts";
import { countOf } from "../lib/status.ts";
import type { Room, StaffTicket } from "../wire.ts";
import { actOn, callTo, type Desk } from "./desk.ts";

export interface Row {
  ticket: StaffTicket;
  rooms: Room[]; // that serve the ticket's service
  cancelling: boolean; // asked whether it is meant
  ask(open: boolean): void;
}

export function ticketRow(desk: Desk, row: Row): TemplateResult {
  const { w } = desk;
  const t = row.ticket;
  const marks = [
    t.roomName ?? "",
    (t.attempt ?? 0) > 1 ? w.t("staff.attempt", { n: t.attempt ?? 0 }) : "",
    t.returned ? "↓ " + w.t("staff.returned") : "",
    t.partySize > 1 ? count(w, countOf(t.partySize, "人")) : "",
    t.firstVisit ? w.t("staff.firstVisit") : "",
    t.channel === "web" ? w.t("staff.web") : w.t("staff.desk"),
    clockTime(t.issuedAt),
  ];
  const person = [t.name, t.phone, t.cardNumber].filter((x) => x !== "").join(" / ");
  return html`<li class="ticket ${t.state}" data-ticket=${t.id}>
    <b class="number">${t.number}</b>
    <span class="what">
      <strong class="state">${w.find("status", t.state) ?? t.state}</strong>
      <span class="person">${person}</span>
      <small>${marks.filter((x) => x !== "").join(" · ")}</small>
    </span>
    <span class="acts">${row.cancelling ? sure(desk, row) : t.acts.map((a) => button(desk, row, a))}</span>
  </li>`;
}

function button(desk: Desk, row: Row, act: string): TemplateResult | TemplateResult[] {
  const { w } = desk;
  const t = row.ticket;
  if (act === "call") {
    return row.rooms.map((r) => {
      const label = row.rooms.length > 1 ? w.t("staff.callTo", { room: r.name }) : w.t("act.call");
      return press(desk, "call", label, () => void desk.press(label, callTo(t.service, r.id, t.id)));
    });
  }
  const last = act === "undo" ? w.find("act", t.lastAct) : undefined;
  const label = last ? w.t("act.undoWhat", { act: last }) : (w.find("act", act) ?? act);
  const run = act === "cancel" ? () => row.ask(true) : () => void desk.press(label, actOn(t.id, act));
  return press(desk, act, label, run);
}

function sure(desk: Desk, row: Row): TemplateResult {
  const { w } = desk;
  const run = () => {
    row.ask(false);
    void desk.press(w.t("act.cancel"), actOn(row.ticket.id, "cancel"));
  };
  return html`<span role="alert">${w.t("staff.sure")}</span>
    ${press(desk, "cancel-yes", w.t("staff.yes"), run, "danger")}
    ${press(desk, "cancel-no", w.t("staff.no"), () => row.ask(false))}`;
}

function press(desk: Desk, act: string, label: string, run: () => void, mark = ""): TemplateResult {
  return html`<button type="button" data-act=${act} class=${mark || nothing} .disabled=${desk.busy} @click=${run}>${label}</button>`;
}
