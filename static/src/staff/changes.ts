// Who changed which settings, the newest first.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Change, Changes, StaffService } from "../wire.ts";
import type { Desk } from "./desk.ts";
import { differences } from "./difference.ts";
import { when, type StaffWords } from "./words.ts";

const shown = 100;

export class ChangesView {
  private changes: Change[] = [];

  constructor(private readonly desk: Desk) {}

  async read(clinic: string): Promise<void> {
    const path = "/v1/clinics/" + clinic + "/changes?n=" + shown;
    const read = await this.desk.press(this.desk.w.t("changes.title"), { method: "GET", path });
    if (read) this.changes = (read as Changes).changes;
    this.desk.redraw();
  }

  render(services: StaffService[]): TemplateResult {
    const { w } = this.desk;
    return html`<section class="office changes">
      <h2>${w.t("changes.title")}</h2>
      ${this.changes.length === 0 ? html`<p>${w.t("changes.none")}</p>` : nothing}
      <ol>${this.changes.map((c) => html`<li>
        <p><b>${c.at.slice(0, 4)}/${when(c.at)}</b> ${c.by || w.t("changes.operator")}</p>
        <ul>${what(w, c, services)}</ul>
      </li>`)}</ol>
    </section>`;
  }
}

function what(w: StaffWords, c: Change, services: StaffService[]): TemplateResult[] {
  if (c.before["id"] === undefined && c.after["id"] !== undefined) return [html`<li>${w.t("changes.created")}</li>`];
  return differences(c.before, c.after).map((d) => {
    const service = d.service ? services.find((s) => s.board.service.split("-")[1] === d.service) : undefined;
    const name = (d.service ? `${service?.board.name ?? d.service}: ` : "") + (w.find("field", d.field) ?? d.field);
    if (d.field === "calendar" || d.field === "rooms") return html`<li>${w.t("changes.field", { name })}</li>`;
    return html`<li>${w.t("changes.from", { name, before: said(w, d.before), after: said(w, d.after) })}</li>`;
  });
}

function said(w: StaffWords, value: unknown): string {
  if (value === undefined || value === null || value === "") return w.t("changes.nothing");
  if (typeof value === "boolean") return w.t(value ? "changes.yes" : "changes.no");
  if (Array.isArray(value)) return value.map((v) => w.find("board", String(v)) ?? String(v)).join(", ") || w.t("changes.nothing");
  return typeof value === "object" ? JSON.stringify(value) : (w.find("rule", String(value)) ?? String(value));
}
