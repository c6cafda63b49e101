// The form of a service's settings.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Page } from "../staff/page.ts";
import { serviceRules } from "../rules.ts";
import type { Board, Kind, Settings, StaffService } from "../wire.ts";
import { valueOf, type Field } from "./field.ts";
import { choices, errorsBelow, Form } from "./form.ts";
import { absencePreview, boardPreview, marksPreview } from "./preview.ts";
import { reminderList } from "./reminders.ts";
import { everyField, groupsOf, hideable, kindRows, kindsFrom, visitFields } from "./servicefields.ts";
import { slotSeats } from "./slotseats.ts";
import { WeekSeatsView } from "./weekseats.ts";

export class SettingsView extends Form<Settings> {
  private readonly week: WeekSeatsView;

  constructor(page: Page) {
    super(page, "settings", everyField());
    this.week = new WeekSeatsView(() => page.redraw());
  }

  protected override pathOf(service: string): string {
    return `/v1/services/${service}/settings`;
  }

  /** The first change to slot mode leaves the limits to their defaults, unless they were typed. */
  protected override body(): object {
    const { draft, stored } = this;
    if (!draft || draft.mode === stored?.mode || draft.limits?.maxLive !== stored?.limits?.maxLive) return draft ?? {};
    const { limits: _, ...rest } = draft;
    return rest;
  }

  protected override take(of: string, stored: Settings, note: "" | "saved"): void {
    super.take(of, stored, note);
    this.count();
  }

  /** Another mode has other anchors of the deadline. */
  override change(act: () => void, moves = false): void {
    const { draft } = this;
    const mode = draft?.mode;
    super.change(() => {
      act();
      if (draft?.cancel && draft.mode !== mode) draft.cancel.anchor = "";
    }, moves);
    this.count();
  }

  /** Counts the seats of a week with what is typed. */
  private count(): void {
    if (this.draft?.mode === "slot") this.week.read(this.pathOf(this.of) + "/seats", this.body());
  }

  /** Opens the service that was shown last, else the named one. */
  override open(service: string): void {
    super.open(this.of || service);
  }

  render(services: StaffService[]): TemplateResult {
    const { w, busy } = this.page;
    const shown = services.find(({ board: b }) => b.service === this.of)?.board;
    return html`<section class="office settings">
      <h2>${w.t("settings.title")}</h2>
      <p class="choice">
        ${services.map(({ board: b }) => html`<button type="button" data-settings=${b.service} .disabled=${busy}
          aria-pressed=${b.service === this.of ? "true" : "false"} @click=${() => this.turn(b.service)}>${b.name}</button>`)}
      </p>
      ${this.unsaved(shown?.name ?? this.of)}
      ${this.form((draft) => groupsOf(draft).map((g) => html`<fieldset data-group=${g.name}>
        <legend>${w.t(`settings.${g.name}`)}</legend>
        ${g.name === "numbers" ? html`<p class="small whole">${w.t("settings.numbersHint")}</p>` : nothing}
        ${this.inputs(g.fields)} ${g.name === "form" ? this.visit(draft) : nothing} ${g.name === "shown" ? this.hide(draft) : nothing}
        ${g.name === "basic" ? this.kinds(draft) : nothing} ${this.preview(g.name, draft, shown)}
      </fieldset>`))}
    </section>`;
  }

  /** The preview of what patients read of a group. */
  private preview(group: string, draft: Settings, shown: Board | undefined): TemplateResult | typeof nothing {
    const { w } = this;
    if (group === "absence") return absencePreview(w, draft);
    if (group === "reminders") return reminderList(this, draft.reminders ?? []);
    if (group === "slots") {
      const web = draft.slot?.web ?? null;
      return html`${slotSeats(this, draft.slot?.seats ?? [])} ${this.week.render(w)}
        ${marksPreview(w, { ...draft, capacity: { ...draft.capacity, web, autoStop: false } })}`;
    }
    if (group === "capacity" && draft.mode !== "slot") return marksPreview(w, draft);
    return shown && group === "shown" ? boardPreview(this.w, draft, shown) : nothing;
  }

  /** What a patient is asked: a row for each field, a column for each form. */
  private visit(draft: Settings): TemplateResult {
    const { w } = this;
    const cell = (name: string, f: Field, column: string) => html`<td><select name=${f.path} aria-label=${`${w.find("field", "form." + name) ?? name} ${column}`}>
      ${choices(w, f, valueOf(draft, f.path))}</select>${errorsBelow(this, f.path)}</td>`;
    const [first, again] = [w.t("settings.first"), w.t("settings.again")];
    return html`<div class="whole wide"><table class="visit"><thead><tr><th scope="col">${w.t("settings.asked")}</th><th scope="col">${first}</th><th scope="col">${again}</th></tr></thead>
      <tbody>${visitFields.map((f) => html`<tr><th scope="row">${w.find("field", "form." + f.name) ?? f.name}</th>${cell(f.name, f.first, first)}${cell(f.name, f.again, again)}</tr>`)}</tbody></table>
      <p class="small">${w.t("settings.formHint")}</p></div>`;
  }

  private kinds(draft: Settings): TemplateResult {
    const { w } = this;
    const { kinds } = this.stored ?? draft;
    const seats = serviceRules["kinds[].seats"];
    const taken = ({ id, seats }: Kind) => (draft.kinds.find((k) => k.id === id)?.seats ?? seats) || 1; // what was typed before
    return html`<div role="group" aria-label=${w.t("field.kinds")} aria-describedby="hint-kinds"
        @input=${(e: Event) => this.change(() => (draft.kinds = kindsFrom(kinds, typedAround(e))))}><p>${w.t("field.kinds")}</p>
      ${kindRows(kinds).map((k, i) => html`<span class="kind"><input type="text" name=${"kind." + k.id} maxlength=${serviceRules["kinds[].name"].most} autocomplete="off"
        aria-label=${w.t("field.kindsRow", { n: i + 1 })} .defaultValue=${k.name}>${draft.mode === "slot"
          ? html`<input type="number" name=${"seats." + k.id} min="1" max=${seats.most} aria-label=${w.t("settings.kindSeatsRow", { n: i + 1 })}
              .defaultValue=${String(taken(k))}> ${w.t("settings.kindSeats")}` : nothing}</span>`)}
      <small id="hint-kinds">${w.t("hint.kinds")}</small>
      ${errorsBelow(this, "kinds")}</div>`;
  }

  private hide(draft: Settings): TemplateResult {
    const { w } = this;
    const { hide } = this.stored ?? draft;
    return html`<div role="group" aria-label=${w.t("field.hide")}
        @input=${(e: Event) => this.change(() => (draft.hide = hideable.filter((h) => typedAround(e).getAll("hide").includes(h))))}><p>${w.t("field.hide")}</p>
      ${hideable.map((h) => html`<label class="check"><input type="checkbox" name="hide" value=${h}
        .defaultChecked=${hide.includes(h)}> ${w.find("hideable", h) ?? h}</label>`)}
      ${errorsBelow(this, "hide")}</div>`;
  }
}

/** What is typed into the form of a control. */
function typedAround(e: Event): FormData {
  return new FormData((e.target as HTMLInputElement).form ?? undefined);
}
