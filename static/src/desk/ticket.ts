// One ticket at the desk, with a button for each action that its state allows. Usual
// actions are visible, others are behind one button. Actions that are hard to reverse
// ask first.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { count } from "../lib/board.ts";
import { clockTime } from "../lib/clock.ts";
import { field } from "../lib/element.ts";
import { isolated } from "../lib/isolated.ts";
import { countOf } from "../lib/status.ts";
import { affectedMark } from "../staff/affected.ts";
import { actOn, callTo, type Desk } from "../staff/page.ts";
import { personOf } from "../staff/person.ts";
import { options, publicReasons } from "../staff/words.ts";
import type { Board, Room, StaffTicket } from "../wire.ts";

export interface Row {
  ticket: StaffTicket;
  rooms: Room[]; // that serve the ticket's line
  others: Board[]; // the lines to which it may be sent
  inside(room: string): StaffTicket | undefined;
  alike: number; // open web tickets from the same network
}

const usual = ["readmit", "call", "recall", "enter", "finish", "absent", "exam", "return", "resume", "undo"];
const live = ["waiting", "called", "absent", "held", "lost"]; // where it matters whether the patient is here
const places = ["here", "out", ""] as const;

export function ticketRow(desk: Desk, row: Row): TemplateResult {
  const { w } = desk;
  const t = row.ticket;
  const state = t.state === "held" && t.reason === "exam" ? "exam" : t.state;
  const marks = [
    t.lane ? w.t("staff.from", { service: t.serviceName }) : "",
    t.roomName ?? "",
    (t.attempt ?? 0) > 1 ? w.t("staff.attempt", { n: t.attempt ?? 0 }) : "",
    t.toEnd ? "⊥ " + w.t("staff.toEnd") : t.returned ? "↓ " + w.t("staff.returned") : "",
    t.leg > 0 ? w.t("staff.leg", { n: t.leg + 1 }) : "",
    t.reason && state !== "exam" ? (w.find("reason", t.reason) ?? t.reason) : "",
    t.partySize > 1 ? count(w, countOf(t.partySize, "人")) : "",
    t.firstVisit ? w.t("staff.firstVisit") : "",
    t.kind ?? "",
    t.twin ? "⚠ " + w.t("staff.twin", { n: t.number }) : "",
    t.state === "lost" ? w.t("staff.fromPage") : "",
    t.channel === "web" ? w.t("staff.web") : w.t("staff.desk"),
    row.alike > 1 ? w.t("marks.alike", { n: row.alike }) : "",
    clockTime(t.issuedAt),
  ];
  const escape = (e: KeyboardEvent) => {
    if (e.key === "Escape" && desk.ui.open?.of === t.id) desk.set({ open: undefined });
  };
  return html`<li class="ticket ${t.state}" data-ticket=${t.id} tabindex="-1" @keydown=${escape}>
    <b class="number" translate="no">${t.number}</b>
    <span class="what">
      <strong class="state">${w.find("status", state) ?? state}</strong>
      ${live.includes(t.state) ? badge(desk, t.presence ?? "") : nothing}
      ${affectedMark(w, t)}
      ${personOf(t)}
      <small>${marks.filter((x) => x !== "").map(isolated).join(" · ")}</small>
    </span>
    ${acts(desk, row)}
  </li>`;
}

function badge(desk: Desk, presence: string): TemplateResult {
  return html`<span class="presence ${presence || "away"}">${desk.w.find("place", presence || "away") ?? presence}</span>`;
}

function acts(desk: Desk, row: Row): TemplateResult {
  const { w, ui } = desk;
  const t = row.ticket;
  const form = ui.open?.of === t.id ? ui.open.form : "";
  switch (form) {
    case "call":
    case "cancel":
    case "no_show":
      return sure(desk, row, form);
    case "move":
      return moving(desk, t);
    case "transfer":
      return sending(desk, row);
  }
  const waits = live.includes(t.state) && t.state !== "called";
  const arrives = waits && t.presence !== "here";
  const rest = t.acts.filter((a) => !usual.includes(a) && (a !== "transfer" || row.others.length > 0));
  const uncounted = t.acts.includes("finish"); // it ended without a click on the button
  const toggle = () => desk.set({ open: form ? undefined : { of: t.id, form: "more" } });
  return html`<span class="acts">
      ${t.acts.filter((a) => usual.includes(a) && a !== "undo").map((a) => button(desk, row, a))}
      ${arrives ? arrive(desk, t, "here") : nothing}
      ${t.acts.includes("undo") ? button(desk, row, "undo") : nothing}
      <button type="button" data-more aria-expanded=${form ? "true" : "false"} @click=${toggle}>${w.t("staff.more")}</button>
    </span>
    ${form === "more"
      ? html`<span class="acts ask" tabindex="-1" data-first>
          ${waits ? places.filter((p) => p !== (t.presence ?? "") && p !== "here").map((p) => arrive(desk, t, p)) : nothing}
          ${uncounted ? finishUncounted(desk, t) : nothing}
          ${rest.map((a) => button(desk, row, a))}
          ${plain(desk, "acts", w.t("journal.of"), () => desk.showActs({ id: t.id, number: t.number }))}
        </span>`
      : nothing}`;
}

