import type { StaffTicket } from "../wire.ts";
import { calledInVain, glance } from "./glance.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

const since = (at: string) => Math.floor((Date.parse("2026-11-20T10:00:00+09:00") - Date.parse(at)) / 60_000);
const ticket = (number: number, state: string, at: string, more: Partial<StaffTicket> = {}) =>
  ({ number, state, issuedAt: `2026-11-20T${at}:00.000+09:00`, ...more }) as StaffTicket;

test("the wait is of those who wait, since reception, and a number of another day says nothing", () => {
  const tickets = [
    ticket(1, "called", "08:00"), ticket(2, "waiting", "09:00", { presence: "here" }), ticket(3, "waiting", "09:40"),
    ticket(4, "absent", "08:30"), ticket(5, "held", "08:30"),
    { ...ticket(6, "waiting", "09:00", { presence: "out" }), issuedAt: "2026-11-18T09:00:00.000+09:00" },
  ];
  assert.deepEqual(glance(tickets, "2026-11-20", since), { away: 2, absent: 1, held: 1, wait: { average: 40, longest: 60, number: 2 } });
  assert.equal(glance([], "2026-11-20", since).wait, undefined);
});

test("who was called ten minutes ago and is nowhere is told", () => {
  const at = (minutes: string) => ({ calledAt: `2026-11-20T09:${minutes}:00.000+09:00` });
  const tickets = [
    ticket(1, "called", "08:00", at("50")), ticket(2, "called", "08:00", at("51")), ticket(3, "in_service", "08:00", at("30")), ticket(4, "absent", "08:00", at("30")),
  ];
  assert.deepEqual(calledInVain(tickets, since), [{ number: 1, minutes: 10 }]);
});
