// A booking for a patient on the phone: a free slot, the patient, a question, and the
// booking. Nothing is sent before the question has its yes.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { newKey } from "../lib/api.ts";
import { count } from "../lib/boardtext.ts";
import { field } from "../lib/element.ts";
import { countOf } from "../lib/status.ts";
import { dateText } from "../lib/when.ts";
import { serviceRules } from "../rules.ts";
import type { Page } from "../staff/page.ts";
import { personOf } from "../staff/person.ts";
import type { Issued, IssueRequest, StaffService } from "../wire.ts";
import { slotOf, type FreeSlots } from "./freeslots.ts";
import { insistBox, overBound } from "./insist.ts";

/** A member who telephones: the form begins with what is known. */
export interface Known {
  member: string; // id
  name: string;
  phone: string;
  cardNumber: string;
}

export class PhoneBooking {
  private asked: { service: string; body: IssueRequest; form: HTMLFormElement } | undefined;
  private done: { service: string; issued: Issued; name: string } | undefined;

  constructor(private readonly page: Page, private readonly free: FreeSlots, private readonly known?: Known) {}

  render(s: StaffService): TemplateResult {
    const { page } = this;
    const { w } = page;
    const { service, day: today } = s.board;
    const key = "phone " + service;
    const open = page.ui.open?.of === key;
    const toggle = () => {
      this.asked = this.done = undefined;
      page.set({ open: open ? undefined : { of: key, form: "phone" }, over: undefined });
      if (!open) void this.free.open(key, { service, today, channel: "desk" });
    };
    const done = this.done?.service === service ? this.done : undefined;
    return html`<section class="phone">
      <button type="button" data-phone aria-expanded=${open ? "true" : "false"} .disabled=${page.busy} @click=${toggle}>${w.t("slots.phone")}</button>
      ${open ? this.form(s, key) : nothing}
      ${done ? this.booked(done.issued, done.name) : nothing}
    </section>`;
  }

  private form(s: StaffService, key: string): TemplateResult {
    const { page } = this;
    const { w } = page;
    const { service } = s.board;
    const asked = this.asked?.service === service ? this.asked : undefined;
    const submit = (e: Event) => {
      e.preventDefault();
      const form = e.currentTarget as HTMLFormElement;
      const slot = slotOf(field(form, "slot"));
      if (!slot) return page.report(w.t("slots.chooseSlot"));
      this.asked = { service, form, body: { ...patientOf(form), ...slot, ...(this.known ? { member: this.known.member } : {}) } };
      page.redraw();
      void page.updateComplete.then(() => form.querySelector<HTMLElement>("[data-act=book-yes]")?.focus());
    };
    return html`<form class="ask" data-phone-form @submit=${submit}>
      <div .hidden=${asked !== undefined}>
        ${this.free.render(key)}
        <label>${w.t("patient.name")} <input name="name" autocomplete="off" required .defaultValue=${this.known?.name ?? ""}></label>
        <div class="pair">
          <label>${w.t("patient.phone")} <input name="phone" type="tel" autocomplete="off" required .defaultValue=${this.known?.phone ?? ""}></label>
          <label>${w.t("patient.cardNumber")} <input name="cardNumber" autocomplete="off" .defaultValue=${this.known?.cardNumber ?? ""}></label>
        </div>
        <div class="pair">
          <label>${w.t("patient.partySize")} <input name="partySize" type="number" min="1" max=${serviceRules.maxParty.most} .defaultValue=${"1"}></label>
          <label class="check"><input name="firstVisit" type="checkbox" value="1"> ${w.t("staff.firstVisit")}</label>
        </div>
        ${s.kinds.length > 0 ? html`<label>${w.t("patient.kind")}
          <select name="kind"><option value="">${w.t("patient.chooseKind")}</option>
            ${s.kinds.map((k) => html`<option value=${k.id}>${k.name}</option>`)}</select></label>` : nothing}
        <label>${w.t("staff.memo")} <input name="memo" autocomplete="off"></label>
        <button type="submit" .disabled=${page.busy}>${w.t("slots.check")}</button>
      </div>
      ${asked ? this.question(s, key, asked.body) : nothing}
    </form>`;
  }

  private question(s: StaffService, key: string, body: IssueRequest): TemplateResult {
    const { page } = this;
    const { w } = page;
    const back = () => {
      this.asked = undefined;
      page.set({ over: undefined });
    };
    const kind = s.kinds.find((k) => k.id === body.kind)?.name ?? "";
    const { name = "", phone = "", cardNumber = "" } = body.patient;
    return html`<div role="alertdialog" aria-label=${w.t("slots.sure")}>
      <p><strong>${w.t("slots.sure")}</strong></p>
      <p><b class="when">${dateText(w, body.day ?? "")} ${body.slot ?? ""}</b> ${s.board.name} ${kind}
        ${body.partySize > 1 ? count(w, countOf(body.partySize, "人")) : nothing} ${body.firstVisit ? w.t("staff.firstVisit") : nothing}</p>
      <p>${personOf({ name, phone, cardNumber })}</p>
      ${this.free.webBooks(key, body.day ?? "") ? nothing : html`<p class="note warns">⚠ ${w.t("slots.beyond")}</p>`}
      ${page.ui.over?.service === key
        ? insistBox(page, key, () => void this.send(s, key, { ...body, override: true }))
        : html`<button type="button" class="primary" data-act="book-yes" .disabled=${page.busy} @click=${() => void this.send(s, key, body)}>${w.t("slots.sureYes")}</button>`}
      <button type="button" data-act="book-no" @click=${back}>${w.t("slots.back")}</button>
    </div>`;
  }

  private async send(s: StaffService, key: string, body: IssueRequest): Promise<void> {
    const { page } = this;
    const { service } = s.board;
    if (page.ui.over) page.set({ over: undefined });
    const call = { method: "POST", path: `/v1/services/${service}/bookings`, key: newKey(), body } as const;
    const issued = (await page.send(page.w.t("slots.phone"), call, overBound(page, key))) as Issued | undefined;
    if (!issued) return;
    this.done = { service, issued, name: body.patient.name ?? "" };
    this.asked = undefined;
    this.free.forget(key);
    page.set({ open: undefined });
    void page.bookings.changed();
    void page.updateComplete.then(() => document.querySelector<HTMLElement>(`#service-${service} [data-phone]`)?.focus());
  }

  private booked(issued: Issued, name: string): TemplateResult {
    const { w } = this.page;
    const t = issued.ticket;
    return html`<p class="note" role="status">${w.t("slots.booked", { day: dateText(w, t.day), slot: t.slot ?? "", name })}
      ${issued.over ? w.t("staff.isOver") : nothing}
      ${issued.cancelCode ? html`<br>${w.t("slots.code", { code: issued.cancelCode })}` : nothing}
      <a href=${`/s/${t.service}#${t.id}.${issued.token}`} target="_blank" rel="noopener">${w.t("staff.walkinLink")}</a></p>`;
  }
}

function patientOf(form: HTMLFormElement): IssueRequest {
  const kind = field(form, "kind");
  return {
    partySize: Number(field(form, "partySize")) || 1,
    firstVisit: field(form, "firstVisit") !== "",
    patient: { name: field(form, "name"), phone: field(form, "phone"), cardNumber: field(form, "cardNumber"), memo: field(form, "memo") },
    ...(kind ? { kind } : {}),
  };
}
