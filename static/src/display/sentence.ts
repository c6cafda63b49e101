// What is said of a call, in the words of one language.

import type { Words } from "../lib/i18n.ts";
import type ja from "../locale/ja.json";
import type { Called } from "./calls.ts";

/** A room's name that a voice of another language cannot read is said by its number, or not at all. */
export function sentenceOf(w: Words<Pick<typeof ja, "display">>, lang: string, c: Called): string {
  const readable = lang === "ja" || /^[\u0020-\u007e]+$/.test(c.roomName);
  if (c.roomName !== "" && readable) return w.t("display.say", { number: c.number, room: c.roomName });
  if (/^\d+$/.test(c.room)) return w.t("display.sayRoom", { number: c.number, room: c.room });
  return w.t("display.sayNumber", { number: c.number });
}
