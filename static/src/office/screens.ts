// The screens of the waiting room: paired by the code that they show, set, and removed.

import { html, nothing, repeat, type TemplateResult } from "../../vendor/lit/lit.js";
import { call, newKey, type Call } from "../lib/api.ts";
import { field } from "../lib/element.ts";
import { isolated } from "../lib/isolated.ts";
import { put } from "../staff/calls.ts";
import type { Page } from "../staff/page.ts";
import { when } from "../staff/words.ts";
import type { NewScreen, Screen, Screens, ScreenSettings, Staff } from "../wire.ts";

const times = [1, 2, 3];
const lookEvery = 5_000; // ms, while the list is visible
const languages = ["", "en"] as const;

/** The code of a screen, if its QR code led here. */
export function codeInAddress(): string {
  return /^#screen=(\d{6})$/.exec(location.hash)?.[1] ?? "";
}

export class ScreensView {
  private clinic = "";
  private screens: Screen[] | undefined; // undefined: not read yet
  private open: { id: string; form: "change" | "drop" } | undefined;
  private note = ""; // what was done
  private forms = 0; // each added screen makes a new form
  private timer = 0;

  constructor(private readonly page: Page) {}

  async read(clinic: string): Promise<void> {
    this.clinic = clinic;
    this.note = "";
    this.open = undefined;
    await this.reread();
  }

  private get path(): string {
    return `/v1/clinics/${this.clinic}/screens`;
  }

  private async reread(): Promise<void> {
    const read = await this.page.send(this.page.w.t("screens.title"), { method: "GET", path: this.path });
    if (read) this.screens = (read as Screens).screens;
    this.page.redraw();
    this.look();
  }

