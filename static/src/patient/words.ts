// The type of the patient page's texts.

import type { Words } from "../lib/i18n.ts";
import type { PatientTexts } from "./texts.ts";

export type PatientWords = Words<PatientTexts>;
