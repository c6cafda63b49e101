import { equal } from "node:assert/strict";
import { test } from "node:test";
import * as en from "../locale/en.json";
import * as ja from "../locale/ja.json";
import { WallClock } from "./clock.ts";
import { words } from "./i18n.ts";
import { leftOf, when } from "./when.ts";

const texts = { ja: { date: ja.date }, en: { date: en.date } };

test("today is a time, another day has its date", () => {
  const at = "2026-11-23T07:30:00.000+09:00";
  equal(when(words(texts.ja), at, "2026-11-23"), "07:30");
  equal(when(words(texts.ja), at, "2026-11-21"), "11月23日（月） 07:30");
  equal(when(words(texts.en), at, "2026-11-21"), "Mon 23 November, 07:30");
});

test("what is left counts down to seconds, and says nothing of days", () => {
  const text = (ms: number) => {
    const left = leftOf(ms);
    return left ? `${left.unit} ${left.h}:${left.m}:${left.s}` : "";
  };
  equal(text(86_399_500), "");
  equal(text(Number.NaN), "");
  equal(text(2 * 3_600_000 + 15 * 60_000), "hours 2:15:0");
  equal(text(3_599_000), "minutes 0:59:59");
  equal(text(60_000), "minutes 0:1:0");
  equal(text(59_001), "minutes 0:1:0");
  equal(text(59_000), "seconds 0:0:59");
  equal(text(1), "seconds 0:0:1");
  equal(text(0), "soon 0:0:0");
  equal(text(-5_000), "soon 0:0:0");
});

test("the time until an opening is told by the server's clock", () => {
  const clock = new WallClock(() => Date.parse("2026-11-21T00:00:00Z"));
  clock.learnTime("2026-11-21T00:10:00Z"); // the local clock is ten minutes slow
  equal(clock.until("2026-11-21T09:30:00.000+09:00"), 20 * 60_000);
});
