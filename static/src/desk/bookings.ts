// Bookings of later days at the desk: the choice of a day, and the list of all
// bookings. A second list has the tickets whose session was closed or shortened. The
// first two are read when they are opened and after every action. The last is also read
// when the clinic's record changes and, while it is not empty, every few seconds. Other
// desks work on it too. A third list, read with it, has bookings that were lost.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { call, Failure } from "../lib/api.ts";
import { count } from "../lib/boardtext.ts";
import { dayText } from "../lib/days.ts";
import { daySelect } from "../lib/dayselect.ts";
import { isolated } from "../lib/isolated.ts";
import { countOf } from "../lib/status.ts";
import { affectedMark, isAffected, noPhone } from "../staff/affected.ts";
import { actOn } from "../staff/calls.ts";
import type { Page } from "../staff/page.ts";
import { personOf } from "../staff/person.ts";
import type { Bookings, Day, Days, Mark, MissingBookings, Staff, StaffTicket, TicketAnswer } from "../wire.ts";
import { editForm, openRebook, rebookForm } from "./change.ts";
import { alike, MarksView } from "./marks.ts";

const rereadEvery = 10_000; // ms
const lookEvery = 60_000; // while there is nothing to do

export class BookingsView {
  private list: StaffTicket[] | undefined; // undefined: closed
  private gone: StaffTicket[] = []; // cancelled here since it was opened
  private affected: StaffTicket[] = []; // of days to come, whose session was closed or shortened
  private missing: StaffTicket[] = []; // that the store of the line has lost
  private registerDown = false; // then no booking of another day is confirmed
  private contacted: StaffTicket | undefined; // the ticket whose patient was informed here last
  private rev: string | undefined; // of the clinic's record when the affected were read
  private timer = 0;
  private stopped = false;
  private asked = ""; // the ticket that may be cancelled, with a question before it
  private readonly days = new Map<string, Day[]>(); // by service or ticket, where a day is being chosen
  private marks: Mark[] = []; // of web bookings, by day
  private readonly marked: MarksView;
  private staff: Staff | undefined; // of the latest frame
  private clinic = ""; // whose bookings were read last

  constructor(private readonly page: Page) {
    this.marked = new MarksView(page, () => void this.again());
  }

  changed(): Promise<void> {
    return this.clinic ? this.again() : Promise.resolve();
  }

  /** Reads the bookings again, the list too if it is open. */
  private async again(): Promise<void> {
    if (this.list) await this.read(this.clinic);
    else await this.watch(this.clinic);
  }

  private took(clinic: string, read: Bookings): void {
    this.clinic = clinic;
    this.marks = read.marks;
    this.affected = read.tickets.filter(isAffected);
  }

  /** Reads which bookings are affected, and which came from one network. Without an answer the former list stays. */
  async watch(clinic: string): Promise<void> {
    window.clearTimeout(this.timer);
    try {
      this.took(clinic, await call<Bookings>({ method: "GET", path: `/v1/clinics/${clinic}/bookings` }));
    } catch {
      // Another read follows.
    }
    try {
      this.missing = (await call<MissingBookings>({ method: "GET", path: `/v1/clinics/${clinic}/missing` })).tickets;
      this.registerDown = false;
    } catch (e) {
      this.registerDown = e instanceof Failure && e.code === "register_unavailable"; // the former list stays
    }
    this.page.redraw();
    window.clearTimeout(this.timer);
    const wait = this.registerDown || this.affected.length + this.missing.length > 0 ? rereadEvery : lookEvery;
    if (!this.stopped) this.timer = window.setTimeout(() => void this.watch(clinic), wait);
  }

  /** That the register is down; and the bookings that were lost, each with the button that takes it in again. */
  renderMissing(staff: Staff): TemplateResult | typeof nothing {
    const { w } = this.page;
    const { missing } = this;
    const down = this.registerDown ? html`<p class="note late" role="status" id="register-down">${w.t("bookings.registerDown")}</p>` : nothing;
    if (missing.length === 0) return down;
    const restore = (tickets: StaffTicket[]) => async () => {
      for (const t of tickets) if (!(await this.page.send(w.t("act.restore"), actOn(t, "restore")))) break;
      await this.watch(staff.clinic);
    };
    const one = (t: StaffTicket) => html`<span class="acts">${this.button("restore", w.t("act.restore"), restore([t]))}</span>`;
    return html`${down}<section class="bookings affected" id="missing">
      <h2>${w.t("bookings.missingTitle", { n: missing.length })}</h2>
      <p>${w.t("bookings.missingDo")}</p>
      ${missing.length > 1 ? this.button("restore-all", w.t("bookings.missingAll", { n: missing.length }), restore(missing)) : nothing}
      <ol>${missing.map((t) => this.row(t, one(t)))}</ol>
    </section>`;
  }

