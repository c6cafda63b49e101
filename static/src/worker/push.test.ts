import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { openPage, pathOf, type Proposed, showPush, type Shown } from "./push.ts";

const id = "1234-261121-abcdefghijklmnopqrst";
const until = 1_800_000_000_000;

/** The notification of a push as the server sends it. */
const notification = { title: "pushed", body: "pushed body", lang: "ja", tag: "tag", navigate: "https://junban.example/t", renotify: true, data: { id, until, stale: "has changed" } };

/** A push as the server sends it. */
const pushed = (change: object = {}) => JSON.stringify({ web_push: 8030, mutable: true, notification, ...change });

interface Seen {
  shown: [string, Shown][];
  asked: string[];
}

/** Shows a push in a world, and returns what it did. */
async function showed(text: string | undefined, world: { answer?: () => Promise<Response>; now?: number; icon?: string; refuses?: (o: Shown) => boolean; declared?: Proposed }): Promise<Seen> {
  const seen: Seen = { shown: [], asked: [] };
  await showPush(text, world.declared, {
    origin: "https://junban.example",
    now: () => world.now ?? until - 1,
    fetch: async (path, init) => {
      seen.asked.push(`${init.method || "GET"} ${path}`);
      equal(init.credentials, "omit");
      if (!world.answer || init.method) throw new TypeError("no network");
      return world.answer();
    },
    icon: async () => world.icon,
    show: async (title, options) => {
      if (world.refuses?.(options)) throw new TypeError("refused");
      seen.shown.push([title, options]);
    },
  });
  return seen;
}

const json = (value: unknown, status = 200) => async () => new Response(JSON.stringify(value), { status });
const fresh = { title: "fresh", body: "fresh body", tag: "tag", path: "/t", over: false };

test("a notice has the text of now, its tag, and is reported", async () => {
  const { shown, asked } = await showed(pushed(), { answer: json(fresh), icon: "/icon.png" });
  equal(shown.length, 1);
  equal(shown[0]?.[0], "fresh");
  const { body, tag, renotify, lang, icon, badge, navigate, data } = shown[0]?.[1] as Shown;
  deepEqual(
    { body, tag, renotify, lang, icon, badge, navigate, data },
    { body: "fresh body", tag: "tag", renotify: true, lang: "ja", icon: "/icon.png", badge: "/icon.png", navigate: "https://junban.example/t", data: { path: "/t" } },
  );
  deepEqual(asked, [`GET /v1/notices/${id}`, `POST /v1/notices/${id}/shown`]);
});

test("without an answer it has the pushed text, and later the one that the state has changed", async () => {
  const cases: [string, Parameters<typeof showed>[1], string, string][] = [
    ["offline", {}, "pushed", "pushed body"],
    ["offline, at its end", { now: until }, "pushed", "has changed"],
    ["an error", { answer: json({}, 503) }, "pushed", "pushed body"],
    ["an error, late", { answer: json({}, 404), now: until + 1 }, "pushed", "has changed"],
    ["no JSON", { answer: async () => new Response("<html>") }, "pushed", "pushed body"],
    ["never", { answer: () => new Promise(() => {}) }, "pushed", "pushed body"],
    ["its reason is gone", { answer: json({ ...fresh, over: true }) }, "pushed", "has changed"],
    ["late, but still so", { answer: json(fresh), now: until + 1 }, "fresh", "fresh body"],
  ];
  for (const [name, world, title, body] of cases) {
    const { shown } = await showed(pushed(), world);
    deepEqual(
      shown.map(([t, o]) => [t, o.body]),
      [[title, body]],
      name,
    );
  }
});

test("a declared notification comes without a text", async () => {
  const fine = await showed(undefined, { answer: json(fresh), declared: notification });
  deepEqual([fine.shown[0]?.[0], fine.asked], ["fresh", [`GET /v1/notices/${id}`, `POST /v1/notices/${id}/shown`]]);
  const late = await showed(undefined, { now: until, declared: notification });
  deepEqual([late.shown[0]?.[0], late.shown[0]?.[1].body], ["pushed", "has changed"]);
  const bare = await showed(undefined, { declared: { title: "a", body: "b", data: null } });
  deepEqual([bare.shown.length, bare.shown[0]?.[1].navigate, bare.asked], [1, "https://junban.example/t", []]);
});

test("whatever arrives, one notification is shown", async () => {
  for (const text of [undefined, "", "null", "{}", "[]", "3", "{", '{"notification":null}', '{"notification":{}}', pushed({ notification: undefined }), pushed({ notification: { ...notification, data: { id: "../../x" } } })]) {
    const { shown, asked } = await showed(text, {});
    equal(shown.length, 1, String(text));
    equal(!!shown[0]?.[0] && !!shown[0][1].body, true, String(text));
    equal(
      asked.every((a) => !a.includes("../")),
      true,
    );
  }
  const { shown } = await showed(pushed(), { refuses: (o) => "renotify" in o });
  deepEqual(
    shown.map(([t]) => t),
    ["pushed"],
  );
  const untagged = await showed(pushed({ notification: { title: "a", body: "b", renotify: true } }), {});
  equal("renotify" in (untagged.shown[0]?.[1] as Shown), false);
});

test("a notice leads to our own pages alone", () => {
  const own = { origin: "https://junban.example" };
  for (const [address, path] of [
    ["https://junban.example/c/1234?lang=ja#x", "/c/1234?lang=ja"],
    ["/c/1234", "/c/1234"],
    ["https://elsewhere.example/t2", "/t"],
    ["//elsewhere.example/t2", "/t"],
    ["javascript:alert(1)", "/t"],
    ["https://", "/t"],
    [undefined, "/t"],
  ] as const)
    equal(pathOf(address, own), path, address);
});

test("a tap focuses the open page, or opens it", async () => {
  const done: string[] = [];
  const page = (url: string, refuses = false) => ({
    url: "https://junban.example" + url,
    focus: async () => {
      if (refuses) throw new TypeError("refused");
      done.push("focus " + url);
    },
  });
  const open = async (path: string) => done.push("open " + path);
  await openPage("/t", [page("/s/1234-1#x"), page("/t?lang=ja")], open);
  await openPage("/t", [page("/tt"), page("/c/1234")], open);
  await openPage("/t", [page("/t", true)], open);
  await openPage("/t", [], open);
  deepEqual(done, ["focus /t?lang=ja", "open /t", "open /t", "open /t"]);
});
