// The texts of the section of notices. Those of the page are there before.

import { publish } from "../lib/i18n.ts";
import { mishap, tellme } from "../locale/ja.json";

const texts = { mishap, tellme };

export type TellmeTexts = typeof texts;

publish(texts);
