// The web desk of a service: what it is doing, and the hand that opens, pauses
// and closes it, or leaves it to the timetable.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { receptionOf } from "../lib/status.ts";
import type { StaffService } from "../wire.ts";
import { put, type Desk } from "./desk.ts";
import { when } from "./words.ts";

const settings = [
  ["auto", "staff.auto"],
  ["open", "staff.open"],
  ["paused", "staff.pause"],
  ["closed", "staff.close"],
] as const;

export function webDesk(desk: Desk, s: StaffService): TemplateResult {
  const { w } = desk;
  const b = s.board;
  const notes = [
    s.manual ? w.t(s.manualUntil ? "staff.manualUntil" : "staff.manual", { time: when(s.manualUntil, b.day) }) : "",
    b.closesAt ? w.t("staff.closesAt", { time: when(b.closesAt, b.day) }) : "",
    b.opensAt ? w.t("staff.opensAt", { time: when(b.opensAt, b.day) }) : "",
  ].filter((x) => x !== "");
  return html`<div class="reception" role="group" aria-label=${w.t("staff.reception")}>
    <h3>${w.t("staff.reception")}: ${w.t(`reception.${receptionOf(b)}`)}</h3>
    ${notes.length > 0 ? html`<p class="small">${notes.join(" / ")}</p>` : nothing}
    ${settings.map(([value, label]) => {
      const now = (s.manual || "auto") === value;
      const set = () =>
        void desk.press(w.t("staff.reception"), put(`/v1/services/${b.service}/reception`, { reception: value }));
      return html`<button type="button" data-reception=${value} aria-pressed=${now ? "true" : "false"}
        .disabled=${desk.busy || now} @click=${set}>${w.t(label)}</button>`;
    })}
  </div>`;
}
