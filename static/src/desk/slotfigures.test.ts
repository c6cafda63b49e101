import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeskSlot, StaffTicket } from "../wire.ts";
import { bySlot, left, leftOf, slotFigures, slotRuns, type SlotGroup } from "./slotfigures.ts";

const slot = (start: string, booked = 0, called = 0): DeskSlot => {
  const seat = { used: 0, limit: null };
  return { slot: start, to: "", session: "morning", availability: "many", web: seat, desk: seat, first: seat, booked, called };
};
const ticket = (state: string, of: string, attempt = 0, more: Partial<StaffTicket> = {}) =>
  ({ service: "1234-1", state, slot: of, attempt, ...more }) as StaffTicket;

test("a slot's figures add up, also when the ended tickets are not among all", () => {
  const all = [
    ticket("in_service", "10:00", 1), ticket("absent", "10:00", 2), ticket("waiting", "10:00"), ticket("booked", "10:00"),
    ticket("waiting", "10:30"), ticket("waiting", "10:00", 0, { service: "1234-2" }),
  ];
  const ten = { ...slot("10:00", 6, 4), seen: 2 };
  assert.deepEqual(slotFigures(ten, "1234-1", all), { booked: 6, arrived: 5, called: 4, seen: 2, missing: 1 });
});

test("a no-show after the call is not seen, and had arrived", () => {
  const ten = { ...slot("10:00", 3, 2), seen: 1, left: 1 };
  assert.deepEqual(slotFigures(ten, "1234-1", [ticket("booked", "10:00")]), { booked: 3, arrived: 2, called: 2, seen: 1, missing: 1 });
});

test("a late patient counts in the home slot and stands in another", () => {
  const late = ticket("waiting", "10:00", 0, { lineSlot: "11:00" });
  assert.equal(slotFigures(slot("10:00", 1), "1234-1", [late]).arrived, 1);
  const [ten, eleven] = bySlot([slot("10:00"), slot("11:00")], [late]);
  assert.deepEqual([ten?.tickets.length, eleven?.tickets.length], [0, 1]);
});

test("a ticket of no slot of today is shown last", () => {
  const groups = bySlot([slot("10:00")], [ticket("waiting", ""), ticket("booked", "10:00")]);
  assert.deepEqual(groups.map((g) => [g.slot?.slot, g.tickets.length]), [["10:00", 1], [undefined, 1]]);
});

const runsOf = (groups: SlotGroup[], serving: string) =>
  slotRuns(groups, serving).map((r) => (r.folds ? (r.earlier ? "earlier " : "") : "shown ") + r.groups.map((g) => g.slot?.slot ?? "-").join(" "));

test("empty slots fold, but neither the one being seen nor one with a ticket", () => {
  const slots = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"].map((s) => slot(s));
  assert.deepEqual(runsOf(bySlot(slots, []), "10:00"), ["earlier 09:00 09:30", "shown 10:00", "10:30 11:00 11:30"]);
  assert.deepEqual(runsOf(bySlot(slots, [ticket("booked", "09:30")]), "10:00"), ["earlier 09:00", "shown 09:30", "shown 10:00", "10:30 11:00 11:30"]);
  assert.deepEqual(runsOf(bySlot(slots, [ticket("waiting", "11:00")]), ""), ["09:00 09:30 10:00 10:30", "shown 11:00", "shown 11:30"]);
  assert.deepEqual(runsOf(bySlot(slots, [ticket("waiting", "")]), "09:00"), ["shown 09:00", "09:30 10:00 10:30 11:00 11:30", "shown -"]);
});

test("the seats left", () => {
  assert.deepEqual([left({ used: 3, limit: 4 }), left({ used: 5, limit: 4 }), left({ used: 5, limit: null })], [1, 0, undefined]);
  assert.deepEqual([leftOf([{ used: 1, limit: 4 }, { used: 3, limit: 4 }]), leftOf([{ used: 1, limit: 4 }, { used: 3, limit: null }])], [4, undefined]);
});
