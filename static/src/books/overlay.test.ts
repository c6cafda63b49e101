import assert from "node:assert/strict";
import { test } from "node:test";
import type { BookingRow, Staff, StaffTicket } from "../wire.ts";
import { liveTickets, overlaid } from "./overlay.ts";

const row = { ticket: "a", state: "booked", number: 0, partySize: 1, firstVisit: false, patient: { name: "x" } } as unknown as BookingRow;

test("a row is as the line has its ticket, and keeps its patient", () => {
  const staff = { services: [{ tickets: [{ id: "a", state: "waiting", number: 7, partySize: 2, firstVisit: true, arrivedAt: "2026-11-21T10:00:00+09:00" }] }] } as unknown as Staff;
  const now = overlaid(row, liveTickets(staff).get("a"));
  assert.deepEqual([now.state, now.number, now.partySize, now.arrived, now.patient.name], ["waiting", 7, 2, "2026-11-21T10:00:00+09:00", "x"]);
});

test("without a live ticket, or with a lost one, the row stays", () => {
  assert.equal(overlaid(row, undefined), row);
  assert.equal(overlaid(row, { id: "a", state: "lost" } as StaffTicket), row);
  assert.equal(liveTickets(undefined).size, 0);
});
