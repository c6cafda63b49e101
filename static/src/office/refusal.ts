// What the server found wrong in a form, field by field, in the desk's words.

export interface FieldError {
  path: string; // such as weekly.mon[1].consult
  reason: string; // in the server's words
}

/** Reads the detail of a refused form: "path: reason" or "path reason", one or several. */
export function fieldErrors(detail: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const line of detail.split(/\n|; /)) {
    const parts = /^([A-Za-z][\w.[\]]*):? (.+)$/.exec(line.trim());
    if (!parts) continue;
    errors.push({ path: (parts[1] ?? "").replace(/^(services\[\d+\]|calendar)\./, ""), reason: parts[2] ?? "" });
  }
  return errors;
}

/** Those of a field, or of anything inside it. */
export function below(errors: readonly FieldError[], path: string): FieldError[] {
  return errors.filter((e) => e.path === path || e.path.startsWith(path + ".") || e.path.startsWith(path + "["));
}

const reasons: [RegExp, string, ...string[]][] = [
  [/is not between (-?\d+) and (\d+)/, "between", "least", "most"],
  [/characters, at most (\d+)/, "long", "most"],
  [/entries, (\d+) to (\d+) are allowed/, "count", "least", "most"],
  [/at most (\d+) are allowed/, "many", "most"],
  [/control characters/, "hidden"],
  [/is missing/, "missing"],
  [/is empty/, "empty"],
  [/overlaps/, "overlaps"],
  [/ comes before /, "order"],
  [/ends before it begins/, "reversed"],
  [/begins before the business date/, "early"],
  [/ends after the business date/, "late"],
  [/outside the web hours/, "webHours"],
  [/is not a time/, "notTime"],
  [/is not a date/, "notDate"],
  [/is used twice/, "twice"],
  [/is later than/, "cutover"],
  [/does not fit the timetable of service (.+)/, "ownTimetable", "service"],
  [/leaves the desk no numbers/, "noNumber"],
  [/would reserve every number/, "everyNumber"],
  [/is not an origin/, "notOrigin"],
  [/a closed date has no sessions/, "closedDate"],
];

/** Which sentence says a reason, and its values. */
export function sentenceOf(reason: string): { key: string; values: Record<string, string> } {
  for (const [form, key, ...names] of reasons) {
    const found = form.exec(reason);
    if (!found) continue;
    const values: Record<string, string> = {};
    names.forEach((name, i) => (values[name] = found[i + 1] ?? ""));
    return { key, values };
  }
  return { key: "look", values: {} };
}
