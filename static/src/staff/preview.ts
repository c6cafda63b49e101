// The frame of what patients will read, beside the form that changes it.

import { html, type TemplateResult } from "../../vendor/lit/lit.js";
import type { StaffWords } from "./words.ts";

export function preview(w: StaffWords, of: string, what: TemplateResult): TemplateResult {
  return html`<div class="preview whole" data-preview=${of} role="group" aria-label=${w.t("settings.preview")}>
    <p class="small">${w.t("settings.preview")}</p>${what}</div>`;
}
