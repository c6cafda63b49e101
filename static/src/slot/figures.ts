// The slots of today, rendered in the same shape as the server's first paint.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { count, slotText } from "../lib/boardtext.ts";
import type { Words } from "../lib/i18n.ts";
import { seenOf, type Seen } from "../lib/status.ts";
import type ja from "../locale/ja.json";
import type { Board, Slots } from "../wire.ts";

export type FigureWords = Words<Pick<typeof ja, "slot" | "unit">>;

/** The patient's page: the slot being seen, and what is left of today. */
export function figures(w: FigureWords, b: Board): TemplateResult | typeof nothing {
  const { slots } = b;
  if (!slots) return nothing;
  const seen = seenOf(b);
  return html`<section class="slots">
    <h2>${w.t("slot.serving")}</h2>
    ${seen
      ? html`<p class="serving" id="serving">${slotText(w, seen.from, seen.to)}</p>
        <dl class="figures">${seenRows(w, seen)}</dl>`
      : html`<p class="nobody" id="serving">${w.t("slot.servingNone")}</p>`}
    <p class="note small" id="caution">${w.t("slot.caution")}</p>
    ${todaySlots(w, slots, html`<h2>${w.t("slot.today")}</h2>`)}
  </section>`;
}

/** How many have the slot being seen, and how many of them are called. */
export function seenRows(w: FigureWords, seen: Seen): TemplateResult {
  const row = (key: "booked" | "called") => {
    const figure = seen[key];
    return figure ? html`<div><dt>${w.t(`slot.${key}`)}</dt><dd class=${key}>${count(w, figure)}</dd></div>` : nothing;
  };
  return html`${row("booked")}${row("called")}`;
}

/** The slots of today, each with its availability in a mark and words. There are none where that is hidden. */
export function todaySlots(w: FigureWords, { today, serving }: Slots, heading: TemplateResult): TemplateResult | typeof nothing {
  const shown = today.filter((slot) => slot.availability);
  if (shown.length === 0) return nothing;
  return html`${heading}<ul class="today">${shown.map((slot) => html`<li class=${slot.slot === serving ? "now" : nothing}><b>${slot.slot}</b>
    <span class="m-${slot.availability}">${w.find("slot", slot.availability ?? "")}</span></li>`)}</ul>`;
}
