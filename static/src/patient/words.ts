// The words of the patient's page, as its parts take them.

import type { Words } from "../lib/i18n.ts";
import type { PatientTexts } from "./texts.ts";

export type PatientWords = Words<PatientTexts>;
