// The kinds and channels of notices, and what a form has of them. Pure functions.

import { clinicRules } from "../rules.ts";
import type { NoticeCap, NoticeWords } from "../wire.ts";

/** The kinds of notices, the most important first. */
export const kinds = clinicRules["notices.off[]"].values;

/** The channels that a clinic may switch off. */
export const channels = clinicRules["notices.channels[]"].values;

/** The stages of a kind that have words of their own; "" is the usual one. */
export function stagesOf(kind: string): readonly string[] {
  switch (kind) {
    case "approach":
      return ["", "next"];
    case "confirm":
      return ["", "now"];
    case "changed":
      return ["cancelled", "moved", "transfer", "back"];
    default:
      return [""];
  }
}

/** The list without the values that are checked: what is switched off. */
export function offOf(all: readonly string[], checked: readonly string[]): string[] {
  return all.filter((one) => !checked.includes(one));
}

/** The sentences of the kinds with another one for a kind; an empty one is removed. */
export function wordsWith(words: readonly NoticeWords[], kind: string, text: string): NoticeWords[] {
  const of = (k: string) => (k === kind ? text.trim() : (words.find((one) => one.kind === k)?.text ?? ""));
  return kinds.map((k) => ({ kind: k, text: of(k) })).filter((one) => one.text !== "");
}

/** The caps of the channels with another one for a channel; "" removes it. */
export function capsWith(caps: readonly NoticeCap[], channel: string, typed: string): NoticeCap[] {
  const rest = caps.filter((one) => one.channel !== channel);
  return typed.trim() === "" ? rest : [...rest, { channel, month: Number(typed) || 0 }];
}

const telling = [
  "精神", "心療", "メンタル", "婦人", "産科", "産婦", "レディース", "泌尿", "肛門", "性感染", "性病", "美容", "不妊", "依存", "ED", "AGA",
];

/** Whether the name or a department of a clinic shows what its patients come for. */
export function isTelling(of: { name: string; departments: readonly string[] }): boolean {
  return [of.name, ...of.departments].some((text) => telling.some((word) => text.includes(word)));
}
