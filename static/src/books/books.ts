// The page of the clinic's books: the login as at the desk, four views, and one change at
// a time.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { FreeSlots } from "../desk/freeslots.ts";
import { PhoneBooking, type Known } from "../desk/phonebooking.ts";
import { call, type Call, type Failure } from "../lib/api.ts";
import { freshness } from "../lib/board.ts";
import { WallClock } from "../lib/clock.ts";
import type { Connection } from "../lib/connection.ts";
import { daySelect } from "../lib/dayselect.ts";
import { begin, PageElement, pageWords } from "../lib/element.ts";
import { startFeed, type Status } from "../lib/feed.ts";
import { freshnessOf } from "../lib/rewritten.ts";
import { socket, stream } from "../lib/transport.ts";
import { Actions, failureOf } from "../staff/actions.ts";
import { FocusKeeper } from "../staff/focus.ts";
import { Guard } from "../staff/guard.ts";
import { mark } from "../staff/letters.ts";
import { loginForm } from "../staff/login.ts";
import { closed, type DayChoice, type Page, type SlotParts, type Ui } from "../staff/page.ts";
import { ticketOf } from "../staff/snapshot.ts";
import { TypePulse, type Bookings, type Day, type Days, type Frame, type Login, type LoginRequest, type Staff, type StaffTicket } from "../wire.ts";
import { AccessesView } from "./accesses.ts";
import { BookingView } from "./booking.ts";
import { BookingsView } from "./bookings.ts";
import { FilesView } from "./files.ts";
import { views, type Books, type View } from "./host.ts";
import { help, listen } from "./keys.ts";
import { MemberView } from "./member.ts";
import { MembersView } from "./members.ts";
import { fragmentOf, placeOf, type Place } from "./place.ts";
import type { BooksTexts } from "./texts.ts";

const lookEvery = 5_000; // ms, while the line is broken

class BooksPage extends PageElement implements Books {
  readonly w = pageWords<BooksTexts>();
  readonly clock = new WallClock();
  readonly guard = new Guard();
  ui: Ui = closed;
  staff: Staff | undefined;
  private user: Login | undefined;
  private feed: Connection | undefined;
  private status: Status | undefined;
  private place: Place = placeOf(location.hash);
  private helping = false;
  private lookedAt = 0; // local ms
  private deafen: (() => void) | undefined;
  private readonly days = new Map<string, Day[]>(); // by ticket, where a day is being chosen
  private readonly actions = new Actions(this);
  private readonly focusKeeper = new FocusKeeper(this);
  private readonly desk = this as unknown as Page; // its words are more than those
  private readonly free = new FreeSlots(this.desk);
  readonly slots: SlotParts = { free: this.free, phone: new PhoneBooking(this.desk, this.free), closing: { render: () => html`` } };
  private parts = this.newParts();

  phoneOf(known: Known): PhoneBooking {
    return new PhoneBooking(this.desk, this.free, known);
  }

  private newParts() {
    const fail = (f: Failure) => this.failed(f);
    return {
      bookings: new BookingsView(this, fail), booking: new BookingView(this), members: new MembersView(this, fail), member: new MemberView(this, fail),
      files: new FilesView(this), accesses: new AccessesView(this),
    };
  }

