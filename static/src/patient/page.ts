// The patient's page of both modes: the live board of one service, the ticket shown, and
// the other tickets of this device.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { call, Failure, newKey } from "../lib/api.ts";
import { board, freshness, refresher } from "../lib/board.ts";
import { Clock } from "../lib/clock.ts";
import { given, initialFrame, PageElement, pageWords } from "../lib/element.ts";
import { freshnessOf } from "../lib/rewritten.ts";
import { beginning, saw } from "../lib/kept.ts";
import { why } from "../lib/problem.ts";
import { ticketView } from "../lib/status.ts";
import type { Names } from "../lib/boardtext.ts";
import { dateText, leftOf } from "../lib/when.ts";
import { keepPage } from "../lib/worker.ts";
import { TypePulse, type Board, type Frame, type Issued, type QRCode, type Ticket } from "../wire.ts";
import { card } from "./card.ts";
import { phone } from "./closed.ts";
import { Follower } from "./follower.ts";
import { share } from "./share.ts";
import { forget, fragmentOf, keep, kept, ownOfFragment, recall, type Own } from "./own.ts";
import { Reception } from "./reception.ts";
import { Signals } from "./signals.ts";
import { Spoken } from "./spoken.ts";
import type { PatientTexts } from "./texts.ts";
import { tellme } from "./tellme.ts";
import { details, ticket, unsure, type TicketState } from "./ticket.ts";

const others = 6; // tickets of the family that are followed beside the one shown

export abstract class PatientPage extends PageElement {
  protected readonly w = pageWords<PatientTexts>();
  private readonly names = given<Names>("names") || {};
  protected readonly clock = new Clock();
  private readonly signals = new Signals(this.w);
  private readonly spoken = new Spoken(this.w);
  protected service = "";
  protected reception!: Reception;
  private main: Follower | undefined;
  private others: Follower[] = [];
  protected board: Board | undefined;
  private heardAt: number | undefined; // of what the page begins with, where that is old
  private another?: boolean; // one more ticket is being taken
  protected busy = false;
  private copied = false;
  private code: QRCode | undefined; // of the link to this device's ticket
  private cancelKey = ""; // of the question that is on the screen
  private problem = "";
  private at = ""; // where a refusal is shown: "take", "cancel", "go", or "" at the top
  private reveal = ""; // the selector of the element to scroll to
  private refused?: boolean; // by the clinic's rules, not by the network; the page then shows the phone number

