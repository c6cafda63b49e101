// The fields that the server refused, by their paths in the form.

import type { Failure } from "../lib/api.ts";
import type { Values } from "../lib/i18n.ts";

export interface Invalid {
  path: string; // such as weekly.mon[1].consult
  code: string; // of the sentence in group "wrong"
  values: Values; // of the sentence
}

/** The invalid fields of a refused form. The pointers of a timetable begin with its calendar. */
export function invalidIn(f: Pick<Failure, "errors">): Invalid[] {
  return f.errors.map(({ pointer, code, params }) => ({
    path: pointer.replace(/^\/(calendar\/)?/, "").replace(/\/(\d+)/g, "[$1]").replace(/\//g, "."),
    code,
    values: Object.entries(params ?? {}).reduce<Values>((all, [name, value]) => ({ ...all, [name]: String(value) }), {}),
  }));
}

/** The invalid fields at a path and below it. */
export function below(errors: readonly Invalid[], path: string): Invalid[] {
  return errors.filter((e) => e.path === path || e.path.startsWith(path + ".") || e.path.startsWith(path + "["));
}
