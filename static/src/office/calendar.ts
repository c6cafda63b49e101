// A clinic's timetable as the page edits it: the same shape as the clinic's file
// has. Pure functions.

export interface Span {
  from?: string;
  to?: string;
}

/** One session of a day; webOpen and webClose are minutes from the beginning and the end of the consultation. */
export interface Frame {
  session: string;
  consult: Span;
  desk?: Span;
  webOpen?: number;
  webClose?: number;
}

export interface Exception {
  date: string;
  closed?: boolean;
  reason?: string;
  frames?: Frame[]; // in place of the weekday's
  extra?: Frame[]; // beside them
  open?: Span;
}

export interface Calendar {
  cutover?: string;
  weekly?: Record<string, Frame[]>;
  exceptions?: Exception[];
  open?: Record<string, Span>; // web hours by weekday
}

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

export const sessions = ["morning", "afternoon", "evening"];

export function copy<T>(of: T): T {
  return JSON.parse(JSON.stringify(of)) as T;
}

/** A session for the end of a day's list. */
export function another(frames: readonly Frame[]): Frame {
  const session = sessions[Math.min(frames.length, sessions.length - 1)] ?? "";
  const hours: Record<string, Span> = {
    morning: { from: "09:00", to: "12:00" },
    afternoon: { from: "15:00", to: "18:00" },
    evening: { from: "18:30", to: "21:00" },
  };
  return { session, consult: hours[session] ?? {}, webOpen: -60, webClose: -30 };
}

/** A usual week, for a new timetable. */
export function starter(): Calendar {
  const weekly: Record<string, Frame[]> = {};
  for (const day of weekdays) {
    const morning = [another([])];
    if (day !== "sun") weekly[day] = day === "sat" ? morning : [...morning, another(morning)];
  }
  return { weekly, exceptions: [] };
}

/** The timetable without empty entries, its exceptions by date. */
export function tidy(c: Calendar): Calendar {
  const next: Calendar = { ...c, weekly: {}, open: {} };
  if (!next.cutover) delete next.cutover;
  for (const day of weekdays) {
    const frames = c.weekly?.[day] ?? [];
    if (next.weekly && frames.length > 0) next.weekly[day] = frames.map(tidyFrame);
    const open = c.open?.[day];
    if (next.open && open && (open.from || open.to)) next.open[day] = open;
  }
  next.exceptions = (c.exceptions ?? []).map(tidyException).sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  return next;
}

function tidyException(e: Exception): Exception {
  const next: Exception = { date: e.date };
  if (e.reason) next.reason = e.reason;
  if (e.open && (e.open.from || e.open.to)) next.open = e.open;
  if (e.closed) return { ...next, closed: true };
  if (e.frames && e.frames.length > 0) next.frames = e.frames.map(tidyFrame);
  if (e.extra && e.extra.length > 0) next.extra = e.extra.map(tidyFrame);
  return next;
}

function tidyFrame(f: Frame): Frame {
  const next: Frame = { session: f.session, consult: f.consult };
  const desk: Span = {};
  if (f.desk?.from) desk.from = f.desk.from;
  if (f.desk?.to) desk.to = f.desk.to;
  if (desk.from || desk.to) next.desk = desk;
  if (f.webOpen) next.webOpen = f.webOpen;
  if (f.webClose) next.webClose = f.webClose;
  return next;
}

/** The window of the web without the day's web hours; undefined if a time is not valid. */
export function webWindow(f: Frame): { from: string; to: string } | undefined {
  const from = minutesOf(f.consult.from);
  const to = minutesOf(f.consult.to);
  if (from === undefined || to === undefined) return undefined;
  return { from: clock(from + (f.webOpen ?? 0)), to: clock(to + (f.webClose ?? 0)) };
}

/** Whether a date is not clear without its year: it is past, or of another year than today. Both are like "2026-12-30". */
export function needsYear(date: string, today: string): boolean {
  return date < today || date.slice(0, 4) !== today.slice(0, 4);
}

function minutesOf(text: string | undefined): number | undefined {
  const parts = /^(\d\d):([0-5]\d)$/.exec(text ?? "");
  return parts ? Number(parts[1]) * 60 + Number(parts[2]) : undefined;
}

function clock(minutes: number): string {
  const m = Math.max(0, minutes);
  return `${String(Math.floor(m / 60)).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`;
}
