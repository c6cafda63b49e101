// What a page shows of a frame. Pure functions, without a
// page and without texts: the elements render what they return.

import type { Absence, Board, Guest, Ticket, Waiting, WaitRange } from "../wire.ts";
import { clockTime } from "./clock.ts";
import type { Status } from "./feed.ts";

export interface Count {
  n: number;
  unit: "people" | "tickets";
}

/** The numbers of other services in the line, or among the absent. */
export function guestsIn(board: Pick<Board, "guests">, state: "waiting" | "absent"): Guest[] {
  return (board.guests || []).filter((g) => g.state === state);
}

export type Reception = "open" | "few" | "full" | "before" | "paused" | "closed";

/** The web desk in one word. Only "open" and "few" take a ticket. */
export function receptionOf(board: Pick<Board, "reception" | "availability">): Reception {
  if (board.reception !== "open") return board.reception as Reception;
  return ({ few: "few", before: "before", closed: "closed", none: "full", stopped: "paused" } as const)[board.availability as "few"] || "open";
}

export function takesTickets(r: Reception): r is "open" | "few" {
  return r === "open" || r === "few";
}

/** A figure in the clinic's unit. */
export function countOf(n: number, unit: string | undefined): Count {
  return { n, unit: unit === "人" ? "people" : "tickets" };
}

export function waitingOf(w: Waiting): Count {
  return countOf(w.unit === "人" ? w.people : w.tickets, w.unit);
}

/** The slot whose patients are being seen. It follows from the calls, never from a clock. */
export interface Seen {
  from: string; // "10:00"
  to: string; // "" for a slot that the day has no more
  booked?: Count | undefined;
  called?: Count | undefined; // of those
}

/** The slot being seen. There is none before the first call, in order mode, and where it is hidden. */
export function seenOf({ slots: s }: Pick<Board, "slots">): Seen | undefined {
  if (!s || !s.serving) return undefined;
  const slot = s.today.find((d) => d.slot === s.serving);
  const figure = (n?: number) => (n === undefined ? n : countOf(n, s.unit));
  return { from: s.serving, to: slot ? slot.to : "", booked: figure(s.booked), called: figure(s.called) };
}

export interface Wait {
  low: number; // minutes
  high: number;
  single: boolean; // a range of one value is that value
  at: string; // for a long wait the clinic's wall clock, "15:00"; else ""
}

/** An estimate. Nothing at all is not zero. */
export function waitOf(w: WaitRange | undefined): Wait | undefined {
  return w && w.high > 0 ? { low: w.low, high: w.high, single: w.low === w.high || w.low <= 0, at: w.at ? clockTime(w.at) : "" } : undefined;
}

/** The message, its expiry on the clinic's clock. */
export function messageOf(board: Board): { text: string; until?: string } | undefined {
  const m = board.message;
  if (!m || m.text === "") return undefined;
  return m.until ? { text: m.text, until: clockTime(m.until) } : { text: m.text };
}

/** The state of a ticket as a tone, which the page shows by more than colour. */
export type Tone = "wait" | "near" | "now" | "desk" | "over";

export interface TicketView {
  tone: Tone;
  over: boolean;
  state: string; // with "exam" for a ticket held for one, "booked" before the ticket's day, "past" after it
  todo: string; // the advice of the server, a key of the sentences
  goes: ("arrive" | "back" | "leave")[]; // the actions of the owner, the most likely first
  ahead?: Count;
  comeAt?: Count; // the number ahead at which the patient should come, if still to be shown
  wait?: Wait;
}

