// One service on a clinic's page, rendered in the same shape as the server's first paint.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { dayNotes } from "../lib/board.ts";
import { count, minutes, slotText, stopReason, type Names } from "../lib/boardtext.ts";
import type { Words } from "../lib/i18n.ts";
import { messageOf, receptionOf, seenOf, waitingOf, waitOf } from "../lib/status.ts";
import { when } from "../lib/when.ts";
import { seenRows, todaySlots } from "../slot/figures.ts";
import type { Board, Slots } from "../wire.ts";
import type { ClinicTexts } from "./texts.ts";

type ClinicWords = Words<ClinicTexts>;

export function glance(w: ClinicWords, b: Board, names: Names): TemplateResult {
  const wait = waitOf(b.waitMinutes);
  const reason = stopReason(w, b);
  const message = messageOf(b);
  return html`<article class="service" id=${"service-" + b.service}>
    <h2>${b.name} <small>${b.service}</small></h2>
    <p class="reception">${w.t(`reception.${receptionOf(b)}`)}
      ${reason ? html`<small>${reason}</small>` : nothing}
      ${b.opensAt ? html`<small>${w.t("board.opens")} ${when(w, b.opensAt, b.day)}</small>` : nothing}</p>
    ${dayNotes(w, b)}
    ${message ? html`<div class="message"><h3>${w.t("board.message")}</h3><p>${message.text}</p></div>` : nothing}
    <dl class="figures">
      ${b.calling ? html`<div><dt>${w.t("board.calling")}</dt><dd class="called">${called(w, b.calling, names)}</dd></div>` : nothing}
      ${b.waiting ? html`<div><dt>${w.t("board.waiting")}</dt><dd class="waiting">${count(w, waitingOf(b.waiting))}</dd></div>` : nothing}
      ${wait ? html`<div><dt>${w.t("board.waitMinutes")}</dt><dd class="minutes">${minutes(w, wait)}
        ${b.waitNote ? html`<small>${b.waitNote}</small>` : nothing}</dd></div>` : nothing}
    </dl>
    ${b.slots ? slots(w, b, b.slots) : nothing}
    ${b.mode === "slot" ? html`<p><a class="go" href=${pageOf(w, b, "/book")}>${w.t("slot.book")}<span class="of"> – ${b.name}</span></a>
        <a class="more" href=${pageOf(w, b)}>${w.t("index.patient")}<span class="of"> – ${b.name}</span></a></p>`
      : html`<p><a class="go" href=${pageOf(w, b)}>${w.t("index.patient")}<span class="of"> – ${b.name}</span></a></p>`}
  </article>`;
}

function pageOf({ lang }: ClinicWords, b: Board, page = ""): string {
  return `/s/${b.service}${page}?lang=${lang}`;
}

function called(w: ClinicWords, list: NonNullable<Board["calling"]>, names: Names): TemplateResult | TemplateResult[] | string {
  if (list.length === 0) return w.t("board.nobodyAbsent");
  return list.map((c) => html`<span><b class="number" translate="no">${c.number}</b>
    ${c.of ? html`<small>${w.t("board.of", { service: names[c.of] ?? c.of })}</small>` : nothing} <small>${c.roomName}</small></span>`);
}

function slots(w: ClinicWords, b: Board, s: Slots): TemplateResult {
  const seen = seenOf(b);
  return html`<div class="slots">
    ${seen ? html`<dl class="figures">
        <div class="seen"><dt>${w.t("slot.serving")}</dt><dd class="serving">${slotText(w, seen.from, seen.to)}</dd></div>${seenRows(w, seen)}
      </dl>
      <p class="note small caution">${w.t("slot.caution")}</p>` : nothing}
    ${todaySlots(w, s, html`<h3>${w.t("slot.today")}</h3>`)}
  </div>`;
}
