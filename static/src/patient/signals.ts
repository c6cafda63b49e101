// Signals for a page in the background. They are the title of the tab, and a vibration
// when a ticket is near and at each call. Each change signals once, also across a
// reload. A hidden page cannot vibrate, and does so when it is visible.

import type { Words } from "../lib/i18n.ts";
import type ja from "../locale/ja.json";
import type { Ticket } from "../wire.ts";
import type { Follower } from "./follower.ts";
import { note } from "./own.ts";
import { alertOf, foremost } from "./progress.ts";

const near = [200, 100, 200]; // ms on, off, on
const called = [400, 200, 400, 200, 400];

export class Signals {
  private readonly title = document.title;

  constructor(private readonly w: Words<Pick<typeof ja, "mine">>) {}

  update(followers: Follower[]): void {
    const tickets: Ticket[] = [];
    for (const f of followers) {
      const t = f.confirmed;
      if (!t || !f.own) continue;
      tickets.push(t);
      const alert = alertOf(t);
      if (alert === (f.own.told || "") || document.hidden) continue;
      f.own.told = alert;
      note(f.own.id, { told: alert });
      if (alert) buzz(alert === "near" ? near : called);
    }
    const title = this.titleOf(foremost(tickets));
    if (document.title !== title) document.title = title;
  }

  private titleOf(t: Ticket | undefined): string {
    const { w, title } = this;
    if (!t) return title;
    if (t.state === "called") return w.t("mine.titleCalled", { title });
    return t.ahead ? w.t("mine.titleAhead", { n: t.ahead, title }) : w.t("mine.titleNext", { title });
  }
}

/** Browsers allow it only once the page was touched; asking before is an error in their log. */
function buzz(pattern: number[]): void {
  const touched = (navigator as { userActivation?: { hasBeenActive: boolean } }).userActivation;
  if ("vibrate" in navigator && (!touched || touched.hasBeenActive)) navigator.vibrate(pattern);
}
