// The screen in the waiting room: every service of a clinic, in figures that are
// legible from the last row. It runs for weeks, on televisions of 2020.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { freshness } from "../lib/board.ts";
import { clockTime, WallClock } from "../lib/clock.ts";
import type { Connection } from "../lib/connection.ts";
import { begin, given, initialFrame, PageElement, pageLang, pageWords } from "../lib/element.ts";
import { startFeed, type Status } from "../lib/feed.ts";
import { freshnessOf } from "../lib/rewritten.ts";
import { words } from "../lib/i18n.ts";
import { isolated } from "../lib/isolated.ts";
import { linkView } from "../lib/status.ts";
import { device } from "../lib/storage.ts";
import type { Names } from "../lib/boardtext.ts";
import { socket, stream } from "../lib/transport.ts";
import { TypePulse, type Board, type Clinic, type Frame, type OwnScreen, type Pairing } from "../wire.ts";
import { Announcer } from "./announcer.ts";
import { keepAwake } from "./awake.ts";
import { Calls, callsOf, isRemembered, type Called, type Remembered } from "./calls.ts";
import { later } from "./later.ts";
import { Pager } from "./pager.ts";
import { pagesOf, pageWith, type Page } from "./pages.ts";
import { PairedShelf, persists, startAsking, startPairing, type Paired } from "./pairing.ts";
import { pairView } from "./pairview.ts";
import { panel, type DisplayWords } from "./panel.ts";
import { startRenewal } from "./renew.ts";
import { sentenceOf, type Spoken } from "./sentence.ts";
import type { DisplayTexts } from "./texts.ts";
import { Voice } from "./voice.ts";

const pulse = 5; // seconds
const silence = 7_000; // ms, the promise of a screen on a wall
const newFor = 15_000; // ms, for which a call is emphasized
const keepEvery = 10_000; // ms between two writings of what is shown
const tooOld = 12 * 3_600_000; // ms; an older state is not shown
const steps = 6; // of smaller type, when nothing else fits

/** What is shown, over a reload too. */
interface Kept extends Remembered {
  frame?: Frame;
  heardAt?: number; // ms of this device's clock
}

const isKept = (v: unknown): v is Kept => isRemembered(v);
const noStop = () => {};

class DisplayPage extends PageElement {
  private readonly w: DisplayWords = pageWords<DisplayTexts>();
  private readonly spoken = given<Record<string, Spoken>>("spoken") ?? {};
  private readonly query = new URLSearchParams(location.search);
  private readonly clock = new WallClock();
  private readonly pager = new Pager(performance.now());
  private readonly voice = new Voice(() => this.requestUpdate());
  private readonly announcer = new Announcer({
    sayer: this.voice,
    later: later,
    onSaying: (key) => this.announcing(key),
  });
  private readonly shelf = new PairedShelf(device, persists);
  private readonly upright = matchMedia("(orientation: portrait)");
  private number = ""; // of the clinic
  private calls = new Calls(undefined);
  private feed: Connection | undefined;
  private status: Status | undefined;
  private clinic: Clinic | undefined;
  private frame: Frame | undefined;
  private keptAt = -keepEvery; // ms of performance.now
  private old: number | undefined; // when the state shown was received, if before the page was loaded
  private own: OwnScreen | undefined; // of a paired screen
  private pairing: Pairing | undefined;
  private out = false; // the clinic has removed it
  private stopAsking = noStop;
  private stopRenewal = noStop;
  private fitted = ""; // for which the size of the type was last computed

  override connectedCallback(): void {
    super.connectedCallback();
    document.documentElement.dataset["begun"] = "1"; // see watchdog.ts
    keepAwake();
    const clinic = this.getAttribute("clinic") ?? "";
    const paired = clinic ? undefined : this.shelf.get();
    if (clinic) this.watch(clinic);
    else if (paired) this.join(paired);
    else this.pair();
    if (this.query.get("sound") === "on" || this.own?.sound) this.voice.unlock();
    for (const touch of ["click", "keydown"]) document.addEventListener(touch, this.touched);
    this.stopRenewal = startRenewal({
      build: this.getAttribute("build") ?? "",
      now: () => performance.now(),
      random: Math.random,
      later: later,
      get,
      busy: () => !this.announcer.idle,
      path: location.pathname + location.search,
      reload: () => location.reload(),
    });
    this.tick(1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const touch of ["click", "keydown"]) document.removeEventListener(touch, this.touched);
    this.stopRenewal();
    this.leave();
  }

