// A board, rendered in the same shape as the server's first paint.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type ja from "../locale/ja.json";
import type { Board, Resting } from "../wire.ts";
import { clockTime } from "./clock.ts";
import type { Words } from "./i18n.ts";
import { guestsIn, messageOf, receptionOf, waitingOf, waitOf, type LinkView } from "./status.ts";
import { count, dayNote, minutes, numbers, stopReason, type Names } from "./boardtext.ts";
import { when } from "./when.ts";

export type BoardTexts = Pick<typeof ja, "unit" | "feed" | "board" | "reception" | "date" | "notice" | "resting" | "stop" | "dayNote">;

export type BoardWords = Words<BoardTexts>;

export function message(w: Words<Pick<typeof ja, "board">>, board: Board): TemplateResult | typeof nothing {
  const m = messageOf(board);
  if (!m) return nothing;
  return html`<div class="message">
    <h2>${w.t("board.message")}</h2>
    <p>${m.text}</p>
    ${m.until ? html`<p class="until">${w.t("board.until", { time: m.until })}</p>` : nothing}
  </div>`;
}

/** Why today differs, or the dates until it opens next. */
export function dayNotes(w: BoardWords, b: Pick<Board, "day" | "dayNotes">): TemplateResult[] {
  return (b.dayNotes || []).map((n) => html`<p class="daynote">${dayNote(w, n, b.day)}</p>`);
}

/** What is unusual in a line: its order was changed, or it is slow. */
export function unusual(w: BoardWords, b: Pick<Board, "notice" | "overrunning">): TemplateResult[] {
  const lines = [];
  if (b.notice) lines.push(w.find("notice", b.notice.reason) || w.t("notice.desk"));
  if (b.overrunning) lines.push(w.t("board.overrunning"));
  return lines.map((text) => html`<p class="unusual">${text}</p>`);
}

/** The rooms without calls for now. */
export function resting(w: BoardWords, rooms: Resting[] | undefined): TemplateResult | typeof nothing {
  if (!rooms || rooms.length === 0) return nothing;
  return html`<ul class="resting">
    ${rooms.map((r) => html`<li>${rest(w, r)}</li>`)}
  </ul>`;
}

function rest(w: BoardWords, r: Resting): string {
  const duty = r.duty === "off" ? "off" : "break";
  const values = { room: r.roomName, time: r.until ? clockTime(r.until) : "" };
  return w.t(r.until ? `resting.${duty}Until` : `resting.${duty}`, values);
}

/** The numbers that are called, with the service's name where a number is another's. */
export function calls(w: BoardWords, list: NonNullable<Board["calling"]>, names: Names): TemplateResult {
  return html`<ul class="calling">
    ${list.map((c) => html`<li><b class="number" translate="no">${c.number}</b>
      <span class="room">${c.of ? html`<small class="of">${w.t("board.of", { service: names[c.of] || c.of })}</small> ` : nothing}${c.roomName}</span></li>`)}
  </ul>`;
}

/** When the web desk opens or closes next, if that is known. */
export function turn(w: BoardWords, b: Board): { name: string; at: string } | undefined {
  if (b.opensAt) return { name: w.t("board.opens"), at: when(w, b.opensAt, b.day) };
  if (b.closesAt) return { name: w.t("board.closes"), at: when(w, b.closesAt, b.day) };
  return undefined;
}

/** A board. With shownAbove, a ticket above it shows what is unusual. */
export function board(w: BoardWords, b: Board, names: Names, shownAbove: boolean): TemplateResult {
  const wait = waitOf(b.waitMinutes);
  const next = turn(w, b);
  const line = numbers(w, (b.line || []).slice(0, 8), guestsIn(b, "waiting").slice(0, 8), names);
  return html`<section class="board">
    ${dayNotes(w, b)} ${message(w, b)} ${shownAbove ? nothing : unusual(w, b)} ${b.calling ? calling(w, b.calling, names) : nothing}
    ${resting(w, b.resting)}
    <dl class="figures">
      ${b.waiting ? figure(w.t("board.waiting"), count(w, waitingOf(b.waiting)), "waiting") : nothing}
      ${wait ? figure(w.t("board.waitMinutes"), minutes(w, wait), "", b.waitNote) : nothing}
      ${b.absent ? figure(w.t("board.absent"), numbers(w, b.absent, guestsIn(b, "absent"), names) || w.t("board.nobodyAbsent"), "absent") : nothing}
      ${line ? figure(w.t("board.line"), line, "line") : nothing}
      ${figure(w.t("board.reception"), w.t(`reception.${receptionOf(b)}`), "reception", stopReason(w, b))}
      ${next ? figure(next.name, next.at, "turn") : nothing}
    </dl>
  </section>`;
}

function calling(w: BoardWords, list: NonNullable<Board["calling"]>, names: Names): TemplateResult {
  return html`<h2>${w.t("board.calling")}</h2>
    ${list.length === 0 ? html`<p class="nobody">${w.t("board.nobody")}</p>` : calls(w, list, names)}`;
}

function figure(name: string, value: string, mark = "", note = ""): TemplateResult {
  return html`<div><dt>${name}</dt><dd class=${mark}>${value}${note ? html`<small>${note}</small>` : nothing}</dd></div>`;
}

/** The time since the server last confirmed the state; "" if unknown. */
export function ageText(w: Words<Pick<typeof ja, "feed">>, { age }: LinkView): string {
  return age ? w.t(`feed.${age.unit}`, { n: age.n }) : "";
}

/** The button for a refresh, beside the age of what is shown. */
export function refresher(w: Words<Pick<typeof ja, "feed">>, view: LinkView, busy: boolean, refresh: () => void): TemplateResult {
  const age = ageText(w, view);
  return html`<p class="refresh">${age ? w.t("feed.seen", { age }) : nothing}
    <button type="button" id="refresh" .disabled=${busy} @click=${refresh}>${w.t("feed.refresh")}</button></p>`;
}

/**
 * How fresh the page is: a word in a corner, or a warning. The age changes every
 * second and is therefore outside of the live region.
 */
export function freshness(w: Words<Pick<typeof ja, "feed">>, view: LinkView): TemplateResult {
  const age = ageText(w, view);
  return html`<div class="link ${view.link}">
    <p role=${view.warn ? "alert" : "status"}>
      ${view.warn ? html`<span aria-hidden="true">⚠ </span>` : nothing}${w.t(`feed.${view.label}`)}
    </p>
    ${view.warn && age ? html`<p class="age">${w.t("feed.age", { age })}</p>` : nothing}
  </div>`;
}
