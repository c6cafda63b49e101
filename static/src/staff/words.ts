// The texts of the staff page, and helpers for groups of them.

import { html, type TemplateResult } from "../../vendor/lit/lit.js";
import { clockTime } from "../lib/clock.ts";
import type { Words } from "../lib/i18n.ts";
import type { StaffTexts } from "./texts.ts";

export type StaffWords = Words<StaffTexts>;

/** The reasons for a change of the order, which are public. */
export const publicReasons = ["urgent", "exam", "desk"];

/** The options of a select whose values have their words in a group. */
export function options(
  w: StaffWords,
  group: keyof StaffTexts,
  values: readonly string[],
  chosen: string,
): TemplateResult[] {
  return values.map((v) => html`<option value=${v} .defaultSelected=${v === chosen}>${w.find(group, v) ?? v}</option>`);
}

/** A time of the contract on the clinic's clock, with its date where that is another: "11/24 08:30". */
export function when(at: string | undefined, day = ""): string {
  if (!at) return "";
  return at.slice(0, 10) === day ? clockTime(at) : `${Number(at.slice(5, 7))}/${Number(at.slice(8, 10))} ${clockTime(at)}`;
}
