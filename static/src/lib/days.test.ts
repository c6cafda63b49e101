import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import * as en from "../locale/en.json";
import * as ja from "../locale/ja.json";
import type { Day } from "../wire.ts";
import { choices, dayOf, dayText } from "./days.ts";
import { words } from "./i18n.ts";

const texts = {
  ja: { date: ja.date, session: ja.session, days: ja.days },
  en: { date: en.date, session: en.session, days: en.days },
};
const session = (id: string, hour: string, availability?: string, firstVisit?: string) => ({
  session: id, from: `2026-11-22T${hour}:00:00.000+09:00`, to: `2026-11-22T${hour}:59:00.000+09:00`,
  ...(availability === undefined ? {} : { availability }), ...(firstVisit === undefined ? {} : { firstVisit }),
});
const days: Day[] = [{
  day: "2026-11-22", numbers: "now",
  sessions: [session("morning", "09", "none", "none"), session("morning-2", "11", "few", "none"), session("afternoon", "15", "many", "many")],
}];

test("each session of a day to come is a choice with its mark", () => {
  deepEqual(choices(words(texts.ja), days, false).map((c) => c.text), [
    "11月22日（日） 午前 09:00〜 × 満員", "11月22日（日） 午前2 11:00〜 △ 残りわずか", "11月22日（日） 午後 15:00〜 ○",
  ]);
  deepEqual(choices(words(texts.ja), days, false).map((c) => c.full), [true, false, false]);
  equal(choices(words(texts.en), days, false)[2]?.text, "Sun 22 November – Afternoon, from 15:00 ○");
});

test("a first visit sees the places of first visits", () => {
  deepEqual(choices(words(texts.ja), days, true).map((c) => c.full), [true, true, false]);
});

test("where the clinic hides its places, there is no mark and nothing is full", () => {
  const hidden: Day[] = [{ day: "2026-11-22", numbers: "now", sessions: [session("evening", "18")] }];
  deepEqual(choices(words(texts.ja), hidden, true), [{ value: "2026-11-22 evening", text: "11月22日（日） 夜間 18:00〜", full: false }]);
});

test("a choice is the day and session that a request names", () => {
  deepEqual(dayOf("2026-11-22 morning-2"), { day: "2026-11-22", session: "morning-2" });
  deepEqual(dayOf(""), {});
  equal(dayText(words(texts.ja), "2026-11-22"), "11月22日（日）");
});
