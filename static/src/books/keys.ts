// The keyboard of the books. Letters and signs do nothing while a field has the focus,
// and can be switched off as at the desk; arrows, Enter and Escape always work.

import { html, type TemplateResult } from "../../vendor/lit/lit.js";
import { letterSwitch, lettersAct, mark } from "../staff/letters.ts";
import { views, type BooksWords } from "./host.ts";
import { pick, step } from "./list.ts";

export interface Keyed extends HTMLElement {
  back(): void;
  help(): void;
}

/** Letters click the button or focus the field that has them as data-key. */
export function listen(page: Keyed): () => void {
  let taken = false; // the field with the focus must not receive the letter of that key
  const take = (e: KeyboardEvent, run: () => void) => {
    e.preventDefault();
    taken = true;
    run();
  };
  const letter = (e: Event) => taken && e.preventDefault();
  const onKey = (e: KeyboardEvent) => {
    taken = false;
    if (e.ctrlKey || e.altKey || e.metaKey || e.isComposing || e.defaultPrevented) return;
    const at = e.target as HTMLElement;
    const text = at.matches("textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=button])");
    if (e.key === "Escape") return take(e, () => page.back());
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      if (text && !(at.matches("[data-search]") && e.key === "ArrowDown")) return;
      if (at.matches("input[type=radio]") || at.closest("[role=dialog]")) return;
      if (step(page, e.key === "ArrowDown" ? 1 : -1)) e.preventDefault();
      return;
    }
    if (text || e.repeat || !lettersAct() || e.key.length !== 1) return;
    if (e.key === "?") return take(e, () => page.help());
    if (e.key.toLowerCase() === "x") return take(e, pick);
    const button = Array.from(page.querySelectorAll<HTMLElement>(`[data-key="${CSS.escape(e.key.toLowerCase())}"]`)).find((b) => b.offsetParent !== null);
    if (!button) return;
    take(e, () => {
      if (!button.matches("input")) return button.click();
      button.focus();
      (button as HTMLInputElement).select();
    });
  };
  document.addEventListener("keydown", onKey);
  document.addEventListener("keypress", letter);
  return () => {
    document.removeEventListener("keydown", onKey);
    document.removeEventListener("keypress", letter);
  };
}

const list = [
  ["/", "keySearch"], ["↑ ↓", "keyStep"], ["Enter", "keyOpen"], ["X", "keyPick"], ["Esc", "keyBack"], ["N", "keyNew"], ["E", "keyEdit"], ["L", "keyLedger"], ["M", "keyMore"], ["?", "keyHelp"],
] as const;
const always = ["↑ ↓", "Enter", "Esc"];

export function help(w: BooksWords, close: () => void, changed: () => void): TemplateResult {
  const shown = list.filter(([key]) => lettersAct() || always.includes(key));
  const tabs = lettersAct() ? views.map((v, i) => html`<div><dt><kbd>${i + 1}</kbd></dt><dd>${w.t(`books.view_${v}`)}</dd></div>`) : [];
  return html`<section class="help" id="help" role="dialog" tabindex="-1" aria-label=${w.t("keys.title")}>
    <h2>${w.t("keys.title")}</h2>
    ${letterSwitch(w, changed)}
    <dl>${shown.map(([key, text]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${w.t(`books.${text}`)}</dd></div>`)}${tabs}</dl>
    <button type="button" @click=${close}>${w.t("staff.dismiss")} ${mark("?")}</button>
  </section>`;
}
