// One press at a time, and what became of it: under way, done, refused, or
// unknown, when no answer came. An unknown press that is made again goes out under
// its first key, so that it never acts twice; until that is settled nothing else
// goes out over a broken line. What was done to tickets is remembered, the last
// first, so that one key takes it back.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { call, Failure, type Call } from "../lib/api.ts";
import { why } from "../lib/problem.ts";
import type { Staff, TicketAnswer } from "../wire.ts";
import type { Guard } from "./guard.ts";
import { mark } from "./letters.ts";
import { inRoom, nowOf } from "./outcome.ts";
import { actOn } from "./page.ts";
import { ticketOf } from "./snapshot.ts";
import type { StaffWords } from "./words.ts";

const againFor = 60_000; // ms, then the line has moved on, and a press must be a new one
const remembered = 20;

interface Trouble {
  text: string;
  at: number; // local ms
  call?: Call | undefined; // that may have acted
  again?: (() => void) | undefined; // sends it with the same key
  held?: boolean; // another press was held back for it
  room?: string; // that another desk has called to
}

interface PastAct {
  ticket: string;
  number: number;
  act: string;
}

export interface Host {
  readonly w: StaffWords;
  readonly live: boolean; // what the page shows is how it stands now
  readonly heardAt: number; // local ms, when the server last vouched for that
  readonly guard: Guard;
  requestUpdate(): void;
  expire(): void; // the session is over
  look(): Promise<void>; // whether the role is another
}

export class Actions {
  busy = true; // until it is known whether there is a session
  private trouble: Trouble | undefined;
  private note = ""; // of the last press
  private past: PastAct[] = [];

  constructor(private readonly host: Host) {}

  async send(what: string, asked: Call, refused?: (f: Failure) => boolean): Promise<unknown> {
    const { host } = this;
    if (this.busy) {
      this.report(host.w.t("keys.busy"));
      return undefined;
    }
    const lost = this.trouble?.call;
    const c = lost && this.trouble?.again && sameAct(lost, asked) ? lost : asked;
    const reads = c.method === "GET";
    if (lost && c !== lost && !reads && !this.settled) {
      this.hold();
      return undefined;
    }
    if (c !== lost && !host.guard.admits(c)) {
      const tooSoon = host.w.t("keys.tooSoon");
      if (!this.note.endsWith(tooSoon)) this.report(`${this.note} ${tooSoon}`.trim());
      return undefined;
    }
    host.guard.acted(c);
    this.busy = true;
    if (!lost || !reads) this.trouble = undefined;
    const acts = what !== "" && !reads;
    this.report(acts ? host.w.t("keys.sending", { what }) : "");
    let answer: unknown;
    try {
      answer = (await call(c)) ?? true;
      if (acts) this.done(what, c, answer);
    } catch (e) {
      const f = failureOf(e);
      this.note = "";
      if (f.code === "session_required") {
        host.expire();
      } else if (!refused?.(f)) {
        if (f.code === "admin_required") void host.look(); // it was another role before
        if (reads && this.trouble) this.note = this.reason(f); // what is not known of a press matters more
        else this.fail(f, what, f.uncertain && acts ? c : undefined, () => void this.send(what, c, refused));
        if (f.code === "room_changed" && this.trouble) this.trouble.room = (c.body as { room: string }).room;
      }
    }
    host.guard.acted(c);
    this.busy = false;
    host.requestUpdate();
    return answer;
  }

  private done(what: string, c: Call, answer: unknown): void {
    const { w } = this.host;
    const ticket = typeof answer === "object" ? (answer as Partial<TicketAnswer> | null)?.ticket : undefined;
    this.note = w.t(ticket?.number ? "keys.doneTo" : "keys.done", { what, n: ticket?.number ?? 0 });
    const match = /\/(?:tickets\/[^/]+\/(\w+)|call)$/.exec(c.path);
    if (!match || !ticket) return;
    const act = match[1] ?? "call";
    if (act === "undo") this.past = without(this.past, ticket.id);
    else if (act !== "arrive") this.past = [...this.past, { ticket: ticket.id, number: ticket.number, act }].slice(-remembered);
  }

  /** What one key would take back: the last act of this desk on a ticket that nobody has touched since. */
  undoable(staff: Staff): PastAct | undefined {
    const last = this.past[this.past.length - 1];
    return last && staff.services.some((s) => s.tickets.some((t) => t.id === last.ticket && t.lastAct === last.act)) ? last : undefined;
  }

