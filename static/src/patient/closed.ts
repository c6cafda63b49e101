// The notice that the web desk issues no tickets now: the reason, the end, and the
// clinic's phone number.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Clock } from "../lib/clock.ts";
import { takesTickets, type Reception } from "../lib/status.ts";
import { stopReason } from "../lib/boardtext.ts";
import { leftOf, when } from "../lib/when.ts";
import type { Board } from "../wire.ts";
import type { PatientWords } from "./words.ts";

export function closed(w: PatientWords, b: Board, reception: Reception, clock: Clock, tel: string): TemplateResult | typeof nothing {
  if (takesTickets(reception)) return nothing;
  const reason = stopReason(w, b);
  return html`<section class="closed">
    <p id="refusal">${w.t(`closed.${reception}`)}</p>
    ${reason ? html`<p class="why">${w.t("closed.why", { reason })}</p>` : nothing}
    ${opening(w, b, clock)}
    ${reception === "full" ? html`<p class="small">${w.t("closed.reopen")}</p>` : nothing}
    ${reception === "before" ? html`<p class="small">${w.t("closed.ready")}</p>` : nothing}
    ${reception === "before" ? nothing : phone(w, tel)}
  </section>`;
}

/** The countdown changes every second, and is therefore not read aloud. */
function opening(w: PatientWords, b: Board, clock: Clock): TemplateResult | typeof nothing {
  if (!b.opensAt) return nothing;
  const left = leftOf(clock.until(b.opensAt));
  return html`<p class="opens">${w.t("board.opens")} <b>${when(w, b.opensAt, b.day)}</b></p>
    ${left ? html`<p class="left" id="left" role="timer">${w.t(`left.${left.unit}`, { h: left.h, m: left.m, s: left.s })}</p>` : nothing}`;
}

/** The clinic's telephone, where it has one. */
export function phone(w: PatientWords, tel: string): TemplateResult | typeof nothing {
  if (tel === "") return nothing;
  return html`<p class="phone">${w.t("closed.phone")} <a href=${"tel:" + tel.replace(/[^+\d]/g, "")}>${tel}</a></p>`;
}
