import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { FakeServer, FakeWorld } from "../testing/world.ts";
import type { Frame } from "../wire.ts";
import { startFeed, type Status } from "./feed.ts";

const topic = "service:1234-1";

function start(silence?: number, old = 0) {
  const world = new FakeWorld();
  world.install();
  const server = new FakeServer();
  const frames: Frame[] = [];
  const statuses: Status[] = [];
  const feed = startFeed({
    origin: "https://junban.test",
    topics: [topic],
    transports: [server.transport("socket"), server.transport("stream"), server.transport("poll")],
    ...(silence === undefined ? {} : { silence }),
    ...(old ? { heardAt: world.time - old } : {}),
    onFrame: (f) => frames.push(f),
    onStatus: (s) => statuses.push(s),
  });
  const link = () => statuses[statuses.length - 1]?.link;
  const heardAt = () => statuses[statuses.length - 1]?.heardAt;
  const up = () => statuses[statuses.length - 1]?.up;
  const versions = () => frames.map((f) => `${f.epoch}${f.version}`);
  /** Ends the newest connection and waits for the next; returns the time between. */
  const fail = () => {
    const before = world.time;
    const n = server.connections.length;
    server.last().onEnd();
    while (server.connections.length === n) world.pass(10);
    return world.time - before;
  };
  return { world, server, feed, frames, link, heardAt, up, versions, fail };
}

function state(version: number, epoch = "a"): Frame {
  return { type: "board", topic, epoch, version };
}

const pulse: Frame = { type: "pulse" };

test("newest wins, an equal version counts, another epoch is newer", () => {
  const { server, versions } = start();
  for (const f of [state(5), state(4), state(5), state(6), state(1, "b"), state(9, "b"), state(8, "b")]) server.last().onFrame(f);
  deepEqual(versions(), ["a5", "a5", "a6", "b1", "b9"]);
});

test("a version seen on an old line holds on the next", () => {
  const { world, server, versions } = start();
  server.last().onFrame(state(5));
  server.last().onEnd();
  world.pass(1_000);
  server.last().onFrame(state(4));
  server.last().onFrame(state(7));
  deepEqual(versions(), ["a5", "a7"]);
});

test("silence is said, and the feed connects again", () => {
  const { world, server, link } = start();
  server.last().onFrame(state(1));
  equal(link(), "live");
  world.pass(24_999);
  equal(link(), "live");
  world.pass(1);
  equal(link(), "stale");
  equal(server.openConnections().length, 0);
  world.pass(1_000);
  equal(server.connections.length, 2);
  equal(link(), "stale", "dialling alone proves nothing");
  server.last().onFrame(state(1));
  equal(link(), "live");
});

test("pulses keep a line alive, and a wall screen notices sooner", () => {
  const { world, server, link } = start(7_000);
  server.last().onFrame(state(1));
  for (let i = 0; i < 10; i++) {
    world.pass(5_000);
    server.last().onFrame(pulse);
  }
  equal(link(), "live");
  equal(server.connections.length, 1);
  world.pass(7_000);
  equal(link(), "stale");
});

test("a server that cannot confirm the state makes the page stale until the next state", () => {
  const { server, link } = start();
  server.last().onFrame(state(5));
  server.last().onFrame({ type: "stale", topic, since: "2026-11-21T10:00:00.000+09:00" });
  equal(link(), "stale");
  server.last().onFrame(pulse);
  equal(link(), "stale", "a pulse does not confirm a stale topic");
  server.last().onFrame(state(5));
  equal(link(), "live");
});

test("the age counts from the last confirmation, not from the last frame", () => {
  const { world, server, link, heardAt, up } = start();
  server.last().onFrame(state(5));
  const confirmed = world.time;
  for (let i = 0; i < 6; i++) {
    world.pass(10_000);
    server.last().onFrame(i === 0 ? { type: "stale", topic } : pulse);
    equal(heardAt(), confirmed);
  }
  equal(link(), "stale");
  ok(up(), "the line is up all the while");
  equal(server.connections.length, 1, "a server that speaks is no silence");
  server.last().onFrame(state(5));
  equal(heardAt(), world.time);
});

test("a pulse that greets proves nothing: neither a state nor that the line is the better one", () => {
  const { world, server, link, heardAt, frames, fail } = start();
  server.last().onFrame(state(1));
  const confirmed = world.time;
  fail();
  server.last().onFrame(pulse);
  equal(link(), "connecting");
  server.last().onFrame({ type: "stale", topic });
  equal(link(), "stale");
  equal(heardAt(), confirmed);
  equal(frames.length, 2, "a greeting sets the clock all the same");
  server.last().onFrame(state(1));
  equal(link(), "live");
  equal(heardAt(), world.time);
});

test("a wall clock that is set back hides no silence", () => {
  const { world, server, link } = start();
  server.last().onFrame(state(1));
  world.step = -3_600_000;
  world.pass(25_000);
  equal(link(), "stale");
  world.pass(1_000);
  equal(server.connections.length, 2);
  equal(link(), "stale");
});

