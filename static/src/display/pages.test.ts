import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Board } from "../wire.ts";
import { each, Pager } from "./pager.ts";
import { chunks, fitsPanel, groups, pagesOf, pageWith, width } from "./pages.ts";

const room = { columns: 21, rows: 8 };
const boards = (n: number, text = "") =>
  Array.from({ length: n }, (_, i) => ({ service: `1234-${i + 1}`, name: `科${i + 1}`, ...(text ? { message: { text, until: null } } : {}) }) as unknown as Board);

test("as few pages as are legible, evenly filled", () => {
  const sizes = (n: number) => pagesOf(boards(n), room).map((p) => (p.kind === "boards" ? p.boards.length : 0));
  deepEqual([0, 1, 2, 3, 4, 7].map(sizes), [[0], [1], [2], [3], [2, 2], [3, 2, 2]]);
  equal(pageWith(pagesOf(boards(7), room), "1234-7"), 2);
  equal(pageWith(pagesOf(boards(7), room), "1234-8"), -1);
});

test("every long message is reached, and what all services say is said once", () => {
  const text = "本日は大変混み合っております。".repeat(30);
  const pages = pagesOf(boards(4, text), room).filter((p) => p.kind === "message");
  ok(pages.length > 1);
  equal(pages.map((p) => (p.kind === "message" ? p.text : "")).join(""), text);
  deepEqual(pages.map((p) => (p.kind === "message" ? p.names.length : 0)), pages.map(() => 4));
  equal(pagesOf(boards(2, "短い"), room).length, 1);
  ok(!fitsPanel("短\n短\n短\n短", 2));
});

test("a part of a text never has more rows than there are", () => {
  for (const text of ["あ".repeat(500), "word ".repeat(100), "あ\n".repeat(250), "x".repeat(500), "Lorem ipsum, 順番 dolor. ".repeat(20), "😀".repeat(200)]) {
    const parts = chunks(text, room);
    for (const part of parts) {
      const rows = part.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(width(line) / (room.columns - 8))), 0);
      ok(rows <= room.rows * 2, `${rows} rows of ${part}`);
      ok(part.split("\n").length <= room.rows);
    }
    equal(parts.join("").replace(/\s/g, ""), text.replace(/\s/g, ""));
  }
});

test("numbers stand in groups, and none is one group", () => {
  deepEqual(groups([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
  deepEqual(groups([], 2), [[]]);
});

test("each page has its turn, and after the last the first", () => {
  const pager = new Pager(0);
  const keys = ["a", "b", "c"];
  deepEqual([0, each - 1, each, 2 * each, 3 * each].map((t) => pager.index(keys, t)), [0, 0, 1, 2, 0]);
  equal(pager.turns, 3);
});

test("a call brings its page at once, for a whole turn", () => {
  const pager = new Pager(0);
  const keys = ["a", "b", "c"];
  pager.index(keys, 5_000);
  pager.bring("c", 9_000);
  deepEqual([9_000, 9_000 + each - 1, 9_000 + each].map((t) => pager.index(keys, t)), [2, 2, 0]);
});

test("a page that is gone gives its place to the first", () => {
  const pager = new Pager(0);
  pager.bring("message 0 0", 0);
  equal(pager.index(["a", "b"], 1), 0);
  equal(pager.index(["a", "b"], each), 1);
  equal(pager.index([], 2 * each), 0);
});
