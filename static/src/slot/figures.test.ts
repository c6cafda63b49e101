import { deepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { words } from "../lib/i18n.ts";
import * as en from "../locale/en.json";
import * as easy from "../locale/ja-x-easy.json";
import * as ja from "../locale/ja.json";
import * as ko from "../locale/ko.json";
import * as pt from "../locale/pt.json";
import * as vi from "../locale/vi.json";
import * as zh from "../locale/zh-Hans.json";
import cases from "../testing/slots.json";
import type { Board } from "../wire.ts";

// Lit reads the document when it is loaded.
const comment = {};
Object.assign(globalThis, { document: { createComment: () => comment, createTreeWalker: () => comment } });

const texts = { en, "ja-x-easy": easy, ja, ko, pt, vi, "zh-Hans": zh };

// The server is held to the same file.
test("the pages that show a board of slot mode have the texts of the table in every language", async () => {
  const { figures } = await import("./figures.ts");
  const { glance } = await import("../clinic/glance.ts");
  const { textsOf } = await import("../testing/rendered.ts");
  const seen = new Set<string>();
  for (const c of cases) {
    const board = c.board as unknown as Board;
    for (const [lang, { patient, clinic }] of Object.entries(c.texts)) {
      seen.add(lang);
      const w = words<typeof ja>(texts[lang as "ja"], lang);
      deepEqual(textsOf(figures(w, board)), patient, `${c.name}, in ${lang}`);
      deepEqual(textsOf(glance(w, board, {})), clinic, `${c.name} on the clinic's page, in ${lang}`);
    }
  }
  ok(cases.length >= 6 && seen.size === Object.keys(texts).length);
});

test("the screen shows the slot being seen with its caution, and nothing where there is none", async () => {
  const { panel } = await import("../display/panel.ts");
  const { textsOf } = await import("../testing/rendered.ts");
  const w = words<typeof ja>(ja);
  for (const c of cases) {
    const all = textsOf(panel(w, c.board as unknown as Board, { names: {}, boards: 1, rounds: 0, isNew: () => false }));
    const rows = c.texts.ja.frame.filter((text) => /^現在診察中の時間帯|^この時間帯の予約|^うちお呼び出し済み|時刻ではありません/.test(text));
    deepEqual(all.filter((text) => /時間帯|うち|時刻/.test(text)).map((text) => text.replace(": ", " ")), rows, c.name);
  }
});
