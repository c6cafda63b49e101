// The columns of a list that the user has chosen by the gear. The server keeps them for
// the user, on every device.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { put } from "../staff/calls.ts";
import type { ColumnSet } from "../wire.ts";
import type { Books } from "./host.ts";

export class Columns {
  private set: ColumnSet = { columns: [], all: [] };
  private open = false;

  constructor(private readonly page: Books, readonly of: "members" | "bookings", private readonly usual: readonly string[]) {}

  async read(): Promise<void> {
    const read = await this.page.read<ColumnSet>({ method: "GET", path: "/v1/users/me/columns/" + this.of });
    if (read) this.set = read;
    this.page.redraw();
  }

  /** The names of the columns that are shown, in their order. */
  get shown(): readonly string[] {
    return this.set.columns.length > 0 ? this.set.columns : this.usual;
  }

  label(name: string): string {
    return this.page.w.find("column", name) ?? name;
  }

  private turn(open: boolean): void {
    this.open = open;
    this.page.redraw();
    void this.page.updateComplete.then(() => document.querySelector<HTMLElement>(open ? "#columns input" : "#gear")?.focus());
  }

  button(): TemplateResult {
    return html`<button type="button" id="gear" data-key="c" aria-expanded=${this.open ? "true" : "false"} @click=${() => this.turn(!this.open)}>${this.page.w.t("books.columns")}</button>`;
  }

  render(): TemplateResult | typeof nothing {
    if (!this.open) return nothing;
    const { w, busy } = this.page;
    const { shown } = this;
    const names = [...shown, ...this.set.all.filter((c) => !shown.includes(c))];
    const save = async (e: Event) => {
      e.preventDefault();
      const f = e.currentTarget as HTMLFormElement;
      const columns = new FormData(f).getAll("column").map(String);
      const set = (await this.page.send(w.t("books.columns"), put("/v1/users/me/columns/" + this.of, { columns }))) as ColumnSet | undefined;
      if (!set) return;
      this.set = set;
      this.turn(false);
    };
    return html`<form id="columns" class="ask" @submit=${save}>
      <fieldset><legend>${w.t("books.columnsHow")}</legend>
        <div class="choices">${names.map((c) => html`<label class="check"><input type="checkbox" name="column" value=${c} .defaultChecked=${shown.includes(c)}> ${this.label(c)}</label>`)}</div>
      </fieldset>
      <button type="submit" class="primary" .disabled=${busy}>${w.t("staff.save")}</button>
      <button type="button" data-act="columns-no" @click=${() => this.turn(false)}>${w.t("books.no")}</button>
    </form>`;
  }
}
