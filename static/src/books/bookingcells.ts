// What the columns of the bookings show of a row.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { sessionName } from "../lib/days.ts";
import { dateText } from "../lib/when.ts";
import { when } from "../staff/words.ts";
import type { BookingRow } from "../wire.ts";
import type { BooksWords } from "./host.ts";

export const usualBookingColumns = ["name", "kana", "day", "slot", "state", "number", "service", "phone", "card"] as const;

export type Cell = (w: BooksWords, b: BookingRow) => unknown;

const plain = (text: string | undefined): TemplateResult | typeof nothing => (text ? html`<bdi translate="no">${text}</bdi>` : nothing);

const cells: Record<string, Cell> = {
  day: (w, b) => html`<time datetime=${b.day}>${dateText(w, b.day)}</time>`,
  slot: (w, b) => timeOf(w, b),
  number: (_, b) => (b.number ? html`<b class="number" translate="no">${b.number}</b>` : nothing),
  state: (w, b) => stateMark(w, b),
  service: (_, b) => b.serviceName || b.service,
  name: (w, b) => (b.erased ? html`<em>${w.t("books.erased")}</em>` : plain(b.patient.name)),
  kana: (_, b) => plain(b.patient.kana),
  phone: (_, b) => plain(b.patient.phone),
  card: (_, b) => plain(b.patient.cardNumber),
  birth: (_, b) => plain(b.patient.birth),
  sex: (w, b) => (b.patient.sex ? w.find("book", b.patient.sex) ?? nothing : nothing),
  mail: (_, b) => plain(b.patient.mail),
  symptoms: (_, b) => plain(b.patient.symptoms),
  memo: (_, b) => plain(b.patient.memo),
  channel: (w, b) => (b.channel === "desk" ? w.t("staff.desk") : w.t("staff.web")),
  party: (_, b) => b.partySize,
  firstVisit: (w, b) => (b.firstVisit ? w.t("staff.firstVisit") : nothing),
  kind: (_, b) => b.kind ?? nothing,
  room: (_, b) => b.room ?? nothing,
  issued: (_, b) => dated(b.issued),
  updated: (_, b) => dated(b.updated),
  arrived: (_, b) => (b.arrived ? dated(b.arrived) : nothing),
  called: (_, b) => (b.called ? dated(b.called) : nothing),
  entered: (_, b) => (b.entered ? dated(b.entered) : nothing),
  ended: (_, b) => (b.ended ? dated(b.ended) : nothing),
  member: (w, b) => (b.member ? w.t("books.linked") : nothing),
  consent: (w, b) => (b.patient.consent ? w.t("books.yes") : nothing),
  late: (w, b) => (b.late ? w.t("books.yes") : nothing),
  session: (w, b) => (b.session ? sessionName(w, b.session) : nothing),
  mark: (_, b) => plain(b.mark),
  reason: (_, b) => b.reason ?? nothing,
  ticket: (_, b) => plain(b.ticket),
};

/** The cell of a column; a name that this page does not know shows nothing. */
export function bookingCell(name: string): Cell {
  return cells[name] ?? (() => nothing);
}

/** The state as a word with a sign: never by colour alone. */
export function stateMark(w: BooksWords, b: Pick<BookingRow, "state" | "missing">): TemplateResult {
  const text = w.find("status", b.missing ? "lost" : b.state) ?? b.state;
  return html`<span class="state ${b.missing ? "lost" : b.state}">${text}</span>`;
}

/** The slot of a booking, or else its session. */
export function timeOf(w: BooksWords, b: Pick<BookingRow, "slot" | "slotEnd" | "session">): unknown {
  if (b.slot) return html`<b translate="no">${b.slot}</b>`;
  return b.session ? sessionName(w, b.session) : nothing;
}

/** A time with its year: "2026/11/21 09:30". */
export function dated(at: string): string {
  return `${at.slice(0, 4)}/${when(at)}`;
}
