// The words of the patient's page.

import { words, type Lang, type Words } from "../lib/i18n.ts";
import * as en from "../locale/en.json";
import * as ja from "../locale/ja.json";

const texts = {
  ja: { unit: ja.unit, feed: ja.feed, board: ja.board, reception: ja.reception, refusal: ja.refusal, state: ja.state, todo: ja.todo, patient: ja.patient, problem: ja.problem },
  en: { unit: en.unit, feed: en.feed, board: en.board, reception: en.reception, refusal: en.refusal, state: en.state, todo: en.todo, patient: en.patient, problem: en.problem },
};

export type PatientWords = Words<typeof texts.ja>;

export function patientWords(lang: Lang): PatientWords {
  return words(lang, texts);
}
