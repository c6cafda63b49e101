import { below, fieldErrors, sentenceOf } from "./refusal.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

test("a refused form is read field by field", () => {
  assert.deepEqual(fieldErrors("services[0].absence.back: 25 is not between 0 and 20\ncalendar.weekly.mon[1].consult: overlaps weekly.mon[0], which is 09:00 to 12:00"), [
    { path: "absence.back", reason: "25 is not between 0 and 20" },
    { path: "weekly.mon[1].consult", reason: "overlaps weekly.mon[0], which is 09:00 to 12:00" },
  ]);
  assert.deepEqual(fieldErrors("name is missing"), [{ path: "name", reason: "is missing" }]);
  assert.deepEqual(fieldErrors(""), []);
});

test("an error belongs to its field and to what the field is in, and to no neighbour", () => {
  const errors = fieldErrors("weekly.mon[1].consult: overlaps weekly.mon[0]");
  assert.equal(below(errors, "weekly.mon[1]").length, 1);
  assert.equal(below(errors, "weekly.mon").length, 1);
  assert.equal(below(errors, "weekly.mo").length, 0);
  assert.equal(below(errors, "weekly.mon[11]").length, 0);
});

test("a reason becomes a sentence with its figures", () => {
  assert.deepEqual(sentenceOf("25 is not between 0 and 20").values, { least: "0", most: "20" });
  assert.equal(sentenceOf("has 120 characters, at most 60 are allowed").key, "long");
  assert.equal(sentenceOf("has 9 entries, at most 6 are allowed").key, "many");
  assert.equal(sentenceOf("the web window, 05:00 to 05:30, is outside the web hours, 06:00 to 24:00").key, "webHours");
  assert.deepEqual(sentenceOf("has 0 entries, 1 to 50 are allowed"), { key: "count", values: { least: "1", most: "50" } });
  assert.deepEqual(sentenceOf("does not fit the timetable of service 小児科").values, { service: "小児科" });
  assert.equal(sentenceOf("something new").key, "look");
});
