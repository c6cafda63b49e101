// The form of the clinic's week and its exceptions, and of a service's own timetable.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { dateText } from "../lib/when.ts";
import type { Page } from "../staff/page.ts";
import { clinicRules } from "../rules.ts";
import type { StaffService, Timetable } from "../wire.ts";
import { copy, needsYear, starter, tidy, weekdays, type Calendar, type Exception, type Frame } from "./calendar.ts";
import { errorsAt, errorsBelow, errorsOf, Form } from "./form.ts";
import { frameList, span } from "./frames.ts";
import { below } from "./invalid.ts";
import { weekTable } from "./week.ts";

/** The clinic's timetable is that of "", and a service's that of its id. */
export class TimetableView extends Form<Timetable> {
  private clinic = "";
  private own: string[] = []; // the services that do not follow the clinic's
  private opened = new Set<string | Exception>(); // the days and dates whose forms are open

  constructor(page: Page) {
    super(page, "timetable");
  }

  override open(clinic: string): void {
    this.clinic = clinic;
    super.open("");
  }

  protected override pathOf(service: string): string {
    return service ? `/v1/services/${service}/timetable` : `/v1/clinics/${this.clinic}/timetable`;
  }

  /** The timetable with what is typed; null: none is kept. */
  private get calendar(): Calendar | null {
    return (this.draft?.calendar ?? null) as Calendar | null;
  }

  private set calendar(c: Calendar | null) {
    if (this.draft) this.draft.calendar = c;
  }

  protected override take(service: string, t: Timetable, note: "" | "saved"): void {
    this.own = service ? this.own.filter((s) => s !== service).concat(t.calendar ? [service] : []) : (t.own ?? []);
    this.opened.clear();
    super.take(service, t, note);
  }

  protected override body(): object {
    if (this.calendar) this.calendar = tidy(this.calendar); // the errors refer to this order
    return { rev: this.draft?.rev, calendar: this.calendar };
  }

  render(services: StaffService[]): TemplateResult {
    const { w } = this;
    const nameOf = (service: string) => services.find(({ board: b }) => b.service === service)?.board.name ?? w.t("timetable.ofClinic");
    return html`<section class="office timetable">
      <h2>${w.t("timetable.title")}</h2>
      <p class="choice">${["", ...services.map(({ board: b }) => b.service)].map((s) => html`<button type="button" data-timetable=${s || "clinic"}
        .disabled=${this.page.busy} aria-pressed=${s === this.of ? "true" : "false"} @click=${() => s !== this.of && this.turn(s)}>${nameOf(s)}${this.own.includes(s)
          ? html` <small>${w.t("timetable.hasOwn")}</small>` : nothing}</button>`)}</p>
      ${this.unsaved(nameOf(this.of))}
      ${!this.of && this.own.length > 0
        ? html`<p class="note" id="own">${w.t("timetable.notFollowing", { services: this.own.map(nameOf).join(w.t("changes.and")) })}</p>` : nothing}
      ${this.form(() => (this.calendar ? this.week(this.calendar) : this.none()))}
    </section>`;
  }

  private none(): TemplateResult {
    const { w } = this;
    if (this.of) {
      return html`<p>${w.t("timetable.follows")}</p>
        <p><button type="button" data-begin .disabled=${this.page.busy} @click=${() => void this.beginOwn()}>${w.t("timetable.beginOwn")}</button></p>`;
    }
    const begin = () => this.change(() => (this.calendar = starter()));
    return html`<p>${w.t("timetable.none")}</p>
      <p><button type="button" data-begin @click=${begin}>${w.t("timetable.begin")}</button></p>`;
  }

  /** A service's own timetable begins as a copy of the clinic's. */
  private async beginOwn(): Promise<void> {
    const read = await this.page.send(this.w.t("timetable.title"), { method: "GET", path: this.pathOf("") });
    if (!read) return;
    const clinic = (read as Timetable).calendar as Calendar | null;
    this.change(() => (this.calendar = clinic ?? starter()));
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
        ${errorsAt(this, "exceptions")}
      </fieldset>
      ${this.of ? nothing : this.cutover(c)}
      <p><button type="button" class="danger" data-drop @click=${() => this.change(() => (this.calendar = null), true)}>
        ${w.t(this.of ? "timetable.dropOwn" : "timetable.drop")}</button></p>`;
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
      ${errorsBelow(this, "cutover")}
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
        ${errorsBelow(this, "open." + day)}
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
