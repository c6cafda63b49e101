// What a screen shows before it is paired.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Pairing } from "../wire.ts";
import type { DisplayWords } from "./panel.ts";

export function pairView(w: DisplayWords, p: Pairing | undefined, out: boolean): TemplateResult {
  return html`<header><h1>${w.t("display.title")}</h1></header>
    <main class="pair">
      ${out ? html`<p class="plain">${w.t("display.shutOut")}</p>` : nothing}
      ${p
        ? html`<div class="code">
            <div><h2>${w.t("display.code")}</h2>
              <p id="code" aria-label=${p.code}>${p.code.slice(0, 3)} ${p.code.slice(3)}</p>
              <ol class="todo"><li>${w.t("display.pair1")}</li><li>${w.t("display.pair2")}</li><li>${w.t("display.pair3")}</li></ol></div>
            <svg viewBox=${`0 0 ${p.size} ${p.size}`} shape-rendering="crispEdges" role="img" aria-label=${p.link}>
              <rect width=${p.size} height=${p.size} fill="#fff"/><path d=${p.path} fill="#000"/></svg>
          </div>`
        : html`<p class="plain">${w.t("display.connecting")}</p>`}
    </main>`;
}
