// Parts of the office's forms: errors at their fields, a conflict with another user,
// unsaved changes, and the save button.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Page } from "../staff/page.ts";
import type { StaffWords } from "../staff/words.ts";
import type { Invalid } from "./invalid.ts";

/** The errors of a field, shown at the field. */
export function errorsOf(w: StaffWords, errors: Invalid[]): TemplateResult[] {
  return errors.map((e) => html`<span class="wrong" role="alert">${w.find("wrong", e.code, e.values) ?? w.t("wrong.look")}</span>`);
}

/** The notice that another user has saved since this form was read. */
export function conflict(page: Page, again: () => void): TemplateResult {
  return html`<div class="problem" role="alert" id="conflict"><p>${page.w.t("settings.conflict")}</p>
    <button type="button" .disabled=${page.busy} @click=${again}>${page.w.t("settings.reload")}</button></div>`;
}

/** The question before unsaved changes are dropped; name is what they belong to. */
export function unsaved(page: Page, name: string, keep: () => void, discard: () => void): TemplateResult {
  const { w, busy } = page;
  return html`<div class="ask" role="alert" id="unsaved"><p>${w.t("settings.unsaved", { name })}</p>
    <button type="button" data-keep @click=${keep}>${w.t("settings.keep")}</button>
    <button type="button" class="danger" data-discard .disabled=${busy} @click=${discard}>${w.t("settings.discard")}</button></div>`;
}

export function saveBar(page: Page, saved: boolean): TemplateResult {
  return html`<p class="save"><button type="submit" class="primary" .disabled=${page.busy}>${page.w.t("staff.save")}</button>
    ${saved ? html`<span class="saved" role="status">${page.w.t("settings.saved")}</span>` : nothing}</p>`;
}
