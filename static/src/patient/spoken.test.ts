import { equal } from "node:assert/strict";
import { test } from "node:test";
import { words } from "../lib/i18n.ts";
import * as en from "../locale/en.json";
import * as ja from "../locale/ja.json";
import type { Board, Ticket } from "../wire.ts";
import type { Follower } from "./follower.ts";
import { sentenceOf, Spoken } from "./spoken.ts";

const { board, mine, state, todo, unit } = ja;
const w = words({ board, mine, state, todo, unit });
const ticket = (facts: Partial<Ticket>) => ({ id: "a", number: 7, serviceName: "内科", state: "waiting", advice: "wait", unit: "組", ahead: 3, ...facts }) as Ticket;
const following = (...all: Ticket[]) => all.map((t) => ({ own: { id: t.id }, confirmed: t }) as unknown as Follower);

test("a sentence says the place, and what to do where that is something", () => {
  equal(sentenceOf(w, ticket({})), "あなたの前 3組");
  equal(sentenceOf(w, ticket({ advice: "come", ahead: 0 })), "次があなたの順番です そろそろクリニックへお越しください。");
  equal(sentenceOf(w, ticket({ state: "called", advice: "enter", roomName: "第1診察室" })), "お呼び出し中です。第1診察室へお入りください。");
  equal(sentenceOf(w, ticket({ state: "called", advice: "enter", roomName: "第1診察室", attempt: 2 })), "2 お呼び出し中です。第1診察室へお入りください。");
  equal(sentenceOf(w, ticket({ state: "in_service", advice: "stay" })), "診察中です");
  equal(sentenceOf(w, ticket({ state: "cancelled", advice: "cancelled" })), "受付は取り消されました もう一度受診をご希望のときは、新しく受付してください。");
  equal(sentenceOf(w, ticket({ state: "called", todo: "none", advice: "cancelled", ahead: undefined })), "この日の診療は終わりました。 もう一度受診をご希望のときは、新しく受付してください。");
  const english = words({ board: en.board, mine: en.mine, state: en.state, todo: en.todo, unit: en.unit }, "en");
  equal(sentenceOf(english, ticket({ ahead: 1 })), `${en.mine.before} 1 group`);
});

test("only what is new is said, and of several whose it is", () => {
  const spoken = new Spoken(w);
  spoken.update(following(ticket({})));
  equal(spoken.text, "あなたの前 3組");
  spoken.update(following(ticket({ waitMinutes: { low: 5, high: 10 } })));
  equal(spoken.text, "あなたの前 3組");
  spoken.update(following(ticket({}), ticket({ id: "b", number: 9, ahead: 5 })));
  equal(spoken.text, "内科 9 あなたの前 5組");
});

test("who has no ticket hears who is called, and who has one does not", () => {
  const called = { calling: [{ number: 5, room: "1", roomName: "第1診察室" }] } as unknown as Board;
  const spoken = new Spoken(w);
  spoken.update([{ own: undefined } as unknown as Follower], called);
  equal(spoken.text, "お呼び出し中 5 第1診察室");
  const other = new Spoken(w);
  other.update(following(ticket({})), called);
  equal(other.text, "あなたの前 3組");
  const guest = new Spoken(w);
  guest.update([{ own: undefined } as unknown as Follower, ...following(ticket({}))], called);
  equal(guest.text, "お呼び出し中 5 第1診察室 内科 7 あなたの前 3組");
  other.update([]);
  equal(other.text, "");
});
