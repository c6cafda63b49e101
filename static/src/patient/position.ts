// The position of a ticket: the number ahead, the minutes, and a bar from the
// reception to the call.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { count, minutes } from "../lib/boardtext.ts";
import type { Words } from "../lib/i18n.ts";
import { countOf, ticketView } from "../lib/status.ts";
import type ja from "../locale/ja.json";
import type { Ticket } from "../wire.ts";
import { progressOf } from "./progress.ts";

export type PositionWords = Words<Pick<typeof ja, "unit" | "board" | "mine">>;

/** The figures. note is the clinic's text beside its estimates, id the id of the first figure. */
export function position(w: PositionWords, t: Ticket, note = "", id = ""): TemplateResult | typeof nothing {
  const { ahead, wait, comeAt } = ticketView(t);
  if (!ahead && !wait) return nothing;
  const none = ahead && !ahead.n;
  return html`<div class="position">
    ${ahead ? html`<p class="ahead" id=${id || nothing}>${none ? nothing : html`<small>${w.t("mine.before")}</small> `}<b>${none ? w.t("mine.next") : count(w, ahead)}</b></p>` : nothing}
    ${comeAt ? html`<p id=${id ? "come-at" : nothing}>${w.t("mine.comeAt", { count: count(w, comeAt) })}</p>` : nothing}
    ${wait ? html`<p class="wait"><small>${w.t("board.waitMinutes")}</small> <b>${minutes(w, wait)}</b>${note ? html` <small>${note}</small>` : nothing}</p>` : nothing}
  </div>`;
}

/** The bar, with its two ends labelled and its figures beside it. */
export function bar(w: PositionWords, t: Ticket, from: number | undefined): TemplateResult | typeof nothing {
  const p = progressOf(t, from);
  if (!p) return nothing;
  const text = w.t("mine.progress", { done: p.done, of: count(w, countOf(p.of, t.unit)) });
  return html`<div class="way">
    <p class="ends" aria-hidden="true"><span>${w.t("mine.start")}</span><span>${w.t("mine.end")}</span></p>
    <progress .max=${p.of} .value=${p.done} aria-label=${text}></progress>
    ${p.done > 0 && p.done < p.of ? html`<p class="small" aria-hidden="true">${text}</p>` : nothing}
  </div>`;
}
