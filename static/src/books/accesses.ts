// 閲覧記録: who looked at whom, when and for what; for admins.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { mark } from "../staff/letters.ts";
import type { Access, Accesses } from "../wire.ts";
import { dated } from "./bookingcells.ts";
import type { Books } from "./host.ts";
import { list } from "./list.ts";

export class AccessesView {
  private read: Accesses | undefined;

  constructor(private readonly page: Books) {}

  async enter(): Promise<void> {
    this.read = await this.page.read<Accesses>({ method: "GET", path: this.page.path("accesses") }) ?? this.read;
    this.page.redraw();
  }

  private async further(): Promise<void> {
    const before = this.read;
    if (!before?.next) return;
    const next = await this.page.read<Accesses>({ method: "GET", path: this.page.path("accesses?after=" + encodeURIComponent(before.next)) });
    if (!next || this.read !== before) return;
    this.read = { ...next, accesses: [...before.accesses, ...next.accesses] };
    this.page.redraw();
  }

  render(): TemplateResult {
    const { w } = this.page;
    const columns = [
      { name: "at", label: w.t("books.when"), cell: (a: Access) => dated(a.at) },
      { name: "by", label: w.t("books.who"), cell: (a: Access) => html`<bdi>${a.by}</bdi>` },
      { name: "act", label: w.t("books.what"), cell: (a: Access) => w.find("books", "access_" + a.act) ?? a.act },
      { name: "member", label: w.t("books.member"), cell: (a: Access) => (a.number ? w.t("books.number", { n: a.number }) : nothing) },
      { name: "detail", label: w.t("books.detail"), cell: (a: Access) => a.detail ?? nothing },
    ];
    return html`<section class="books" aria-labelledby="accesses-title">
      <div class="head"><h2 id="accesses-title">${w.t("books.view_accesses")}</h2></div>
      <p>${w.t("books.accessesHow")}</p>
      ${this.read ? list(w, { caption: w.t("books.view_accesses"), columns, rows: this.read.accesses, id: (a) => a.id, open: (a) => a.member && this.page.go("members", a.member) })
        : html`<p role="status">${w.t("books.searching")}</p>`}
      ${this.read?.next ? html`<p><button type="button" data-key="m" id="more" @click=${() => void this.further()}>${w.t("books.more")} ${mark("M")}</button></p>` : nothing}
    </section>`;
  }
}
