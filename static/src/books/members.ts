// 会員: one box that searches names, kana, phone and card numbers, and what it finds.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { newKey, type Failure } from "../lib/api.ts";
import { field } from "../lib/element.ts";
import { mark } from "../staff/letters.ts";
import type { Member, MemberFields, Members } from "../wire.ts";
import { Columns } from "./columns.ts";
import { Exporting } from "./exporting.ts";
import type { Books } from "./host.ts";
import { Importing } from "./importing.ts";
import { countText, list } from "./list.ts";
import { memberCell, usualMemberColumns } from "./membercells.ts";
import { MemberForm, noFields } from "./memberform.ts";

export class MembersView {
  private text: string | undefined; // of the list; undefined: nothing was searched
  private found: Members | undefined;
  private readonly chosen = new Set<string>();
  private looking = false;
  private adding = "";
  private readonly form: MemberForm;
  private readonly columns: Columns;
  private readonly exporting: Exporting;
  private readonly importing: Importing;

  constructor(private readonly page: Books, expire: (f: Failure) => void) {
    this.form = new MemberForm(page);
    this.columns = new Columns(page, "members", usualMemberColumns);
    this.exporting = new Exporting(page, expire);
    this.importing = new Importing(page, () => void this.look(this.text ?? ""));
  }

  async enter(): Promise<void> {
    if (this.text !== undefined) return this.look(this.text, true);
    await Promise.all([this.columns.read(), this.look("")]);
  }

  private async look(text: string, quiet = false): Promise<void> {
    this.text = text;
    this.looking = !quiet;
    if (!quiet) {
      this.chosen.clear();
      this.page.redraw();
    }
    const found = await this.page.read<Members>({ method: "POST", path: this.page.path("search/members"), body: { text } });
    if (this.text !== text) return;
    this.looking = false;
    if (found) this.found = found;
    this.page.redraw();
  }

  private async further(): Promise<void> {
    const { text, found } = this;
    if (text === undefined || !found?.next) return;
    const next = await this.page.read<Members>({ method: "POST", path: this.page.path("search/members"), body: { text, after: found.next } });
    if (!next || this.text !== text) return;
    this.found = { ...next, count: found.count, more: found.more, members: [...found.members, ...next.members] };
    this.page.redraw();
  }

  private add(key: string): void {
    this.adding = key;
    this.form.forget();
    this.page.redraw();
    void this.page.updateComplete.then(() => document.querySelector<HTMLElement>(key ? "#member-form [name=name]" : "#new-member")?.focus());
  }

  private async save(fields: MemberFields): Promise<void> {
    const { page } = this;
    const made = (await page.send(page.w.t("books.newMember"), { method: "POST", path: page.path("members"), key: this.adding, body: { fields } }, this.form.refused)) as Member | undefined;
    if (!made) {
      this.adding = newKey(); // other fields are another request
      return;
    }
    this.adding = "";
    page.go("members", made.id);
  }

  render(): TemplateResult {
    const { w } = this.page;
    const submit = (e: Event) => {
      e.preventDefault();
      void this.look(field(e.currentTarget as HTMLFormElement, "text"));
    };
    return html`<section class="books" aria-labelledby="members-title">
      <div class="head"><h2 id="members-title">${w.t("books.view_members")}</h2>
        <button type="button" id="new-member" data-key="n" aria-expanded=${this.adding ? "true" : "false"} @click=${() => this.add(this.adding ? "" : newKey())}>${w.t("books.newMember")} ${mark("N")}</button>
        ${this.importing.button()}</div>
      ${this.adding ? this.form.render(w.t("books.newMember"), noFields, (f) => void this.save(f), () => this.add("")) : nothing}
      ${this.importing.render()}
      <form class="search one-box" role="search" @submit=${submit}>
        <label class="text">${w.t("books.text")} ${mark("/")}
          <input name="text" type="search" maxlength="100" autocomplete="off" data-search data-key="/" placeholder=${w.t("books.textHint")}></label>
        <button type="submit" class="primary">${w.t("books.search")}</button>
      </form>
      ${this.results()}
    </section>`;
  }

  private results(): TemplateResult {
    const { w } = this.page;
    const { found } = this;
    if (!found) return html`<p role="status">${this.looking ? w.t("books.searching") : nothing}</p>`;
    const columns = this.columns.shown.map((name) => ({ name, label: this.columns.label(name), cell: (m: Member) => memberCell(name)(w, m) }));
    return html`<div class="bar"><p role="status" id="count">${this.looking ? w.t("books.searching") : found.count === 0 ? w.t("books.none") : countText(w, found.count, found.more)}
          ${this.chosen.size > 0 ? html` <b>${w.t("books.chosen", { n: this.chosen.size })}</b>` : nothing}</p>
        ${this.exporting.button()} ${this.columns.button()}</div>
      ${this.exporting.render({ of: "members", search: { text: this.text ?? "" }, ids: [...this.chosen], columns: this.columns.shown, count: found.count, more: found.more })}
      ${this.columns.render()}
      ${found.members.length > 0 ? list(w, {
        caption: w.t("books.view_members"), columns, rows: found.members, id: (m) => m.id,
        open: (m) => this.page.go("members", m.id), chosen: this.chosen, changed: () => this.page.redraw(),
      }) : html`<p class="empty">${w.t(this.text ? "books.noMember" : "books.noMembers")}</p>`}
      ${found.next ? html`<p><button type="button" data-key="m" id="more" @click=${() => void this.further()}>${w.t("books.more")} ${mark("M")}</button></p>` : nothing}`;
  }
}
