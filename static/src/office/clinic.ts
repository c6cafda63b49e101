// The form of the clinic's own settings: its profile, the retention of its days, its
// rooms, and a link to the sheet for its entrance.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { pageLang } from "../lib/element.ts";
import type { Page } from "../staff/page.ts";
import { clinicRules } from "../rules.ts";
import type { ClinicSettings, Staff } from "../wire.ts";
import { ruled, type Field } from "./field.ts";
import { Form } from "./form.ts";
import { hoursPreview } from "./preview.ts";
import { roomList } from "./rooms.ts";

const text = ruled(clinicRules, "text");
const select = ruled(clinicRules, "select");
const number = ruled(clinicRules, "number");
const departments = clinicRules.departments.most * (clinicRules["departments[]"].most + 2); // characters, with a comma and a space behind each

const contact = [text("name"), text("area"), text("address"), ruled(clinicRules, "tel")("phone"), ruled(clinicRules, "long")("hours")];
const others: readonly Field[] = [
  { path: "departments", kind: "list", most: departments },
  { path: "listed", kind: "check" },
  { ...select("lookup"), empty: "clinic.lookupAuto" },
  select("language"),
];
const origins: readonly Field[] = [{ path: "origins", kind: "lines", most: 4200 }];
const card = [number("card.least"), number("card.most")];
const surge = [number("autoPause")];
const retention = [number("retention.patients"), number("retention.days")];

export class ClinicView extends Form<ClinicSettings> {
  constructor(page: Page) {
    super(page, "clinic", [...contact, ...others, ...origins, ...card, ...surge, ...retention]);
  }

  protected override pathOf(clinic: string): string {
    return `/v1/clinics/${clinic}/settings`;
  }

  render(staff: Staff): TemplateResult {
    const { w } = this;
    const sheet = "/in/" + staff.clinic + "/sheet?lang=" + pageLang();
    const partner = "/partner?lang=" + pageLang();
    return html`<section class="office clinic">
      <h2>${w.t("clinic.title")}</h2>
      <p><a id="sheet" href=${sheet} target="_blank" rel="noopener">${w.t("clinic.sheet")}</a> <small>${w.t("clinic.sheetHint")}</small></p>
      ${this.form((draft) => html`
        <fieldset><legend>${w.t("clinic.profile")}</legend>
          ${this.inputs(contact)} ${draft.hours ? hoursPreview(w, draft.hours) : nothing} ${this.inputs(others)}</fieldset>
        <fieldset><legend>${w.t("clinic.embed")}</legend>
          <p class="small whole">${w.t("clinic.embedHint")} <a href=${partner} target="_blank" rel="noopener">${w.t("clinic.embedMake")}</a></p>
          ${this.inputs(origins)}</fieldset>
        <fieldset><legend>${w.t("clinic.card")}</legend>
          <p class="small whole">${w.t("clinic.cardHint")}</p> ${this.inputs(card)}</fieldset>
        <fieldset><legend>${w.t("clinic.surge")}</legend> ${this.inputs(surge)}</fieldset>
        <fieldset><legend>${w.t("clinic.retention")}</legend> ${this.inputs(retention)}</fieldset>
        ${roomList(this, staff, draft.rooms)}`)}
    </section>`;
  }
}
