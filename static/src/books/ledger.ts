// 予約台帳: all bookings of one day, as a page to print and as a CSV file.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { dateText } from "../lib/when.ts";
import type { BookingRow, BookingRows } from "../wire.ts";
import { bookingCell } from "./bookingcells.ts";
import type { Books } from "./host.ts";

const columns = ["slot", "number", "name", "kana", "phone", "card", "firstVisit", "kind", "state", "symptoms", "memo"];
const mostPages = 40; // 2,000 bookings

export class Ledger {
  open = false;
  private day = "";
  private rows: BookingRow[] = [];
  private whole = false; // all rows were read

  constructor(private readonly page: Books) {}

  async show(day: string): Promise<void> {
    Object.assign(this, { open: true, day, rows: [], whole: false });
    this.page.redraw();
    void this.page.updateComplete.then(() => document.querySelector<HTMLElement>("#print")?.focus());
    const states = ["booked", "waiting", "called", "in_service", "absent", "held", "done", "no_show"];
    let after: string | undefined;
    for (let i = 0; i < mostPages && this.day === day; i++) {
      const body = { dayFrom: day, dayTo: day, states, ...(after ? { after } : {}) };
      const read = await this.page.read<BookingRows>({ method: "POST", path: this.page.path("search/bookings"), body });
      if (!read || this.day !== day || !this.open) return;
      this.rows = [...this.rows, ...read.bookings];
      after = read.next;
      this.whole = !after;
      this.page.redraw();
      if (!after) return;
    }
  }

  close(): void {
    this.open = false;
    this.page.redraw();
    void this.page.updateComplete.then(() => document.querySelector<HTMLElement>("#ledger")?.focus());
  }

  render(): TemplateResult {
    const { w } = this.page;
    const { day } = this;
    const lang = w.lang === "ja" ? "ja" : "en";
    const csv = (encoding: string) => this.page.path(`ledger?day=${day}&encoding=${encoding}&lang=${lang}`);
    const turn = (e: Event) => {
      const value = (e.currentTarget as HTMLInputElement).value;
      if (value) void this.show(value);
    };
    return html`<section class="books ledger" aria-labelledby="ledger-title">
      <div class="head noprint">
        <button type="button" data-act="ledger-back" @click=${() => this.close()}>← ${w.t("books.back")}</button>
        <label>${w.t("books.visit")} <input type="date" name="ledgerDay" .value=${day} @change=${turn}></label>
        <button type="button" id="print" class="primary" .disabled=${!this.whole} @click=${() => window.print()}>${w.t("books.print")}</button>
        <a id="ledger-csv" href=${csv("utf-8")} download>CSV</a>
        <a id="ledger-cp932" href=${csv("cp932")} download>CSV (${w.t("books.cp932")})</a>
      </div>
      <h2 id="ledger-title">${w.t("books.ledgerOf", { day: dateText(w, day) })} <small>${this.page.staff?.name ?? nothing}</small></h2>
      <p role="status">${this.whole ? w.t("books.count", { n: String(this.rows.length) }) : w.t("books.searching")}</p>
      ${bySlot(this.rows).map(({ service, rows }) => html`<h3>${service}</h3>
        <div class="wide" tabindex="0" role="region" aria-label=${service}><table><thead><tr>${columns.map((c) => html`<th scope="col">${w.find("column", c) ?? c}</th>`)}</tr></thead>
          <tbody>${rows.map((b) => html`<tr>${columns.map((c) => html`<td data-column=${c}>${bookingCell(c)(w, b)}</td>`)}</tr>`)}</tbody></table></div>`)}
      ${this.whole && this.rows.length === 0 ? html`<p class="empty">${w.t("books.none")}</p>` : nothing}
    </section>`;
  }
}

/** The rows by service, each ordered as patients come: by slot, then by number. */
export function bySlot(rows: readonly BookingRow[]): { service: string; rows: BookingRow[] }[] {
  const all: { service: string; rows: BookingRow[] }[] = [];
  for (const r of rows) {
    const service = r.serviceName || r.service;
    const of = all.find((s) => s.service === service);
    if (of) of.rows.push(r);
    else all.push({ service, rows: [r] });
  }
  const key = (r: BookingRow) => (r.slot ?? "").padStart(5, "0") + String(r.number).padStart(6, "0") + r.issued;
  for (const s of all) s.rows.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return all;
}
