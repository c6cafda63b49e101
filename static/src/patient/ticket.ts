// The own ticket: its number, the advice, its progress, and below the board the
// details and the cancellation.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { unusual } from "../lib/board.ts";
import { visitText } from "../lib/days.ts";
import { field } from "../lib/element.ts";
import { absenceParts, countOf, ticketView, type TicketView } from "../lib/status.ts";
import { advice, count } from "../lib/boardtext.ts";
import { when } from "../lib/when.ts";
import type { Absence, Ticket } from "../wire.ts";
import { phone } from "./closed.ts";
import { bar, position } from "./position.ts";
import type { PatientWords } from "./words.ts";

export interface TicketState {
  today: string; // "2026-11-21"; "" as long as it is not known
  from: number | undefined; // the most that were ever ahead
  tel: string; // the clinic's
  waitNote: string; // the clinic's, beside its estimates
  about: unknown; // what the mode shows of it
  cancelCode: string; // "" if this device does not have it
  cancelling: boolean; // the question is on the screen
  busy: boolean;
  refused: unknown; // the failure of an act
  at: string; // "cancel", "go", or neither
  ask(open: boolean): void;
  cancel(code: string): void;
  arrive(presence: "here" | "out"): void;
}

/** The ticket without its details. */
export function ticket(w: PatientWords, t: Ticket, s: TicketState): TemplateResult {
  const view = ticketView(t);
  const visit = visitText(w, t, s.today);
  const attempt = t.attempt || 0;
  const todo = t.movedTo ? "" : advice(w, t);
  return html`<section class="mine ${view.tone}" tabindex="-1">
    <h2>${w.t(t.number ? "patient.mine" : "days.mine")}</h2>
    ${t.number ? html`<p class="number" id="number" translate="no">${t.number}</p>` : nothing}
    ${visit ? html`<p class="day" id="day">${visit}</p>` : nothing}
    ${view.state === "called" ? nothing : html`<p class="state">${w.find("state", view.state) || t.state}</p>`}
    ${view.over && t.reason && view.state !== "past" ? html`<p>${ending(w, t.reason, t.day, s.today) || nothing}</p>` : nothing}
    ${todo ? html`<p class="todo">${todo}</p>` : nothing}
    ${view.todo === "closed" || view.todo === "short" ? phone(w, s.tel) : nothing}
    ${t.movedFrom && view.state === "booked" ? html`<p class="note" id="rebooked">${w.t("patient.rebooked")}</p>` : nothing}
    ${s.about}
    ${attempt > 1 && view.tone === "now" ? html`<p>${w.t("patient.attempt", { n: attempt })}</p>` : nothing}
    ${position(w, t, s.waitNote, "ahead")} ${bar(w, t, s.from)}
    ${t.number || view.over ? nothing : html`<p>${w.t("days.opening")}</p>`}
    ${t.lane && !view.over ? html`<p class="moved">${w.t("patient.moved", { service: t.laneName || t.lane })}</p>` : nothing}
    ${view.over ? nothing : unusual(w, t)}
    ${t.returned && !view.over ? html`<p>${w.t("patient.returned")}</p>` : nothing}
    ${presence(w, t, view, s)}
    ${t.state === "waiting" && !view.over && t.day === s.today ? html`<p class="small" id="keep">${w.t("mine.keep")}</p>` : nothing}
  </section>`;
}

/** Why a ticket has ended. A day that is over is today's, or its own. */
function ending(w: PatientWords, reason: string, day: string, today: string): string | undefined {
  return reason === "day_end" && day !== today ? w.t("state.past") : w.find("over", reason);
}

/** A ticket of which only the number is known. */
export function unsure(w: PatientWords, number: number): TemplateResult {
  return html`<section class="mine wait">
    <h2>${w.t(number ? "patient.mine" : "days.mine")}</h2>
    ${number ? html`<p class="number" translate="no">${number}</p>` : nothing}
    <p class="small">${w.t("mine.checking")}</p>
  </section>`;
}

/** The details of a ticket. */
export function details(w: PatientWords, t: Ticket, s: TicketState): TemplateResult {
  const { over } = ticketView(t);
  const may = t.cancellable && !over;
  const whyNot = !over && t.whyNot !== "state_forbids" && t.whyNot;
  return html`<section class="more">
    <p class="small">
      ${w.t("patient.issuedAt", { time: when(w, t.issuedAt, t.day) })}
      ${t.partySize > 1 ? w.t("patient.party", { count: count(w, countOf(t.partySize, "人")) }) : nothing}
    </p>
    ${t.absence && !over ? absence(w, t.absence) : nothing}
    ${s.cancelCode && may ? html`<p class="small" id="code">${w.t("patient.codeNote", { code: s.cancelCode })}</p>` : nothing}
    ${may ? cancelling(w, t, s) : nothing}
    ${whyNot ? html`<div class="note" id="too-late"><p>${w.find("problem", whyNot)}</p>${phone(w, s.tel)}</div>` : nothing}
  </section>`;
}

/** Where the patient is, with the buttons to change that. */
function presence(w: PatientWords, t: Ticket, view: TicketView, s: TicketState): TemplateResult | typeof nothing {
  if (view.over || t.state === "called" || t.state === "in_service") return nothing;
  const is = t.presence === "here" || t.presence === "out" ? html`<p>${w.t(`presence.${t.presence}`)}</p>` : nothing;
  return html`<div class="presence">
    ${is}
    ${s.at === "go" ? s.refused : nothing}
    ${view.goes.map((go) => html`<button type="button" class=${go === "leave" ? "" : "primary"} data-go=${go}
      .disabled=${s.busy} @click=${() => s.arrive(go === "leave" ? "out" : "here")}>${w.t(`presence.${go}`)}</button>`)}
  </div>`;
}

/** The line's rule for absent patients, as sentences. */
function absence(w: PatientWords, a: Absence): TemplateResult {
  return html`<div class="rule">
    <h3>${w.t("absence.title")}</h3>
    <p>${absenceParts(a).map((p) => w.t(`absence.${p.part}`, { n: p.n }) + " ")}</p>
  </div>`;
}

function cancelling(w: PatientWords, t: Ticket, s: TicketState): TemplateResult {
  if (!s.cancelling) {
    return html`${t.cancelUntil ? html`<p class="small" id="cancel-until">${w.t("patient.cancelUntil", { time: when(w, t.cancelUntil, s.today) })}</p>` : nothing}
      <button type="button" id="cancel" @click=${() => s.ask(true)}>${w.t("patient.cancel")}</button>`;
  }
  const submit = (e: Event) => {
    e.preventDefault();
    s.cancel(field(e.currentTarget as HTMLFormElement, "cancelCode"));
  };
  return html`<form class="cancel" @submit=${submit}>
    <h3>${w.t("patient.cancelTitle")}</h3>
    <label>${w.t("patient.cancelCode")}
      <input name="cancelCode" required maxlength="20" inputmode="numeric" autocomplete="off">
    </label>
    ${s.at === "cancel" ? s.refused : nothing}
    <button type="submit" class="danger" .disabled=${s.busy}>${w.t("patient.cancelYes")}</button>
    <button type="button" .disabled=${s.busy} @click=${() => s.ask(false)}>${w.t("patient.cancelNo")}</button>
  </form>`;
}
