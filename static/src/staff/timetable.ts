// The clinic's week and the dates that differ, as the desk sets them.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Failure } from "../lib/api.ts";
import type { Timetable } from "../wire.ts";
import { copy, starter, tidy, weekdays, type Calendar, type Exception, type Frame } from "./calendar.ts";
import { put, type Desk } from "./desk.ts";
import { frameList, span, type FramesForm } from "./frames.ts";
import { conflict, errorsOf, saveBar } from "./office.ts";
import { below, fieldErrors, type FieldError } from "./refusal.ts";
import type { StaffWords } from "./words.ts";

export class TimetableView implements FramesForm {
  readonly w: StaffWords;
  errors: FieldError[] = [];
  private clinic = "";
  private rev: string | undefined; // undefined: not read yet
  private draft: Calendar | undefined; // undefined: no timetable is kept
  private typed = false; // something that is not saved
  private says: "" | "saved" | "conflict" = "";

  constructor(private readonly desk: Desk) {
    this.w = desk.w;
  }

  /** Shows what was typed, if anything was; otherwise what is kept now. */
  open(clinic: string): void {
    if (!this.typed) void this.read(clinic);
  }

  /** Reads the timetable, and forgets what was typed. */
  async read(clinic: string): Promise<void> {
    const read = await this.desk.press(this.w.t("timetable.title"), { method: "GET", path: `/v1/clinics/${clinic}/timetable` });
    if (read) this.take(clinic, read as Timetable, "");
  }

  private take(clinic: string, t: Timetable, says: "" | "saved"): void {
    this.clinic = clinic;
    this.rev = t.rev;
    this.draft = t.calendar ? copy(t.calendar as Calendar) : undefined;
    this.errors = [];
    this.typed = false;
    this.says = says;
    this.desk.redraw();
  }

  change(act: () => void, moves = false): void {
    act();
    this.typed = true;
    if (moves) this.errors = [];
    if (this.says === "saved") this.says = "";
    this.desk.redraw();
  }

  private readonly save = async (e: Event) => {
    e.preventDefault();
    if (this.draft) this.draft = tidy(this.draft); // the errors will speak of this order
    const calendar = this.draft ?? null;
    this.errors = [];
    this.says = "";
    const clinic = this.clinic;
    const call = put(`/v1/clinics/${clinic}/timetable`, { rev: this.rev, calendar });
    const saved = await this.desk.press(this.w.t("timetable.title"), call, (f) => this.refused(f));
    if (saved) this.take(clinic, saved as Timetable, "saved");
  };

  private refused(f: Failure): boolean {
    this.errors = f.code === "field_invalid" ? fieldErrors(f.detail) : [];
    if (f.code === "settings_changed") this.says = "conflict";
    this.desk.redraw(this.says === "conflict" ? "#conflict" : ".wrong");
    return this.says === "conflict";
  }

  render(): TemplateResult {
    const { w, draft } = this;
    return html`<section class="office timetable">
      <h2>${w.t("timetable.title")}</h2>
      ${this.says === "conflict" ? conflict(this.desk, () => void this.read(this.clinic)) : nothing}
      ${this.rev === undefined
        ? nothing
        : html`<form @submit=${this.save}>${draft ? this.week(draft) : this.none()} ${saveBar(this.desk, this.says === "saved")}</form>`}
    </section>`;
  }

  private none(): TemplateResult {
    const begin = () => this.change(() => (this.draft = starter()));
    return html`<p>${this.w.t("timetable.none")}</p>
      <p><button type="button" data-begin @click=${begin}>${this.w.t("timetable.begin")}</button></p>`;
  }

