// The text of the page's live region: one sentence for each change that matters to a
// ticket. The page has no other live region for the line, so a busy board is silent.

import type { Words } from "../lib/i18n.ts";
import { ticketView } from "../lib/status.ts";
import { advice, count } from "../lib/boardtext.ts";
import type ja from "../locale/ja.json";
import type { Board, Ticket } from "../wire.ts";
import type { Follower } from "./follower.ts";
import type { PositionWords } from "./position.ts";

export type SpokenWords = PositionWords & Words<Pick<typeof ja, "state" | "todo">>;

/** The state of a ticket in one spoken sentence. */
export function sentenceOf(w: SpokenWords, t: Ticket): string {
  const view = ticketView(t);
  const { ahead, todo } = view;
  const is =
    view.state === "called" ? (t.attempt as number) > 1 && t.attempt // so that the second call is another sentence
    : !ahead ? w.find("state", view.state)
    : ahead.n ? w.t("mine.before") + " " + count(w, ahead)
    : w.t("mine.next");
  return ((is || "") + " " + (todo === "wait" ? "" : advice(w, t))).trim();
}

/** The called numbers, for a page without a ticket. */
export function callsOf(w: SpokenWords, b: Board): string {
  return (b.calling || []).map((c) => w.t("board.calling") + " " + c.number + " " + c.roomName).join(" ");
}

/** Remembers the sentence of each ticket, so that only changes are read aloud. */
export class Spoken {
  private readonly spoken = new Map<string, string>();
  text = "";

  constructor(private readonly w: SpokenWords) {}

  /** With a board, the first follower is the page's own, if it has one. */
  update(followers: Follower[], board?: Board): void {
    const own = followers.filter((f) => f.own);
    const guest = board && !followers[0]?.own;
    const news: string[] = [];
    const say = (of: string, text: string, whose = "") => {
      if (text === this.spoken.get(of)) return;
      this.spoken.set(of, text);
      if (text) news.push(whose + text);
    };
    const calls = guest ? callsOf(this.w, board) : "";
    say("", calls);
    for (const { confirmed: t } of own) if (t) say(t.id, sentenceOf(this.w, t), own.length > 1 || guest ? t.serviceName + " " + (t.number || "") + " " : "");
    if (news.length) this.text = news.join(" ");
    else if (!own.length && !calls) this.text = "";
  }
}
