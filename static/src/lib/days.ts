// The days to come for which numbers are given: how one is called, and what there
// is to choose. Nothing here reads a clock.

import type ja from "../locale/ja.json";
import type { Day, IssueRequest, Ticket } from "../wire.ts";
import { clockTime } from "./clock.ts";
import type { Words } from "./i18n.ts";
import { dateText } from "./when.ts";

export type DayWords = Words<Pick<typeof ja, "date" | "session" | "days">>;

/** A session by its id: the second morning of a day is "morning-2". */
export function sessionName(w: Words<Pick<typeof ja, "session">>, id: string): string {
  const [kind = "", n] = id.split("-");
  return (w.find("session", kind) || kind) + (n || "");
}

/** The day of a visit, with its session where there is one. */
export function dayText(w: DayWords, day: string, session = ""): string {
  const date = dateText(w, day);
  return session ? w.t("days.of", { date, session: sessionName(w, session) }) : date;
}

/** The session of a ticket with its start, and its date if that is not today; "" without sessions. */
export function visitText(w: DayWords, t: Ticket, today: string): string {
  const dated = t.day !== today;
  const visit = dated ? dayText(w, t.day, t.session) : t.session ? sessionName(w, t.session) : "";
  return t.startsAt ? w.t("days.starts", { visit, time: clockTime(t.startsAt) }) : visit;
}

/** The day and the slot of a booking; "" in order mode. */
export function slotText(w: DayWords, t: Ticket): string {
  return t.slot ? w.t("days.within", { date: dateText(w, t.day), from: t.slot, to: t.slotEnd || "" }) : "";
}

export interface Choice {
  value: string; // for dayOf
  text: string;
  full: boolean;
}

/** Every session of the days, marked ○ △ × as a visit finds it, or a first visit. */
export function choices(w: DayWords, days: Day[], first: boolean): Choice[] {
  const all: Choice[] = [];
  for (const d of days) {
    for (const s of d.sessions) {
      const availability = (first && s.firstVisit) || s.availability || "";
      const text = w.t("days.choice", { day: dayText(w, d.day, s.session), from: clockTime(s.from), mark: w.find("days", availability) || "" });
      all.push({ value: d.day + " " + s.session, text: text.trim(), full: availability === "none" });
    }
  }
  return all;
}

/** The chosen day, as a request names it. */
export function dayOf(value: string): Pick<IssueRequest, "day" | "session"> {
  const [day = "", session = ""] = value.split(" ");
  return day ? { day, session } : {};
}
