// The form of a service's settings. It saves over the version that it was read from,
// and never over another user's later change.

import { html, nothing, repeat, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Failure } from "../lib/api.ts";
import { put, type Page } from "../staff/page.ts";
import { options } from "../staff/words.ts";
import { serviceRules } from "../rules.ts";
import type { Settings, StaffService } from "../wire.ts";
import { groups, hideable, kindRows, settingsFrom, valueOf, type Field } from "./fields.ts";
import { conflict, errorsOf, saveBar, unsaved } from "./form.ts";
import { absencePreview, boardPreview, marksPreview } from "./preview.ts";
import { below, invalidIn, type Invalid } from "./invalid.ts";

export class SettingsView {
  private service = "";
  private settings: Settings | undefined;
  private draft: Settings | undefined; // with what is typed
  private readings = 0; // each makes a new form
  private typed = false; // there are unsaved changes
  private reading = false; // the form is inert: a change would be lost
  private next: string | undefined; // the service to open, after the question about unsaved changes
  private errors: Invalid[] = [];
  private note: "" | "saved" | "conflict" = "";

  constructor(private readonly page: Page) {}

  /** Shows unsaved changes if there are any; otherwise reads the settings. */
  open(service: string): void {
    if (!this.typed) void this.read(this.service || service);
  }

  /** Opens the settings of a service, after a question if there are unsaved changes. */
  private turn(service: string): void {
    if (!this.typed) return void this.read(service);
    this.next = service;
    this.page.redraw("#unsaved");
  }

  /** Reads the settings of a service, and drops unsaved changes. */
  async read(service: string): Promise<void> {
    const path = `/v1/services/${service}/settings`;
    this.reading = true;
    const settings = await this.page.send(this.page.w.t("settings.title"), { method: "GET", path });
    this.reading = false;
    if (settings) this.take(service, settings as Settings, "");
    else this.page.redraw();
  }

  private take(service: string, settings: Settings, note: "" | "saved"): void {
    this.service = service;
    this.settings = this.draft = settings;
    this.readings++;
    this.errors = [];
    this.typed = false;
    this.next = undefined;
    this.note = note;
    this.page.redraw();
  }

  private readonly save = async (e: Event) => {
    e.preventDefault();
    if (!this.settings) return;
    const service = this.service;
    const body = settingsFrom(this.settings, new FormData(e.currentTarget as HTMLFormElement));
    this.errors = [];
    this.note = "";
    const call = put(`/v1/services/${service}/settings`, body);
    const saved = await this.page.send(this.page.w.t("settings.title"), call, (f) => this.refused(f));
    if (saved) this.take(service, saved as Settings, "saved");
  };

  private readonly type = (e: Event) => {
    this.typed = true;
    if (this.settings) this.draft = settingsFrom(this.settings, new FormData(e.currentTarget as HTMLFormElement));
    if (this.note === "saved") this.note = "";
    this.page.redraw();
  };

  private refused(f: Failure): boolean {
    this.errors = invalidIn(f);
    if (f.code === "settings_changed") this.note = "conflict";
    this.page.redraw(this.note === "conflict" ? "#conflict" : ".wrong");
    return this.note === "conflict";
  }

  render(services: StaffService[]): TemplateResult {
    const { w, busy } = this.page;
    const settings = this.settings;
    return html`<section class="office settings">
      <h2>${w.t("settings.title")}</h2>
      <p class="choice">
        ${services.map(({ board: b }) => html`<button type="button" data-settings=${b.service} .disabled=${busy}
          aria-pressed=${b.service === this.service ? "true" : "false"} @click=${() => this.turn(b.service)}>${b.name}</button>`)}
      </p>
      ${this.next === undefined ? nothing : this.unsaved(this.next, services.find(({ board: b }) => b.service === this.service)?.board.name ?? this.service)}
      ${this.note === "conflict" ? conflict(this.page, () => void this.read(this.service)) : nothing}
      ${settings
        ? repeat([settings], () => this.readings, (s) => html`<form .inert=${this.reading} @submit=${this.save} @input=${this.type}>
            ${groups.map((g) => html`<fieldset>
              <legend>${w.t(`settings.${g.name}`)}</legend>
              ${g.name === "numbers" ? html`<p class="small whole">${w.t("settings.numbersHint")}</p>` : nothing}
              ${g.fields.map((f) => this.input(f, valueOf(s, f.path)))} ${g.name === "shown" ? this.hide(s) : nothing}
              ${g.name === "basic" ? this.kinds(s) : nothing} ${this.preview(g.name, services)}
            </fieldset>`)}
            ${saveBar(this.page, this.note === "saved")}
          </form>`)
        : nothing}
    </section>`;
  }