function button(desk: Desk, row: Row, act: string): TemplateResult | TemplateResult[] {
  const { w } = desk;
  const t = row.ticket;
  if (act === "call") {
    return row.rooms.filter((r) => r.duty !== "break" && r.duty !== "off").map((r) => {
      const label = row.rooms.length > 1 ? w.t("staff.callTo", { room: r.name }) : w.t("act.call");
      const call = () => void desk.send(label, callTo(t.service, r.id, row.inside(r.id), t.id));
      const ask = () => desk.set({ open: { of: t.id, form: "call", room: r.id } });
      return plain(desk, "call", label, t.presence === "here" ? call : ask);
    });
  }
  const back = act === "resume" && t.reason === "exam" ? w.t("act.resume_exam") : undefined;
  const last = act === "undo" ? w.find("act", t.lastAct) : undefined;
  const label = last ? w.t("act.undoWhat", { act: last }) : (back ?? w.find("act", act) ?? act);
  const asks = act === "cancel" || act === "no_show" || act === "move" || act === "transfer";
  const run = asks ? () => desk.set({ open: { of: t.id, form: act } }) : () => send(desk, t, act, label);
  return plain(desk, act, label, run);
}

function finishUncounted(desk: Desk, t: StaffTicket): TemplateResult {
  const label = desk.w.t("act.finish_inaccurate");
  return plain(desk, "finish-inaccurate", label, () => send(desk, t, "finish", label, { inaccurate: true }));
}

function arrive(desk: Desk, t: StaffTicket, presence: "here" | "out" | ""): TemplateResult {
  const name = presence || "away";
  const label = desk.w.t(`act.arrive_${presence || "away"}`);
  return plain(desk, "arrive-" + name, label, () => send(desk, t, "arrive", label, { presence }));
}

/** Asks whether it is meant. */
function sure(desk: Desk, row: Row, act: "call" | "cancel" | "no_show"): TemplateResult {
  const { w } = desk;
  const t = row.ticket;
  const room = desk.ui.open?.room ?? "";
  const run = () => {
    const label = w.t(`act.${act}`);
    if (act !== "call") return send(desk, t, act, label);
    desk.set({ open: undefined });
    void desk.send(label, callTo(t.service, room, row.inside(room), t.id));
  };
  const question = act === "call" && t.presence === "out" ? "sure_call_out" : (`sure_${act}` as const);
  return html`<span class="acts ask">
    <span role="alert">${w.t(`staff.${question}`, { n: t.number })}</span>
    ${plain(desk, act + "-yes", w.t(`staff.yes_${act}`), run, act === "call" ? "" : "danger")}
    ${close(desk, act + "-no")}
  </span>`;
}

function moving(desk: Desk, t: StaffTicket): TemplateResult {
  const { w } = desk;
  const submit = (e: Event) => {
    e.preventDefault();
    const f = e.currentTarget as HTMLFormElement;
    const place = Number(field(f, "place")) || 1;
    send(desk, t, "move", w.t("act.move"), { ahead: place - 1, reason: field(f, "reason") });
  };
  return html`<form class="acts ask" @submit=${submit}>
    <label>${w.t("staff.place")} <input name="place" type="number" min="1" max="500" required .defaultValue=${"1"} data-first></label>
    <label>${w.t("staff.reason")} <select name="reason">${options(w, "reason", publicReasons, "urgent")}</select></label>
    <button type="submit" data-act="move-yes" .disabled=${desk.busy}>${w.t("act.move")}</button>
    ${close(desk, "move-no", false)}
  </form>`;
}

function sending(desk: Desk, row: Row): TemplateResult {
  const { w } = desk;
  const t = row.ticket;
  return html`<span class="acts ask" tabindex="-1" data-first>
    <span>${w.t("staff.sendTo")}</span>
    ${row.others.map((b) =>
      plain(desk, "transfer-" + b.service, b.name, () => send(desk, t, "transfer", w.t("act.transfer"), { service: b.service })))}
    ${close(desk, "transfer-no", false)}
  </span>`;
}

function send(desk: Desk, t: StaffTicket, act: string, label: string, body?: object): void {
  if (desk.ui.open?.of === t.id) desk.set({ open: undefined });
  void desk.send(label, actOn(t, act, body));
}

function close(desk: Desk, act: string, first = true): TemplateResult {
  return html`<button type="button" data-act=${act} data-first=${first ? "" : nothing}
    @click=${() => desk.set({ open: undefined })}>${desk.w.t("staff.no")}</button>`;
}

function plain(desk: Desk, act: string, label: string, run: () => void, mark = ""): TemplateResult {
  return html`<button type="button" data-act=${act} class=${mark || nothing} .disabled=${desk.busy} @click=${run}>${label}</button>`;
}
