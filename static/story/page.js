// What a page meets in its story, before its own scripts run: a clock that
// stands still, a device that remembers something, a line that is lost once it
// has said all, and a hand that types and clicks.
"use strict";

// What is still to come before the page shows its story.
const story = { steps: 0, calls: 0 };

function tell(facts) {
  let now = facts.now;
  let lost = false;
  window.Date = class extends Date {
    constructor(...args) {
      super(...(args.length === 0 ? [now] : args));
    }
    static now() {
      return now;
    }
  };
  Object.defineProperty(navigator, "onLine", { get: () => !(facts.offline && lost) });
  localStorage.clear(); // a new device each time
  sessionStorage.clear();
  for (const key of Object.keys(facts.storage || {})) localStorage.setItem(key, JSON.stringify(facts.storage[key]));
  if (facts.fragment && !location.hash) history.replaceState(null, "", facts.fragment);

  const fetch = window.fetch;
  const answered = () => setTimeout(() => story.calls--); // once the page has read it
  window.fetch = (...args) => {
    story.calls++;
    const answer = fetch(...args);
    answer.then(answered, answered);
    return answer;
  };
  const lose = () => {
    lost = true;
    now += facts.lost;
    window.WebSocket = function () {
      throw new Error("the line is lost");
    };
    window.fetch = () => Promise.reject(new TypeError("the line is lost"));
    dispatchEvent(new Event("online")); // the page looks again, and finds nothing
  };
  if (facts.lost) {
    window.WebSocket = class extends WebSocket {
      constructor(...args) {
        super(...args);
        this.addEventListener("message", (e) => JSON.parse(e.data).type === "pulse" && !lost && setTimeout(lose));
      }
    };
  }

  const steps = facts.steps || [];
  story.steps = steps.length;
  const step = () => {
    const { at, type } = steps[0] || {};
    if (!at) return;
    const e = document.querySelector(at);
    if (e && !e.disabled && type === undefined) e.click();
    if (e && !e.disabled && type !== undefined) {
      e.value = type;
      for (const name of ["input", "change"]) e.dispatchEvent(new Event(name, { bubbles: true }));
    }
    if (e && !e.disabled) steps.shift();
    story.steps = steps.length;
    setTimeout(step, 20);
  };
  addEventListener("load", step);
}
