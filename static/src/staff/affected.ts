// Tickets whose session a change of the timetable closed or shortened. The server marks
// them. They remain in the list until the desk has informed the patient. They leave it
// also when the ticket is over, or the session is restored.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { clockTime } from "../lib/clock.ts";
import { dayText } from "../lib/days.ts";
import type { StaffTicket } from "../wire.ts";
import { personOf } from "./person.ts";
import type { StaffWords } from "./words.ts";

/** Whether the desk still has to inform the patient. */
export function isAffected(t: StaffTicket): boolean {
  return t.affected !== undefined;
}

/** The change of a ticket's session; also after its patient was informed of a closing. */
export function affectedMark(w: StaffWords, t: StaffTicket): TemplateResult | typeof nothing {
  if (!isAffected(t) && t.advice !== "closed") return nothing;
  const text = t.startsAt && t.endsAt
    ? w.t("bookings.affectedShort", { from: clockTime(t.startsAt), to: clockTime(t.endsAt) })
    : w.t("bookings.affectedMark");
  return html`<strong class="duty">${text}</strong>`;
}

/** The names and phone numbers, for the call of the desk. */
export function affectedList(w: StaffWords, tickets: readonly StaffTicket[]): TemplateResult {
  return html`<ol>${tickets.map((t) => html`<li>${when(w, t)} ${t.serviceName} ${personOf(t)} ${noPhone(w, t)}</li>`)}</ol>`;
}

export function noPhone(w: StaffWords, t: StaffTicket): TemplateResult | typeof nothing {
  return t.phone ? nothing : html`<small>${w.t("bookings.noPhone")}</small>`;
}

function when(w: StaffWords, t: StaffTicket): TemplateResult {
  if (t.slot) return html`<strong>${dayText(w, t.day)} <span translate="no">${t.slot}</span></strong>`;
  return html`<strong>${dayText(w, t.day, t.session)}</strong> <b>${t.number ? w.t("bookings.number", { n: t.number }) : w.t("bookings.unnumbered")}</b>`;
}
