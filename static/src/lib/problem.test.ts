import { equal } from "node:assert/strict";
import { test } from "node:test";
import * as ja from "../locale/ja.json";
import { words } from "./i18n.ts";
import { why } from "./problem.ts";

const w = words({ patient: ja.patient, problem: ja.problem });

test("a refused field is named as the form names it", () => {
  const says = (detail: string) => why(w, { code: "field_invalid", detail });
  equal(says("patient.name is too long"), "「お名前」の入力をお確かめください。");
  equal(says("patient.phone is not a telephone number"), "「電話番号」の入力をお確かめください。");
  equal(says("patient.cardNumber has control characters"), "「診察券番号」の入力をお確かめください。");
  equal(says("partySize must be a number"), "「受診する人数」の入力をお確かめください。");
  equal(says("text is too long"), ja.problem.field_invalid);
});

test("another refusal is said in its own words, an unknown one in words that everybody can read", () => {
  equal(why(w, { code: "ticket_unknown", detail: "name is" }), ja.problem.ticket_unknown);
  equal(why(w, { code: "never_heard_of", detail: "so it is" }), ja.problem.unknown);
  equal(why(w, { code: "never_heard_of", detail: "" }), ja.problem.unknown);
});
