// The type of the texts of the section: its own, and those of the page that it uses.

import type { Words } from "../lib/i18n.ts";
import type ja from "../locale/ja.json";
import type { TellmeTexts } from "./texts.ts";

export type TellmeWords = Words<TellmeTexts & Pick<typeof ja, "date" | "mine" | "patient" | "problem" | "unit">>;
