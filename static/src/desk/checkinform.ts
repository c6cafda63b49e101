// The field in which the desk types or scans who has arrived. One match arrives at
// once, and can be undone. Several are listed, one button each.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { field } from "../lib/element.ts";
import { dateText } from "../lib/when.ts";
import { actOn } from "../staff/calls.ts";
import { mark } from "../staff/letters.ts";
import type { Page } from "../staff/page.ts";
import { personOf } from "../staff/person.ts";
import type { Staff, StaffTicket } from "../wire.ts";
import { dayIn, findArrival, ticketIn } from "./checkin.ts";

export class CheckIn {
  private several: string[] = []; // ids, while the desk must choose

  constructor(private readonly page: Page) {}

  render(staff: Staff): TemplateResult {
    const { page } = this;
    const { w } = page;
    const submit = (e: Event) => {
      e.preventDefault();
      const f = e.currentTarget as HTMLFormElement;
      const text = field(f, "who");
      f.reset();
      if (text) this.find(staff, text);
    };
    const all = ([] as StaffTicket[]).concat(...staff.services.map((s) => s.tickets));
    const choices = all.filter((t) => this.several.includes(t.id) && t.acts.includes("arrive"));
    return html`<form class="checkin" @submit=${submit}>
      <label>${w.t("slots.checkin")} ${mark("I")} <input id="checkin" name="who" maxlength="300" autocomplete="off" aria-describedby="checkin-how"></label>
      <button type="submit" .disabled=${page.busy}>${w.t("act.arrive_here")}</button>
      <small id="checkin-how">${w.t("slots.checkinHow")}</small>
      ${choices.length > 0 ? html`<div class="ask" role="group" aria-label=${w.t("slots.several")}>
        <p>${w.t("slots.several")}</p>
        ${choices.map((t, i) => html`<button type="button" data-arrives=${t.id} data-first=${i === 0 ? "" : nothing} .disabled=${page.busy}
          @click=${() => void this.arrive(t)}>${t.slot} ${personOf(t)}</button>`)}
        <button type="button" @click=${() => this.choose([])}>${w.t("staff.no")}</button>
      </div>` : nothing}
    </form>`;
  }

  private find(staff: Staff, text: string): void {
    const { page } = this;
    this.choose([]);
    const { coming, here } = findArrival(staff, text);
    const [one, ...others] = coming;
    if (one && others.length === 0) return void this.arrive(one);
    if (one) return this.choose(coming.map((t) => t.id));
    const [arrived] = here;
    if (!arrived) {
      const day = dayIn(ticketIn(text));
      const elsewhere = day && day !== staff.services[0]?.board.day;
      return page.report(elsewhere ? page.w.t("slots.otherDay", { day: dateText(page.w, day) }) : page.w.t("slots.unknown"));
    }
    page.report(page.w.t("slots.already", { n: arrived.number, name: arrived.name }));
    document.querySelector<HTMLElement>(`[data-ticket="${arrived.id}"]`)?.scrollIntoView({ block: "nearest" }); // the focus stays for the next code
  }

  private choose(ids: string[]): void {
    this.several = ids;
    this.page.redraw();
    void this.page.updateComplete.then(() => document.querySelector<HTMLElement>(ids.length > 0 ? ".checkin [data-first]" : "#checkin")?.focus());
  }

  private async arrive(t: StaffTicket): Promise<void> {
    const { page } = this;
    const what = [page.w.t("act.arrive_here"), t.name].filter((x) => x !== "").join(" ");
    await page.send(what, actOn(t, "arrive", { presence: "here" }));
    this.choose([]);
  }
}
