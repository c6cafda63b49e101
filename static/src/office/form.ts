// Parts of the office's forms: errors at their fields, a conflict with another user,
// unsaved changes, and the save button.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Desk } from "../staff/page.ts";
import type { StaffWords } from "../staff/words.ts";
import type { Invalid } from "./invalid.ts";

/** The errors of a field, shown at the field. */
export function errorsOf(w: StaffWords, errors: Invalid[]): TemplateResult[] {
  return errors.map((e) => html`<span class="wrong" role="alert">${w.find("wrong", e.code, e.values) ?? w.t("wrong.look")}</span>`);
}

/** Another user has saved since this form was read. */
export function conflict(desk: Desk, again: () => void): TemplateResult {
  return html`<div class="problem" role="alert" id="conflict"><p>${desk.w.t("settings.conflict")}</p>
    <button type="button" .disabled=${desk.busy} @click=${again}>${desk.w.t("settings.reload")}</button></div>`;
}

/** What was typed is about to be dropped; name is what it was typed for. */
export function unsaved(desk: Desk, name: string, keep: () => void, discard: () => void): TemplateResult {
  const { w, busy } = desk;
  return html`<div class="ask" role="alert" id="unsaved"><p>${w.t("settings.unsaved", { name })}</p>
    <button type="button" data-keep @click=${keep}>${w.t("settings.keep")}</button>
    <button type="button" class="danger" data-discard .disabled=${busy} @click=${discard}>${w.t("settings.discard")}</button></div>`;
}

export function saveBar(desk: Desk, saved: boolean): TemplateResult {
  return html`<p class="save"><button type="submit" class="primary" .disabled=${desk.busy}>${desk.w.t("staff.save")}</button>
    ${saved ? html`<span class="saved" role="status">${desk.w.t("settings.saved")}</span>` : nothing}</p>`;
}
