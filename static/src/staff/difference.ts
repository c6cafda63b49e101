// What one change of a clinic's record did, field by field. Pure functions.

export interface Difference {
  service: string; // its id, "" for a field of the clinic
  field: string; // the key of its words, such as absence.back
  before: unknown; // undefined: it was not there
  after: unknown;
}

type Fields = Record<string, unknown>;

/** Goes into the groups of a service's settings; a timetable and the rooms stay whole. */
export function differences(before: Fields, after: Fields): Difference[] {
  const all: Difference[] = [];
  for (const key of Object.keys({ ...before, ...after }).sort()) {
    const [, service = "", field = key] = /^services\.(\d+)\.(.+)$/.exec(key) ?? [];
    const b = before[key];
    const a = after[key];
    if (field !== "calendar" && field !== "rooms" && (isGroup(b) || isGroup(a))) {
      const was = isGroup(b) ? b : {};
      const is = isGroup(a) ? a : {};
      for (const part of Object.keys({ ...was, ...is })) {
        if (JSON.stringify(was[part]) !== JSON.stringify(is[part])) {
          all.push({ service, field: `${field}.${part}`, before: was[part], after: is[part] });
        }
      }
    } else {
      all.push({ service, field, before: b, after: a });
    }
  }
  return all;
}

function isGroup(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
