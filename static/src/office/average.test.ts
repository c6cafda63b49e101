import type { AheadScore } from "../wire.ts";
import { leanOf, averageOf, averageByAhead } from "./average.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

const few: AheadScore = { from: 3, to: 5, n: 10, errorMinutes: 2, biasMinutes: -1, coverage: 1 };
const many: AheadScore = { from: 3, to: 5, n: 30, errorMinutes: 6, biasMinutes: 3, coverage: 0.6 };
const last: AheadScore = { from: 21, n: 5, errorMinutes: 9, biasMinutes: 0, coverage: 0.8 };

test("sessions weigh as many estimates as they hold", () => {
  assert.deepEqual(averageOf([few, many]), { n: 40, errorMinutes: 5, biasMinutes: 2, coverage: 0.7 });
  assert.deepEqual(averageOf([]), { n: 0, errorMinutes: 0, biasMinutes: 0, coverage: 0 });
});

test("by the number ahead, the smallest comes first and the last has no end", () => {
  const of = (ahead: AheadScore[]) => ({ day: "2026-11-20", service: "1234-1", all: averageOf(ahead), ahead });
  const rows = averageByAhead([of([last]), of([few]), of([many])]);
  assert.deepEqual(rows, [{ from: 3, to: 5, n: 40, errorMinutes: 5, biasMinutes: 2, coverage: 0.7 }, last]);
});

test("less than half a minute is neither early nor late", () => {
  assert.deepEqual([0.5, 0.4, -0.4, -0.5].map(leanOf), ["early", "even", "even", "late"]);
});
