// One's own ticket: the number, how many are ahead, what to do now, and the way
// out of the line.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { count, minutes, unusual } from "../lib/board.ts";
import { dayText } from "../lib/days.ts";
import { field } from "../lib/element.ts";
import { absenceParts, countOf, ticketView, type TicketView } from "../lib/status.ts";
import { when } from "../lib/when.ts";
import type { Absence, Ticket } from "../wire.ts";
import type { PatientWords } from "./words.ts";

export interface TicketState {
  today: string; // "2026-11-21"; "" as long as it is not known
  cancelCode: string; // as far as this device knows it
  cancelling: boolean; // the question is on the screen
  busy: boolean;
  ask(open: boolean): void;
  cancel(code: string): void;
  arrive(presence: "here" | "out"): void;
}

export function ticket(w: PatientWords, t: Ticket, s: TicketState): TemplateResult {
  const view = ticketView(t);
  return html`<section class="mine ${view.tone}" aria-live="polite">
    <h2>${w.t(t.number ? "patient.mine" : "days.mine")}</h2>
    ${t.number ? html`<p class="number" id="number">${t.number}</p>` : nothing}
    ${t.day !== s.today || !t.number ? html`<p class="day" id="day">${dayText(w, t.day, t.session)}</p>` : nothing}
    ${t.number || view.over ? nothing : html`<p>${w.t("days.opening")}</p>`}
    <p class="state">${w.find("state", view.state) ?? t.state}</p>
    ${view.over && t.reason ? html`<p>${w.find("over", t.reason) ?? nothing}</p>` : nothing}
    ${t.lane && !view.over ? html`<p class="lane">${w.t("patient.lane", { service: t.laneName ?? t.lane })}</p>` : nothing}
    ${place(w, view)}
    ${view.todo === "stay" ? nothing : html`<p class="todo">${w.t(`todo.${view.todo}`, { room: t.roomName ?? "" })}</p>`}
    ${(t.attempt ?? 0) > 1 && view.tone === "now" ? html`<p>${w.t("patient.attempt", { n: t.attempt ?? 0 })}</p>` : nothing}
    ${view.over ? nothing : unusual(w, t)}
    ${presence(w, t, view, s)}
    ${t.returned && !view.over ? html`<p>${w.t("patient.returned")}</p>` : nothing}
    <p class="small">
      ${w.t("patient.issuedAt", { time: when(w, t.issuedAt, t.day) })}
      ${t.partySize > 1 ? w.t("patient.party", { count: count(w, countOf(t.partySize, "人")) }) : nothing}
    </p>
    ${t.absence && !view.over ? absence(w, t.absence) : nothing}
    ${view.over ? nothing : keeping(w, t, s)}
    ${t.cancellable && !view.over ? cancelling(w, s) : nothing}
  </section>`;
}

function place(w: PatientWords, view: TicketView): TemplateResult | typeof nothing {
  if (!view.ahead) return nothing;
  const text = view.ahead.n === 0 ? w.t("patient.aheadNone") : w.t("patient.ahead", { count: count(w, view.ahead) });
  return html`<p class="ahead" id="ahead">${text}</p>
    ${view.comeAt ? html`<p id="come-at">${w.t("patient.comeAt", { count: count(w, view.comeAt) })}</p>` : nothing}
    ${view.wait ? html`<p>${w.t("board.waitMinutes")} ${minutes(w, view.wait)}</p>` : nothing}`;
}

/** Where the patient is, and what he may say of that. */
function presence(w: PatientWords, t: Ticket, view: TicketView, s: TicketState): TemplateResult | typeof nothing {
  if (view.over || t.state === "called" || t.state === "in_service") return nothing;
  const is = t.presence === "here" || t.presence === "out" ? html`<p>${w.t(`presence.${t.presence}`)}</p>` : nothing;
  return html`<div class="presence">
    ${is}
    ${view.goes.map((go) => html`<button type="button" class=${go === "leave" ? "" : "primary"} data-go=${go}
      .disabled=${s.busy} @click=${() => s.arrive(go === "leave" ? "out" : "here")}>${w.t(`presence.${go}`)}</button>`)}
  </div>`;
}

/** The line's rule for who does not come when called, as sentences. */
function absence(w: PatientWords, a: Absence): TemplateResult {
  return html`<div class="rule">
    <h3>${w.t("absence.title")}</h3>
    <p>${absenceParts(a).map((p) => w.t(`absence.${p.part}`, { n: p.n }) + " ")}</p>
  </div>`;
}

function keeping(w: PatientWords, t: Ticket, s: TicketState): TemplateResult {
  return html`<p class="small">${w.t("patient.keepLink")}</p>
    ${s.cancelCode && t.cancellable
      ? html`<p class="small" id="code">${w.t("patient.codeNote", { code: s.cancelCode })}</p>`
      : nothing}`;
}

function cancelling(w: PatientWords, s: TicketState): TemplateResult {
  if (!s.cancelling) {
    return html`<button type="button" id="cancel" @click=${() => s.ask(true)}>${w.t("patient.cancel")}</button>`;
  }
  const submit = (e: Event) => {
    e.preventDefault();
    s.cancel(field(e.currentTarget as HTMLFormElement, "cancelCode"));
  };
  return html`<form class="cancel" @submit=${submit}>
    <h3>${w.t("patient.cancelTitle")}</h3>
    <label>${w.t("patient.cancelCode")}
      <input name="cancelCode" required maxlength="20" autocomplete="off" .defaultValue=${s.cancelCode}>
    </label>
    <button type="submit" class="danger" .disabled=${s.busy}>${w.t("patient.cancelYes")}</button>
    <button type="button" .disabled=${s.busy} @click=${() => s.ask(false)}>${w.t("patient.cancelNo")}</button>
  </form>`;
}
