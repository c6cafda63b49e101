// The form of the clinic's own settings: its profile, the retention of its days, its
// rooms, and a link to the sheet for its entrance.

import { html, nothing, repeat, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Failure } from "../lib/api.ts";
import { pageLang } from "../lib/element.ts";
import { put, type Page } from "../staff/page.ts";
import { clinicRules } from "../rules.ts";
import type { ClinicSettings, Staff } from "../wire.ts";
import { copy } from "./calendar.ts";
import { conflict, errorsOf, saveBar } from "./form.ts";
import { hoursPreview } from "./preview.ts";
import { below, invalidIn, type Invalid } from "./invalid.ts";
import { roomList } from "./rooms.ts";

const texts = ["name", "area", "address", "phone", "hours"] as const;
const departments = clinicRules.departments.most * (clinicRules["departments[]"].most + 2); // characters, with a comma and a space behind each

export class ClinicView {
  private clinic = "";
  private draft: ClinicSettings | undefined; // undefined: not read yet
  private departmentsRead = "";
  private originsRead = "";
  private readings = 0; // each makes a new form
  private typed = false; // there are unsaved changes
  private reading = false; // the form is inert: a change would be lost
  private errors: Invalid[] = [];
  private note: "" | "saved" | "conflict" = "";

  constructor(private readonly page: Page) {}

  /** Shows unsaved changes if there are any; otherwise reads the settings. */
  open(clinic: string): void {
    this.clinic = clinic;
    if (!this.typed) void this.read();
  }

  private get path(): string {
    return `/v1/clinics/${this.clinic}/settings`;
  }

  /** Reads the settings, and drops unsaved changes. */
  private async read(): Promise<void> {
    this.reading = true;
    const read = await this.page.send(this.page.w.t("clinic.title"), { method: "GET", path: this.path });
    this.reading = false;
    if (read) this.take(read as ClinicSettings, "");
    else this.page.redraw();
  }

  private take(settings: ClinicSettings, note: "" | "saved"): void {
    this.draft = copy(settings);
    this.departmentsRead = settings.departments.join("、"); // a typed text keeps its commas
    this.originsRead = settings.origins.join("\n");
    this.readings++;
    this.errors = [];
    this.typed = false;
    this.note = note;
    this.page.redraw();
  }

  private change(act: () => void, moves = false): void {
    act();
    this.typed = true;
    if (moves) this.errors = [];
    if (this.note === "saved") this.note = "";
    this.page.redraw();
  }

  private readonly save = async (e: Event) => {
    e.preventDefault();
    if (!this.draft) return;
    this.errors = [];
    this.note = "";
    const call = put(this.path, this.draft);
    const saved = await this.page.send(this.page.w.t("clinic.title"), call, (f) => this.refused(f));
    if (saved) this.take(saved as ClinicSettings, "saved");
  };

  private refused(f: Failure): boolean {
    this.errors = invalidIn(f);
    if (f.code === "settings_changed") this.note = "conflict";
    this.page.redraw(this.note === "conflict" ? ".clinic #conflict" : ".clinic .wrong");
    return this.note === "conflict";
  }

  render(staff: Staff): TemplateResult {
    const { w } = this.page;
    const sheet = "/in/" + staff.clinic + "/sheet?lang=" + pageLang();
    return html`<section class="office clinic">
      <h2>${w.t("clinic.title")}</h2>
      <p><a id="sheet" href=${sheet} target="_blank" rel="noopener">${w.t("clinic.sheet")}</a> <small>${w.t("clinic.sheetHint")}</small></p>
      ${this.note === "conflict" ? conflict(this.page, () => void this.read()) : nothing}
      ${this.draft
        ? repeat([this.draft], () => this.readings, (c) => html`<form .inert=${this.reading} @submit=${this.save}>
            ${this.profile(c)} ${this.origins(c)} ${this.card(c)} ${this.autoPause(c)} ${this.retention(c)}
            ${roomList(this.page, staff, c.rooms, this.errors, (act, moves) => this.change(act, moves))}
            ${saveBar(this.page, this.note === "saved")}
          </form>`)
        : nothing}
    </section>`;
  }

  private profile(c: ClinicSettings): TemplateResult {
    const { w } = this.page;
    const listed = (e: Event) => this.change(() => (c.listed = (e.currentTarget as HTMLInputElement).checked));
    return html`<fieldset>
      <legend>${w.t("clinic.profile")}</legend>
      ${texts.map((key) => {
        const { most } = clinicRules[key];
        const wrong = below(this.errors, key);
        const set = (e: Event) => this.change(() => (c[key] = (e.currentTarget as HTMLInputElement | HTMLTextAreaElement).value));
        const invalid = wrong.length > 0 ? "true" : "false";
        return html`<label>${w.t(`clinic.${key}`)}
          ${key === "hours"
            ? html`<textarea name=${key} rows="3" maxlength=${most} aria-invalid=${invalid} .defaultValue=${c[key]} @input=${set}></textarea>`
            : html`<input type=${key === "phone" ? "tel" : "text"} name=${key} maxlength=${most} aria-invalid=${invalid}
                .required=${key === "name"} .defaultValue=${c[key]} @input=${set}>`}
          ${key === "area" ? html`<small>${w.t("clinic.areaHint")}</small>` : nothing}${errorsOf(w, wrong)}</label>
          ${key === "hours" && c.hours ? hoursPreview(w, c.hours) : nothing}`;
      })}
      ${this.departments(c)}
      <label class="check"><input type="checkbox" name="listed" .defaultChecked=${c.listed} @change=${listed}> ${w.t("field.listed")}
        <small>${w.t("clinic.listedHint")}</small></label>
      ${this.lookup(c)}
      ${this.language(c)}
    </fieldset>`;
  }

