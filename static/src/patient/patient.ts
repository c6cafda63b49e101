// The patient's page: the board of one service live, and one's own ticket in it.

import { html, nothing } from "../../vendor/lit/lit.js";
import { call, Failure, newKey } from "../lib/api.ts";
import { board, freshness, refresher } from "../lib/board.ts";
import { Clock } from "../lib/clock.ts";
import { begin, given, initialFrame, PageElement, pageWords } from "../lib/element.ts";
import { startFeed, type Feed, type Status } from "../lib/feed.ts";
import { why } from "../lib/problem.ts";
import { linkView, receptionOf, takesTickets, ticketView } from "../lib/status.ts";
import type { Names } from "../lib/told.ts";
import { poll, socket, stream } from "../lib/transport.ts";
import { leftOf } from "../lib/when.ts";
import { TypePulse, type Board, type Day, type Days, type Frame, type Issued, type IssueRequest, type Kind, type Ticket, type TicketAnswer } from "../wire.ts";
import { closed, phone } from "./closed.ts";
import { form } from "./form.ts";
import {
  forget, forgetPending, fragmentOf, keep, keepLinked, keepPending, ownOfFragment, recall, recallPending, type Own, type Pending,
} from "./own.ts";
import type { PatientTexts } from "./texts.ts";
import { ticket } from "./ticket.ts";

const checkEvery = 15_000; // ms, while the line is broken

class PatientPage extends PageElement {
  private readonly w = pageWords<PatientTexts>();
  private readonly names = given<Names>("names") ?? {};
  private readonly kinds = given<Kind[]>("kinds") ?? [];
  private readonly clock = new Clock();
  private service = "";
  private feed: Feed | undefined;
  private status: Status | undefined;
  private board: Board | undefined;
  private own: Own | undefined;
  private ticket: Ticket | undefined;
  private pending: Pending | undefined;
  private days: Day[] = []; // to come, for which numbers are given
  private later = false; // one of them was chosen,
  private first = false; // and a first visit
  private busy = false;
  private cancelKey = ""; // of the question that is on the screen
  private problem = "";
  private refused = false; // by the clinic's rules, not by the network: the phone may help
  private checkedAt = 0; // local ms

