// One member: fields, all bookings, who may be the same person, merges, and the person's
// rights: all data as a file, and the erasure.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { PhoneBooking } from "../desk/phonebooking.ts";
import { newKey, type Failure } from "../lib/api.ts";
import { field } from "../lib/element.ts";
import { put } from "../staff/calls.ts";
import { mark } from "../staff/letters.ts";
import { isSlotService } from "../staff/snapshot.ts";
import type { BookingRow, BookingRows, Candidates, Certificate, Member, MemberFields, Merge, Merges } from "../wire.ts";
import { bookingCell, dated } from "./bookingcells.ts";
import { download } from "./download.ts";
import type { Books } from "./host.ts";
import { countText, list } from "./list.ts";
import { memberCell } from "./membercells.ts";
import { MemberForm } from "./memberform.ts";

const facts = ["name", "kana", "birth", "sex", "phone", "mail", "card", "tags", "memo", "kind", "created", "updated"];
const bookingColumns = ["day", "slot", "service", "state", "number", "kind", "symptoms"];

export class MemberView {
  private id = "";
  private member: Member | undefined;
  private bookings: BookingRows | undefined;
  private candidates: Member[] = [];
  private merges: Merge[] = [];
  private asked = ""; // "edit", "erase", or the id of the member to merge
  private certificate: Certificate | undefined; // of the erasure just now
  private phone: PhoneBooking | undefined;
  private readonly form: MemberForm;

  constructor(private readonly page: Books, private readonly expire: (f: Failure) => void) {
    this.form = new MemberForm(page);
  }

  async open(id: string): Promise<void> {
    Object.assign(this, { id, member: undefined, bookings: undefined, candidates: [], merges: [], asked: "", certificate: undefined, phone: undefined });
    this.page.redraw();
    await this.read();
    void this.page.updateComplete.then(() => document.querySelector<HTMLElement>("#member-title")?.focus());
  }

  private own(rest = ""): string {
    return this.page.path("members/" + encodeURIComponent(this.id) + rest);
  }

  private async read(): Promise<void> {
    const { id, page } = this;
    const member = await page.read<Member>({ method: "GET", path: this.own() });
    if (this.id !== id || !member) return page.redraw();
    this.member = member;
    const { name, phone, card } = member.fields;
    if (!this.phone) this.phone = page.phoneOf({ member: member.id, name, phone, cardNumber: card });
    page.redraw();
    const [bookings, candidates, merges] = await Promise.all([
      page.read<BookingRows>({ method: "GET", path: this.own("/bookings") }),
      member.mergedInto ? undefined : page.read<Candidates>({ method: "GET", path: this.own("/candidates") }),
      page.read<Merges>({ method: "GET", path: this.own("/merges") }),
    ]);
    if (this.id !== id) return;
    this.bookings = bookings;
    this.candidates = candidates?.members ?? [];
    this.merges = merges?.merges ?? [];
    page.redraw();
  }

  /** A booking was made or changed here. */
  async changed(): Promise<void> {
    if (this.member) await this.read();
  }

  private async further(): Promise<void> {
    const { id, bookings } = this;
    if (!bookings?.next) return;
    const next = await this.page.read<BookingRows>({ method: "GET", path: this.own("/bookings?after=" + encodeURIComponent(bookings.next)) });
    if (!next || this.id !== id) return;
    this.bookings = { ...next, count: bookings.count, more: bookings.more, bookings: [...bookings.bookings, ...next.bookings] };
    this.page.redraw();
  }

  /** Escape closes what is open; false: nothing was. */
  back(): boolean {
    if (!this.asked) return false;
    this.ask("");
    return true;
  }

  private ask(asked: string): void {
    const former = this.asked;
    this.asked = asked;
    this.form.forget();
    this.page.redraw();
    const to = asked ? "#member-form [name=name], #erase input, [data-act=merge-no]" : former === "edit" ? "[data-act=edit]" : former === "erase" ? "[data-act=erase]" : "[data-act=merge]";
    void this.page.updateComplete.then(() => document.querySelector<HTMLElement>(to)?.focus());
  }

  private async save(m: Member, fields: MemberFields): Promise<void> {
    const { page } = this;
    const saved = (await page.send(page.w.t("books.edit"), put(this.own(), { version: m.version, fields }), this.form.refused)) as Member | undefined;
    if (!saved) return;
    this.member = saved;
    this.phone = undefined; // its form begins with the former fields
    this.ask("");
    await this.read();
  }

