// The sentence for a refusal.

import type ja from "../locale/ja.json";
import type { Failure } from "./api.ts";
import type { Words } from "./i18n.ts";

/** Returns the reason, with the name of the field that the server refused. */
export function why(w: Words<Pick<typeof ja, "patient" | "problem">>, f: Pick<Failure, "code" | "errors">): string {
  const label = w.find("patient", /^\/patient\/(\w+)$/.exec(f.errors[0]?.pointer || "")?.[1] || "");
  if (label) return w.t("problem.field", { field: label });
  return w.find("problem", f.code) || w.t("problem.unknown");
}