  override connectedCallback(): void {
    super.connectedCallback();
    this.service = this.getAttribute("service") ?? "";
    const initial = initialFrame();
    this.board = initial?.board;
    if (initial?.at) this.clock.learnTime(initial.at); // until a pulse comes, right to the second that it took to come here
    this.pending = recallPending(this.service, Date.now());
    this.open(recall(this.service, location.hash, this.board?.day));
    addEventListener("hashchange", this.follow);
    if (this.pending) void this.send(this.pending);
    void this.askDays();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.follow);
    this.feed?.stop();
  }

  private readonly follow = () => {
    const own = recall(this.service, location.hash, this.board?.day);
    if (own?.id !== this.own?.id) this.open(own);
  };

  /** Watches the board, and the ticket if there is one; known is what was just issued. */
  private open(own: Own | undefined, known?: Ticket): void {
    this.own = own;
    this.ticket = known;
    this.cancelKey = "";
    this.checkedAt = known ? Date.now() : 0;
    this.feed?.stop();
    this.feed = startFeed({
      origin: location.origin,
      topics: own ? ["service:" + this.service, "ticket:" + own.id] : ["service:" + this.service],
      token: own?.token,
      transports: [socket, stream, poll],
      onFrame: (f) => this.show(f),
      onStatus: (s) => this.showStatus(s),
    });
    this.requestUpdate();
  }

  private show(f: Frame): void {
    if (f.type === TypePulse && f.at) this.clock.learnTime(f.at);
    if (f.board) {
      if (this.board?.day !== f.board.day || this.board.reception !== f.board.reception) void this.askDays();
      this.board = f.board;
    }
    if (f.ticket && f.ticket.id === this.own?.id) this.ticket = f.ticket;
    this.pace();
    this.requestUpdate();
  }

  /** Asks for which days to come numbers are given, if they are; without an answer there is today. */
  private async askDays(): Promise<void> {
    if (!this.hasAttribute("booking")) return;
    try {
      this.days = (await call<Days>({ method: "GET", path: `/v1/services/${this.service}/days` })).days;
    } catch {
      this.days = [];
    }
    this.requestUpdate();
  }

  /** Renders every second while something on the page counts seconds, and its age now and then. */
  private pace(): void {
    const opens = this.board?.opensAt;
    const counts = opens !== undefined && leftOf(this.clock.until(opens)) !== undefined;
    this.tick(counts || this.status?.link !== "live" ? 1000 : 5000);
  }

  private showStatus(s: Status): void {
    this.status = s;
    this.pace();
    // A link may be wrong, and a ticket that is gone looks like a broken line.
    if (s.link !== "live" && this.own && Date.now() - this.checkedAt > checkEvery) void this.check(this.own);
    this.requestUpdate();
  }

  /** Looks at once, for who does not want to wait for the line to speak. */
  private readonly refresh = () => {
    void this.act(async () => {
      this.feed?.redial();
      this.feed?.take(await call<Frame>({ method: "GET", path: `/v1/services/${this.service}/board` }));
      await this.askDays();
    });
  };

  /** Asks for the ticket once, and lets go of one that the server does not know. */
  private async check(own: Own): Promise<void> {
    this.checkedAt = Date.now();
    try {
      const answer = await call<TicketAnswer>({ method: "GET", path: "/v1/tickets/" + own.id, token: own.token });
      if (this.own !== own) return;
      if (!this.ticket || this.status?.link !== "live") this.ticket = answer.ticket; // a live line is newer
      keepLinked(this.service, own);
    } catch (e) {
      if (this.own !== own || !(e instanceof Failure) || ![401, 403, 404, 410].includes(e.status)) return;
      const linked = ownOfFragment(location.hash, this.service);
      this.leave(own);
      if (linked) this.problem = this.w.t("patient.forgotten");
    }
    this.requestUpdate();
  }

  /** Goes back to the ticket that this device keeps, if it has another one. */
  private leave(own: Own): void {
    forget(this.service, own.id);
    history.replaceState(null, "", location.pathname + location.search);
    this.open(recall(this.service, "", this.board?.day));
  }

  private readonly take = (request: IssueRequest) => {
    const pending = { key: newKey(), body: request, at: Date.now() };
    keepPending(this.service, pending);
    void this.send(pending);
  };

  /** Sends a reception until an answer is known; its key makes that one ticket. */
  private async send(pending: Pending): Promise<void> {
    await this.act(async () => {
      try {
        const path = `/v1/services/${this.service}/tickets`;
        const issued = await call<Issued>({ method: "POST", path, key: pending.key, body: pending.body });
        this.settle();
        this.adopt(issued);
      } catch (e) {
        if (e instanceof Failure && e.uncertain) this.pending = pending;
        else this.settle();
        void this.askDays(); // what was full, or is
        throw e;
      }
    });
  }

  private settle(): void {
    this.pending = undefined;
    forgetPending(this.service);
  }

  private adopt(issued: Issued): void {
    const own: Own = { id: issued.ticket.id, token: issued.token };
    if (issued.cancelCode) own.cancelCode = issued.cancelCode;
    keep(this.service, own);
    history.replaceState(null, "", fragmentOf(own));
    this.later = this.first = false;
    this.open(own, issued.ticket);
    void this.askDays();
  }

  private readonly cancel = (cancelCode: string) => {
    const { own, cancelKey: key } = this;
    if (!own) return;
    void this.act(async () => {
      try {
        const path = `/v1/tickets/${own.id}/cancel`;
        const answer = await call<TicketAnswer>({ method: "POST", path, key, token: own.token, body: { cancelCode } });
        this.cancelKey = "";
        if (this.own === own) this.ticket = answer.ticket;
      } catch (e) {
        // The answer was lost, not the act perhaps: the ticket itself knows.
        if (e instanceof Failure && e.uncertain) await this.check(own);
        if (this.own !== own || this.ticket?.state !== "cancelled") throw e;
        this.cancelKey = "";
      }
    });
  };

  private readonly arrive = (presence: "here" | "out") => {
    const own = this.own;
    if (!own) return;
    void this.act(async () => {
      const path = `/v1/tickets/${own.id}/arrive`;
      const answer = await call<TicketAnswer>({ method: "POST", path, key: newKey(), token: own.token, body: { presence } });
      if (this.own === own) this.ticket = answer.ticket;
    });
  };

  /** Runs one act, and says in words what became of it. */
  private async act(run: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = "";
    this.refused = false;
    this.requestUpdate();
    try {
      await run();
    } catch (e) {
      const f = e instanceof Failure ? e : new Failure("unknown", 0);
      this.problem = why(this.w, f);
      this.refused = f.status === 409 || f.status === 422 || f.status === 423;
    }
    this.busy = false;
    this.requestUpdate();
  }

  override render() {
    const tel = this.getAttribute("phone") ?? "";
    const over = this.ticket ? ticketView(this.ticket).over : false;
    const waitsForOwn = this.own !== undefined && !this.ticket;
    const reception = this.board ? receptionOf(this.board) : "closed";
    const open = takesTickets(reception);
    const early = reception === "before";
    return html`
      ${this.status ? freshness(this.w, linkView(this.status, Date.now())) : nothing}
      ${this.problem ? html`<div class="problem" role="alert" id="problem">
        <p>${this.problem}</p>${this.refused ? phone(this.w, tel) : nothing}
      </div>` : nothing}
      ${this.ticket ? ticket(this.w, this.ticket, {
        today: this.board?.day ?? "",
        cancelCode: this.own?.cancelCode ?? "",
        cancelling: this.cancelKey !== "",
        busy: this.busy,
        ask: (open) => {
          this.cancelKey = open ? newKey() : "";
          this.requestUpdate();
        },
        cancel: this.cancel,
        arrive: this.arrive,
      }) : nothing}
      ${this.board ? board(this.w, this.board, this.names, this.ticket !== undefined && !over && !this.ticket.lane) : nothing}
      ${this.status ? refresher(this.w, linkView(this.status, Date.now()), this.busy, this.refresh) : nothing}
      ${waitsForOwn || (this.ticket && !over) ? nothing : html`
      ${this.board ? closed(this.w, this.board, reception, this.clock, tel) : nothing}
      ${form(this.w, {
        kinds: this.kinds,
        maxParty: Number(this.getAttribute("max-party")) || 1,
        busy: this.busy,
        pending: this.pending !== undefined,
        closed: !open,
        early,
        again: over,
        firstFull: this.board?.firstVisit === "none",
        identify: this.hasAttribute("identify"),
        tel,
        days: this.days,
        later: this.days.length > 0 && (this.later || !(open || early)),
        first: this.first,
        offer: this.getAttribute("first") ?? "button",
        card: { least: Number(this.getAttribute("card-least")), most: Number(this.getAttribute("card-most")) },
        choose: (later, first) => {
          this.later = later;
          this.first = first;
          this.requestUpdate();
        },
        submit: this.take,
        resend: () => this.pending && void this.send(this.pending),
      })}`}`;
  }
}

begin("junban-patient", PatientPage);
