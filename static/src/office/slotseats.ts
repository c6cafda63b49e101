// The seats of some slots that differ: of a weekday or a date, a session, a start.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { serviceRules } from "../rules.ts";
import { options } from "../staff/words.ts";
import type { SlotSeats } from "../wire.ts";
import { sessions, weekdays } from "./calendar.ts";
import { timeForm, written } from "./field.ts";
import { errorsAt, errorsBelow, type Editing } from "./form.ts";

/** The list of them, with a button for another one. */
export function slotSeats(form: Editing, seats: SlotSeats[]): TemplateResult {
  const { w } = form;
  const add = () => form.change(() => seats.push({ weekday: "mon", web: 0, desk: 0 }), true);
  return html`<div class="whole" role="group" aria-label=${w.t("settings.seats")}><p>${w.t("settings.seats")}</p>
    <small>${w.t("settings.seatsHint")}</small>
    ${seats.map((e, i) => entry(form, e, i, () => form.change(() => seats.splice(i, 1), true)))}
    <p><button type="button" data-add="seats" .disabled=${seats.length >= serviceRules["slot.seats"].most} @click=${add}>${w.t("settings.seatsAdd")}</button></p>
    ${errorsAt(form, "slot.seats")}</div>`;
}

function entry(form: Editing, e: SlotSeats, i: number, remove: () => void): TemplateResult {
  const { w } = form;
  const path = `slot.seats[${i}]`;
  const set = (key: "date" | "weekday" | "session" | "slot", value: string) => {
    if (value === "") delete e[key];
    else e[key] = value;
  };
  const typed = (act: (value: string) => void) => (event: Event) => {
    const { value } = event.currentTarget as HTMLInputElement;
    form.change(() => act(value.trim()));
  };
  const day = typed((value) => {
    set("weekday", value === "date" ? "" : value);
    if (value === "date") e.date = "";
    else delete e.date;
  });
  const dayOf = e.date === undefined ? (e.weekday ?? "") : "date";
  const kinds = e.session === undefined || sessions.includes(e.session) ? sessions : [...sessions, e.session];
  const number = (of: "web" | "desk", label: string) => html`<label>${label}
    <input type="number" min=${serviceRules["slot.seats[].web"].least} max=${serviceRules["slot.seats[].web"].most} aria-describedby="hint-seats" .value=${String(e[of] ?? "")}
      @change=${typed((value) => (e[of] = value === "" ? null : Number(value)))}></label>`;
  return html`<div class="frame" data-seats=${i}>
    <label>${w.t("settings.seatsDay")}
      <select @change=${day} .value=${dayOf}>
        <option value="" .defaultSelected=${dayOf === ""}>${w.t("settings.everyDay")}</option>
        ${options(w, "week", weekdays, dayOf)}
        <option value="date" .defaultSelected=${dayOf === "date"}>${w.t("settings.oneDate")}</option></select></label>
    ${e.date === undefined ? nothing : html`<label>${w.t("timetable.date")}
      <input type="date" required .value=${e.date} @change=${typed((value) => (e.date = value))}></label>`}
    <label>${w.t("timetable.session")}
      <select @change=${typed((value) => set("session", value))} .value=${e.session ?? ""}>
        <option value="" .defaultSelected=${e.session === undefined}>${w.t("settings.everySession")}</option>
        ${options(w, "session", kinds, e.session ?? "")}</select></label>
    <label>${w.t("settings.slotStart")}
      <input type="text" inputmode="numeric" size="5" maxlength="5" pattern=${timeForm} placeholder=${w.t("settings.everySlot")} title=${w.t("wrong.not_time")}
        .value=${e.slot ?? ""} @change=${typed((value) => set("slot", written(value)))}></label>
    ${number("web", w.t("settings.seatsWeb"))} ${number("desk", w.t("settings.seatsDesk"))}
    <button type="button" @click=${remove}>${w.t("settings.seatsRemove")}</button>
    ${errorsBelow(form, path)}
  </div>`;
}
