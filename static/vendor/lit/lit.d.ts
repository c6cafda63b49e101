// The types of lit.js, for the type check alone: they come from the package
// "lit", which package.json pins at the version that lit.js was made from.
export { html, nothing, render } from "lit/html.js";
export type { TemplateResult } from "lit/html.js";
export { repeat } from "lit/directives/repeat.js";
