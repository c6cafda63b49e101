// The one connection of a page, as one state machine.
//
// It promises the newest state of each topic, and the truth about how fresh that
// is: a page that has heard nothing for `silence` says so, whatever the socket
// says. It climbs down a ladder of transports when one does not work, and tries
// the best one again now and then. It never queues: an older frame is dropped.

import { TypeBye, TypePulse, TypeStale, type Frame } from "../wire.ts";
import type { Line, Transport } from "./transport.ts";
import { browser, type World } from "./world.ts";

export type Link = "live" | "connecting" | "stale" | "offline";

export interface Status {
  link: Link;
  heardAt: number; // local ms: when the server last vouched for all that we show
  up: boolean; // a line is open and speaks
}

export interface FeedOptions extends Line {
  transports: Transport[]; // best first
  silence?: number; // ms without a word that make us stale
  heardAt?: number | undefined; // local ms: when the server last vouched for what the page shows already; usually now
  onFrame(frame: Frame): void;
  onStatus(status: Status): void;
  world?: World;
}

const usualSilence = 25_000;
const dialTimeout = 10_000; // an open line that says nothing
const backoffBase = 500;
const backoffCap = 15_000;
const steady = 5_000; // a line that lived as long as this was a good one
const missesPerRung = 2; // failures before the next transport
const probeFirst = 5_000; // first look whether a better transport works again
const probeCap = 60_000;
const hiddenDials = 60_000; // a page hidden for longer does not redial

interface Open {
  rung: number; // of the ladder of transports
  at: number;
  heard: boolean;
  close(): void;
}

export interface Feed {
  stop(): void;
  /** Connects again at once, on the transport that works. */
  redial(): void;
  /** Takes a state that was fetched beside the line, unless a newer one is known. */
  take(frame: Frame): void;
}

const idle = () => {};

/** Dials at once, and keeps at it until it is stopped. */
export function startFeed(options: FeedOptions): Feed {
  const { topics, transports } = options;
  const world = options.world || browser();
  const silence = options.silence || usualSilence;
  const seen = new Map<string, { epoch: string; version: number }>();
  const stale = new Set<string>(); // topics that the server cannot vouch for
  let aliveAt = options.heardAt || world.now(); // any word at all
  let heardAt = aliveAt;
  let silent = false; // for `silence`, by a timer: the wall clock may be set back
  let line: Open | undefined;
  let probe: Open | undefined; // looks whether the best transport works again
  let rung = 0;
  let misses = 0; // in a row, on this rung
  let probes = 0;
  let stopped = false;
  let cancelDial = idle;
  let cancelProbe = idle;
  let cancelSilence = idle;

  const quiet = () => silent || world.now() - aliveAt >= silence; // timers sleep with the phone

  function dial(): void {
    cancelDial();
    line = open(rung);
    tell();
  }

  function open(on: number): Open {
    let over = false;
    let hangUp = idle;
    const close = () => {
      over = true;
      cancel();
      hangUp();
    };
    const opened: Open = { rung: on, at: world.now(), heard: false, close };
    const end = () => {
      if (over) return;
      close();
      ended(opened);
    };
    const cancel = world.later(dialTimeout, () => opened.heard || end());
    try {
      hangUp = (transports[on] as Transport)(options, {
        ended: end,
        heard: (f) => over || heard(opened, f),
      });
    } catch {
      world.later(0, end); // a browser that refuses to dial at all
    }
    return opened;
  }

  function drop(): void {
    cancelDial();
    cancelProbe();
    line?.close();
    probe?.close();
    line = probe = undefined;
  }

  function ended(was: Open): void {
    if (was === probe) {
      probe = undefined;
      planProbe();
      return;
    }
    misses = was.heard && world.now() - was.at >= steady ? 0 : misses + 1;
    if (misses >= missesPerRung && rung + 1 < transports.length) {
      rung++;
      misses = probes = 0;
    }
    redial(world.random() * Math.min(backoffCap, backoffBase * 2 ** misses));
  }

  function redial(delay: number): void {
    drop();
    cancelDial = world.later(delay, () => {
      if (world.hiddenFor() < hiddenDials) dial();
    });
    tell();
  }

  function heard(on: Open, frame: Frame): void {
    aliveAt = world.now();
    listen();
    if (!on.heard && frame.type === TypePulse) return options.onFrame(frame); // a greeting tells the time, and of no topic yet
    if (on === probe) {
      line?.close();
      line = on;
      probe = undefined;
      rung = misses = 0;
    }
    if (!on.heard) {
      on.heard = true;
      planProbe();
    }
    switch (frame.type) {
      case TypeBye:
        misses = 0;
        redial(frame.retryAfterMs || 0);
        return;
      case TypeStale:
        for (const topic of frame.topic ? [frame.topic] : topics) stale.add(topic);
        break;
      case TypePulse:
        options.onFrame(frame);
        break;
      default:
        state(frame);
    }
    if (!stale.size) heardAt = aliveAt;
    tell();
  }

  /** Newest wins: another epoch is newer whatever its version, an equal version ends a stale. */
  function state(frame: Frame): void {
    const { topic = "", epoch = "", version = 0 } = frame;
    const last = seen.get(topic);
    if (last && last.epoch === epoch && version < last.version) return;
    seen.set(topic, { epoch, version });
    stale.delete(topic);
    options.onFrame(frame);
  }

  /** Reports by itself when nothing is received, and connects again. */
  function listen(): void {
    cancelSilence();
    silent = false;
    cancelSilence = world.later(silence, () => {
      silent = true;
      tell();
      if (!line) return;
      line.close();
      ended(line);
    });
  }

  function planProbe(): void {
    cancelProbe();
    if (rung === 0) return;
    const delay = Math.min(probeCap, probeFirst * 2 ** probes++);
    cancelProbe = world.later(delay * (0.5 + world.random() / 2), () => {
      probe = open(0);
    });
  }

  /** Looks again now: the page is seen again, or the network is back. */
  function wake(): void {
    if (line && !quiet()) return;
    rung = misses = 0;
    drop();
    dial();
  }

  function tell(): void {
    if (stopped) return;
    options.onStatus({ link: link(), heardAt, up: up() });
  }

  function up(): boolean {
    return !!line && line.heard;
  }

  function link(): Link {
    const doubt = quiet() || stale.size > 0;
    if (up() && !doubt) return "live";
    if (!up() && !world.online()) return "offline";
    return doubt ? "stale" : "connecting";
  }

  const unwake = world.onWake(wake);
  listen();
  dial();
  return {
    stop() {
      stopped = true;
      unwake();
      cancelSilence();
      drop();
    },
    redial() {
      drop();
      dial();
    },
    take: state,
  };
}
