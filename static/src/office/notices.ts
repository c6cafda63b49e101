// The notices of the clinic: their settings, news to followers, what was sent, and how
// well it was timed. Users that are not admins see the last two, and which news left.

import { html, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Page, Subject } from "../staff/page.ts";
import type { Staff } from "../wire.ts";
import { NewsView } from "./news.ts";
import { FiguresView } from "./noticefigures.ts";
import { NoticeForm } from "./noticeform.ts";
import { HistoryView, type About } from "./noticehistory.ts";

const parts = ["settings", "news", "history", "figures"] as const;
type Part = (typeof parts)[number];

export class NoticesView {
  private part: Part | undefined; // undefined: not opened yet
  private readonly form: NoticeForm;
  private readonly figures: FiguresView;
  private readonly news: NewsView;
  private readonly history: HistoryView;

  constructor(private readonly page: Page) {
    this.figures = new FiguresView(() => page.redraw());
    this.form = new NoticeForm(page);
    this.news = new NewsView(page, this.figures, (clinic, n) => this.turn("history", clinic, { query: "news=" + n.id, title: n.title }));
    this.history = new HistoryView(page);
  }

  /** Opens the part that was shown last, or what was sent about a ticket. */
  open(clinic: string, admin: boolean, of?: Subject): void {
    if (of) this.turn("history", clinic, { query: "ticket=" + of.id, ...(of.number ? { number: of.number } : {}) });
    else this.turn(this.part ?? (admin ? "settings" : "history"), clinic);
  }

  private turn(part: Part, clinic: string, about?: About): void {
    this.part = part;
    this.page.redraw();
    if (part === "settings") this.form.open(clinic);
    if (part === "news") this.news.open(clinic);
    if (part === "history") this.history.open(clinic, about);
    if (part !== "history") void this.figures.read(clinic);
  }

  render(staff: Staff, admin: boolean): TemplateResult {
    const { w, busy } = this.page;
    const shown = parts.filter((p) => admin || p !== "settings");
    return html`<section class="office notices">
      <h2>${w.t("notices.title")}</h2>
      <p class="choice">${shown.map((p) => html`<button type="button" data-notices=${p} .disabled=${busy}
        aria-pressed=${p === this.part ? "true" : "false"} @click=${() => this.turn(p, staff.clinic)}>${w.t(`notices.part_${p}`)}</button>`)}</p>
      ${admin ? html`<div .hidden=${this.part !== "settings"}>${this.form.render(staff, this.figures.summary)}</div>` : ""}
      <div .hidden=${this.part !== "news"}>${this.news.render(staff, admin)}</div>
      <div .hidden=${this.part !== "history"}>${this.history.render(staff)}</div>
      <div .hidden=${this.part !== "figures"}>${this.figures.render(w)}</div>
    </section>`;
  }
}
