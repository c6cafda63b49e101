// The state of a ticket's notices as sentences: what will be told, and what was.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { count } from "../lib/boardtext.ts";
import { countOf } from "../lib/status.ts";
import { when } from "../lib/when.ts";
import type { TicketNotice, Want, Wants } from "../wire.ts";
import type { TellmeWords } from "./words.ts";

/** When the notice to set out is sent, or that only the call is sent; "" for a ticket that no longer waits. */
export function nextText(w: TellmeWords, { next, kinds }: Want, unit: string, day: string, waits: boolean): string {
  if (!next) return waits && kinds.includes("call") ? w.t("tellme.willCall") : "";
  if (next.at) return w.t("tellme.willAt", { time: when(w, next.at, day) });
  const n = count(w, countOf(next.ahead || 0, unit));
  return next.minutes === undefined ? w.t("tellme.will", { n }) : w.t("tellme.willMinutes", { n, m: next.minutes });
}

/** Why nothing is sent: the channel is off, mail returned, or the month's cap is reached. */
export function problemText(w: TellmeWords, problem: string): string {
  return problem === "suppressed" ? w.t("tellme.suppressed", { change: w.t("tellme.change") }) : w.find("tellme", problem) || problem;
}

/** What became of a notice, such as "sent 10:21, shown 10:21". */
export function toldText(w: TellmeWords, n: TicketNotice, day: string): string {
  const kind = w.find("tellme", n.kind) || n.kind;
  const sent = n.sentAt ? when(w, n.sentAt, day) : "";
  if (n.shownAt) return w.t("tellme.shown", { kind, sent, shown: when(w, n.shownAt, day) });
  if (sent) return w.t("tellme.sent", { kind, sent });
  if (n.state === "void") return w.t("tellme.void", { kind, why: problemText(w, n.why || "") });
  return w.t(n.state === "dead" ? "tellme.dead" : n.state === "uncertain" ? "tellme.uncertain" : "tellme.due", { kind });
}

/** The wants and the notices as lists. */
export function lists(w: TellmeWords, wants: Wants, unit: string, day: string, waits: boolean): TemplateResult {
  return html`<ul class="wants">${wants.wants.map((want) => {
    const next = want.problem ? "" : nextText(w, want, unit, day, waits);
    return html`<li data-channel=${want.channel}><b>${w.find("tellme", want.channel)}</b>
      ${want.channel === "push" ? nothing : html` <bdi>${want.address}</bdi>`}
      ${next ? html`<span class="next">${next}</span>` : nothing}
      ${want.problem ? html`<span class="stopped">${problemText(w, want.problem)}</span>` : nothing}</li>`;
  })}</ul>
  ${wants.notices.length > 0 ? html`<ul class="told">${wants.notices.map((n) => html`<li data-state=${n.state}>${toldText(w, n, day)}</li>`)}</ul>` : nothing}`;
}
