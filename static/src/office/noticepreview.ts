// A notice as its receiver reads it, with what is typed. The server writes it, because the
// sentences of seven languages are there.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { call } from "../lib/api.ts";
import { clinicRules } from "../rules.ts";
import type { StaffWords } from "../staff/words.ts";
import type { NewsDraft, NoticePreview, NoticeSettings, PreviewRequest, Staff } from "../wire.ts";
import { channels, kinds, stagesOf } from "./noticekinds.ts";

/** What is typed, of the settings or of news. */
export interface Typed {
  notices?: NoticeSettings | undefined;
  news?: NewsDraft;
}

export class NoticePreviewView {
  private readonly ask: PreviewRequest;
  private clinic = "";
  private typed: Typed = {};
  private written: NoticePreview | undefined; // undefined: unknown, or what is typed is invalid
  private shown = ""; // the request whose answer is shown
  private busy = false;

  /** Of news alone the kind is fixed. */
  constructor(private readonly redraw: () => void, private readonly fixed?: string) {
    this.ask = { kind: fixed ?? "approach", stage: "", language: document.documentElement.lang === "en" ? "en" : "ja", channel: "push", service: "" };
  }

  /** Reads the notice for what is typed. While a request is running, only the newest text waits. */
  read(clinic: string, typed: Typed): void {
    this.clinic = clinic;
    this.typed = typed;
    void this.next();
  }

  /** Shows nothing: too little is typed. */
  clear(): void {
    this.clinic = "";
    this.written = undefined;
    this.shown = "";
  }

  /** Shows another kind. */
  choose(kind: string): void {
    if (kind !== this.ask.kind) this.set({ kind, stage: stagesOf(kind)[0] ?? "" });
  }

  private set(change: Partial<PreviewRequest>): void {
    Object.assign(this.ask, change);
    this.redraw();
    void this.next();
  }

  private async next(): Promise<void> {
    const body: PreviewRequest = { ...this.ask, ...(this.typed.notices ? { notices: this.typed.notices } : {}), ...(this.typed.news ? { news: this.typed.news } : {}) };
    const wanted = this.clinic + JSON.stringify(body);
    if (this.busy || this.clinic === "" || wanted === this.shown) return;
    this.busy = true;
    let written: NoticePreview | undefined;
    try {
      written = await call<NoticePreview>({ method: "POST", path: `/v1/clinics/${this.clinic}/notices/preview`, body });
    } catch {
      written = undefined;
    }
    this.busy = false;
    if (this.clinic === "") return; // cleared since
    this.written = written;
    this.shown = wanted;
    this.redraw();
    void this.next();
  }

  render(w: StaffWords, staff: Staff): TemplateResult {
    const { ask, written } = this;
    const choice = (name: "kind" | "stage" | "language" | "channel" | "service", label: string, values: readonly string[], text: (v: string) => string) =>
      html`<label>${label} <select data-preview-of=${name} @change=${(e: Event) => {
          const { value } = e.target as HTMLSelectElement;
          this.set(name === "kind" ? { kind: value, stage: stagesOf(value)[0] ?? "" } : { [name]: value });
        }} .value=${ask[name] ?? ""}>
        ${values.map((v) => html`<option value=${v} .selected=${v === (ask[name] ?? "")}>${text(v)}</option>`)}</select></label>`;
    const stages = stagesOf(ask.kind);
    const services = staff.services.map((s) => s.board);
    return html`<div class="preview whole notice-preview" data-preview="notice" role="group" aria-label=${w.t("settings.preview")}>
      <p class="small">${w.t(this.fixed ? "notices.sampleNews" : "notices.sample")}</p>
      <p class="of">${this.fixed ? nothing : choice("kind", w.t("notices.kind"), kinds, (k) => w.find("noticeKind", k) ?? k)}
        ${stages.length > 1 ? choice("stage", w.t("notices.stage"), stages, (s) => (s === "" ? w.t("notices.usual") : (w.find("noticeStage", s) ?? s))) : nothing}
        ${choice("channel", w.t("notices.channel"), channels, (c) => w.find("noticeChannel", c) ?? c)}
        ${choice("language", w.t("notices.language"), clinicRules.language.values, (l) => w.find("rule", l) ?? l)}
        ${!this.fixed && services.length > 1 ? choice("service", w.t("notices.service"), ["", ...services.slice(1).map((b) => b.service)],
          (s) => services.find((b) => b.service === s)?.name ?? services[0]?.name ?? s) : nothing}</p>
      <div aria-live="polite">${written ? this.text(w, written) : html`<p>${w.t("notices.sampleNone")}</p>`}</div></div>`;
  }

  private text(w: StaffWords, n: NoticePreview): TemplateResult {
    const lang = this.ask.language;
    if (this.ask.channel === "mail") {
      return html`<div class="letter" lang=${lang ?? "ja"}><p><small>${w.t("notices.subject")}</small> <b data-subject>${n.subject ?? ""}</b></p><pre data-text>${n.text ?? ""}</pre></div>`;
    }
    return html`<div class="lock" lang=${lang ?? "ja"}><p><b data-title>${n.title}</b></p><p data-body>${n.body}</p></div>`;
  }
}
