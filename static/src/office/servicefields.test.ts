import type { Board } from "../wire.ts";
import { orderRules } from "../rules.ts";
import { boardUnder, groupsOf, marksOf } from "./servicefields.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

test("a preview leaves out what is hidden, and the desk's own board as it was", () => {
  const b = { service: "1234-1", name: "内科", waiting: { tickets: 3, people: 4, unit: "組" }, absent: [5], line: [6, 7] } as unknown as Board;
  const shown = boardUnder({ hide: ["absent", "line"], unit: "人", note: "午前は混みます" }, b);
  assert.deepEqual(shown, { service: "1234-1", name: "内科", waiting: { tickets: 3, people: 4, unit: "人" }, waitNote: "午前は混みます" });
  assert.deepEqual(b.absent, [5]);
  assert.equal(b.waiting?.unit, "組");
});

test("the marks follow the bound and where it grows short", () => {
  const marks = (web: number | null, few: number) => marksOf({ web, few }).map((m) => `${m.availability} ${m.from ?? ""}-${m.to ?? ""}`);
  assert.deepEqual(marks(30, 3), ["many 4-", "few 1-3", "none 0-0"]);
  assert.deepEqual(marks(30, 0), ["many 1-", "none 0-0"]);
  assert.deepEqual(marks(2, 3), ["few 1-2", "none 0-0"]); // never enough to be many
  assert.deepEqual(marks(0, 3), ["none 0-0"]);
  assert.deepEqual(marks(null, 3), ["many -"]); // no bound grows short
});

test("order mode has its own limit of days to come", () => {
  const most = (mode: string) => groupsOf({ mode, webCancel: true }).find((g) => g.name === "booking")?.fields.find((f) => f.path === "booking.days")?.most ?? 0;
  assert.equal(most("order"), orderRules["booking.days"].most);
  assert.ok(most("order") < most("slot"));
});
