// Web tickets from one network: their number, their names, and an action that cancels
// them. Many patients of a mobile carrier share one network. The desk therefore sees
// names and times, and clears the boxes of those that remain.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { newKey } from "../lib/api.ts";
import { clockTime } from "../lib/clock.ts";
import { dayText } from "../lib/days.ts";
import { when } from "../lib/when.ts";
import type { Page } from "../staff/page.ts";
import { personOf } from "../staff/person.ts";
import type { Mark, Marked, MarkedCancelled, StaffTicket } from "../wire.ts";

const listed = 5; // open web tickets of one network that deserve a check
const unusual = 20; // and those that warn

/** Returns how many open web tickets of its day came from a ticket's network; 0 if it is the only one. */
export function alike(marks: Mark[], t: StaffTicket): number {
  return marks.find((m) => m.mark === t.mark)?.tickets ?? 0;
}

export class MarksView {
  private list: Marked | undefined; // of the open mark
  private keep = new Set<string>();
  private gone = ""; // the result of the last act

  /** changed runs after tickets were cancelled. */
  constructor(private readonly page: Page, private readonly changed: () => void = () => {}) {}

  render(clinic: string, marks: Mark[]): TemplateResult | typeof nothing {
    const { w } = this.page;
    const shown = marks.filter((m) => m.tickets >= listed || m.mark === this.list?.mark);
    if (shown.length === 0 && !this.list && !this.gone) return nothing;
    const warns = shown.some((m) => m.tickets >= unusual);
    return html`<section class="marks ${warns ? "warns" : ""}" aria-label=${w.t("marks.title")}>
      ${shown.map((m) => this.one(clinic, m))}
      ${this.list ? this.look(clinic, this.list) : nothing}
      <p role="status">${this.gone}</p>
    </section>`;
  }

  private one(clinic: string, m: Mark): TemplateResult {
    const { w, busy } = this.page;
    const open = this.list?.mark === m.mark;
    const toggle = () => (open ? this.close() : void this.read(clinic, m));
    return html`<p class="note ${m.tickets >= unusual ? "warns" : ""}" data-mark=${m.mark}>
      ${m.tickets >= unusual ? "⚠ " : ""}${m.day ? w.t("marks.booked", { day: dayText(w, m.day), n: m.tickets }) : w.t("marks.many", { n: m.tickets })}
      <button type="button" data-look aria-expanded=${open ? "true" : "false"} .disabled=${busy} @click=${toggle}>${w.t("marks.look")}</button></p>`;
  }

  private async read(clinic: string, { mark, day }: Mark): Promise<void> {
    this.gone = "";
    const path = `/v1/clinics/${clinic}/marks/${mark}` + (day ? "?day=" + day : "");
    const read = await this.page.send(this.page.w.t("marks.title"), { method: "GET", path });
    if (read) {
      this.list = read as Marked;
      this.keep = new Set();
    }
    this.page.redraw(`[data-marked="${mark}"]`);
  }

  private readonly close = () => {
    this.list = undefined;
    this.page.redraw();
  };

  private look(clinic: string, list: Marked): TemplateResult {
    const { w, busy } = this.page;
    const n = list.tickets.filter((t) => !this.keep.has(t.id)).length;
    const cancel = async () => {
      const path = `/v1/clinics/${clinic}/marks/${list.mark}/cancel`;
      const body = { until: list.until, keep: [...this.keep], ...(list.day ? { day: list.day } : {}) };
      const done = (await this.page.send(w.t("marks.cancel", { n }), { method: "POST", path, key: newKey(), body })) as MarkedCancelled | undefined;
      if (!done) return;
      this.gone = w.t("marks.gone", { n: done.cancelled });
      this.close();
      this.changed();
    };
    return html`<div data-marked=${list.mark} tabindex="-1">
      <p>${w.t("marks.hint")}</p>
      <ol>${list.tickets.map((t) => this.row(t, list.day))}</ol>
      <p class="acts"><button type="button" class="danger" data-cancel-marked .disabled=${busy || n === 0} @click=${() => void cancel()}>${w.t("marks.cancel", { n })}</button>
        <button type="button" .disabled=${busy} @click=${this.close}>${w.t("staff.no")}</button></p>
    </div>`;
  }

  private row(t: StaffTicket, day: string | undefined): TemplateResult {
    const { w } = this.page;
    const turn = (e: Event) => {
      if ((e.currentTarget as HTMLInputElement).checked) this.keep.delete(t.id);
      else this.keep.add(t.id);
      this.page.redraw();
    };
    return html`<li><label class="check"><input type="checkbox" value=${t.id} .checked=${!this.keep.has(t.id)} @change=${turn}>
      <b class="number" translate="no">${t.number || nothing}</b> ${personOf(t)} <small>${t.serviceName} · ${day ? when(w, t.issuedAt, day) : clockTime(t.issuedAt)}</small></label></li>`;
  }
}
