// The words of the desk.

import { words, type Lang, type Words } from "../lib/i18n.ts";
import * as en from "../locale/en.json";
import * as ja from "../locale/ja.json";

const texts = {
  ja: { unit: ja.unit, feed: ja.feed, board: ja.board, reception: ja.reception, status: ja.status, act: ja.act, staff: ja.staff, patient: ja.patient, problem: ja.problem },
  en: { unit: en.unit, feed: en.feed, board: en.board, reception: en.reception, status: en.status, act: en.act, staff: en.staff, patient: en.patient, problem: en.problem },
};

export type StaffWords = Words<typeof texts.ja>;

export function staffWords(lang: Lang): StaffWords {
  return words(lang, texts);
}
