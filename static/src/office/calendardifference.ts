// The differences of one change of a timetable, day by day. Pure functions.

import { weekdays, type Calendar, type Exception } from "./calendar.ts";

export interface CalendarDifference {
  field: string; // calendar.made, .dropped, .cutover, .weekly, .open or .date
  key: string; // the weekday or the date
  before: unknown;
  after: unknown;
}

export function calendarDifferences(before: unknown, after: unknown): CalendarDifference[] {
  if (!before && !after) return [];
  if (!after) return [{ field: "calendar.dropped", key: "", before, after: undefined }];
  const was = (before ?? {}) as Calendar;
  const is = after as Calendar;
  const all: CalendarDifference[] = before ? [] : [{ field: "calendar.made", key: "", before: undefined, after }];
  const add = (part: string, key: string, b: unknown, a: unknown) => {
    if (JSON.stringify(b) !== JSON.stringify(a)) all.push({ field: "calendar." + part, key, before: b, after: a });
  };
  add("cutover", "", was.cutover, is.cutover);
  for (const day of weekdays) {
    add("weekly", day, was.weekly?.[day] ?? [], is.weekly?.[day] ?? []);
    add("open", day, was.open?.[day], is.open?.[day]);
  }
  const then = datesOf(was);
  const now = datesOf(is);
  for (const date of Object.keys({ ...then, ...now }).sort()) add("date", date, then[date], now[date]);
  return all;
}

function datesOf(c: Calendar): Record<string, Exception> {
  const dates: Record<string, Exception> = {};
  for (const e of c.exceptions ?? []) dates[e.date] = e;
  return dates;
}
