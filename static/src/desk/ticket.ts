// One ticket at the desk, with a button for each action that its state allows. Usual
// actions are visible, others are behind one button. Actions that are hard to reverse
// ask first.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { count } from "../lib/boardtext.ts";
import { clockTime } from "../lib/clock.ts";
import { field } from "../lib/element.ts";
import { isolated } from "../lib/isolated.ts";
import { countOf } from "../lib/status.ts";
import { affectedMark } from "../staff/affected.ts";
import { actOn, callTo } from "../staff/calls.ts";
import type { Page } from "../staff/page.ts";
import { personOf } from "../staff/person.ts";
import { options, publicReasons, type StaffWords } from "../staff/words.ts";
import type { Board, Kind, Room, StaffTicket } from "../wire.ts";
import { editForm, openRebook, rebookForm } from "./change.ts";

export interface Row {
  ticket: StaffTicket;
  rooms: Room[]; // that serve the ticket's line
  kinds: Kind[]; // of the service
  day: string; // today
  others: Board[]; // the lines to which it may be sent
  inside(room: string): StaffTicket | undefined;
  alike: number; // open web tickets from the same network
}

const usual = ["readmit", "call", "recall", "enter", "finish", "absent", "exam", "return", "resume", "rebook", "undo"];
const live = ["waiting", "called", "absent", "held", "lost"]; // where it matters whether the patient is here
const presences = ["here", "out", ""] as const;

export function ticketRow(page: Page, row: Row): TemplateResult {
  const { w } = page;
  const t = row.ticket;
  const state = t.state === "held" && t.reason === "exam" ? "exam" : t.state;
  const marks = [
    t.slot ? w.t(t.lineSlot ? "slots.homeAndLine" : "slots.home", { slot: t.slot, line: t.lineSlot ?? "" }) : "",
    t.lane ? w.t("staff.from", { service: t.serviceName }) : "",
    t.roomName ?? "",
    (t.attempt ?? 0) > 1 ? w.t("staff.attempt", { n: t.attempt ?? 0 }) : "",
    t.toEnd ? "⊥ " + w.t("staff.toEnd") : t.returned ? "↓ " + w.t("staff.returned") : "",
    t.leg > 0 ? w.t("staff.leg", { n: t.leg + 1 }) : "",
    t.reason && state !== "exam" ? (w.find("reason", t.reason) ?? t.reason) : "",
    t.partySize > 1 ? count(w, countOf(t.partySize, "人")) : "",
    t.firstVisit ? w.t("staff.firstVisit") : "",
    t.kind ?? "",
    t.memo ? `${w.t("staff.memo")}: ${t.memo}` : "",
    t.twin ? "⚠ " + w.t("staff.twin", { n: t.number }) : "",
    t.state === "lost" ? w.t("staff.fromPage") : "",
    t.channel === "web" ? w.t("staff.web") : w.t("staff.desk"),
    row.alike > 1 ? w.t("marks.alike", { n: row.alike }) : "",
    t.slot && t.arrivedAt ? w.t("slots.arrivedAt", { time: clockTime(t.arrivedAt) }) : t.slot ? "" : clockTime(t.issuedAt),
    notifiedMark(w, t),
  ];
  const escape = (e: KeyboardEvent) => {
    if (e.key === "Escape" && page.ui.open?.of === t.id) page.set({ open: undefined });
  };
  return html`<li class="ticket ${t.state}" data-ticket=${t.id} tabindex="-1" @keydown=${escape}>
    <b class="number" translate="no">${t.number || "–"}</b>
    <span class="what">
      <strong class="state">${w.find("status", state) ?? state}</strong>
      ${live.includes(t.state) ? badge(page, t.presence ?? "") : nothing}
      ${timing(page, t)}
      ${affectedMark(w, t)}
      ${personOf(t)}
      <small>${marks.filter((x) => x !== "").map(isolated).join(" · ")}</small>
    </span>
    ${acts(page, row)}
  </li>`;
}

/** Whether a patient with a slot came early or late, or has not come in time: in words and with a mark. */
function timing(page: Page, t: StaffTicket): TemplateResult | typeof nothing {
  const { w, clock } = page;
  if (t.late) return html`<strong class="timing late">▲ ${w.t("slots.late")}</strong>`;
  if (t.state === "booked" && t.slotTo && clock.until(t.slotTo) < 0) return html`<strong class="timing late">! ${w.t("slots.overdue")}</strong>`;
  if (t.state === "waiting" && t.slotFrom && clock.until(t.slotFrom) > 0) return html`<span class="timing early">▽ ${w.t("slots.early")}</span>`;
  return nothing;
}

