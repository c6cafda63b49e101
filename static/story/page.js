// The surroundings of a page in its story, before its own scripts run. Clocks stand
// still, and the device remembers something. The connection is lost after its last
// frame, and this script types and clicks.
"use strict";

var story = { // its window's, so that who frames the page finds it
  steps: 0, // that are still to come before the page shows its story
  calls: 0, // whose answer is
  beat() {}, // runs at once what runs every second
  freeze() {}, // from now on nothing happens by itself
  later: setTimeout.bind(window), // the browser's, which runs on
};

function tell(facts) {
  let now = facts.now;
  let passed = 0; // ms, of the clock that is never set
  let lost = facts.kept > 0;
  let frozen = false;
  window.Date = class extends Date {
    constructor(...args) {
      super(...(args.length === 0 ? [now] : args));
    }
    static now() {
      return now;
    }
  };
  performance.now = () => passed;
  Object.defineProperty(navigator, "onLine", { get: () => !(facts.offline && lost) });
  if (facts.push) {
    const fake = (on, name, value) => Object.defineProperty(on, name, { configurable: true, get: () => value });
    if (facts.push === "homescreen") {
      delete window.PushManager;
      fake(navigator, "userAgent", "iPhone");
    } else {
      fake(window, "PushManager", class {});
      fake(window, "Notification", class {
        static permission = facts.push;
      });
      fake(navigator, "serviceWorker", { register: () => Promise.reject(), ready: new Promise(() => {}), getRegistration: async () => undefined });
    }
  }
  localStorage.clear(); // a new device each time
  sessionStorage.clear();
  for (const key of Object.keys(facts.storage || {})) localStorage.setItem(key, JSON.stringify(facts.storage[key]));
  const query = new URLSearchParams(location.search);
  for (const [name, value] of new URLSearchParams(facts.query)) query.set(name, value);
  query.delete("story");
  history.replaceState(null, "", "?" + query + (location.hash || facts.fragment));
  if (facts.kept) document.documentElement.dataset.kept = now - facts.kept; // as the service worker says it
  if (facts.loud) {
    window.AudioContext = class {
      state = "running";
      resume = () => Promise.resolve();
    };
  }

  // Timers of the page wait for the story to pass time. Only those without a delay run at once.
  const { setTimeout: soon, clearTimeout: not } = window;
  const waits = new Map(); // by id: what is to run once it is due
  const rounds = new Map(); // by id: what runs again and again
  let ids = 1e9; // the browser's own are smaller
  window.setTimeout = (act, ms, ...args) => {
    if (!(ms > 0)) return soon(() => frozen || act(...args));
    waits.set(++ids, { act: () => act(...args), due: passed + ms });
    return ids;
  };
  window.setInterval = (act, every, ...args) => {
    rounds.set(++ids, { act: () => act(...args), every });
    return ids;
  };
  window.clearTimeout = window.clearInterval = (id) => waits.delete(id) || rounds.delete(id) || not(id);
  const run = (longest) => [...rounds.values()].forEach(({ act, every }) => every <= longest && act());
  story.beat = () => run(1000);
  story.freeze = () => {
    frozen = true;
    Object.assign(window, { setTimeout: soon, clearTimeout: not }); // for who looks at the page
  };
  // Passes to the next moment, until then, at which something is to run.
  const passUntil = (then) => {
    const [id, next] = [...waits].sort(([, a], [, b]) => a.due - b.due)[0] || [];
    if (!next || next.due > then) return false;
    waits.delete(id);
    passed = Math.max(passed, next.due);
    next.act();
    return true;
  };

  const over = () => soon(() => story.calls--); // once the page has done with it
  const fetch = window.fetch;
  window.fetch = async (...args) => {
    if (lost) throw new TypeError("the line is lost");
    story.calls++;
    try {
      const answer = await fetch(...args);
      const text = await answer.text();
      answer.text = async () => text;
      answer.json = async () => JSON.parse(text);
      return answer;
    } finally {
      over();
    }
  };
  const lose = () => {
    lost = true;
    now += facts.lost;
    dispatchEvent(new Event("online")); // the page looks again, and finds nothing
    run(facts.lost);
  };
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      if (lost) throw new Error("the line is lost");
      super(...args);
      story.calls++; // until it has said all, or has ended
      let all = false;
      const said = () => {
        if (all) return;
        all = true;
        if (facts.lost) soon(lose);
        over();
      };
      for (const type of ["message", "close", "error"]) this.addEventListener(type, (e) => frozen && e.stopImmediatePropagation());
      this.addEventListener("message", (e) => JSON.parse(e.data).type === "pulse" && said());
      this.addEventListener("close", () => !all && ((all = true), over()));
    }
  };

  const steps = facts.steps || [];
  let hurry = facts.hurried ? 8000 : 0; // ms that pass at the end: a call is tried for the last time, no line is doubted
  const step = () => {
    story.steps = steps.length + (hurry > 0);
    if (!story.steps) return;
    soon(step, 10);
    if (story.calls > 0) return;
    const { at, type, pass } = steps[0] || {};
    const e = at && document.querySelector(at);
    const ready = e && !e.disabled;
    if (!at) {
      if (!passUntil(hurry)) hurry = 0;
    } else if (pass && !e) {
      passed += pass;
      story.beat();
    } else if (ready && type !== undefined) {
      e.value = type;
      for (const name of ["input", "change"]) e.dispatchEvent(new Event(name, { bubbles: true }));
    } else if (ready && !pass) {
      e.click();
    }
    if (ready) steps.shift();
  };
  story.steps = steps.length + (hurry > 0);
  addEventListener("load", step);
}
