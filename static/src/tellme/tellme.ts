// The section of a ticket's notices: how they reach its owner while the page is closed.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { call, Failure } from "../lib/api.ts";
import { PageElement, pageLang, pageWords } from "../lib/element.ts";
import { why } from "../lib/problem.ts";
import { closeNotices, pushState, subscribe, subscribed, type PushAddress, type PushState } from "../lib/push.ts";
import { ConsentVersion, type Following, type NewWant, type Proof, type Proven, type PushKey, type Wants, type WantsRequest } from "../wire.ts";
import { clinicOf, followsHere, keepFollowing, keepMail, keepWant, provenMail, wantHere } from "./device.ts";
import { form, type Channel, type Chosen } from "./form.ts";
import type { TellmeTexts } from "./texts.ts";
import { lists } from "./wants.ts";
import type { TellmeWords } from "./words.ts";

const every = 30_000; // ms between looks while the page is seen
const soon = 1_500; // ms after a change of the ticket: its notices are planned by then

class TellMe extends PageElement {
  static observedAttributes = ["ticket", "state"];

  private readonly w = pageWords<TellmeTexts>() as unknown as TellmeWords;
  private wants: Wants | undefined; // undefined until they are read
  private key = ""; // of web push
  private chosen: Chosen | undefined; // the form is open
  private push: PushState = "ask";
  private mail = ""; // that is proven
  private proof: Proof | undefined;
  private sentTo = ""; // address of the proof
  private busy = "";
  private status = ""; // what has happened, for the live region
  private problem = "";
  private timer = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.seen);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.seen);
  }

  attributeChangedCallback(name: string): void {
    if (name === "ticket") {
      this.wants = this.chosen = this.proof = undefined;
      this.status = this.problem = "";
      this.look(0);
    } else if (this.wants) this.look(soon);
  }

  private get ticket(): string {
    return this.getAttribute("ticket") || "";
  }

  private get clinic(): string {
    return clinicOf(this.ticket);
  }

  private readonly seen = () => {
    if (!document.hidden) this.look(0);
  };

  /** Reads the state after a time, and then now and again while there are notices to come. */
  private look(after: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.read().then(() => this.wants?.wants.length && this.look(every)), after);
  }

  private ask<T>(method: "GET" | "PUT", body?: WantsRequest): Promise<T> {
    return call<T>({ method, path: "/v1/tickets/" + this.ticket + "/wants", token: this.getAttribute("token") || "", body });
  }

  private async read(): Promise<void> {
    if (document.hidden || this.busy) return;
    const { ticket } = this;
    const first = !this.wants;
    try {
      const wants = await this.ask<Wants>("GET");
      if (ticket !== this.ticket || this.busy) return;
      this.wants = wants;
      closeNotices(wants.tag);
      if (first) await this.renew();
    } catch {
      // without notices, the page does all that it did before
    }
    this.requestUpdate();
  }

  /** Sends the subscription again where the browser has changed it. */
  private async renew(): Promise<void> {
    const here = wantHere(this.ticket);
    const old = here && this.wants?.wants.find((want) => want.id === here.id);
    if (!here || !old || !this.wants) return;
    const now = await subscribed(await this.pushKey());
    if (!now || now.endpoint === here.endpoint) return;
    const { wants } = this.wants;
    await this.put(wants.map((want) => ({
      channel: want.channel, travel: want.travel, ahead: want.ahead, language: want.language, ...(want === old ? { push: now } : { id: want.id }),
    })), now);
  }

  private async pushKey(): Promise<string> {
    this.key = this.key || (await call<PushKey>({ method: "GET", path: "/v1/push/key" })).key;
    return this.key;
  }

  private async put(wants: NewWant[], here?: PushAddress): Promise<void> {
    this.wants = await this.ask<Wants>("PUT", { consent: wants.length > 0 ? ConsentVersion : "", wants });
    const own = this.wants.wants[wants.findIndex((want) => want.channel === "push" && (want.push || want.id === wantHere(this.ticket)?.id))];
    if (own && here) keepWant(this.ticket, { id: own.id, endpoint: here.endpoint });
    else if (!own) keepWant(this.ticket, undefined);
  }

  /** Opens the form, with what is wanted now or what is usual. */
  private readonly open = () => {
    const { wants } = this;
    if (!wants) return;
    const now = wants.wants[0];
    const had = wants.wants.map((want) => want.channel as Channel).filter((c, i, all) => wants.channels.includes(c) && all.indexOf(c) === i);
    const mail = wants.wants.find((want) => want.channel === "mail");
    this.push = pushState();
    const usual: Channel = wants.channels.includes("push") && (this.push === "ask" || this.push === "ok" || wants.channels.length === 1) ? "push" : (wants.channels.find((c) => c !== "push") as Channel);
    this.chosen = {
      channels: had.length > 0 ? had : [usual],
      travel: now ? now.travel : wants.travel, ahead: now ? now.ahead : wants.ahead,
    };
    this.mail = mail?.problem === "suppressed" ? "" : mail?.address || provenMail(this.clinic)?.mail || ""; // an address whose mail returned is proven again
    this.status = this.problem = "";
    this.proof = undefined;
    if (wants.channels.includes("push")) void this.pushKey().catch(() => {}); // before the press that subscribes
    this.requestUpdate();
  };

  private readonly close = () => {
    this.chosen = this.proof = undefined;
    this.problem = "";
    this.requestUpdate();
  };

  private readonly save = () => void this.act("save", async () => {
    const { chosen, wants } = this;
    if (!chosen || !wants) return;
    let here: PushAddress | undefined;
    const list: NewWant[] = [];
    for (const channel of chosen.channels) {
      const common = { channel, travel: chosen.travel, ahead: chosen.ahead, language: pageLang() };
      const had = wants.wants.find((want) => want.channel === channel);
      const kept = channel === "mail" ? provenMail(this.clinic) : undefined;
      if (channel === "push") {
        const answer = await subscribe(this.key || (await this.pushKey()));
        this.push = answer.state;
        here = answer.subscription;
        if (!here) return; // the form shows why
        list.push({ ...common, push: here });
      } else if (channel === "mail" && had && this.mail === had.address) list.push({ ...common, id: had.id });
      else if (channel === "mail" && kept) list.push({ ...common, mail: kept.mail, proven: kept.proven });
      else if (channel === "inbox") list.push(had ? { ...common, id: had.id } : { ...common, inbox: this.ticket.slice(-4) });
    }
    await this.put(list, here);
    this.chosen = this.proof = undefined;
    this.status = this.w.t("tellme.saved");
    this.look(soon); // the confirmation is on its way
  });

  private readonly stop = () => void this.act("stop", async () => {
    await this.put([]);
    this.chosen = undefined;
    this.status = this.w.t("tellme.stopped");
  });

  private readonly sendCode = (mail: string) => void this.act("send", async () => {
    this.proof = undefined;
    this.proof = await call<Proof>({ method: "POST", path: "/v1/proofs", token: this.getAttribute("token") || "", body: { clinic: this.clinic, mail, language: pageLang(), ticket: this.ticket }, patience: 25_000 });
    this.sentTo = mail;
  });

  private readonly giveCode = (code: string) => void this.act("code", async () => {
    if (!this.proof) return;
    const { proven, until } = await call<Proven>({ method: "POST", path: "/v1/proofs/" + this.proof.proof, body: { code } });
    keepMail(this.clinic, { mail: this.sentTo, proven, until });
    this.mail = this.sentTo;
    this.proof = undefined;
    this.status = this.w.t("tellme.proven");
  });

  private readonly otherMail = () => {
    this.mail = "";
    this.requestUpdate();
  };

  /** Turns the news of the clinic on or off, at the address of this device's notices. */
  private readonly follow = (on: boolean) => void this.act("news", async () => {
    const here = wantHere(this.ticket);
    const push = here && (await subscribed(await this.pushKey()));
    const mail = provenMail(this.clinic);
    const address = push ? { push } : mail ? { mail: mail.mail, proven: mail.proven } : {};
    const { following } = await call<Following>({
      method: "POST", path: "/v1/clinics/" + this.clinic + (on ? "/follow" : "/unfollow"), body: { ...address, language: pageLang(), consent: ConsentVersion },
    });
    keepFollowing(this.clinic, following);
    this.status = this.w.t(following ? "tellme.newsOn" : "tellme.newsOff");
  });

  /** Runs one act, and shows why it was refused. */
  private async act(what: string, run: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = what;
    this.status = this.problem = "";
    this.requestUpdate();
    try {
      await run();
    } catch (e) {
      this.problem = this.reason(e instanceof Failure ? e : new Failure("unknown", 0));
    }
    this.busy = "";
    this.requestUpdate();
  }

  private reason(f: Failure): string {
    const code = f.errors[0]?.code;
    if (code === "not_mail" || code === "characters" || code === "too_long") return this.w.t("tellme.notMail");
    if (code === "mail_refused") return this.w.t("tellme.mailRefused");
    if (code === "not_proven") this.mail = "";
    if (code === "not_push") return this.w.t("tellme.failed");
    return this.w.find("mishap", f.code) || why(this.w, f);
  }

  private alarm(): TemplateResult | typeof nothing {
    return this.problem ? html`<p class="problem" role="alert" id="wants-problem">${this.problem}</p>` : nothing;
  }

  override render() {
    const { w, wants, chosen } = this;
    if (!wants || (wants.channels.length === 0 && wants.wants.length === 0)) return nothing;
    const on = wants.wants.length > 0;
    const asksMail = chosen !== undefined && chosen.channels.includes("mail") && !this.mail;
    return html`<section class="tellme" aria-labelledby="tellme-title">
      <h2 id="tellme-title">${w.t("tellme.title")}</h2>
      <p role="status" id="wants-status">${this.status}</p>
      ${asksMail ? nothing : this.alarm()}
      ${on || chosen ? nothing : html`<p>${w.t("tellme.intro")}</p>`}
      ${on || wants.notices.length > 0 ? lists(w, wants, this.getAttribute("unit") || "", this.getAttribute("day") || "", /^(waiting|booked)/.test(this.getAttribute("state") || "")) : nothing}
      ${chosen ? form(w, {
        offer: wants, chosen, unit: this.getAttribute("unit") || "", push: this.push, mail: this.mail, proof: this.proof, busy: this.busy, wrong: asksMail ? this.alarm() : nothing,
        choose: (c) => { this.chosen = c; this.requestUpdate(); },
        sendCode: this.sendCode, giveCode: this.giveCode, otherMail: this.otherMail, save: this.save, cancel: this.close,
      }) : this.buttons(on)}
      ${on && !chosen && wants.news ? this.news() : nothing}
    </section>`;
  }

  private buttons(on: boolean): TemplateResult {
    const { w } = this;
    if (!on) return html`<button type="button" class="primary" id="tell-me" .disabled=${this.busy !== ""} @click=${this.open}>${w.t("tellme.start")}</button>`;
    return html`<button type="button" id="change-wants" .disabled=${this.busy !== ""} @click=${this.open}>${w.t("tellme.change")}</button>
      <button type="button" id="stop-wants" .disabled=${this.busy !== ""} @click=${this.stop}>${w.t("tellme.stop")}</button>`;
  }

  /** The news of the clinic, for who has an address on this device. */
  private news(): TemplateResult | typeof nothing {
    if (!wantHere(this.ticket) && !provenMail(this.clinic)) return nothing;
    return html`<label class="check"><input type="checkbox" id="news" .checked=${followsHere(this.clinic)} .disabled=${this.busy !== ""}
      @change=${(e: Event) => this.follow((e.target as HTMLInputElement).checked)}> ${this.w.t("tellme.news")}</label>`;
  }
}

customElements.define("junban-tellme", TellMe);
