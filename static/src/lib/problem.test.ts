import { equal } from "node:assert/strict";
import { test } from "node:test";
import * as ja from "../locale/ja.json";
import { words } from "./i18n.ts";
import { why } from "./problem.ts";

const w = words({ patient: ja.patient, problem: ja.problem });

test("a refused field is named as the form names it", () => {
  const sentence = (pointer: string) => why(w, { code: "field_invalid", errors: [{ pointer, code: "too_long" }] });
  equal(sentence("/patient/name"), "「お名前」の入力をお確かめください。");
  equal(sentence("/patient/phone"), "「電話番号」の入力をお確かめください。");
  equal(sentence("/patient/cardNumber"), "「診察券番号」の入力をお確かめください。");
  equal(sentence("/text"), ja.problem.field_invalid);
  equal(sentence("/name"), ja.problem.field_invalid); // of no patient
});

test("another refusal is said in its own words, an unknown one in words that everybody can read", () => {
  equal(why(w, { code: "ticket_unknown", errors: [] }), ja.problem.ticket_unknown);
  equal(why(w, { code: "never_heard_of", errors: [] }), ja.problem.unknown);
  equal(why(w, { code: "field_invalid", errors: [] }), ja.problem.field_invalid); // of a parameter
});
