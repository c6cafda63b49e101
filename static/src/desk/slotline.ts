// The line of a service in slot mode: the tickets by slot, with the figures and free
// seats of each. Patients who have arrived come first, in the order of the calls.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Page } from "../staff/page.ts";
import type { DeskSlot, StaffService, StaffTicket } from "../wire.ts";
import { bySlot, left, passed, slotFigures, type SlotGroup } from "./slotfigures.ts";

const ended = ["done", "cancelled", "no_show"];

/** all are the tickets of the clinic; list renders some tickets of the line. */
export function slotLine(page: Page, s: StaffService, all: StaffTicket[], line: StaffTicket[], list: (tickets: StaffTicket[]) => TemplateResult): TemplateResult {
  const { w } = page;
  const over = line.filter((t) => ended.includes(t.state));
  const groups = bySlot(s.slots ?? [], line.filter((t) => !ended.includes(t.state)));
  const serving = s.board.slots?.serving ?? "";
  const n = passed(groups, serving);
  const section = (g: SlotGroup) => slotSection(page, s, g, all, g.slot !== undefined && g.slot.slot === serving, list);
  return html`<div class="byslot" tabindex="0" role="region" aria-label=${s.board.name}>
    ${n > 0 ? html`<details><summary>${w.t("slots.passed", { n })}</summary>${groups.slice(0, n).map(section)}</details>` : nothing}
    ${groups.slice(n).map(section)}
    ${over.length > 0 ? html`<section><h4>${w.t("slots.over")}</h4>${list(over)}</section>` : nothing}
  </div>`;
}

function slotSection(page: Page, s: StaffService, g: SlotGroup, all: StaffTicket[], serving: boolean, list: (tickets: StaffTicket[]) => TemplateResult): TemplateResult {
  const { w } = page;
  const { slot, tickets } = g;
  return html`<section class=${serving ? "slot serving" : "slot"} data-slot=${slot?.slot ?? ""}>
    <header>
      <h4>${slot ? html`<span translate="no">${slot.slot} – ${slot.to}</span>` : w.t("slots.outside")}</h4>
      ${serving ? html`<strong class="now">▶ ${w.t("slots.serving")}</strong>` : nothing}
      ${slot ? html`<span class="counts">${w.t("slots.figures", { ...slotFigures(slot, s.board.service, all) })}</span> ${free(page, slot)}` : nothing}
    </header>
    ${tickets.length > 0 ? list(tickets) : nothing}
  </section>`;
}

function free(page: Page, slot: DeskSlot): TemplateResult {
  const { w } = page;
  const seat = (n: number | undefined) => (n === undefined ? w.t("slots.unlimited") : n > 0 ? String(n) : "×");
  return html`<span class="seats">${w.t("slots.free", { web: seat(left(slot.web)), desk: seat(left(slot.desk)) })}</span>`;
}
