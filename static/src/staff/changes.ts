// Who changed which settings, and what the desk did today beside the tickets,
// each the newest first.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Change, Changes, DeskAct, Staff } from "../wire.ts";
import { sayDifference } from "./changewords.ts";
import type { Desk } from "./desk.ts";
import { differences } from "./difference.ts";
import { when } from "./words.ts";

const shown = 100;
const revShown = 6; // characters: enough to tell two versions apart in talk

export class ChangesView {
  private log: Changes | undefined; // undefined: not read yet

  constructor(private readonly desk: Desk) {}

  async read(clinic: string): Promise<void> {
    const path = "/v1/clinics/" + clinic + "/changes?n=" + shown;
    const read = await this.desk.press(this.desk.w.t("changes.title"), { method: "GET", path });
    if (read) this.log = read as Changes;
    this.desk.redraw();
  }

  render(staff: Staff): TemplateResult {
    const { w } = this.desk;
    return html`<section class="office changes">
      <h2>${w.t("changes.title")}</h2>
      ${this.log ? html`${this.settings(this.log.changes, staff)} ${this.acts(this.log.acts, staff)}` : nothing}
    </section>`;
  }

  private settings(changes: Change[], staff: Staff): TemplateResult {
    const { w } = this.desk;
    return html`<h3>${w.t("changes.settings")}</h3>
      ${changes.length === 0 ? html`<p>${w.t("changes.none")}</p>` : nothing}
      <ol data-changes>${changes.map((c) => html`<li>
        <p><b>${c.at.slice(0, 4)}/${when(c.at)}</b> ${c.by || w.t("changes.operator")}
          ${c.rev ? html`<small title=${c.rev}>${w.t("changes.rev", { rev: c.rev.slice(0, revShown) })}</small>` : nothing}</p>
        <ul>${this.what(c, staff)}</ul>
      </li>`)}</ol>`;
  }

  private what(c: Change, staff: Staff): TemplateResult[] {
    const { w } = this.desk;
    if (c.before["id"] === undefined && c.after["id"] !== undefined) return [html`<li>${w.t("changes.created")}</li>`];
    return differences(c.before, c.after).map((d) => html`<li>${sayDifference(w, d, staff.services)}</li>`);
  }

  private acts(acts: DeskAct[], staff: Staff): TemplateResult {
    const { w } = this.desk;
    return html`<h3>${w.t("changes.acts")}</h3>
      ${acts.length === 0 ? html`<p>${w.t("changes.noActs")}</p>` : nothing}
      <ol data-acts>${acts.map((a) => html`<li data-done=${a.act}><b>${when(a.at, a.at.slice(0, 10))}</b> ${a.by || w.t("changes.operator")}
        ${this.done(a, staff)}</li>`)}</ol>`;
  }

  private done(a: DeskAct, staff: Staff): string {
    const { w } = this.desk;
    const of = a.room
      ? (staff.rooms.find((r) => r.id === a.room)?.name ?? a.room)
      : (staff.services.find((s) => s.board.service === a.service)?.board.name ?? a.service ?? "");
    const said = (value: string) => w.find("did", `${a.act}_${value}`) ?? (value || w.t("changes.nothing"));
    const name = `${of}: ${w.find("did", a.act) ?? a.act}`;
    const after = a.until ? w.t("staff.dutyUntil", { duty: said(a.after), time: when(a.until, a.at.slice(0, 10)) }) : said(a.after);
    return w.t("changes.from", { name, before: said(a.before), after });
  }
}