/** The newest notice to the patient, and when it was sent; with a mark once the device has shown it. */
function notifiedMark(w: StaffWords, t: StaffTicket): string {
  const n = t.notified;
  const state = n ? w.find("notified", n.state) : undefined;
  if (!n || !state) return ""; // a notice that was not sent
  const mark = n.state === "shown" ? "✓ " : n.state === "sent" ? "" : "⚠ ";
  return `${mark}${state} ${w.find("noticeKind", n.kind) ?? n.kind} ${clockTime(n.at)}`;
}

/** What the patient wrote in the form of a booking. */
function details(page: Page, t: StaffTicket): TemplateResult | typeof nothing {
  const named = (name: string, value = "") => (value ? `${page.w.find("field", "form." + name) ?? name}: ${value}` : "");
  const all = [named("kana", t.kana), named("birth", t.birth), named("mail", t.mail), named("symptoms", t.symptoms)].filter((x) => x !== "");
  return all.length > 0 ? html`<p class="small" translate="no">${all.map(isolated).join(" · ")}</p>` : nothing;
}

function badge(page: Page, presence: string): TemplateResult {
  return html`<span class="presence ${presence || "away"}">${page.w.find("whereabouts", presence || "away") ?? presence}</span>`;
}

function acts(page: Page, row: Row): TemplateResult {
  const { w, ui } = page;
  const t = row.ticket;
  const form = ui.open?.of === t.id ? ui.open.form : "";
  switch (form) {
    case "call":
    case "cancel":
    case "no_show":
      return sure(page, row, form);
    case "move":
      return moving(page, t);
    case "transfer":
      return sending(page, row);
    case "rebook":
      return rebookForm(page, t);
    case "edit":
      return editForm(page, t, row.kinds);
  }
  const waits = live.includes(t.state) && t.state !== "called";
  const arrives = (waits && t.presence !== "here") || t.acts.includes("arrive");
  const rest = t.acts.filter((a) => !usual.includes(a) && a !== "arrive" && (a !== "transfer" || row.others.length > 0));
  const uncounted = t.acts.includes("finish"); // it ended without a click on the button
  const toggle = () => page.set({ open: form ? undefined : { of: t.id, form: "more" } });
  return html`<span class="acts">
      ${t.acts.includes("arrive") ? arrive(page, t, "here") : nothing}
      ${t.acts.filter((a) => usual.includes(a) && a !== "undo").map((a) => button(page, row, a))}
      ${arrives && !t.acts.includes("arrive") ? arrive(page, t, "here") : nothing}
      ${t.acts.includes("undo") ? button(page, row, "undo") : nothing}
      <button type="button" data-more aria-expanded=${form ? "true" : "false"} @click=${toggle}>${w.t("staff.more")}</button>
    </span>
    ${form === "more"
      ? html`<span class="acts ask" tabindex="-1" data-first>
          ${waits ? presences.filter((p) => p !== (t.presence ?? "") && p !== "here").map((p) => arrive(page, t, p)) : nothing}
          ${uncounted ? finishUncounted(page, t) : nothing}
          ${rest.map((a) => button(page, row, a))}
          ${details(page, t)}
          ${plain(page, "acts", w.t("journal.of"), () => page.showActs({ id: t.id, number: t.number }))}
          ${plain(page, "notices", w.t("notices.ofIt"), () => page.showNotices({ id: t.id, number: t.number }))}
        </span>`
      : nothing}`;
}

