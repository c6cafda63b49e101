// A form of the office. It is read, edited, and saved over the version that it was read
// from, and never over another user's later change.

import { html, nothing, repeat, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Failure } from "../lib/api.ts";
import { put } from "../staff/calls.ts";
import type { Page } from "../staff/page.ts";
import { affectedList } from "../staff/affected.ts";
import type { StaffWords } from "../staff/words.ts";
import type { Affected } from "../wire.ts";
import { copy } from "./calendar.ts";
import { setValue, textOf, typedIn, valueOf, type Field } from "./field.ts";
import { below, invalidIn, type Invalid } from "./invalid.ts";

/** What a part of a form needs of it. */
export type Editing = Pick<Form<object>, "w" | "errors" | "change">;

/** A form over a resource T of the API. */
export abstract class Form<T extends object> {
  errors: Invalid[] = [];
  protected of = ""; // whose resource it is, by id
  protected stored: T | undefined; // undefined: not read yet
  protected draft: T | undefined; // with what is typed
  private next: string | undefined; // what to open, after the question about unsaved changes
  private readings = 0; // each makes a new form
  private typed = false; // there are unsaved changes
  private reading = false; // the form is inert: a change would be lost
  private note: "" | "saved" | "conflict" = "";
  private asked: Affected | undefined; // the tickets that saving would affect

  protected constructor(
    protected readonly page: Page,
    private readonly view: "settings" | "clinic" | "timetable" | "notices", // also the group of its words
    private readonly fields: readonly Field[] = [], // those that are rendered by inputs
  ) {}

  protected abstract pathOf(of: string): string;

  /** The body that saves the draft. */
  protected body(): object {
    return this.draft ?? {};
  }

  get w(): StaffWords {
    return this.page.w;
  }

  /** Shows unsaved changes if there are any; otherwise reads the resource. */
  open(of: string): void {
    if (!this.typed) void this.read(of);
  }

  /** Opens another resource, after a question if there are unsaved changes. */
  protected turn(of: string): void {
    if (!this.typed) return void this.read(of);
    this.next = of;
    this.page.redraw(`.${this.view} #unsaved`);
  }

  /** Reads a resource, and drops unsaved changes. */
  private async read(of: string): Promise<void> {
    this.reading = true;
    const read = await this.page.send(this.w.t(`${this.view}.title`), { method: "GET", path: this.pathOf(of) });
    this.reading = false;
    if (read) this.take(of, read as T, "");
    else this.page.redraw();
  }

  protected take(of: string, stored: T, note: "" | "saved"): void {
    this.of = of;
    this.stored = stored;
    this.draft = copy(stored);
    this.readings++;
    this.errors = [];
    this.typed = false;
    this.next = undefined;
    this.asked = undefined;
    this.note = note;
    this.page.redraw();
  }

  /** Changes the draft, and renders it. A change that moves entries removes the errors. */
  change(act: () => void, moves = false): void {
    act();
    this.asked = undefined;
    this.typed = true;
    if (moves) this.errors = [];
    if (this.note === "saved") this.note = "";
    this.page.redraw();
  }

  private readonly type = (e: Event) => {
    const control = e.target as HTMLInputElement;
    const f = this.fields.find(({ path }) => path === control.name);
    if (f) this.change(() => this.draft && setValue(this.draft, f.path, typedIn(f, control)));
  };

  private readonly save = async (e: Event) => {
    e.preventDefault();
    const { of } = this;
    const call = put(this.pathOf(of), { ...this.body(), ...(this.asked?.affected ? { affected: this.asked.affected } : {}) });
    this.asked = undefined;
    this.errors = [];
    this.note = "";
    const saved = await this.page.send(this.w.t(`${this.view}.title`), call, (f) => this.refused(f));
    if (saved) this.take(of, saved as T, "saved");
  };

  /** Shows why saving failed, and reports whether the page need not. */
  protected refused(f: Failure): boolean {
    if (f.code === "bookings_affected") {
      window.setTimeout(() => void this.ask()); // when this request is over
      return true;
    }
    this.errors = invalidIn(f);
    if (f.code === "settings_changed") this.note = "conflict";
    this.page.redraw(`.${this.view} ${this.note === "conflict" ? "#conflict" : ".wrong"}`);
    return this.note === "conflict";
  }

  /** Reads the tickets that saving would affect. */
  private async ask(): Promise<void> {
    const read = await this.page.send("", { method: "POST", path: this.pathOf(this.of) + "/affected", body: this.body() });
    if (read) this.asked = read as Affected;
    this.page.redraw("#affected");
    void this.page.updateComplete.then(() => document.getElementById("affected")?.focus());
  }

  /** The question about affected tickets. Tickets that exclude the change can only be read. */
  private question(asked: Affected): TemplateResult {
    const { w } = this;
    const keep = () => {
      this.asked = undefined;
      this.page.redraw();
    };
    const n = asked.tickets.length;
    const list = affectedList(w, asked.tickets);
    return html`<div class="ask affected" id="affected" role="alertdialog" aria-labelledby="affected-title" tabindex="-1">
      ${asked.affected
        ? html`<p id="affected-title"><strong>${w.t("bookings.affectedAsk", { n })}</strong></p>
            <p>${w.t("bookings.affectedHow")}</p>
            ${list}
            <button type="submit" class="danger" data-affected="yes" .disabled=${this.page.busy}>${w.t("bookings.affectedYes")}</button>
            <button type="button" data-affected="no" @click=${keep}>${w.t("staff.no")}</button>`
        : html`<p id="affected-title"><strong>${w.t("settings.modeKept", { n })}</strong></p>
            ${list}
            <button type="button" data-affected="no" @click=${keep}>${w.t("settings.modeBack")}</button>`}
    </div>`;
  }

