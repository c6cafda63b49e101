// The form of the settings of notices. They are part of the clinic's settings, and are
// saved over the version that was read.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { clinicRules } from "../rules.ts";
import type { Page } from "../staff/page.ts";
import type { ClinicSettings, NoticeSettings, NoticeSummary, Staff } from "../wire.ts";
import { ruled, type Field } from "./field.ts";
import { errorsAt, errorsBelow, Form } from "./form.ts";
import { capsWith, channels, isTelling, kinds, offOf, wordsWith } from "./noticekinds.ts";
import { NoticePreviewView } from "./noticepreview.ts";

const text = ruled(clinicRules, "text");
const names: readonly Field[] = [text("notices.label"), { path: "notices.discreet", kind: "check" }];
const times: readonly Field[] = [ruled(clinicRules, "number")("notices.travel"), { path: "notices.next", kind: "check" }];
const quiet: readonly Field[] = [
  { path: "notices.quiet.from", kind: "time", least: 1 },
  { path: "notices.quiet.until", kind: "time", least: 1 },
];

export class NoticeForm extends Form<ClinicSettings> {
  private readonly preview: NoticePreviewView;

  constructor(page: Page) {
    super(page, "notices", [...names, ...times, ...quiet]);
    this.preview = new NoticePreviewView(() => page.redraw());
  }

  protected override pathOf(clinic: string): string {
    return `/v1/clinics/${clinic}/settings`;
  }

  protected override take(of: string, stored: ClinicSettings, note: "" | "saved"): void {
    super.take(of, stored, note);
    this.preview.read(of, { notices: stored.notices });
  }

  override change(act: () => void, moves = false): void {
    super.change(act, moves);
    this.preview.read(this.of, { notices: this.draft?.notices });
  }

  render(staff: Staff, summary: NoticeSummary | undefined): TemplateResult {
    const { w } = this;
    return html`<div class="notices-form">${this.form((draft) => {
      const n = draft.notices;
      return n ? html`
        <fieldset data-group="kinds"><legend>${w.t("notices.kinds")}</legend> ${this.kinds(n)}</fieldset>
        <fieldset data-group="channels"><legend>${w.t("notices.channels")}</legend> ${this.channels(n, summary)}</fieldset>
        <fieldset><legend>${w.t("notices.names")}</legend>
          ${this.inputs(names)}
          ${isTelling(draft) && !n.discreet ? html`<p class="note warns whole" data-telling>${w.t("notices.telling")}</p>` : nothing}</fieldset>
        <fieldset><legend>${w.t("notices.times")}</legend> ${this.inputs(times)}</fieldset>
        <fieldset><legend>${w.t("notices.quiet")}</legend> <p class="small whole">${w.t("notices.quietHint")}</p> ${this.inputs(quiet)}</fieldset>
        <fieldset data-group="words"><legend>${w.t("notices.words")}</legend> <div class="beside">${this.words(n)} ${this.preview.render(w, staff)}</div></fieldset>` : nothing;
    })}</div>`;
  }

  private kinds(n: NoticeSettings): TemplateResult {
    const { w } = this;
    const off = (this.stored?.notices ?? n).off;
    return html`<div class="whole" role="group" aria-label=${w.t("notices.kinds")} @input=${(e: Event) => this.change(() => (n.off = offOf(kinds, checkedIn(e))))}>
      <p class="small">${w.t("notices.kindsHint")}</p>
      ${kinds.map((k) => html`<label class="check"><input type="checkbox" value=${k} .defaultChecked=${!off.includes(k)}>
        ${w.find("noticeKind", k) ?? k} <small>${w.find("noticeHint", k) ?? ""}</small></label>`)}
      ${errorsBelow(this, "notices.off")}</div>`;
  }

  /** The channels, with what each has sent this month, and its cap. */
  private channels(n: NoticeSettings, summary: NoticeSummary | undefined): TemplateResult {
    const { w } = this;
    const stored = this.stored?.notices ?? n;
    const cap = (c: string) => stored.caps.find((one) => one.channel === c)?.month ?? "";
    const most = clinicRules["notices.caps[].month"].most;
    const absent = (c: string) => summary?.channels.find((one) => one.channel === c)?.setUp === false;
    const sent = (c: string) => summary?.channels.find((one) => one.channel === c)?.sent;
    const bound = (c: string) => (e: Event) => this.change(() => (n.caps = capsWith(n.caps, c, (e.target as HTMLInputElement).value)));
    return html`<div class="whole" role="group" aria-label=${w.t("notices.channels")} @change=${(e: Event) => {
        if ((e.target as HTMLInputElement).type === "checkbox") this.change(() => (n.channels = offOf(channels, checkedIn(e))));
      }}>
      ${channels.map((c) => html`<div class="channel" data-channel=${c}>
        <label class="check"><input type="checkbox" value=${c} .defaultChecked=${!stored.channels.includes(c)}> ${w.find("noticeChannel", c) ?? c}
          ${absent(c) ? html`<small class="warns" data-absent>${w.t("notices.notSetUp")}</small>` : nothing}</label>
        <label>${w.t("notices.cap")} <input type="number" name=${"cap." + c} min="0" max=${most} aria-describedby="hint-cap" .defaultValue=${String(cap(c))} @input=${bound(c)}></label>
        <span class="small" data-spent>${sent(c) === undefined ? nothing : w.t("notices.spent", { n: sent(c) ?? 0 })}</span></div>`)}
      <small id="hint-cap">${w.t("notices.capHint")}</small>
      ${errorsBelow(this, "notices.channels")} ${errorsBelow(this, "notices.caps")}</div>`;
  }

  /** The clinic's own sentences; the preview follows the one that is being written. */
  private words(n: NoticeSettings): TemplateResult {
    const { w } = this;
    const stored = this.stored?.notices ?? n;
    const most = clinicRules["notices.words[].text"].most;
    return html`<div class="whole" role="group" aria-label=${w.t("notices.words")}>
      <p class="small">${w.t("notices.wordsHint", { most })}</p>
      ${kinds.map((k) => {
        const at = n.words.findIndex((one) => one.kind === k);
        return html`<label class="words">${w.find("noticeKind", k) ?? k}
          <input type="text" name=${"words." + k} maxlength=${most} autocomplete="off" .defaultValue=${stored.words.find((one) => one.kind === k)?.text ?? ""}
            @focus=${() => this.preview.choose(k)} @input=${(e: Event) => this.change(() => (n.words = wordsWith(n.words, k, (e.target as HTMLInputElement).value)))}>
          ${at >= 0 ? errorsBelow(this, `notices.words[${at}]`) : nothing}</label>`;
      })}
      ${errorsAt(this, "notices.words")}</div>`;
  }
}

/** The values of the checked boxes of a group. */
function checkedIn(e: Event): string[] {
  const boxes = (e.currentTarget as HTMLElement).querySelectorAll<HTMLInputElement>("input[type=checkbox]");
  return [...boxes].filter((box) => box.checked).map((box) => box.value);
}