function button(page: Page, row: Row, act: string): TemplateResult | TemplateResult[] {
  const { w } = page;
  const t = row.ticket;
  if (act === "call") {
    return row.rooms.filter((r) => r.duty !== "break" && r.duty !== "off").map((r) => {
      const label = row.rooms.length > 1 ? w.t("staff.callTo", { room: r.name }) : w.t("act.call");
      const call = () => void page.send(label, callTo(t.service, r.id, row.inside(r.id), t.id));
      const ask = () => page.set({ open: { of: t.id, form: "call", room: r.id } });
      return plain(page, "call", label, t.presence === "here" ? call : ask);
    });
  }
  const back = act === "resume" && t.reason === "exam" ? w.t("act.resume_exam") : undefined;
  const last = act === "undo" ? w.find("act", t.lastAct) : undefined;
  const label = last ? w.t("act.undoWhat", { act: last }) : (back ?? w.find("act", act) ?? act);
  const asks = act === "cancel" || act === "no_show" || act === "move" || act === "transfer";
  if (act === "rebook") return plain(page, act, label, () => openRebook(page, t, row.day));
  const run = asks || act === "edit" ? () => page.set({ open: { of: t.id, form: act } }) : () => send(page, t, act, label);
  return plain(page, act, label, run);
}

function finishUncounted(page: Page, t: StaffTicket): TemplateResult {
  const label = page.w.t("act.finish_inaccurate");
  return plain(page, "finish-inaccurate", label, () => send(page, t, "finish", label, { inaccurate: true }));
}

function arrive(page: Page, t: StaffTicket, presence: "here" | "out" | ""): TemplateResult {
  const name = presence || "away";
  const label = page.w.t(`act.arrive_${presence || "away"}`);
  return plain(page, "arrive-" + name, label, () => send(page, t, "arrive", label, { presence }));
}

/** Asks for a confirmation. */
function sure(page: Page, row: Row, act: "call" | "cancel" | "no_show"): TemplateResult {
  const { w } = page;
  const t = row.ticket;
  const room = page.ui.open?.room ?? "";
  const run = () => {
    const label = w.t(`act.${act}`);
    if (act !== "call") return send(page, t, act, label);
    page.set({ open: undefined });
    void page.send(label, callTo(t.service, room, row.inside(room), t.id));
  };
  const question = act === "call" && t.presence === "out" ? "sure_call_out" : (`sure_${act}` as const);
  return html`<span class="acts ask">
    <span role="alert">${t.number || act === "call" ? w.t(`staff.${question}`, { n: t.number }) : w.t(`slots.sure_${act}`, { slot: t.slot ?? "", name: t.name })}</span>
    ${plain(page, act + "-yes", w.t(`staff.yes_${act}`), run, act === "call" ? "" : "danger")}
    ${close(page, act + "-no")}
  </span>`;
}

function moving(page: Page, t: StaffTicket): TemplateResult {
  const { w } = page;
  const submit = (e: Event) => {
    e.preventDefault();
    const f = e.currentTarget as HTMLFormElement;
    const position = Number(field(f, "position")) || 1;
    send(page, t, "move", w.t("act.move"), { ahead: position - 1, reason: field(f, "reason") });
  };
  return html`<form class="acts ask" @submit=${submit}>
    <label>${w.t("staff.position")} <input name="position" type="number" min="1" max="500" required .defaultValue=${"1"} data-first></label>
    <label>${w.t("staff.reason")} <select name="reason">${options(w, "reason", publicReasons, "urgent")}</select></label>
    <button type="submit" data-act="move-yes" .disabled=${page.busy}>${w.t("act.move")}</button>
    ${close(page, "move-no", false)}
  </form>`;
}

function sending(page: Page, row: Row): TemplateResult {
  const { w } = page;
  const t = row.ticket;
  return html`<span class="acts ask" tabindex="-1" data-first>
    <span>${w.t("staff.sendTo")}</span>
    ${row.others.map((b) =>
      plain(page, "transfer-" + b.service, b.name, () => send(page, t, "transfer", w.t("act.transfer"), { service: b.service })))}
    ${close(page, "transfer-no", false)}
  </span>`;
}

function send(page: Page, t: StaffTicket, act: string, label: string, body?: object): void {
  if (page.ui.open?.of === t.id) page.set({ open: undefined });
  void page.send(label, actOn(t, act, body));
}

function close(page: Page, act: string, first = true): TemplateResult {
  return html`<button type="button" data-act=${act} data-first=${first ? "" : nothing}
    @click=${() => page.set({ open: undefined })}>${page.w.t("staff.no")}</button>`;
}

function plain(page: Page, act: string, label: string, run: () => void, mark = ""): TemplateResult {
  return html`<button type="button" data-act=${act} class=${mark || nothing} .disabled=${page.busy} @click=${run}>${label}</button>`;
}