export function ticketView(t: Ticket): TicketView {
  const ended = t.state === "done" || t.state === "cancelled" || t.state === "no_show";
  const over = ended || t.todo === "none"; // the server has nothing to do for a ticket of a day that is over
  const exam = t.state === "held" && t.reason === "exam";
  const state = over && !ended ? "past" : exam ? "exam" : t.todo === "later" ? "booked" : t.state;
  const view: TicketView = { over, tone: toneOf(t, over), state, todo: todoOf(t), goes: over ? [] : goesOf(t) };
  if (t.state === "waiting" && t.ahead !== undefined) view.ahead = countOf(t.ahead, t.unit);
  if (view.ahead && view.todo === "wait" && t.comeAt) view.comeAt = countOf(t.comeAt, t.unit);
  const wait = waitOf(t.waitMinutes);
  if (t.state === "waiting" && wait) view.wait = wait;
  return view;
}

function toneOf(t: Ticket, over: boolean): Tone {
  if (over) return "over";
  if (t.state === "called" || t.state === "in_service") return "now";
  if (t.state === "held" && t.reason === "exam") return "wait";
  if (t.todo === "desk") return "desk";
  return t.todo === "come" ? "near" : "wait";
}

function goesOf(t: Ticket): TicketView["goes"] {
  if (t.todo === "later" || t.advice === "closed" || t.advice === "short" || (t.state !== "waiting" && t.state !== "absent" && t.state !== "held")) return [];
  if (t.presence === "here") return t.state === "waiting" ? ["leave"] : [];
  return [t.presence === "out" ? "back" : "arrive"];
}

/** A ticket that this device kept from an older page has no advice yet. */
function todoOf(t: Ticket): string {
  const advice = t.advice || t.todo;
  return advice === "enter" && !t.roomName ? "enterAny" : advice === "later" && t.slot ? "laterSlot" : advice;
}

export type AbsencePart =
  | "back_n" | "back_0" | "tail" | "park_until_return" | "park_0" | "back_to_waiting" | "terminal"
  | "tolerance" | "thenTail" | "maxCalls" | "cooldown";

/**
 * Returns what follows from an absence at a call, as parts of a sentence. The limit of
 * calls precedes every other rule, and after it there is no return.
 */
export function absenceParts(a: Absence): { part: AbsencePart; n: number }[] {
  if (a.rule === "terminal" || a.maxCalls === 1) return [{ part: "terminal", n: 0 }];
  const parts: { part: AbsencePart; n: number }[] = [];
  const add = (part: AbsencePart, n: number) => parts.push({ part, n });
  if (a.rule === "back_n") add(a.back > 0 ? "back_n" : "back_0", a.back);
  else if (a.rule === "park_until_return") add(a.back > 0 ? "park_until_return" : "park_0", a.back);
  else if (a.rule === "tail" || a.rule === "back_to_waiting") add(a.rule, 0);
  if (a.tolerance > 0 && a.rule !== "back_to_waiting") add("tolerance", a.tolerance);
  if (a.thenTail && a.rule !== "tail") add("thenTail", 0);
  if (a.maxCalls > 1) add("maxCalls", a.maxCalls);
  if (a.cooldown > 0) add("cooldown", a.cooldown);
  return parts;
}

export interface Age {
  n: number;
  unit: "seconds" | "minutes" | "hours";
}

export function ageOf(ms: number): Age {
  const s = Math.floor(ms / 1000);
  if (s < 60) return { n: s, unit: "seconds" };
  if (s < 3600) return { n: Math.floor(s / 60), unit: "minutes" };
  return { n: Math.floor(s / 3600), unit: "hours" };
}

export interface LinkView {
  link: Status["link"];
  label: Status["link"] | "checking" | "altered"; // checking: stale, and the line is up; altered: see rewritten.ts
  warn: boolean; // the age of what is shown needs attention
  age: Age | undefined; // undefined if the clock was set back since, and the age is unknown
}

export function linkView(s: Status, now: number): LinkView {
  const warn = s.link === "stale" || s.link === "offline";
  return { link: s.link, label: s.link === "stale" && s.up ? "checking" : s.link, warn, age: now < s.heardAt ? undefined : ageOf(now - s.heardAt) };
}