  private readonly touched = () => {
    if (this.sounds && !this.voice.open) this.voice.unlock();
  };

  /** Whether this screen has sound. */
  private get sounds(): boolean {
    return this.own ? this.own.sound : this.number !== "" && this.query.get("sound") !== "off";
  }

  private get also(): string {
    return this.own ? this.own.also : (this.query.get("also") ?? "");
  }

  /** Shows a code until a desk has accepted this screen. */
  private pair(): void {
    startPairing(
      (p) => {
        this.pairing = p;
        this.requestUpdate();
      },
      (p) => {
        this.shelf.put(p);
        this.out = false;
        this.join(p);
      },
    );
  }

  /** Begins as a clinic's screen. */
  private join(p: Paired): void {
    this.pairing = undefined;
    this.tell(p, p.screen);
    this.watch(p.clinic, p.token);
    this.stopAsking = startAsking(p, (s) => {
      const first = !this.own;
      if (JSON.stringify(s) !== JSON.stringify(this.own)) this.shelf.put({ ...p, screen: s });
      this.tell(p, s);
      void this.follow(s.language);
      if (first && s.sound) this.voice.unlock();
    }, () => {
      this.leave();
      this.shelf.drop();
      this.out = true;
      this.pair();
      this.requestUpdate();
    });
  }

  private tell(p: Paired, s: OwnScreen | undefined): void {
    this.own = s;
    if (s) this.announcer.repeat = s.repeat;
    if (s && !s.sound) this.announcer.clear();
    this.dataset["paired"] = p.clinic;
    this.requestUpdate();
  }

  /** Loads the page in the clinic's language, unless the address itself has one. */
  private async follow(language: string): Promise<void> {
    const given = this.query.has("lang") && this.query.get("of") !== "clinic";
    if (given || language === pageLang()) return;
    const query = new URLSearchParams(location.search);
    query.set("lang", language);
    query.set("of", "clinic"); // it may change again
    const path = `${location.pathname}?${query}`;
    const there = await get(path).then(() => true, () => false); // else with the next answer
    if (there && this.announcer.idle) location.replace(path + location.hash);
  }

  private watch(clinic: string, token?: string): void {
    this.number = clinic;
    if (!this.own) this.announcer.repeat = Math.min(3, Math.max(1, Number(this.query.get("repeat")) || 1));
    this.remember();
    this.feed = startFeed({
      origin: location.origin,
      topics: ["clinic:" + clinic],
      token, // strangers cannot take a paired screen's place
      pulse,
      silence,
      transports: [socket, stream],
      onFrame: (f) => this.hear(f),
      onStatus: (s) => {
        this.status = s;
        this.requestUpdate();
      },
    });
  }

  /** Takes what the server painted, or else what was shown before the page was loaded. */
  private remember(): void {
    const kept = device.get("junban.display." + this.number, isKept);
    const initial = initialFrame();
    this.calls = new Calls(kept);
    if (initial) {
      if (initial.at) this.clock.learnTime(initial.at); // until a pulse comes, right to the second that it took to come here
      this.show(initial);
    } else if (kept?.frame && kept.heardAt !== undefined && Math.abs(Date.now() - kept.heardAt) < tooOld) {
      this.old = kept.heardAt;
      this.show(kept.frame);
    }
  }

  /** Forgets the clinic. */
  private leave(): void {
    this.feed?.stop();
    this.stopAsking();
    this.announcer.clear();
    device.drop("junban.display." + this.number);
    this.feed = this.status = this.clinic = this.frame = this.own = this.old = undefined;
    this.number = "";
    delete this.dataset["paired"];
  }

