// Links within a long page on a phone: to each line, the bookings, and the search.

import { html, type TemplateResult } from "../../vendor/lit/lit.js";
import type { StaffWords } from "../staff/words.ts";
import type { Staff } from "../wire.ts";

export function jumps(page: HTMLElement & { readonly w: StaffWords }, staff: Staff): TemplateResult {
  const { w } = page;
  const to = (selector: string, name: string) => html`<button type="button" data-jump=${selector}
    @click=${() => jump(page, selector)}>${name}</button>`;
  return html`<nav class="jumps" aria-label=${w.t("staff.jumps")}>
    ${staff.services.map(({ board }) => to(`#service-${board.service} h2`, board.name))}
    ${to("[data-bookings]", w.t("staff.jumpBookings"))} ${to("#find", w.t("keys.find"))}
  </nav>`;
}

function jump(page: HTMLElement, selector: string): void {
  const at = page.querySelector<HTMLElement>(selector);
  at?.scrollIntoView({ block: selector.charAt(0) === "#" ? "start" : "center" });
  at?.focus({ preventScroll: true });
}
