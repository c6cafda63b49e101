// What a page meets in its story, before its own scripts run: a clock that
// stands still, a device that remembers something, a line that is lost once it
// has said all, and a hand that types and clicks.
"use strict";

function tell(story) {
  let now = story.now;
  let lost = false;
  Date.now = () => now;
  Object.defineProperty(navigator, "onLine", { get: () => !(story.offline && lost) });
  for (const key of Object.keys(story.storage || {})) localStorage.setItem(key, JSON.stringify(story.storage[key]));
  if (story.fragment && !location.hash) history.replaceState(null, "", story.fragment);

  const lose = () => {
    lost = true;
    now += story.lost;
    window.WebSocket = function () {
      throw new Error("the line is lost");
    };
    window.fetch = () => Promise.reject(new TypeError("the line is lost"));
    dispatchEvent(new Event("online")); // the page looks again, and finds nothing
  };
  if (story.lost) {
    window.WebSocket = class extends WebSocket {
      constructor(...args) {
        super(...args);
        this.addEventListener("message", (e) => JSON.parse(e.data).type === "pulse" && !lost && setTimeout(lose));
      }
    };
  }

  const typed = Object.entries(story.type || {}).map(([selector, text]) => [selector, (e) => (e.value = text)]);
  const clicked = (story.clicks || []).map((selector) => [selector, (e) => e.click()]);
  const steps = [...typed, ...clicked];
  const step = () => {
    const [selector, act] = steps[0] || [];
    if (!selector) return;
    const e = document.querySelector(selector);
    if (e && !e.disabled) {
      steps.shift();
      act(e);
    }
    setTimeout(step, 20);
  };
  addEventListener("load", step);
}
