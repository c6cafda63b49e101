import { deepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import * as en from "../locale/en.json";
import * as easy from "../locale/ja-x-easy.json";
import * as ja from "../locale/ja.json";
import * as ko from "../locale/ko.json";
import * as pt from "../locale/pt.json";
import * as vi from "../locale/vi.json";
import * as zh from "../locale/zh-Hans.json";
import cases from "../testing/boards.json";
import type { Board } from "../wire.ts";
import { words } from "./i18n.ts";

// Lit reads the document when it is loaded.
const comment = {};
Object.assign(globalThis, { document: { createComment: () => comment, createTreeWalker: () => comment } });

const texts = { en, "ja-x-easy": easy, ja, ko, pt, vi, "zh-Hans": zh };

// The server is held to the same file.
test("a board has the texts of the table in every language", async () => {
  const { board } = await import("./board.ts");
  const { textsOf } = await import("../testing/rendered.ts");
  const seen = new Set<string>();
  for (const c of cases) {
    for (const [lang, want] of Object.entries(c.texts)) {
      seen.add(lang);
      const w = words<typeof ja>(texts[lang as "ja"], lang);
      deepEqual(textsOf(board(w, c.board as unknown as Board, { "1234-2": "小児科" }, false)), want, `${c.name}, in ${lang}`);
    }
  }
  ok(cases.length >= 20 && seen.size === Object.keys(texts).length);
});
