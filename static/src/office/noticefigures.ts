// What the notices of this month cost, whom news would reach, and how well patients were
// sent on their way.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { call } from "../lib/api.ts";
import type { StaffWords } from "../staff/words.ts";
import type { NoticeSummary } from "../wire.ts";

export class FiguresView {
  summary: NoticeSummary | undefined; // undefined: not read

  constructor(private readonly redraw: () => void) {}

  /** Reads them beside the actions of the page. Without an answer the former ones stay. */
  async read(clinic: string): Promise<void> {
    try {
      this.summary = await call<NoticeSummary>({ method: "GET", path: `/v1/clinics/${clinic}/notices/summary` });
    } catch {
      return;
    }
    this.redraw();
  }

  render(w: StaffWords): TemplateResult {
    const s = this.summary;
    if (!s) return html`<p class="note">${w.t("notices.figuresNone")}</p>`;
    const heads = [w.t("notices.channel"), w.t("notices.sentMonth", { month: s.month.replace("-", "/") }), w.t("notices.cap"), w.t("notices.followers")];
    const early = Math.abs(s.early).toFixed(0);
    return html`<div class="notice-figures">
      <div class="wide"><table><caption>${w.t("notices.spending")}</caption>
        <thead><tr>${heads.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
        <tbody>${s.channels.map((c) => html`<tr data-channel=${c.channel}><th scope="row">${w.find("noticeChannel", c.channel) ?? c.channel}
          ${c.offered ? nothing : html`<small>${w.t(c.setUp ? "notices.notOffered" : "notices.notSetUp")}</small>`}</th>
          <td>${c.sent}</td><td>${c.cap ?? w.t("notices.noCap")} ${near(c.sent, c.cap) ? html`<small class="warns">${w.t("notices.nearCap")}</small>` : nothing}</td><td>${c.followers}</td></tr>`)}</tbody></table></div>
      <h3>${w.t("notices.timing")}</h3>
      ${s.n === 0
        ? html`<p class="note">${w.t("notices.timingNone", { days: s.days })}</p>`
        : html`<p class="sum">${w.t("notices.timingSum", { days: s.days, n: s.n, late: Math.round(s.late * 100) })}
            ${w.t(s.early < 0 ? "notices.timingEarlyCall" : "notices.timingWait", { minutes: early })}</p>`}
      <p class="small">${w.t("notices.timingHint")}</p>
    </div>`;
  }
}

/** Whether a channel has sent four fifths of its cap. */
function near(sent: number, cap: number | undefined): boolean {
  return cap !== undefined && sent * 5 >= cap * 4;
}
