// Blocks unintended actions by keys, clicks and touch. A click that repeats the last
// one is dropped. A call within the pause after a call is not sent. A dropped action
// extends the pause, so a burst of any length acts once.

import type { Call } from "../lib/api.ts";

export const pause = 400; // ms
const near = 30; // CSS px between two taps of one finger

export class Guard {
  private last = { at: -Infinity, x: 0, y: 0 }; // the last tap
  private acts = new Map<string, number>(); // when each kind of action was last sent or answered

  /** Listens for clicks in the capture phase, before any button sees them. */
  readonly click = (e: MouseEvent): void => {
    const { x, y } = this.last;
    const touch = (e as PointerEvent).pointerType;
    // A browser of iOS counts no clicks, and another button may be under the second tap.
    const tap = touch === "touch" || touch === "pen";
    const again = tap && e.timeStamp - this.last.at < pause && Math.hypot(e.clientX - x, e.clientY - y) < near;
    if (tap) this.last = { at: e.timeStamp, x: e.clientX, y: e.clientY };
    if (e.detail < 2 && !again) return;
    e.preventDefault();
    e.stopImmediatePropagation();
  };

  /** A held Enter repeats the click of a button, and the submission of a form. */
  readonly held = (e: KeyboardEvent): void => {
    if (e.repeat && e.key === "Enter" && !(e.target instanceof HTMLTextAreaElement)) e.preventDefault();
  };

  /** Whether an action may be sent now. */
  admits(c: Call): boolean {
    const free = performance.now() - (this.acts.get(kindOf(c)) ?? -Infinity) >= pause;
    if (!free) this.acted(c);
    return free;
  }

  /** Begins the pause: an action was sent, or its answer is here. */
  acted(c: Call): void {
    const kind = kindOf(c);
    const now = performance.now();
    this.acts.forEach((at, old) => now - at >= pause && this.acts.delete(old));
    if (kind) this.acts.set(kind, now);
  }
}

/** Two actions of one kind within the pause are one: two calls, two undos, or one act on one ticket. */
function kindOf(c: Call): string {
  const act = /\/(?:tickets\/[^/]+\/\w+|call)$/.exec(c.path)?.[0] ?? "";
  return c.method === "POST" ? act.replace(/.*\/undo$/, "undo") : "";
}
