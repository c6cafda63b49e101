// The texts of the staff page.

import { publish } from "../lib/i18n.ts";
import {
  about, absence, accuracy, act, available, board, bookings, changes, clinic, date, dayNote, days, entry, feed, field, hideable, hint, insist, journal, keys, marks, mishap, notice, noticeChannel, noticeHint, noticeKind, notices, noticeStage, noticeState, noticeWhy, notified, patient, problem,
  reason, reception, refused, resting, rule, screens, session, settings, slots, staff, status, stop, timetable, unit, userRole, users, week, whereabouts, wrong,
} from "../locale/ja.json";

const texts = {
  about, absence, accuracy, act, available, board, bookings, changes, clinic, date, dayNote, days, entry, feed, field, hideable, hint, insist, journal, keys, marks, notice, noticeChannel, noticeHint, noticeKind, notices, noticeStage, noticeState, noticeWhy, notified, patient, problem: { ...problem, ...mishap },
  reason, reception, refused, resting, rule, screens, session, settings, slots, staff, status, stop, timetable, unit, userRole, users, week, whereabouts, wrong,
};

export type StaffTexts = typeof texts;

publish(texts);
