import { roomDigits } from "./roomdigits.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

test("a room's key is the number that people read on its door", () => {
  const digits = (...rooms: [id: string, name: string][]) => [...roomDigits(rooms.map(([id, name]) => ({ id, name })))].map(([id, n]) => `${id}:${n}`).sort();
  assert.deepEqual(digits(["1", "第1診察室"], ["2", "第２診察室"]), ["1:1", "2:2"]);
  assert.deepEqual(digits(["1", "第2診察室"], ["2", "第1診察室"]), ["1:2", "2:1"]);
  assert.deepEqual(digits(["1", "内科"], ["2", "小児科"], ["12", "検査室"]), ["1:1", "2:2"]);
  assert.deepEqual(digits(["1", "2階"], ["2", "2階 奥"]), ["1:1", "2:2"]); // names do not decide
  assert.deepEqual(digits(["1", "処置室"], ["5", "診察室1"]), ["5:1"]); // the door wins
  assert.deepEqual(digits(["a", "処置室"], ["b", "診察室 10"], ["c", "A棟3-2"]), []);
});
