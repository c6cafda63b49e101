// The way to hand a ticket on: a code to be scanned, and a link to be sent. The
// token stands in the fragment of both, which no server sees.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Own } from "./own.ts";
import { pageOf } from "./card.ts";
import type { PatientWords } from "./words.ts";

export interface HandState {
  script: string; // what draws codes; fetched when a code is asked for
  copied: boolean;
  copy(link: string): void;
}

export function hand(w: PatientWords, own: Own, s: HandState): TemplateResult {
  const link = location.origin + pageOf(own);
  const toggled = (e: Event) => (e.currentTarget as HTMLDetailsElement).open && draw(s.script);
  const share = "share" in navigator ? () => void navigator.share({ url: link }).catch(() => {}) : undefined; // who closes the sheet means it
  return html`<details class="hand" @toggle=${toggled}>
    <summary>${w.t("mine.hand")}</summary>
    <p class="small">${w.t("mine.handNote")}</p>
    <junban-code text=${link} label=${w.t("mine.codeLabel")}></junban-code>
    <label>${w.t("mine.link")}<input id="link" readonly .value=${link} @focus=${(e: Event) => (e.target as HTMLInputElement).select()}></label>
    ${"clipboard" in navigator ? html`<button type="button" id="copy" @click=${() => s.copy(link)}>${w.t(s.copied ? "mine.copied" : "mine.copy")}</button>` : nothing}
    ${share ? html`<button type="button" id="share" @click=${share}>${w.t("mine.share")}</button>` : nothing}
  </details>`;
}

/** Fetches what draws codes, once. Without it the link is there all the same. */
function draw(script: string): void {
  if (!script || document.querySelector(`script[src="${script}"]`)) return;
  const e = document.createElement("script");
  e.src = script;
  document.head.appendChild(e);
}
