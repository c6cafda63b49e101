// The place of the notices on the page of a ticket. What fills it is a script of its own,
// which the page loads with its first ticket: a visitor without one does not need it.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Ticket } from "../wire.ts";
import type { Own } from "./own.ts";

/** The element of the notices. page names its style, texts and script, unless the server sends no notices. */
export function tellme(page: HTMLElement, own: Own, t: Ticket): TemplateResult | typeof nothing {
  if (!page.hasAttribute("tellme")) return nothing;
  if (!document.getElementById("tellme-style")) load(page);
  return html`<junban-tellme ticket=${own.id} token=${own.token} day=${t.day} unit=${t.unit || ""} state=${[t.state, t.ahead, t.attempt].join()}></junban-tellme>`;
}

function load(page: HTMLElement): void {
  const url = (part: string) => page.getAttribute("tellme" + part) || "";
  const script = (src: string) => Object.assign(document.createElement("script"), { src, async: false });
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: url("-style"), id: "tellme-style" }), script(url("-words")), script(url("")));
}
