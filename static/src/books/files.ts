// 通知情報: the CSV files that are made in the background, and the certificates of erasures.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Certificate, Certificates, Export, Exports } from "../wire.ts";
import { dated } from "./bookingcells.ts";
import type { Books } from "./host.ts";
import { certificateText } from "./member.ts";

const rereadEvery = 1_500; // ms, while a file is made

export class FilesView {
  private exports: Export[] | undefined;
  private certificates: Certificate[] = [];
  private timer = 0;

  constructor(private readonly page: Books) {}

  async enter(): Promise<void> {
    const certificates = await this.page.read<Certificates>({ method: "GET", path: this.page.path("certificates") });
    this.certificates = certificates?.certificates ?? [];
    await this.read();
  }

  stop(): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
  }

  private async read(): Promise<void> {
    this.stop();
    const read = await this.page.read<Exports>({ method: "GET", path: this.page.path("exports") }, this.exports ? () => true : undefined);
    if (read) this.exports = read.exports;
    this.page.redraw();
    this.stop();
    if (this.exports?.some((e) => e.state === "due" || e.state === "running")) this.timer = window.setTimeout(() => void this.read(), rereadEvery);
  }

  render(): TemplateResult {
    const { w } = this.page;
    return html`<section class="books" aria-labelledby="files-title">
      <div class="head"><h2 id="files-title">${w.t("books.view_files")}</h2></div>
      <p>${w.t("books.filesHow")}</p>
      ${this.exports ? html`${this.exports.length === 0 ? html`<p class="empty">${w.t("books.noFiles")}</p>` : nothing}
        <ul class="files">${this.exports.map((e) => this.file(e))}</ul>` : html`<p role="status">${w.t("books.searching")}</p>`}
      ${this.certificates.length > 0 ? html`<h3>${w.t("books.certificates")}</h3><ul class="files">${this.certificates.map((c) => html`<li>${certificateText(this.page, c)}</li>`)}</ul>` : nothing}
    </section>`;
  }

  private file(e: Export): TemplateResult {
    const { w } = this.page;
    const done = e.state === "done";
    return html`<li data-export=${e.id}>
      <p><b><bdi translate="no">${e.file}</bdi></b> <span class=${"state file-" + e.state} role="status">${w.find("books", "file_" + e.state) ?? e.state}</span></p>
      <p class="small">${dated(e.created)} <bdi>${e.by}</bdi> ${w.find("books", "encoding_" + e.encoding) ?? e.encoding} ${done ? w.t("books.rows", { n: e.rows }) : nothing} ${done ? w.t("books.size", { n: Math.max(1, Math.round(e.bytes / 1024)) }) : nothing}
        ${e.expires ? w.t("books.until", { time: dated(e.expires) }) : nothing}</p>
      ${e.state === "due" || e.state === "running" ? html`<p><progress max=${Math.max(1, e.total)} value=${e.rows} aria-label=${e.file}></progress> ${w.t("books.progress", { n: e.rows, all: e.total })}</p>` : nothing}
      ${done && e.replaced > 0 ? html`<p class="note warns">${w.t("books.csvReplaced", { n: e.replaced })}</p>` : nothing}
      ${done ? html`<p><a class="button" href=${this.page.path(`exports/${e.id}/file`)} download>${w.t("books.download")}</a></p>` : nothing}
    </li>`;
  }
}
