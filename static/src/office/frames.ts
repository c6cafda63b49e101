// The sessions of one day in the timetable's form.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { options } from "../staff/words.ts";
import { another, sessions, webWindow, type Frame, type Span } from "./calendar.ts";
import { timeForm, written } from "./field.ts";
import { errorsAt, errorsBelow, type Editing } from "./form.ts";

export function frameList(form: Editing, path: string, frames: Frame[], label: string): TemplateResult {
  return html`${frames.map((f, i) => frame(form, `${path}[${i}]`, f, () => form.change(() => frames.splice(i, 1), true)))}
    <button type="button" data-add=${path} @click=${() => form.change(() => frames.push(another(frames)), true)}>${label}</button>
    ${errorsAt(form, path)}`;
}

function frame(form: Editing, path: string, f: Frame, remove: () => void): TemplateResult {
  const { w } = form;
  const web = webWindow(f);
  const kind = (e: Event) => form.change(() => (f.session = (e.currentTarget as HTMLSelectElement).value));
  return html`<div class="frame" data-frame=${path}>
    <label>${w.t("timetable.session")}
      <select @change=${kind} .value=${f.session}>${options(w, "session", sessions, f.session)}</select></label>
    ${span(form, w.t("timetable.consult"), f.consult, (s) => (f.consult = s), true)}
    ${span(form, w.t("timetable.desk"), f.desk ?? {}, (s) => (f.desk = s), false)}
    <button type="button" @click=${remove}>${w.t("timetable.remove")}</button>
    <div class="web">
      ${offset(form, w.t("timetable.webOpen"), f.webOpen ?? 0, (m) => (f.webOpen = m))}
      ${offset(form, w.t("timetable.webClose"), f.webClose ?? 0, (m) => (f.webClose = m))}
      ${web ? html`<p class="small">${w.t("timetable.web", web)}</p>` : nothing}
    </div>
    ${errorsBelow(form, path)}
  </div>`;
}

/** The fields of a span of time. */
export function span(form: Editing, label: string, s: Span, set: (s: Span) => void, required: boolean): TemplateResult {
  const { w } = form;
  const time = (name: string, value: string | undefined, next: (text: string) => Span) => html`<input type="text"
    inputmode="numeric" size="5" maxlength="5" pattern=${timeForm} placeholder="00:00" title=${w.t("wrong.not_time")}
    aria-label=${name} .required=${required} .value=${value ?? ""}
    @change=${(e: Event) => form.change(() => set(next(written((e.currentTarget as HTMLInputElement).value))))}>`;
  return html`<div class="span" role="group" aria-label=${label}><span>${label}</span>
    ${time(`${label} ${w.t("timetable.from")}`, s.from, (from) => ({ ...s, from }))}
    <span aria-hidden="true">–</span>
    ${time(`${label} ${w.t("timetable.to")}`, s.to, (to) => ({ ...s, to }))}</div>`;
}

/** The fields of a number of minutes before or after. */
function offset(form: Editing, label: string, minutes: number, set: (minutes: number) => void): TemplateResult {
  const { w } = form;
  const before = minutes <= 0;
  const change = (e: Event) => {
    const both = (e.currentTarget as HTMLElement).parentElement;
    const m = Math.abs(Number(both?.querySelector("input")?.value)) || 0;
    form.change(() => set(m > 0 && both?.querySelector("select")?.value === "before" ? -m : m));
  };
  return html`<div class="span" role="group" aria-label=${label}><span>${label}</span>
    <input type="number" min="0" max="1440" required aria-label=${`${label} ${w.t("timetable.minutes")}`}
      .value=${String(Math.abs(minutes))} @change=${change}>
    <select aria-label=${`${label} ${w.t("timetable.side")}`} .value=${before ? "before" : "after"} @change=${change}>
      <option value="before" .defaultSelected=${before}>${w.t("timetable.before")}</option>
      <option value="after" .defaultSelected=${!before}>${w.t("timetable.after")}</option>
    </select></div>`;
}
