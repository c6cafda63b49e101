// The form for a ticket. It has the day if there is a choice, the party, the kind of
// visit, and the name. The name is optional, unless the clinic issues one ticket per
// person.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { dayOf } from "../lib/days.ts";
import { daySelect } from "../lib/dayselect.ts";
import { field } from "../lib/element.ts";
import type { Card, Day, IssueRequest, Kind } from "../wire.ts";
import { phone } from "./closed.ts";
import type { PatientWords } from "./words.ts";

export interface FormState {
  maxParty: number;
  kinds: Kind[]; // the kinds of visit; the form has no such field without them
  busy: boolean;
  pending: boolean; // sent without a reply: only the same request may be sent again
  closed: boolean; // the web desk issues no tickets now
  early: boolean; // it opens later: the form may be filled in already
  again: boolean; // an earlier ticket has ended
  firstFull: boolean; // no first visit is taken now
  days: Day[]; // to come, that may be chosen too
  later: boolean; // one of them is being chosen
  first: boolean; // a first visit is
  offer: string; // how a first visit is received: "button", "desk" or "none"
  card: Card; // the form of the card's number
  identify: boolean; // name and phone, or the card number, are asked for
  tel: string; // the clinic's
  choose(later: boolean, first: boolean): void;
  submit(request: IssueRequest): void;
  resend(): void;
}

export function form(w: PatientWords, s: FormState): TemplateResult {
  if (s.pending) {
    return html`<section class="take">
      <p class="note">${w.t("patient.uncertain")}</p>
      <button class="primary" type="button" .disabled=${s.busy} @click=${s.resend}>
        ${w.t(s.busy ? "patient.sending" : "patient.resend")}
      </button>
    </section>`;
  }
  const closed = s.closed && !s.later;
  return html`<form class="take" .hidden=${s.closed && !s.early && !s.later} @submit=${(e: Event) => submit(e, s)}
    @change=${(e: Event) => chosen(e.currentTarget as HTMLFormElement, s)}
    @input=${(e: Event) => s.identify && demand(e.currentTarget as HTMLFormElement)}>
    <h2>${w.t(s.first ? "patient.firstVisit" : s.again ? "patient.retake" : "patient.take")}</h2>
    ${firstVisit(w, s)}
    <fieldset .disabled=${s.busy}>
      ${s.days.length > 0 ? day(w, s) : nothing}
      <label .hidden=${s.maxParty < 2}>${w.t("patient.partySize")}
        <select name="partySize">
          ${Array.from({ length: s.maxParty }, (_, i) => html`<option value=${i + 1}>${i + 1}</option>`)}
        </select>
      </label>
      ${s.kinds.length > 0 ? html`<label>${w.t("patient.kind")}
        <select name="kind" required><option value="">${w.t("patient.chooseKind")}</option>
          ${s.kinds.map((k) => html`<option value=${k.id}>${k.name}</option>`)}</select></label>` : nothing}
      ${s.identify ? html`<p class="note" id="identify">${w.t("patient.identify")}</p>` : nothing}
      ${text(w, "name", "text", "name", s.identify)}
      ${text(w, "phone", "tel", "tel", s.identify, w.t("patient.phoneHint"))}
      ${s.first ? nothing : card(w, s.card)}
    </fieldset>
    <button class="primary" type="submit" .disabled=${s.busy || closed} aria-describedby=${closed ? "refusal" : nothing}>
      ${w.t(s.busy ? "patient.sending" : "patient.send")}
    </button>
  </form>`;
}

/** The link to the form of a first visit and back, or why there is none (B07). */
function firstVisit(w: PatientWords, s: FormState): TemplateResult | typeof nothing {
  if (s.offer === "none") return nothing;
  if (s.offer === "desk") return html`<div class="note" id="first-desk"><p>${w.t("problem.first_visit_desk")}</p>${phone(w, s.tel)}</div>`;
  const full = s.firstFull && !s.later;
  return html`<p><button type="button" class="first" data-first .disabled=${s.busy || (full && !s.first)} aria-describedby=${full ? "first-full" : nothing}
      @click=${() => s.choose(s.later, !s.first)}>${w.t(s.first ? "patient.returning" : "patient.firstVisit")}</button></p>
    ${full ? html`<div class="note" id="first-full"><p>${w.t("patient.firstFull")}</p>${phone(w, s.tel)}</div>` : nothing}`;
}

/** The card's number; full-width digits are digits too. */
function card(w: PatientWords, c: Card): TemplateResult {
  if (c.most === 0) return text(w, "cardNumber", "text", "off", false);
  const count = c.least === c.most ? c.most : c.least + "–" + c.most;
  return text(w, "cardNumber", "text", "off", false, w.t("patient.cardDigits", { count }), `[\\s\\p{Cf}]*[0-9０-９]{${c.least},${c.most}}[\\s\\p{Cf}]*`);
}

function day(w: PatientWords, s: FormState): TemplateResult {
  return html`<div class="choice" role="radiogroup" aria-label=${w.t("days.when")}>
      <label><input type="radio" name="later" value="" .checked=${!s.later} .disabled=${s.closed && !s.early}> ${w.t("days.today")}</label>
      <label><input type="radio" name="later" value="1" .checked=${s.later}> ${w.t("days.later")}</label>
    </div>
    ${s.later ? html`${daySelect(w, s.days, s.first, true)}
      ${s.days.some((d) => d.numbers === "opening") ? html`<p class="small">${w.t("days.opening")}</p>` : nothing}` : nothing}`;
}

/** What was chosen stays so, also when today's desk opens or closes meanwhile. */
function chosen(f: HTMLFormElement, s: FormState): void {
  s.choose(field(f, "later") !== "", s.first);
}

function text(
  w: PatientWords,
  name: "name" | "phone" | "cardNumber",
  type: string,
  autocomplete: string,
  required: boolean,
  hint = "",
  pattern = "", // "": anything
): TemplateResult {
  return html`<label>${w.t(`patient.${name}`)} <small>${w.t(required ? "patient.required" : "patient.optional")}</small>
    <input name=${name} type=${type} autocomplete=${autocomplete} .required=${required}
      pattern=${pattern || nothing} title=${pattern ? hint : nothing} inputmode=${pattern ? "numeric" : nothing}>
    ${hint ? html`<small>${hint}</small>` : nothing}
  </label>`;
}

/** The card number is enough: without it, name and phone are required. */
function demand(f: HTMLFormElement): void {
  const card = field(f, "cardNumber") !== "";
  for (const name of ["name", "phone"]) (f.elements.namedItem(name) as HTMLInputElement).required = !card;
}

function submit(e: Event, s: FormState): void {
  e.preventDefault();
  s.submit(requestOf(e.currentTarget as HTMLFormElement, s.first));
}

function requestOf(f: HTMLFormElement, first: boolean): IssueRequest {
  const request: IssueRequest = {
    partySize: Number(field(f, "partySize")),
    firstVisit: first, // also if those are full since: the reply reports that
    patient: {},
    ...dayOf(field(f, "day")),
  };
  const kind = field(f, "kind");
  if (kind) request.kind = kind;
  for (const name of ["name", "phone", "cardNumber"] as const) {
    const value = field(f, name);
    if (value) request.patient[name] = value;
  }
  return request;
}
