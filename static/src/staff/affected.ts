// Tickets whose session does not take place any more (row U3). The server marks
// them with the advice "closed"; they stay in the list until each is cancelled or
// its day is over.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { dayText } from "../lib/days.ts";
import type { StaffTicket } from "../wire.ts";
import { personOf } from "./person.ts";
import type { StaffWords } from "./words.ts";

export function isAffected(t: StaffTicket): boolean {
  return t.advice === "closed";
}

/** Who they are, to be called. */
export function affectedList(w: StaffWords, tickets: readonly StaffTicket[]): TemplateResult {
  return html`<ol>${tickets.map((t) => html`<li>${when(w, t)} ${t.serviceName} ${personOf(t)}
    ${t.phone ? nothing : html`<small>${w.t("bookings.noPhone")}</small>`}</li>`)}</ol>`;
}

function when(w: StaffWords, t: StaffTicket): TemplateResult {
  return html`<strong>${dayText(w, t.day, t.session)}</strong> <b>${t.number ? w.t("bookings.number", { n: t.number }) : w.t("bookings.unnumbered")}</b>`;
}