  /** The preview of what patients read of a group. */
  private preview(group: string, services: StaffService[]): TemplateResult | typeof nothing {
    const { draft, page } = this;
    const of = services.find(({ board: b }) => b.service === this.service);
    if (draft && group === "absence") return absencePreview(page.w, draft);
    if (draft && group === "capacity") return marksPreview(page.w, draft);
    return draft && of && group === "shown" ? boardPreview(page.w, draft, of.board) : nothing;
  }

  private unsaved(next: string, name: string): TemplateResult {
    const keep = () => {
      this.next = undefined;
      this.page.redraw();
    };
    return unsaved(this.page, name, keep, () => void this.read(next));
  }

  private input(f: Field, value: unknown): TemplateResult {
    const { w } = this.page;
    const wrong = below(this.errors, f.path);
    const id = "hint-" + f.path;
    const hint = w.find("hint", f.path);
    const described = html`${hint ? html`<small id=${id}>${hint}</small>` : nothing} ${errorsOf(w, wrong)}`;
    const label = w.find("field", f.path) ?? f.path;
    const invalid = wrong.length > 0 ? "true" : "false";
    switch (f.kind) {
      case "check":
        return html`<label class="check"><input type="checkbox" name=${f.path} value="1" .defaultChecked=${value === true}
          aria-describedby=${hint ? id : nothing}> ${label} ${described}</label>`;
      case "select":
        return html`<label>${label}
          <select name=${f.path} aria-invalid=${invalid}>${options(w, "rule", f.values ?? [], String(value))}</select>${described}</label>`;
      case "number":
      case "bound":
        return html`<label>${label} <input type="number" name=${f.path} min=${f.least ?? 0} max=${f.most ?? 0} .required=${f.kind === "number"}
          aria-invalid=${invalid} aria-describedby=${hint ? id : nothing} .defaultValue=${String(value ?? "")}>${described}</label>`;
      case "text":
        return html`<label>${label} <input type="text" name=${f.path} maxlength=${f.most ?? 0} .required=${(f.least ?? 0) > 0}
          aria-invalid=${invalid} aria-describedby=${hint ? id : nothing} .defaultValue=${String(value)}>${described}</label>`;
    }
  }

  private kinds(s: Settings): TemplateResult {
    const { w } = this.page;
    return html`<div role="group" aria-label=${w.t("field.kinds")} aria-describedby="hint-kinds"><p>${w.t("field.kinds")}</p>
      ${kindRows(s.kinds).map((k, i) => html`<input type="text" name=${"kind." + k.id} maxlength=${serviceRules["kinds[].name"].most} autocomplete="off"
        aria-label=${w.t("field.kindsRow", { n: i + 1 })} .defaultValue=${k.name}>`)}
      <small id="hint-kinds">${w.t("hint.kinds")}</small>
      ${errorsOf(w, below(this.errors, "kinds"))}</div>`;
  }

  private hide(s: Settings): TemplateResult {
    const { w } = this.page;
    return html`<div role="group" aria-label=${w.t("field.hide")}><p>${w.t("field.hide")}</p>
      ${hideable.map((h) => html`<label class="check"><input type="checkbox" name="hide" value=${h}
        .defaultChecked=${s.hide.includes(h)}> ${w.find("hideable", h) ?? h}</label>`)}
      ${errorsOf(w, below(this.errors, "hide"))}</div>`;
  }
}