  override connectedCallback(): void {
    super.connectedCallback();
    this.service = this.getAttribute("service") || "";
    this.reception = new Reception(this.service, this.hasAttribute("booking"));
    const initial = initialFrame();
    const { board, heardAt } = beginning(this.service, initial);
    this.board = board;
    this.heardAt = heardAt;
    if (initial?.at && !heardAt) this.clock.learnTime(initial.at); // until a pulse comes, right to the second that it took to come here
    this.open(recall(this.service, location.hash, this.board?.day));
    addEventListener("hashchange", this.follow);
    document.addEventListener("visibilitychange", this.changed);
    const { pending } = this.reception;
    if (pending) this.take(() => this.reception.send(pending));
    void this.askDays();
    keepPage();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.follow);
    document.removeEventListener("visibilitychange", this.changed);
    for (const f of this.all()) f.stop();
  }

  private all(): Follower[] {
    return this.main ? [this.main, ...this.others] : this.others;
  }

  private readonly follow = () => {
    const own = recall(this.service, location.hash, this.board?.day);
    if (own?.id !== this.main?.own?.id) this.open(own);
  };

  /** Watches the board, the ticket if there is one, and the device's others; known is what was just issued. */
  private open(own: Own | undefined, known?: Ticket): void {
    for (const f of this.all()) f.stop();
    this.cancelKey = "";
    this.code = undefined;
    this.another = false;
    const { service, follows } = this;
    this.main = undefined; // the former follower reports nothing more
    this.main = new Follower({ ...follows, own, known, service, clinic: this.getAttribute("clinic") || "", heardAt: this.heardAt, onFrame: (f) => this.show(f) });
    this.others = kept(this.board?.day).filter((o) => o.id !== own?.id && !(o.last && ticketView(o.last).over)).slice(0, others).map(this.beside);
    this.changed();
  }

  /** Watches one of the device's other tickets. */
  private readonly beside = (own: Own) => new Follower({ ...this.follows, own, heardAt: this.heardAt });

  /** Shows the ticket that replaced one of this page's. */
  private readonly moved = (from: Own, to: Own) => {
    if (from === this.main?.own) {
      if (location.hash) history.replaceState(null, "", fragmentOf(to));
      this.open(to);
      return;
    }
    this.others = this.others.map((f) => (f.own === from ? this.beside(to) : f));
  };

  private show(f: Frame): void {
    if (f.type === TypePulse && f.at) this.clock.learnTime(f.at);
    if (!f.board) return;
    if (this.board?.day !== f.board.day || this.board.reception !== f.board.reception) void this.askDays();
    this.board = f.board;
  }

  private readonly changed = () => {
    const status = this.main?.status;
    if (this.board && status?.link === "live") saw(this.board, status.heardAt);
    this.signals.update(this.all());
    this.spoken.update(this.all(), this.board);
    const opens = this.board?.opensAt; // every second while the page shows seconds, otherwise for its age
    const counts = opens !== undefined && leftOf(this.clock.until(opens)) !== undefined;
    this.tick(counts || status?.link !== "live" ? 1000 : 5000);
    this.requestUpdate();
  };

  private async askDays(): Promise<void> {
    await this.reception.askDays();
    this.requestUpdate();
  }

  /** Reads the state at once, without waiting for the connection. */
  private readonly refresh = () => {
    void this.act("", async () => {
      for (const f of this.all()) f.redial();
      this.main?.fetched(await call<Frame>({ method: "GET", path: "/v1/services/" + this.service + "/board" }));
      await this.askDays();
    });
  };

  /** Drops a ticket that the server does not have. The next ticket of this device replaces the one on the page. */
  private readonly leave = (own: Own) => {
    forget(own.id);
    if (own !== this.main?.own) {
      for (const f of this.others) if (f.own === own) f.stop();
      this.others = this.others.filter((f) => f.own !== own);
      return;
    }
    const linked = ownOfFragment(location.hash, this.service);
    history.replaceState(null, "", location.pathname + location.search);
    this.open(recall(this.service, "", this.board?.day));
    if (linked) {
      this.problem = this.w.t("patient.forgotten");
      this.at = "";
    }
  };

  private readonly follows = { onGone: this.leave, onMoved: this.moved, changed: this.changed };

  protected take(send: () => Promise<Issued>): void {
    void this.act("take", async () => {
      try {
        const issued = await send();
        const own: Own = { id: issued.ticket.id, token: issued.token };
        if (issued.cancelCode) own.cancelCode = issued.cancelCode;
        keep(own);
        history.replaceState(null, "", fragmentOf(own));
        this.open(own, issued.ticket);
      } finally {
        void this.askDays(); // which of them are full now
      }
    });
  }

  private readonly cancel = (cancelCode: string) => {
    const { main, cancelKey: key } = this;
    if (!main) return;
    void this.act("cancel", async () => {
      try {
        await main.act("cancel", key, { cancelCode });
      } catch (e) {
        // The reply was lost, perhaps not the act: the ticket has the actual state.
        if (e instanceof Failure && e.uncertain) await main.check();
        if (main.confirmed?.state !== "cancelled") throw e;
      }
      this.cancelKey = "";
    });
  };

  private readonly arrive = (presence: "here" | "out") => {
    const { main } = this;
    if (main) void this.act("go", () => main.act("arrive", newKey(), { presence }));
  };

  private readonly askCode = () => {
    const own = this.main?.own;
    if (!own || this.code) return;
    call<QRCode>({ method: "GET", path: "/v1/tickets/" + own.id + "/code", token: own.token }).then((code) => own === this.main?.own && this.set({ code }), () => {});
  };

  private readonly copy = (link: string) => {
    navigator.clipboard.writeText(link).then(() => this.set({ copied: true }), () => {}); // the link can be copied manually
  };

  private set(facts: { code?: QRCode; copied?: boolean; another?: boolean; cancelKey?: string }): void {
    Object.assign(this, facts);
    this.requestUpdate();
  }

  /** Runs one act. Its result or its refusal is brought into view, where it was asked for. */
  private async act(at: string, run: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.at = at;
    this.problem = "";
    this.refused = false;
    this.requestUpdate();
    try {
      await run();
      if (at) this.reveal = ".mine";
    } catch (e) {
      const f = e instanceof Failure ? e : new Failure("unknown", 0);
      this.problem = why(this.w, f);
      this.reveal = "#problem";
      this.refused = f.status === 409 || f.status === 422 || f.status === 423;
    }
    this.busy = false;
    this.requestUpdate();
  }

  protected override updated(): void {
    const e = this.reveal && this.querySelector<HTMLElement>(this.reveal);
    if (!e) return;
    this.reveal = "";
    e.focus({ preventScroll: true });
    e.scrollIntoView({ block: e.clientHeight < innerHeight ? "center" : "start" });
  }

  /** Why an act was refused, where it was asked for. */
  protected refusal(at: string): TemplateResult | typeof nothing {
    if (!this.problem || this.at !== at) return nothing;
    return html`<div class="problem" role="alert" id="problem" tabindex="-1">
      <p>${this.problem}</p>${this.refused ? phone(this.w, this.tel) : nothing}
    </div>`;
  }

  override render() {
    const { w, main, busy } = this;
    const own = main?.own;
    const t = main?.ticket;
    const live = own !== undefined && !(t && ticketView(t).over);
    const link = main?.status && freshnessOf(main.status);
    const state: TicketState = {
      today: this.board?.day || "",
      tel: this.tel,
      from: main?.from,
      waitNote: t?.lane ? "" : (this.board?.waitNote || ""),
      cancelCode: (ownOfFragment(location.hash, this.service) && own?.cancelCode) || "", // a shared device opens the page without the link
      cancelling: this.cancelKey !== "",
      busy,
      about: t && this.about(t),
      refused: this.at === "take" ? nothing : this.refusal(this.at),
      at: this.at,
      ask: (open) => this.set({ cancelKey: open ? newKey() : "" }),
      cancel: this.cancel,
      arrive: this.arrive,
    };
    return html`
      <p class="spoken" role="status">${this.spoken.text}</p>
      ${link ? freshness(w, link) : nothing}
      ${this.refusal("")}
      ${t ? ticket(w, t, state) : own ? unsure(w, own.last?.number || 0) : nothing}
      ${t && live && own ? tellme(this, own, t) : nothing}
      ${t && this.board && live && t.day !== this.board.day ? html`<h2 id="today">${w.t("board.today", { date: dateText(w, this.board.day) })}</h2>` : nothing}
      ${this.board ? board(w, this.board, this.names, t !== undefined && live && !t.lane) : nothing}
      ${this.figures()}
      ${link ? refresher(w, link, busy, this.refresh) : nothing}
      ${t && live && own ? html`${details(w, t, state)} ${share(w, own, { code: this.code, askCode: this.askCode, copied: this.copied, copy: this.copy })}` : nothing}
      ${this.others.length > 0 ? html`<section class="others"><h2>${w.t("mine.others")}</h2>
        <ul>${this.others.map((f) => card(w, f))}</ul>
        <p><a id="all" href=${"/t" + location.search}>${w.t("mine.all")}</a></p></section>` : nothing}
      ${live && !this.another && !this.reception.pending
        ? t ? html`<button type="button" class="another" id="another" @click=${() => this.set({ another: true })}>${w.t("mine.another")}</button>` : nothing
        : this.desk(t !== undefined)}`;
  }

  protected get tel(): string {
    return this.getAttribute("phone") || "";
  }

  /** Where a ticket is taken. again: an earlier one has ended. */
  protected abstract desk(again: boolean): TemplateResult;

  /** What the mode shows of the line beside the board. */
  protected figures(): unknown {
    return nothing;
  }

  /** What it shows of a ticket beside its state. */
  protected about(_t: Ticket): unknown {
    return nothing;
  }
}
