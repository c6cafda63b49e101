// The form of a service's settings.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Page } from "../staff/page.ts";
import { serviceRules } from "../rules.ts";
import type { Board, Settings, StaffService } from "../wire.ts";
import type { Field } from "./field.ts";
import { errorsBelow, Form } from "./form.ts";
import { absencePreview, boardPreview, marksPreview } from "./preview.ts";
import { groups, hideable, kindRows, kindsFrom } from "./servicefields.ts";

export class SettingsView extends Form<Settings> {
  constructor(page: Page) {
    super(page, "settings", groups.reduce<Field[]>((all, g) => [...all, ...g.fields], []));
  }

  protected override pathOf(service: string): string {
    return `/v1/services/${service}/settings`;
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
      ${this.form((draft) => groups.map((g) => html`<fieldset>
        <legend>${w.t(`settings.${g.name}`)}</legend>
        ${g.name === "numbers" ? html`<p class="small whole">${w.t("settings.numbersHint")}</p>` : nothing}
        ${this.inputs(g.fields)} ${g.name === "shown" ? this.hide(draft) : nothing}
        ${g.name === "basic" ? this.kinds(draft) : nothing} ${this.preview(g.name, draft, shown)}
      </fieldset>`))}
    </section>`;
  }

  /** The preview of what patients read of a group. */
  private preview(group: string, draft: Settings, shown: Board | undefined): TemplateResult | typeof nothing {
    if (group === "absence") return absencePreview(this.w, draft);
    if (group === "capacity") return marksPreview(this.w, draft);
    return shown && group === "shown" ? boardPreview(this.w, draft, shown) : nothing;
  }

  private kinds(draft: Settings): TemplateResult {
    const { w } = this;
    const { kinds } = this.stored ?? draft;
    return html`<div role="group" aria-label=${w.t("field.kinds")} aria-describedby="hint-kinds"
        @input=${(e: Event) => this.change(() => (draft.kinds = kindsFrom(kinds, typedAround(e))))}><p>${w.t("field.kinds")}</p>
      ${kindRows(kinds).map((k, i) => html`<input type="text" name=${"kind." + k.id} maxlength=${serviceRules["kinds[].name"].most} autocomplete="off"
        aria-label=${w.t("field.kindsRow", { n: i + 1 })} .defaultValue=${k.name}>`)}
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
