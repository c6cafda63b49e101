// The texts of the page behind the code at the entrance.

import { publish } from "../lib/i18n.ts";
import { arrive, date, days, mishap, over, patient, problem, session, state, todo, unit } from "../locale/ja.json";

const texts = { arrive, date, days, over, patient, problem: { ...problem, ...mishap }, session, state, todo, unit };

export type ArriveTexts = typeof texts;

publish(texts);
