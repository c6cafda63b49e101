// One booking: its fields, what may be done to it, and its member.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { editForm, openRebook, rebookForm } from "../desk/change.ts";
import { newKey } from "../lib/api.ts";
import { dateText } from "../lib/when.ts";
import { actOn, put } from "../staff/calls.ts";
import { mark } from "../staff/letters.ts";
import type { Page } from "../staff/page.ts";
import type { BookingRow, Member, Members, StaffTicket } from "../wire.ts";
import { bookingCell, dated, stateMark, timeOf } from "./bookingcells.ts";
import type { Books } from "./host.ts";
import { liveTickets, overlaid } from "./overlay.ts";

const facts = ["name", "kana", "phone", "card", "birth", "sex", "mail", "symptoms", "memo", "service", "kind", "party", "firstVisit", "channel", "number", "room", "issued", "updated", "arrived", "called", "entered", "ended"];
const settleEvery = 1_000; // ms until the register has what was done to the line
const settleTries = 3; // each is in the access log

export class BookingView {
  private row: BookingRow | undefined;
  private ticket: StaffTicket | undefined; // live
  private member: Member | undefined; // linked
  private alike: Member[] = []; // who it may be
  private asking = false; // whether to cancel
  private id = "";

  constructor(private readonly page: Books) {}

  async open(id: string): Promise<void> {
    Object.assign(this, { id, row: undefined, ticket: undefined, member: undefined, alike: [], asking: false });
    this.page.redraw();
    await this.read();
    void this.page.updateComplete.then(() => document.querySelector<HTMLElement>("#booking-title")?.focus());
  }

  /** The line has changed. */
  changed(): void {
    const t = liveTickets(this.page.staff).get(this.id);
    if (!t || !this.row || this.page.ui.open || this.asking) return;
    this.ticket = t;
    this.row = overlaid(this.row, t);
    this.page.redraw();
  }

  private async read(quiet = false): Promise<void> {
    const { id, page } = this;
    const [row, ticket] = await Promise.all([
      page.read<BookingRow>({ method: "GET", path: page.path("history/" + id) }, quiet ? () => true : undefined),
      page.liveTicket(id),
    ]);
    if (this.id !== id || !row) return page.redraw();
    this.row = row;
    this.ticket = ticket;
    if (!quiet) {
      this.member = row.member ? await page.read<Member>({ method: "GET", path: page.path("members/" + row.member) }) : undefined;
      const { cardNumber = "", phone = "", name = "" } = row.patient;
      const text = cardNumber || phone || name;
      const alike = !row.member && text ? await page.read<Members>({ method: "POST", path: page.path("search/members"), body: { text } }) : undefined;
      if (this.id !== id) return;
      this.alike = alike?.members.slice(0, 5) ?? [];
    }
    page.redraw();
  }

  /** Reads the row until the register has the act. */
  private async settle(): Promise<void> {
    const { id } = this;
    const before = this.row?.updated;
    for (let i = 0; i < settleTries && this.id === id; i++) {
      await new Promise((done) => setTimeout(done, settleEvery));
      await this.read(true);
      if (this.row?.updated !== before) return;
    }
  }

  /** The keyboard goes to the form that opens. */
  private readonly edit = () => {
    if (this.ticket) this.page.set({ open: { of: this.ticket.id, form: "edit" }, over: undefined });
  };

  render(): TemplateResult {
    const { w } = this.page;
    const { row } = this;
    const back = html`<button type="button" data-act="back" @click=${() => this.page.go("bookings")}>← ${w.t("books.back")} ${mark("Esc")}</button>`;
    if (!row) return html`<section class="books one"><div class="head">${back}</div><p role="status">${w.t("books.searching")}</p></section>`;
    return html`<section class="books one" aria-labelledby="booking-title">
      <div class="head">${back}</div>
      <h2 id="booking-title" tabindex="-1">${dateText(w, row.day)} ${timeOf(w, row)} <bdi translate="no">${row.patient.name ?? ""}</bdi> ${stateMark(w, row)}</h2>
      ${row.missing ? html`<p class="note warns">${w.t("books.missing", { time: dated(row.missing) })}</p>` : nothing}
      ${row.erased ? html`<p class="note">${w.t("books.erasedAt", { time: dated(row.erased) })}</p>` : nothing}
      ${row.movedTo ? html`<p class="note">${w.t("books.movedTo")} <a href=${"#bookings/" + row.movedTo} translate="no">${row.movedTo}</a></p>` : nothing}
      ${row.movedFrom ? html`<p class="small">${w.t("books.movedFrom")} <a href=${"#bookings/" + row.movedFrom} translate="no">${row.movedFrom}</a></p>` : nothing}
      ${this.acts(row)}
      <div class="columns">
        <dl class="facts">${facts.map((name) => ({ name, value: bookingCell(name)(w, row) })).filter(({ value }) => value !== nothing && value !== "")
          .map(({ name, value }) => html`<div><dt>${w.find("column", name) ?? name}</dt><dd>${value}</dd></div>`)}</dl>
        ${row.erased ? nothing : this.person(row)}
      </div>
    </section>`;
  }

