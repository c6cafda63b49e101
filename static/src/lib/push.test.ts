import { deepEqual, equal } from "node:assert/strict";
import { afterEach, test } from "node:test";
import { closeNotices, decoded, encoded, pushState, subscribe, subscribed } from "./push.ts";

const key = encoded(Uint8Array.from({ length: 65 }, (_, i) => 255 - i).buffer);

/** A browser's subscription. */
interface Sub {
  key: string;
  endpoint: string;
}

interface Browser {
  permission: string;
  answer: string; // of the reader
  had?: Sub;
  subscribe(key: string): Promise<Sub>;
  done: string[];
}

const names = ["navigator", "window", "Notification", "matchMedia", "setTimeout"];
const original = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
const set = (name: string, value: unknown) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

afterEach(() =>
  names.forEach((name, i) => {
    const was = original[i];
    if (was) Object.defineProperty(globalThis, name, was);
    else delete (globalThis as Record<string, unknown>)[name];
  }),
);

/** Makes this process a page of a browser. */
function page(change: Partial<Browser> = {}, has: { push?: boolean; agent?: string; installed?: boolean } = {}): Browser {
  const b: Browser = { permission: "default", answer: "granted", subscribe: async (k) => ({ key: k, endpoint: "https://push.example/new" }), done: [], ...change };
  const wrapped = (s: Sub) => ({
    endpoint: s.endpoint,
    options: { applicationServerKey: decoded(s.key).buffer },
    getKey: (name: string) => Uint8Array.from(name === "auth" ? [255, 254] : [4, 251, 255]).buffer,
    unsubscribe: async () => b.done.push("unsubscribe"),
  });
  const registration = {
    active: { postMessage: (m: unknown) => b.done.push(JSON.stringify(m)) },
    pushManager: {
      getSubscription: async () => b.had && wrapped(b.had),
      subscribe: async (o: { userVisibleOnly: boolean; applicationServerKey: Uint8Array<ArrayBuffer> }) => {
        equal(o.userVisibleOnly, true);
        b.done.push("subscribe");
        return wrapped(await b.subscribe(encoded(o.applicationServerKey.buffer)));
      },
    },
  };
  const serviceWorker = { register: async () => registration, ready: Promise.resolve(registration), getRegistration: async () => registration };
  const supported = has.push !== false;
  const notification = {
    get permission() {
      return b.permission;
    },
    requestPermission: async () => {
      b.done.push("ask");
      return (b.permission = b.answer);
    },
  };
  set("navigator", { userAgent: has.agent || "", platform: "", maxTouchPoints: 0, standalone: has.installed, ...(supported ? { serviceWorker } : {}) });
  set("window", supported ? { PushManager: {}, Notification: {} } : {});
  set("Notification", notification);
  set("matchMedia", () => ({ matches: !!has.installed }));
  return b;
}

test("bytes are the same after base64url", () => {
  for (const bytes of [[], [0], [255, 239, 191], [1, 2, 3, 4]]) deepEqual([...decoded(encoded(Uint8Array.from(bytes).buffer))], bytes);
  equal(encoded(Uint8Array.from([251, 255]).buffer), "-_8");
  equal(encoded(null), "");
});

test("the state is what the browser can do", () => {
  const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X)";
  for (const [browser, has, want] of [
    [{}, {}, "ask"],
    [{ permission: "granted" }, {}, "ok"],
    [{ permission: "denied" }, {}, "denied"],
    [{}, { push: false }, "unsupported"],
    [{}, { push: false, agent: iphone }, "homescreen"],
    [{}, { push: false, agent: iphone, installed: true }, "unsupported"],
    [{}, { agent: iphone, installed: true }, "ask"],
  ] as const) {
    page(browser, has);
    equal(pushState(), want, JSON.stringify([browser, has]));
  }
});

test("the reader is asked once, and the address is returned", async () => {
  const b = page();
  deepEqual(await subscribe(key), { state: "ok", subscription: { endpoint: "https://push.example/new", p256dh: "BPv_", auth: "__4" } });
  deepEqual(b.done, ["ask", "subscribe"]);
  const refused = page({ answer: "denied" });
  deepEqual(await subscribe(key), { state: "denied" });
  const closed = page({ answer: "default" });
  deepEqual(await subscribe(key), { state: "ask" });
  deepEqual([refused.done, closed.done], [["ask"], ["ask"]]);
});

test("a subscription with this key is kept, one with another is replaced", async () => {
  const kept = page({ permission: "granted", had: { key, endpoint: "https://push.example/old" } });
  equal((await subscribed(key))?.endpoint, "https://push.example/old");
  deepEqual(kept.done, []);
  const other = page({ permission: "granted", had: { key: "AAAA", endpoint: "https://push.example/old" } });
  equal((await subscribed(key))?.endpoint, "https://push.example/new");
  deepEqual(other.done, ["unsubscribe", "subscribe"]);
  page({ permission: "granted" });
  equal(await subscribed(key), undefined);
  const unasked = page();
  equal(await subscribed(key), undefined);
  deepEqual(unasked.done, []);
});

test("a browser that never subscribes is given up, one that refuses fails", async () => {
  page({ permission: "granted", subscribe: () => new Promise(() => {}) });
  let waited = 0;
  set("setTimeout", (act: () => void, ms: number) => {
    waited = ms;
    act();
  });
  equal((await subscribe(key)).state, "timeout");
  equal(waited, 10_000);
  page({ permission: "granted", subscribe: () => Promise.reject(new Error("no service")) });
  set("setTimeout", () => {});
  equal((await subscribe(key)).state, "failed");
});

test("an open page asks the worker to close its notices", async () => {
  const b = page();
  closeNotices("tag");
  await Promise.resolve();
  deepEqual(b.done, ['{"close":"tag"}']);
});
