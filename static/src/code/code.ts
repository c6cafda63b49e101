// <junban-code text="…" label="…"> draws a QR code. It is a file of its own,
// which a page fetches when somebody wants to see one.

import { encode } from "./qr.ts";

const quiet = 4; // modules around a code that stay white, as readers want it

class Code extends HTMLElement {
  static readonly observedAttributes = ["text", "label"];

  attributeChangedCallback(): void {
    const rows = encode(this.getAttribute("text") ?? "");
    this.innerHTML = rows ? drawing(rows) : "";
    this.firstElementChild?.setAttribute("aria-label", this.getAttribute("label") ?? "");
  }
}

/** Nothing but figures goes into it. */
function drawing(rows: boolean[][]): string {
  const size = rows.length + 2 * quiet;
  let path = "";
  rows.forEach((row, y) => row.forEach((black, x) => (path += black ? `M${x + quiet} ${y + quiet}h1v1h-1z` : "")));
  return `<svg viewBox="0 0 ${size} ${size}" role="img"><rect width="${size}" height="${size}" fill="white"/><path d="${path}" shape-rendering="crispEdges"/></svg>`;
}

customElements.define("junban-code", Code);