  render(): TemplateResult {
    const { w, admin } = this.page;
    const m = this.member;
    const head = html`<div class="head"><button type="button" data-act="back" @click=${() => this.page.go("members")}>← ${w.t("books.back")} ${mark("Esc")}</button></div>`;
    if (this.certificate) return html`<section class="books one">${head}${this.erased(this.certificate)}</section>`;
    if (!m) return html`<section class="books one">${head}<p role="status">${w.t("books.searching")}</p></section>`;
    return html`<section class="books one" aria-labelledby="member-title">
      ${head}
      <h2 id="member-title" tabindex="-1"><bdi translate="no">${m.fields.name || w.t("books.unnamed")}</bdi> <small>${w.t("books.number", { n: m.number })}</small></h2>
      ${m.mergedInto ? html`<p class="note warns">${w.t("books.mergedInto")} <a href=${"#members/" + m.mergedInto}>${w.t("books.openOther")}</a></p>` : nothing}
      ${this.asked === "edit" ? this.form.render(w.t("books.edit"), m.fields, (f) => void this.save(m, f), () => this.ask("")) : html`<div class="columns">
        <div><dl class="facts">${facts.map((name) => ({ name, value: memberCell(name)(w, m) })).filter(({ value }) => value !== nothing && value !== "")
          .map(({ name, value }) => html`<div><dt>${w.find("column", name) ?? name}</dt><dd>${value}</dd></div>`)}</dl>
          ${m.mergedInto ? nothing : html`<p class="acts"><button type="button" data-act="edit" data-key="e" @click=${() => this.ask("edit")}>${w.t("books.edit")} ${mark("E")}</button></p>`}</div>
        ${m.mergedInto ? nothing : this.alike(m)}</div>`}
      ${m.mergedInto ? nothing : (this.page.staff?.services ?? []).filter(isSlotService).map((s) => html`<div class="phones">${this.phone?.render(s) ?? nothing} <span>${s.board.name}</span></div>`)}
      ${this.visits()}
      ${this.merged()}
      ${admin && !m.mergedInto ? this.rights(m) : nothing}
    </section>`;
  }

  private visits(): TemplateResult {
    const { w } = this.page;
    const { bookings } = this;
    const columns = bookingColumns.map((name) => ({ name, label: w.find("column", name) ?? name, cell: (b: BookingRow) => bookingCell(name)(w, b) }));
    return html`<h3>${w.t("books.visits")} ${bookings ? html`<small>${countText(w, bookings.count, bookings.more)}</small>` : nothing}</h3>
      ${bookings && bookings.bookings.length > 0
        ? list(w, { caption: w.t("books.visits"), columns, rows: bookings.bookings, id: (b) => b.ticket, open: (b) => this.page.go("bookings", b.ticket) })
        : html`<p role="status">${bookings ? w.t("books.none") : w.t("books.searching")}</p>`}
      ${bookings?.next ? html`<p><button type="button" data-key="m" id="more" @click=${() => void this.further()}>${w.t("books.more")} ${mark("M")}</button></p>` : nothing}`;
  }

  private alike(m: Member): TemplateResult | typeof nothing {
    const { w } = this.page;
    if (this.candidates.length === 0) return nothing;
    return html`<div class="card" id="candidates"><h3>${w.t("books.candidates")}</h3>
      <ul class="alike">${this.candidates.map((c) => html`<li data-id=${c.id}>
        <a href=${"#members/" + c.id}><bdi translate="no">${c.fields.name}</bdi></a> <small>${w.t("books.number", { n: c.number })}</small>
        ${this.asked === c.id ? this.sure(m, c) : html`<button type="button" data-act="merge" @click=${() => this.ask(c.id)}>${w.t("books.merge")}</button>`}</li>`)}</ul></div>`;
  }

  private sure(m: Member, other: Member): TemplateResult {
    const { w, busy } = this.page;
    const yes = async () => {
      const done = (await this.page.send(w.t("books.merge"), { method: "POST", path: this.own("/merge"), key: newKey(), body: { other: other.id } })) as Merge | undefined;
      if (!done) return;
      this.asked = "";
      await this.read();
      void this.page.updateComplete.then(() => document.querySelector<HTMLElement>(`[data-undo="${done.id}"]`)?.focus());
    };
    return html`<div class="ask" role="alertdialog" aria-label=${w.t("books.sureMerge")}>
      <p>${w.t("books.sureMerge")}</p>
      <div class="wide" tabindex="-1"><table class="compare"><thead><tr><td></td><th scope="col">${w.t("books.stays")}</th><th scope="col">${w.t("books.goes")}</th></tr></thead>
        <tbody>${["number", ...facts.slice(0, 9)].map((name) => {
          const [a, b] = [memberCell(name)(w, m), memberCell(name)(w, other)];
          return a === nothing && b === nothing ? nothing : html`<tr><th scope="row">${w.find("column", name) ?? name}</th><td>${a}</td><td>${b}</td></tr>`;
        })}</tbody></table></div>
      <button type="button" data-act="merge-no" @click=${() => this.ask("")}>${w.t("books.no")}</button>
      <button type="button" class="danger" data-act="merge-yes" .disabled=${busy} @click=${() => void yes()}>${w.t("books.mergeYes")}</button>
    </div>`;
  }

