// 予約: the search with its two panels, and the list that it finds.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Failure } from "../lib/api.ts";
import { field } from "../lib/element.ts";
import { later } from "../desk/freeslots.ts";
import { mark } from "../staff/letters.ts";
import type { BookingRow, BookingRows, BookingSearch } from "../wire.ts";
import { bookingCell, usualBookingColumns } from "./bookingcells.ts";
import { Columns } from "./columns.ts";
import { Exporting } from "./exporting.ts";
import type { Books } from "./host.ts";
import { Ledger } from "./ledger.ts";
import { countText, list } from "./list.ts";
import { liveTickets, overlaid } from "./overlay.ts";

const liveStates = ["booked", "waiting", "called", "in_service", "absent", "held"];
const states = [...liveStates, "done", "cancelled", "no_show"];
const refreshAfter = 20_000; // ms between two searches that new tickets cause: each is in the access log

export class BookingsView {
  private search: BookingSearch | undefined; // of the list; undefined: nothing was searched
  private found: BookingRows | undefined;
  private readonly chosen = new Set<string>();
  private looking = false;
  private stale = 0; // timer of the next refresh
  private known = new Set<string>(); // tickets that the line had at the search
  private readonly columns: Columns;
  private readonly exporting: Exporting;
  readonly ledger: Ledger;

  constructor(private readonly page: Books, expire: (f: Failure) => void) {
    this.columns = new Columns(page, "bookings", usualBookingColumns);
    this.exporting = new Exporting(page, expire);
    this.ledger = new Ledger(page);
  }

  /** The first time, the visits of today are searched. */
  async enter(): Promise<void> {
    if (this.search || !this.page.today) return;
    this.search = { dayFrom: this.page.today, dayTo: this.page.today };
    await Promise.all([this.columns.read(), this.look(this.search)]);
  }

  stop(): void {
    window.clearTimeout(this.stale);
  }

  /**
   * The line has changed. The rows that it has are shown as they are now; for tickets that
   * were issued since the search, the search is repeated after a while.
   */
  changed(): void {
    const { search, found } = this;
    if (!search || !found) return;
    const live = liveTickets(this.page.staff);
    this.found = { ...found, bookings: found.bookings.map((b) => overlaid(b, live.get(b.ticket))) };
    const issued = Array.from(live.keys()).some((id) => !this.known.has(id));
    if (!issued || this.stale || document.hidden || found.bookings.length > pageSize) return;
    if (search.dayTo && search.dayTo < this.page.today) return;
    this.stale = window.setTimeout(() => {
      this.stale = 0;
      if (this.search === search && !this.looking) void this.look(search, true);
    }, refreshAfter);
  }

  private async look(search: BookingSearch, quiet = false): Promise<void> {
    this.search = search;
    this.looking = !quiet;
    this.known = new Set(liveTickets(this.page.staff).keys());
    if (!quiet) {
      this.chosen.clear();
      this.page.redraw();
    }
    const found = await this.page.read<BookingRows>({ method: "POST", path: this.page.path("search/bookings"), body: search }, quiet ? () => true : undefined);
    if (this.search !== search) return; // another search began
    this.looking = false;
    if (found) this.found = found;
    this.page.redraw();
  }

  private async further(): Promise<void> {
    const { search, found } = this;
    if (!search || !found?.next) return;
    const next = await this.page.read<BookingRows>({ method: "POST", path: this.page.path("search/bookings"), body: { ...search, after: found.next } });
    if (!next || this.search !== search) return;
    this.found = { ...next, count: found.count, more: found.more, bookings: [...found.bookings, ...next.bookings] };
    this.page.redraw();
  }

  private readonly submit = (e: Event) => {
    e.preventDefault();
    void this.look(searchOf(e.currentTarget as HTMLFormElement));
  };

  private days(from: string, to: string) {
    return (e: Event) => {
      const form = (e.currentTarget as HTMLElement).closest("form");
      if (!form) return;
      (form.elements.namedItem("dayFrom") as HTMLInputElement).value = from;
      (form.elements.namedItem("dayTo") as HTMLInputElement).value = to;
      void this.look(searchOf(form));
    };
  }

