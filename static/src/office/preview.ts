// Previews of what patients read with the unsaved settings, by the functions of the
// patients' pages.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { board } from "../lib/board.ts";
import { absenceParts, receptionOf } from "../lib/status.ts";
import { preview } from "../staff/preview.ts";
import type { StaffWords } from "../staff/words.ts";
import type { Board, Settings } from "../wire.ts";
import { boardUnder, marksOf, type Mark } from "./servicefields.ts";

/** The rule for absent patients, as the ticket shows it. */
export function absencePreview(w: StaffWords, s: Settings): TemplateResult {
  return preview(w, "absence", html`<p><b>${w.t("absence.title")}</b></p>
    <p>${absenceParts(s.absence).map((p) => w.t(`absence.${p.part}`, { n: p.n }) + " ")}</p>`);
}

/** The present board, in the chosen unit and without hidden figures. */
export function boardPreview(w: StaffWords, s: Settings, b: Board): TemplateResult {
  return preview(w, "board", board(w, boardUnder(s, b), { [b.service]: b.name }, false));
}

/** The mark of the web for each range of free seats. */
export function marksPreview(w: StaffWords, s: Settings): TemplateResult {
  return preview(w, "marks", html`<dl>${marksOf(s.capacity).map((m) => html`<div>
    <dt>${left(w, m)}</dt>
    <dd>${w.t(`reception.${receptionOf({ reception: "open", availability: m.availability })}`)}</dd></div>`)}</dl>
    ${s.capacity.autoStop ? html`<p class="small">${w.t("settings.marksStop")}</p>` : nothing}`);
}

/** The number of free places of a mark. */
function left(w: StaffWords, { from, to }: Mark): string {
  if (from === undefined) return w.t("settings.noBound");
  if (to === undefined) return w.t("settings.leftFrom", { from });
  return from === to ? w.t("settings.left", { from }) : w.t("settings.leftTo", { from, to });
}

/** The note of the hours, as the clinic's page has it. */
export function hoursPreview(w: StaffWords, hours: string): TemplateResult {
  return preview(w, "hours", html`<dl><div><dt>${w.t("about.hours")}</dt><dd class="hours">${hours}</dd></div></dl>`);
}
