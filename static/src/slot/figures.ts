// The slots of today, rendered in the same shape as the server's first paint.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { count } from "../lib/boardtext.ts";
import type { Words } from "../lib/i18n.ts";
import { countOf } from "../lib/status.ts";
import type ja from "../locale/ja.json";
import type { Board } from "../wire.ts";

export type FigureWords = Words<Pick<typeof ja, "slot" | "unit">>;

export function figures(w: FigureWords, b: Board): TemplateResult | typeof nothing {
  const { slots: s } = b;
  if (!s) return nothing;
  const serving = s.today.find((slot) => slot.slot === s.serving);
  const unit = b.waiting?.unit ?? "組";
  const row = (key: "booked" | "called", n?: number) =>
    n === undefined ? nothing : html`<div><dt>${w.t(`slot.${key}`)}</dt><dd class=${key}>${count(w, countOf(n, unit))}</dd></div>`;
  return html`<section class="slots">
    <h2>${w.t("slot.serving")}</h2>
    ${s.serving
      ? html`<p class="serving" id="serving">${w.t("slot.range", { from: s.serving, to: serving?.to ?? "" })}</p>
        <dl class="figures">${row("booked", s.booked)}${row("called", s.called)}</dl>`
      : html`<p class="nobody" id="serving">${w.t("slot.servingNone")}</p>`}
    <p class="note small" id="caution">${w.t("slot.caution")}</p>
    ${s.today.length > 0 ? html`<h2>${w.t("slot.today")}</h2>
      <ul class="today">${s.today.map((slot) => html`<li class=${slot.slot === s.serving ? "now" : nothing}><b>${slot.slot}</b>
        ${slot.availability ? html` <span class="m-${slot.availability}">${w.find("slot", slot.availability)}</span>` : nothing}</li>`)}</ul>` : nothing}
  </section>`;
}
