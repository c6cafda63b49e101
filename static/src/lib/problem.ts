// What a refusal means, in words.

import type ja from "../locale/ja.json";
import type { Failure } from "./api.ts";
import type { Words } from "./i18n.ts";

/** Says why, and for a field that the server refuses, which one on the form that is. */
export function why(w: Words<Pick<typeof ja, "patient" | "problem">>, f: Pick<Failure, "code" | "detail">): string {
  const field = /^(?:patient\.)?(name|phone|cardNumber|partySize) /.exec(f.detail)?.[1];
  const label = f.code === "field_invalid" && field ? w.find("patient", field) : undefined;
  if (label) return w.t("problem.field", { field: label });
  return w.find("problem", f.code) ?? w.t("problem.unknown"); // the detail is in English
}
