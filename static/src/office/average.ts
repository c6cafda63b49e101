// Averages of the accuracy of several sessions. Pure functions.

import type { AheadScore, SessionAccuracy, Score } from "../wire.ts";

/** Each estimate has the same weight: a session of many weighs more than one of few. */
export function averageOf(parts: readonly Score[]): Score {
  const n = parts.reduce((sum, p) => sum + p.n, 0);
  const mean = (of: (p: Score) => number) => (n > 0 ? parts.reduce((sum, p) => sum + of(p) * p.n, 0) / n : 0);
  return { n, errorMinutes: mean((p) => p.errorMinutes), biasMinutes: mean((p) => p.biasMinutes), coverage: mean((p) => p.coverage) };
}

/** The same by the number ahead, the smallest first. */
export function averageByAhead(sessions: readonly SessionAccuracy[]): AheadScore[] {
  const groups = new Map<number, AheadScore[]>();
  for (const { ahead } of sessions) {
    for (const a of ahead) groups.set(a.from, [...(groups.get(a.from) ?? []), a]);
  }
  return [...groups.values()]
    .map((of) => ({ ...(of[0] as AheadScore), ...averageOf(of) }))
    .sort((a, b) => a.from - b.from);
}

export type Lean = "early" | "late" | "even";

/** Whether patients were called earlier or later than estimated; half a minute is neither. */
export function leanOf(biasMinutes: number): Lean {
  return biasMinutes >= 0.5 ? "early" : biasMinutes <= -0.5 ? "late" : "even";
}