  /** What a patient needs to find a lost ticket by its number. */
  private lookup(c: ClinicSettings): TemplateResult {
    const { w } = this.page;
    const set = (e: Event) => this.change(() => (c.lookup = (e.currentTarget as HTMLSelectElement).value));
    return html`<label>${w.t("field.lookup")}
      <select name="lookup" @change=${set}>
        ${(["", ...clinicRules.lookup.values] as const).map((v) => html`<option value=${v} .defaultSelected=${c.lookup === v}>${w.t(v === "" ? "clinic.lookupAuto" : `rule.${v}`)}</option>`)}
      </select>
      <small>${w.t("clinic.lookupHint")}</small>${errorsOf(w, below(this.errors, "lookup"))}</label>`;
  }

  /** The language of the screens in the waiting room. */
  private language(c: ClinicSettings): TemplateResult {
    const { w } = this.page;
    const set = (e: Event) => this.change(() => (c.language = (e.currentTarget as HTMLSelectElement).value));
    return html`<label>${w.t("field.language")}
      <select name="language" @change=${set}>
        ${clinicRules.language.values.map((v) => html`<option value=${v} .defaultSelected=${(c.language || "ja") === v}>${w.t(`rule.${v}`)}</option>`)}
      </select>
      <small>${w.t("clinic.languageHint")}</small>${errorsOf(w, below(this.errors, "language"))}</label>`;
  }

  private departments(c: ClinicSettings): TemplateResult {
    const { w } = this.page;
    const wrong = below(this.errors, "departments");
    const set = (e: Event) => this.change(() => {
      c.departments = (e.currentTarget as HTMLInputElement).value.split(/[、,，]/).map((d) => d.trim()).filter((d) => d !== "");
    });
    return html`<label>${w.t("clinic.departments")}
      <input type="text" name="departments" maxlength=${departments} aria-invalid=${wrong.length > 0 ? "true" : "false"}
        .defaultValue=${this.departmentsRead} @input=${set}>
      <small>${w.t("clinic.departmentsHint")}</small>${errorsOf(w, wrong)}</label>`;
  }

  private origins(c: ClinicSettings): TemplateResult {
    const { w } = this.page;
    const wrong = below(this.errors, "origins");
    const set = (e: Event) => this.change(() => {
      c.origins = (e.currentTarget as HTMLTextAreaElement).value.split(/\s+/).filter((o) => o !== "");
    });
    return html`<fieldset>
      <legend>${w.t("clinic.embed")}</legend>
      <p class="small whole">${w.t("clinic.embedHint")} <a href=${"/partner?lang=" + pageLang()} target="_blank" rel="noopener">${w.t("clinic.embedMake")}</a></p>
      <label>${w.t("clinic.origins")}
        <textarea name="origins" rows="3" maxlength="4200" aria-invalid=${wrong.length > 0 ? "true" : "false"}
          .defaultValue=${this.originsRead} @input=${set}></textarea>
        <small>${w.t("clinic.originsHint")}</small>${errorsOf(w, wrong)}</label>
    </fieldset>`;
  }

  private card(c: ClinicSettings): TemplateResult {
    const { w } = this.page;
    return html`<fieldset>
      <legend>${w.t("clinic.card")}</legend>
      <p class="small whole">${w.t("clinic.cardHint")}</p>
      ${(["least", "most"] as const).map((key) => this.number(`card.${key}`, c.card[key], (n) => (c.card[key] = n)))}
    </fieldset>`;
  }

  private autoPause(c: ClinicSettings): TemplateResult {
    const { w } = this.page;
    return html`<fieldset>
      <legend>${w.t("clinic.surge")}</legend>
      ${this.number("autoPause", c.autoPause ?? 0, (n) => (c.autoPause = n), w.t("clinic.surgeHint"))}
    </fieldset>`;
  }

  private retention(c: ClinicSettings): TemplateResult {
    const { w } = this.page;
    return html`<fieldset>
      <legend>${w.t("clinic.retention")}</legend>
      ${(["patients", "days"] as const).map((key) =>
        this.number(`retention.${key}`, c.retention[key], (n) => (c.retention[key] = n), w.t(`clinic.${key}Hint`)))}
    </fieldset>`;
  }

  private number(
    path: "card.least" | "card.most" | "autoPause" | "retention.patients" | "retention.days",
    value: number,
    set: (n: number) => void,
    hint = "",
  ): TemplateResult {
    const { w } = this.page;
    const { least, most } = clinicRules[path];
    const wrong = below(this.errors, path);
    const change = (e: Event) => this.change(() => set(Number((e.currentTarget as HTMLInputElement).value) || 0));
    return html`<label>${w.find("field", path) ?? path}
      <input type="number" name=${path} min=${least} max=${most} required aria-invalid=${wrong.length > 0 ? "true" : "false"}
        .defaultValue=${String(value)} @input=${change}>
      ${hint ? html`<small>${hint}</small>` : nothing}${errorsOf(w, wrong)}</label>`;
  }
}
