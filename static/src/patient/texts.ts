// The texts of the patient's page.

import { publish } from "../lib/i18n.ts";
import {
  absence, board, closed, date, dayNote, days, feed, left, mine, notice, over, patient, presence, problem, reception, resting, session, state,
  stop, todo, unit,
} from "../locale/ja.json";

const texts = {
  absence, board, closed, date, dayNote, days, feed, left, mine, notice, over, patient, presence, problem, reception, resting, session, state,
  stop, todo, unit,
};

export type PatientTexts = typeof texts;

publish(texts);