  /** The question before unsaved changes are dropped, where it is asked; name is what they belong to. */
  protected unsaved(name: string): TemplateResult | typeof nothing {
    const { w, next, page } = this;
    if (next === undefined) return nothing;
    const keep = () => {
      this.next = undefined;
      page.redraw();
    };
    return html`<div class="ask" role="alert" id="unsaved"><p>${w.t("settings.unsaved", { name })}</p>
      <button type="button" data-keep @click=${keep}>${w.t("settings.keep")}</button>
      <button type="button" class="danger" data-discard .disabled=${page.busy} @click=${() => void this.read(next)}>${w.t("settings.discard")}</button></div>`;
  }

  /** The form once it is read, under the notice that another user has saved since. */
  protected form(content: (draft: T) => unknown): TemplateResult {
    const { w, page } = this;
    return html`${this.note === "conflict"
        ? html`<div class="problem" role="alert" id="conflict"><p>${w.t("settings.conflict")}</p>
            <button type="button" .disabled=${page.busy} @click=${() => void this.read(this.of)}>${w.t("settings.reload")}</button></div>`
        : nothing}
      ${this.draft
        ? repeat([this.draft], () => this.readings, (draft) => html`<form .inert=${this.reading} @submit=${this.save} @input=${this.type}>
            ${content(draft)} ${this.asked ? this.question(this.asked) : nothing}
            <p class="save"><button type="submit" class="primary" .disabled=${page.busy}>${w.t("staff.save")}</button>
              ${this.note === "saved" ? html`<span class="saved" role="status">${w.t("settings.saved")}</span>` : nothing}</p>
          </form>`)
        : nothing}`;
  }

  /** Fields with their labels, hints and errors, by their paths. A field that appears has what was typed before. */
  protected inputs(fields: readonly Field[]): TemplateResult[] {
    return fields.map((f) => this.input(f, valueOf(this.draft ?? {}, f.path)));
  }

  private input(f: Field, value: unknown): TemplateResult {
    const { w } = this;
    const hint = w.find("hint", f.path);
    const described = hint ? "hint-" + f.path : nothing;
    const wrong = errorsBelow(this, f.path);
    const invalid = wrong.length > 0 ? "true" : "false";
    const label = w.find(this.view, f.path) ?? w.find("field", f.path) ?? f.path;
    const notes = html`${hint ? html`<small id=${described}>${hint}</small>` : nothing} ${wrong}`;
    switch (f.kind) {
      case "check":
        return html`<label class="check"><input type="checkbox" name=${f.path} .defaultChecked=${value === true}
          aria-describedby=${described}> ${label} ${notes}</label>`;
      case "select":
        return html`<label>${label}
          <select name=${f.path} aria-invalid=${invalid} aria-describedby=${described}>
            ${choices(w, f, value)}</select>${notes}</label>`;
      case "time":
        return html`<label>${label} <input type="text" inputmode="numeric" size="5" maxlength="5" placeholder="00:00" pattern="([0-2]?[0-9]|30):?[0-5][0-9]" title=${w.t("wrong.not_time")}
          name=${f.path} .required=${(f.least ?? 0) > 0} aria-invalid=${invalid} aria-describedby=${described} .defaultValue=${textOf(f, value)}>${notes}</label>`;
      case "number":
      case "bound":
        return html`<label>${label} <input type="number" name=${f.path} min=${f.least ?? 0} max=${f.most ?? 0} .required=${f.kind === "number"}
          aria-invalid=${invalid} aria-describedby=${described} .defaultValue=${textOf(f, value)}>${notes}</label>`;
      case "long":
      case "lines":
        return html`<label>${label} <textarea name=${f.path} rows="3" maxlength=${f.most ?? 0}
          aria-invalid=${invalid} aria-describedby=${described} .defaultValue=${textOf(f, value)}></textarea>${notes}</label>`;
      default:
        return html`<label>${label} <input type=${f.kind === "tel" ? "tel" : "text"} name=${f.path} maxlength=${f.most ?? 0} .required=${(f.least ?? 0) > 0}
          aria-invalid=${invalid} aria-describedby=${described} .defaultValue=${textOf(f, value)}>${notes}</label>`;
    }
  }
}

/** The options of a select. Their words may belong to its field alone. */
export function choices(w: StaffWords, f: Field, value: unknown): TemplateResult {
  const chosen = String(value ?? "");
  return html`${f.empty ? html`<option value="" .defaultSelected=${chosen === ""}>${w.t(f.empty)}</option>` : nothing}
    ${(f.values ?? []).map((v) => html`<option value=${v} .defaultSelected=${v === chosen}>${w.find("rule", `${f.path}.${v}`) ?? w.find("rule", v) ?? v}</option>`)}`;
}

/** The errors at a path, shown there. */
export function errorsAt(form: Editing, path: string): TemplateResult[] {
  return errorsOf(form.w, form.errors.filter((e) => e.path === path));
}

/** The errors at a path and below it. */
export function errorsBelow(form: Editing, path: string): TemplateResult[] {
  return errorsOf(form.w, below(form.errors, path));
}

export function errorsOf(w: StaffWords, errors: Invalid[]): TemplateResult[] {
  return errors.map((e) => html`<span class="wrong" role="alert">${w.find("wrong", e.code, e.values) ?? w.t("wrong.look")}</span>`);
}
