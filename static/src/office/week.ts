// The week as a table with a row for each day. A narrow page shows a card for each day
// instead. A day's form opens under its row.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { sessionName } from "../lib/days.ts";
import type { StaffWords } from "../staff/words.ts";
import { sessions, webWindow, weekdays, type Calendar, type Frame } from "./calendar.ts";

/** form is the form of a day, where it is open; toggle opens and closes it. */
export function weekTable(w: StaffWords, c: Calendar, form: (day: string) => TemplateResult | undefined, toggle: (day: string) => void): TemplateResult {
  const framesOf = (day: string) => c.weekly?.[day] ?? [];
  const used = weekdays.map(framesOf).reduce<string[]>((all, frames) => [...all, ...frames.map((f) => f.session)], []);
  const columns = [...sessions, ...used].filter((s, i, all) => used.includes(s) && all.indexOf(s) === i);
  const wide = columns.length + 3;
  return html`<table class="week">
    <caption>${w.t("timetable.week")}</caption>
    <thead><tr><td></td>${columns.map((s) => html`<th scope="col">${sessionName(w, s)}</th>`)}
      <th scope="col">${w.t("timetable.webShort")}</th><td></td></tr></thead>
    ${weekdays.map((day) => {
      const of = framesOf(day);
      const name = w.find("week", day) ?? day;
      const open = form(day);
      return html`<tbody>
        <tr class="day ${of.length === 0 ? "shut" : ""}"><th scope="row">${name}</th>
          ${of.length === 0
            ? html`<td colspan=${wide - 2}>${w.t("timetable.closedDay")}</td>`
            : html`${columns.map((s) => cell(sessionName(w, s), of.filter((f) => f.session === s).map((f) => hours(f.consult))))}
              ${cell(w.t("timetable.webShort"), of.map((f) => hours(webWindow(f))))}`}
          <td class="change"><button type="button" data-edit=${day} aria-expanded=${open ? "true" : "false"}
            aria-label=${w.t("timetable.changeOf", { of: name })} @click=${() => toggle(day)}>${w.t("timetable.change")}</button></td></tr>
        ${open ? html`<tr><td class="form" colspan=${wide}>${open}</td></tr>` : nothing}
      </tbody>`;
    })}
  </table>`;
}

/** A value with its name, for cards without a column heading. */
function cell(name: string, all: string[]): TemplateResult {
  return all.length === 0 ? html`<td class="none"></td>` : html`<td><span class="of">${name}</span> ${all.map((text) => html`<span class="time">${text}</span> `)}</td>`;
}

/** "09:00–12:00", or the part that is filled in. */
function hours(s: Frame["consult"] | undefined): string {
  return s && (s.from || s.to) ? `${s.from ?? ""}–${s.to ?? ""}` : "";
}
