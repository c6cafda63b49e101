// The import of members from a CSV file: checked first, then taken in as a whole.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { Failure } from "../lib/api.ts";
import type { Imported, Problem } from "../wire.ts";
import type { Books } from "./host.ts";

const most = 100 << 20; // bytes, as the server has it

export class Importing {
  private open = false;
  private file: File | undefined;
  private result: Imported | undefined;
  private wrong = ""; // why the file was refused as a whole
  private sending = false;

  constructor(private readonly page: Books, private readonly done: () => void) {}

  private turn(open: boolean): void {
    Object.assign(this, { open, file: undefined, result: undefined, wrong: "" });
    this.page.redraw();
    void this.page.updateComplete.then(() => document.querySelector<HTMLElement>(open ? "#import input" : "#import-open")?.focus());
  }

  button(): TemplateResult {
    return html`<button type="button" id="import-open" aria-expanded=${this.open ? "true" : "false"} @click=${() => this.turn(!this.open)}>${this.page.w.t("books.import")}</button>`;
  }

  private async send(dry: boolean): Promise<void> {
    const { page, file } = this;
    if (!file || this.sending) return;
    Object.assign(this, { sending: true, wrong: "" });
    page.redraw();
    try {
      if (file.size > most) throw new Failure("body_too_large", 413);
      const answer = await fetch(page.path("import/members") + (dry ? "?dry=1" : ""), { method: "POST", headers: { "Content-Type": "text/csv" }, body: file });
      const body: unknown = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Failure((body as Partial<Problem>).code ?? "unknown", answer.status);
      this.result = body as Imported;
    } catch (e) {
      const code = e instanceof Failure ? e.code : "network";
      this.wrong = page.w.find("refused", code) ?? page.w.find("problem", code) ?? page.w.t("problem.unknown");
    }
    this.sending = false;
    if (this.result && !this.result.dry && this.result.errors.length === 0) {
      page.report(page.w.t("books.imported", { n: this.result.added, m: this.result.updated }));
      this.turn(false);
      this.done();
      return;
    }
    page.redraw();
  }

  render(): TemplateResult | typeof nothing {
    if (!this.open) return nothing;
    const { w } = this.page;
    const { result, file } = this;
    const choose = (e: Event) => {
      this.file = (e.currentTarget as HTMLInputElement).files?.[0];
      this.result = undefined;
      void this.send(true);
    };
    const good = result?.dry === true && result.errors.length === 0 && result.rows > 0;
    return html`<div id="import" class="ask">
      <h3>${w.t("books.import")}</h3>
      <p>${w.t("books.importHow")}</p>
      <label>${w.t("books.importFile")} <input type="file" accept=".csv,text/csv" .disabled=${this.sending} @change=${choose}></label>
      <div role="status">
        ${this.sending ? html`<p>${w.t("books.importChecking")}</p>` : nothing}
        ${this.wrong ? html`<p class="problem">${this.wrong}</p>` : nothing}
        ${result ? html`<p><b>${good ? w.t("books.importGood", { rows: result.rows, n: result.added, m: result.updated }) : w.t("books.importBad", { n: result.errors.length, rows: result.rows })}</b></p>` : nothing}
        ${result && result.unknown && result.unknown.length > 0 ? html`<p class="note">${w.t("books.importUnknown", { names: result.unknown.join("、") })}</p>` : nothing}
        ${result && result.errors.length > 0 ? html`<ul class="errors">${result.errors.map((e) => html`<li>${w.t("books.line", { n: e.line })} ${e.field ? w.find("column", e.field) ?? nothing : nothing} ${w.find("books", "import_" + e.code) ?? e.text}</li>`)}</ul>` : nothing}
      </div>
      <button type="button" class="primary" data-act="import-yes" .disabled=${!good || this.sending || !file} @click=${() => void this.send(false)}>${w.t("books.importYes")}</button>
      <button type="button" data-act="import-no" @click=${() => this.turn(false)}>${w.t("books.no")}</button>
    </div>`;
  }
}
