import { equal } from "node:assert/strict";
import { test } from "node:test";
import { words } from "../lib/i18n.ts";
import * as en from "../locale/en.json";
import * as ja from "../locale/ja.json";
import { sentenceOf } from "./sentence.ts";

const call = { key: "", service: "1234-2", number: 8, of: "", room: "1", roomName: "第1診察室", at: "" };
const say = (texts: { display: typeof ja.display }, lang: string, service?: { name: string; number: string }) => sentenceOf(words({ display: texts.display }, lang), lang, call, service);

test("a call names the service where the clinic has several, and a name that the voice cannot read by its number", () => {
  equal(say(ja, "ja"), "8番の方、第1診察室へお入りください。");
  equal(say(ja, "ja", { name: "小児科", number: "2" }), "小児科、8番の方、第1診察室へお入りください。");
  equal(say(en, "en", { name: "小児科", number: "2" }), "Service 2. Number 8, please come to room 1.");
  equal(say(en, "en", { name: "Children", number: "2" }), "Children. Number 8, please come to room 1.");
});
