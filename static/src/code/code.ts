// <junban-code text="…" label="…"> draws a QR code. It is a file of its own,
// which a page fetches when somebody wants to see one.

import { encode } from "./qr.ts";

const quiet = 4; // modules around a code that stay white, as readers want it

class Code extends HTMLElement {
  static readonly observedAttributes = ["text", "label"];

  attributeChangedCallback(): void {
    const rows = encode(this.getAttribute("text") ?? "");
    this.textContent = "";
    if (rows) this.appendChild(drawing(rows, this.getAttribute("label") ?? ""));
  }
}

function drawing(rows: boolean[][], label: string): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const size = String(rows.length + 2 * quiet);
  const part = (name: string, facts: Record<string, string>) => {
    const e = document.createElementNS(space, name) as SVGElement;
    for (const key of Object.keys(facts)) e.setAttribute(key, facts[key] as string);
    return e;
  };
  let path = "";
  rows.forEach((row, y) => row.forEach((black, x) => (path += black ? `M${x + quiet} ${y + quiet}h1v1h-1z` : "")));
  const svg = part("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label });
  svg.appendChild(part("rect", { width: size, height: size, fill: "#fff" }));
  svg.appendChild(part("path", { d: path, fill: "#000", "shape-rendering": "crispEdges" }));
  return svg;
}

customElements.define("junban-code", Code);
