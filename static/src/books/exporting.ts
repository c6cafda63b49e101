// The form of a CSV file: of the chosen rows at once, or of a whole search in the
// background.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { newKey, type Failure } from "../lib/api.ts";
import { field } from "../lib/element.ts";
import type { BookingSearch, Export, ExportRequest, MemberSearch } from "../wire.ts";
import { download } from "./download.ts";
import type { Books } from "./host.ts";
import { countText } from "./list.ts";

const atOnce = 50; // rows, as the server has it

export interface Exported {
  of: "members" | "bookings";
  search: MemberSearch | BookingSearch;
  ids: readonly string[]; // chosen
  columns: readonly string[]; // shown
  count: number;
  more: boolean;
}

export class Exporting {
  private open = false;

  constructor(private readonly page: Books, private readonly expire: (f: Failure) => void) {}

  private turn(open: boolean): void {
    this.open = open;
    this.page.redraw();
    void this.page.updateComplete.then(() => document.querySelector<HTMLElement>(open ? "#export input" : "#csv")?.focus());
  }

  button(): TemplateResult {
    return html`<button type="button" id="csv" data-key="s" aria-expanded=${this.open ? "true" : "false"} @click=${() => this.turn(!this.open)}>${this.page.w.t("books.csv")}</button>`;
  }

  render(e: Exported): TemplateResult | typeof nothing {
    if (!this.open) return nothing;
    const { w, busy } = this.page;
    const chosen = e.ids.length <= atOnce ? e.ids.length : 0;
    return html`<form id="export" class="ask" @submit=${(ev: Event) => void this.submit(ev, e)}>
      <fieldset><legend>${w.t("books.csvRows")}</legend>
        ${chosen > 0 ? html`<label class="check"><input type="radio" name="rows" value="chosen" .defaultChecked=${true}> ${w.t("books.csvChosen", { n: chosen })}</label>` : nothing}
        ${e.ids.length > atOnce ? html`<p class="note">${w.t("books.csvTooMany", { n: atOnce })}</p>` : nothing}
        <label class="check"><input type="radio" name="rows" value="all" .defaultChecked=${chosen === 0}> ${w.t("books.csvAll", { count: countText(w, e.count, e.more) })}</label>
      </fieldset>
      <fieldset><legend>${w.t("books.csvColumns")}</legend>
        <label class="check"><input type="radio" name="columns" value="shown" .defaultChecked=${true}> ${w.t("books.csvShown")}</label>
        <label class="check"><input type="radio" name="columns" value="all"> ${w.t("books.csvEvery")}</label>
      </fieldset>
      <label>${w.t("books.encoding")} <select name="encoding"><option value="utf-8">UTF-8 (Excel)</option><option value="cp932">${w.t("books.cp932")}</option></select></label>
      <button type="submit" class="primary" .disabled=${busy}>${w.t("books.csvMake")}</button>
      <button type="button" data-act="export-no" @click=${() => this.turn(false)}>${w.t("books.no")}</button>
    </form>`;
  }

  private async submit(ev: Event, e: Exported): Promise<void> {
    ev.preventDefault();
    const { page } = this;
    const { w } = page;
    const f = ev.currentTarget as HTMLFormElement;
    const body: ExportRequest = {
      of: e.of, encoding: field(f, "encoding"), language: w.lang === "ja" ? "ja" : "en",
      ...(field(f, "columns") === "shown" ? { columns: [...e.columns] } : {}),
    };
    if (field(f, "rows") === "chosen") {
      try {
        const { replaced } = await download("POST", page.path("exports/selected"), { ...body, ids: [...e.ids] });
        page.report(w.t(replaced > 0 ? "books.csvReplaced" : "books.csvSaved", { n: replaced || e.ids.length }));
        this.turn(false);
      } catch (err) {
        this.expire(err as Failure);
      }
      return;
    }
    const search = e.of === "members" ? { members: e.search as MemberSearch } : { bookings: e.search as BookingSearch };
    const made = (await page.send(w.t("books.csv"), { method: "POST", path: page.path("exports"), key: newKey(), body: { ...body, ...search } })) as Export | undefined;
    if (!made) return;
    this.open = false;
    page.go("files");
  }
}
