import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Board, Ticket } from "../wire.ts";
import { clockTime, WallClock } from "./clock.ts";
import { words } from "./i18n.ts";
import { absenceParts, ageOf, linkView, messageOf, receptionOf, takesTickets, ticketView, waitingOf, waitOf } from "./status.ts";

/** A ticket that is asked to do something. */
const asked = (advice: string, facts: Partial<Ticket> = {}, todo = advice): Ticket => ({ ...ticket, ...facts, advice, todo });

const ticket: Ticket = {
  id: "1234-1-261121-k3f9a1x2",
  service: "1234-1",
  serviceName: "内科",
  day: "2026-11-21",
  number: 24,
  state: "waiting",
  partySize: 1,
  ahead: 3,
  unit: "組",
  todo: "wait",
  advice: "wait",
  cancellable: true,
  issuedAt: "2026-11-21T10:23:45.678+09:00",
};

test("the web desk is what both its switch and its quota allow", () => {
  const cases: [string, string | undefined, string, boolean][] = [
    ["open", "many", "open", true],
    ["open", undefined, "open", true],
    ["open", "few", "few", true],
    ["open", "none", "full", false],
    ["open", "before", "before", false],
    ["open", "stopped", "paused", false],
    ["open", "closed", "closed", false],
    ["before", "before", "before", false],
    ["before", undefined, "before", false],
    ["paused", "many", "paused", false],
    ["closed", "many", "closed", false],
  ];
  for (const [reception, availability, want, takes] of cases) {
    const board = availability === undefined ? { reception } : { reception, availability };
    equal(receptionOf(board), want);
    equal(takesTickets(receptionOf(board)), takes);
  }
});

test("waiting is counted in the unit that the clinic speaks of", () => {
  deepEqual(waitingOf({ tickets: 14, people: 18, unit: "組" }), { n: 14, unit: "tickets" });
  deepEqual(waitingOf({ tickets: 14, people: 18, unit: "人" }), { n: 18, unit: "people" });
});

test("no estimate is not zero minutes", () => {
  equal(waitOf(undefined), undefined);
  equal(waitOf({ low: 0, high: 0 }), undefined);
  deepEqual(waitOf({ low: 25, high: 40 }), { low: 25, high: 40, single: false, at: "" });
  deepEqual(waitOf({ low: 5, high: 5 }), { low: 5, high: 5, single: true, at: "" });
  equal(waitOf({ low: 160, high: 190, at: "2026-11-21T15:00:00.000+09:00" })?.at, "15:00");
});

test("a message says until when on the clinic's clock", () => {
  const board = (until: string | null) => ({ message: { text: "混み合っています", until } }) as Board;
  deepEqual(messageOf(board(null)), { text: "混み合っています" });
  deepEqual(messageOf(board("2026-11-21T12:30:00.000+09:00")), { text: "混み合っています", until: "12:30" });
  equal(messageOf({ message: { text: "", until: null } } as Board), undefined);
});

test("a waiting ticket says how many are ahead", () => {
  deepEqual(ticketView(ticket), {
    tone: "wait", over: false, state: "waiting", todo: "wait", goes: ["arrive"], ahead: { n: 3, unit: "tickets" },
  });
  equal(ticketView(asked("come")).tone, "near");
});

test("a called ticket says where to go, and no more how many are ahead", () => {
  const called = ticketView(asked("enter", { state: "called", roomName: "第1診察室" }));
  deepEqual(called, { tone: "now", over: false, state: "called", todo: "enter", goes: [] });
  equal(ticketView(asked("enter", { state: "called" })).todo, "enterAny");
});

test("absent and held tickets go to the desk; ended ones are over", () => {
  equal(ticketView(asked("absent", { state: "absent" }, "desk")).tone, "desk");
  equal(ticketView(asked("desk", { state: "held" })).tone, "desk");
  deepEqual(ticketView(asked("none", { state: "done" })), {
    tone: "over", over: true, state: "done", todo: "none", goes: [],
  });
  equal(ticketView(asked("cancelled", { state: "cancelled" }, "none")).todo, "cancelled");
  equal(ticketView({ ...ticket, advice: "", todo: "desk" } as Ticket).todo, "desk", "kept by a page that had no advice yet");
});

test("a ticket of a day that is over is over, whatever its state was", () => {
  for (const state of ["booked", "waiting", "called", "in_service", "absent", "held", "lost"]) {
    deepEqual(ticketView(asked("cancelled", { state, ahead: undefined, cancellable: false }, "none")), {
      tone: "over", over: true, state: "past", todo: "cancelled", goes: [],
    });
  }
  equal(ticketView(asked("cancelled", { state: "no_show", reason: "day_end" }, "none")).state, "no_show");
});

test("who is away may say that he is back, who is here that he goes", () => {
  const of = (state: string, presence?: string) =>
    ticketView(presence === undefined ? { ...ticket, state } : { ...ticket, state, presence });
  deepEqual(of("waiting", "here").goes, ["leave"]);
  deepEqual(of("waiting", "out").goes, ["back"]);
  deepEqual(of("absent").goes, ["arrive"]);
  deepEqual(of("absent", "out").goes, ["back"]);
  deepEqual(of("absent", "here").goes, []);
  deepEqual(ticketView(asked("closed", {}, "desk")).goes, []);
  deepEqual(ticketView(asked("short", {}, "desk")).goes, [], "a patient who is to call is not asked to come");
  deepEqual(of("no_show").goes, []);
});

