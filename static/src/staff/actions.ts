// One action at a time with its outcome: pending, done, refused, or unknown without a
// reply. An unknown action that is repeated is sent with its first key, so that it
// never acts twice. Until it is settled no other action is sent over a broken
// connection. The last acts on tickets are remembered, so that one key can undo them.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { call, Failure, type Call } from "../lib/api.ts";
import { why } from "../lib/problem.ts";
import type { Staff, TicketAnswer } from "../wire.ts";
import { actOn } from "./calls.ts";
import type { Guard } from "./guard.ts";
import { mark } from "./letters.ts";
import { inRoom, nowOf } from "./outcome.ts";
import { ticketOf } from "./snapshot.ts";
import type { StaffWords } from "./words.ts";

const againFor = 60_000; // ms; later the line has changed, and a repetition must be a new action
const remembered = 20;

interface Trouble {
  text: string;
  at: number; // local ms
  call?: Call | undefined; // that may have acted
  again?: (() => void) | undefined; // sends it with the same key
  held?: boolean; // another action was held back for it
  room?: string; // that another desk has called to
}

interface PastAct {
  ticket: string;
  number: number;
  act: string;
}

export interface Host {
  readonly w: StaffWords;
  readonly live: boolean; // the page shows the present state
  readonly heardAt: number; // local ms, when the server last confirmed it
  readonly guard: Guard;
  requestUpdate(): void;
  expire(): void; // the login is over
  look(): Promise<void>; // reads the login again: its role may have changed
}

export class Actions {
  busy = true; // until it is known whether there is a login
  private trouble: Trouble | undefined;
  private note = ""; // on the last action
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
        if (f.code === "admin_required") void host.look(); // the role has changed
        if (reads && this.trouble) this.note = this.reason(f); // an unknown outcome matters more
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
    else if (act === "arrive" && ticket.slot) this.past = [...this.past, { ticket: ticket.id, number: ticket.number, act: "arrival" }].slice(-remembered);
    else if (act !== "arrive") this.past = [...this.past, { ticket: ticket.id, number: ticket.number, act }].slice(-remembered);
  }

  /** What undo would take back: the last act of this desk on a ticket without a later act. */
  undoable(staff: Staff): PastAct | undefined {
    const last = this.past[this.past.length - 1];
    return last && staff.services.some((s) => s.tickets.some((t) => t.id === last.ticket && t.lastAct === last.act)) ? last : undefined;
  }

  undo(staff: Staff): void {
    const { w } = this.host;
    if (this.trouble?.call) return this.hold(); // the user could mean the unanswered one
    const last = this.undoable(staff);
    const ticket = last && ticketOf(staff, last.ticket);
    if (!last || !ticket) return this.report(w.t("keys.nothing"));
    void this.send(w.t("act.undoWhat", { act: w.find("act", last.act) ?? last.act }), actOn(ticket, "undo"));
  }

  /** Whether the page shows the outcome of the unanswered action. A broken connection is detected with a delay. */
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

  /** Shows a note in the place of the actions' notes, and has it read politely. */
  report(text: string): void {
    this.note = text;
    this.host.requestUpdate();
  }

  /** Shows a failure; lost is the call that may have acted. */
  fail(f: Failure, what = "", lost?: Call, again?: () => void): void {
    const { w } = this.host;
    const text = this.reason(f);
    this.trouble = { text: what ? w.t("staff.failed", { what, why: text }) : text, at: Date.now(), call: lost, again: lost && again };
  }

  warn(text: string): void {
    this.trouble = { text, at: Date.now() };
  }

  /** Removes a failure, unless its outcome is unknown. */
  clear(): void {
    if (!this.trouble?.call) this.trouble = undefined;
  }

  /** Removes everything: the next user may be another person. */
  forget(): void {
    this.trouble = undefined;
    this.note = "";
    this.past = [];
  }

  /** The connection works: after a while an unanswered action is too old to be sent again. */
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

  /** What is known of an unanswered action, and what the user can do. */
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

  /** The outcome of the last action, with its undo button. */
  renderNote(staff: Staff): TemplateResult {
    const { w } = this.host;
    const last = this.undoable(staff);
    return html`<p class="outcome"><span role="status" id="outcome">${this.note}
        ${this.busy && this.note && !this.host.live ? w.t("keys.cut") : nothing}</span>
      ${last ? html`<button type="button" id="undo" .disabled=${this.busy || this.trouble?.call !== undefined} @click=${() => this.undo(staff)}>
        ${w.t(last.number ? "keys.undo" : "act.undoWhat", { n: last.number, act: w.find("act", last.act) ?? last.act })} ${mark("U")}</button>` : nothing}</p>`;
  }
}

/** Removes a ticket's last act, so that the one before can be undone next. */
function without(past: PastAct[], ticket: string): PastAct[] {
  const at = past.map((d) => d.ticket).lastIndexOf(ticket);
  return past.filter((_, i) => i !== at);
}

function sameAct(a: Call, b: Call): boolean {
  return a.method === b.method && a.path === b.path && wants(a) === wants(b);
}

/** A call without the state that its page showed: the call itself may have changed that. */
function wants(c: Call): string {
  return JSON.stringify(c.body, (key, value: unknown) => (key === "current" || key === "rev" ? undefined : value)) ?? "";
}

export function failureOf(e: unknown): Failure {
  return e instanceof Failure ? e : new Failure("unknown", 0);
}
