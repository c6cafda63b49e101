// News of the clinic to its followers. Admins write it, see whom it reaches, and can
// withdraw it for a minute.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { newKey, type Failure } from "../lib/api.ts";
import { isolated } from "../lib/isolated.ts";
import type { Page } from "../staff/page.ts";
import { when } from "../staff/words.ts";
import type { NewsDraft, NoticeSummary, OfficeNews, OfficeNewsList, Staff } from "../wire.ts";
import { errorsOf } from "./form.ts";
import { below, invalidIn, type Invalid } from "./invalid.ts";
import type { FiguresView } from "./noticefigures.ts";
import { NoticePreviewView } from "./noticepreview.ts";

const titleMost = 30; // characters
const bodyMost = 200; // characters

export class NewsView {
  private list: OfficeNews[] | undefined; // undefined: not read yet
  private draft: NewsDraft = { title: "", body: "" };
  private asking = false; // whether to send it
  private errors: Invalid[] = [];
  private written = 0; // each news makes a new form
  private ticking = 0;
  private readonly preview: NoticePreviewView;

  constructor(private readonly page: Page, private readonly figures: FiguresView, private readonly showSent: (clinic: string, n: OfficeNews) => void) {
    this.preview = new NoticePreviewView(() => page.redraw(), "news");
  }

  open(clinic: string): void {
    void this.read(clinic);
  }

  private async read(clinic: string): Promise<void> {
    const { page } = this;
    const read = await page.send(page.w.t("notices.part_news"), { method: "GET", path: `/v1/clinics/${clinic}/notices/news` });
    if (read) this.take((read as OfficeNewsList).news);
    page.redraw();
  }

  /** Shows a list, and counts down while one of them can be withdrawn. */
  private take(list: OfficeNews[]): void {
    this.list = list;
    clearInterval(this.ticking);
    const waits = () => this.list?.some((n) => this.left(n) > 0) ?? false;
    if (!waits()) return;
    this.ticking = window.setInterval(() => {
      if (!waits()) clearInterval(this.ticking);
      this.page.redraw();
    }, 1000);
  }

  /** The seconds in which news can still be withdrawn. */
  private left(n: OfficeNews): number {
    return n.withdrawn ? 0 : Math.max(0, Math.ceil(this.page.clock.until(n.due) / 1000));
  }

  private replace(n: OfficeNews): void {
    this.take([n, ...(this.list ?? []).filter((one) => one.id !== n.id)]);
  }

  private async submit(clinic: string): Promise<void> {
    const { page } = this;
    this.asking = false;
    this.errors = [];
    const refused = (f: Failure) => {
      this.errors = invalidIn(f);
      return this.errors.length > 0;
    };
    const sent = await page.send(page.w.t("notices.send"), { method: "POST", path: `/v1/clinics/${clinic}/news`, key: newKey(), body: { ...this.draft } }, refused);
    if (sent) {
      this.draft = { title: "", body: "" };
      this.written++;
      this.replace(sent as OfficeNews);
      this.preview.clear();
    }
    page.redraw();
  }

  private async withdraw(clinic: string, n: OfficeNews): Promise<void> {
    const { page } = this;
    const gone = await page.send(page.w.t("notices.withdraw"), { method: "POST", path: `/v1/clinics/${clinic}/news/${n.id}/withdraw`, key: newKey() });
    if (gone) this.replace(gone as OfficeNews);
    page.redraw();
  }

  render(staff: Staff, admin: boolean): TemplateResult {
    return html`<div class="news">
      ${admin ? this.writing(staff, this.figures.summary) : nothing}
      ${this.list ? this.sent(staff, this.list, admin) : nothing}</div>`;
  }

