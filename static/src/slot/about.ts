// What a patient needs to know of a booked slot: when to come, and the file for a calendar.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { slotText } from "../lib/boardtext.ts";
import { clockTime } from "../lib/clock.ts";
import type { Words } from "../lib/i18n.ts";
import { ticketView } from "../lib/status.ts";
import type ja from "../locale/ja.json";
import type { Ticket } from "../wire.ts";

export type AboutWords = Words<Pick<typeof ja, "slot">>;

export function about(w: AboutWords, t: Ticket): TemplateResult | typeof nothing {
  if (!t.slot || !t.slotEnd || ticketView(t).over) return nothing;
  const booked = t.state === "booked";
  return html`<p class="range" id="slot"><small>${w.t("slot.visit")}</small> <b>${slotText(w, t.slot, t.slotEnd)}</b></p>
    ${booked && t.startsAt ? html`<p>${w.t("slot.come", { from: clockTime(t.startsAt) })}</p>` : nothing}
    ${t.late ? html`<p class="late-note">${w.t("slot.late")}</p>` : nothing}
    ${booked ? html`<p><a id="calendar" href=${calendarOf(t)}>${w.t("slot.calendar")}</a></p>` : nothing}`;
}

function calendarOf(t: Ticket): string {
  const { lang } = document.documentElement;
  return `/s/${t.service}/calendar.ics?` + new URLSearchParams({ day: t.day, slot: t.slot ?? "", to: t.slotEnd ?? "", ticket: t.id, lang }).toString();
}
