// Divides boards into pages of the screen. A wall screen does not scroll: what does not
// fit legibly is another page, and a long message has several. Pure functions.

import type { Board } from "../wire.ts";

export type Page =
  | { key: string; kind: "boards"; boards: Board[] }
  | { key: string; kind: "message"; names: string[]; text: string; until: string; part: number; parts: number };

const boardsMost = 3; // on a page
const inPanel = [0, 90, 40, 30]; // limit of a message by the number of boards, in full-width characters
const lineCost = 15; // what a line break takes of that

export interface Room {
  columns: number; // full widths in a line
  rows: number;
}

/** The pages of a screen; as few as are legible, evenly filled. */
export function pagesOf(boards: Board[], room: Room): Page[] {
  const count = Math.max(1, Math.ceil(boards.length / boardsMost));
  const pages: Page[] = [];
  for (let i = 0, from = 0; i < count; i++) {
    const size = Math.ceil((boards.length - from) / (count - i));
    const some = boards.slice(from, from + size);
    pages.push({ key: "boards " + some.map((b) => b.service).join(" "), kind: "boards", boards: some });
    from += size;
  }
  return [...pages, ...messagesOf(pages, room)];
}

/** Whether a message fits beside that number of boards. */
export function fitsPanel(text: string, boards: number): boolean {
  return width(text) + lineCost * (text.split("\n").length - 1) <= (inPanel[boards] ?? 0);
}

function messagesOf(pages: Page[], room: Room): Page[] {
  const long: { names: string[]; text: string; until: string }[] = [];
  for (const p of pages) {
    if (p.kind !== "boards") continue;
    for (const b of p.boards) {
      const text = b.message?.text ?? "";
      const until = b.message?.until ?? "";
      if (text === "" || fitsPanel(text, p.boards.length)) continue;
      const same = long.find((m) => m.text === text && m.until === until);
      if (same) same.names.push(b.name);
      else long.push({ names: [b.name], text, until });
    }
  }
  const all: Page[] = [];
  long.forEach(({ names, text, until }, i) => {
    const parts = chunks(text, room);
    parts.forEach((part, n) => all.push({ key: `message ${i} ${n}`, kind: "message", names, text: part, until, part: n + 1, parts: parts.length }));
  });
  return all;
}

/** The index of the page with a service's board; -1 when none has it. */
export function pageWith(pages: Page[], service: string): number {
  return pages.findIndex((p) => p.kind === "boards" && p.boards.some((b) => b.service === service));
}

/** How wide a text is, in full widths. */
export function width(text: string): number {
  let sum = 0;
  for (const c of text) sum += /[\u0020-\u007e\uff61-\uff9f]/.test(c) ? 0.6 : 1;
  return sum;
}

/** Cuts a text into parts of that many rows. It breaks between lines as the browser will, or earlier. */
export function chunks(text: string, room: Room): string[] {
  const parts: string[] = [];
  let part = "";
  let row = 1;
  let used = 0; // of the row
  const wrap = (broken: boolean) => {
    row++;
    used = 0;
    if (row <= room.rows) {
      if (broken) part += "\n";
      return;
    }
    parts.push(part);
    part = "";
    row = 1;
  };
  for (const word of words(text)) {
    if (word === "\n") {
      wrap(true);
      continue;
    }
    const wide = width(word);
    if (used > 0 && used + wide > room.columns) wrap(false);
    part += used === 0 && part === "" ? word.replace(/^ +/, "") : word;
    used += wide;
  }
  parts.push(part);
  return parts.filter((p) => p.trim() !== "");
}

/** Splits a text where it may break: before a word of another script with its blank, else at each character. */
function words(text: string): string[] {
  return text.match(/\n| ?[\u0021-\u007e]{1,12}|[^\n]/gu) ?? [];
}

/** Numbers in groups that are legible at once. */
export function groups<T>(all: T[], size: number): T[][] {
  const out: T[][] = [];
  for (let i = 0; i < all.length; i += size) out.push(all.slice(i, i + size));
  return out.length > 0 ? out : [[]];
}
