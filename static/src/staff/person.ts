// A patient's name, phone and card number. Each is isolated: a right-to-left name must
// not reorder a phone number.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { StaffTicket } from "../wire.ts";

export function personOf(t: Pick<StaffTicket, "name" | "phone" | "cardNumber">): TemplateResult {
  const parts = [t.name, t.phone, t.cardNumber].filter((x) => x !== "");
  return html`<span class="person">${parts.map((part, i) => html`${i > 0 ? " / " : nothing}<bdi translate="no">${part}</bdi>`)}</span>`;
}
