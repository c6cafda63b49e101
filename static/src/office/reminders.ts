// When a service reminds of its bookings.

import { html, type TemplateResult } from "../../vendor/lit/lit.js";
import { serviceRules } from "../rules.ts";
import type { Reminder } from "../wire.ts";
import { written } from "./field.ts";
import { errorsAt, errorsBelow, type Editing } from "./form.ts";

/** The list of them, with a button for another one. */
export function reminderList(form: Editing, reminders: Reminder[]): TemplateResult {
  const { w } = form;
  const days = serviceRules["reminders[].days"];
  const add = () => form.change(() => reminders.push({ days: reminders.some((r) => r.days === 1) ? 3 : 1, at: "18:00" }), true);
  return html`<div class="whole" role="group" aria-label=${w.t("settings.reminders")}>
    <p class="small">${w.t("settings.remindersHint")}</p>
    ${reminders.map((r, i) => html`<div class="frame" data-reminder=${i}>
      <label>${w.t("settings.reminderDays")} <input type="number" min=${days.least} max=${days.most} required .value=${String(r.days)}
        @change=${(e: Event) => form.change(() => (r.days = Number((e.target as HTMLInputElement).value)))}></label>
      <label>${w.t("settings.reminderAt")} <input type="text" inputmode="numeric" size="5" maxlength="5" required pattern="([01]?[0-9]|2[0-3]):?[0-5][0-9]" title=${w.t("wrong.not_time_of_day")} .value=${r.at}
        @change=${(e: Event) => form.change(() => (r.at = written((e.target as HTMLInputElement).value)))}></label>
      <button type="button" @click=${() => form.change(() => reminders.splice(i, 1), true)}>${w.t("settings.seatsRemove")}</button>
      ${errorsBelow(form, `reminders[${i}]`)}</div>`)}
    <p><button type="button" data-add="reminders" .disabled=${reminders.length >= serviceRules.reminders.most} @click=${add}>${w.t("settings.reminderAdd")}</button></p>
    ${errorsAt(form, "reminders")}</div>`;
}
