import { deepEqual, equal } from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { Ticket } from "../wire.ts";
import { forget, fragmentOf, keep, keepLinked, kept, note, ownOfFragment, recall, replace, serviceOf } from "./own.ts";

const token = "AAAAAAAAAAAAAAAAAAAA_-";
const id = "1234-1-261121-k3f9a1x2";
const inState = (state: string) => ({ state }) as Ticket;
const other = { id: "1234-1-261121-zzzzzzzz", token };

afterEach(() => kept().forEach((own) => forget(own.id)));

test("a link opens its ticket, and no other service's", () => {
  const sealed = "#1234-1-261121-k3f9a1x2m7qd." + "A_-9".repeat(40); // a token that names its issue
  equal(ownOfFragment(sealed)?.token.length, 160);
  deepEqual(ownOfFragment(`#${id}.${token}`, "1234-1"), { id, token });
  deepEqual(ownOfFragment(`#${id}.${token}`), { id, token });
  equal(ownOfFragment(`#${id}.${token}`, "1234-2"), undefined);
  equal(ownOfFragment(`#${id}.${token}`, "1234"), undefined);
  equal(ownOfFragment(`#${id}.${token}x`, "1234-1"), undefined);
  equal(ownOfFragment("#<script>", "1234-1"), undefined);
  equal(ownOfFragment(`#nonsense.${token}`), undefined);
  equal(fragmentOf({ id, token }), `#${id}.${token}`);
  equal(serviceOf(id), "1234-1");
});

test("a ticket is remembered where the browser refuses storage", () => {
  keep({ id, token, cancelCode: "7351" });
  deepEqual(recall("1234-1", ""), { id, token, cancelCode: "7351" });
  forget(id);
  equal(recall("1234-1", ""), undefined);
});

test("a link to a kept ticket keeps its cancel code; another link wins", () => {
  keep({ id, token, cancelCode: "7351" });
  equal(recall("1234-1", `#${id}.${token}`)?.cancelCode, "7351");
  equal(recall("1234-1", fragmentOf(other))?.id, other.id);
  keep({ id, token });
  equal(recall("1234-1", "")?.cancelCode, "7351");
});

test("a family's tickets are kept side by side, the newest first", () => {
  keep({ id, token });
  keep(other);
  keep({ id: "5678-2-261121-aaaaaaaa", token });
  deepEqual(kept().map((own) => serviceOf(own.id)), ["5678-2", "1234-1", "1234-1"]);
  equal(recall("1234-1", "")?.id, other.id);
  forget(other.id);
  equal(recall("1234-1", "")?.id, id);
});

test("somebody else's link does not take the place of the ticket that was taken here", () => {
  keep({ id, token, cancelCode: "7351" });
  keepLinked(other);
  keepLinked({ id, token });
  equal(recall("1234-1", "")?.id, id);
  equal(recall("1234-1", "")?.cancelCode, "7351");
  equal(kept().length, 2);
});

test("what is noted of a ticket leaves its place and the others alone", () => {
  keep({ id, token });
  keep(other);
  note(id, { from: 7 });
  note("1234-1-261121-notkept0", { from: 1 });
  deepEqual(kept().map((own) => [own.id, own.from]), [[other.id, undefined], [id, 7]]);
});

test("a device keeps a limited number", () => {
  for (let i = 10; i < 40; i++) keep({ id: `1234-1-261121-aaaaaa${i}`, token });
  equal(kept().length, 12);
  equal(kept()[0]?.id, "1234-1-261121-aaaaaa39");
});

test("a ticket of an earlier day is let go, one in the address is still asked for", () => {
  keep({ id, token, last: inState("waiting") });
  equal(recall("1234-1", "", "2026-11-21")?.id, id);
  equal(recall("1234-1", `#${id}.${token}`, "2026-11-22")?.id, id);
  equal(recall("1234-1", "", "2026-11-22"), undefined);
  equal(recall("1234-1", ""), undefined);
});

test("a ticket of a day to come stays until its day is over", () => {
  const own = { id: "1234-1-270103-k3f9a1x2", token };
  keep({ ...own, last: inState("cancelled") });
  for (const today of ["", "2026-12-30", "2027-01-03"]) equal(recall("1234-1", "", today)?.id, own.id);
  equal(recall("1234-1", "", "2027-01-04"), undefined);
});

test("a booking stays after its day until its end is received, because the desk may have moved it", () => {
  keep({ id, token });
  equal(kept("2026-11-22").length, 1);
  note(id, { last: inState("booked") });
  equal(kept("2026-11-22").length, 1);
  note(id, { last: inState("no_show") });
  equal(kept("2026-11-22").length, 0);
});

test("a moved booking is replaced in its place, and keeps its cancel code", () => {
  const to = { id: "1234-1-261125-aaaaaaaa", token: "B".repeat(60) };
  keep({ id, token, cancelCode: "735112", clinic: "あおい", last: inState("booked") });
  keep(other);
  deepEqual(replace(kept()[1]!, to), { ...to, cancelCode: "735112", clinic: "あおい" });
  deepEqual(kept(), [other, { ...to, cancelCode: "735112", clinic: "あおい" }]);
  replace(other, to); // another link has led there before
  deepEqual(kept(), [to]);
});
