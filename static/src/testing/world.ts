// A world whose time passes when a test says so, and a transport whose lines the
// test holds in its hand.

import type { Ears, Line, Transport } from "../lib/transport.ts";
import type { World } from "../lib/world.ts";
import type { Frame } from "../wire.ts";

interface Timer {
  at: number;
  act(): void;
}

export class FakeWorld implements World {
  time = 1_000_000;
  step = 0; // by which the wall clock was set, and no timer
  isOnline = true;
  hidden = 0;
  chance = 0.5;
  private timers = new Set<Timer>();
  private sleepers = new Set<() => void>();

  now = () => this.time + this.step;
  random = () => this.chance;
  online = () => this.isOnline;
  hiddenFor = () => this.hidden;

  later(ms: number, act: () => void): () => void {
    const timer = { at: this.time + ms, act };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  onWake(act: () => void): () => void {
    this.sleepers.add(act);
    return () => this.sleepers.delete(act);
  }

  wake(): void {
    for (const act of this.sleepers) act();
  }

  /** Lets time pass, and runs what falls due in order. */
  pass(ms: number): void {
    const until = this.time + ms;
    for (;;) {
      const due = [...this.timers].filter((t) => t.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.timers.delete(due);
      this.time = Math.max(this.time, due.at);
      due.act();
    }
    this.time = until;
  }

  pending(): number {
    return this.timers.size;
  }
}

export interface FakeLine extends Ears {
  kind: string;
  line: Line;
  open: boolean;
}

/** Every line that was opened, newest last. */
export class Switchboard {
  lines: FakeLine[] = [];

  transport(kind: string): Transport {
    return (line, ears) => {
      const opened = { kind, line, open: true, heard: (f: Frame) => ears.heard(f), ended: () => ears.ended() };
      this.lines.push(opened);
      return () => {
        opened.open = false;
      };
    };
  }

  last(): FakeLine {
    const last = this.lines[this.lines.length - 1];
    if (!last) throw new Error("no line was opened");
    return last;
  }

  openLines(): FakeLine[] {
    return this.lines.filter((l) => l.open);
  }
}
