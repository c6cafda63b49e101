// The form of the clinic's week and its exceptions, and of a service's own timetable.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Failure } from "../lib/api.ts";
import { dateText } from "../lib/when.ts";
import { affectedList } from "../staff/affected.ts";
import { put, type Page } from "../staff/page.ts";
import type { StaffWords } from "../staff/words.ts";
import { clinicRules } from "../rules.ts";
import type { Affected, StaffService, Timetable } from "../wire.ts";
import { copy, needsYear, starter, tidy, weekdays, type Calendar, type Exception, type Frame } from "./calendar.ts";
import { conflict, errorsOf, saveBar, unsaved } from "./form.ts";
import { frameList, span, type FramesForm } from "./frames.ts";
import { below, invalidIn, type Invalid } from "./invalid.ts";
import { weekTable } from "./week.ts";

export class TimetableView implements FramesForm {
  readonly w: StaffWords;
  errors: Invalid[] = [];
  private clinic = "";
  private service = ""; // whose timetable it is; "": the clinic's
  private own: string[] = []; // the services that do not follow the clinic's
  private next: string | undefined; // the service to open, after the question about unsaved changes
  private rev: string | undefined; // undefined: not read yet
  private draft: Calendar | undefined; // undefined: no timetable is kept
  private opened = new Set<string | Exception>(); // the days and dates whose forms are open
  private typed = false; // there are unsaved changes
  private reading = false; // the form is inert: a change would be lost
  private asked: Affected | undefined; // the tickets that would lose their session
  private note: "" | "saved" | "conflict" = "";

  constructor(private readonly page: Page) {
    this.w = page.w;
  }

  /** Shows unsaved changes if there are any; otherwise reads the timetable. */
  open(clinic: string): void {
    this.clinic = clinic;
    if (!this.typed) void this.read("");
  }

  /** Opens the timetable of the clinic ("") or a service, after a question if there are unsaved changes. */
  private turn(service: string): void {
    if (service === this.service) return;
    if (!this.typed) return void this.read(service);
    this.next = service;
    this.page.redraw(".timetable #unsaved");
  }

  private pathOf(service: string): string {
    return service ? `/v1/services/${service}/timetable` : `/v1/clinics/${this.clinic}/timetable`;
  }

  /** Reads the timetable of the clinic ("") or a service, and drops unsaved changes. */
  async read(service: string): Promise<void> {
    this.reading = true;
    const read = await this.page.send(this.w.t("timetable.title"), { method: "GET", path: this.pathOf(service) });
    this.reading = false;
    if (read) this.take(service, read as Timetable, "");
    else this.page.redraw();
  }

  private take(service: string, t: Timetable, note: "" | "saved"): void {
    this.service = service;
    this.next = undefined;
    if (!service) this.own = t.own ?? [];
    else this.own = this.own.filter((s) => s !== service).concat(t.calendar ? [service] : []);
    this.rev = t.rev;
    this.draft = t.calendar ? copy(t.calendar as Calendar) : undefined;
    this.errors = [];
    this.asked = undefined;
    this.opened.clear();
    this.typed = false;
    this.note = note;
    this.page.redraw();
  }

  change(act: () => void, moves = false): void {
    act();
    this.typed = true;
    this.asked = undefined;
    if (moves) this.errors = [];
    if (this.note === "saved") this.note = "";
    this.page.redraw();
  }

  private readonly save = async (e: Event) => {
    e.preventDefault();
    if (this.draft) this.draft = tidy(this.draft); // the errors refer to this order
    const calendar = this.draft ?? null;
    this.errors = [];
    this.note = "";
    const service = this.service;
    const affected = this.asked?.affected ?? "";
    this.asked = undefined;
    const call = put(this.pathOf(service), { rev: this.rev, calendar, affected });
    const saved = await this.page.send(this.w.t("timetable.title"), call, (f) => this.refused(f));
    if (!saved) return;
    this.take(service, saved as Timetable, "saved");
  };

  /** Reads the tickets that would lose their session, before the timetable is saved. */
  private async ask(): Promise<void> {
    const body = { rev: this.rev, calendar: this.draft ?? null };
    const path = this.pathOf(this.service) + "/affected";
    const read = await this.page.send("", { method: "POST", path, body });
    if (read) this.asked = read as Affected;
    this.page.redraw("#affected");
    void this.page.updateComplete.then(() => document.getElementById("affected")?.focus());
  }

