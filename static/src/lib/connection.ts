// One connection to the server, kept up until it is stopped. The pages and the
// element for partners share it. feed.ts adds the choice of transports for pages.
//
// It provides the newest state of each topic with its actual age. It never queues: it
// drops a frame that is older than the last one.

import { TypeBye, TypePulse, TypeStale, type Frame } from "../wire.ts";
import type { Listener } from "./transport.ts";

export interface ConnectionStatus {
  up: boolean; // the server sends
  doubtful: boolean; // what is shown may be old
  heardAt: number; // local ms: when the server last confirmed all that is shown
}

export interface ConnectionOptions {
  /** Opens a connection and returns how to close it. It calls no listener after that. */
  open(listener: Listener): () => void;
  silence?: number | undefined; // ms without a frame until the state is doubtful
  heardAt?: number | undefined; // local ms: when the server last confirmed what is shown already; usually now
  onFrame(frame: Frame): void;
  onStatus(status: ConnectionStatus): void;
  /** A dial failed, misses times in a row. It returns how many count for the next delay. */
  onMiss?(misses: number): number;
  /** The page is seen again, or the network is back, and there is no good connection. */
  onWake?(): void;
}

const usualSilence = 25_000;
export const dialTimeout = 10_000; // an open connection without a frame
const backoffBase = 500;
const backoffCap = 15_000;
const steady = 5_000; // a connection that lasted as long as this was a good one
const hiddenDials = 60_000; // a page hidden for longer does not redial
const wakes = ["visibilitychange", "pageshow", "online"];

export interface Connection {
  stop(): void;
  /** Connects again at once. */
  redial(): void;
  /** Takes a state that was fetched, unless a newer one is known. */
  take(frame: Frame): void;
  /** Takes a frame as if the connection had received it. */
  receive(frame: Frame): void;
}

/** Dials at once. */
export function connect(options: ConnectionOptions): Connection {
  const now = () => Date.now();
  const silence = options.silence || usualSilence;
  const seen: Record<string, Frame> = {}; // by topic
  const stale = new Set<string | undefined>(); // topics that the server cannot confirm
  let aliveAt = options.heardAt || now(); // of the last frame of any kind
  let heardAt = aliveAt;
  let hiddenAt = document.hidden ? now() : 0;
  let silent = false; // for `silence`, by a timer: the wall clock may be set back
  let up = false;
  let openedAt = 0;
  let misses = 0; // in a row
  let close: (() => unknown) | undefined;
  let dialTimer = 0;
  let silenceTimer = 0;

  const isQuiet = () => silent || now() - aliveAt >= silence; // timers sleep with the phone

  function dial(): void {
    drop();
    let hangUp: (() => void) | undefined;
    const mine = (close = () => hangUp && hangUp());
    const onEnd = () => close === mine && ended();
    openedAt = now();
    dialTimer = setTimeout(() => up || onEnd(), dialTimeout);
    try {
      hangUp = options.open({ onEnd, onFrame: (f) => close === mine && receive(f) });
    } catch {
      setTimeout(onEnd); // the browser refuses to dial
    }
    report();
  }

  function drop(): void {
    clearTimeout(dialTimer);
    if (close) close();
    close = undefined;
    up = false;
  }

  function ended(): void {
    misses = up && now() - openedAt >= steady ? 0 : misses + 1;
    if (options.onMiss) misses = options.onMiss(misses);
    redialIn(Math.random() * Math.min(backoffCap, backoffBase * 2 ** misses));
  }

  function redialIn(delay: number): void {
    drop();
    dialTimer = setTimeout(() => (hiddenAt && now() - hiddenAt >= hiddenDials) || dial(), delay);
    report();
  }

  function receive(frame: Frame): void {
    aliveAt = now();
    watchSilence();
    if (frame.type === TypeBye) {
      misses = 0;
      return redialIn(frame.retryAfterMs || 0);
    }
    if (frame.type === TypePulse) options.onFrame(frame); // the first pulse has no topic
    else {
      up = true;
      if (frame.type === TypeStale) stale.add(frame.topic);
      else take(frame);
    }
    if (up && !stale.size) heardAt = aliveAt;
    report();
  }

  /** Whether a frame is newer: another epoch always is, and an equal version ends a stale state. */
  function take(frame: Frame): void {
    const { topic = "", epoch, version } = frame;
    const last = seen[topic];
    if (last && last.epoch === epoch && last.version! > version!) return;
    seen[topic] = frame;
    stale.delete(topic);
    options.onFrame(frame);
  }

  /** Reports by itself when nothing is received, and connects again. */
  function watchSilence(): void {
    clearTimeout(silenceTimer);
    silent = false;
    silenceTimer = setTimeout(() => {
      silent = true;
      if (close) ended();
      else report();
    }, silence);
  }

  function wake(): void {
    hiddenAt = document.hidden ? hiddenAt || now() : 0;
    if (hiddenAt || (close && !isQuiet())) return;
    misses = 0;
    if (options.onWake) options.onWake();
    dial();
  }

  function report(): void {
    options.onStatus({ up, doubtful: isQuiet() || stale.size > 0, heardAt });
  }

  for (const event of wakes) addEventListener(event, wake, true);
  watchSilence();
  dial();
  return {
    stop() {
      for (const event of wakes) removeEventListener(event, wake, true);
      clearTimeout(silenceTimer);
      drop();
    },
    redial: dial,
    take,
    receive,
  };
}
