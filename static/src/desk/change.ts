// The forms that change a booking at the desk: another slot or day, and other details.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { dayOf, dayText } from "../lib/days.ts";
import { field } from "../lib/element.ts";
import { dateText } from "../lib/when.ts";
import { serviceRules } from "../rules.ts";
import { actOn } from "../staff/calls.ts";
import type { Page } from "../staff/page.ts";
import type { EditRequest, Kind, Patient, RebookRequest, StaffTicket } from "../wire.ts";
import { slotOf } from "./freeslots.ts";
import { insistBox, overBound } from "./insist.ts";

/** Opens the form in which a booking moves. */
export function openRebook(page: Page, t: StaffTicket, today: string): void {
  page.set({ open: { of: t.id, form: "rebook" }, over: undefined });
  if (!t.slot) return void page.bookings.openDays(t);
  void page.slots.free.open(rebookKey(t), { service: t.service, today, channel: t.channel });
}

const rebookKey = (t: StaffTicket) => "rebook " + t.id;

/** The old seat stays until the new one is taken. done runs after the act. */
export function rebookForm(page: Page, t: StaffTicket, done: () => unknown = () => undefined): TemplateResult {
  const { w } = page;
  const key = rebookKey(t);
  const send = async (form: HTMLFormElement, override: boolean) => {
    const to: RebookRequest | undefined = t.slot ? slotOf(field(form, "slot")) : dayOf(field(form, "day"));
    if (!to?.day) return page.report(w.t(t.slot ? "slots.chooseSlot" : "days.when"));
    if (page.ui.over) page.set({ over: undefined });
    const body: RebookRequest = override ? { ...to, override } : to;
    if (!(await page.send(w.t("act.rebook"), actOn(t, "rebook", body), overBound(page, key)))) return;
    page.slots.free.forget(key);
    close(page);
    void page.bookings.changed();
    done();
  };
  const from = t.slot ? w.t("slots.rebook", { day: dateText(w, t.day), slot: t.slot }) : w.t("bookings.rebook", { day: dayText(w, t.day, t.session) });
  return form(page, key, from, t.slot ? page.slots.free.render(key) : page.bookings.otherDay(t), w.t("act.rebook"), send);
}

/** kinds are those of the ticket's service. */
export function editForm(page: Page, t: StaffTicket, kinds: readonly Kind[], done: () => unknown = () => undefined): TemplateResult {
  const { w } = page;
  const key = "edit " + t.id;
  const send = async (f: HTMLFormElement, override: boolean) => {
    if (page.ui.over) page.set({ over: undefined });
    const body = { ...changed(f, t, kinds), ...(override ? { override } : {}) };
    if (Object.keys(body).length === 0) return close(page);
    if (!(await page.send(w.t("act.edit"), actOn(t, "edit", body), overBound(page, key)))) return;
    close(page);
    void page.bookings.changed();
    done();
  };
  const text = (name: keyof Patient, label: string, type = "text") =>
    html`<label>${label} <input name=${name} type=${type} autocomplete="off" .defaultValue=${String(t[name as "name"] ?? "")}></label>`;
  const area = (name: "symptoms" | "memo", label: string) =>
    html`<label>${label} <textarea name=${name} rows="2" maxlength="500" .defaultValue=${t[name] ?? ""}></textarea></label>`;
  const named = (name: string) => w.find("field", "form." + name) ?? name;
  const now = kinds.find((k) => k.name === t.kind)?.id ?? "";
  return form(page, key, w.t(t.slot || t.state === "booked" ? "slots.edit" : "staff.details"), html`<div class="pair">
      <label>${w.t("patient.partySize")} <input name="partySize" type="number" min="1" max=${serviceRules.maxParty.most} data-first .defaultValue=${String(t.partySize)}></label>
      <label class="check"><input name="firstVisit" type="checkbox" value="1" .defaultChecked=${t.firstVisit}> ${w.t("staff.firstVisit")}</label>
    </div>
    ${kinds.length > 0 ? html`<label>${w.t("patient.kind")} <select name="kind"><option value="">${w.t("patient.chooseKind")}</option>
      ${kinds.map((k) => html`<option value=${k.id} .defaultSelected=${k.id === now}>${k.name}</option>`)}</select></label>` : nothing}
    <div class="pair">${text("name", w.t("patient.name"))} ${text("kana", named("kana"))}</div>
    <div class="pair">${text("phone", w.t("patient.phone"), "tel")} ${text("cardNumber", w.t("patient.cardNumber"))}</div>
    <div class="pair">${text("birth", named("birth"), "date")} ${text("mail", named("mail"), "email")}</div>
    ${area("symptoms", named("symptoms"))} ${area("memo", w.t("staff.memo"))}`, w.t("staff.save"), send);
}

const edited = ["name", "kana", "phone", "cardNumber", "birth", "mail", "symptoms", "memo"] as const;

/** What the form changes of a ticket: without a change, nothing. */
function changed(f: HTMLFormElement, t: StaffTicket, kinds: readonly Kind[]): EditRequest {
  const body: EditRequest = {};
  const party = Number(field(f, "partySize")) || 1;
  if (party !== t.partySize) body.partySize = party;
  const first = field(f, "firstVisit") !== "";
  if (first !== t.firstVisit) body.firstVisit = first;
  const kind = field(f, "kind");
  if (kinds.length > 0 && (kinds.find((k) => k.id === kind)?.name ?? "") !== (t.kind ?? "")) body.kind = kind;
  const patient: Patient = {};
  for (const name of edited) {
    const value = field(f, name).replace(/\r\n/g, "\n"); // of a textarea
    if (value) patient[name] = value;
  }
  if (t.sex) patient.sex = t.sex;
  if (t.consent) patient.consent = t.consent;
  if (edited.some((name) => (patient[name] ?? "") !== (t[name] ?? ""))) body.patient = patient;
  return body;
}

function form(page: Page, key: string, title: string, fields: unknown, yes: string, send: (form: HTMLFormElement, override: boolean) => unknown): TemplateResult {
  const submit = (e: Event) => {
    e.preventDefault();
    void send(e.currentTarget as HTMLFormElement, false);
  };
  const insist = () => {
    const at = document.querySelector<HTMLFormElement>(`form[data-change="${key}"]`);
    if (at) void send(at, true);
  };
  return html`<form class="acts ask change" data-change=${key} @submit=${submit}>
    <p><strong>${title}</strong></p>
    ${fields}
    ${page.ui.over?.service === key ? insistBox(page, key, insist) : html`<button type="submit" data-act="change-yes" .disabled=${page.busy}>${yes}</button>
      <button type="button" data-act="change-no" @click=${() => close(page)}>${page.w.t("staff.no")}</button>`}
  </form>`;
}

function close(page: Page): void {
  page.set({ open: undefined, over: undefined });
}