  private show(f: Frame): void {
    if (f.at) this.clock.learnZone(f.at);
    if (!f.clinic) return;
    this.frame = f;
    this.clinic = f.clinic;
    this.requestUpdate();
  }

  private hear(f: Frame): void {
    if (f.at && f.type === TypePulse) this.clock.learnTime(f.at);
    if (f.type === TypePulse) return;
    if (f.at && !this.clock.known) this.clock.learnTime(f.at);
    this.show(f);
    if (!f.clinic) return;
    this.old = undefined;
    const fresh = this.calls.take(this.boards, (at) => -this.clock.until(at));
    this.announcer.keep(callsOf(this.boards).map((c) => c.key));
    const last = fresh[fresh.length - 1];
    if (last) this.front(last.service);
    if (this.sounds && this.voice.open) for (const c of fresh) this.announcer.add({ key: c.key, sentences: this.sentences(c) });
    this.keep(fresh.length > 0);
  }

  private find(key: string): Called | undefined {
    return callsOf(this.boards).find((c) => c.key === key);
  }

  private sentences(c: Called): { text: string; lang: string }[] {
    const langs = [pageLang(), this.also].filter((l, i, all) => this.spoken[l] !== undefined && all.indexOf(l) === i);
    const boards = this.clinic?.boards ?? [];
    const of = c.of || c.service;
    const service = boards.length > 1 ? { name: boards.find((b) => b.service === of)?.name ?? "", number: of.slice(5) } : undefined;
    return langs.map((lang) => ({ lang, text: sentenceOf(words(this.spoken[lang] as Spoken, lang), lang, c, service) }));
  }

  /** A call is being announced, or none is. */
  private announcing(key: string | undefined): void {
    const c = key === undefined ? undefined : this.find(key);
    if (c) {
      this.front(c.service);
      this.dispatchEvent(new CustomEvent("junban-call", { bubbles: true, detail: { number: c.number, room: c.roomName } }));
    }
    this.requestUpdate();
  }

  private front(service: string): void {
    const pages = this.pages();
    const page = pages[pageWith(pages, service)];
    if (page) this.pager.bring(page.key, performance.now());
    this.requestUpdate();
  }

  /** Writes what is shown, at once when something was called. */
  private keep(now: boolean): void {
    if (!now && performance.now() - this.keptAt < keepEvery) return;
    this.keptAt = performance.now();
    const kept: Kept = { ...this.calls.memory(), heardAt: Date.now() };
    if (this.frame) kept.frame = this.frame;
    device.put("junban.display." + this.number, kept);
  }

  private get boards(): Board[] {
    const mine = this.own?.services ?? [];
    const all = this.clinic?.boards ?? [];
    const some = all.filter((b) => mine.indexOf(b.service) >= 0);
    return some.length > 0 ? some : all;
  }

  private pages(): Page[] {
    return pagesOf(this.boards, this.upright.matches ? { columns: 15, rows: 13 } : { columns: 21, rows: 8 });
  }

  override render() {
    if (!this.number) return pairView(this.w, this.pairing, this.out);
    const now = performance.now();
    const pages = this.pages();
    const at = this.pager.index(pages.map((p) => p.key), now);
    const page = pages[at];
    return html`<header>
        <h1>${this.clinic?.name ?? this.own?.clinicName ?? this.getAttribute("name")}</h1>
        <p class="clock" id="clock" translate="no">${this.clock.known ? this.clock.read() : nothing}</p>
      </header>
      ${this.freshness()}
      <main class="stage">
        <div class="services">
          ${this.clinic && this.boards.length === 0 ? html`<p class="plain">${this.w.t("display.empty")}</p>` : page ? this.page(page, Math.floor(this.pager.turns / pages.length)) : nothing}
        </div>
        ${this.recent()}
      </main>
      <footer>
        ${pages.length > 1 ? html`<p class="pages" id="pages">${this.w.t("display.page", { n: at + 1, of: pages.length })}
          <span aria-hidden="true">${pages.map((_, i) => html`<i class=${i === at ? "here" : ""}></i>`)}</span></p>` : nothing}
        ${this.sign()}
      </footer>`;
  }

