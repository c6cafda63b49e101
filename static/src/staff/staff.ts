// The staff page: a login, the live line of a clinic, and one action at a time.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { BookingsView } from "../desk/bookings.ts";
import { JournalView } from "../desk/journal.ts";
import { jumps } from "../desk/jumps.ts";
import { find, help, listen } from "../desk/keys.ts";
import { MarksView } from "../desk/marks.ts";
import { servicePanel } from "../desk/service.ts";
import { SlotDesk } from "../desk/slotdesk.ts";
import { call, type Call, type Failure } from "../lib/api.ts";
import { freshness } from "../lib/board.ts";
import { WallClock } from "../lib/clock.ts";
import type { Connection } from "../lib/connection.ts";
import { begin, field, PageElement, pageWords } from "../lib/element.ts";
import { startFeed, type Status } from "../lib/feed.ts";
import { freshnessOf } from "../lib/rewritten.ts";
import { socket, stream } from "../lib/transport.ts";
import { AccuracyView } from "../office/accuracy.ts";
import { ChangesView } from "../office/changes.ts";
import { ClinicView } from "../office/clinic.ts";
import { codeInAddress, ScreensView } from "../office/screens.ts";
import { NoticesView } from "../office/notices.ts";
import { SettingsView } from "../office/settings.ts";
import { TimetableView } from "../office/timetable.ts";
import { UsersView } from "../office/users.ts";
import { TypePulse, type Frame, type LoginRequest, type Login, type Staff } from "../wire.ts";
import { FocusKeeper } from "./focus.ts";
import { Guard } from "./guard.ts";
import { mark } from "./letters.ts";
import { loginForm } from "./login.ts";
import { isSlotService } from "./snapshot.ts";
import { closed, type Page, type Ui, type Subject } from "./page.ts";
import { failureOf, Actions } from "./actions.ts";
import type { StaffTexts } from "./texts.ts";

const minute = 60_000; // ms
const lookEvery = 5_000; // ms, while the line is broken

const views = ["line", "settings", "clinic", "timetable", "notices", "accuracy", "acts", "changes", "users", "screens"] as const;
const adminsViews: readonly string[] = ["settings", "clinic", "timetable", "screens"];

/** The parts of the page that a logout forgets. */
const partsOf = (page: Page) => ({
  marks: new MarksView(page),
  settings: new SettingsView(page),
  clinic: new ClinicView(page),
  timetable: new TimetableView(page),
  notices: new NoticesView(page),
  accuracy: new AccuracyView(page),
  journal: new JournalView(page),
  changes: new ChangesView(page),
  users: new UsersView(page),
  screens: new ScreensView(page),
});

class StaffPage extends PageElement implements Page {
  readonly w = pageWords<StaffTexts>();
  readonly clock = new WallClock();
  readonly guard = new Guard();
  ui: Ui = closed;
  bookings: BookingsView = new BookingsView(this);
  slots: SlotDesk = new SlotDesk(this);
  private parts = partsOf(this);
  private view: (typeof views)[number] = "line";
  private login: Login | undefined;
  private staff: Staff | undefined;
  private feed: Connection | undefined;
  private status: Status | undefined;
  private readonly actions = new Actions(this);
  private readonly focusKeeper = new FocusKeeper(this);
  private helping = false;
  private deafen: (() => void) | undefined;
  private lookedAt = 0; // local ms

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("click", this.guard.click, true);
    this.addEventListener("keydown", this.guard.held, true);
    this.addEventListener("focusin", this.focusKeeper.note);
    this.addEventListener("focusin", this.choosePanel);
    this.addEventListener("pointerdown", this.focusKeeper.forget);
    this.deafen = listen(this);
    void this.look().then(() => {
      this.actions.busy = false;
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("click", this.guard.click, true);
    this.removeEventListener("keydown", this.guard.held, true);
    this.removeEventListener("focusin", this.focusKeeper.note);
    this.removeEventListener("focusin", this.choosePanel);
    this.removeEventListener("pointerdown", this.focusKeeper.forget);
    this.deafen?.();
    this.bookings.stop();
    this.feed?.stop();
  }

  override updated(): void {
    this.focusKeeper.keep();
  }

  get live(): boolean {
    return this.status?.link === "live";
  }

  get heardAt(): number {
    return this.status?.heardAt ?? 0;
  }

  get busy(): boolean {
    return this.actions.busy;
  }

  /** The keys of digits and W act on the service that had the focus last. */
  private readonly choosePanel = (e: Event) => {
    const id = (e.target as Element).closest(".service")?.id ?? "";
    const service = id.replace("service-", "");
    if (service && service !== this.ui.panel) this.set({ panel: service });
  };

  inLine(): boolean {
    return this.staff !== undefined && this.view === "line" && !this.helping;
  }

  undo(): void {
    if (this.staff) this.actions.undo(this.staff);
  }

  report(text: string): void {
    this.actions.report(text);
  }

  help(): void {
    if (!this.login) return;
    this.helping = !this.helping;
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(this.helping ? "#help" : "#keys")?.focus());
  }

