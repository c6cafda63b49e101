import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import * as en from "../locale/en.json";
import * as easy from "../locale/ja-x-easy.json";
import * as ja from "../locale/ja.json";
import * as ko from "../locale/ko.json";
import * as pt from "../locale/pt.json";
import * as vi from "../locale/vi.json";
import * as zh from "../locale/zh-Hans.json";
import * as said from "../testing/counters.json";
import { words } from "./i18n.ts";
import { count, dayNote, minutes, numbers } from "./boardtext.ts";
import { dateText, when } from "./when.ts";

// The server is held to the same file.
for (const [lang, { unit, date, dayNote: note, board }] of Object.entries({ en, "ja-x-easy": easy, ja, ko, pt, vi, "zh-Hans": zh })) {
  test("numbers, counters and dates are right in " + lang, () => {
    const w = words<Pick<typeof ja, "unit" | "date" | "dayNote" | "board">>({ unit, date, dayNote: note, board }, lang);
    const at = "2026-11-21T17:30:00.000Z";
    deepEqual({
      "number": w.t("unit.number", { n: 23 }),
      "one people": count(w, { n: 1, unit: "people" }),
      "one tickets": count(w, { n: 1, unit: "tickets" }),
      "no people": count(w, { n: 0, unit: "people" }),
      "clock": minutes(w, { low: 160, high: 190, single: false, at: "15:00" }),
      "hostile": w.t("board.of", { service: "{numbers}{service}" }),
      "many people": count(w, { n: 14, unit: "people" }),
      "many tickets": count(w, { n: 14, unit: "tickets" }),
      "date": dateText(w, "2026-11-21"),
      "later": when(w, at, "2026-11-20"),
      "today": when(w, at, "2026-11-21"),
      "closed": dayNote(w, { from: "2026-11-21", to: "2026-12-01", closed: true, reason: "改装" }, "2026-11-21"),
      "guests": numbers(w, [24], [{ number: 3, of: "1234-2", state: "waiting" }], { "1234-2": "小児科" }),
    }, (said as unknown as Record<string, unknown>)[lang]);
  });
}
