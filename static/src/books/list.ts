// A list of rows that is used by keyboard as by mouse: the arrow keys move between the
// rows, Enter opens one, and the space bar or X chooses it.

import { html, nothing, repeat, type TemplateResult } from "../../vendor/lit/lit.js";
import type { BooksWords } from "./host.ts";

export interface Column<R> {
  name: string;
  label: string;
  cell(row: R): unknown;
}

export interface ListOptions<R> {
  caption: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  id(row: R): string;
  open(row: R): void;
  chosen?: Set<string>; // ids; absent: rows are not chosen
  changed?(): void; // after a choice
}

/** The first column has the button that opens a row. */
export function list<R>(w: BooksWords, o: ListOptions<R>): TemplateResult {
  const { chosen } = o;
  const choose = (id: string) => (e: Event) => {
    if ((e.currentTarget as HTMLInputElement).checked) chosen?.add(id);
    else chosen?.delete(id);
    o.changed?.();
  };
  const all = (e: Event) => {
    const on = (e.currentTarget as HTMLInputElement).checked;
    for (const r of o.rows) {
      if (on) chosen?.add(o.id(r));
      else chosen?.delete(o.id(r));
    }
    o.changed?.();
  };
  const full = chosen !== undefined && o.rows.length > 0 && o.rows.every((r) => chosen.has(o.id(r)));
  return html`<div class="wide" tabindex="-1"><table class="rows">
    <caption class="spoken">${o.caption}</caption>
    <thead><tr>
      ${chosen ? html`<th scope="col" class="pick"><label><input type="checkbox" .checked=${full} @change=${all}><span class="spoken">${w.t("books.chooseAll")}</span></label></th>` : nothing}
      ${o.columns.map((c) => html`<th scope="col" data-column=${c.name}>${c.label}</th>`)}
    </tr></thead>
    <tbody>${repeat(o.rows, o.id, (r) => html`<tr data-id=${o.id(r)} class=${chosen?.has(o.id(r)) ? "chosen" : ""}>
      ${chosen ? html`<td class="pick"><label><input type="checkbox" .checked=${chosen.has(o.id(r))} @change=${choose(o.id(r))}><span class="spoken">${w.t("books.choose")}</span></label></td>` : nothing}
      ${o.columns.map((c, i) => html`<td data-column=${c.name}>${i === 0 ? html`<button type="button" class="row" data-row @click=${() => o.open(r)}>${c.cell(r)}</button>` : c.cell(r)}</td>`)}
    </tr>`)}</tbody>
  </table></div>`;
}

/** Moves the focus by some rows; from outside of the list to its first. It returns whether there is a row. */
export function step(page: HTMLElement, by: number): boolean {
  const rows = Array.from(page.querySelectorAll<HTMLElement>("[data-row]")).filter((r) => r.offsetParent !== null);
  const tr = document.activeElement?.closest("tr");
  const at = rows.findIndex((r) => tr?.contains(r));
  const next = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return next !== undefined;
}

/** Chooses the row that has the focus, or no longer. */
export function pick(): void {
  document.activeElement?.closest("tr")?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
}

/** How many rows there are: "312", "1,000+". */
export function countText(w: BooksWords, count: number, more: boolean): string {
  const n = String(count).replace(/\B(?=(\d{3})+$)/g, ",");
  return w.t("books.count", { n: more ? n + "+" : n });
}
