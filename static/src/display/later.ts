// A timer that its owner can cancel.

/** Calls act once after a delay, and returns how to cancel it. */
export function later(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}
