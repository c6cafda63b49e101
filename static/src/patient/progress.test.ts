import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Ticket } from "../wire.ts";
import { alertOf, foremost, fromOf, progressOf } from "./progress.ts";

function ticket(facts: Partial<Ticket>): Ticket {
  return {
    id: "1234-1-261121-k3f9a1x2", service: "1234-1", serviceName: "内科", day: "2026-11-21", number: 24, state: "waiting",
    partySize: 1, todo: "wait", advice: "wait", cancellable: false, issuedAt: "2026-11-21T10:00:00+09:00", ...facts,
  };
}

test("progress is how many of those ahead are gone", () => {
  deepEqual(progressOf(ticket({ ahead: 12 }), undefined), { done: 0, of: 12 });
  deepEqual(progressOf(ticket({ ahead: 5 }), 12), { done: 7, of: 12 });
  deepEqual(progressOf(ticket({ ahead: 0 }), 12), { done: 12, of: 12 });
  deepEqual(progressOf(ticket({ ahead: 0 }), undefined), { done: 1, of: 1 });
});

test("who was moved back starts from there", () => {
  equal(fromOf(ticket({ ahead: 14 }), 12), 14);
  equal(fromOf(ticket({ state: "called" }), 12), 12);
  deepEqual(progressOf(ticket({ ahead: 14 }), 12), { done: 0, of: 14 });
});

test("a clinic that hides how many are ahead shows no progress", () => {
  equal(progressOf(ticket({}), 12), undefined);
  equal(progressOf(ticket({ state: "called" }), 12), undefined);
  equal(progressOf(ticket({ state: "done" }), 12), undefined);
});

test("being near is worth a buzz, and each call is", () => {
  equal(alertOf(ticket({ ahead: 5 })), "");
  equal(alertOf(ticket({ ahead: 2, todo: "come" })), "near");
  equal(alertOf(ticket({ state: "called", attempt: 1 })), "called 1");
  equal(alertOf(ticket({ state: "called", attempt: 2 })), "called 2");
  equal(alertOf(ticket({ state: "in_service" })), "");
});

test("a call of a day that is over is no news", () => {
  const past = ticket({ state: "called", attempt: 1, todo: "none", advice: "cancelled" });
  equal(alertOf(past), "");
  equal(foremost([past]), undefined);
});

test("a title tells of who is called, or else of who is nearest", () => {
  const far = ticket({ ahead: 5 });
  const near = ticket({ ahead: 0 });
  const called = ticket({ state: "called" });
  equal(foremost([far, near]), near);
  equal(foremost([far, called, near]), called);
  equal(foremost([ticket({ state: "done" }), ticket({})]), undefined);
});