  /** Reads the login of this browser. No login is no error. */
  async look(): Promise<void> {
    this.lookedAt = Date.now();
    try {
      this.open(await call<Login>({ method: "GET", path: "/v1/session" }));
    } catch (e) {
      const f = failureOf(e);
      if (f.status === 401 && this.login) this.expire();
      else if (f.status !== 401 && !this.login) this.actions.fail(f);
    }
    this.requestUpdate();
  }

  private open(login: Login): void {
    this.clock.learnTime(login.at);
    this.clock.learnZone(login.at);
    const known = this.login?.clinic === login.clinic;
    this.login = login;
    if (!this.may(this.view)) this.view = "line";
    if (known) return;
    this.feed = startFeed({
      origin: location.origin,
      topics: ["staff:" + login.clinic],
      transports: [socket, stream],
      onFrame: (f) => this.show(f),
      onStatus: (s) => this.showStatus(s),
    });
  }

  /** Whether the role of the login includes that part of the page. */
  private may(view: string): boolean {
    return this.login?.role === "admin" || !adminsViews.includes(view);
  }

  /** Forgets the line and all names in it. */
  private leave(): void {
    this.feed?.stop();
    this.feed = this.login = this.staff = this.status = undefined;
    this.actions.forget();
    this.helping = false;
    this.ui = closed;
    this.bookings.stop();
    this.bookings = new BookingsView(this);
    this.slots = new SlotDesk(this);
    this.parts = partsOf(this);
    this.view = "line";
    this.tick(0);
  }

  expire(): void {
    this.leave();
    this.actions.warn(this.w.t("staff.expired"));
  }

  private show(f: Frame): void {
    if (f.at && f.type === TypePulse) this.clock.learnTime(f.at);
    const first = !this.staff;
    if (f.staff) this.staff = f.staff;
    if (this.staff) this.bookings.follow(this.staff);
    if (first && this.staff && codeInAddress() && this.may("screens")) this.turn("screens", this.staff);
    this.requestUpdate();
  }

  private showStatus(s: Status): void {
    const lost = this.status?.up && !s.up;
    this.status = s;
    this.tick(s.link === "live" ? minute : 1000); // figures in minutes change without a frame
    // A login that ended looks like a broken line.
    if (lost || (s.link !== "live" && Date.now() - this.lookedAt > lookEvery)) void this.look();
    if (s.link === "live") this.actions.age();
    this.requestUpdate();
  }

  redraw(show?: string): void {
    this.requestUpdate();
    if (show) void this.updateComplete.then(() => this.querySelector(show)?.scrollIntoView({ block: "center" }));
  }

  /** The keyboard follows a form that opens, and goes back when it closes. */
  set(change: Partial<Ui>): void {
    const former = this.ui.open?.of;
    this.ui = { ...this.ui, ...change };
    this.requestUpdate();
    if (!("open" in change)) return;
    void this.updateComplete.then(() => {
      const into = this.ui.open ? "[data-first]" : `[data-ticket="${former ?? ""}"] button:not(:disabled)`;
      this.querySelector<HTMLElement>(into)?.focus();
    });
  }

  send(what: string, c: Call, refused?: (f: Failure) => boolean): Promise<unknown> {
    return this.actions.send(what, c, refused);
  }

  private readonly enter = async (body: LoginRequest) => {
    const login = await this.send("", { method: "POST", path: "/v1/login", body });
    if (login && (await this.cookieKept())) this.open(login as Login);
    this.requestUpdate();
  };

  /** Whether the browser sends the login's cookie back. It warns of one that blocks cookies. */
  private async cookieKept(): Promise<boolean> {
    this.actions.busy = true;
    try {
      await call<Login>({ method: "GET", path: "/v1/session" });
    } catch (e) {
      if (failureOf(e).status === 401) {
        this.actions.warn(this.w.t("staff.noCookies"));
        return false;
      }
    } finally {
      this.actions.busy = false;
    }
    return true;
  }

  private readonly logout = async () => {
    if (await this.send(this.w.t("staff.logout"), { method: "POST", path: "/v1/logout" })) this.leave();
    this.requestUpdate();
  };