  private merged(): TemplateResult | typeof nothing {
    const { w, busy } = this.page;
    if (this.merges.length === 0) return nothing;
    const undo = async (id: string) => {
      if (await this.page.send(w.t("books.unmerge"), { method: "POST", path: this.page.path(`merges/${encodeURIComponent(id)}/undo`), key: newKey() })) await this.read();
    };
    return html`<h3>${w.t("books.merges")}</h3>
      <ul class="log" id="merges">${this.merges.map((g) => html`<li>${dated(g.at)} ${w.t("books.mergedBy", { by: g.by, n: g.bookings })}
        <a href=${"#members/" + (g.kept === this.id ? g.merged : g.kept)}>${w.t("books.openOther")}</a>
        ${g.undone ? html`<small>${w.t("books.undone", { time: dated(g.undone), by: g.undoneBy ?? "" })}</small>`
          : html`<button type="button" data-undo=${g.id} .disabled=${busy} @click=${() => void undo(g.id)}>${w.t("books.unmerge")}</button>`}</li>`)}</ul>`;
  }

  private rights(m: Member): TemplateResult {
    const { w, busy } = this.page;
    const data = async () => {
      try {
        await download("GET", this.own("/data"));
      } catch (e) {
        this.expire(e as Failure);
      }
    };
    const erase = async (e: Event) => {
      e.preventDefault();
      const number = Number(field(e.currentTarget as HTMLFormElement, "number").normalize("NFKC").replace(/\D/g, ""));
      const done = (await this.page.send(w.t("books.erase"), { method: "POST", path: this.own("/erase"), key: newKey(), body: { number } })) as Certificate | undefined;
      if (!done) return;
      this.certificate = done;
      this.page.forgetLists();
      this.member = undefined;
      this.asked = "";
      this.page.redraw();
      void this.page.updateComplete.then(() => document.querySelector<HTMLElement>("#certificate")?.focus());
    };
    return html`<h3>${w.t("books.rights")}</h3>
      <p class="acts"><button type="button" data-act="data" @click=${() => void data()}>${w.t("books.data")}</button>
        <button type="button" class="danger" data-act="erase" @click=${() => this.ask("erase")}>${w.t("books.erase")}</button></p>
      ${this.asked === "erase" ? html`<form id="erase" class="ask" @submit=${(e: Event) => void erase(e)}>
        <p>${w.t("books.sureErase")}</p>
        <label>${w.t("books.eraseType", { n: m.number })} <input name="number" inputmode="numeric" maxlength="12" required autocomplete="off"></label>
        <button type="button" data-act="erase-no" @click=${() => this.ask("")}>${w.t("books.no")}</button>
        <button type="submit" class="danger" data-act="erase-yes" .disabled=${busy}>${w.t("books.eraseYes")}</button>
      </form>` : nothing}`;
  }

  private erased(c: Certificate): TemplateResult {
    const { w } = this.page;
    return html`<div id="certificate" class="card" tabindex="-1"><h2>${w.t("books.certificate")}</h2>${certificateText(this.page, c)}
      <p>${w.t("books.certificateHow")}</p></div>`;
  }
}

/** What an erasure removed. */
export function certificateText({ w }: Books, c: Certificate): TemplateResult {
  return html`<dl class="facts"><div><dt>${w.t("books.certificateNumber")}</dt><dd><code translate="no">${c.id}</code></dd></div>
    <div><dt>${w.t("books.when")}</dt><dd>${dated(c.at)}</dd></div><div><dt>${w.t("books.who")}</dt><dd><bdi>${c.by}</bdi></dd></div>
    ${(["members", "merges", "bookings", "line", "exports", "redisFile", "databaseLog"] as const).map((store) => html`<div><dt>${w.t(`books.removed_${store}`)}</dt>
      <dd>${typeof c.removed[store] === "number" ? c.removed[store] : w.find("books", "outcome_" + c.removed[store]) ?? c.removed[store]}</dd></div>`)}</dl>`;
}
