// The way to share a ticket: a code to be scanned, and a link to be sent. The
// fragment of the link has the token, which no log of a server has.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { QRCode } from "../wire.ts";
import type { Own } from "./own.ts";
import { pageOf } from "./card.ts";
import type { PatientWords } from "./words.ts";

export interface ShareState {
  code: QRCode | undefined; // undefined until it is received; the link does not need it
  askCode(): void;
  copied: boolean;
  copy(link: string): void;
}

export function share(w: PatientWords, own: Own, s: ShareState): TemplateResult {
  const link = location.origin + pageOf(own);
  const toggled = (e: Event) => (e.currentTarget as HTMLDetailsElement).open && s.askCode();
  const send = "share" in navigator ? () => void navigator.share({ url: link }).catch(() => {}) : undefined; // closing the sheet is no error
  return html`<details class="share" @toggle=${toggled}>
    <summary>${w.t("mine.elsewhere")}</summary>
    <p class="small">${w.t("mine.elsewhereNote")}</p>
    ${s.code ? drawing(s.code, w.t("mine.codeLabel")) : nothing}
    <label>${w.t("mine.link")}<input id="link" readonly .value=${link} @focus=${(e: Event) => (e.target as HTMLInputElement).select()}></label>
    ${"clipboard" in navigator ? html`<button type="button" id="copy" @click=${() => s.copy(link)}>${w.t(s.copied ? "mine.copied" : "mine.copy")}</button>` : nothing}
    ${send ? html`<button type="button" id="share" @click=${send}>${w.t("mine.share")}</button>` : nothing}
  </details>`;
}

function drawing({ size, path }: QRCode, label: string): TemplateResult {
  return html`<svg class="code" viewBox=${`0 0 ${size} ${size}`} shape-rendering="crispEdges" role="img" aria-label=${label}>
    <rect width=${size} height=${size} fill="#fff"/><path d=${path} fill="#000"/></svg>`;
}
