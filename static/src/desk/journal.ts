// The activity log of today: of the lines, of one ticket, or of everything else. The
// newest comes first. It is read when it is opened, one page at a time.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Failure } from "../lib/api.ts";
import { why } from "../lib/problem.ts";
import type { Page, Subject } from "../staff/page.ts";
import { when } from "../staff/words.ts";
import type { Act, Acts, Staff } from "../wire.ts";
import { actText, userText, serviceName } from "./journalwords.ts";

const beside = "beside"; // the reception, the messages, the rooms, the settings

export class JournalView {
  private list: Act[] | undefined; // undefined: not read
  private day = "";
  private before = ""; // the cursor of the next page
  private subject: Subject | typeof beside | undefined; // undefined: everything of today
  private failure = ""; // why the last reading failed

  constructor(private readonly page: Page) {}

  async open(clinic: string, subject?: Subject | typeof beside): Promise<void> {
    this.subject = subject;
    this.list = undefined;
    await this.read(clinic, "");
  }

  private async read(clinic: string, before: string): Promise<void> {
    const ask = [this.about(), before ? "before=" + before : ""].filter((x) => x !== "");
    const path = `/v1/clinics/${clinic}/acts${ask.length > 0 ? "?" + ask.join("&") : ""}`;
    this.failure = "";
    const failed = (f: Failure) => {
      this.failure = why(this.page.w, f);
      return true;
    };
    const read = (await this.page.send(this.title(), { method: "GET", path }, failed)) as Acts | undefined;
    if (read) {
      this.list = before ? [...(this.list ?? []), ...read.acts] : read.acts;
      this.day = read.day;
      this.before = read.before ?? "";
    }
    this.page.redraw();
  }

  private about(): string {
    if (this.subject === beside) return "tickets=false";
    return this.subject ? "ticket=" + this.subject.id : "";
  }

  private title(): string {
    const { w } = this.page;
    if (this.subject === beside) return w.t("journal.beside");
    if (!this.subject) return w.t("journal.title");
    return this.subject.number ? w.t("journal.ofNumber", { n: this.subject.number }) : w.t("journal.ofTicket");
  }

  render(staff: Staff): TemplateResult {
    const { w, busy } = this.page;
    const button = (mark: string, label: string, run: () => void) =>
      html`<button type="button" data-journal=${mark} .disabled=${busy} @click=${run}>${label}</button>`;
    return html`<section class="office journal">
      <h2 id="journal" tabindex="-1">${this.title()}</h2>
      <p class="small">${w.t("journal.hint")}</p>
      <p>${button("again", w.t("journal.again"), () => void this.read(staff.clinic, ""))}
        ${this.subject ? button("all", w.t("journal.all"), () => void this.open(staff.clinic)) : nothing}
        ${this.subject === beside ? nothing : button("beside", w.t("journal.beside"), () => void this.open(staff.clinic, beside))}</p>
      ${this.list ? this.acts(this.list, staff) : nothing}
      ${this.failure ? html`<p class="note warns" role="alert">${w.t("journal.failed")} ${this.failure}</p>` : nothing}
      ${this.list && this.before ? html`<p>${button("more", w.t("journal.more"), () => void this.read(staff.clinic, this.before))}</p>` : nothing}
    </section>`;
  }

  private acts(list: Act[], staff: Staff): TemplateResult {
    const { w } = this.page;
    if (list.length === 0) return html`<p class="note">${w.t(this.before ? "journal.noneHere" : "journal.none")}</p>`;
    const heads = [w.t("journal.time"), w.t("journal.object"), w.t("journal.what"), w.t("journal.who")];
    return html`<table>
      <thead><tr>${heads.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
      <tbody>${list.map((a) => html`<tr data-done=${a.act}>
        <td>${when(a.at, this.day)}</td> <td>${this.object(a, staff)}</td> <td>${actText(w, a, staff)}</td> <td>${userText(w, a)} ${a.device ? html`<small>${a.device}</small>` : nothing}</td>
      </tr>`)}</tbody>
    </table>`;
  }

  /** The subject of an act: a service, or a ticket with a button for its own acts. */
  private object(a: Act, staff: Staff): TemplateResult {
    const { w, busy } = this.page;
    const service = a.service && staff.services.length > 1 ? serviceName(staff, a.service) : "";
    const { ticket, number } = a;
    if (!ticket || !number) return html`${service}`;
    const n = w.t("journal.number", { n: number });
    const only = () => void this.open(staff.clinic, { id: ticket, number });
    return html`${this.subject
      ? html`<b>${n}</b>`
      : html`<button type="button" class="only" data-of=${number} aria-label=${w.t("journal.ofWhich", { n: number })} .disabled=${busy} @click=${only}>${n}</button>`}
      ${service ? html`<small>${service}</small>` : nothing}`;
  }
}
