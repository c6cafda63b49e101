// Closing a day or a session of a service to booking. The desk first gets the list of the
// patients with their phone numbers. The list stays after the closing. A closed day is
// opened again in the same form.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { newKey } from "../lib/api.ts";
import { field } from "../lib/element.ts";
import { dayText } from "../lib/days.ts";
import { affectedList } from "../staff/affected.ts";
import type { Page } from "../staff/page.ts";
import type { DateClosed, DayBookings, StaffService } from "../wire.ts";

interface Closing {
  service: string;
  day: string;
  session: string; // "": the whole day
  list: DayBookings | undefined;
  cancelled: number | undefined; // after the closing
}

export class DateClosing {
  private now: Closing | undefined;

  constructor(private readonly page: Page) {}

  render(s: StaffService): TemplateResult {
    const { page } = this;
    const { w } = page;
    const { service, day: today } = s.board;
    const key = "close " + service;
    const open = page.ui.open?.of === key;
    const toggle = () => {
      this.now = undefined;
      page.set({ open: open ? undefined : { of: key, form: "close" } });
    };
    const submit = (e: Event) => {
      e.preventDefault();
      const f = e.currentTarget as HTMLFormElement;
      void this.read({ service, day: field(f, "day"), session: field(f, "session"), list: undefined, cancelled: undefined });
    };
    return html`<section class="closing">
      <button type="button" data-close-date aria-expanded=${open ? "true" : "false"} .disabled=${page.busy} @click=${toggle}>${w.t("slots.close")}</button>
      ${open ? html`<form class="ask" @submit=${submit}>
        <p>${w.t("slots.closeHow")}</p>
        <div class="pair">
          <label>${w.t("slots.day")} <input type="date" name="day" required min=${today} .defaultValue=${today} data-first></label>
          <label>${w.t("staff.session")} <select name="session"><option value="">${w.t("slots.wholeDay")}</option>
            ${(["morning", "afternoon", "evening"] as const).map((x) => html`<option value=${x}>${w.t(`session.${x}`)}</option>`)}</select></label>
        </div>
        <button type="submit" .disabled=${page.busy}>${w.t("slots.closeList")}</button>
        ${this.now?.service === service ? this.list(this.now) : nothing}
      </form>` : nothing}
    </section>`;
  }

  private list(c: Closing): TemplateResult | typeof nothing {
    const { page } = this;
    const { w } = page;
    if (!c.list) return nothing;
    const day = dayText(w, c.day, c.session);
    const n = c.list.tickets.length;
    const send = (text: string) => html`<button type="button" class="danger" data-act="close-yes" .disabled=${page.busy} @click=${() => void this.close(c)}>${text}</button>`;
    const no = html`<button type="button" data-act="close-no" @click=${() => page.set({ open: undefined })}>${w.t("staff.no")}</button>`;
    const closed = c.list.closed ? html`<p class="note" role="status">${w.t("slots.closedDay", { day: dayText(w, c.day, c.list.closed === "day" ? "" : c.session) })}</p>
      <button type="button" data-act="reopen" .disabled=${page.busy} @click=${() => void this.reopen(c)}>${w.t("slots.reopen")}</button>` : nothing;
    if (n === 0) {
      return html`<p role="status">${w.t("slots.closeNobody", { day })}</p>
        ${c.cancelled !== undefined ? html`<p class="note" role="status">${w.t("slots.closedNone")}</p>` : c.list.closed ? closed : html`${send(w.t("slots.closeStop"))} ${no}`}`;
    }
    return html`<div class="who">
      <h4>${w.t("slots.closeWho", { day, n })}</h4>
      ${affectedList(w, c.list.tickets)}
      ${c.cancelled !== undefined
        ? html`<p class="note" role="status">${w.t("slots.closed", { n: c.cancelled })}</p>`
        : html`${closed}<p>${w.t("slots.closeAsk", { n })}</p> ${send(w.t("slots.closeYes", { n }))} ${no}`}
    </div>`;
  }

  private path(c: Closing): string {
    return `/v1/services/${c.service}/days/${c.day}`;
  }

  private async read(c: Closing): Promise<void> {
    const query = c.session ? `?session=${encodeURIComponent(c.session)}` : "";
    const list = await this.page.send(this.page.w.t("slots.closeList"), { method: "GET", path: `${this.path(c)}/bookings${query}` });
    this.now = list ? { ...c, list: list as DayBookings } : undefined;
    this.page.redraw();
  }

  /** Takes bookings again. */
  private async reopen(c: Closing): Promise<void> {
    const { page } = this;
    const body = c.list?.closed === "session" ? { session: c.session } : {};
    const list = await page.send(page.w.t("slots.reopen"), { method: "POST", path: `${this.path(c)}/open`, key: newKey(), body });
    if (list) this.now = { ...c, list: list as DayBookings };
    page.redraw();
  }

  /** The bookings have changed since: the list is read again, and the desk is asked again. */
  private async close(c: Closing): Promise<void> {
    const { page } = this;
    let changed = false;
    const body = { affected: c.list?.affected ?? "", ...(c.session ? { session: c.session } : {}) };
    const call = { method: "POST", path: `${this.path(c)}/close`, key: newKey(), body } as const;
    const done = (await page.send(page.w.t("slots.close"), call, (f) => (changed = f.code === "bookings_affected"))) as DateClosed | undefined;
    if (changed) {
      await this.read(c);
      return page.report(page.w.t("slots.closeChanged"));
    }
    if (!done) return;
    this.now = { ...c, cancelled: done.cancelled };
    page.redraw();
    void page.bookings.changed();
  }
}
