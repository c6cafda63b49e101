// A clinic's page: the live state of each service, with a link to it. The server's
// HTML has what does not change with the line.

import { html, nothing, repeat } from "../../vendor/lit/lit.js";
import { freshness } from "../lib/board.ts";
import type { Names } from "../lib/boardtext.ts";
import type { Connection } from "../lib/connection.ts";
import { begin, given, initialFrame, PageElement, pageWords } from "../lib/element.ts";
import { startFeed, type Status } from "../lib/feed.ts";
import { freshnessOf } from "../lib/rewritten.ts";
import { socket, stream } from "../lib/transport.ts";
import type { Board, Frame } from "../wire.ts";
import { glance } from "./glance.ts";
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
      ${repeat(this.boards, (b) => b.service, (b) => glance(this.w, b, this.names))}`;
  }
}

begin("junban-clinic", ClinicPage);
