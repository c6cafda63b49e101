import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { forget, fragmentOf, isAhead, keep, keepLinked, ownOfFragment, recall, recallPending, keepPending } from "./own.ts";

const token = "AAAAAAAAAAAAAAAAAAAA_-";
const id = "1234-1-261121-k3f9a1x2";

test("a link opens its ticket, and no other service's", () => {
  deepEqual(ownOfFragment(`#${id}.${token}`, "1234-1"), { id, token });
  equal(ownOfFragment(`#${id}.${token}`, "1234-2"), undefined);
  equal(ownOfFragment(`#${id}.${token}x`, "1234-1"), undefined);
  equal(ownOfFragment("#<script>", "1234-1"), undefined);
  equal(fragmentOf({ id, token }), `#${id}.${token}`);
});

test("a ticket is remembered where the browser refuses storage", () => {
  keep("1234-1", { id, token, cancelCode: "7351" });
  deepEqual(recall("1234-1", ""), { id, token, cancelCode: "7351" });
  forget("1234-1", id);
  equal(recall("1234-1", ""), undefined);
});

test("a link to the kept ticket keeps its cancel code; another link wins", () => {
  keep("1234-1", { id, token, cancelCode: "7351" });
  equal(recall("1234-1", `#${id}.${token}`)?.cancelCode, "7351");
  equal(recall("1234-1", `#1234-1-261121-zzzzzzzz.${token}`)?.id, "1234-1-261121-zzzzzzzz");
  forget("1234-1", id);
});

test("somebody else's link neither replaces nor removes the ticket that is kept", () => {
  const other = { id: "1234-1-261121-zzzzzzzz", token };
  keepLinked("1234-1", { id, token });
  keepLinked("1234-1", other);
  forget("1234-1", other.id);
  equal(recall("1234-1", "")?.id, id);
  forget("1234-1", id);
  keepLinked("1234-1", other);
  equal(recall("1234-1", "")?.id, other.id);
  forget("1234-1", other.id);
});

test("a ticket of an earlier day is let go, one in the address is still asked for", () => {
  keep("1234-1", { id, token });
  equal(recall("1234-1", "", "2026-11-21")?.id, id);
  equal(recall("1234-1", `#${id}.${token}`, "2026-11-22")?.id, id);
  equal(recall("1234-1", ""), undefined);
});

test("a ticket of a day to come stays until its day is over", () => {
  const own = { id: "1234-1-270103-k3f9a1x2", token };
  keep("1234-1", own);
  for (const today of ["", "2026-12-30", "2027-01-03"]) equal(recall("1234-1", "", today)?.id, own.id);
  equal(isAhead("1234-1", own, "2026-12-30"), true);
  equal(isAhead("1234-1", own, "2027-01-03"), false);
  equal(recall("1234-1", "", "2027-01-04"), undefined);
});

test("a reception without an answer is taken up again, but not for ever", () => {
  keepPending("1234-1", { key: "k", body: { partySize: 1, firstVisit: false, patient: {} }, at: 1_000 });
  equal(recallPending("1234-1", 2_000)?.key, "k");
  equal(recallPending("1234-1", 601_000), undefined);
});
