// The texts of the patient's page in slot mode. Some replace those of order mode.

import { publish } from "../lib/i18n.ts";
import {
  absence, board, closed, date, dayNote, days, feed, left, mine, notice, over, patient, presence, problem, reception, resting, session, slot,
  slotDays, slotMine, slotTodo, state, stop, todo, unit,
} from "../locale/ja.json";

const texts = {
  absence, board, closed, date, dayNote, days: { ...days, ...slotDays }, feed, left, mine: { ...mine, ...slotMine }, notice, over, patient, presence,
  problem, reception, resting, session, slot, state, stop, todo: { ...todo, ...slotTodo }, unit,
};

export type SlotTexts = typeof texts;

publish(texts);
