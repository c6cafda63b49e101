// The texts of times: the time alone for today, with the date for another day, and the
// time left. No function here reads a clock.

import type ja from "../locale/ja.json";
import { clockTime } from "./clock.ts";
import type { Key, Words } from "./i18n.ts";

type DateWords = Words<Pick<typeof ja, "date">>;

/** An instant of the contract, on a page of one day ("2026-11-21"). */
export function when(w: DateWords, at: string, day: string): string {
  const date = at.slice(0, 10);
  const time = clockTime(at);
  return date === day ? time : w.t("date.at", { date: dateText(w, date), time });
}

/** A business date: "2026-12-30". */
export function dateText(w: DateWords, date: string): string {
  return w.t("date.text", {
    month: w.t(("date.m" + Number(date.slice(5, 7))) as Key<Pick<typeof ja, "date">>),
    day: Number(date.slice(8)),
    weekday: w.t(("date.w" + new Date(date).getUTCDay()) as Key<Pick<typeof ja, "date">>),
  });
}

export interface Left {
  unit: "hours" | "minutes" | "seconds" | "soon";
  h: number;
  m: number;
  s: number;
}

const day = 86_400; // seconds

/** The time left, in ms; undefined for more than a day, for which a date is better. */
export function leftOf(ms: number): Left | undefined {
  const all = Math.max(0, Math.ceil(ms / 1000));
  if (!(all < day)) return undefined;
  const unit = all === 0 ? "soon" : all < 60 ? "seconds" : all < 3600 ? "minutes" : "hours";
  return { unit, h: Math.floor(all / 3600), m: Math.floor(all / 60) % 60, s: all % 60 };
}
