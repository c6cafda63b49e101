// The line of a service in slot mode: the tickets by slot, with the figures and free
// seats of each. Patients who have arrived come first, in the order of the calls.

import { html, nothing, repeat, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Page } from "../staff/page.ts";
import type { StaffService, StaffTicket } from "../wire.ts";
import { bySlot, leftOf, slotFigures, slotRuns, type SlotGroup, type SlotRun } from "./slotfigures.ts";

const ended = ["done", "cancelled", "no_show"];

/** all are the tickets of the clinic; list renders some tickets of the line. */
export function slotLine(page: Page, s: StaffService, all: StaffTicket[], line: StaffTicket[], list: (tickets: StaffTicket[]) => TemplateResult): TemplateResult {
  const { w } = page;
  const over = line.filter((t) => ended.includes(t.state));
  const serving = s.board.slots?.serving ?? "";
  const runs = slotRuns(bySlot(s.slots ?? [], line.filter((t) => !ended.includes(t.state))), serving);
  const section = (g: SlotGroup) => slotSection(page, s, g, all, g.slot !== undefined && g.slot.slot === serving, list);
  const seen = runs.some((r) => r.groups.some((g) => g.slot?.slot === serving));
  return html`${seen ? html`<button type="button" data-serving @click=${toServing}>${w.t("slots.toServing", { slot: serving })}</button>` : nothing}
  <div class="byslot" tabindex="0" role="region" aria-label=${s.board.name}>
    ${repeat(runs, keyOf, (r) => (r.folds ? fold(page, r, section) : r.groups.map(section)))}
    ${over.length > 0 ? html`<section><h4>${w.t("slots.over")}</h4>${list(over)}</section>` : nothing}
  </div>`;
}

/** A run keeps its element, and so stays open, while its first slot is the same. */
function keyOf(r: SlotRun): string {
  return `${r.folds ? "fold" : "slot"} ${r.groups[0]?.slot?.slot ?? ""}`;
}

function fold(page: Page, r: SlotRun, section: (g: SlotGroup) => TemplateResult): TemplateResult {
  const { w } = page;
  const slots = r.groups.map((g) => g.slot).filter((slot) => slot !== undefined);
  const span = { from: slots[0]?.slot ?? "", to: slots[slots.length - 1]?.to ?? "", n: slots.length };
  return html`<details class="fold"><summary>${w.t(r.earlier ? "slots.passed" : "slots.empty", span)}
      ${r.earlier ? nothing : free(page, leftOf(slots.map((slot) => slot.web)), leftOf(slots.map((slot) => slot.desk)))}</summary>
    ${r.groups.map(section)}</details>`;
}

/** Brings the slot being seen to the top of the line, and the keyboard to its name. */
function toServing(e: Event): void {
  const line = (e.currentTarget as Element).nextElementSibling;
  const name = line?.querySelector<HTMLElement>(".serving h4");
  name?.closest(".slot")?.scrollIntoView({ block: "nearest" });
  if (line && name) line.scrollTop += name.getBoundingClientRect().top - line.getBoundingClientRect().top;
  name?.focus({ preventScroll: true });
}

function slotSection(page: Page, s: StaffService, g: SlotGroup, all: StaffTicket[], serving: boolean, list: (tickets: StaffTicket[]) => TemplateResult): TemplateResult {
  const { w } = page;
  const { slot, tickets } = g;
  return html`<section class=${serving ? "slot serving" : "slot"} data-slot=${slot?.slot ?? ""}>
    <header>
      <h4 tabindex=${serving ? "-1" : nothing}>${slot ? html`<span translate="no">${slot.slot} – ${slot.to}</span>` : w.t("slots.outside")}</h4>
      ${serving ? html`<strong class="now">▶ ${w.t("slots.serving")}</strong>` : nothing}
      ${slot ? html`<span class="counts">${w.t("slots.figures", { ...slotFigures(slot, s.board.service, all) })}</span> ${free(page, leftOf([slot.web]), leftOf([slot.desk]))}` : nothing}
    </header>
    ${tickets.length > 0 ? list(tickets) : nothing}
  </section>`;
}

/** The free seats, undefined without a limit. */
function free(page: Page, web: number | undefined, desk: number | undefined): TemplateResult {
  const { w } = page;
  const seat = (n: number | undefined) => (n === undefined ? w.t("slots.unlimited") : n > 0 ? String(n) : "×");
  return html`<span class="seats">${w.t("slots.free", { web: seat(web), desk: seat(desk) })}</span>`;
}
