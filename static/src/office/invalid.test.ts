import assert from "node:assert/strict";
import { test } from "node:test";
import { below, invalidIn } from "./invalid.ts";

test("the errors of a refused form have the paths of its fields", () => {
  const errors = [
    { pointer: "/absence/back", code: "between", params: { value: 25, least: 0, most: 20 } },
    { pointer: "/calendar/weekly/mon/1/consult", code: "overlaps" },
  ];
  assert.deepEqual(invalidIn({ errors }), [
    { path: "absence.back", code: "between", values: { value: "25", least: "0", most: "20" } },
    { path: "weekly.mon[1].consult", code: "overlaps", values: {} },
  ]);
  assert.deepEqual(invalidIn({ errors: [] }), []);
});

test("an error belongs to its field and to what the field is in, and to no neighbour", () => {
  const errors = invalidIn({ errors: [{ pointer: "/calendar/weekly/mon/1/consult", code: "overlaps" }] });
  assert.equal(below(errors, "weekly.mon[1]").length, 1);
  assert.equal(below(errors, "weekly.mon").length, 1);
  assert.equal(below(errors, "weekly.mo").length, 0);
  assert.equal(below(errors, "weekly.mon[11]").length, 0);
});
