// The page behind the QR code at the clinic's entrance. One tap marks the tickets
// of this device as arrived. A booking gets its number by that (来院受付).

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { call, Failure, newKey } from "../lib/api.ts";
import { advice, type Names } from "../lib/boardtext.ts";
import { clockTime } from "../lib/clock.ts";
import { slotText, visitText } from "../lib/days.ts";
import { begin, given, PageElement, pageLang, pageWords } from "../lib/element.ts";
import { why } from "../lib/problem.ts";
import { ticketView } from "../lib/status.ts";
import { fragmentOf, kept, replace, serviceOf, type Own } from "../patient/own.ts";
import type { Ticket, TicketAnswer } from "../wire.ts";
import type { ArriveTexts } from "./texts.ts";

/** A ticket of this device, and the result of its arrival. */
interface Kept {
  service: string;
  own: Own;
  ticket?: Ticket;
  trouble: string; // a sentence; "" if there is none
}

/** What an owner is to do who cannot wait: it comes before that the patient has arrived. */
const urgent = ["closed", "short", "desk", "lost", "absentHere", "enter", "enterAny"];

class ArrivePage extends PageElement {
  private readonly w = pageWords<ArriveTexts>();
  private readonly names = given<Names>("names") ?? {};
  private readonly day = this.getAttribute("day") ?? "";
  private kept: Kept[] = [];
  private busy = true;
  private arrived = false;

  override connectedCallback(): void {
    super.connectedCallback();
    for (const own of kept(this.day)) {
      const service = serviceOf(own.id);
      if (this.names[service]) this.kept.push({ service, own, trouble: "" });
    }
    void this.each(this.kept, (k) => this.read(k));
  }

  private async each(list: Kept[], run: (k: Kept) => Promise<void>): Promise<void> {
    this.busy = true;
    this.requestUpdate();
    await Promise.all(list.map(run));
    this.kept = this.kept.filter((k) => !k.ticket || k.ticket.day >= this.day); // the page of all tickets has those of days before
    this.busy = false;
    this.requestUpdate();
  }

  /** Reads a ticket. Of one that the desk has moved, it reads the one that replaced it. */
  private async read(k: Kept): Promise<void> {
    try {
      const { ticket, moved } = await this.ask(k, "GET", "");
      if (!moved) return this.take(k, ticket);
      k.own = replace(k.own, moved);
      this.take(k, (await this.ask(k, "GET", "")).ticket);
    } catch (e) {
      this.fail(k, e);
    }
  }

  private ask(k: Kept, method: "GET" | "POST", act: string): Promise<TicketAnswer> {
    const body = method === "POST" ? { key: newKey(), body: { presence: "here" } } : {};
    return call<TicketAnswer>({ method, path: "/v1/tickets/" + k.own.id + act, token: k.own.token, ...body });
  }

  private take(k: Kept, ticket: Ticket): void {
    k.ticket = ticket;
    k.trouble = "";
  }

  private fail(k: Kept, e: unknown): void {
    const f = e instanceof Failure ? e : new Failure("unknown", 0);
    k.trouble = f.opensAt ? this.w.t("arrive.from", { time: clockTime(f.opensAt) }) : why(this.w, f);
  }

  /** Reports an arrival. After a refusal it reads the ticket: its state may be the reason. */
  private async report(k: Kept): Promise<void> {
    try {
      this.take(k, (await this.ask(k, "POST", "/arrive")).ticket);
    } catch (e) {
      if (e instanceof Failure && (e.status === 409 || e.status === 410)) await this.read(k);
      if (!k.ticket || this.isDue(k.ticket)) this.fail(k, e);
    }
  }

  private readonly arrive = () => {
    void this.each(this.waiting(), (k) => this.report(k)).then(() => {
      this.arrived = this.kept.some((k) => k.ticket?.presence === "here" && !k.trouble);
      this.requestUpdate();
    });
  };

  /** Whether a ticket is of today and its patient has not arrived. */
  private isDue(t: Ticket): boolean {
    const { over, todo } = ticketView(t);
    return t.day === this.day && !over && todo !== "closed" && t.presence !== "here";
  }

  /** Returns the tickets that have not arrived. A ticket that could not be read is included. */
  private waiting(): Kept[] {
    return this.kept.filter((k) => !k.ticket || this.isDue(k.ticket));
  }

  override render() {
    const w = this.w;
    const today = this.kept.some((k) => !k.ticket || k.ticket.day === this.day);
    const more = this.waiting().length > 0;
    return html`${!today ? html`<p id="none">${w.t("arrive.none")}</p>` : more ? html`<p>${w.t("arrive.intro")}</p>` : nothing}
      ${this.kept.length > 0 ? html`<ul class="kept" aria-live="polite">${this.kept.map((k) => this.line(k))}</ul>` : nothing}
      ${today ? nothing : html`<p>${w.t("arrive.noneHelp")}</p>
        <ul class="links">${Object.entries(this.names).map(([service, name]) => html`<li><a href=${this.page(service)}>${name}</a></li>`)}</ul>`}
      ${more ? html`<button type="button" class="primary" id="arrive" .disabled=${this.busy} @click=${this.arrive}>
        ${w.t(this.busy ? "arrive.sending" : "arrive.button")}</button>` : nothing}
      ${this.arrived ? html`<p class="done" id="done" role="status">${w.t("arrive.done")}</p>` : nothing}`;
  }

  private line(k: Kept): TemplateResult {
    const w = this.w;
    const t = k.ticket;
    const when = t && (slotText(w, t) || (t.day === this.day ? "" : visitText(w, t, this.day)));
    return html`<li><a href=${this.page(k.service) + fragmentOf(k.own)}>
        <span>${this.names[k.service] ?? k.service}</span>${t?.number ? html` <b class="number">${w.t("unit.number", { n: t.number })}</b>` : nothing}</a>
      ${when ? html`<p class="day">${when}</p>` : nothing}
      ${t ? this.state(t) : nothing}
      ${k.trouble ? html`<p class="problem">${k.trouble}</p>` : nothing}
    </li>`;
  }

  /** What there is to say of a ticket: why it cannot arrive, what to do instead, or that it has arrived. */
  private state(t: Ticket): TemplateResult | typeof nothing {
    const w = this.w;
    const { over, state, todo } = ticketView(t);
    if (over) {
      const reason = w.find("over", t.reason ?? "");
      return html`<p class="is">${w.find("state", state) ?? w.t("arrive.over")}</p>${reason ? html`<p>${reason}</p>` : nothing}`;
    }
    if (urgent.includes(todo)) return html`<b class="todo">${advice(w, t)}</b>`;
    if (t.day !== this.day) return html`<p class="is">${w.t("arrive.otherDay")}</p>`;
    return t.presence === "here" ? html`<span class="here">✓ ${w.t("arrive.already")}</span>` : nothing;
  }

  private page(service: string): string {
    return "/s/" + service + "?lang=" + pageLang();
  }
}

begin("junban-arrive", ArrivePage);