  private question(asked: Affected): TemplateResult {
    const { w } = this;
    const keep = () => {
      this.asked = undefined;
      this.page.redraw();
    };
    return html`<div class="ask affected" id="affected" role="alertdialog" aria-labelledby="affected-title" tabindex="-1">
      <p id="affected-title"><strong>${w.t("bookings.affectedAsk", { n: asked.tickets.length })}</strong></p>
      <p>${w.t("bookings.affectedHow")}</p>
      ${affectedList(w, asked.tickets)}
      <button type="submit" class="danger" data-affected="yes" .disabled=${this.page.busy}>${w.t("bookings.affectedYes")}</button>
      <button type="button" data-affected="no" @click=${keep}>${w.t("staff.no")}</button>
    </div>`;
  }

  private refused(f: Failure): boolean {
    this.errors = invalidIn(f);
    if (f.code === "settings_changed") this.note = "conflict";
    if (f.code === "bookings_affected") {
      window.setTimeout(() => void this.ask()); // when this request is over
      return true;
    }
    this.page.redraw(this.note === "conflict" ? ".timetable #conflict" : ".timetable .wrong");
    return this.note === "conflict";
  }

  render(services: StaffService[]): TemplateResult {
    const { w, draft } = this;
    const nameOf = (service: string) => services.find(({ board: b }) => b.service === service)?.board.name ?? w.t("timetable.ofClinic");
    const keep = () => {
      this.next = undefined;
      this.page.redraw();
    };
    return html`<section class="office timetable">
      <h2>${w.t("timetable.title")}</h2>
      <p class="choice">${["", ...services.map(({ board: b }) => b.service)].map((s) => html`<button type="button" data-timetable=${s || "clinic"}
        .disabled=${this.page.busy} aria-pressed=${s === this.service ? "true" : "false"} @click=${() => this.turn(s)}>${nameOf(s)}${this.own.includes(s)
          ? html` <small>${w.t("timetable.hasOwn")}</small>` : nothing}</button>`)}</p>
      ${this.next === undefined ? nothing : unsaved(this.page, nameOf(this.service), keep, () => void this.read(this.next ?? ""))}
      ${!this.service && this.own.length > 0
        ? html`<p class="note" id="own">${w.t("timetable.notFollowing", { services: this.own.map(nameOf).join(w.t("changes.and")) })}</p>` : nothing}
      ${this.note === "conflict" ? conflict(this.page, () => void this.read(this.service)) : nothing}
      ${this.rev === undefined
        ? nothing
        : html`<form .inert=${this.reading} @submit=${this.save}>${draft ? this.week(draft) : this.none()}
          ${this.asked ? this.question(this.asked) : nothing} ${saveBar(this.page, this.note === "saved")}</form>`}
    </section>`;
  }

  private none(): TemplateResult {
    const { w } = this;
    if (this.service) {
      return html`<p>${w.t("timetable.follows")}</p>
        <p><button type="button" data-begin .disabled=${this.page.busy} @click=${() => void this.beginOwn()}>${w.t("timetable.beginOwn")}</button></p>`;
    }
    const begin = () => this.change(() => (this.draft = starter()));
    return html`<p>${w.t("timetable.none")}</p>
      <p><button type="button" data-begin @click=${begin}>${w.t("timetable.begin")}</button></p>`;
  }

  /** A service's own timetable begins as a copy of the clinic's. */
  private async beginOwn(): Promise<void> {
    const read = await this.page.send(this.w.t("timetable.title"), { method: "GET", path: this.pathOf("") });
    if (!read) return;
    const clinic = (read as Timetable).calendar as Calendar | null;
    this.change(() => (this.draft = clinic ? copy(clinic) : starter()));
  }

  private week(c: Calendar): TemplateResult {
    const { w } = this;
    const weekly = (c.weekly ??= {});
    const exceptions = (c.exceptions ??= []);
    const add = () => this.change(() => {
      const e = { date: "", closed: true };
      exceptions.push(e);
      this.opened.add(e);
    }, true);
    const form = (day: string) => {
      const wrong = below(this.errors, "weekly." + day).length + below(this.errors, "open." + day).length > 0;
      const former = weekdays[weekdays.findIndex((d) => d === day) - 1];
      return this.opened.has(day) || wrong ? this.day(c, day, (weekly[day] ??= []), former) : undefined;
    };
    return html`${weekTable(w, c, form, (day) => this.toggle(day))}
      <fieldset data-exceptions>
        <legend>${w.t("timetable.exceptions")}</legend>
        ${exceptions.map((e, i) => this.exception(e, i, () => this.change(() => exceptions.splice(i, 1), true)))}
        <button type="button" data-add="exceptions" @click=${add}>${w.t("timetable.addException")}</button>
        ${errorsOf(w, this.errors.filter((e) => e.path === "exceptions"))}
      </fieldset>
      ${this.service ? nothing : this.cutover(c)}
      <p><button type="button" class="danger" data-drop @click=${() => this.change(() => (this.draft = undefined), true)}>
        ${w.t(this.service ? "timetable.dropOwn" : "timetable.drop")}</button></p>`;
  }

