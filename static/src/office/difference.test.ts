import { differences } from "./difference.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

test("a change tells the fields that differ, those of a group one by one", () => {
  const before = { name: "旧", "services.1.absence": { rule: "back_n", back: 3 } };
  const after = { name: "新", "services.1.absence": { rule: "back_n", back: 5 }, "services.1.hide": ["line"], retention: { patients: 7, days: 0 } };
  assert.deepEqual(differences(before, after), [
    { service: "", field: "name", key: "", before: "旧", after: "新" },
    { service: "", field: "retention.patients", key: "", before: undefined, after: 7 },
    { service: "1", field: "absence.back", key: "", before: 3, after: 5 },
    { service: "1", field: "hide", key: "", before: undefined, after: ["line"] },
  ]);
});

const morning = { session: "morning", consult: { from: "09:00", to: "12:00" } };

test("a change of a timetable tells the days, dates and hours that differ, and no other", () => {
  const before = {
    "services.2.calendar": {
      weekly: { mon: [morning], tue: [morning] },
      exceptions: [{ date: "2031-01-01", closed: true }, { date: "2031-01-02", closed: true }],
      open: { sun: { from: "06:00", to: "24:00" } },
    },
  };
  const after = {
    "services.2.calendar": {
      cutover: "05:00",
      weekly: { mon: [morning], wed: [morning] },
      exceptions: [{ date: "2031-01-03", closed: true }, { date: "2031-01-01", closed: true, reason: "元日" }],
    },
  };
  assert.deepEqual(
    differences(before, after).map((d) => [d.service, d.field, d.key, d.before, d.after]),
    [
      ["2", "calendar.cutover", "", undefined, "05:00"],
      ["2", "calendar.weekly", "tue", [morning], []],
      ["2", "calendar.weekly", "wed", [], [morning]],
      ["2", "calendar.open", "sun", { from: "06:00", to: "24:00" }, undefined],
      ["2", "calendar.date", "2031-01-01", { date: "2031-01-01", closed: true }, { date: "2031-01-01", closed: true, reason: "元日" }],
      ["2", "calendar.date", "2031-01-02", { date: "2031-01-02", closed: true }, undefined],
      ["2", "calendar.date", "2031-01-03", undefined, { date: "2031-01-03", closed: true }],
    ],
  );
});

test("a timetable that is new tells its days, one that is dropped only that", () => {
  const week = { weekly: { mon: [morning] } };
  assert.deepEqual(differences({}, { calendar: week }).map((d) => [d.field, d.key]), [["calendar.made", ""], ["calendar.weekly", "mon"]]);
  assert.deepEqual(differences({ calendar: week }, { calendar: null }).map((d) => d.field), ["calendar.dropped"]);
});

test("a change of the rooms tells which room, and what of it", () => {
  const rooms = [
    { id: "1", name: "第1", services: ["1", "2"] }, { id: "2", name: "第2", services: ["1"] }, { id: "3", name: "第3", services: ["2"] },
  ];
  const next = [
    { id: "4", name: "処置室", services: ["2"] }, { id: "1", name: "第1", services: ["2", "1"] }, { id: "2", name: "小児", services: ["2"] },
  ];
  assert.deepEqual(
    differences({ rooms }, { rooms: next }).map((d) => [d.field, d.key, d.before, d.after]),
    [
      ["rooms.removed", "第3", ["2"], undefined],
      ["rooms.added", "処置室", undefined, ["2"]],
      ["rooms.name", "第2", "第2", "小児"],
      ["rooms.services", "小児", ["1"], ["2"]],
    ],
  );
  assert.deepEqual(differences({ rooms }, { rooms: [...rooms].reverse() }).map((d) => d.field), ["rooms.order"]);
});

test("what became of a user names the user, and a dot in a name is part of it", () => {
  const told = (b: object, a: object) => differences({ ...b }, { ...a }).map((d) => [d.field, d.key, d.before, d.after]);
  const desk = { role: "desk" };
  assert.deepEqual(told({}, { "users.a.b": desk }), [["users.added", "a.b", undefined, "desk"]]);
  assert.deepEqual(told({ "users.a.b": desk }, {}), [["users.removed", "a.b", "desk", undefined]]);
  assert.deepEqual(told({ "users.花子": desk }, { "users.花子": { role: "admin", password: "changed" } }), [
    ["users.role", "花子", "desk", "admin"],
    ["users.password", "花子", "desk", "admin"],
  ]);
});
