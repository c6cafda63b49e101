// Which calls are new to this screen, and which were the last. Pure: the time and
// what was known before come from outside.

import type { Board } from "../wire.ts";

export interface Called {
  key: string; // identifies a call; a recall of the same number is another one
  service: string;
  number: number;
  of: string; // the service that gave the number, where it is another
  room: string;
  roomName: string;
  at: string;
}

/** What a screen remembers of calls, over a reload too. */
export interface Remembered {
  known: string[]; // keys, the oldest first
  recent: Called[]; // the newest first
}

const freshFor = 30_000; // ms; an older call is shown, and no longer announced
const knownMost = 100;
const recentMost = 4;

export function isRemembered(v: unknown): v is Remembered {
  const r = v as Remembered | null;
  return typeof r === "object" && r !== null && Array.isArray(r.known) && Array.isArray(r.recent);
}

/** The calls of all boards, the newest first. */
export function callsOf(boards: Board[]): Called[] {
  const all: Called[] = [];
  for (const b of boards) {
    for (const c of b.calling ?? []) {
      const key = [b.service, c.of ?? "", c.number, c.room, c.at].join(" ");
      all.push({ key, service: b.service, number: c.number, of: c.of ?? "", room: c.room, roomName: c.roomName, at: c.at });
    }
  }
  return all.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

export class Calls {
  private known: string[] | undefined;
  recent: Called[];

  /** Without a memory the first state counts as announced: old calls cannot be distinguished from new ones. */
  constructor(memory: Remembered | undefined) {
    this.known = memory?.known;
    this.recent = memory?.recent ?? [];
  }

  memory(): Remembered {
    return { known: this.known ?? [], recent: this.recent };
  }

  /** Takes a state and returns the calls that are to be announced, the oldest first; age is in ms. */
  take(boards: Board[], age: (at: string) => number): Called[] {
    const now = callsOf(boards);
    const known = this.known;
    const unknown = known ? now.filter((c) => known.indexOf(c.key) < 0) : [];
    const rest = (known ?? []).filter((key) => !now.some((c) => c.key === key));
    this.known = [...rest, ...now.map((c) => c.key)].slice(-knownMost);
    const former = this.recent.filter((c) => !now.some(({ key }) => key === c.key) && !withdrawn(c, boards, now));
    this.recent = [...now, ...former].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, recentMost);
    return unknown.filter((c) => age(c.at) < freshFor).reverse();
  }
}

/** A call that was taken back: its number waits again, was called again, or the room shows an older one. */
function withdrawn(c: Called, boards: Board[], now: Called[]): boolean {
  const board = boards.find((b) => b.service === c.service);
  if (!board) return true;
  const waits = c.of
    ? (board.guests ?? []).some((g) => g.state === "waiting" && g.of === c.of && g.number === c.number)
    : (board.line ?? []).indexOf(c.number) >= 0;
  const older = (o: Called) => o.room === c.room && Date.parse(o.at) < Date.parse(c.at);
  const again = (o: Called) => o.service === c.service && o.of === c.of && o.number === c.number;
  return waits || now.some((o) => older(o) || again(o));
}
