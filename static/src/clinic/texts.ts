// The texts of a clinic's page.

import { publish } from "../lib/i18n.ts";
import { board, date, dayNote, feed, index, notice, reception, resting, slot, stop, unit } from "../locale/ja.json";

const texts = { board, date, dayNote, feed, index, notice, reception, resting, slot, stop, unit };

export type ClinicTexts = typeof texts;

publish(texts);
