// The web desk of a service: its state and its manual override. The override opens,
// pauses or closes it with a public reason, or returns it to the timetable.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { field } from "../lib/element.ts";
import { receptionOf } from "../lib/status.ts";
import { stopReason } from "../lib/boardtext.ts";
import { put } from "../staff/calls.ts";
import type { Page } from "../staff/page.ts";
import { options, when } from "../staff/words.ts";
import type { StaffService } from "../wire.ts";

const settings = [
  ["auto", "staff.auto"],
  ["open", "staff.open"],
  ["paused", "staff.pause"],
  ["closed", "staff.close"],
] as const;

const reasons = ["crowded", "urgent", "doctor"];

/** Whether the web desk has paused by itself, because of a surge. */
const pausedItself = (s: StaffService): boolean => s.manual === "paused" && s.board.stopReason === "surge";

/** The web desk has paused by itself: why, and the button that opens it again. */
export function surge(page: Page, s: StaffService): TemplateResult | typeof nothing {
  const { w } = page;
  if (!pausedItself(s)) return nothing;
  const open = () => void page.send(w.t("staff.reopen"), put(`/v1/services/${s.board.service}/reception`, { reception: "auto" }));
  return html`<p class="note warns surge" role="alert">⚠ ${w.t("staff.surge")}
    <button type="button" data-reopen .disabled=${page.busy} @click=${open}>${w.t("staff.reopen")}</button></p>`;
}

export function webDesk(page: Page, s: StaffService): TemplateResult {
  const { w } = page;
  const b = s.board;
  const by = pausedItself(s) ? "staff.itself" : "staff.manual";
  const notes = [
    s.manual ? w.t(s.manualUntil ? `${by}Until` : by, { time: when(s.manualUntil, b.day) }) : "",
    stopReason(w, b) ? w.t("staff.stopSaid", { reason: stopReason(w, b) }) : "",
    b.closesAt ? w.t("staff.closesAt", { time: when(b.closesAt, b.day) }) : "",
    b.opensAt ? w.t("staff.opensAt", { time: when(b.opensAt, b.day) }) : "",
  ].filter((x) => x !== "");
  const given = [...reasons, "surge"].includes(b.stopReason ?? "") ? b.stopReason : undefined; // not the desk's own words
  return html`<form class="reception" role="group" @submit=${(e: Event) => e.preventDefault()} aria-label=${w.t("staff.reception")}>
    <h3>${w.t("staff.reception")}: ${w.t(`reception.${receptionOf(b)}`)}</h3>
    ${notes.length > 0 ? html`<p class="small">${notes.join(" / ")}</p>` : nothing}
    ${settings.map(([value, label]) => {
      const now = (s.manual || "auto") === value;
      const stops = value === "paused" || value === "closed";
      const set = (e: Event) => {
        const f = (e.currentTarget as HTMLButtonElement).form;
        const reason = f && stops ? field(f, "other") || field(f, "reason") : "";
        const path = `/v1/services/${b.service}/reception`;
        const typed = f && field(f, "other");
        void page.send(w.t("staff.reception"), put(path, { reception: value, reason })).then((done) => {
          if (done && f && field(f, "other") === typed) f.reset(); // else the next reason is being written
        });
      };
      return html`<button type="button" data-reception=${value} aria-pressed=${now ? "true" : "false"}
        .disabled=${page.busy || (now && !stops)} @click=${set}>${w.t(label)}</button>`;
    })}
    <label>${w.t("staff.stopReason")}
      <select name="reason">
        <option value="">${w.t("staff.stopUnsaid")}</option>
        ${options(w, "stop", reasons, given ?? "")}
      </select></label>
    <label>${w.t("staff.stopOther")}
      <input name="other" maxlength="500" autocomplete="off" .defaultValue=${given ? "" : (b.stopReason ?? "")}></label>
  </form>`;
}
