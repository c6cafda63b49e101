import { equal } from "node:assert/strict";
import { test } from "node:test";
import * as en from "../locale/en.json";
import { words } from "./i18n.ts";
import { isolated } from "./isolated.ts";
import { numbers } from "./boardtext.ts";

test("a text that is written from right to left is isolated, any other is as it was", () => {
  for (const text of ["", "内科", "第1診察室", "Dr. Müller", "09012345678", "약국", "🏥"]) equal(isolated(text), text);
  for (const text of ["שלום", "محمد 2", "內科 محمد", "\u{1e900}"]) equal(isolated(text), `\u2068${text}\u2069`);
});

test("a value keeps the order of its sentence", () => {
  const w = words({ board: en.board }, "en");
  equal(numbers(w, [24], [{ number: 3, of: "1234-2", state: "waiting" }], { "1234-2": "שלום" }), "24 / 3 of \u2068שלום\u2069");
});
