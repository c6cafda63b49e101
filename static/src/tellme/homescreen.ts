// What iPhones need, in pictures: only a page on the home screen shows notifications.

import { html, type TemplateResult } from "../../vendor/lit/lit.js";
import type { TellmeWords } from "./words.ts";

export function homescreen(w: TellmeWords): TemplateResult {
  return html`<div class="iphone" id="iphone">
    <p>${w.t("tellme.iphone")}</p>
    <ol>
      <li><svg viewBox="0 0 48 48" aria-hidden="true"><path d="M16 20h-4v20h24V20h-4M24 30V7m-7 7 7-7 7 7"/></svg><span>${w.t("tellme.share")}</span></li>
      <li><svg viewBox="0 0 48 48" aria-hidden="true"><rect x="9" y="9" width="30" height="30" rx="7"/><path d="M24 16v16m-8-8h16"/></svg><span>${w.t("tellme.home")}</span></li>
      <li><svg viewBox="0 0 48 48" aria-hidden="true"><rect x="12" y="4" width="24" height="40" rx="4"/><rect x="18" y="14" width="12" height="12" rx="3"/><path d="M21 39h6"/></svg><span>${w.t("tellme.open")}</span></li>
    </ol>
    <p class="small">${w.t("tellme.carry", { elsewhere: w.t("mine.elsewhere") })}</p>
  </div>`;
}
