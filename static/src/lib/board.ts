// A board, rendered in the same shape as the server's first paint.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type ja from "../locale/ja.json";
import type { Board } from "../wire.ts";
import type { Words } from "./i18n.ts";
import { messageOf, receptionOf, waitingOf, waitOf, type Count, type LinkView } from "./status.ts";

export type BoardTexts = Pick<typeof ja, "unit" | "feed" | "board" | "reception">;

export type BoardWords = Words<BoardTexts>;

export function count(w: Words<Pick<typeof ja, "unit">>, c: Count): string {
  return w.t(c.n === 1 ? `unit.${c.unit}One` : `unit.${c.unit}`, { n: c.n });
}

export function minutes(w: BoardWords, wait: { low: number; high: number; single: boolean }): string {
  return w.t(wait.single ? "board.about" : "board.range", { low: wait.low, high: wait.high });
}

export function message(w: BoardWords, board: Board): TemplateResult | typeof nothing {
  const m = messageOf(board);
  if (!m) return nothing;
  return html`<div class="message">
    <h2>${w.t("board.message")}</h2>
    <p>${m.text}</p>
    ${m.until ? html`<p class="until">${w.t("board.until", { time: m.until })}</p>` : nothing}
  </div>`;
}

export function board(w: BoardWords, b: Board): TemplateResult {
  const wait = waitOf(b.waitMinutes);
  return html`<section class="board" aria-live="polite">
    ${message(w, b)} ${b.calling ? calling(w, b.calling) : nothing}
    <dl class="figures">
      ${b.waiting ? figure(w.t("board.waiting"), count(w, waitingOf(b.waiting)), "waiting") : nothing}
      ${wait ? figure(w.t("board.waitMinutes"), minutes(w, wait)) : nothing}
      ${b.absent ? figure(w.t("board.absent"), b.absent.join(", ") || w.t("board.nobodyAbsent")) : nothing}
      ${b.line && b.line.length > 0 ? figure(w.t("board.line"), b.line.slice(0, 8).join(", ")) : nothing}
      ${figure(w.t("board.reception"), w.t(`reception.${receptionOf(b)}`))}
    </dl>
  </section>`;
}

function calling(w: BoardWords, calls: NonNullable<Board["calling"]>): TemplateResult {
  return html`<h2>${w.t("board.calling")}</h2>
    <ul class="calling">
      ${calls.length === 0 ? html`<li class="nobody">${w.t("board.nobody")}</li>` : nothing}
      ${calls.map((c) => html`<li><b class="number">${c.number}</b> <span class="room">${c.roomName}</span></li>`)}
    </ul>`;
}

function figure(name: string, value: string, mark = ""): TemplateResult {
  return html`<div><dt>${name}</dt><dd class=${mark}>${value}</dd></div>`;
}

/**
 * How fresh the page is: a word in a corner, or a warning that nobody overlooks.
 * The age changes every second: it stands outside of what is read aloud.
 */
export function freshness(w: BoardWords, view: LinkView): TemplateResult {
  const age = w.t(`feed.${view.age.unit}`, { n: view.age.n });
  return html`<div class="link ${view.link}">
    <p role=${view.warn ? "alert" : "status"}>
      ${view.warn ? html`<span aria-hidden="true">⚠ </span>` : nothing}${w.t(`feed.${view.says}`)}
    </p>
    ${view.warn ? html`<p class="age">${w.t("feed.age", { age })}</p>` : nothing}
  </div>`;
}
