// The seats of a normal week under the settings that are typed. The server counts them,
// because the rules of slots are there.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { call } from "../lib/api.ts";
import type { StaffWords } from "../staff/words.ts";
import type { WeekSeats } from "../wire.ts";

export class WeekSeatsView {
  private seats: WeekSeats | undefined; // undefined: unknown, or the settings are invalid
  private shown = ""; // the request whose answer is shown
  private wanted = ""; // the request for what is typed
  private path = "";
  private busy = false;

  constructor(private readonly redraw: () => void) {}

  /** Reads the seats for settings. While a request is running, only the newest settings wait. */
  read(path: string, settings: unknown): void {
    this.path = path;
    this.wanted = path + JSON.stringify(settings);
    void this.next(settings);
  }

  private async next(settings: unknown): Promise<void> {
    if (this.busy || this.wanted === this.shown) return;
    this.busy = true;
    const { wanted, path } = this;
    let seats: WeekSeats | undefined;
    try {
      seats = await call<WeekSeats>({ method: "POST", path, body: settings });
    } catch {
      seats = undefined;
    }
    this.busy = false;
    this.shown = wanted;
    this.seats = seats;
    this.redraw();
    if (this.wanted !== wanted) void this.next(JSON.parse(this.wanted.slice(this.path.length)));
  }

  render(w: StaffWords): TemplateResult {
    const count = (n: number | null) => (n === null ? w.t("settings.unlimited") : String(n));
    const { seats } = this;
    return html`<div class="preview whole" data-preview="seats" role="group" aria-label=${w.t("settings.week")} aria-live="polite">
      <p class="small">${w.t("settings.week")}</p>
      ${seats === undefined ? html`<p>${w.t("settings.weekUnknown")}</p>` : nothing}
      ${seats?.days.length === 0 ? html`<p>${w.t("settings.weekNone")}</p>` : nothing}
      ${seats && seats.days.length > 0 ? html`<p><strong>${w.t("settings.weekSum", { web: count(seats.web), desk: count(seats.desk), slots: seats.slots })}</strong></p>
        <div class="wide"><table><thead><tr><th scope="col">${w.t("settings.seatsDay")}</th><th scope="col">${w.t("settings.weekSlots")}</th>
          <th scope="col">${w.t("settings.seatsWeb")}</th><th scope="col">${w.t("settings.seatsDesk")}</th></tr></thead>
          <tbody>${seats.days.map((d) => html`<tr><th scope="row">${w.find("week", d.weekday) ?? d.weekday}</th><td>${d.slots}</td><td>${count(d.web)}</td><td>${count(d.desk)}</td></tr>`)}</tbody></table></div>
        <p class="small">${w.t("settings.weekHint")}</p>` : nothing}</div>`;
  }
}