  private writing(staff: Staff, summary: NoticeSummary | undefined): TemplateResult {
    const { w, busy } = this.page;
    const { draft } = this;
    const type = (e: Event) => {
      const { name, value } = e.target as HTMLInputElement;
      if (name !== "title" && name !== "body") return;
      draft[name] = value;
      this.asking = false;
      if (draft.title.trim() && draft.body.trim()) this.preview.read(staff.clinic, { news: { ...draft } });
      else this.preview.clear();
      this.page.redraw();
    };
    const ask = (e: Event) => {
      e.preventDefault();
      this.asking = true;
      this.page.redraw("#send-news");
    };
    const no = () => {
      this.asking = false;
      this.page.redraw();
    };
    const reach = summary?.channels.filter((c) => c.offered) ?? [];
    const n = reach.reduce((sum, c) => sum + c.followers, 0);
    return html`<form data-form=${this.written} @input=${type} @submit=${ask}>
      <fieldset><legend>${w.t("notices.write")}</legend>
        <p class="small whole">${w.t("notices.newsHint")}</p>
        <label>${w.t("notices.newsTitle")} <input name="title" required maxlength=${titleMost} autocomplete="off" .value=${draft.title}>
          ${errorsOf(w, below(this.errors, "title"))}</label>
        <label>${w.t("notices.newsBody")} <textarea name="body" required rows="4" maxlength=${bodyMost} .value=${draft.body}></textarea>
          <small>${w.t("notices.length", { n: [...draft.body].length, most: bodyMost })}</small> ${errorsOf(w, below(this.errors, "body"))}</label>
        ${this.preview.render(w, staff)}
        ${summary ? html`<p data-reach=${n}>${n > 0
          ? w.t("notices.reach", { n, parts: reach.map((c) => `${w.find("noticeChannel", c.channel) ?? c.channel} ${c.followers}`).join(w.t("changes.and")) })
          : w.t("notices.reachNone")}</p>` : nothing}
        ${this.asking
          ? html`<div class="ask" role="alert" id="send-news"><p>${w.t("notices.sure", { title: draft.title, n })}</p>
              <button type="button" data-no @click=${no}>${w.t("staff.no")}</button>
              <button type="button" class="danger" data-yes .disabled=${busy} @click=${() => void this.submit(staff.clinic)}>${w.t("notices.send")}</button></div>`
          : html`<p><button type="submit" class="primary" data-send .disabled=${busy}>${w.t("notices.send")}</button></p>`}
      </fieldset></form>`;
  }

  private sent(staff: Staff, list: OfficeNews[], admin: boolean): TemplateResult {
    const { w, busy } = this.page;
    return html`<h3>${w.t("notices.newsSent")}
        <button type="button" data-reread .disabled=${busy} @click=${() => void this.read(staff.clinic)}>${w.t("journal.again")}</button></h3>
      ${list.length === 0 ? html`<p class="note">${w.t("notices.newsNone")}</p>` : nothing}
      <ol class="sent">${list.map((n) => html`<li data-news=${n.id} data-state=${this.state(n)}>
        <p><b>${n.title}</b> <small>${when(n.at)} ${isolated(n.by)}</small></p>
        <p class="body">${n.body}</p>
        <p class="small">${this.progress(n)}</p>
        ${n.planned > 0 ? html`<p><button type="button" data-log .disabled=${busy} @click=${() => this.showSent(staff.clinic, n)}>${w.t("notices.log")}</button></p>` : nothing}
        ${admin && this.left(n) > 0 ? html`<p><button type="button" data-withdraw .disabled=${busy} @click=${() => void this.withdraw(staff.clinic, n)}>${w.t("notices.withdraw")}</button></p>` : nothing}
      </li>`)}</ol>`;
  }

  private state(n: OfficeNews): "withdrawn" | "waits" | "leaves" | "left" {
    if (n.withdrawn) return "withdrawn";
    if (this.left(n) > 0) return "waits";
    return n.done ? "left" : "leaves";
  }

  private progress(n: OfficeNews): string {
    const { w } = this.page;
    const reach = Object.keys(n.reach).reduce((sum, channel) => sum + (n.reach[channel] ?? 0), 0);
    switch (this.state(n)) {
      case "withdrawn":
        return w.t("notices.withdrawn");
      case "waits":
        return w.t("notices.waits", { n: reach, seconds: this.left(n) });
      case "leaves":
        return w.t("notices.leaves", { n: reach, planned: n.planned, minutes: n.minutes });
      default:
        return w.t("notices.left", { n: n.planned });
    }
  }
}