test("a transport that fails twice gives way to the next", () => {
  const { server, fail } = start();
  for (let i = 0; i < 5; i++) fail();
  deepEqual(server.connections.map((l) => l.kind), ["socket", "socket", "stream", "stream", "poll", "poll"]);
});

test("the socket is tried again now and then, and taken when it speaks", () => {
  const { world, server, link, fail } = start();
  fail();
  fail();
  const stream = server.last();
  equal(stream.kind, "stream");
  stream.onFrame(state(1));
  world.pass(5_000);
  const probe = server.last();
  equal(probe.kind, "socket");
  ok(stream.open, "the stream goes on while the socket is tried");
  probe.onFrame(state(2));
  ok(!stream.open);
  deepEqual(server.openConnections().map((l) => l.kind), ["socket"]);
  equal(link(), "live");
});

test("a probe that fails leaves the line alone, and comes again later", () => {
  const { world, server, fail } = start();
  fail();
  fail();
  const stream = server.last();
  const speak = () => {
    world.pass(5_000);
    if (stream.open) stream.onFrame(pulse);
  };
  stream.onFrame(state(1));
  speak();
  server.last().onEnd();
  for (let i = 0; i < 3; i++) speak();
  ok(stream.open);
  deepEqual(server.connections.map((l) => l.kind), ["socket", "socket", "stream", "socket", "socket"]);
});

test("a line that opens and says nothing is given up", () => {
  const { world, server } = start();
  world.pass(10_000);
  ok(!server.connections[0]?.open);
  world.pass(1_000);
  equal(server.connections.length, 2);
});

test("redials wait longer and longer, within a cap", () => {
  const { world, fail } = start();
  world.chance = 0.999;
  const gaps = Array.from({ length: 14 }, fail);
  deepEqual(gaps.slice(4).map((g) => Math.round(g / 1000)), [1, 2, 4, 8, 15, 15, 15, 15, 15, 15]);
});

test("a bye is obeyed to the millisecond and is no failure", () => {
  const { world, server } = start();
  server.last().onFrame(state(1));
  server.last().onFrame({ type: "bye", retryAfterMs: 4_000 });
  equal(server.openConnections().length, 0);
  world.pass(3_999);
  equal(server.connections.length, 1);
  world.pass(1);
  equal(server.connections.length, 2);
  equal(server.last().kind, "socket");
});

test("a page that is seen again dials at once", () => {
  const { world, server } = start();
  server.last().onFrame(state(1));
  world.show(false);
  for (let i = 0; i < 6; i++) {
    world.pass(10_000);
    server.last().onFrame(pulse);
  }
  server.last().onEnd();
  world.pass(120_000);
  equal(server.connections.length, 1, "hidden for long: no dialling");
  world.show(true);
  equal(server.connections.length, 2);
});

test("waking up with a line that was silent drops it; a fresh one is kept", () => {
  const { world, server } = start();
  server.last().onFrame(state(1));
  world.pass(10_000);
  world.fire("online");
  equal(server.connections.length, 1);
  world.time += 30_000; // timers slept with the phone
  world.fire("online");
  equal(server.connections.length, 2);
  ok(!server.connections[0]?.open);
});

test("without a network it says offline", () => {
  const { world, server, link } = start();
  server.last().onFrame(state(1));
  world.isOnline = false;
  equal(link(), "live");
  server.last().onEnd();
  equal(link(), "offline");
});

test("a stopped feed holds no line and no timer, and says no more", () => {
  const { world, server, feed, frames } = start();
  const line = server.last();
  line.onFrame(state(1));
  feed.stop();
  line.onFrame(state(2));
  line.onEnd();
  world.fire("online");
  equal(frames.length, 1);
  equal(server.openConnections().length, 0);
  equal(world.pending(), 0);
});

test("who asks gets another line at once, on the transport that works", () => {
  const { world, server, feed, link, versions } = start();
  server.last().onFrame(state(5));
  const old = server.last();
  feed.redial();
  equal(server.openConnections().length, 1);
  equal(link(), "connecting");
  old.onFrame(state(9));
  deepEqual(versions(), ["a5"], "the old line is not heard any more");
  server.last().onFrame(state(6));
  equal(link(), "live");
  feed.take(state(5));
  feed.take(state(7));
  server.last().onFrame(state(6));
  deepEqual(versions(), ["a5", "a6", "a7"], "what was fetched is as new as its version");
  world.pass(60_000);
  feed.stop();
  equal(server.openConnections().length, 0);
});

test("a page that was kept from before says its age until the line speaks", () => {
  const { world, server, link, heardAt } = start(undefined, 3_600_000);
  equal(link(), "stale");
  equal(heardAt(), world.time - 3_600_000);
  server.last().onFrame(state(1));
  equal(link(), "live");
  equal(heardAt(), world.time);
});
