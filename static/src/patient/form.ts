// The reception form: how many, first visit or not, and who, all of it optional
// but the number of people.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { field } from "../lib/element.ts";
import type { IssueRequest } from "../wire.ts";
import type { PatientWords } from "./words.ts";

export interface FormState {
  maxParty: number;
  busy: boolean;
  pending: boolean; // sent, and the answer is not known: only the same may be sent again
  closed: boolean; // the web desk takes nobody now
  early: boolean; // it opens later: the form may be filled in already
  again: boolean; // an earlier ticket has ended
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
  return html`<form class="take" .hidden=${s.closed && !s.early} @submit=${(e: Event) => submit(e, s)}>
    <h2>${w.t(s.again ? "patient.retake" : "patient.take")}</h2>
    <fieldset .disabled=${s.busy}>
      <label>${w.t("patient.partySize")}
        <select name="partySize">
          ${Array.from({ length: s.maxParty }, (_, i) => html`<option value=${i + 1}>${i + 1}</option>`)}
        </select>
      </label>
      <div class="choice" role="radiogroup" aria-label=${w.t("patient.visit")}>
        <label><input type="radio" name="firstVisit" value="" checked> ${w.t("patient.returning")}</label>
        <label><input type="radio" name="firstVisit" value="1"> ${w.t("patient.firstVisit")}</label>
      </div>
      ${text(w, "name", "text", "name", 60)}
      ${text(w, "phone", "tel", "tel", 40, w.t("patient.phoneHint"))}
      ${text(w, "cardNumber", "text", "off", 20)}
    </fieldset>
    <button class="primary" type="submit" .disabled=${s.busy || s.closed} aria-describedby=${s.closed ? "refusal" : nothing}>
      ${w.t(s.busy ? "patient.sending" : "patient.send")}
    </button>
  </form>`;
}

function text(
  w: PatientWords,
  name: "name" | "phone" | "cardNumber",
  type: string,
  autocomplete: string,
  most: number, // characters, as the server allows
  hint = "",
): TemplateResult {
  return html`<label>${w.t(`patient.${name}`)} <small>${w.t("patient.optional")}</small>
    <input name=${name} type=${type} maxlength=${most} autocomplete=${autocomplete}>
    ${hint ? html`<small>${hint}</small>` : nothing}
  </label>`;
}

function submit(e: Event, s: FormState): void {
  e.preventDefault();
  s.submit(requestOf(e.currentTarget as HTMLFormElement));
}

function requestOf(f: HTMLFormElement): IssueRequest {
  const request: IssueRequest = {
    partySize: Number(field(f, "partySize")),
    firstVisit: field(f, "firstVisit") !== "",
    patient: {},
  };
  for (const name of ["name", "phone", "cardNumber"] as const) {
    const value = field(f, name);
    if (value) request.patient[name] = value;
  }
  return request;
}
