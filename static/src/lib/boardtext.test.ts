import { equal } from "node:assert/strict";
import { test } from "node:test";
import * as en from "../locale/en.json";
import * as ja from "../locale/ja.json";
import { words } from "./i18n.ts";
import { dayNote, numbers, stopReason } from "./boardtext.ts";

const japanese = words({ board: ja.board, date: ja.date, dayNote: ja.dayNote, stop: ja.stop });
const english = words({ board: en.board, date: en.date, dayNote: en.dayNote, stop: en.stop });

test("a ready-made reason is said in the reader's language, other words as they are", () => {
  equal(stopReason(japanese, { stopReason: "doctor" }), "医師の都合のため");
  equal(stopReason(english, { stopReason: "doctor" }), "The doctor is not available");
  equal(stopReason(english, { stopReason: "学会のため" }), "学会のため");
  equal(stopReason(english, {}), "");
});

test("numbers that other services gave stand apart, with their names", () => {
  const guest = (number: number, of: string) => ({ number, of, state: "waiting" });
  const names = { "1234-2": "小児科" };
  equal(numbers(japanese, [24, 26], [], names), "24, 26");
  equal(numbers(japanese, [24], [guest(3, "1234-2"), guest(1, "1234-9"), guest(7, "1234-2")], names), "24 / 小児科の方 3, 7 / 1234-9の方 1");
  equal(numbers(english, [], [guest(3, "1234-2")], names), "3 of 小児科");
  equal(numbers(english, [], [], names), "");
});

test("a date that differs is today, a date, or several in a row", () => {
  const today = "2026-12-30";
  equal(dayNote(japanese, { from: today, to: today, closed: true, reason: "臨時休診" }, today), "本日は休診です（臨時休診）");
  equal(dayNote(japanese, { from: "2027-01-04", to: "2027-01-04", reason: "午前のみ" }, today), "1月4日（月）：午前のみ");
  equal(dayNote(japanese, { from: today, to: "2027-01-03", closed: true, reason: "年末年始" }, today), "本日〜1月3日（日）は休診です（年末年始）");
  equal(dayNote(english, { from: today, to: today, closed: true, reason: "New Year" }, today), "Today: closed (New Year)");
});
