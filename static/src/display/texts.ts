// The texts of the screen in the waiting room.

import { publish } from "../lib/i18n.ts";
import { board, date, dayNote, display, feed, notice, reception, resting, session, slot, stop, unit } from "../locale/ja.json";

const texts = { board, date, dayNote, display, feed, notice, reception, resting, session, slot, stop, unit };

export type DisplayTexts = typeof texts;

publish(texts);
