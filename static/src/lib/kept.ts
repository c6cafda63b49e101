// Cached pages. The service worker marks a page that it serves without a network. The
// newest board of each service is kept, because frames are newer than the page.

import type { Board, Frame } from "../wire.ts";
import { device } from "./storage.ts";

interface Seen {
  service: string;
  at: number; // local ms, when the server last confirmed it
  board: Board;
}

const list = "junban.boards";
const most = 6; // boards of a device; the oldest is dropped

/** When the page was fetched, in local ms; nothing when it was fetched just now. */
export function keptAt(): number | undefined {
  return Number(document.documentElement.getAttribute("data-kept")) || undefined;
}

/** The board as this device saw it last. */
function lastSeen(service: string): Seen | undefined {
  return all().find((s) => s.service === service);
}

/** Stores a board that the server has just confirmed. */
export function saw(board: Board, at: number): void {
  const others = all().filter((s) => s.service !== board.service);
  device.put(list, [{ service: board.service, at, board }, ...others].slice(0, most));
}

/** The first board of a page, with its age if it is not new. */
export function beginning(service: string, initial: Frame | undefined): { board: Board | undefined; heardAt: number | undefined } {
  const fetched = keptAt();
  const seen = fetched ? lastSeen(service) : undefined;
  if (seen && fetched && seen.at > fetched) return { board: seen.board, heardAt: seen.at };
  return { board: initial?.board, heardAt: fetched };
}

function all(): Seen[] {
  return device.get(list, areSeen) || [];
}

function areSeen(value: unknown): value is Seen[] {
  return Array.isArray(value) && value.every((s: Seen | null) => typeof s?.service === "string" && typeof s.at === "number" && typeof s.board === "object");
}
