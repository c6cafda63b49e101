// The types of lit.js, for the type check alone: they come from the package
// "lit", which package.json pins at the version that lit.js was made from.
export { LitElement, html, nothing } from "lit";
export type { TemplateResult } from "lit";
export { repeat } from "lit/directives/repeat.js";
