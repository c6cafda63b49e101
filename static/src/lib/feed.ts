// The feed of a page: one connection, over the best transport that works.
//
// It moves down a ladder of transports when one does not work. It probes the best one
// now and then, beside the connection that works.

import { TypePulse, type Frame } from "../wire.ts";
import { connect, dialTimeout, type Connection } from "./connection.ts";
import type { Listener, Subscription, Transport } from "./transport.ts";

export type Link = "live" | "connecting" | "stale" | "offline";

export interface Status {
  link: Link;
  heardAt: number; // local ms: when the server last confirmed all that is shown
  up: boolean; // a connection is open, and the server sends
}

export interface FeedOptions extends Subscription {
  transports: Transport[]; // best first
  silence?: number; // ms without a frame until the page is stale
  heardAt?: number | undefined; // local ms: when the server last confirmed what the page shows already; usually now
  onFrame(frame: Frame): void;
  onStatus(status: Status): void;
}

const missesPerRung = 2; // failures before the next transport
const probeFirst = 5_000; // first look whether the best transport works again
const probeCap = 60_000;

const idle = () => {};

export function startFeed(options: FeedOptions): Connection {
  const { transports, silence, heardAt, onFrame } = options;
  let rung = 0; // of the ladder
  let probes = 0;

  function open(listener: Listener): () => void {
    let received = false;
    let close = dial(rung, {
      onEnd: listener.onEnd,
      onFrame(frame) {
        if (!received && frame.type !== TypePulse) planProbe();
        received ||= frame.type !== TypePulse;
        listener.onFrame(frame);
      },
    });
    let closeProbe = idle;
    let timer = 0; // of the probe

    function planProbe(): void {
      clearTimeout(timer);
      closeProbe();
      closeProbe = idle;
      if (rung === 0) return;
      const delay = Math.min(probeCap, probeFirst * 2 ** probes++);
      timer = setTimeout(probe, delay * (0.5 + Math.random() / 2));
    }

    /** A probe takes the place of the connection when it receives a state. */
    function probe(): void {
      let taken = false;
      timer = setTimeout(planProbe, dialTimeout);
      try {
        closeProbe = dial(0, {
          onEnd: () => (taken ? listener.onEnd() : planProbe()),
          onFrame(frame) {
            if (!taken && frame.type === TypePulse) return onFrame(frame); // a greeting has the time alone
            if (!taken) {
              clearTimeout(timer);
              close();
              close = closeProbe;
              closeProbe = idle;
              rung = 0;
              taken = true;
            }
            listener.onFrame(frame);
          },
        });
      } catch {
        planProbe();
      }
    }

    return () => {
      clearTimeout(timer);
      closeProbe();
      close();
    };
  }

  function dial(on: number, listener: Listener): () => void {
    return (transports[on] as Transport)(options, listener);
  }

  return connect({
    open,
    silence,
    heardAt,
    onFrame,
    onStatus({ up, doubtful, heardAt }) {
      const link = !up && !navigator.onLine ? "offline" : doubtful ? "stale" : up ? "live" : "connecting";
      options.onStatus({ link, heardAt, up });
    },
    onMiss(misses) {
      if (misses < missesPerRung || rung + 1 === transports.length) return misses;
      rung++;
      return (probes = 0);
    },
    onWake() {
      rung = 0;
    },
  });
}
