// The accuracy of the estimates: of all sessions in store, then of each, the newest
// first.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { sessionName } from "../lib/days.ts";
import { isolated } from "../lib/isolated.ts";
import type { Page } from "../staff/page.ts";
import type { StaffWords } from "../staff/words.ts";
import type { Accuracy, AheadScore, SessionAccuracy, StaffService, Score } from "../wire.ts";
import { weekdays } from "./calendar.ts";
import { leanOf, averageOf, averageByAhead } from "./average.ts";

const shownAtOnce = 20;
const aim = 80; // % of calls that should be within the range

export class AccuracyView {
  private sessions: SessionAccuracy[] | undefined; // undefined: not read yet
  private shown = shownAtOnce;
  private open: SessionAccuracy | undefined; // whose figures by number ahead are open

  constructor(private readonly page: Page) {}

  async read(clinic: string): Promise<void> {
    const read = await this.page.send(this.page.w.t("accuracy.title"), { method: "GET", path: `/v1/clinics/${clinic}/accuracy` });
    if (!read) return;
    this.sessions = (read as Accuracy).sessions;
    this.shown = shownAtOnce;
    this.open = undefined;
    this.page.redraw();
  }

  render(services: StaffService[]): TemplateResult {
    const { w } = this.page;
    return html`<section class="office accuracy">
      <h2>${w.t("accuracy.title")}</h2>
      <p class="small">${w.t("accuracy.hint")}</p>
      ${!this.sessions ? nothing : this.sessions.length === 0 ? html`<p class="note">${w.t("accuracy.none")}</p>` : this.tables(this.sessions, services)}
    </section>`;
  }

  private tables(sessions: SessionAccuracy[], services: StaffService[]): TemplateResult {
    const { w } = this.page;
    const all = averageOf(sessions.map((s) => s.all));
    const more = () => {
      this.shown += shownAtOnce;
      this.page.redraw();
    };
    return html`<h3>${w.t("accuracy.all")}</h3>
      <p class="sum">${sentence(w, all)}</p>
      ${table(w, w.t("accuracy.byAhead"), w.t("accuracy.ahead"), html`<tbody>
        ${averageByAhead(sessions).map((a) => html`<tr><th scope="row">${aheadName(w, a)}</th> ${figures(w, a)}</tr>`)}
        <tr class="total"><th scope="row">${w.t("accuracy.total")}</th> ${figures(w, all)}</tr>
      </tbody>`)}
      ${table(w, w.t("accuracy.bySession"), w.t("accuracy.which"), sessions.slice(0, this.shown).map((s) => this.session(s, services)))}
      ${sessions.length > this.shown ? html`<p><button type="button" data-older @click=${more}>${w.t("accuracy.more")}</button></p>` : nothing}`;
  }

  /** A session in one row, with a button for its figures by number ahead. */
  private session(s: SessionAccuracy, services: StaffService[]): TemplateResult {
    const { w } = this.page;
    const open = this.open === s;
    const toggle = () => {
      this.open = open ? undefined : s;
      this.page.redraw();
    };
    const service = services.find((x) => x.board.service === s.service)?.board.name ?? s.service;
    const name = `${dayName(w, s.day)} ${s.session ? sessionName(w, s.session) : ""} ${isolated(service)}`;
    return html`<tbody>
      <tr class="session"><th scope="rowgroup"><div>${name}
        <button type="button" data-detail aria-expanded=${open ? "true" : "false"} aria-label=${w.t("accuracy.detailOf", { name })}
          @click=${toggle}>${w.t("accuracy.detail")}</button></div></th> ${figures(w, s.all)}</tr>
      ${open ? s.ahead.map((a) => html`<tr class="part"><th scope="row">${w.t("accuracy.ahead")} ${aheadName(w, a)}</th> ${figures(w, a)}</tr>`) : nothing}
    </tbody>`;
  }
}

function table(w: StaffWords, caption: string, first: string, body: TemplateResult | TemplateResult[]): TemplateResult {
  const heads = [first, w.t("accuracy.error"), w.t("accuracy.bias"), w.t("accuracy.inside"), w.t("accuracy.n")];
  return html`<div class="wide" role="region" tabindex="0" aria-label=${caption}><table>
    <caption>${caption}</caption>
    <thead><tr>${heads.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
    ${body}
  </table></div>`;
}

function figures(w: StaffWords, t: Score): TemplateResult {
  return html`<td>${minutes(w, t.errorMinutes)}</td>
    <td>${w.t(`accuracy.${leanOf(t.biasMinutes)}`, { minutes: minutes(w, t.biasMinutes) })}</td>
    <td>${w.t("accuracy.percent", { n: Math.round(t.coverage * 100) })}</td>
    <td>${t.n}</td>`;
}

function sentence(w: StaffWords, t: Score): string {
  const keys = { early: "sumEarly", late: "sumLate", even: "sumEven" } as const;
  const bias = w.t(`accuracy.${keys[leanOf(t.biasMinutes)]}`, { minutes: minutes(w, t.biasMinutes) });
  return w.t("accuracy.sum", { error: minutes(w, t.errorMinutes), bias, inside: Math.round(t.coverage * 100), aim });
}

function minutes(w: StaffWords, m: number): string {
  return w.t("accuracy.minutes", { n: Math.abs(m).toFixed(1) });
}

function aheadName(w: StaffWords, { from, to }: AheadScore): string {
  if (to === undefined) return w.t("accuracy.aheadOver", { from });
  return from === to ? String(from) : w.t("accuracy.aheadTo", { from, to });
}

function dayName(w: StaffWords, day: string): string {
  const weekday = weekdays[(new Date(day).getUTCDay() + 6) % 7] ?? "";
  return `${day.replace(/-/g, "/")} ${w.find("week", weekday) ?? ""}`;
}
