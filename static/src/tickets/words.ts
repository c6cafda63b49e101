// The words of the page of all tickets of a device.

import { words, type Lang, type Words } from "../lib/i18n.ts";
import * as en from "../locale/en.json";
import * as ja from "../locale/ja.json";

const texts = {
  ja: { unit: ja.unit, feed: ja.feed, board: ja.board, date: ja.date, days: ja.days, session: ja.session, state: ja.state, todo: ja.todo, mine: ja.mine },
  en: { unit: en.unit, feed: en.feed, board: en.board, date: en.date, days: en.days, session: en.session, state: en.state, todo: en.todo, mine: en.mine },
};

export type TicketsWords = Words<typeof texts.ja>;

export function ticketsWords(lang: Lang): TicketsWords {
  return words(lang, texts);
}
