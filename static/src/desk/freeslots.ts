// The search for a free slot at the desk, by day and part of the day. It is a part of a
// form: the chosen slot is the value of its field "slot", for slotOf.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { sessionName } from "../lib/days.ts";
import { dateText } from "../lib/when.ts";
import type { Page, SlotSearch } from "../staff/page.ts";
import type { DeskDay, DeskDays, DeskSlot } from "../wire.ts";
import { left } from "./slotfigures.ts";

const range = 14; // days of one search

interface Found extends SlotSearch {
  day: string; // the only day; "": the next free ones
  from: string; // of the days that were read
  part: string; // kind of session; "": all
  all: boolean; // full slots too
  days: DeskDay[];
}

export class FreeSlots {
  private readonly found = new Map<string, Found>();

  constructor(private readonly page: Page) {}

  /** Begins a search under a key, with today and the days after it. */
  async open(key: string, search: SlotSearch): Promise<void> {
    this.found.set(key, { ...search, day: "", from: search.today, part: "", all: false, days: [] });
    await this.read(key, {});
  }

  forget(key: string): void {
    this.found.delete(key);
  }

  /** Whether the web books a day of the search now. The desk also books later days. */
  webBooks(key: string, day: string): boolean {
    const f = this.found.get(key);
    return f?.days.every((d) => d.day !== day || webBooks(f, d)) ?? true;
  }

  private async read(key: string, change: Partial<Found>): Promise<void> {
    const former = this.found.get(key);
    if (!former) return;
    const f = { ...former, ...change };
    const from = f.day || f.from;
    const to = f.day || later(from, range - 1);
    const path = `/v1/services/${f.service}/slots?from=${from}&to=${to}`;
    const read = await this.page.send(this.page.w.t("slots.search"), { method: "GET", path });
    if (read) this.found.set(key, { ...f, days: (read as DeskDays).days });
    this.page.redraw();
  }

  private set(key: string, change: Partial<Found>): void {
    const f = this.found.get(key);
    if (f) this.found.set(key, { ...f, ...change });
    this.page.redraw();
  }

  render(key: string): TemplateResult | typeof nothing {
    const f = this.found.get(key);
    if (!f) return nothing;
    const { w, clock, busy } = this.page;
    const value = (e: Event) => (e.currentTarget as HTMLInputElement | HTMLSelectElement).value;
    const parts = ["morning", "afternoon", "evening"] as const;
    const now = dayClock(clock.read());
    const shown = f.days.map((d) => ({ day: d.day, web: webBooks(f, d), slots: d.slots.filter((s) => shows(f, d.day, s, now)) })).filter((d) => d.slots.length > 0);
    return html`<fieldset class="free">
      <legend>${w.t("slots.search")}</legend>
      <div class="pair">
        <label>${w.t("slots.day")} <input type="date" name="searchDay" min=${f.today} .value=${f.day} data-first
          @change=${(e: Event) => void this.read(key, { day: value(e), from: f.today })}></label>
        <label>${w.t("slots.part")} <select name="part" @change=${(e: Event) => this.set(key, { part: value(e) })}>
          <option value="">${w.t("slots.anyPart")}</option>
          ${parts.map((p) => html`<option value=${p}>${w.t(`session.${p}`)}</option>`)}</select></label>
      </div>
      <label class="check"><input type="checkbox" name="full" .checked=${f.all}
        @change=${(e: Event) => this.set(key, { all: (e.currentTarget as HTMLInputElement).checked })}> ${w.t("slots.fullToo")}</label>
      <div class="days" role="radiogroup" aria-label=${w.t("slots.search")}>
        ${shown.map((d) => html`<h4>${dateText(w, d.day)} ${d.web ? nothing : html`<small>${w.t("slots.beyond")}</small>`}</h4>
          <p>${d.slots.map((s) => this.choice(f, d.day, s))}</p>`)}
        ${shown.length === 0 && !busy ? html`<p role="status">${w.t("slots.noFree")}</p>` : nothing}
      </div>
      ${f.day ? nothing : html`<p>
        ${f.from > f.today ? html`<button type="button" data-act="former" .disabled=${busy} @click=${() => void this.read(key, { from: later(f.from, -range) })}>${w.t("slots.former")}</button>` : nothing}
        <button type="button" data-act="further" .disabled=${busy || f.from >= later(f.today, 6 * range)} @click=${() => void this.read(key, { from: later(f.from, range) })}>${w.t("slots.further")}</button></p>`}
    </fieldset>`;
  }

  private choice(f: Found, day: string, s: DeskSlot): TemplateResult {
    const { w } = this.page;
    const n = left(f.channel === "web" ? s.web : s.desk);
    const free = n === undefined ? w.t("days.many") : n > 0 ? w.t("slots.left", { n }) : w.t("days.none");
    return html`<label class=${n === 0 ? "slot full" : "slot"}><input type="radio" name="slot" required value=${day + " " + s.slot}>
      <b translate="no">${s.slot}</b> <small>${sessionName(w, s.session)} ${free}</small></label>`;
  }
}

function webBooks(f: Found, d: DeskDay): boolean {
  return d.day === f.today || d.state === "open";
}

function shows(f: Found, day: string, s: DeskSlot, now: string): boolean {
  if (f.part && s.session.split("-")[0] !== f.part) return false;
  if (day === f.today && s.to <= now) return false;
  return f.all || left(f.channel === "web" ? s.web : s.desk) !== 0;
}

/** The chosen slot, as a request names it; undefined without one. */
export function slotOf(value: string): { day: string; slot: string } | undefined {
  const [day = "", slot = ""] = value.split(" ");
  return day && slot ? { day, slot } : undefined;
}

/** A date some days later. */
export function later(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}

const cutover = 4; // the hour at which a business day begins, as package hours has it

/** A wall clock as the day's clock writes it: "01:30" at night is "25:30". */
export function dayClock(wall: string): string {
  const hour = Number(wall.slice(0, 2));
  return hour < cutover ? `${hour + 24}${wall.slice(2)}` : wall;
}
