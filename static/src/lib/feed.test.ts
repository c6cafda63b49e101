import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { FakeWorld, Switchboard } from "../testing/world.ts";
import type { Frame } from "../wire.ts";
import { startFeed, type Status } from "./feed.ts";

const topic = "service:1234-1";

function start(silence?: number, old = 0) {
  const world = new FakeWorld();
  const board = new Switchboard();
  const frames: Frame[] = [];
  const statuses: Status[] = [];
  const feed = startFeed({
    origin: "https://junban.test",
    topics: [topic],
    transports: [board.transport("socket"), board.transport("stream"), board.transport("poll")],
    ...(silence === undefined ? {} : { silence }),
    ...(old ? { heardAt: world.time - old } : {}),
    onFrame: (f) => frames.push(f),
    onStatus: (s) => statuses.push(s),
    world,
  });
  const link = () => statuses[statuses.length - 1]?.link;
  const heardAt = () => statuses[statuses.length - 1]?.heardAt;
  const up = () => statuses[statuses.length - 1]?.up;
  const versions = () => frames.map((f) => `${f.epoch}${f.version}`);
  /** Ends the newest line and waits for the next; says how long that took. */
  const fail = () => {
    const before = world.time;
    const n = board.lines.length;
    board.last().ended();
    while (board.lines.length === n) world.pass(10);
    return world.time - before;
  };
  return { world, board, feed, frames, link, heardAt, up, versions, fail };
}

function state(version: number, epoch = "a"): Frame {
  return { type: "board", topic, epoch, version };
}

const pulse: Frame = { type: "pulse" };

test("newest wins, an equal version counts, another epoch is newer", () => {
  const { board, versions } = start();
  for (const f of [state(5), state(4), state(5), state(6), state(1, "b"), state(9, "b"), state(8, "b")]) board.last().heard(f);
  deepEqual(versions(), ["a5", "a5", "a6", "b1", "b9"]);
});

test("a version seen on an old line holds on the next", () => {
  const { world, board, versions } = start();
  board.last().heard(state(5));
  board.last().ended();
  world.pass(1_000);
  board.last().heard(state(4));
  board.last().heard(state(7));
  deepEqual(versions(), ["a5", "a7"]);
});

test("silence is said, and the feed connects again", () => {
  const { world, board, link } = start();
  board.last().heard(state(1));
  equal(link(), "live");
  world.pass(24_999);
  equal(link(), "live");
  world.pass(1);
  equal(link(), "stale");
  equal(board.openLines().length, 0);
  world.pass(1_000);
  equal(board.lines.length, 2);
  equal(link(), "stale", "dialling alone proves nothing");
  board.last().heard(state(1));
  equal(link(), "live");
});

test("pulses keep a line alive, and a wall screen notices sooner", () => {
  const { world, board, link } = start(7_000);
  board.last().heard(state(1));
  for (let i = 0; i < 10; i++) {
    world.pass(5_000);
    board.last().heard(pulse);
  }
  equal(link(), "live");
  equal(board.lines.length, 1);
  world.pass(7_000);
  equal(link(), "stale");
});

test("a server that cannot vouch makes us stale until it says the state again", () => {
  const { board, link } = start();
  board.last().heard(state(5));
  board.last().heard({ type: "stale", topic, since: "2026-11-21T10:00:00.000+09:00" });
  equal(link(), "stale");
  board.last().heard(pulse);
  equal(link(), "stale", "a pulse does not vouch for a stale topic");
  board.last().heard(state(5));
  equal(link(), "live");
});

test("the age counts from the last time that the server vouched, not from its last word", () => {
  const { world, board, link, heardAt, up } = start();
  board.last().heard(state(5));
  const vouched = world.time;
  for (let i = 0; i < 6; i++) {
    world.pass(10_000);
    board.last().heard(i === 0 ? { type: "stale", topic } : pulse);
    equal(heardAt(), vouched);
  }
  equal(link(), "stale");
  ok(up(), "the line is up all the while");
  equal(board.lines.length, 1, "a server that speaks is no silence");
  board.last().heard(state(5));
  equal(heardAt(), world.time);
});

test("a pulse that greets proves nothing: neither a state nor that the line is the better one", () => {
  const { world, board, link, heardAt, frames, fail } = start();
  board.last().heard(state(1));
  const vouched = world.time;
  fail();
  board.last().heard(pulse);
  equal(link(), "connecting");
  board.last().heard({ type: "stale", topic });
  equal(link(), "stale");
  equal(heardAt(), vouched);
  equal(frames.length, 2, "a greeting sets the clock all the same");
  board.last().heard(state(1));
  equal(link(), "live");
  equal(heardAt(), world.time);
});

