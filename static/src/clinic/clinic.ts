// A clinic's page: the live state of each service, with a link to it. The server's
// HTML has what does not change with the line.

import { html, nothing, repeat, type TemplateResult } from "../../vendor/lit/lit.js";
import { dayNotes, freshness } from "../lib/board.ts";
import type { Connection } from "../lib/connection.ts";
import { begin, given, initialFrame, PageElement, pageLang, pageWords } from "../lib/element.ts";
import { startFeed, type Status } from "../lib/feed.ts";
import { freshnessOf } from "../lib/rewritten.ts";
import { messageOf, receptionOf, waitingOf, waitOf } from "../lib/status.ts";
import { count, minutes, type Names, stopReason } from "../lib/boardtext.ts";
import { socket, stream } from "../lib/transport.ts";
import { when } from "../lib/when.ts";
import type { Board, Frame } from "../wire.ts";
import type { ClinicTexts } from "./texts.ts";

class ClinicPage extends PageElement {
  private readonly w = pageWords<ClinicTexts>();
  private readonly names = given<Names>("names") ?? {};
  private feed: Connection | undefined;
  private status: Status | undefined;
  private boards: Board[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.boards = initialFrame()?.clinic?.boards ?? [];
    this.feed = startFeed({
      origin: location.origin,
      topics: ["clinic:" + (this.getAttribute("clinic") ?? "")],
      transports: [socket, stream],
      onFrame: (f) => this.show(f),
      onStatus: (s) => {
        this.status = s;
        this.tick(s.link === "live" ? 5000 : 1000); // its age is counted
        this.requestUpdate();
      },
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.feed?.stop();
  }

  private show(f: Frame): void {
    if (!f.clinic?.boards) return;
    this.boards = f.clinic.boards;
    this.requestUpdate();
  }

  override render() {
    return html`${this.status ? freshness(this.w, freshnessOf(this.status)) : nothing}
      ${repeat(this.boards, (b) => b.service, (b) => this.glance(b))}`;
  }

  private glance(b: Board): TemplateResult {
    const { w } = this;
    const wait = waitOf(b.waitMinutes);
    const reason = stopReason(w, b);
    const message = messageOf(b);
    return html`<article class="service" id=${"service-" + b.service}>
      <h2>${b.name} <small>${b.service}</small></h2>
      <p class="reception">${w.t(`reception.${receptionOf(b)}`)}
        ${reason ? html`<small>${reason}</small>` : nothing}
        ${b.opensAt ? html`<small>${w.t("board.opens")} ${when(w, b.opensAt, b.day)}</small>` : nothing}</p>
      ${dayNotes(w, b)}
      ${message ? html`<div class="message"><h3>${w.t("board.message")}</h3><p>${message.text}</p></div>` : nothing}
      <dl class="figures">
        ${b.calling ? html`<div><dt>${w.t("board.calling")}</dt><dd class="called">${this.called(b.calling)}</dd></div>` : nothing}
        ${b.waiting ? html`<div><dt>${w.t("board.waiting")}</dt><dd class="waiting">${count(w, waitingOf(b.waiting))}</dd></div>` : nothing}
        ${wait ? html`<div><dt>${w.t("board.waitMinutes")}</dt><dd class="minutes">${minutes(w, wait)}
          ${b.waitNote ? html`<small>${b.waitNote}</small>` : nothing}</dd></div>` : nothing}
      </dl>
      <p><a class="go" href=${"/s/" + b.service + "?lang=" + pageLang()}>${w.t("index.patient")}<span class="of"> – ${b.name}</span></a></p>
    </article>`;
  }

  private called(list: NonNullable<Board["calling"]>): TemplateResult | TemplateResult[] | string {
    if (list.length === 0) return this.w.t("board.nobodyAbsent");
    return list.map((c) => html`<span><b class="number" translate="no">${c.number}</b>
      ${c.of ? html`<small>${this.w.t("board.of", { service: this.names[c.of] ?? c.of })}</small>` : nothing} <small>${c.roomName}</small></span>`);
  }
}

begin("junban-clinic", ClinicPage);
