import assert from "node:assert/strict";
import { test } from "node:test";
import { differences } from "./difference.ts";

test("a change tells the fields that differ, those of a group one by one", () => {
  const before = { name: "旧", "services.1.absence": { rule: "back_n", back: 3 }, calendar: { weekly: {} } };
  const after = { name: "新", "services.1.absence": { rule: "back_n", back: 5 }, calendar: { weekly: { mon: [] } }, "services.1.hide": ["line"] };
  assert.deepEqual(differences(before, after), [
    { service: "", field: "calendar", before: { weekly: {} }, after: { weekly: { mon: [] } } },
    { service: "", field: "name", before: "旧", after: "新" },
    { service: "1", field: "absence.back", before: 3, after: 5 },
    { service: "1", field: "hide", before: undefined, after: ["line"] },
  ]);
});