  /** The age of what is shown, also of a state stored before this page was loaded. */
  private freshness(): TemplateResult | typeof nothing {
    if (!this.status) return nothing;
    const { w, old, status } = this;
    if (old === undefined) return freshness(w, freshnessOf(status));
    const link = status.link === "offline" ? "offline" : "stale";
    const asOf = this.frame?.at ? html`<p class="link stale as-of">${w.t("display.asOf", { time: clockTime(this.frame.at) })}</p>` : nothing;
    return html`${freshness(w, linkView({ ...status, link, up: false, heardAt: old }, Date.now()))}${asOf}`;
  }

  private page(p: Page, rounds: number): TemplateResult[] {
    if (p.kind === "message") return [this.message(p)];
    const names: Names = {};
    for (const b of this.clinic?.boards ?? []) names[b.service] = b.name;
    const look = { names, boards: p.boards.length, rounds, isNew: (c: Called) => this.isNew(c) };
    return p.boards.map((b) => panel(this.w, b, look));
  }

  private isNew(c: Called): boolean {
    return this.announcer.saying === c.key || (this.old === undefined && -this.clock.until(c.at) < newFor);
  }

  private message(p: Page & { kind: "message" }): TemplateResult {
    const { w } = this;
    return html`<article class="service long">
      <h2 class="title">${p.names.map(isolated).join(w.t("display.and"))}</h2>
      <p class="label">${w.t("board.message")}${p.parts > 1 ? html` ${w.t("display.page", { n: p.part, of: p.parts })}` : nothing}</p>
      <p class="text">${p.text}</p>
      ${p.until ? html`<p class="label">${w.t("board.until", { time: clockTime(p.until) })}</p>` : nothing}
    </article>`;
  }

  /** The last calls of all services, with their times. */
  private recent(): TemplateResult | typeof nothing {
    if (this.calls.recent.length === 0) return nothing;
    const names: Names = {};
    for (const b of this.clinic?.boards ?? []) names[b.service] = b.name;
    const several = this.boards.length > 1;
    return html`<aside class="recent"><h2>${this.w.t("display.recent")}</h2>
      <ol>${this.calls.recent.map((c) => html`<li><b class="called" translate="no">${c.number}</b>
        <span class="where">${several ? html`<small>${names[c.of || c.service] ?? ""}</small> ` : nothing}${c.roomName}</span>
        <time>${clockTime(c.at)}</time></li>`)}</ol></aside>`;
  }

  /** Whether sound works, if that needs a touch. */
  private sign(): TemplateResult | typeof nothing {
    if (!this.sounds) return nothing;
    if (!this.voice.open) {
      return html`<button type="button" id="sound"><span aria-hidden="true">⚠ </span>${this.w.t("display.locked")}</button>`;
    }
    return this.voice.speaks(pageLang()) ? nothing : html`<p id="sound" class="chime">${this.w.t("display.noVoice")}</p>`;
  }

  protected override updated(): void {
    this.dataset["sound"] = !this.sounds ? "off" : this.voice.open ? "on" : "locked";
    const page = this.querySelector(".services");
    if (!page) return;
    const shown = `${innerWidth} ${innerHeight} ${page.children.length} ${this.querySelector(".recent")?.textContent ?? ""} ${page.textContent ?? ""}`;
    if (shown === this.fitted) return;
    this.fitted = shown;
    this.fit(page.children.length);
  }

  /** Reduces the size of the type until nothing of the page is cut off. */
  private fit(boards: number): void {
    for (let step = 0; step < steps; step++) {
      document.documentElement.className = `n${boards} fit${step}`;
      const cut = Array.from(this.querySelectorAll(".services, .service, .recent")).some((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1);
      if (!cut) return;
    }
  }
}

async function get(path: string): Promise<string> {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

begin("junban-display", DisplayPage);
