// The screen in the waiting room: every service of a clinic, readable from the
// last row of chairs, for weeks on end, on the television of 2020.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { calls, count, dayNotes, freshness, message, minutes, resting, turn, unusual } from "../lib/board.ts";
import { Clock } from "../lib/clock.ts";
import { begin, initialFrame, PageElement, pageWords } from "../lib/element.ts";
import { startFeed, type Feed, type Status } from "../lib/feed.ts";
import { guestsIn, linkView, receptionOf, takesTickets, waitingOf, waitOf } from "../lib/status.ts";
import { numbers, stopReason, type Names } from "../lib/told.ts";
import { socket, stream } from "../lib/transport.ts";
import { TypePulse, type Board, type Clinic, type Frame } from "../wire.ts";
import type { DisplayTexts } from "./texts.ts";

const pulse = 5; // seconds
const silence = 7_000; // ms, the promise of a screen on a wall

class DisplayPage extends PageElement {
  private readonly w = pageWords<DisplayTexts>();
  private readonly clock = new Clock();
  private feed: Feed | undefined;
  private status: Status | undefined;
  private clinic: Clinic | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    const initial = initialFrame();
    if (initial) this.show(initial);
    this.feed = startFeed({
      origin: location.origin,
      topics: ["clinic:" + (this.getAttribute("clinic") ?? "")],
      pulse,
      silence,
      transports: [socket, stream],
      onFrame: (f) => this.show(f),
      onStatus: (s) => {
        this.status = s;
        this.requestUpdate();
      },
    });
    this.tick(1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.feed?.stop();
  }

  private show(f: Frame): void {
    if (f.at && f.type === TypePulse) this.clock.learnTime(f.at);
    else if (f.at) this.clock.learnZone(f.at);
    if (f.clinic) {
      this.clinic = f.clinic;
      document.documentElement.className = `n${Math.min(f.clinic.boards?.length ?? 0, 7)}`;
    }
    this.requestUpdate();
  }

  override render() {
    const boards = this.clinic?.boards ?? [];
    const names: Names = {};
    for (const b of boards) names[b.service] = b.name;
    return html`<header>
        <h1>${this.clinic?.name ?? this.getAttribute("name")}</h1>
        <p class="clock" id="clock">${this.clock.read()}</p>
      </header>
      ${this.status ? freshness(this.w, linkView(this.status, Date.now())) : nothing}
      <main class="services">
        ${boards.map((b) => this.service(b, names))}
        ${this.clinic && boards.length === 0 ? html`<p>${this.w.t("display.empty")}</p>` : nothing}
      </main>`;
  }

  private service(b: Board, names: Names): TemplateResult {
    const wait = waitOf(b.waitMinutes);
    const reception = receptionOf(b);
    const session = this.w.find("session", (b.session ?? "").replace(/-\d+$/, "")); // "morning-2" is a morning too
    const absent = numbers(this.w, b.absent ?? [], guestsIn(b, "absent"), names);
    const reason = stopReason(this.w, b);
    const next = takesTickets(reception) ? undefined : turn(this.w, b);
    return html`<article class="service" id=${"service-" + b.service}>
      <h2 class="title">${b.name}${session ? html` <small class="session">${session}</small>` : nothing}</h2>
      ${b.calling ? this.calling(b.calling, names) : nothing}
      ${dayNotes(this.w, b)} ${unusual(this.w, b)} ${resting(this.w, b.resting)}
      <dl class="figures">
        ${b.waiting ? html`<div><dt>${this.w.t("board.waiting")}</dt>
          <dd class="waiting">${count(this.w, waitingOf(b.waiting))}</dd></div>` : nothing}
        ${wait ? html`<div><dt>${this.w.t("board.waitMinutes")}</dt><dd>${minutes(this.w, wait)}</dd>
          ${b.waitNote ? html`<dd class="remark">${b.waitNote}</dd>` : nothing}</div>` : nothing}
        ${absent ? html`<div><dt>${this.w.t("board.absent")}</dt>
          <dd class="absent">${absent}</dd></div>` : nothing}
        ${takesTickets(reception) ? nothing : html`<div><dt>${this.w.t("board.reception")}</dt>
          <dd class="reception">${this.w.t(`reception.${reception}`)}</dd>
          ${reason ? html`<dd class="remark">${reason}</dd>` : nothing}</div>`}
        ${next ? html`<div><dt>${next.name}</dt><dd class="turn">${next.at}</dd></div>` : nothing}
      </dl>
      ${message(this.w, b)}
    </article>`;
  }

  private calling(list: NonNullable<Board["calling"]>, names: Names): TemplateResult {
    if (list.length === 0) return html`<p class="nobody">${this.w.t("board.nobody")}</p>`;
    return html`<p class="label">${this.w.t("board.calling")}</p>
      ${calls(this.w, list, names)}`;
  }
}

begin("junban-display", DisplayPage);
