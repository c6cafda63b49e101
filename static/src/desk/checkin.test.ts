import assert from "node:assert/strict";
import { test } from "node:test";
import type { Staff, StaffTicket } from "../wire.ts";
import { dayIn, findArrival, ticketIn } from "./checkin.ts";

const ticket = (id: string, phone: string, cardNumber = "", more: Partial<StaffTicket> = {}) =>
  ({ id, phone, cardNumber, number: 0, state: "booked", acts: ["arrive", "rebook"], ...more }) as StaffTicket;
const staff = (...tickets: StaffTicket[]) => ({ services: [{ tickets }] }) as unknown as Staff;
const one = ticket("1234-1-261121-1", "090-0000-1111", "10482");
const two = ticket("1234-1-261121-2", "080-0000-2111");
const here = ticket("1234-1-261121-3", "080-0000-3333", "", { state: "waiting", number: 7, acts: ["call"] });
const gone = ticket("1234-1-261121-4", "080-0000-4444", "", { state: "no_show", acts: ["undo"] });

test("the id is read from a link, whatever keyboard the scanner has", () => {
  assert.equal(ticketIn("https://junban.example/s/1234-1#1234-1-261121-27.AAAA"), "1234-1-261121-27");
  assert.equal(ticketIn("http+^^junban^s^1234-1$1234-1-261121-2.AAAA"), "1234-1-261121-2");
  assert.equal(ticketIn("0900000"), "");
});

test("the day is read from an id", () => {
  assert.deepEqual(["1234-1-261121-27", "1234-12-270101-A-b", "", "10482"].map(dayIn), ["2026-11-21", "2027-01-01", "", ""]);
});

test("one booking is found by its code, its card, or the end of its phone number", () => {
  const all = staff(one, two, here, gone);
  for (const text of ["1234-1-261121-1", "10482", "１０４８２", "1111", "0000-1111"]) {
    assert.deepEqual(findArrival(all, text).coming, [one], text);
  }
  assert.deepEqual(findArrival(all, "111").coming, [one, two]);
});

test("an arrived patient is found as such, and an ended ticket not at all", () => {
  assert.deepEqual(findArrival(staff(one, here), "3333"), { coming: [], here: [here] });
  assert.deepEqual(findArrival(staff(one, here), "7"), { coming: [], here: [here] });
  assert.deepEqual(findArrival(staff(gone), "4444"), { coming: [], here: [] });
  assert.deepEqual(findArrival(staff(one), " "), { coming: [], here: [] });
});
