// The question before the desk goes over a bound of bookings.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Failure } from "../lib/api.ts";
import type { Page } from "../staff/page.ts";

const bounds = [
  "slot_full", "slot_over", "person_limit", "day_full", "quota_full", "desk_quota_full", "first_quota_full", "already_received", "party_size",
];

/** Whether the desk may go over what refused it; then the form under the key asks. */
export function overBound(page: Page, key: string): (f: Failure) => boolean {
  return (f) => {
    if (!bounds.includes(f.code)) return false;
    page.set({ over: { service: key, code: f.code } });
    return true;
  };
}

/** The question, and nothing without one. */
export function insistBox(page: Page, key: string, insist: () => void): TemplateResult | typeof nothing {
  const { w, ui } = page;
  if (ui.over?.service !== key) return nothing;
  const { code } = ui.over;
  return html`<div class="ask" role="alert">
    <p>${w.find("refused", code) ?? w.find("problem", code) ?? code} ${w.t("slots.insist")}</p>
    <button type="button" class="danger" data-act="insist" .disabled=${page.busy} @click=${insist}>${w.t("slots.insistYes")}</button>
    <button type="button" @click=${() => page.set({ over: undefined })}>${w.t("staff.no")}</button>
  </div>`;
}
