// A browser whose time passes when a test lets it, and transports whose
// connections the test controls.

import type { Listener, Subscription, Transport } from "../lib/transport.ts";
import type { Frame } from "../wire.ts";

interface Timer {
  at: number;
  act(): void;
}

/** Time, chance and the events of a page. A test may install it as the browser. */
export class FakeWorld {
  time = 1_000_000;
  step = 0; // by which the wall clock was set, and no timer
  isOnline = true;
  hidden = false;
  chance = 0.5;
  private timers = new Set<Timer>();
  private handlers = new Map<string, Set<() => void>>();

  now = () => this.time + this.step;
  random = () => this.chance;

  later(ms: number, act: () => void): () => void {
    const timer = this.add(ms, act);
    return () => this.timers.delete(timer);
  }

  /** Puts this world in the place of the browser's globals. */
  install(): void {
    const world = this;
    Date.now = this.now;
    Math.random = this.random;
    const globals = {
      setTimeout: (act: () => void, ms = 0) => this.add(ms, act),
      clearTimeout: (timer: Timer) => this.timers.delete(timer),
      navigator: { get onLine() { return world.isOnline; } },
      document: { get hidden() { return world.hidden; } },
      addEventListener: (event: string, act: () => void) => this.handlersOf(event).add(act),
      removeEventListener: (event: string, act: () => void) => this.handlersOf(event).delete(act),
    };
    for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true });
  }

  /** Sends an event to the page. */
  fire(event: string): void {
    for (const act of [...this.handlersOf(event)]) act();
  }

  /** Shows the page, or hides it. */
  show(shown: boolean): void {
    this.hidden = !shown;
    this.fire("visibilitychange");
  }

  private handlersOf(event: string): Set<() => void> {
    const handlers = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, handlers);
    return handlers;
  }

  private add(ms: number, act: () => void): Timer {
    const timer = { at: this.time + ms, act };
    this.timers.add(timer);
    return timer;
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

export interface FakeConnection extends Listener {
  kind: string;
  subscription: Subscription;
  open: boolean;
}

/** Every connection that was opened, newest last. */
export class FakeServer {
  connections: FakeConnection[] = [];

  transport(kind: string): Transport {
    return (subscription, listener) => {
      const opened = { kind, subscription, open: true, onFrame: (f: Frame) => listener.onFrame(f), onEnd: () => listener.onEnd() };
      this.connections.push(opened);
      return () => {
        opened.open = false;
      };
    };
  }

  last(): FakeConnection {
    const last = this.connections[this.connections.length - 1];
    if (!last) throw new Error("no connection was opened");
    return last;
  }

  openConnections(): FakeConnection[] {
    return this.connections.filter((c) => c.open);
  }
}
