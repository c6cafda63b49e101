// The words of the patient's page.

import { words, type Lang, type Words } from "../lib/i18n.ts";
import * as en from "../locale/en.json";
import * as ja from "../locale/ja.json";

const texts = {
  ja: {
    unit: ja.unit, feed: ja.feed, board: ja.board, reception: ja.reception, date: ja.date, days: ja.days, session: ja.session,
    left: ja.left, refusal: ja.refusal, notice: ja.notice, resting: ja.resting, stop: ja.stop, dayNote: ja.dayNote, absence: ja.absence,
    presence: ja.presence, over: ja.over, state: ja.state, todo: ja.todo, patient: ja.patient, mine: ja.mine, problem: ja.problem,
  },
  en: {
    unit: en.unit, feed: en.feed, board: en.board, reception: en.reception, date: en.date, days: en.days, session: en.session,
    left: en.left, refusal: en.refusal, notice: en.notice, resting: en.resting, stop: en.stop, dayNote: en.dayNote, absence: en.absence,
    presence: en.presence, over: en.over, state: en.state, todo: en.todo, patient: en.patient, mine: en.mine, problem: en.problem,
  },
};

export type PatientWords = Words<typeof texts.ja>;

export function patientWords(lang: Lang): PatientWords {
  return words(lang, texts);
}
