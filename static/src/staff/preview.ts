// What patients will read under the settings that are being typed, by the very
// functions of their pages.

import { html, type TemplateResult } from "../../vendor/lit/lit.js";
import { board } from "../lib/board.ts";
import { absenceParts } from "../lib/status.ts";
import type { Board, Settings } from "../wire.ts";
import { boardUnder } from "./fields.ts";
import type { StaffWords } from "./words.ts";

/** The rule for who does not come, as it stands on the ticket. */
export function absencePreview(w: StaffWords, s: Settings): TemplateResult {
  return preview(w, "absence", html`<p><b>${w.t("absence.title")}</b></p>
    <p>${absenceParts(s.absence).map((p) => w.t(`absence.${p.part}`, { n: p.n }) + " ")}</p>`);
}

/** The board as it stands now, in the unit and without the figures that are hidden. */
export function boardPreview(w: StaffWords, s: Settings, b: Board): TemplateResult {
  return preview(w, "board", board(w, boardUnder(s, b), { [b.service]: b.name }, false));
}

function preview(w: StaffWords, of: string, what: TemplateResult): TemplateResult {
  return html`<div class="preview whole" data-preview=${of} role="group" aria-label=${w.t("settings.preview")}>
    <p class="small">${w.t("settings.preview")}</p>${what}</div>`;
}
