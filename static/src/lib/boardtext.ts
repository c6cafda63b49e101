// The sentences of a board: why a day differs, why reception is stopped, which service
// a number is of. The server's first paint has the same ones.

import type ja from "../locale/ja.json";
import type { Board, DayNote, Guest, Ticket } from "../wire.ts";
import { clockTime } from "./clock.ts";
import type { Words } from "./i18n.ts";
import { ticketView, type Count, type Wait } from "./status.ts";
import { dateText } from "./when.ts";

/** The names of a clinic's services, by their 情報番号. */
export type Names = Record<string, string>;

/** A figure in its unit: "14組", "1 group". */
export function count(w: Words<Pick<typeof ja, "unit">>, c: Count): string {
  return w.t(`unit.${c.unit}`, { n: c.n });
}

/** A slot of time: "10:00〜10:30"; its start alone without an end. */
export function slotText(w: Words<Pick<typeof ja, "slot">>, from: string, to: string): string {
  return to ? w.t("slot.range", { from, to }) : from;
}

/** What the owner of a ticket should do now; "" where that is nothing. */
export function advice(w: Words<Pick<typeof ja, "todo">>, t: Ticket): string {
  return w.find("todo", ticketView(t).todo, { room: t.roomName || "", time: t.startsAt ? clockTime(t.startsAt) : "" }) || "";
}

/** An estimate: minutes, or a time of the clock. */
export function minutes(w: Words<Pick<typeof ja, "board">>, wait: Wait): string {
  if (wait.at) return w.t("board.clock", { time: wait.at });
  return w.t(wait.low <= 0 ? "board.within" : wait.single ? "board.about" : "board.range", { low: wait.low, high: wait.high });
}

/** Why dates differ; today ("2026-11-21") is named as such. */
export function dayNote(w: Words<Pick<typeof ja, "date" | "dayNote">>, n: DayNote, today: string): string {
  const date = (d: string) => (d === today ? w.t("dayNote.today") : dateText(w, d));
  const when = n.from === n.to ? date(n.from) : w.t("dayNote.range", { from: date(n.from), to: date(n.to) });
  return w.t(n.closed ? "dayNote.closed" : "dayNote.note", { when, reason: n.reason });
}

/** Why the desk has stopped reception: one of the ready-made reasons, or its own words. */
export function stopReason(w: Words<Pick<typeof ja, "stop">>, b: Pick<Board, "stopReason">): string {
  return b.stopReason ? (w.find("stop", b.stopReason) || b.stopReason) : "";
}

/** Numbers of a line: its own, then those that other services gave, with their names. */
export function numbers(w: Words<Pick<typeof ja, "board">>, own: number[], guests: Guest[], names: Names): string {
  const of = [...new Set(guests.map((g) => g.of))];
  const theirs = (service: string) => guests.filter((g) => g.of === service).map((g) => g.number).join(", ");
  const others = of.map((s) => w.t("board.guests", { service: names[s] || s, numbers: theirs(s) }));
  return [own.join(", "), ...others].filter((text) => text !== "").join(" / ");
}