test("before its day a ticket is a booking, with its number or without, and nobody need say where he is", () => {
  deepEqual(ticketView({ id: "t", number: 7, state: "waiting", todo: "later", advice: "later" } as Ticket), {
    tone: "wait", over: false, state: "booked", todo: "later", goes: [],
  });
  equal(ticketView({ id: "t", number: 0, state: "booked", slot: "10:00", todo: "later", advice: "later" } as Ticket).todo, "laterSlot");
  deepEqual(ticketView({ id: "t", number: 0, state: "booked", todo: "later", advice: "later" } as Ticket), {
    tone: "wait", over: false, state: "booked", todo: "later", goes: [],
  });
});

test("an exam is no trip to the desk", () => {
  const view = ticketView(asked("exam", { state: "held", reason: "exam", presence: "here" }));
  deepEqual([view.state, view.todo, view.tone], ["exam", "exam", "wait"]);
});

test("the rule for the absent is told in its parts, and no part that cannot happen", () => {
  const rule = { rule: "back_n", back: 3, thenTail: false, maxCalls: 0, cooldown: 0, tolerance: 0 };
  const parts = (change: object) => absenceParts({ ...rule, ...change }).map((p) => `${p.part} ${p.n}`);
  deepEqual(parts({}), ["back_n 3"]);
  deepEqual(parts({ back: 0 }), ["back_0 0"]);
  deepEqual(parts({ thenTail: true, maxCalls: 3, tolerance: 2, cooldown: 5 }),
    ["back_n 3", "tolerance 2", "thenTail 0", "maxCalls 3", "cooldown 5"]);
  deepEqual(parts({ rule: "tail", thenTail: true }), ["tail 0"]);
  deepEqual(parts({ rule: "park_until_return", back: 0 }), ["park_0 0"]);
  deepEqual(parts({ rule: "back_to_waiting", tolerance: 4 }), ["back_to_waiting 0"]);
  deepEqual(parts({ rule: "terminal", cooldown: 5 }), ["terminal 0"]);
  deepEqual(parts({ maxCalls: 1, cooldown: 5 }), ["terminal 0"]);
});

test("age is said in the unit that a person would use", () => {
  deepEqual(ageOf(59_999), { n: 59, unit: "seconds" });
  deepEqual(ageOf(60_000), { n: 1, unit: "minutes" });
  deepEqual(ageOf(7_200_000), { n: 2, unit: "hours" });
});

test("only what may be out of date is a warning", () => {
  const view = (link: "live" | "connecting" | "stale" | "offline") => linkView({ link, heardAt: 0, up: false }, 30_000);
  deepEqual(["live", "connecting", "stale", "offline"].map((l) => view(l as "live").warn), [false, false, true, true]);
  deepEqual(view("stale").age, { n: 30, unit: "seconds" });
});

test("a page whose line is up is not connecting again, it checks", () => {
  const of = (link: "live" | "stale", up: boolean) => linkView({ link, heardAt: 0, up }, 0).label;
  deepEqual([of("live", true), of("stale", true), of("stale", false)], ["live", "checking", "stale"]);
});

test("the clock is the server's, in the clinic's zone", () => {
  equal(clockTime("2026-11-21T10:23:45.678+09:00"), "10:23");
  const clock = new WallClock(() => Date.parse("2026-11-21T00:00:00Z"));
  clock.learnZone("2026-11-20T10:00:00.000+09:00");
  equal(clock.read(), "09:00");
  clock.learnTime("2026-11-21T01:23:45.678Z"); // a pulse is in UTC, which is not the clinic's zone
  equal(clock.read(), "10:23");
  equal(clock.inMinutes(30), "2026-11-21T01:53:45.678Z");
  equal(clock.wallIn(30), "2026-11-21T10:53:45");
});

test("sentences are filled in, and a key from outside finds only sentences", () => {
  const w = words({ a: { b: "No. {n}, {missing}" } });
  equal(w.t("a.b", { n: 3 }), "No. 3, {missing}");
  equal(w.find("a", "constructor"), undefined);
});

test("an age that the clock makes negative is not told", () => {
  equal(linkView({ link: "stale", heardAt: 365 * 86_400_000, up: false }, 0).age, undefined);
  deepEqual(linkView({ link: "stale", heardAt: 1_000, up: false }, 1_000).age, { n: 0, unit: "seconds" });
});

test("a number chooses the plural form, and a language without that form has the other one", () => {
  const texts = { a: { b_one: "{n} group", b_other: "{n} groups" }, c: { d_other: "{n}組" } };
  const w = words<{ a: { b_other: string }; c: { d_other: string } }>(texts, "en");
  deepEqual([0, 1, 2].map((n) => w.t("a.b", { n })), ["0 groups", "1 group", "2 groups"]);
  equal(w.t("c.d", { n: 1 }), "1組");
});