  override render() {
    const { w } = this;
    if (!this.login) return html`${this.actions.problem()} ${loginForm(w, this.busy, (r) => void this.enter(r))}`;
    return html`<header>
        <h1>${this.staff?.name ?? w.t("staff.title")}</h1>
        ${this.status ? freshness(w, freshnessOf(this.status)) : nothing}
        <button type="button" id="keys" aria-expanded=${this.helping ? "true" : "false"} @click=${() => this.help()}>${w.t("keys.title")} ${mark("?")}</button>
        <button type="button" id="logout" .disabled=${this.busy} @click=${() => void this.logout()}>${w.t("staff.logout")}</button>
      </header>
      ${this.actions.problem(this.staff)}
      ${this.helping ? help(w, () => this.help(), () => this.requestUpdate(), this.staff?.services.some(isSlotService) ?? false) : nothing}
      ${this.staff ? this.main(this.staff) : html`<main><p>${w.t("staff.loading")}</p></main>`}`;
  }

  private readonly seek = (e: Event) => {
    e.preventDefault();
    const f = e.currentTarget as HTMLFormElement;
    find(this, field(f, "number").normalize("NFKC").replace(/\D/g, ""));
    f.reset();
  };

  private main(staff: Staff): TemplateResult {
    return html`<nav>${views.filter((v) => this.may(v)).map((v) => html`<button type="button" data-view=${v} .disabled=${this.busy}
        aria-pressed=${v === this.view ? "true" : "false"} @click=${() => this.turn(v, staff)}>${this.w.t(`staff.view_${v}`)}</button>`)}
        <a href="/books" id="to-books">${this.w.t("staff.books")}</a></nav>
      <main>
        <div class="tools" .hidden=${this.view !== "line"}>
          <form @submit=${this.seek}><label>${this.w.t("keys.find")} ${mark("/")} <input id="find" name="number" inputmode="numeric" maxlength="9" autocomplete="off"></label></form>
          ${staff.services.some(isSlotService) ? this.slots.checkin.render(staff) : nothing}
          ${this.actions.renderNote(staff)}
        </div>
        ${this.view === "line" ? jumps(this, staff) : nothing}
        <div .hidden=${this.view !== "line"}>${this.bookings.renderMissing(staff)} ${this.bookings.renderAffected(staff)}</div>
        <div .hidden=${this.view !== "line"}>${this.parts.marks.render(staff.clinic, staff.marks)}</div>
        <div class="services" .hidden=${this.view !== "line"}>${staff.services.map((s) => servicePanel(this, staff, s))}</div>
        <div .hidden=${this.view !== "line"}>${this.bookings.render(staff.clinic)}</div>
        ${this.login?.role === "admin"
          ? html`<div .hidden=${this.view !== "settings"}>${this.parts.settings.render(staff.services)}</div>
            <div .hidden=${this.view !== "clinic"}>${this.parts.clinic.render(staff)}</div>
            <div .hidden=${this.view !== "timetable"}>${this.parts.timetable.render(staff.services)}</div>
            <div .hidden=${this.view !== "screens"}>${this.parts.screens.render(staff)}</div>`
          : nothing}
        <div .hidden=${this.view !== "notices"}>${this.parts.notices.render(staff, this.login?.role === "admin")}</div>
        <div .hidden=${this.view !== "accuracy"}>${this.parts.accuracy.render(staff.services)}</div>
        <div .hidden=${this.view !== "acts"}>${this.parts.journal.render(staff)}</div>
        <div .hidden=${this.view !== "changes"}>${this.parts.changes.render(staff)}</div>
        <div .hidden=${this.view !== "users"}>${this.login ? this.parts.users.render(this.login) : nothing}</div>
      </main>`;
  }

  showActs(of: Subject): void {
    if (!this.staff) return;
    this.ui = { ...this.ui, open: undefined };
    this.turn("acts", this.staff, of);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("#journal")?.focus());
  }

  showNotices(of: Subject): void {
    if (!this.staff) return;
    this.ui = { ...this.ui, open: undefined };
    this.turn("notices", this.staff, of);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("#sent")?.focus());
  }

  /** Turns to another part of the page; the office reads again what it shows. */
  private turn(view: (typeof views)[number], staff: Staff, of?: Subject): void {
    if (view === this.view) return;
    this.view = view;
    this.actions.clear();
    this.requestUpdate();
    switch (view) {
      case "line":
        return void this.bookings.watch(staff.clinic);
      case "settings":
        return this.parts.settings.open(staff.services[0]?.board.service ?? "");
      case "clinic":
        return this.parts.clinic.open(staff.clinic);
      case "timetable":
        return this.parts.timetable.open(staff.clinic);
      case "notices":
        return this.parts.notices.open(staff.clinic, this.login?.role === "admin", of);
      case "accuracy":
        return void this.parts.accuracy.read(staff.clinic);
      case "acts":
        return void this.parts.journal.open(staff.clinic, of);
      case "changes":
        return void this.parts.changes.read(staff.clinic);
      case "users":
        return void (this.login && this.parts.users.read(this.login));
      case "screens":
        return void this.parts.screens.read(staff.clinic);
    }
  }
}

begin("junban-staff", StaffPage);
