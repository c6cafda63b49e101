// The words of the desk.

import { html, type TemplateResult } from "../../vendor/lit/lit.js";
import { clockTime } from "../lib/clock.ts";
import { words, type Lang, type Words } from "../lib/i18n.ts";
import * as en from "../locale/en.json";
import * as ja from "../locale/ja.json";

const texts = {
  ja: {
    unit: ja.unit, feed: ja.feed, stop: ja.stop, board: ja.board, reception: ja.reception, patient: ja.patient, problem: ja.problem,
    status: ja.status, act: ja.act, staff: ja.staff, session: ja.session, place: ja.place, reason: ja.reason,
    available: ja.available, refused: ja.refused, insist: ja.insist, field: ja.field, hint: ja.hint, rule: ja.rule, settings: ja.settings,
    clinic: ja.clinic, date: ja.date, days: ja.days, bookings: ja.bookings, week: ja.week, timetable: ja.timetable, wrong: ja.wrong, accuracy: ja.accuracy, changes: ja.changes, did: ja.did, users: ja.users, userRole: ja.userRole, screens: ja.screens,
  },
  en: {
    unit: en.unit, feed: en.feed, stop: en.stop, board: en.board, reception: en.reception, patient: en.patient, problem: en.problem,
    status: en.status, act: en.act, staff: en.staff, session: en.session, place: en.place, reason: en.reason,
    available: en.available, refused: en.refused, insist: en.insist, field: en.field, hint: en.hint, rule: en.rule, settings: en.settings,
    clinic: en.clinic, date: en.date, days: en.days, bookings: en.bookings, week: en.week, timetable: en.timetable, wrong: en.wrong, accuracy: en.accuracy, changes: en.changes, did: en.did, users: en.users, userRole: en.userRole, screens: en.screens,
  },
};

export type StaffWords = Words<typeof texts.ja>;

export function staffWords(lang: Lang): StaffWords {
  return words(lang, texts);
}

/** Why the order of a line may be changed; the public is told. */
export const publicReasons = ["urgent", "exam", "desk"];

/** The options of a select whose values have their words in a group. */
export function options(
  w: StaffWords,
  group: keyof typeof texts.ja,
  values: readonly string[],
  chosen: string,
): TemplateResult[] {
  return values.map((v) => html`<option value=${v} .defaultSelected=${v === chosen}>${w.find(group, v) ?? v}</option>`);
}

/** A time of the contract on the clinic's clock, with its date where that is another: "11/24 08:30". */
export function when(at: string | undefined, day = ""): string {
  if (!at) return "";
  return at.slice(0, 10) === day ? clockTime(at) : `${Number(at.slice(5, 7))}/${Number(at.slice(8, 10))} ${clockTime(at)}`;
}
