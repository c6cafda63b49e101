import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { FakeWorld } from "../testing/world.ts";
import { startRenewal } from "./renew.ts";

const html = (build: string) => `<link href="/assets/display-A.css"><script src="/assets/display-B.js"></script><junban-display clinic="1234" build="${build}">`;

function bench(served: Record<string, string>) {
  const world = new FakeWorld();
  const asked: string[] = [];
  const state = { busy: false, reloads: 0 };
  const stop = startRenewal({
    build: "old", now: world.now, random: world.random, later: (ms, act) => world.later(ms, act), path: "/display/1234",
    get: (path) => {
      asked.push(path);
      const text = served[path];
      return text === undefined ? Promise.reject(new Error("503")) : Promise.resolve(text);
    },
    busy: () => state.busy,
    reload: () => state.reloads++,
  });
  /** Lets minutes pass, and what was asked be answered. */
  const pass = async (minutes: number) => {
    for (let i = 0; i < minutes * 60; i++) {
      world.pass(1_000);
      for (let n = 0; n < 12; n++) await Promise.resolve();
    }
  };
  return { world, asked, state, stop, pass };
}

const whole = { "/v1/version": `{"pages":"new"}`, "/display/1234": html("new"), "/assets/display-A.css": "", "/assets/display-B.js": "" };

test("another version is loaded once it is there", async () => {
  const { state, pass, asked } = bench(whole);
  await pass(15);
  equal(state.reloads, 1);
  deepEqual(asked, ["/v1/version", "/display/1234", "/assets/display-A.css", "/assets/display-B.js"]);
});

test("the same version is never loaded again", async () => {
  const { state, pass } = bench({ ...whole, "/v1/version": `{"pages":"old"}` });
  await pass(60);
  equal(state.reloads, 0);
});

test("it never leaves for an error, for half a page, or for the page that it is", async () => {
  for (const lacking of ["/v1/version", "/display/1234", "/assets/display-B.js"]) {
    const served: Record<string, string> = { ...whole };
    delete served[lacking];
    const { state, pass } = bench(served);
    await pass(60);
    equal(state.reloads, 0, lacking);
    served[lacking] = whole[lacking as keyof typeof whole];
    await pass(15);
    equal(state.reloads, 1, lacking);
  }
  for (const page of [html("old"), "<h1>error</h1>"]) {
    const { state, pass } = bench({ ...whole, "/display/1234": page });
    await pass(60);
    equal(state.reloads, 0);
  }
});

test("it never leaves in the middle of an announcement", async () => {
  const { state, pass } = bench(whole);
  state.busy = true;
  await pass(30);
  equal(state.reloads, 0);
  state.busy = false;
  await pass(1);
  equal(state.reloads, 1);
});

test("what is stopped asks for nothing", async () => {
  const { world, asked, stop, pass } = bench(whole);
  stop();
  equal(world.pending(), 0);
  await pass(15);
  deepEqual(asked, []);
});
