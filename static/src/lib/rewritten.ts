// Protects what the pages write from programs that rewrite text: the translators of
// browsers, and extensions.
//
// A translator replaces a text node by <font> elements. Lit would continue to write
// into the removed node, and would look for its neighbour in the wrong place. So each
// part of a template ends in a comment, and a changed text is always a new node. A
// figure that must not be translated (translate="no") is written again when its text
// was replaced. When a part has left the document, rendering fails, and the page
// renders from the start.
//
// Every text of a template is isolated here too, in one place for all pages.

import { nothing, render } from "../../vendor/lit/lit.js";
import type { Status } from "./feed.ts";
import { isolated } from "./isolated.ts";
import { linkView, type LinkView } from "./status.ts";

/** What this module uses of Lit's ChildPart; Lit keeps these names stable for its own server-side rendering. */
interface Part {
  _$AA: ChildNode; // the comment before the content
  _$AB: ChildNode | null; // the node after the content
  _$AH: unknown; // the value that was written
  _$AI(value: unknown, parent?: unknown): void; // writes a value
  _$AR(): void; // removes the content
}

const alteredFor = 30_000; // ms, for which the page warns after a figure was found altered
let alteredAt = -alteredFor; // ms of performance.now

/** How fresh the page is. It is not live while another program changes its figures. */
export function freshnessOf(s: Status): LinkView {
  const view = linkView(s, Date.now());
  return performance.now() - alteredAt < alteredFor ? { ...view, link: "stale", label: "altered", warn: true } : view;
}

const proto = Object.getPrototypeOf(render(nothing, document.createDocumentFragment())) as Part;
const write = proto._$AI;

proto._$AI = function (this: Part, value: unknown, parent?: unknown): void {
  if (typeof value === "string" && (this._$AA.parentNode as Node).nodeName !== "BDI") value = isolated(value);
  const was = this._$AH;
  const end = this._$AB;
  if (was === nothing) {
    if (end instanceof Text) this._$AB = end.parentNode?.insertBefore(document.createComment(""), end) ?? end;
  } else if (!this._$AA.isConnected) {
    throw new Error("detached part");
  } else if (typeof was === "string" || typeof was === "number") {
    const torn = value === was && this._$AA.parentElement?.translate === false && shown(this) !== String(was);
    if (torn) alteredAt = performance.now();
    if (torn || value !== was) {
      this._$AR();
      this._$AH = nothing;
    }
  }
  write.call(this, value, parent);
};

function shown({ _$AA: start, _$AB: end }: Part): string {
  let text = "";
  for (let n = start.nextSibling; n && n !== end; n = n.nextSibling) text += n.textContent ?? "";
  return text;
}

/** Renders into a root, also after other programs have changed its text. */
export function draw(view: unknown, root: HTMLElement): void {
  try {
    render(view, root);
  } catch {
    root.textContent = "";
    delete (root as { _$litPart$?: unknown })._$litPart$;
    render(view, root);
  }
}
