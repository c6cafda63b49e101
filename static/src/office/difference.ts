// The differences of one change of a clinic's record, field by field. Pure functions.

import { calendarDifferences } from "./calendardifference.ts";

export interface Difference {
  service: string; // its id, "" for a field of the clinic
  field: string; // the key of its words, such as absence.back, calendar.weekly, rooms.name
  key: string; // which of many: the weekday, the date, the room's name; else ""
  before: unknown; // undefined: it was not there
  after: unknown;
}

type Fields = Record<string, unknown>;

/** Goes into the groups of a service's settings, the days of a timetable, and the rooms. */
export function differences(before: Fields, after: Fields): Difference[] {
  const all: Difference[] = [];
  for (const key of Object.keys({ ...before, ...after }).sort()) {
    const [, service = "", field = key] = /^services\.(\d+)\.(.+)$/.exec(key) ?? [];
    const b = before[key];
    const a = after[key];
    if (field.startsWith("users.")) {
      all.push(...userDifferences(field.slice("users.".length), b as User | undefined, a as User | undefined));
    } else if (field === "calendar") {
      all.push(...calendarDifferences(b, a).map((d) => ({ service, ...d })));
    } else if (field === "rooms") {
      all.push(...roomDifferences(b, a));
    } else if (isGroup(b) || isGroup(a)) {
      for (const [part, was, is] of apart(isGroup(b) ? b : {}, isGroup(a) ? a : {})) {
        all.push({ service, field: `${field}.${part}`, key: "", before: was, after: is });
      }
    } else {
      all.push({ service, field, key: "", before: b, after: a });
    }
  }
  return all;
}

/** The entries that differ; a missing one equals an empty one. */
function apart(before: Fields, after: Fields): [key: string, was: unknown, is: unknown][] {
  return Object.keys({ ...before, ...after })
    .filter((key) => JSON.stringify(before[key] || "") !== JSON.stringify(after[key] || ""))
    .map((key) => [key, before[key], after[key]]);
}

interface User {
  role: string;
  password?: string; // that it is another one
}

function userDifferences(name: string, was: User | undefined, is: User | undefined): Difference[] {
  const one = (field: string) => ({ service: "", field: "users." + field, key: name, before: was?.role, after: is?.role });
  if (!was) return [one("added")];
  if (!is) return [one("removed")];
  return [...(was.role === is.role ? [] : [one("role")]), ...(is.password ? [one("password")] : [])];
}

interface Room {
  id: string;
  name: string;
  services: string[];
}

/** Rooms are identified by their ids; another order alone is no difference. */
function roomDifferences(before: unknown, after: unknown): Difference[] {
  const was = roomsOf(before);
  const is = roomsOf(after);
  const all: Difference[] = [];
  const add = (field: string, key: string, b: unknown, a: unknown) => all.push({ service: "", field: "rooms." + field, key, before: b, after: a });
  for (const r of was) if (!is.some(({ id }) => id === r.id)) add("removed", r.name, r.services, undefined);
  for (const r of is) {
    const former = was.find(({ id }) => id === r.id);
    if (!former) add("added", r.name, undefined, r.services);
    else {
      if (former.name !== r.name) add("name", former.name, former.name, r.name);
      if (sorted(former.services) !== sorted(r.services)) add("services", r.name, former.services, r.services);
    }
  }
  if (all.length === 0) add("order", "", was.map((r) => r.name), is.map((r) => r.name));
  return all;
}

function roomsOf(value: unknown): Room[] {
  return Array.isArray(value) ? (value as Room[]) : [];
}

function sorted(services: readonly string[]): string {
  return [...services].sort().join();
}

function isGroup(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
