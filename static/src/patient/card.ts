// A ticket in short, for a list: its service, its number, the advice, and the number
// ahead.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { ageText } from "../lib/board.ts";
import { slotText, visitText, type DayWords } from "../lib/days.ts";
import { freshnessOf } from "../lib/rewritten.ts";
import type { Words } from "../lib/i18n.ts";
import { ticketView, type LinkView } from "../lib/status.ts";
import { advice } from "../lib/boardtext.ts";
import type ja from "../locale/ja.json";
import type { Follower } from "./follower.ts";
import { fragmentOf, serviceOf, type Own } from "./own.ts";
import { bar, position, type PositionWords } from "./position.ts";

export type CardWords = PositionWords & DayWords & Words<Pick<typeof ja, "state" | "todo" | "mine" | "feed">>;

/** The age of a card's state, or a warning that it is old. */
function stale(w: CardWords, link: LinkView): string {
  const age = link.label !== "altered" && ageText(w, link);
  return age ? w.t("feed.age", { age }) : w.t(`feed.${link.label}`);
}

/** The address of a ticket's page, in the language of this page. */
export function pageOf(own: Own): string {
  return "/s/" + serviceOf(own.id) + location.search + fragmentOf(own);
}

/** An entry of a list; its ticket may be pending. */
export function card(w: CardWords, f: Follower, more: unknown = nothing): TemplateResult | typeof nothing {
  const { own, ticket: t } = f;
  if (!own) return nothing;
  const known = t || own.last;
  const view = t && ticketView(t);
  const visit = !known || (view?.over && known.number) ? ""
    : slotText(w, known) || visitText(w, known, known.todo === "later" || !known.number ? "" : known.day);
  const link = f.status && freshnessOf(f.status);
  return html`<li class="card ${view ? view.tone : "wait"}" data-ticket=${own.id}>
    <a href=${pageOf(own)}>
      <span class="whose">${own.clinic} ${known?.serviceName}</span>
      ${known?.number ? html`<b class="number" translate="no">${known.number}</b>` : nothing}
    </a>
    ${visit ? html`<p class="day">${visit}</p>` : nothing}
    ${t && view
      ? html`<p class="todo">${(!view.over && advice(w, t)) || w.find("state", view.state)}</p>
        ${position(w, t)} ${bar(w, t, own.from)}
        ${link && link.warn ? html`<p class="age">⚠ ${stale(w, link)}</p>` : nothing}`
      : html`<p class="todo">${w.t("mine.checking")}</p>`}
    ${more}
  </li>`;
}