  render(): TemplateResult {
    const { w, today } = this.page;
    if (this.ledger.open) return this.ledger.render();
    const range = (name: "day" | "issued" | "updated", label: string) => html`<div class="range" role="group" aria-label=${label}><span>${label}</span>
      <input type="date" name=${name + "From"} aria-label=${w.t("books.from", { what: label })} .defaultValue=${name === "day" ? today : ""}>
      <span aria-hidden="true">〜</span>
      <input type="date" name=${name + "To"} aria-label=${w.t("books.to", { what: label })} .defaultValue=${name === "day" ? today : ""}></div>`;
    const services = this.page.staff?.services ?? [];
    const quick = (label: string, from: string, to: string, name: string) => html`<button type="button" data-days=${name} @click=${this.days(from, to)}>${label}</button>`;
    return html`<section class="books" aria-labelledby="bookings-title">
      <div class="head"><h2 id="bookings-title">${w.t("books.view_bookings")}</h2>
        <button type="button" data-key="l" id="ledger" @click=${() => void this.ledger.show(today)}>${w.t("books.ledger")} ${mark("L")}</button></div>
      <form class="search" role="search" @submit=${this.submit}>
        <fieldset class="panel"><legend>${w.t("books.basic")}</legend>
          <label class="text">${w.t("books.text")} ${mark("/")}
            <input name="text" type="search" maxlength="100" autocomplete="off" data-search data-key="/" placeholder=${w.t("books.textHint")}></label>
          <label>${w.t("books.service")} <select name="service"><option value="">${w.t("books.any")}</option>
            ${services.map((s) => html`<option value=${s.board.service}>${s.board.name}</option>`)}</select></label>
          <label>${w.t("books.state")} <select name="states"><option value="">${w.t("books.any")}</option><option value=${liveStates.join(" ")}>${w.t("books.liveStates")}</option>
            ${states.map((s) => html`<option value=${s}>${w.find("status", s) ?? s}</option>`)}</select></label>
          <label>${w.t("books.channel")} <select name="channel"><option value="">${w.t("books.any")}</option>
            <option value="web">${w.t("staff.web")}</option><option value="desk">${w.t("staff.desk")}</option></select></label>
          <label>${w.t("books.answers")} <input name="symptoms" maxlength="100" autocomplete="off"></label>
        </fieldset>
        <fieldset class="panel"><legend>${w.t("books.dates")}</legend>
          ${range("day", w.t("books.visit"))} ${range("issued", w.t("books.issued"))} ${range("updated", w.t("books.updated"))}
          <p class="quick">${quick(w.t("books.today"), today, today, "today")} ${quick(w.t("books.tomorrow"), later(today, 1), later(today, 1), "tomorrow")}
            ${quick(w.t("books.week"), today, later(today, 6), "week")} ${quick(w.t("books.always"), "", "", "always")}</p>
        </fieldset>
        <p class="go"><button type="submit" class="primary">${w.t("books.search")}</button>
          <button type="reset" @click=${(e: Event) => void this.clear(e)}>${w.t("books.clear")}</button></p>
      </form>
      ${this.results()}
    </section>`;
  }

  private async clear(e: Event): Promise<void> {
    const form = (e.currentTarget as HTMLElement).closest("form");
    await Promise.resolve(); // the browser resets the form first
    if (form) await this.look(searchOf(form));
  }

  private results(): TemplateResult {
    const { w } = this.page;
    const { found } = this;
    if (!found) return html`<p role="status">${this.looking ? w.t("books.searching") : nothing}</p>`;
    const columns = this.columns.shown.map((name) => ({ name, label: this.columns.label(name), cell: (b: BookingRow) => bookingCell(name)(w, b) }));
    return html`<div class="bar"><p role="status" id="count">${this.looking ? w.t("books.searching") : found.count === 0 ? w.t("books.none") : countText(w, found.count, found.more)}
          ${this.chosen.size > 0 ? html` <b>${w.t("books.chosen", { n: this.chosen.size })}</b>` : nothing}</p>
        ${this.exporting.button()} ${this.columns.button()}</div>
      ${this.exporting.render({ of: "bookings", search: this.search ?? {}, ids: [...this.chosen], columns: this.columns.shown, count: found.count, more: found.more })}
      ${this.columns.render()}
      ${found.bookings.length > 0 ? list(w, {
        caption: w.t("books.view_bookings"), columns, rows: found.bookings, id: (b) => b.ticket,
        open: (b) => this.page.go("bookings", b.ticket), chosen: this.chosen, changed: () => this.page.redraw(),
      }) : html`<p class="empty">${w.t("books.noneHow")}</p>`}
      ${found.next ? html`<p><button type="button" data-key="m" id="more" @click=${() => void this.further()}>${w.t("books.more")} ${mark("M")}</button></p>` : nothing}`;
  }
}

const pageSize = 50; // as the server has it

/** What the form asks for; an empty field is no condition. */
export function searchOf(form: HTMLFormElement): BookingSearch {
  const search: BookingSearch = {};
  for (const name of ["service", "channel", "text", "symptoms", "dayFrom", "dayTo", "issuedFrom", "issuedTo", "updatedFrom", "updatedTo"] as const) {
    const value = field(form, name);
    if (value) search[name] = value;
  }
  const chosen = field(form, "states");
  if (chosen) search.states = chosen.split(" ");
  return search;
}
