// The texts of a Lit template without a page, for tests under Node.

import { nothing } from "../../vendor/lit/lit.js";

/** The HTML of a template without events and properties. */
function htmlOf(value: unknown): string {
  if (value === nothing || value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(htmlOf).join("");
  if (typeof value !== "object") return String(value).replace(/&/g, "&amp;").replace(/</g, "&lt;");
  const { strings, values } = value as { strings: string[]; values: unknown[] };
  return strings.map((s, i) => (i === 0 ? s : htmlOf(values[i - 1]) + s)).join("");
}

/** The texts of a board: one of each heading, paragraph and item, "name: value" of each figure. */
export function textsOf(template: unknown): string[] {
  const texts: string[] = [];
  let name = "";
  htmlOf(template).replace(/<(h[1-3]|p|li|dt|dd)\b[^>]*>([^]*?)<\/\1>/g, (_, tag: string, inner: string) => {
    const text = inner.replace(/<[^>]*>/g, " ").replace(/&lt;/g, "<").replace(/&amp;/g, "&").replace(/\s+/g, " ").trim();
    if (tag === "dt") name = text + ": ";
    else texts.push((tag === "dd" ? name : "") + text);
    return "";
  });
  return texts;
}