test("a wall clock that is set back hides no silence", () => {
  const { world, board, link } = start();
  board.last().heard(state(1));
  world.step = -3_600_000;
  world.pass(25_000);
  equal(link(), "stale");
  world.pass(1_000);
  equal(board.lines.length, 2);
  equal(link(), "stale");
});

test("a transport that fails twice gives way to the next", () => {
  const { board, fail } = start();
  for (let i = 0; i < 5; i++) fail();
  deepEqual(board.lines.map((l) => l.kind), ["socket", "socket", "stream", "stream", "poll", "poll"]);
});

test("the socket is tried again now and then, and taken when it speaks", () => {
  const { world, board, link, fail } = start();
  fail();
  fail();
  const stream = board.last();
  equal(stream.kind, "stream");
  stream.heard(state(1));
  world.pass(5_000);
  const probe = board.last();
  equal(probe.kind, "socket");
  ok(stream.open, "the stream goes on while the socket is tried");
  probe.heard(state(2));
  ok(!stream.open);
  deepEqual(board.openLines().map((l) => l.kind), ["socket"]);
  equal(link(), "live");
});

test("a probe that fails leaves the line alone, and comes again later", () => {
  const { world, board, fail } = start();
  fail();
  fail();
  const stream = board.last();
  const speak = () => {
    world.pass(5_000);
    if (stream.open) stream.heard(pulse);
  };
  stream.heard(state(1));
  speak();
  board.last().ended();
  for (let i = 0; i < 3; i++) speak();
  ok(stream.open);
  deepEqual(board.lines.map((l) => l.kind), ["socket", "socket", "stream", "socket", "socket"]);
});

test("a line that opens and says nothing is given up", () => {
  const { world, board } = start();
  world.pass(10_000);
  ok(!board.lines[0]?.open);
  world.pass(1_000);
  equal(board.lines.length, 2);
});

test("redials wait longer and longer, within a cap", () => {
  const { world, fail } = start();
  world.chance = 0.999;
  const gaps = Array.from({ length: 14 }, fail);
  deepEqual(gaps.slice(4).map((g) => Math.round(g / 1000)), [1, 2, 4, 8, 15, 15, 15, 15, 15, 15]);
});

test("a bye is obeyed to the millisecond and is no failure", () => {
  const { world, board } = start();
  board.last().heard(state(1));
  board.last().heard({ type: "bye", retryAfterMs: 4_000 });
  equal(board.openLines().length, 0);
  world.pass(3_999);
  equal(board.lines.length, 1);
  world.pass(1);
  equal(board.lines.length, 2);
  equal(board.last().kind, "socket");
});

test("a page that is seen again dials at once", () => {
  const { world, board } = start();
  board.last().heard(state(1));
  world.hidden = 61_000;
  board.last().ended();
  world.pass(120_000);
  equal(board.lines.length, 1, "hidden for long: no dialling");
  world.hidden = 0;
  world.wake();
  equal(board.lines.length, 2);
});

test("waking up with a line that was silent drops it; a fresh one is kept", () => {
  const { world, board } = start();
  board.last().heard(state(1));
  world.pass(10_000);
  world.wake();
  equal(board.lines.length, 1);
  world.time += 30_000; // timers slept with the phone
  world.wake();
  equal(board.lines.length, 2);
  ok(!board.lines[0]?.open);
});

test("without a network it says offline", () => {
  const { world, board, link } = start();
  board.last().heard(state(1));
  world.isOnline = false;
  equal(link(), "live");
  board.last().ended();
  equal(link(), "offline");
});

test("a stopped feed holds no line and no timer, and says no more", () => {
  const { world, board, feed, frames } = start();
  const line = board.last();
  line.heard(state(1));
  feed.stop();
  line.heard(state(2));
  line.ended();
  world.wake();
  equal(frames.length, 1);
  equal(board.openLines().length, 0);
  equal(world.pending(), 0);
});

test("who asks gets another line at once, on the transport that works", () => {
  const { world, board, feed, link, versions } = start();
  board.last().heard(state(5));
  const old = board.last();
  feed.redial();
  equal(board.openLines().length, 1);
  equal(link(), "connecting");
  old.heard(state(9));
  deepEqual(versions(), ["a5"], "the old line is not heard any more");
  board.last().heard(state(6));
  equal(link(), "live");
  feed.take(state(5));
  feed.take(state(7));
  board.last().heard(state(6));
  deepEqual(versions(), ["a5", "a6", "a7"], "what was fetched is as new as its version");
  world.pass(60_000);
  feed.stop();
  equal(board.openLines().length, 0);
});

test("a page that was kept from before says its age until the line speaks", () => {
  const { world, board, link, heardAt } = start(undefined, 3_600_000);
  equal(link(), "stale");
  equal(heardAt(), world.time - 3_600_000);
  board.last().heard(state(1));
  equal(link(), "live");
  equal(heardAt(), world.time);
});
