// The browser as the feed sees it: time, chance, and whether anybody looks. Tests
// bring a world of their own.

export interface World {
  now(): number;
  random(): number;
  later(ms: number, act: () => void): () => void; // returns how to call it off
  online(): boolean;
  hiddenFor(): number; // ms; 0 while the page is seen
  onWake(act: () => void): () => void; // the page is seen again, or the network is back
}

export function browser(): World {
  let hiddenAt = document.hidden ? Date.now() : 0;
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    later(ms, act) {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
    online: () => navigator.onLine,
    hiddenFor: () => (hiddenAt ? Date.now() - hiddenAt : 0),
    onWake(act) {
      const look = () => {
        hiddenAt = document.hidden ? hiddenAt || Date.now() : 0;
        if (!hiddenAt) act();
      };
      const calls: [EventTarget, string][] = [[document, "visibilitychange"], [document, "resume"], [window, "pageshow"], [window, "online"]];
      for (const [target, event] of calls) target.addEventListener(event, look);
      return () => {
        for (const [target, event] of calls) target.removeEventListener(event, look);
      };
    },
  };
}
