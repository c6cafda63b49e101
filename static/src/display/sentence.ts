// The spoken sentence of a call, in one language.

import type { Words } from "../lib/i18n.ts";
import type { Called } from "./calls.ts";

/** The texts of which the sentence of a call is made. */
export type Spoken = Record<"display", Record<"say" | "sayRoom" | "sayNumber" | "sayOf" | "sayService", string>>;

/**
 * Returns the sentence of a call. A name that a voice of another language cannot read
 * is replaced by its number, or left out. The service is named if the clinic has
 * several: their numbers can be the same.
 */
export function sentenceOf(w: Words<Spoken>, lang: string, c: Called, service?: { name: string; number: string }): string {
  const readable = (name: string) => name !== "" && (lang.startsWith("ja") || /^[\u0020-\u007e]+$/.test(name));
  const { number, room } = c;
  const call = readable(c.roomName) ? w.t("display.say", { number, room: c.roomName })
    : /^\d+$/.test(room) ? w.t("display.sayRoom", { number, room })
    : w.t("display.sayNumber", { number });
  if (!service) return call;
  return w.t("display.sayOf", { service: readable(service.name) ? service.name : w.t("display.sayService", { n: service.number }), call });
}
