import { equal } from "node:assert/strict";
import { test } from "node:test";
import { clock } from "./clock.ts";

test("a time of another day has its date", () => {
  const now = new Date(2026, 11, 2, 0, 30);
  equal(clock(new Date(2026, 11, 2, 0, 5, 7), now), "0:05:07");
  equal(clock(new Date(2026, 11, 1, 23, 55, 0), now), "12/1 23:55:00");
  equal(clock(new Date(2025, 11, 2, 0, 5, 0), now), "12/2 0:05:00");
});
