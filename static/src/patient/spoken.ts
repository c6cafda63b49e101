// What a screen reader is told while nobody reads the page: one sentence for each
// change that matters to a ticket, and nothing of what merely moves around it.
// Nothing else on the page is a live region for the line, so a busy board is silent.

import type { Words } from "../lib/i18n.ts";
import { ticketView } from "../lib/status.ts";
import { count } from "../lib/told.ts";
import type ja from "../locale/ja.json";
import type { Board, Ticket } from "../wire.ts";
import type { Follower } from "./follower.ts";
import type { PlaceWords } from "./place.ts";

export type SpokenWords = PlaceWords & Words<Pick<typeof ja, "state" | "todo">>;

/** How a ticket stands, as somebody would say it who sits beside its owner. */
export function sentenceOf(w: SpokenWords, t: Ticket): string {
  const view = ticketView(t);
  const { ahead, todo } = view;
  const is =
    t.state === "called" ? (t.attempt as number) > 1 && t.attempt // so that the second call is another sentence
    : !ahead ? w.find("state", view.state)
    : ahead.n ? `${w.t("mine.before")} ${count(w, ahead)}`
    : w.t("mine.next");
  return `${is || ""} ${todo === "stay" || todo === "wait" ? "" : w.t(`todo.${todo}`, { room: t.roomName ?? "" })}`.trim();
}

/** The numbers that are called, for who has no ticket yet. */
export function callsOf(w: SpokenWords, b: Board): string {
  return (b.calling ?? []).map((c) => `${w.t("board.calling")} ${c.number} ${c.roomName}`).join(" ");
}

/** Keeps what was said of each ticket, so that only what is new is said. */
export class Spoken {
  private readonly said = new Map<string, string>();
  text = "";

  constructor(private readonly w: SpokenWords) {}

  tell(followers: Follower[], board?: Board): void {
    const own = followers.filter((f) => f.own);
    const news: string[] = [];
    for (const { confirmed: t } of own) {
      const text = t && sentenceOf(this.w, t);
      if (!text || text === this.said.get(t.id)) continue;
      this.said.set(t.id, text);
      news.push(own.length > 1 ? `${t.serviceName} ${t.number || ""} ${text}` : text);
    }
    if (board && !own.length) this.text = callsOf(this.w, board);
    if (news.length) this.text = news.join(" ");
  }
}
