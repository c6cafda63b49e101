// The choice of a day to come, as an element of a form.

import { html, type TemplateResult } from "../../vendor/lit/lit.js";
import type ja from "../locale/ja.json";
import type { Day } from "../wire.ts";
import { choices } from "./days.ts";
import type { Words } from "./i18n.ts";

type SelectWords = Words<Pick<typeof ja, "date" | "session" | "days" | "patient">>;

/** Its value is for dayOf; strict: what is full cannot be chosen. */
export function daySelect(w: SelectWords, days: Day[], first: boolean, strict: boolean): TemplateResult {
  return html`<label>${w.t("days.when")}
    <select name="day" required><option value="">${w.t("patient.chooseKind")}</option>
      ${choices(w, days, first).map((c) => html`<option value=${c.value} .disabled=${strict && c.full}>${c.text}</option>`)}</select></label>`;
}
