// Whether single letters, digits and signs act as keys of the desk (WCAG 2.1.4).
// Who speaks to the device, or types with a tremor, switches them off; each
// device remembers it for itself.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { device } from "../lib/storage.ts";
import type { StaffWords } from "./words.ts";

const kept = "junban.letters";

export function lettersAct(): boolean {
  return device.get(kept, (v): v is boolean => typeof v === "boolean") ?? true;
}

/** The switch; changed is told when it is turned. */
export function letterSwitch(w: StaffWords, changed: () => void): TemplateResult {
  const set = (e: Event) => {
    device.put(kept, (e.currentTarget as HTMLInputElement).checked);
    changed();
  };
  return html`<label class="check"><input type="checkbox" data-letters .checked=${lettersAct()} @change=${set}> ${w.t("keys.letters")}
    <small>${w.t("keys.lettersHint")}</small></label>`;
}

/** The mark of a single key on what it presses; gone while such keys do nothing. */
export function mark(key: string | number): TemplateResult | typeof nothing {
  return lettersAct() ? html`<kbd>${key}</kbd>` : nothing;
}