  undo(staff: Staff): void {
    const { w } = this.host;
    if (this.trouble?.call) return this.hold(); // it would be taken for the one to take back
    const last = this.undoable(staff);
    const ticket = last && ticketOf(staff, last.ticket);
    if (!last || !ticket) return this.report(w.t("keys.nothing"));
    void this.send(w.t("act.undoWhat", { act: w.find("act", last.act) ?? last.act }), actOn(ticket, "undo"));
  }

  /** Whether the page shows what came of the press without an answer: a broken line is not known to be one at once. */
  private get settled(): boolean {
    return this.host.live && this.host.heardAt > (this.trouble?.at ?? 0);
  }

  private hold(): void {
    if (this.trouble) this.trouble.held = true;
    this.host.requestUpdate();
  }

  private reason(f: Failure): string {
    return this.host.w.find("refused", f.code) ?? why(this.host.w, f);
  }

  /** Says something politely, in the place where presses are told. */
  report(text: string): void {
    this.note = text;
    this.host.requestUpdate();
  }

  /** Tells a failure; lost is the call that may have acted all the same. */
  fail(f: Failure, what = "", lost?: Call, again?: () => void): void {
    const { w } = this.host;
    const text = this.reason(f);
    this.trouble = { text: what ? w.t("staff.failed", { what, why: text }) : text, at: Date.now(), call: lost, again: lost && again };
  }

  warn(text: string): void {
    this.trouble = { text, at: Date.now() };
  }

  /** Forgets a trouble, unless it is not known yet what came of it. */
  clear(): void {
    if (!this.trouble?.call) this.trouble = undefined;
  }

  /** Forgets everything: somebody else may stand here next. */
  forget(): void {
    this.trouble = undefined;
    this.note = "";
    this.past = [];
  }

  /** The line lives: after a while a lost press is too old to be sent again. */
  age(): void {
    if (this.trouble && Date.now() - this.trouble.at > againFor) this.trouble.again = undefined;
  }

  problem(staff?: Staff): TemplateResult | typeof nothing {
    const { trouble, host } = this;
    if (!trouble) return nothing;
    const dismiss = () => {
      this.trouble = undefined;
      host.requestUpdate();
    };
    return html`<div class="problem" role="alert" id="problem">
      <p>${trouble.text} ${trouble.room && staff ? inRoom(host.w, trouble.room, staff) : nothing} ${trouble.call ? this.doubt(trouble.call, trouble, staff) : nothing}</p>
      ${trouble.again ? html`<button type="button" @click=${trouble.again}>${host.w.t("staff.again")}</button>` : nothing}
      <button type="button" @click=${dismiss}>${host.w.t("staff.dismiss")}</button>
    </div>`;
  }

  /** What is known of a press without an answer, and what can be done. */
  private doubt(lost: Call, { again, held }: Trouble, staff: Staff | undefined): string {
    const { w } = this.host;
    const now = this.settled && staff ? nowOf(w, lost, staff) : "";
    return [
      w.t("keys.unknown"),
      this.settled ? now && w.t("keys.now", { what: now }) : w.t("keys.willTell"),
      w.t(again ? "keys.twice" : "keys.tooOld"),
      held ? w.t("keys.settle") : "",
    ].join(" ").trim();
  }

  /** What became of the last press, and the button that takes it back. */
  renderNote(staff: Staff): TemplateResult {
    const { w } = this.host;
    const last = this.undoable(staff);
    return html`<p class="told"><span role="status" id="told">${this.note}
        ${this.busy && this.note && !this.host.live ? w.t("keys.cut") : nothing}</span>
      ${last ? html`<button type="button" id="undo" .disabled=${this.busy || this.trouble?.call !== undefined} @click=${() => this.undo(staff)}>
        ${w.t("keys.undo", { n: last.number, act: w.find("act", last.act) ?? last.act })} ${mark("U")}</button>` : nothing}</p>`;
  }
}

/** A ticket's last act is no more; what was done to it before may be undone next. */
function without(past: PastAct[], ticket: string): PastAct[] {
  const at = past.map((d) => d.ticket).lastIndexOf(ticket);
  return past.filter((_, i) => i !== at);
}

function sameAct(a: Call, b: Call): boolean {
  return a.method === b.method && a.path === b.path && wants(a) === wants(b);
}

/** What a call asks for, without what its page saw: that may be what the call itself has changed. */
function wants(c: Call): string {
  return JSON.stringify(c.body, (key, value: unknown) => (key === "current" || key === "rev" ? undefined : value)) ?? "";
}

export function failureOf(e: unknown): Failure {
  return e instanceof Failure ? e : new Failure("unknown", 0);
}
