// What a page meets in its story, before its own scripts run: clocks that stand
// still, a device that remembers something, a line that is lost once it has said
// all, and a hand that types and clicks.
"use strict";

const story = {
  steps: 0, // that are still to come before the page shows its story
  calls: 0, // whose answer is
  beat() {}, // runs at once what runs every second
  freeze() {}, // from now on nothing happens by itself
};

function tell(facts) {
  let now = facts.now;
  let passed = 0; // ms of the clock that is never set
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
  localStorage.clear(); // a new device each time
  sessionStorage.clear();
  for (const key of Object.keys(facts.storage || {})) localStorage.setItem(key, JSON.stringify(facts.storage[key]));
  const query = new URLSearchParams(location.search);
  for (const [name, value] of new URLSearchParams(facts.query)) query.set(name, value);
  history.replaceState(null, "", "?" + query + (location.hash || facts.fragment));
  if (facts.kept) document.documentElement.dataset.kept = now - facts.kept; // as the service worker says it
  if (facts.loud) {
    window.AudioContext = class {
      state = "running";
      resume = () => Promise.resolve();
    };
  }

  const { setTimeout: later, setInterval: every } = window;
  const beats = [];
  const unless = (act) => (...args) => frozen || act(...args);
  window.setTimeout = (act, ms, ...args) => later(unless(act), facts.hurried ? 0 : ms, ...args);
  window.setInterval = (act, ms, ...args) => {
    if (ms <= 1000) beats.push(act);
    return every(unless(act), ms, ...args);
  };
  story.beat = () => beats.forEach((act) => act());
  story.freeze = () => {
    frozen = true;
    Object.assign(window, { setTimeout: later, setInterval: every }); // for who looks at the page
  };

  const fetch = window.fetch;
  const answered = () => later(() => story.calls--); // once the page has read it
  window.fetch = (...args) => {
    if (lost) return Promise.reject(new TypeError("the line is lost"));
    story.calls++;
    const answer = fetch(...args);
    answer.then(answered, answered);
    return answer;
  };
  const lose = () => {
    lost = true;
    now += facts.lost;
    dispatchEvent(new Event("online")); // the page looks again, and finds nothing
  };
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      if (lost) throw new Error("the line is lost");
      super(...args);
      for (const type of ["message", "close", "error"]) this.addEventListener(type, (e) => frozen && e.stopImmediatePropagation());
      if (facts.lost) this.addEventListener("message", (e) => JSON.parse(e.data).type === "pulse" && !lost && later(lose));
    }
  };

  const steps = facts.steps || [];
  story.steps = steps.length;
  const step = () => {
    const { at, type, pass } = steps[0] || {};
    if (!at) return;
    const e = document.querySelector(at);
    const ready = e && !e.disabled;
    if (pass && !e) {
      passed += pass;
      story.beat();
    } else if (ready && type !== undefined) {
      e.value = type;
      for (const name of ["input", "change"]) e.dispatchEvent(new Event(name, { bubbles: true }));
    } else if (ready && !pass) {
      e.click();
    }
    if (ready) steps.shift();
    story.steps = steps.length;
    later(step, 20);
  };
  addEventListener("load", step);
}
