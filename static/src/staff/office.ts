// What the forms of the office have in common: what is wrong where, that somebody
// else was faster, and the button that saves.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Desk } from "./desk.ts";
import { sentenceOf, type FieldError } from "./refusal.ts";
import type { StaffWords } from "./words.ts";

/** What is wrong with a field, where the field stands. */
export function errorsOf(w: StaffWords, errors: FieldError[]): TemplateResult[] {
  return errors.map((e) => {
    const { key, values } = sentenceOf(e.reason);
    const text = w.find("wrong", key) ?? e.reason;
    return html`<span class="wrong" role="alert">${text.replace(/\{(\w+)\}/g, (whole, v: string) => values[v] ?? whole)}</span>`;
  });
}

/** Somebody else was faster. */
export function conflict(desk: Desk, again: () => void): TemplateResult {
  return html`<div class="problem" role="alert" id="conflict"><p>${desk.w.t("settings.conflict")}</p>
    <button type="button" .disabled=${desk.busy} @click=${again}>${desk.w.t("settings.reload")}</button></div>`;
}

export function saveBar(desk: Desk, saved: boolean): TemplateResult {
  return html`<p class="save"><button type="submit" class="primary" .disabled=${desk.busy}>${desk.w.t("staff.save")}</button>
    ${saved ? html`<span class="saved" role="status">${desk.w.t("settings.saved")}</span>` : nothing}</p>`;
}
