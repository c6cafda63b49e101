// The texts of the books.

import { publish } from "../lib/i18n.ts";
import {
  about, act, book, bookings, books, column, date, days, feed, field, insist, keys, mishap, patient, problem, refused, session, slots, staff, status, unit, wrong,
} from "../locale/ja.json";
import type { StaffTexts } from "../staff/texts.ts";

const texts = {
  about, act, book, bookings, books, column, date, days, feed, field, insist, keys, patient, problem: { ...problem, ...mishap }, refused, session, slots, staff, status, unit, wrong,
};

/** With all texts of the staff pages by type, as their parts are used here; groups that no part uses are left out. */
export type BooksTexts = typeof texts & StaffTexts;

publish(texts);
