// The texts of the page behind the code at the entrance.

import { publish } from "../lib/i18n.ts";
import { arrive, mishap, patient, problem, todo, unit } from "../locale/ja.json";

const texts = { arrive, patient, problem: { ...problem, ...mishap }, todo, unit };

export type ArriveTexts = typeof texts;

publish(texts);
