// The page behind the QR code at the clinic's entrance. One tap marks the tickets
// of this device as arrived.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { call, Failure, newKey } from "../lib/api.ts";
import { advice, type Names } from "../lib/boardtext.ts";
import { begin, given, PageElement, pageLang, pageWords } from "../lib/element.ts";
import { why } from "../lib/problem.ts";
import { fragmentOf, isAhead, kept, serviceOf, type Own } from "../patient/own.ts";
import type { Ticket, TicketAnswer } from "../wire.ts";
import type { ArriveTexts } from "./texts.ts";

/** A ticket of this device, and the result of its arrival. */
interface Kept {
  service: string;
  own: Own;
  ticket?: Ticket;
  trouble: string; // a sentence; "" if there is none
}

class ArrivePage extends PageElement {
  private readonly w = pageWords<ArriveTexts>();
  private readonly names = given<Names>("names") ?? {};
  private kept: Kept[] = [];
  private busy = true;
  private arrived = false;

  override connectedCallback(): void {
    super.connectedCallback();
    const day = this.getAttribute("day") ?? "";
    for (const own of kept(day)) {
      const service = serviceOf(own.id);
      if (this.names[service] && !isAhead(own, day)) this.kept.push({ service, own, trouble: "" });
    }
    void this.each(this.kept, (k) => this.ask(k, "GET", "/v1/tickets/" + k.own.id));
  }

  private async each(list: Kept[], run: (k: Kept) => Promise<void>): Promise<void> {
    this.busy = true;
    this.requestUpdate();
    await Promise.all(list.map(run));
    this.busy = false;
    this.requestUpdate();
  }

  private async ask(k: Kept, method: "GET" | "POST", path: string): Promise<void> {
    const body = method === "POST" ? { key: newKey(), body: { presence: "here" } } : {};
    try {
      k.ticket = (await call<TicketAnswer>({ method, path, token: k.own.token, ...body })).ticket;
      k.trouble = "";
    } catch (e) {
      k.trouble = why(this.w, e instanceof Failure ? e : new Failure("unknown", 0));
    }
  }

  private readonly arrive = () => {
    void this.each(this.waiting(), (k) => this.ask(k, "POST", `/v1/tickets/${k.own.id}/arrive`)).then(() => {
      this.arrived = this.kept.some((k) => k.ticket?.presence === "here" && !k.trouble);
      this.requestUpdate();
    });
  };

  /** Returns the tickets that have not arrived. A ticket that could not be read is included. */
  private waiting(): Kept[] {
    return this.kept.filter((k) => !k.ticket || (!ended(k.ticket) && k.ticket.presence !== "here"));
  }

  override render() {
    const w = this.w;
    if (this.kept.length === 0) {
      return html`<p id="none">${w.t("arrive.none")}</p><p>${w.t("arrive.noneHelp")}</p>
        <ul class="links">${Object.entries(this.names).map(([service, name]) => html`<li><a href=${this.page(service)}>${name}</a></li>`)}</ul>`;
    }
    const more = this.waiting().length > 0;
    return html`${more ? html`<p>${w.t("arrive.intro")}</p>` : nothing}
      <ul class="kept" aria-live="polite">${this.kept.map((k) => this.line(k))}</ul>
      ${more ? html`<button type="button" class="primary" id="arrive" .disabled=${this.busy} @click=${this.arrive}>
        ${w.t(this.busy ? "arrive.sending" : "arrive.button")}</button>` : nothing}
      ${this.arrived ? html`<p class="done" id="done" role="status">${w.t("arrive.done")}</p>` : nothing}`;
  }

  private line(k: Kept): TemplateResult {
    const w = this.w;
    const name = this.names[k.service] ?? k.service;
    return html`<li><a href=${this.page(k.service) + fragmentOf(k.own)}>
        ${k.ticket ? html`<span>${name}</span> <b class="number">${w.t("unit.number", { n: k.ticket.number })}</b>` : name}</a>
      ${k.ticket && ended(k.ticket) ? html`<span>${w.t("arrive.over")}</span>` : nothing}
      ${k.ticket?.state === "called" ? html`<b class="todo">${advice(w, k.ticket)}</b>`
      : k.ticket?.presence === "here" && !ended(k.ticket) ? html`<span class="here">✓ ${w.t("arrive.already")}</span>` : nothing}
      ${k.trouble ? html`<p class="problem">${k.trouble}</p>` : nothing}
    </li>`;
  }

  private page(service: string): string {
    return "/s/" + service + "?lang=" + pageLang();
  }
}

function ended(t: Ticket): boolean {
  return t.state === "done" || t.state === "cancelled" || t.state === "no_show";
}

begin("junban-arrive", ArrivePage);