  /** The desk has a new state; with another record other bookings may be affected. */
  follow(staff: Staff): void {
    this.staff = staff;
    this.stopped = false;
    if (staff.rev === this.rev) return;
    this.rev = staff.rev;
    void this.watch(staff.clinic);
  }

  /** Stops reading. */
  stop(): void {
    this.stopped = true;
    window.clearTimeout(this.timer);
    this.affected = [];
    this.missing = [];
    this.registerDown = false;
  }

  /** The tickets whose session was closed or shortened, until each is handled. */
  renderAffected(staff: Staff): TemplateResult | typeof nothing {
    const { w } = this.page;
    const { contacted } = this;
    const today = staff.services.map((s) => s.tickets.filter(isAffected));
    const all = ([] as StaffTicket[]).concat(...today, this.affected);
    const done = contacted && !all.some((t) => t.id === contacted.id) ? contacted : undefined;
    if (all.length === 0 && !done) return nothing;
    return html`<section class="bookings affected" id="affected-now">
      <h2>${w.t("bookings.affectedTitle", { n: all.length })}</h2>
      <p>${w.t("bookings.affectedDo")}</p>
      <ol>${all.map((t) => this.row(t, this.affectedActs(staff.clinic, t)))}${done ? this.row(done, this.untell(staff.clinic, done)) : nothing}</ol>
    </section>`;
  }

  private affectedActs(clinic: string, t: StaffTicket): TemplateResult {
    const { w } = this.page;
    if (this.asked === t.id) return this.cancel(clinic, t);
    const act = async () => {
      const done = (await this.page.send(w.t("act.contacted"), actOn(t, "contacted", { affected: t.affected }))) as TicketAnswer | undefined;
      if (done) this.contacted = { ...t, rev: done.rev ?? "" };
      await this.watch(clinic);
    };
    return html`${this.button("contacted", w.t("act.contacted"), act)} ${this.cancel(clinic, t)}`;
  }

  /** The ticket that was marked as informed here last, with its undo button. */
  private untell(clinic: string, t: StaffTicket): TemplateResult {
    const { w } = this.page;
    const act = async () => {
      if (await this.page.send(w.t("act.undo"), actOn(t, "undo"))) this.contacted = undefined;
      await this.watch(clinic);
    };
    return html`<span class="acts"><span role="status">${w.t("bookings.affectedTold")}</span> ${this.button("untell", w.t("act.undo"), act)}</span>`;
  }

  /** The choice of a day in the form of a service. */
  choice(service: string): TemplateResult {
    const { w } = this.page;
    const days = this.days.get(service);
    const turn = (e: Event) => void this.choose(service, (e.currentTarget as HTMLInputElement).checked);
    return html`<label class="check"><input name="later" type="checkbox" .checked=${days !== undefined} @change=${turn}>
        ${w.t("bookings.take")}</label>
      ${days ? daySelect(w, days, false, false) : nothing}
      ${days && days.length === 0 ? html`<p class="note">${w.t("bookings.closed")}</p>` : nothing}`;
  }

  private async choose(service: string, later: boolean): Promise<void> {
    this.days.delete(service);
    if (later) {
      const read = await this.page.send(this.page.w.t("bookings.take"), { method: "GET", path: `/v1/services/${service}/days` });
      if (read) this.days.set(service, (read as Days).days);
    }
    this.page.redraw();
  }

  /** Reads the days to which a booking without a slot may move. */
  async openDays(t: StaffTicket): Promise<void> {
    this.days.delete(t.id);
    const read = await this.page.send(this.page.w.t("bookings.take"), { method: "GET", path: `/v1/services/${t.service}/days` });
    if (read) this.days.set(t.id, (read as Days).days.filter((d) => d.day !== t.day));
    this.page.redraw();
  }

  /** The choice among them; its value is for dayOf. */
  otherDay(t: StaffTicket): TemplateResult | typeof nothing {
    const days = this.days.get(t.id);
    if (!days) return nothing;
    if (days.length === 0) return html`<p class="note" role="status">${this.page.w.t("bookings.closed")}</p>`;
    return daySelect(this.page.w, days, t.firstVisit, false);
  }

  /** A patient was received at a service: the next one is for today again. */
  async received(service: string, clinic: string): Promise<void> {
    if (!this.days.delete(service)) return;
    this.page.redraw();
    if (this.list) await this.read(clinic);
  }

  private async read(clinic: string): Promise<void> {
    const read = await this.page.send(this.page.w.t("bookings.title"), { method: "GET", path: `/v1/clinics/${clinic}/bookings` });
    if (read) {
      this.list = (read as Bookings).tickets;
      this.took(clinic, read as Bookings);
    }
    this.page.redraw();
  }

  private readonly close = () => {
    this.list = undefined;
    this.gone = [];
    this.asked = "";
    this.page.redraw();
  };

