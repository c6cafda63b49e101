// What is said of a call, in the words of one language.

import type { Words } from "../lib/i18n.ts";
import type { Called } from "./calls.ts";

/** The sentences in which a call is said. */
export type Spoken = Record<"display", Record<"say" | "sayRoom" | "sayNumber", string>>;

/** A room's name that a voice of another language cannot read is said by its number, or not at all. */
export function sentenceOf(w: Words<Spoken>, lang: string, c: Called): string {
  const readable = lang.startsWith("ja") || /^[\u0020-\u007e]+$/.test(c.roomName);
  if (c.roomName !== "" && readable) return w.t("display.say", { number: c.number, room: c.roomName });
  if (/^\d+$/.test(c.room)) return w.t("display.sayRoom", { number: c.number, room: c.room });
  return w.t("display.sayNumber", { number: c.number });
}
