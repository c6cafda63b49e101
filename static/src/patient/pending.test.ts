import { equal } from "node:assert/strict";
import { test } from "node:test";
import { keepPending, recallPending } from "./pending.ts";

test("a reception without an answer is taken up again, but not for ever", () => {
  keepPending("1234-1", { key: "k", body: { partySize: 1, firstVisit: false, patient: {} }, at: 1_000 });
  equal(recallPending("1234-1", 2_000)?.key, "k");
  equal(recallPending("1234-1", 601_000), undefined);
});
