import { another, needsYear, starter, tidy, webWindow } from "./calendar.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

test("what says nothing is left out, and the exceptions stand by date", () => {
  const consult = { from: "09:00", to: "12:00" };
  const tidied = tidy({
    cutover: "",
    weekly: { mon: [{ session: "morning", consult, desk: { from: "", to: "11:00" }, webOpen: 0, webClose: -30 }], tue: [] },
    open: { mon: { from: "", to: "" } },
    exceptions: [
      { date: "2026-12-30", closed: true, reason: "", frames: [{ session: "morning", consult }], extra: [] },
      { date: "2026-11-23", reason: "祝日", extra: [{ session: "evening", consult }] },
    ],
  });
  assert.deepEqual(tidied, {
    weekly: { mon: [{ session: "morning", consult, desk: { to: "11:00" }, webClose: -30 }] },
    open: {},
    exceptions: [
      { date: "2026-11-23", reason: "祝日", extra: [{ session: "evening", consult }] },
      { date: "2026-12-30", closed: true },
    ],
  });
});

test("the web's window is the consultation's, moved at both ends", () => {
  assert.deepEqual(webWindow({ session: "morning", consult: { from: "09:00", to: "12:00" }, webOpen: -60, webClose: -30 }), { from: "08:00", to: "11:30" });
  assert.deepEqual(webWindow({ session: "evening", consult: { from: "22:00", to: "26:00" } }), { from: "22:00", to: "26:00" });
  assert.equal(webWindow({ session: "morning", consult: { from: "9", to: "12:00" } }), undefined);
});

test("a date of another year or a past one needs its year", () => {
  const today = "2026-11-21";
  const all = ["2025-12-29", "2026-11-20", "2026-11-21", "2026-12-29", "2027-01-03"];
  assert.deepEqual(all.filter((date) => needsYear(date, today)), ["2025-12-29", "2026-11-20", "2027-01-03"]);
});

test("a day's sessions follow each other, and Sunday is free", () => {
  const day = [another([])];
  day.push(another(day));
  day.push(another(day));
  assert.deepEqual(day.map((f) => f.session), ["morning", "afternoon", "evening"]);
  assert.equal(starter().weekly?.["sun"], undefined);
  assert.equal(starter().weekly?.["sat"]?.length, 1);
});