  /** Reads the list at intervals while it is visible. */
  private look(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (!document.querySelector<HTMLElement>(".screens")?.offsetParent) return;
      call<Screens>({ method: "GET", path: this.path }).then(({ screens }) => {
        this.screens = screens;
        this.page.redraw();
      }, () => undefined).then(() => this.look());
    }, lookEvery);
  }

  private async act(act: Call, note: string): Promise<boolean> {
    this.note = "";
    const done = await this.page.send(this.page.w.t("screens.title"), act);
    if (!done) return false;
    this.open = undefined;
    await this.reread();
    this.note = note;
    this.page.redraw();
    return true;
  }

  private readonly add = async (e: Event) => {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const body: NewScreen = { code: field(form, "code"), ...settingsOf(form) };
    const note = this.page.w.t("screens.added", { name: body.name });
    if (!(await this.act({ method: "POST", path: this.path, key: newKey(), body }, note))) return;
    this.forms++;
    if (codeInAddress()) history.replaceState(null, "", location.pathname + location.search);
    this.page.redraw();
  };

  render(staff: Staff): TemplateResult {
    const { w } = this.page;
    return html`<section class="office screens">
      <h2>${w.t("screens.title")}</h2>
      <p>${w.t("screens.intro", { url: location.origin + "/display" })}</p>
      ${this.note ? html`<p class="saved" role="status">${this.note}</p>` : nothing}
      ${this.screens ? this.list(this.screens, staff) : nothing}
      ${repeat([this.forms], (n) => n, () => html`<form class="add" @submit=${this.add}><fieldset>
        <legend>${w.t("screens.add")}</legend>
        <label>${w.t("screens.code")} <input name="code" required inputmode="numeric" autocomplete="off" maxlength="9"
          pattern="\\s*([0-9０-９]\\s*){6}" .defaultValue=${codeInAddress()}></label>
        ${this.fields(undefined, staff)}
        <p><button type="submit" class="primary" .disabled=${this.page.busy}>${w.t("screens.addNow")}</button></p>
      </fieldset></form>`)}
    </section>`;
  }

  private list(screens: Screen[], staff: Staff): TemplateResult {
    const { w } = this.page;
    const names = (s: Screen) => s.services.map((id) => staff.services.find(({ board: b }) => b.service === id)?.board.name ?? id).map(isolated).join(", ");
    return html`<h3>${w.t("screens.list")}</h3>
      ${screens.length === 0 ? html`<p>${w.t("screens.none")}</p>` : nothing}
      <ul class="rows">${repeat(screens, (s) => s.id, (s) => html`<li data-screen=${s.id}>
        <p><b>${s.name}</b> <span class="role">${s.sound ? w.t("screens.soundOn", { n: s.repeat }) : w.t("screens.soundOff")}</span></p>
        <p class="small facts"><span>${names(s) || w.t("screens.all")}</span> <span>${[s.browser, s.system].filter((x) => x).join(" / ")}</span>
          <span>${w.t("users.network", { address: s.address })}</span> <span>${w.t("screens.since", { time: when(s.since) })}</span>
          <span data-seen>${s.seen ? w.t("screens.seen", { time: when(s.seen) }) : w.t("screens.never")}</span></p>
        ${this.open?.id !== s.id ? this.buttons(s) : this.open.form === "drop" ? this.sure(s) : this.change(s, staff)}
      </li>`)}</ul>`;
  }

  private turn(open: typeof this.open): void {
    this.open = open;
    this.note = "";
    this.page.redraw();
  }

  private buttons(s: Screen): TemplateResult {
    const { w, busy } = this.page;
    return html`<p class="acts">
      <button type="button" data-change .disabled=${busy} @click=${() => this.turn({ id: s.id, form: "change" })}>${w.t("screens.change")}</button>
      <button type="button" data-drop .disabled=${busy} @click=${() => this.turn({ id: s.id, form: "drop" })}>${w.t("screens.drop")}</button></p>`;
  }

  private sure(s: Screen): TemplateResult {
    const { w, busy } = this.page;
    const yes = () => void this.act({ method: "DELETE", path: `${this.path}/${s.id}` }, w.t("screens.dropped", { name: s.name }));
    return html`<div class="ask" role="alert"><p>${w.t("screens.sure", { name: s.name })}</p>
      <button type="button" data-keep @click=${() => this.turn(undefined)}>${w.t("staff.no")}</button>
      <button type="button" class="danger" data-yes .disabled=${busy} @click=${yes}>${w.t("screens.yes")}</button></div>`;
  }

  private change(s: Screen, staff: Staff): TemplateResult {
    const { w, busy } = this.page;
    const save = (e: Event) => {
      e.preventDefault();
      const body = settingsOf(e.currentTarget as HTMLFormElement);
      void this.act(put(`${this.path}/${s.id}`, body), w.t("screens.changed", { name: body.name }));
    };
    return html`<form class="change" @submit=${save}><fieldset><legend>${s.name}</legend>${this.fields(s, staff)}
      <p><button type="submit" class="primary" .disabled=${busy}>${w.t("screens.save")}</button>
        <button type="button" @click=${() => this.turn(undefined)}>${w.t("screens.cancel")}</button></p></fieldset></form>`;
  }

  private fields(s: ScreenSettings | undefined, staff: Staff): TemplateResult {
    const { w } = this.page;
    return html`<label>${w.t("screens.name")} <input name="name" required maxlength="60" autocomplete="off" .defaultValue=${s?.name ?? ""}></label>
      <div role="group" aria-label=${w.t("screens.services")}><p>${w.t("screens.services")}</p>
        ${staff.services.map(({ board: b }) => html`<label class="check"><input type="checkbox" name="services" value=${b.service}
          .defaultChecked=${(s?.services ?? []).indexOf(b.service) >= 0}> ${b.name}</label>`)}</div>
      <label class="check"><input type="checkbox" name="sound" value="1" .defaultChecked=${s?.sound ?? true}> ${w.t("screens.sound")}</label>
      <label>${w.t("screens.repeat")} <select name="repeat">${times.map((n) => html`<option value=${n}
        .defaultSelected=${n === (s?.repeat ?? 2)}>${w.t("screens.times", { n })}</option>`)}</select></label>
      <label>${w.t("screens.also")} <select name="also">${languages.map((l) => html`<option value=${l}
        .defaultSelected=${l === (s?.also ?? "")}>${w.t(`screens.also_${l}`)}</option>`)}</select></label>`;
  }
}

function settingsOf(form: HTMLFormElement): ScreenSettings {
  const all = new FormData(form);
  return {
    name: field(form, "name"), services: all.getAll("services").map(String), sound: all.has("sound"),
    repeat: Number(field(form, "repeat")), also: field(form, "also"),
  };
}