  private acts(row: BookingRow): TemplateResult | typeof nothing {
    const { w, busy, ui } = this.page;
    const t = this.ticket;
    if (!t) return nothing;
    const page = this.page as unknown as Page; // its words are more than those
    const can = (act: string) => t.acts.includes(act);
    if (ui.open?.of === t.id && ui.open.form === "rebook") return rebookForm(page, t, () => void this.settle());
    const kinds = this.page.staff?.services.find((s) => s.board.service === row.service)?.kinds ?? [];
    if (ui.open?.of === t.id && ui.open.form === "edit") return editForm(page, t, kinds, () => void this.settle());
    if (this.asking) return this.sure(t);
    return html`<p class="acts">
      ${can("edit") ? html`<button type="button" data-key="e" data-act="edit" .disabled=${busy} @click=${this.edit}>${w.t("act.edit")} ${mark("E")}</button>` : nothing}
      ${can("rebook") ? html`<button type="button" data-key="r" data-act="rebook" .disabled=${busy} @click=${() => openRebook(page, t, this.page.today)}>${w.t("act.rebook")} ${mark("R")}</button>` : nothing}
      ${can("cancel") ? html`<button type="button" data-key="d" data-act="cancel" .disabled=${busy} @click=${() => this.ask(true)}>${w.t("act.cancel")} ${mark("D")}</button>` : nothing}
      <a href="/staff">${w.t("books.atDesk")}</a></p>`;
  }

  private ask(asking: boolean): void {
    this.asking = asking;
    this.page.redraw();
    void this.page.updateComplete.then(() => document.querySelector<HTMLElement>(asking ? "[data-act=cancel-no]" : "[data-act=cancel]")?.focus());
  }

  private sure(t: StaffTicket): TemplateResult {
    const { w, busy } = this.page;
    const yes = async () => {
      if (!(await this.page.send(w.t("act.cancel"), actOn(t, "cancel")))) return;
      this.ask(false);
      await this.settle();
    };
    return html`<div class="ask" role="alertdialog" aria-label=${w.t("books.sureCancel")}>
      <p>${w.t("books.sureCancel")}</p>
      <button type="button" data-act="cancel-no" @click=${() => this.ask(false)}>${w.t("books.no")}</button>
      <button type="button" class="danger" data-act="cancel-yes" .disabled=${busy} @click=${() => void yes()}>${w.t("staff.yes_cancel")}</button>
    </div>`;
  }

  private async link(member: string): Promise<void> {
    const { page } = this;
    const done = await page.send(page.w.t("books.link"), put(page.path(`history/${this.id}/member`), { member }));
    if (done) await this.read();
  }

  private async create(): Promise<void> {
    const { page } = this;
    const made = (await page.send(page.w.t("books.create"), { method: "POST", path: page.path("members"), key: newKey(), body: { ticket: this.id } })) as Member | undefined;
    if (made) page.go("members", made.id);
  }

  private person(row: BookingRow): TemplateResult {
    const { w, busy } = this.page;
    const { member } = this;
    if (row.member) {
      return html`<div class="card" id="member-of"><h3>${w.t("books.member")}</h3>
        ${member ? html`<p><a href=${"#members/" + member.id}><b><bdi translate="no">${member.fields.name}</bdi></b></a>
            <small>${w.t("books.number", { n: member.number })}</small></p>
          ${differs(row, member) ? html`<p class="note warns">${w.t("books.differs")}</p>` : nothing}` : nothing}
        <button type="button" data-act="unlink" .disabled=${busy} @click=${() => void this.link("")}>${w.t("books.unlink")}</button></div>`;
    }
    return html`<div class="card" id="member-of"><h3>${w.t("books.member")}</h3>
      ${this.alike.length > 0 ? html`<p>${w.t("books.alike")}</p>
        <ul class="alike">${this.alike.map((m) => html`<li data-id=${m.id}>
          <a href=${"#members/" + m.id}><bdi translate="no">${m.fields.name}</bdi></a> <small><bdi translate="no">${[m.fields.kana, m.fields.birth, m.fields.phone, m.fields.card].filter((x) => x).join(" / ")}</bdi></small>
          <button type="button" data-act="link" .disabled=${busy} @click=${() => void this.link(m.id)}>${w.t("books.link")}</button></li>`)}</ul>` : html`<p>${w.t("books.noneAlike")}</p>`}
      <button type="button" data-act="create" data-key="n" .disabled=${busy} @click=${() => void this.create()}>${w.t("books.create")} ${mark("N")}</button></div>`;
  }
}

/** What the patient typed is not what the clinic has: both are kept, and the desk decides. */
function differs(row: BookingRow, m: Member): boolean {
  const digits = (s: string) => s.normalize("NFKC").replace(/\D/g, "");
  const bare = (s: string) => s.normalize("NFKC").replace(/\s/g, "");
  const { name = "", phone = "" } = row.patient;
  return (name !== "" && bare(name) !== bare(m.fields.name)) || (phone !== "" && m.fields.phone !== "" && digits(phone) !== digits(m.fields.phone));
}