  private week(c: Calendar): TemplateResult {
    const { w } = this;
    const weekly = (c.weekly ??= {});
    const exceptions = (c.exceptions ??= []);
    const add = () => this.change(() => exceptions.push({ date: "", closed: true }), true);
    const drop = () => this.change(() => (this.draft = undefined), true);
    return html`<p class="small">${w.t("timetable.hint")}</p>
      ${weekdays.map((day, i) => this.day(c, day, (weekly[day] ??= []), i > 0 ? weekdays[i - 1] : undefined))}
      <fieldset data-exceptions>
        <legend>${w.t("timetable.exceptions")}</legend>
        ${exceptions.map((e, i) => this.exception(e, i, () => this.change(() => exceptions.splice(i, 1), true)))}
        <button type="button" data-add="exceptions" @click=${add}>${w.t("timetable.addException")}</button>
        ${errorsOf(w, this.errors.filter((e) => e.path === "exceptions"))}
      </fieldset>
      <fieldset>
        <legend>${w.t("timetable.cutover")}</legend>
        <label>${w.t("timetable.cutoverAt")}
          <input type="text" inputmode="numeric" maxlength="5" size="5" placeholder="04:00" pattern="0[0-6]:[0-5][0-9]" .value=${c.cutover ?? ""}
            @change=${(e: Event) => this.change(() => (c.cutover = (e.currentTarget as HTMLInputElement).value.trim()))}>
          <small>${w.t("timetable.cutoverHint")}</small></label>
        ${errorsOf(w, below(this.errors, "cutover"))}
        <button type="button" class="danger" @click=${drop}>${w.t("timetable.drop")}</button>
      </fieldset>`;
  }

  private day(c: Calendar, day: string, frames: Frame[], former: string | undefined): TemplateResult {
    const { w } = this;
    const open = (c.open ??= {});
    const same = () => this.change(() => c.weekly && (c.weekly[day] = copy(c.weekly[former ?? ""] ?? [])), true);
    return html`<fieldset data-day=${day}>
      <legend>${w.find("week", day) ?? day}${frames.length === 0 ? ` (${w.t("timetable.closedDay")})` : nothing}</legend>
      ${frameList(this, "weekly." + day, frames, w.t("timetable.add"))}
      ${former ? html`<button type="button" @click=${same}>${w.t("timetable.same", { day: w.find("week", former) ?? former })}</button>` : nothing}
      <details .open=${below(this.errors, "open." + day).length > 0}>
        <summary>${w.t("timetable.webHours")}</summary>
        ${span(this, w.t("timetable.webHours"), open[day] ?? {}, (s) => (open[day] = s), false)}
        <p class="small">${w.t("timetable.webHoursHint")}</p>
        ${errorsOf(w, below(this.errors, "open." + day))}
      </details>
    </fieldset>`;
  }

  private exception(e: Exception, i: number, remove: () => void): TemplateResult {
    const { w } = this;
    const path = `exceptions[${i}]`;
    const text = (set: (value: string) => void) => (event: Event) =>
      this.change(() => set((event.currentTarget as HTMLInputElement).value.trim()));
    const shut = (event: Event) => this.change(() => (e.closed = (event.currentTarget as HTMLInputElement).checked), true);
    const own = below(this.errors, path).filter((x) => !/\.(frames|extra)\b/.test(x.path));
    return html`<div class="exception" data-exception=${i}>
      <label>${w.t("timetable.date")}
        <input type="date" required .value=${e.date} @change=${text((v) => (e.date = v))}></label>
      <label>${w.t("timetable.reason")}
        <input type="text" maxlength="100" .value=${e.reason ?? ""} @change=${text((v) => (e.reason = v))}></label>
      <label class="check"><input type="checkbox" .checked=${e.closed ?? false} @change=${shut}> ${w.t("timetable.closed")}</label>
      ${e.closed
        ? nothing
        : html`<p>${w.t("timetable.instead")}</p>${frameList(this, path + ".frames", (e.frames ??= []), w.t("timetable.add"))}
            <p>${w.t("timetable.extra")}</p>${frameList(this, path + ".extra", (e.extra ??= []), w.t("timetable.add"))}`}
      ${errorsOf(w, own)}
      <p><button type="button" @click=${remove}>${w.t("timetable.removeException")}</button></p>
    </div>`;
  }
}
