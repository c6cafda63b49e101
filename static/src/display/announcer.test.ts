import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { FakeWorld } from "../testing/world.ts";
import { Announcer, type Sayer } from "./announcer.ts";

/** Records what begins. A test ends it. */
class FakeSayer implements Sayer {
  heard: string[] = [];
  languages = ["ja"];
  private ends: (() => void)[] = [];

  chime(done: () => void): void {
    this.begin("♪", done);
  }
  speaks(lang: string): boolean {
    return this.languages.indexOf(lang) >= 0;
  }
  say(text: string, lang: string, done: () => void): void {
    this.begin(lang + " " + text, done);
  }
  stop(): void {
    this.heard.push("stop");
  }
  private begin(what: string, done: () => void): void {
    this.heard.push(what);
    this.ends.push(done);
  }
  end(): void {
    this.ends[this.ends.length - 1]?.();
  }
  endAll(): void {
    for (const end of this.ends) end();
  }
}

function bench() {
  const world = new FakeWorld();
  const sayer = new FakeSayer();
  const saying: (string | undefined)[] = [];
  const announcer = new Announcer({ sayer, later: (ms, act) => world.later(ms, act), onSaying: (key) => saying.push(key) });
  const add = (...keys: string[]) => keys.forEach((key) => announcer.add({ key, sentences: [{ text: key, lang: "ja" }, { text: key, lang: "en" }] }));
  return { world, sayer, saying, announcer, add };
}

test("calls are said one after the other, each after the end of the one before", () => {
  const { world, sayer, saying, announcer, add } = bench();
  add("1", "2");
  deepEqual(sayer.heard, ["♪"]);
  sayer.end();
  deepEqual(sayer.heard, ["♪", "ja 1"]);
  sayer.end();
  deepEqual(sayer.heard, ["♪", "ja 1"], "not without a pause");
  world.pass(600);
  deepEqual(sayer.heard, ["♪", "ja 1", "♪"]);
  sayer.end();
  sayer.end();
  world.pass(600);
  deepEqual(sayer.heard, ["♪", "ja 1", "♪", "ja 2"]);
  deepEqual(saying, ["1", "2", undefined]);
  ok(announcer.idle);
  equal(world.pending(), 0);
});

test("a browser that never tells when it has finished holds up nobody", () => {
  const { world, sayer, announcer, add } = bench();
  add("1", "2");
  world.pass(60_000);
  deepEqual(sayer.heard, ["♪", "ja 1", "♪", "ja 2"]);
  ok(announcer.idle);
});

test("a word that comes too late ends nothing else", () => {
  const { world, sayer, add } = bench();
  add("1", "2");
  world.pass(4_000); // the chime's time is over
  deepEqual(sayer.heard, ["♪", "ja 1"]);
  sayer.endAll(); // the chime's end comes now, with the sentence's
  sayer.endAll();
  world.pass(599);
  deepEqual(sayer.heard, ["♪", "ja 1"]);
});

test("a call is repeated as set, in every language that has a voice", () => {
  const { world, sayer, announcer, add } = bench();
  sayer.languages = ["ja", "en"];
  announcer.repeat = 2;
  add("1");
  world.pass(60_000);
  deepEqual(sayer.heard, ["♪", "ja 1", "en 1", "ja 1", "en 1"]);
});

test("without any voice the chime alone is repeated", () => {
  const { world, sayer, announcer, add } = bench();
  sayer.languages = [];
  announcer.repeat = 2;
  add("1");
  world.pass(60_000);
  deepEqual(sayer.heard, ["♪", "♪"]);
});

test("a call that was taken back is not said, and not to its end", () => {
  const { world, sayer, announcer, add } = bench();
  add("1", "2", "3");
  announcer.keep(["1", "3"]);
  sayer.end();
  announcer.keep(["3"]);
  deepEqual(sayer.heard, ["♪", "ja 1", "stop", "♪"]);
  world.pass(60_000);
  deepEqual(sayer.heard, ["♪", "ja 1", "stop", "♪", "ja 3"]);
});

test("a queue that nobody could listen to loses the oldest", () => {
  const { world, sayer, add } = bench();
  add(...Array.from({ length: 40 }, (_, i) => String(i)));
  world.pass(3_600_000);
  deepEqual(sayer.heard.filter((h) => h !== "♪").map((h) => Number(h.slice(3))), [0, ...Array.from({ length: 30 }, (_, i) => i + 10)]);
});