  render(clinic: string): TemplateResult {
    const { w, busy } = this.page;
    const { list } = this;
    const toggle = () => (list ? this.close() : void this.read(clinic));
    return html`<section class="bookings">
      <button type="button" data-bookings aria-expanded=${list ? "true" : "false"} .disabled=${busy} @click=${toggle}>${w.t("bookings.title")}</button>
      ${this.marked.render(clinic, this.marks)}
      ${list && list.length + this.gone.length === 0 ? html`<p>${w.t("bookings.nobody")}</p>` : nothing}
      ${list ? html`<ol>${list.map((t) => this.row(t, html`${this.changes(t)} ${this.page.ui.open?.of === t.id ? nothing : this.cancel(clinic, t)}`))}${this.gone.map((t) => this.row(t, this.undo(clinic, t), "cancelled"))}</ol>` : nothing}
    </section>`;
  }

  private row(t: StaffTicket, acts: TemplateResult, state = ""): TemplateResult {
    const { w } = this.page;
    const same = alike(this.marks, t);
    const marks = [
      t.serviceName,
      t.partySize > 1 ? count(w, countOf(t.partySize, "人")) : "",
      t.firstVisit ? w.t("staff.firstVisit") : "",
      t.kind ?? "",
      t.channel === "web" ? w.t("staff.web") : w.t("staff.desk"),
      same > 1 ? w.t("marks.alike", { n: same }) : "",
    ];
    return html`<li class="ticket ${state}" data-booking=${t.id}>
      <span class="what">
        ${affectedMark(w, t)}
        ${t.slot
          ? html`<strong>${dayText(w, t.day)} <span translate="no">${t.slot}</span></strong>`
          : html`<strong>${dayText(w, t.day, t.session)}</strong> <b>${t.number ? w.t("bookings.number", { n: t.number }) : w.t("bookings.unnumbered")}</b>`}
        ${personOf(t)} ${isAffected(t) ? noPhone(w, t) : nothing}
        <small>${marks.filter((x) => x !== "").map(isolated).join(" · ")}</small>
      </span>
      ${acts}
    </li>`;
  }

  /** Another slot or day, and other details, where the ticket allows that. */
  private changes(t: StaffTicket): TemplateResult | typeof nothing {
    const { page } = this;
    const service = this.staff?.services.find((s) => s.board.service === t.service);
    if (!service) return nothing;
    const form = page.ui.open?.of === t.id ? page.ui.open.form : "";
    if (form === "rebook") return rebookForm(page, t);
    if (form === "edit") return editForm(page, t, service.kinds);
    return html`<span class="acts">
      ${t.acts.includes("rebook") ? this.button("rebook", page.w.t("act.rebook"), () => openRebook(page, t, service.board.day)) : nothing}
      ${t.acts.includes("edit") ? this.button("edit", page.w.t("act.edit"), () => page.set({ open: { of: t.id, form: "edit" } })) : nothing}
    </span>`;
  }

  private cancel(clinic: string, t: StaffTicket): TemplateResult {
    const { w } = this.page;
    const ask = (id: string) => () => {
      this.asked = id;
      this.page.redraw();
    };
    if (this.asked !== t.id) return html`<span class="acts">${this.button("cancel", w.t("act.cancel"), ask(t.id))}</span>`;
    const act = async () => {
      const done = (await this.page.send(w.t("act.cancel"), actOn(t, "cancel"))) as TicketAnswer | undefined;
      if (!done) return;
      this.asked = "";
      if (this.list) {
        this.gone.push({ ...t, rev: done.rev ?? "" });
        await this.read(clinic);
      }
      await this.watch(clinic);
    };
    return html`<span class="acts ask">
      <span role="alert">${w.t("bookings.sure", { day: t.slot ? `${dayText(w, t.day)} ${t.slot}` : dayText(w, t.day, t.session) })}</span>
      ${this.button("cancel-yes", w.t("staff.yes_cancel"), act, "danger")} ${this.button("cancel-no", w.t("staff.no"), ask(""))}
    </span>`;
  }

  private undo(clinic: string, t: StaffTicket): TemplateResult {
    const { w } = this.page;
    const act = async () => {
      if (!(await this.page.send(w.t("act.undo"), actOn(t, "undo")))) return;
      this.gone = this.gone.filter((g) => g.id !== t.id);
      await this.read(clinic);
      await this.watch(clinic);
    };
    return html`<span class="acts"><span role="status">${w.t("bookings.gone")}</span> ${this.button("undo", w.t("act.undo"), act)}</span>`;
  }

  private button(act: string, label: string, run: () => unknown, mark = ""): TemplateResult {
    return html`<button type="button" data-act=${act} class=${mark || nothing} .disabled=${this.page.busy} @click=${run}>${label}</button>`;
  }
}