  private toggle(of: string | Exception): void {
    if (!this.opened.delete(of)) this.opened.add(of);
    this.page.redraw();
  }

  private cutover(c: Calendar): TemplateResult {
    const { w } = this;
    return html`<fieldset>
      <legend>${w.t("timetable.cutover")}</legend>
      <label>${w.t("timetable.cutoverAt")}
        <input type="text" inputmode="numeric" maxlength="5" size="5" placeholder="04:00" pattern="0[0-6]:[0-5][0-9]" .value=${c.cutover ?? ""}
          @change=${(e: Event) => this.change(() => (c.cutover = (e.currentTarget as HTMLInputElement).value.trim()))}>
        <small>${w.t("timetable.cutoverHint")}</small></label>
      ${errorsOf(w, below(this.errors, "cutover"))}
    </fieldset>`;
  }

  private day(c: Calendar, day: string, frames: Frame[], former: string | undefined): TemplateResult {
    const { w } = this;
    const open = (c.open ??= {});
    const same = () => this.change(() => c.weekly && (c.weekly[day] = copy(c.weekly[former ?? ""] ?? [])), true);
    return html`<div data-day=${day} role="group" aria-label=${w.find("week", day) ?? day}>
      <p class="small">${w.t("timetable.hint")}</p>
      ${frameList(this, "weekly." + day, frames, w.t("timetable.add"))}
      ${former ? html`<button type="button" @click=${same}>${w.t("timetable.same", { day: w.find("week", former) ?? former })}</button>` : nothing}
      <details .open=${below(this.errors, "open." + day).length > 0}>
        <summary>${w.t("timetable.webHours")}</summary>
        ${span(this, w.t("timetable.webHours"), open[day] ?? {}, (s) => (open[day] = s), false)}
        <p class="small">${w.t("timetable.webHoursHint")}</p>
        ${errorsOf(w, below(this.errors, "open." + day))}
      </details>
    </div>`;
  }

  private dateOf(date: string): string {
    const { w, clock } = this.page;
    const text = dateText(w, date);
    return needsYear(date, clock.wallIn(0).slice(0, 10)) ? w.t("timetable.dateOfYear", { year: date.slice(0, 4), date: text }) : text;
  }

  private exception(e: Exception, i: number, remove: () => void): TemplateResult {
    const { w } = this;
    const path = `exceptions[${i}]`;
    const text = (set: (value: string) => void) => (event: Event) =>
      this.change(() => set((event.currentTarget as HTMLInputElement).value.trim()));
    const shut = (event: Event) => this.change(() => (e.closed = (event.currentTarget as HTMLInputElement).checked), true);
    const wrong = below(this.errors, path);
    const own = wrong.filter((x) => !/\.(frames|extra)\b/.test(x.path));
    const open = this.opened.has(e) || wrong.length > 0;
    const title = [e.date && this.dateOf(e.date), e.closed ? w.t("timetable.closedDay") : "", e.reason ?? ""].filter((x) => x !== "").join(" ");
    const line = html`<p class="date"><span>${title || w.t("timetable.date")}</span> <button type="button" data-edit=${path} aria-expanded=${open ? "true" : "false"}
      aria-label=${w.t("timetable.changeOf", { of: title })} @click=${() => this.toggle(e)}>${w.t("timetable.change")}</button></p>`;
    if (!open) return line;
    return html`${line}<div class="exception" data-exception=${i}>
      <label>${w.t("timetable.date")}
        <input type="date" required .value=${e.date} @change=${text((v) => (e.date = v))}></label>
      <label>${w.t("timetable.reason")}
        <input type="text" maxlength=${clinicRules["calendar.exceptions[].reason"].most} .value=${e.reason ?? ""} @change=${text((v) => (e.reason = v))}></label>
      <label class="check"><input type="checkbox" .checked=${e.closed ?? false} @change=${shut}> ${w.t("timetable.closed")}</label>
      ${e.closed
        ? nothing
        : html`<p>${w.t("timetable.instead")}</p>${frameList(this, path + ".frames", (e.frames ??= []), w.t("timetable.add"))}
            <p>${w.t("timetable.extra")}</p>${frameList(this, path + ".extra", (e.extra ??= []), w.t("timetable.add"))}
            <div class="whole">${span(this, w.t("timetable.webHoursOnce"), e.open ?? {}, (s) => (e.open = s), false)}
              <p class="small">${w.t("timetable.webHoursOnceHint")}</p></div>`}
      ${errorsOf(w, own)}
      <p><button type="button" @click=${remove}>${w.t("timetable.removeException")}</button></p>
    </div>`;
  }
}
