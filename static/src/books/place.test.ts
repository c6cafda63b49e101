import assert from "node:assert/strict";
import { test } from "node:test";
import { fragmentOf, placeOf } from "./place.ts";

test("a fragment names a view and what is open in it", () => {
  assert.deepEqual(placeOf("#members/m1"), { view: "members", id: "m1" });
  assert.deepEqual(placeOf(""), { view: "bookings", id: "" });
  assert.deepEqual(placeOf("#nothing/%E0"), { view: "bookings", id: "" });
  assert.deepEqual(placeOf(fragmentOf({ view: "bookings", id: "1234-1-261121-a/b" })), { view: "bookings", id: "1234-1-261121-a/b" });
});
