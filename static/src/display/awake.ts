// Keeps the screen on. A browser releases the lock when the page is hidden, and has
// none without TLS. Nothing else depends on it.

interface WakeLock {
  request(type: "screen"): Promise<unknown>;
}

export function keepAwake(): void {
  const { wakeLock } = navigator as { wakeLock?: WakeLock };
  const ask = () => {
    if (!document.hidden) wakeLock?.request("screen").catch(() => undefined); // asked again when the page is seen
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
