// The texts of the page of all tickets of a device.

import { publish } from "../lib/i18n.ts";
import { board, date, days, feed, mine, session, state, tickets, todo, unit } from "../locale/ja.json";

const texts = { board, date, days, feed, mine, session, state, tickets, todo, unit };

export type TicketsTexts = typeof texts;

publish(texts);
