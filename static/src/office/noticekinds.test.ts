import assert from "node:assert/strict";
import { test } from "node:test";
import { capsWith, isTelling, kinds, offOf, wordsWith } from "./noticekinds.ts";

test("what is not checked is switched off", () => {
  assert.deepEqual(offOf(["call", "news"], ["call"]), ["news"]);
  assert.deepEqual(offOf(kinds, kinds), []);
});

test("a sentence is added, replaced, and removed when it is empty", () => {
  const one = wordsWith([], "news", " 休診です ");
  assert.deepEqual(one, [{ kind: "news", text: "休診です" }]);
  assert.deepEqual(wordsWith(one, "call", "マスクを"), [{ kind: "call", text: "マスクを" }, { kind: "news", text: "休診です" }]);
  assert.deepEqual(wordsWith(one, "news", " "), []);
});

test("an empty cap is none, and 0 is one", () => {
  assert.deepEqual(capsWith([{ channel: "mail", month: 5 }], "mail", ""), []);
  assert.deepEqual(capsWith([{ channel: "mail", month: 5 }], "push", "0"), [{ channel: "mail", month: 5 }, { channel: "push", month: 0 }]);
});

test("a department or a name can show what patients come for", () => {
  assert.ok(isTelling({ name: "みなと医院", departments: ["内科", "心療内科"] }));
  assert.ok(isTelling({ name: "みなとメンタルクリニック", departments: [] }));
  assert.ok(!isTelling({ name: "みなと医院", departments: ["内科", "小児科"] }));
});
