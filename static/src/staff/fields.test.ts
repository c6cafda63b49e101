import assert from "node:assert/strict";
import { test } from "node:test";
import type { Board } from "../wire.ts";
import { boardUnder } from "./fields.ts";

test("a preview leaves out what is hidden, and the desk's own board as it was", () => {
  const b = { service: "1234-1", name: "内科", waiting: { tickets: 3, people: 4, unit: "組" }, absent: [5], line: [6, 7] } as unknown as Board;
  const shown = boardUnder({ hide: ["absent", "line"], unit: "人", note: "午前は混みます" }, b);
  assert.deepEqual(shown, { service: "1234-1", name: "内科", waiting: { tickets: 3, people: 4, unit: "人" }, waitNote: "午前は混みます" });
  assert.deepEqual(b.absent, [5]);
  assert.equal(b.waiting?.unit, "組");
});
