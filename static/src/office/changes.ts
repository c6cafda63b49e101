// The changes of the settings with their users, the newest first.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Page } from "../staff/page.ts";
import { when } from "../staff/words.ts";
import type { Change, Changes, Staff } from "../wire.ts";
import { differenceText } from "./changewords.ts";
import { differences } from "./difference.ts";

const shown = 100;
const revShown = 6; // characters: enough to distinguish two versions in speech

export class ChangesView {
  private log: Changes | undefined; // undefined: not read yet

  constructor(private readonly page: Page) {}

  async read(clinic: string): Promise<void> {
    const path = "/v1/clinics/" + clinic + "/changes?n=" + shown;
    const read = await this.page.send(this.page.w.t("changes.title"), { method: "GET", path });
    if (read) this.log = read as Changes;
    this.page.redraw();
  }

  render(staff: Staff): TemplateResult {
    const { w } = this.page;
    return html`<section class="office changes">
      <h2>${w.t("changes.title")}</h2>
      ${this.log ? this.list(this.log.changes, staff) : nothing}
    </section>`;
  }

  private list(changes: Change[], staff: Staff): TemplateResult {
    const { w } = this.page;
    return html`${changes.length === 0 ? html`<p>${w.t("changes.none")}</p>` : nothing}
      <ol data-changes>${changes.map((c) => html`<li>
        <p><b>${c.at.slice(0, 4)}/${when(c.at)}</b> ${c.by || w.t("changes.operator")}
          ${c.rev ? html`<small title=${c.rev}>${w.t("changes.rev", { rev: c.rev.slice(0, revShown) })}</small>` : nothing}</p>
        <ul>${this.what(c, staff)}</ul>
      </li>`)}</ol>`;
  }

  private what(c: Change, staff: Staff): TemplateResult[] {
    const { w } = this.page;
    if (c.before["id"] === undefined && c.after["id"] !== undefined) return [html`<li>${w.t("changes.created")}</li>`];
    return differences(c.before, c.after).map((d) => html`<li>${differenceText(w, d, staff.services)}</li>`);
  }
}
