// Whether single letters, digits and signs are keys of the desk (WCAG 2.1.4). Users of
// speech input, or with a tremor, switch them off. Each device remembers its setting.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { device } from "../lib/storage.ts";
import type { StaffWords } from "./words.ts";

const kept = "junban.letters";

export function lettersAct(): boolean {
  return device.get(kept, (v): v is boolean => typeof v === "boolean") ?? true;
}

/** The switch; changed is called after a change. */
export function letterSwitch(w: StaffWords, changed: () => void): TemplateResult {
  const set = (e: Event) => {
    device.put(kept, (e.currentTarget as HTMLInputElement).checked);
    changed();
  };
  return html`<label class="check"><input type="checkbox" data-letters .checked=${lettersAct()} @change=${set}> ${w.t("keys.letters")}
    <small>${w.t("keys.lettersHint")}</small></label>`;
}

/** The key of a button, as a mark on it; none while single keys are off. */
export function mark(key: string | number): TemplateResult | typeof nothing {
  return lettersAct() ? html`<kbd>${key}</kbd>` : nothing;
}