  /** The choice of a day for a booking without a slot. */
  readonly bookings: DayChoice = {
    choice: () => html``,
    openDays: async (t) => {
      this.days.delete(t.id);
      const read = await this.read<Days>({ method: "GET", path: `/v1/services/${t.service}/days` });
      if (read) this.days.set(t.id, read.days.filter((d) => d.day !== t.day));
      this.requestUpdate();
    },
    otherDay: (t) => {
      const days = this.days.get(t.id);
      return days ? daySelect(this.w, days, false, false) : nothing;
    },
    received: () => Promise.resolve(),
    changed: () => (this.place.view === "members" ? this.parts.member.changed() : Promise.resolve()),
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("click", this.guard.click, true);
    this.addEventListener("focusin", this.focusKeeper.note);
    this.addEventListener("pointerdown", this.focusKeeper.forget);
    window.addEventListener("hashchange", this.arrive);
    this.deafen = listen(this);
    void this.look().then(() => {
      this.actions.busy = false;
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("click", this.guard.click, true);
    this.removeEventListener("focusin", this.focusKeeper.note);
    this.removeEventListener("pointerdown", this.focusKeeper.forget);
    window.removeEventListener("hashchange", this.arrive);
    this.deafen?.();
    this.leaveViews();
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

  get login(): Login {
    return this.user as Login;
  }

  get admin(): boolean {
    return this.user?.role === "admin";
  }

  get today(): string {
    return this.staff?.services[0]?.board.day ?? "";
  }

  path(rest: string): string {
    return `/v1/clinics/${this.login.clinic}/${rest}`;
  }

  report(text: string): void {
    this.actions.report(text);
  }

  redraw(show?: string): void {
    this.requestUpdate();
    if (show) void this.updateComplete.then(() => this.querySelector(show)?.scrollIntoView({ block: "center" }));
  }

  showNotices(): void {
    return this.showActs();
  }

  showActs(): void {
    location.href = "/staff";
  }

  send(what: string, c: Call, refused?: (f: Failure) => boolean): Promise<unknown> {
    return this.actions.send(what, c, refused);
  }

  async read<T>(c: Call, refused?: (f: Failure) => boolean): Promise<T | undefined> {
    try {
      return await call<T>(c);
    } catch (e) {
      const f = failureOf(e);
      if (f.code === "session_required" || !refused?.(f)) this.failed(f);
      return undefined;
    }
  }

  private failed(f: Failure): void {
    if (f.code === "session_required") return this.expire();
    this.actions.fail(f);
    this.requestUpdate();
  }

  async liveTicket(ticket: string): Promise<StaffTicket | undefined> {
    const now = this.staff && ticketOf(this.staff, ticket);
    if (now) return now;
    const reserved = await this.read<Bookings>({ method: "GET", path: this.path("bookings") }, () => true);
    return reserved?.tickets.find((t) => t.id === ticket);
  }

  forgetLists(): void {
    const fail = (f: Failure) => this.failed(f);
    this.leaveViews();
    this.parts = { ...this.parts, bookings: new BookingsView(this, fail), booking: new BookingView(this), members: new MembersView(this, fail) };
  }

  /** The keyboard follows a form that opens, and goes back when it closes. */
  set(change: Partial<Ui>): void {
    const former = this.ui.open?.form;
    this.ui = { ...this.ui, ...change };
    this.requestUpdate();
    if (!("open" in change)) return;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(this.ui.open ? "[data-first]" : `[data-act="${former ?? ""}"]`)?.focus());
  }

  go(view: View, id = ""): void {
    const to = fragmentOf({ view, id });
    if (location.hash === to) this.arrive();
    else location.hash = to;
  }

  help(): void {
    if (!this.user) return;
    this.helping = !this.helping;
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(this.helping ? "#help" : "#keys")?.focus());
  }

  /** Escape: what is open closes, then the list comes back, then the search has the focus. */
  back(): void {
    if (this.helping) return this.help();
    if (this.ui.open) return this.set({ open: undefined, over: undefined });
    const no = this.querySelector<HTMLElement>("[data-act$=-no]");
    if (no && no.offsetParent !== null) return no.click();
    if (this.parts.bookings.ledger.open && this.place.view === "bookings" && !this.place.id) return this.parts.bookings.ledger.close();
    if (this.place.id) return this.go(this.place.view);
    const search = this.searchField();
    if (search && search === document.activeElement) search.blur(); // single keys work again
    else search?.focus();
  }

  private readonly arrive = (): void => {
    const former = this.place;
    this.place = placeOf(location.hash);
    if (!this.may(this.place.view)) this.place = { view: "bookings", id: "" };
    this.ui = closed;
    this.actions.clear();
    this.requestUpdate();
    if (this.user) void this.enter(former);
  };

  private may(view: View): boolean {
    return view !== "accesses" || this.admin;
  }

  private leaveViews(): void {
    this.parts.bookings.stop();
    this.parts.files.stop();
  }

  private async enter(former?: Place): Promise<void> {
    const { view, id } = this.place;
    this.parts.files.stop();
    if (id && view === "bookings") return this.parts.booking.open(id);
    if (id && view === "members") return this.parts.member.open(id);
    const opened = former?.view === view ? former.id : "";
    if (former && former.view !== view) void this.updateComplete.then(() => this.searchField()?.focus());
    await this.parts[view].enter();
    await this.updateComplete;
    const free = document.activeElement === document.body || document.activeElement === null; // the user may have gone on
    if (opened && free) this.querySelector<HTMLElement>(`tr[data-id="${CSS.escape(opened)}"] [data-row]`)?.focus();
  }

  /** The search of the view that is shown. */
  private searchField(): HTMLElement | undefined {
    return Array.from(this.querySelectorAll<HTMLElement>("[data-search]")).find((s) => s.offsetParent !== null);
  }

  /** Reads the login of this browser. No login is no error. */
  async look(): Promise<void> {
    this.lookedAt = Date.now();
    try {
      this.open(await call<Login>({ method: "GET", path: "/v1/session" }));
    } catch (e) {
      const f = failureOf(e);
      if (f.status === 401 && this.user) this.expire();
      else if (f.status !== 401 && !this.user) this.actions.fail(f);
    }
    this.requestUpdate();
  }

  private open(login: Login): void {
    this.clock.learnTime(login.at);
    this.clock.learnZone(login.at);
    const known = this.user?.clinic === login.clinic;
    this.user = login;
    if (known) return;
    this.feed = startFeed({
      origin: location.origin, topics: ["staff:" + login.clinic], transports: [socket, stream],
      onFrame: (f) => this.show(f),
      onStatus: (s) => this.showStatus(s),
    });
  }

  /** Forgets all names. */
  private leave(): void {
    this.feed?.stop();
    this.feed = this.user = this.staff = this.status = undefined;
    this.actions.forget();
    this.helping = false;
    this.ui = closed;
    this.leaveViews();
    this.parts = this.newParts();
    this.tick(0);
  }

  expire(): void {
    this.leave();
    this.actions.warn(this.w.t("staff.expired"));
    this.requestUpdate();
  }

  private show(f: Frame): void {
    if (f.at && f.type === TypePulse) this.clock.learnTime(f.at);
    const first = !this.staff;
    if (f.staff) this.staff = f.staff;
    if (first && this.staff) this.arrive();
    else if (f.staff && this.place.id && this.place.view === "bookings") this.parts.booking.changed();
    else if (f.staff && this.place.view === "bookings") this.parts.bookings.changed();
    this.requestUpdate();
  }

  private showStatus(s: Status): void {
    const lost = this.status?.up && !s.up;
    this.status = s;
    this.tick(s.link === "live" ? 60_000 : 1_000);
    if (lost || (s.link !== "live" && Date.now() - this.lookedAt > lookEvery)) void this.look(); // a login that ended looks like a broken line
    if (s.link === "live") this.actions.age();
    this.requestUpdate();
  }

  private readonly enterLogin = async (body: LoginRequest) => {
    const login = await this.send("", { method: "POST", path: "/v1/login", body });
    if (login) await this.look();
    if (login && !this.user) this.actions.warn(this.w.t("staff.noCookies"));
    this.requestUpdate();
  };

  private readonly logout = async () => {
    if (await this.send(this.w.t("staff.logout"), { method: "POST", path: "/v1/logout" })) this.leave();
    this.requestUpdate();
  };

  override render(): TemplateResult {
    const { w } = this;
    if (!this.user) return html`${this.actions.problem()} ${loginForm(w, this.busy, (r) => void this.enterLogin(r))}`;
    return html`<header>
        <h1>${this.staff?.name ?? w.t("books.title")}</h1>
        ${this.status ? freshness(w, freshnessOf(this.status)) : nothing}
        <a href="/staff" id="to-desk">${w.t("books.desk")}</a>
        <button type="button" id="keys" aria-expanded=${this.helping ? "true" : "false"} @click=${() => this.help()}>${w.t("keys.title")} ${mark("?")}</button>
        <button type="button" id="logout" .disabled=${this.busy} @click=${() => void this.logout()}>${w.t("staff.logout")}</button>
      </header>
      ${this.actions.problem(this.staff)}
      ${this.helping ? help(w, () => this.help(), () => this.requestUpdate()) : nothing}
      <nav aria-label=${w.t("books.title")}>${views.filter((v) => this.may(v)).map((v, i) => html`<button type="button" data-view=${v} data-key=${i + 1}
        aria-pressed=${v === this.place.view ? "true" : "false"} @click=${() => this.go(v)}>${w.t(`books.view_${v}`)}</button>`)}</nav>
      ${this.staff ? html`<main>${this.actions.renderNote(this.staff)} ${this.view()}</main>` : html`<main><p>${w.t("staff.loading")}</p></main>`}`;
  }

  /** The list stays under what is open, with what is typed in its search. */
  private view(): TemplateResult {
    const { view, id } = this.place;
    const { bookings, booking, members, member, files, accesses } = this.parts;
    return html`<div .hidden=${view !== "bookings" || id !== ""}>${bookings.render()}</div>
      <div .hidden=${view !== "members" || id !== ""}>${members.render()}</div>
      ${view === "bookings" && id ? booking.render() : nothing}
      ${view === "members" && id ? member.render() : nothing}
      ${view === "files" ? files.render() : nothing}
      ${view === "accesses" ? accesses.render() : nothing}`;
  }
}

begin("junban-books", BooksPage);
