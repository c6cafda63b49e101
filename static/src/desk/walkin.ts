// Reception at the desk: at the end of the line, or before others if urgent. The desk
// may choose a reserved number, exceed a limit, or book a later day. The number of
// people of one party is not limited to that of the web.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { newKey } from "../lib/api.ts";
import { dayOf, dayText } from "../lib/days.ts";
import { field } from "../lib/element.ts";
import { mark } from "../staff/letters.ts";
import type { Page } from "../staff/page.ts";
import { options, publicReasons } from "../staff/words.ts";
import { serviceRules } from "../rules.ts";
import { dayClock } from "./freeslots.ts";
import { left } from "./slotfigures.ts";
import { isSlotService } from "../staff/snapshot.ts";
import { MostNumber, type DeskSlot, type Issued, type IssueRequest, type StaffService } from "../wire.ts";

const bounds = ["desk_quota_full", "band_full", "already_received", "auto_stop", "party_size", "slot_full", "slot_over", "person_limit", "day_full"]; // the desk may go over them

/** chosen: the key W leads to this form. */
export function walkin(page: Page, s: StaffService, chosen: boolean): TemplateResult {
  const { w, ui } = page;
  const service = s.board.service;
  const send = async (f: HTMLFormElement, override: boolean) => {
    if (ui.over) page.set({ over: undefined });
    const answer = await page.send(
      w.t("staff.walkin"),
      { method: "POST", path: `/v1/services/${service}/walkins`, key: newKey(), body: request(f, override) },
      (refusal) => {
        if (!bounds.includes(refusal.code)) return false;
        page.set({ over: { service, code: refusal.code } });
        return true;
      },
    );
    if (!answer) return;
    f.reset();
    f.querySelector("h3")?.focus(); // out of the field: the keys act again
    page.set({ issued: answer as Issued });
    void page.bookings.received(service, s.board.service.split("-")[0] ?? "");
  };
  const submit = (e: Event) => {
    e.preventDefault();
    void send(e.currentTarget as HTMLFormElement, false);
  };
  const insist = (e: Event) => {
    const f = (e.currentTarget as HTMLButtonElement).form;
    if (f) void send(f, true);
  };
  const over = ui.over?.service === service ? ui.over : undefined;
  const issued = ui.issued?.ticket.service === service ? ui.issued : undefined;
  return html`<form class="walkin" @submit=${submit}>
    <h3 tabindex="-1">${w.t("staff.walkin")} ${chosen ? mark("W") : nothing}</h3>
    <label>${w.t("patient.name")} <input name="name" autocomplete="off"></label>
    <div class="pair">
      <label>${w.t("patient.partySize")} <input name="partySize" type="number" min="1" max=${serviceRules.maxParty.most} .defaultValue=${"1"}></label>
      <label class="check"><input name="firstVisit" type="checkbox" value="1"> ${w.t("staff.firstVisit")}</label>
    </div>
    ${isSlotService(s) ? slotChoice(page, s.slots ?? []) : s.bookingDays ? page.bookings.choice(service) : nothing}
    ${s.kinds.length > 0 ? html`<label>${w.t("patient.kind")}
      <select name="kind"><option value="">${w.t("patient.chooseKind")}</option>
        ${s.kinds.map((k) => html`<option value=${k.id}>${k.name}</option>`)}</select></label>` : nothing}
    <div class="pair">
      <label>${w.t("patient.phone")} <input name="phone" type="tel" autocomplete="off"></label>
      <label>${w.t("patient.cardNumber")} <input name="cardNumber" autocomplete="off"></label>
    </div>
    <details>
      <summary>${w.t("staff.special")}</summary>
      <div class="pair">
        <label>${w.t("staff.position")} <input name="position" type="number" min="1" max="500"></label>
        <label>${w.t("staff.reason")} <select name="reason">${options(w, "reason", publicReasons, "urgent")}</select></label>
      </div>
      <p class="small">${w.t("staff.positionHint")}</p>
      <label>${w.t("staff.kept")} <input name="number" type="number" min="1" max=${MostNumber}></label>
    </details>
    ${over
      ? html`<div class="ask" role="alert">
          <p>${w.find("insist", over.code, { n: s.seats.desk.limit ?? 0 }) ?? w.t("slots.insist")}</p>
          <button type="button" class="danger" data-act="insist" .disabled=${page.busy} @click=${insist}>${w.t("staff.insist")}</button>
          <button type="button" @click=${() => page.set({ over: undefined })}>${w.t("staff.no")}</button>
        </div>`
      : html`<button type="submit" .disabled=${page.busy}>${w.t("act.issue")}</button>`}
    ${issued && !over ? done(page, issued, s.board.day) : nothing}
  </form>`;
}

/** The slots of today that are not over; without a choice, the first with a free seat. */
function slotChoice(page: Page, slots: readonly DeskSlot[]): TemplateResult {
  const { w } = page;
  const now = dayClock(page.clock.read());
  const seats = (s: DeskSlot) => {
    const n = left(s.desk);
    return n === undefined ? "" : n > 0 ? w.t("slots.left", { n }) : w.t("days.none");
  };
  return html`<label>${w.t("slots.slot")}
    <select name="slot"><option value="">${w.t("slots.firstFree")}</option>
      ${slots.filter((s) => s.to > now).map((s) => html`<option value=${s.slot}>${s.slot} – ${s.to} ${seats(s)}</option>`)}</select></label>`;
}

function done(page: Page, issued: Issued, today: string): TemplateResult {
  const { w } = page;
  const { day, session, number } = issued.ticket;
  return html`<p class="note" role="status">${day > today ? w.t("bookings.done", { day: dayText(w, day, session) }) : nothing}
    ${number ? html`<b class="number">${number}</b> ${w.t("staff.walkinDone", { n: number })}` : w.t("days.opening")}
    ${issued.ticket.slot ? w.t("slots.walkinIn", { slot: issued.ticket.slot }) : nothing}
    ${issued.over ? w.t("staff.isOver") : nothing}
    <a href=${`/s/${issued.ticket.service}#${issued.ticket.id}.${issued.token}`} target="_blank" rel="noopener">
      ${w.t("staff.walkinLink")}</a></p>`;
}

function request(f: HTMLFormElement, override: boolean): IssueRequest {
  const body: IssueRequest = {
    partySize: Number(field(f, "partySize")) || 1,
    firstVisit: field(f, "firstVisit") !== "",
    patient: { name: field(f, "name"), phone: field(f, "phone"), cardNumber: field(f, "cardNumber") },
  };
  const kind = field(f, "kind");
  if (kind) body.kind = kind;
  Object.assign(body, dayOf(field(f, "day")));
  const slot = field(f, "slot");
  if (slot) body.slot = slot;
  const position = Number(field(f, "position"));
  if (position > 0) {
    body.ahead = position - 1;
    body.reason = field(f, "reason");
  }
  const number = Number(field(f, "number"));
  if (number > 0) body.number = number;
  if (override) body.override = true;
  return body;
}
