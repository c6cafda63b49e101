// The element's connection: a socket, and where that does not open or has fallen
// silent, asking every few seconds. It is no ladder of transports as lib/feed.ts
// has, because every byte of it lands on pages that are not ours; what it promises
// is the same: the newest board, never an older one, and the truth about its age.

import { Subprotocol, type Board, type Frame } from "../wire.ts";

const silence = 25_000; // ms without a word that make us stale
const beat = 5_000; // ms between two looks
const longest = 60_000; // ms until a socket is tried again, at most

export interface Line {
  board?: Board;
  heardAt: number; // local ms: when the server last vouched for the board
  live(): boolean; // false where the board may be old, or does not come
  close(): void;
}

/** Follows a service; tells of every change, and ends with why there is nothing to follow. */
export function follow(origin: string, service: string, tell: () => void, end: (why: "unknown" | "refused") => void): Line {
  let socket: WebSocket | undefined;
  let up = false; // the socket speaks
  let over = false;
  let doubted = false; // by the server itself
  let alive = Date.now(); // any word at all
  let due = 0; // ms: when to dial again
  let misses = 0;
  let newest: Frame | undefined;
  const address = `${origin}/v1/services/${service}/board`;

  const quiet = () => Math.abs(Date.now() - alive) > silence; // the clock may be set back

  function hear(f: Frame): void {
    if (over) return;
    alive = Date.now();
    if (f.type === "stale") doubted = true;
    if (f.type === "bye") hangUp(f.retryAfterMs);
    if (f.board && !(newest && newest.epoch === f.epoch && newest.version! > f.version!)) {
      newest = f;
      line.board = f.board;
      doubted = false;
    }
    if (!doubted) line.heardAt = alive;
    tell();
  }

  function dial(): void {
    try {
      socket = new WebSocket(`${origin.replace(/^http/, "ws")}/v1/watch?topic=service:${service}`, Subprotocol);
      socket.onmessage = (e) => {
        up = true;
        misses = 0;
        hear(JSON.parse(e.data));
      };
      socket.onclose = () => {
        hangUp();
        look();
      };
    } catch {
      hangUp(); // a browser that refuses to dial at all
    }
  }

  function hangUp(wait = Math.random() * Math.min(longest, 1000 * 2 ** misses++)): void {
    due = Date.now() + wait;
    up = false;
    if (socket) {
      socket.onclose = socket.onmessage = null;
      socket.close();
      socket = undefined;
    }
  }

  function look(): void {
    if (quiet() && up) hangUp();
    if (!socket && Date.now() >= due) dial();
    if (!up) void ask();
    tell();
  }

  /** The page is seen again, or the network is back. */
  function wake(): void {
    due = 0;
    look();
  }

  /** Browsers do not say that we were refused: it is so when there is an answer for who cannot read it. */
  async function ask(): Promise<void> {
    try {
      const answer = await fetch(address, { cache: "no-cache" });
      if (answer.status === 404) stop("unknown");
      if (answer.ok) hear(await answer.json());
    } catch {
      if (!newest) fetch(address, { mode: "no-cors" }).then(() => stop("refused"), () => {});
    }
  }

  function stop(why: "unknown" | "refused"): void {
    if (!over) end(why);
  }

  const timer = setInterval(look, beat);
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  const line: Line = {
    heardAt: alive,
    live: () => !doubted && !quiet(),
    close() {
      over = true;
      clearInterval(timer);
      removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
      hangUp();
    },
  };
  dial();
  return line;
}
