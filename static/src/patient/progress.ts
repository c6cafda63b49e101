// The progress of a ticket, and the events for which its owner gets a vibration and a
// title. Pure functions, without a page and without texts.

import { ticketView } from "../lib/status.ts";
import type { Ticket } from "../wire.ts";

export interface Progress {
  done: number; // of the tickets ahead
  of: number; // at least 1
}

/** The largest number ahead so far, t included. */
export function fromOf(t: Ticket, from: number | undefined): number {
  return Math.max(from || 0, t.ahead || 0);
}

/** Undefined if there is no one ahead, or the clinic hides the number ahead. */
export function progressOf(t: Ticket, from: number | undefined): Progress | undefined {
  if (t.state !== "waiting" || t.ahead === undefined) return undefined;
  const of = Math.max(fromOf(t, from), 1);
  return { done: t.ahead === 0 ? of : of - t.ahead, of };
}

/** The event for a vibration: a near ticket, and each call; otherwise "". */
export function alertOf(t: Ticket): string {
  const { over, tone } = ticketView(t);
  if (t.state === "called" && !over) return "called " + (t.attempt || 1);
  return tone === "near" ? "near" : "";
}

/** The ticket for the title: a called one, otherwise the nearest. */
export function foremost(tickets: Ticket[]): Ticket | undefined {
  const rank = (t: Ticket) => (ticketView(t).over ? Infinity : t.state === "called" ? -1 : t.state === "waiting" && t.ahead !== undefined ? t.ahead : Infinity);
  const [first] = tickets.filter((t) => rank(t) < Infinity).sort((a, b) => rank(a) - rank(b));
  return first;
}
