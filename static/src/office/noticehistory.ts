// What was sent: of a day, by kind, channel, result and number, and as a CSV file.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { field, pageLang } from "../lib/element.ts";
import type { Page } from "../staff/page.ts";
import { options, when, type StaffWords } from "../staff/words.ts";
import type { NoticeItem, NoticeLog, Staff } from "../wire.ts";
import { channels, kinds } from "./noticekinds.ts";

const states = ["due", "sending", "sent", "shown", "uncertain", "void", "dead"];

/** What the notices are about, where that is no day: some news, or a ticket. */
export interface About {
  query: string;
  title?: string; // of news
  number?: number; // of the ticket; none before it has one
}

export class HistoryView {
  private log: NoticeLog | undefined; // undefined: not read
  private ask = ""; // the filter, as a query
  private about: About | undefined;
  private demo = false; // there is an inbox

  constructor(private readonly page: Page) {}

  /** Shows the notices of today, or those about something. */
  open(clinic: string, about?: About): void {
    this.about = about;
    this.ask = about?.query ?? "";
    this.log = undefined;
    void this.read(clinic, "");
  }

  private async read(clinic: string, before: string): Promise<void> {
    const { page } = this;
    const query = [this.ask, before ? "before=" + encodeURIComponent(before) : ""].filter((x) => x !== "").join("&");
    const read = (await page.send(page.w.t("notices.part_history"), { method: "GET", path: `/v1/clinics/${clinic}/notices${query ? "?" + query : ""}` })) as NoticeLog | undefined;
    if (read?.notices.some((n) => n.channel === "inbox")) this.demo = true;
    if (read) this.log = before && this.log ? { ...read, notices: [...this.log.notices, ...read.notices] } : read;
    page.redraw();
  }

  render(staff: Staff): TemplateResult {
    const { w, busy } = this.page;
    const search = (e: Event) => {
      e.preventDefault();
      const f = e.currentTarget as HTMLFormElement;
      const typed = ["day", "number", "kind", "channel", "state"].map((name) => [name, field(f, name)]).filter(([, value]) => value !== "");
      this.ask = typed.map(([name, value]) => `${name ?? ""}=${encodeURIComponent(value ?? "")}`).join("&");
      void this.read(staff.clinic, "");
    };
    const choice = (name: string, label: string, group: "noticeKind" | "noticeChannel" | "noticeState", values: readonly string[]) =>
      html`<label>${label} <select name=${name}><option value="">${w.t("notices.any")}</option>${options(w, group, values, "")}</select></label>`;
    if (this.about) {
      return html`<div class="notice-history"><h3 id="sent" tabindex="-1">${this.subject(this.about)}</h3>
          <p><button type="button" data-days .disabled=${busy} @click=${() => this.open(staff.clinic)}>${w.t("notices.ofDays")}</button></p>
        ${this.log ? this.rows(staff, this.log) : nothing}</div>`;
    }
    return html`<div class="notice-history">
      <form data-filter @submit=${search}>
        <label>${w.t("notices.day")} <input type="date" name="day" .defaultValue=${this.log?.day ?? ""}></label>
        <label>${w.t("notices.number")} <input type="number" name="number" min="1" max="9999"></label>
        ${choice("kind", w.t("notices.kind"), "noticeKind", kinds.filter((k) => k !== "news"))}
        ${choice("channel", w.t("notices.channel"), "noticeChannel", this.demo ? [...channels, "inbox"] : channels)}
        ${choice("state", w.t("notices.state"), "noticeState", states)}
        <button type="submit" data-search .disabled=${busy}>${w.t("notices.search")}</button>
      </form>
      ${this.log ? this.rows(staff, this.log) : nothing}</div>`;
  }

  private subject({ title, number }: About): string {
    const { w } = this.page;
    if (title !== undefined) return w.t("notices.ofNews", { title });
    return number ? w.t("notices.ofNumber", { n: number }) : w.t("notices.ofTicket");
  }

  private rows(staff: Staff, log: NoticeLog): TemplateResult {
    const { w, busy } = this.page;
    const file = (encoding: string) => `/v1/clinics/${staff.clinic}/notices.csv?${this.ask ? this.ask + "&" : ""}encoding=${encoding}&language=${pageLang() === "en" ? "en" : "ja"}`;
    const heads = [w.t("notices.planned"), w.t("notices.number"), w.t("notices.kind"), w.t("notices.channel"), w.t("notices.sentAt"), w.t("notices.state"), w.t("notices.tries"), w.t("notices.shownAt")];
    return html`<p>${w.t("notices.count", { n: log.total })}
        <a data-csv="utf-8" href=${file("utf-8")} download>${w.t("notices.csv")}</a> <a data-csv="cp932" href=${file("cp932")} download>${w.t("notices.csvOld")}</a></p>
      <p class="small">${w.t("notices.historyHint")}</p>
      ${log.notices.length === 0 ? html`<p class="note">${w.t("notices.historyNone")}</p>` : html`<div class="wide" role="region" tabindex="0" aria-label=${w.t("notices.part_history")}><table>
        <thead><tr>${heads.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
        <tbody>${log.notices.map((n) => this.row(n, log.day ?? ""))}</tbody></table></div>`}
      ${log.before ? html`<p><button type="button" data-more .disabled=${busy} @click=${() => void this.read(staff.clinic, log.before ?? "")}>${w.t("journal.more")}</button></p>` : nothing}`;
  }

  private row(n: NoticeItem, day: string): TemplateResult {
    const { w } = this.page;
    const stage = n.stage ? stageText(w, n.stage) : "";
    return html`<tr data-notice=${n.id} data-state=${n.state}>
      <td>${when(n.planned, day)}</td><td>${n.number ? w.t("journal.number", { n: n.number }) : nothing}</td>
      <td>${w.find("noticeKind", n.kind) ?? n.kind} ${stage ? html`<small>${stage}</small>` : nothing}</td>
      <td>${w.find("noticeChannel", n.channel) ?? n.channel} <small>${n.to}</small></td>
      <td>${n.sent ? when(n.sent, day) : html`<small>${n.state === "due" ? w.t("notices.dueAt", { time: when(n.due, day) }) : ""}</small>`}</td>
      <td>${w.find("noticeState", n.state) ?? n.state} ${n.why ? html`<small>${whyText(w, n.why)}</small>` : nothing}</td>
      <td>${n.tries}</td><td>${when(n.shown, day)}</td></tr>`;
  }
}

/** A reason in words. That of a returned mail has the status of the report after it. */
function whyText(w: StaffWords, why: string): string {
  const [, word, status] = /^(returned|filtered)( .*)$/.exec(why) ?? ["", why, ""];
  return (w.find("noticeWhy", word ?? why) ?? word ?? why) + (status ?? "");
}

/** A stage in words; that of a reminder is its days before the visit. */
function stageText(w: StaffWords, stage: string): string {
  const days = /^(\d+)d$/.exec(stage)?.[1];
  return days ? w.t("noticeStage.days", { n: days }) : (w.find("noticeStage", stage) ?? stage);
}
