// Figures of a line: the waits, where the patients are, and the calls without an
// arrival. Pure functions.

import type { StaffTicket } from "../wire.ts";

export interface Glance {
  away: number; // waiting, but not in the clinic
  absent: number;
  held: number;
  wait: { average: number; longest: number; number: number } | undefined; // minutes since reception, of the waiting tickets
}

/** Returns the minutes since an instant; undefined for a reception on an earlier day. */
export function glance(tickets: readonly StaffTicket[], day: string, since: (at: string) => number): Glance {
  const waiting = tickets.filter((t) => t.state === "waiting");
  const waits = waiting.filter((t) => t.issuedAt.slice(0, 10) >= day).map((t) => ({ number: t.number, minutes: since(t.issuedAt) }));
  const longest = waits.reduce<{ number: number; minutes: number } | undefined>((a, b) => (a && a.minutes >= b.minutes ? a : b), undefined);
  return {
    away: waiting.filter((t) => t.presence !== "here").length,
    absent: tickets.filter((t) => t.state === "absent").length,
    held: tickets.filter((t) => t.state === "held").length,
    wait: longest && {
      average: Math.round(waits.reduce((sum, t) => sum + t.minutes, 0) / waits.length),
      longest: longest.minutes,
      number: longest.number,
    },
  };
}

const lateEnter = 10; // minutes after the call

/** Who was called a while ago, and has neither come in nor been marked as absent. */
export function calledInVain(tickets: readonly StaffTicket[], since: (at: string) => number): { number: number; minutes: number }[] {
  return tickets
    .filter((t) => t.state === "called" && t.calledAt)
    .map((t) => ({ number: t.number, minutes: since(t.calledAt ?? "") }))
    .filter((t) => t.minutes >= lateEnter);
}
