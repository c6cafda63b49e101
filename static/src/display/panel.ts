// One service on the screen: the calls with their rooms, and the wait of the others.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { dayNotes, message, resting, turn, unusual, type BoardTexts } from "../lib/board.ts";
import type { Words } from "../lib/i18n.ts";
import { guestsIn, receptionOf, seenOf, takesTickets, waitingOf, waitOf } from "../lib/status.ts";
import { count, minutes, type Names, numbers, slotText, stopReason } from "../lib/boardtext.ts";
import type ja from "../locale/ja.json";
import { seenRows } from "../slot/figures.ts";
import type { Board } from "../wire.ts";
import { callsOf, type Called } from "./calls.ts";
import { fitsPanel, groups } from "./pages.ts";

export type DisplayWords = Words<BoardTexts & Pick<typeof ja, "session" | "display" | "slot">>;

const absentShown = [0, 24, 12, 10]; // numbers at once, by the number of boards

export interface Look {
  names: Names;
  boards: number; // on the page
  rounds: number; // how often the page was shown; selects the part of a long list
  isNew(c: Called): boolean;
}

export function panel(w: DisplayWords, b: Board, look: Look): TemplateResult {
  const reception = receptionOf(b);
  const session = w.find("session", (b.session ?? "").replace(/-\d+$/, "")); // "morning-2" is a morning too
  return html`<article class="service" id=${"service-" + b.service}>
    <h2 class="title">${b.name}${session ? html` <small class="session">${session}</small>` : nothing}</h2>
    ${b.calling ? calling(w, b, look) : nothing}
    ${dayNotes(w, b)} ${unusual(w, b)} ${resting(w, b.resting)}
    ${slot(w, b)}
    <dl class="figures">
      ${b.waiting ? html`<div><dt>${w.t("board.waiting")}</dt>
        <dd class="waiting">${count(w, waitingOf(b.waiting))}</dd></div>` : nothing}
      ${waits(w, b)} ${absent(w, b, look)}
      ${takesTickets(reception) ? nothing : closed(w, b, w.t(`reception.${reception}`))}
    </dl>
    ${b.message && fitsPanel(b.message.text, look.boards) ? message(w, b) : nothing}
  </article>`;
}

function calling(w: DisplayWords, b: Board, look: Look): TemplateResult {
  const list = callsOf([b]);
  if (list.length === 0) return html`<p class="nobody">${w.t("board.nobody")}</p>`;
  return html`<p class="label">${w.t("board.calling")}</p>
    <ul class="calling c${Math.min(list.length, 5)}">${list.map((c) => html`<li class=${look.isNew(c) ? "new" : ""}>
      <b class="number" translate="no">${c.number}</b>
      <span class="room">${c.of ? html`<small class="of">${w.t("board.of", { service: look.names[c.of] ?? c.of })}</small> ` : nothing}${c.roomName}</span></li>`)}</ul>`;
}

/** The slot being seen, in slot mode. */
function slot(w: DisplayWords, b: Board): TemplateResult | typeof nothing {
  const seen = seenOf(b);
  if (!seen) return nothing;
  return html`<dl class="figures">
      <div class="seen"><dt>${w.t("slot.serving")}</dt><dd class="serving">${slotText(w, seen.from, seen.to)}</dd></div>${seenRows(w, seen)}
    </dl>
    <p class="caution">${w.t("slot.caution")}</p>`;
}

function waits(w: DisplayWords, b: Board): TemplateResult | typeof nothing {
  const wait = waitOf(b.waitMinutes);
  if (!wait) return nothing;
  return html`<div><dt>${w.t("board.waitMinutes")}</dt><dd>${minutes(w, wait)}</dd>
    ${b.waitNote ? html`<dd class="remark">${b.waitNote}</dd>` : nothing}</div>`;
}

/** Shows a part of the numbers at a time if there are too many. */
function absent(w: DisplayWords, b: Board, look: Look): TemplateResult | typeof nothing {
  const parts = groups(b.absent ?? [], absentShown[look.boards] ?? 10);
  const i = look.rounds % parts.length;
  const guests = i === parts.length - 1 ? guestsIn(b, "absent") : [];
  const text = numbers(w, parts[i] ?? [], guests, look.names);
  if (!text) return nothing;
  return html`<div><dt>${w.t("board.absent")}${parts.length > 1 ? html` <small>${w.t("display.page", { n: i + 1, of: parts.length })}</small>` : nothing}</dt>
    <dd class="absent">${text}</dd></div>`;
}

function closed(w: DisplayWords, b: Board, state: string): TemplateResult {
  const reason = stopReason(w, b);
  const next = turn(w, b);
  return html`<div><dt>${w.t("board.reception")}</dt>
      <dd class="reception">${state}</dd>
      ${reason ? html`<dd class="remark">${reason}</dd>` : nothing}</div>
    ${next ? html`<div><dt>${next.name}</dt><dd class="turn">${next.at}</dd></div>` : nothing}`;
}
