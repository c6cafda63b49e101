// What the columns of the members show of a row.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Member } from "../wire.ts";
import { dated } from "./bookingcells.ts";
import type { BooksWords } from "./host.ts";

export const usualMemberColumns = ["name", "kana", "number", "birth", "phone", "card", "updated"] as const;

const plain = (text: string | undefined): TemplateResult | typeof nothing => (text ? html`<bdi translate="no">${text}</bdi>` : nothing);

const cells: Record<string, (w: BooksWords, m: Member) => unknown> = {
  number: (_, m) => html`<span translate="no">${m.number}</span>`,
  name: (w, m) => plain(m.fields.name || w.t("books.unnamed")),
  kana: (_, m) => plain(m.fields.kana),
  birth: (_, m) => plain(m.fields.birth),
  sex: (w, m) => (m.fields.sex ? w.find("book", m.fields.sex) ?? nothing : nothing),
  phone: (_, m) => plain(m.fields.phone),
  mail: (_, m) => plain(m.fields.mail),
  card: (_, m) => plain(m.fields.card),
  memo: (_, m) => plain(m.fields.memo),
  tags: (_, m) => (m.fields.tags.length > 0 ? plain(m.fields.tags.join("、")) : nothing),
  kind: (_, m) => m.kind.toUpperCase(),
  created: (_, m) => dated(m.created),
  updated: (_, m) => dated(m.updated),
};

export function memberCell(name: string): (w: BooksWords, m: Member) => unknown {
  return cells[name] ?? (() => nothing);
}
