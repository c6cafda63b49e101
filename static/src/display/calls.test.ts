import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Board, Calling } from "../wire.ts";
import { Calls } from "./calls.ts";

const began = Date.parse("2026-11-21T10:00:00+09:00");
const at = (s: number) => new Date(began + s * 1000).toISOString();
const call = (number: number, s: number, room = "1", more: Partial<Calling> = {}): Calling => ({ number, room, roomName: `第${room}診察室`, at: at(s), ...more });
const board = (calling: Calling[], more: Partial<Board> = {}): Board => ({ service: "1234-1", name: "内科", calling, ...more }) as Board;
const ageAt = (s: number) => (t: string) => began + s * 1000 - Date.parse(t);
const numbers = (all: { number: number }[]) => all.map((c) => c.number);

test("a screen that remembers nothing takes the first state as announced", () => {
  const calls = new Calls(undefined);
  deepEqual(calls.take([board([call(23, 0)])], ageAt(1)), []);
  deepEqual(numbers(calls.take([board([call(24, 5, "2"), call(23, 0)])], ageAt(6))), [24]);
});

test("several new calls come in their order, of all services", () => {
  const calls = new Calls({ known: [], recent: [] });
  const other = board([call(7, 2, "3")], { service: "1234-2" });
  deepEqual(numbers(calls.take([board([call(24, 3, "2"), call(23, 1)]), other], ageAt(4))), [23, 7, 24]);
});

test("the same call is announced once, over reconnects and a reload", () => {
  const first = new Calls({ known: [], recent: [] });
  const state = [board([call(23, 0)])];
  equal(first.take(state, ageAt(1)).length, 1);
  equal(first.take(state, ageAt(2)).length, 0);
  const after = new Calls(JSON.parse(JSON.stringify(first.memory())));
  equal(after.take(state, ageAt(3)).length, 0);
  deepEqual(numbers(after.recent), [23]);
});

test("a recall is another call", () => {
  const calls = new Calls({ known: [], recent: [] });
  calls.take([board([call(23, 0)])], ageAt(1));
  deepEqual(numbers(calls.take([board([call(23, 60)])], ageAt(61))), [23]);
  deepEqual(calls.recent.map((c) => c.at), [at(60)]);
});

test("what was called long before the line came back is shown and not announced", () => {
  const calls = new Calls({ known: [], recent: [] });
  deepEqual(numbers(calls.take([board([call(25, 590, "2"), call(24, 500)])], ageAt(600))), [25]);
  deepEqual(numbers(calls.recent), [25, 24]);
});

test("the last four calls stay when their visits end, and not when they are taken back", () => {
  const calls = new Calls({ known: [], recent: [] });
  for (let n = 1; n <= 6; n++) calls.take([board([call(n, n)])], ageAt(n));
  deepEqual(numbers(calls.recent), [6, 5, 4, 3]);
  calls.take([board([call(5, 5)], { line: [6, 7] })], ageAt(8)); // 6 waits again
  deepEqual(numbers(calls.recent), [5, 4, 3]);
  calls.take([board([call(4, 4)])], ageAt(9)); // the room shows an older number: 5 was taken back
  deepEqual(numbers(calls.recent), [4, 3]);
  calls.take([board([])], ageAt(10));
  deepEqual(numbers(calls.recent), [4, 3]);
});

test("weeks of calls leave a hundred keys", () => {
  const calls = new Calls({ known: [], recent: [] });
  for (let n = 1; n <= 5000; n++) calls.take([board([call(n, n)])], ageAt(n));
  equal(calls.memory().known.length, 100);
  equal(calls.memory().recent.length, 4);
});
