// The form of the notices: through which channels, how long the way is, and how early.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { count } from "../lib/boardtext.ts";
import { field } from "../lib/element.ts";
import type { PushState } from "../lib/push.ts";
import { countOf } from "../lib/status.ts";
import type { Proof, Wants } from "../wire.ts";
import { homescreen } from "./homescreen.ts";
import type { TellmeWords } from "./words.ts";

export type Channel = "push" | "mail" | "inbox";

const mostAhead = 10;

/** What the reader has chosen so far. */
export interface Chosen {
  channels: Channel[]; // in the order in which they are tried
  travel: number; // minutes
  ahead: number; // tickets
}

export interface FormState {
  offer: Wants;
  chosen: Chosen;
  unit: string;
  push: PushState;
  mail: string; // the address that is proven, or that is kept; "": none
  proof: Proof | undefined; // a code was sent
  busy: string; // what is going on: "save", "send", "code", or ""
  wrong: unknown; // why the address or the code was refused
  choose(c: Chosen): void;
  sendCode(mail: string): void;
  giveCode(code: string): void;
  otherMail(): void;
  save(): void;
  cancel(): void;
}

export function form(w: TellmeWords, s: FormState): TemplateResult {
  const { chosen, offer } = s;
  const mailWaits = chosen.channels.includes("mail") && !s.mail;
  const pushFails = chosen.channels.includes("push") && s.push !== "ok" && s.push !== "ask";
  return html`<div class="want">
    <fieldset><legend>${w.t("tellme.where")}</legend>
      ${(offer.channels as Channel[]).map((c) => html`<label class="check"><input type="checkbox" name="channel" value=${c} .checked=${chosen.channels.includes(c)}
        @change=${(e: Event) => s.choose({ ...chosen, channels: toggled(chosen.channels, c, (e.target as HTMLInputElement).checked) })}> ${w.t(`tellme.${c}`)}</label>`)}
    </fieldset>
    ${chosen.channels.includes("push") ? cannot(w, s.push) : nothing}
    ${chosen.channels.includes("mail") ? proving(w, s) : nothing}
    ${chosen.channels.length > 1 ? select(w.t("tellme.first"), "first", chosen.channels.slice().sort(), chosen.channels[0] || "",
      (c) => w.find("tellme", c) || c, (c) => s.choose({ ...chosen, channels: [c as Channel, ...chosen.channels.filter((o) => o !== c)] })) : nothing}
    ${select(w.t("tellme.travel"), "travel", offer.travels.map(String), String(chosen.travel),
      (n) => (n === "0" ? w.t("tellme.near") : w.t("tellme.minutes", { n })), (n) => s.choose({ ...chosen, travel: Number(n) }))}
    ${select(w.t("tellme.ahead"), "ahead", Array.from({ length: mostAhead }, (_, i) => String(i + 1)), String(chosen.ahead),
      (n) => w.t("tellme.aheadCount", { n: count(w, countOf(Number(n), s.unit)) }), (n) => s.choose({ ...chosen, ahead: Number(n) }))}
    <p class="small" id="consent">${w.t("tellme.consent")} ${recipients(w, offer.channels)}</p>
    <button type="button" class="primary" id="save-wants" .disabled=${s.busy !== "" || chosen.channels.length === 0 || mailWaits || pushFails} @click=${s.save}>${w.t(s.busy === "save" ? "tellme.saving" : "tellme.save")}</button>
    <button type="button" id="cancel-wants" .disabled=${s.busy !== ""} @click=${s.cancel}>${w.t("tellme.cancel")}</button>
  </div>`;
}

/** Names the services that the notices of the offered channels pass. */
function recipients(w: TellmeWords, channels: string[]): string {
  const via = [channels.includes("push") ? w.t("tellme.viaPush") : "", channels.includes("mail") ? w.t("tellme.viaMail") : "", w.t("tellme.noName")];
  return via.filter((s) => s).join(" ");
}

function toggled(channels: Channel[], c: Channel, on: boolean): Channel[] {
  const others = channels.filter((o) => o !== c);
  return on ? [...others, c] : others;
}

function select(label: string, name: string, values: string[], chosen: string, text: (v: string) => string, choose: (v: string) => void): TemplateResult {
  return html`<label>${label}<select name=${name} @change=${(e: Event) => choose((e.target as HTMLSelectElement).value)}>
    ${values.map((v) => html`<option value=${v} .selected=${v === chosen}>${text(v)}</option>`)}
  </select></label>`;
}

/** Why push does not reach this device, and what helps. */
export function cannot(w: TellmeWords, state: PushState): TemplateResult | typeof nothing {
  if (state === "ok" || state === "ask") return nothing;
  if (state === "homescreen") return homescreen(w);
  return html`<p class="note" id="no-push">${w.t(`tellme.${state}`)}</p>`;
}

/** The steps by which a mail address is proven. */
function proving(w: TellmeWords, s: FormState): TemplateResult {
  if (s.mail) {
    return html`<p id="proven"><bdi>${s.mail}</bdi> <button type="button" id="other-mail" @click=${s.otherMail}>${w.t("tellme.change")}</button></p>`;
  }
  const sent = (e: Event) => {
    e.preventDefault();
    s.sendCode(field(e.currentTarget as HTMLFormElement, "mail"));
  };
  const given = (e: Event) => {
    e.preventDefault();
    s.giveCode(field(e.currentTarget as HTMLFormElement, "code"));
  };
  return html`<form class="prove" @submit=${sent}>
      <label>${w.t("tellme.address")}<input name="mail" type="email" required maxlength="254" autocomplete="email" autocapitalize="off" spellcheck="false"></label>
      ${s.proof ? nothing : s.wrong}
      <button type="submit" id="send-code" .disabled=${s.busy !== ""}>${w.t(s.busy === "send" ? "patient.sending" : "tellme.sendCode")}</button>
    </form>
    ${s.proof ? html`<form class="prove" @submit=${given}>
      <p class="small" id="code-sent">${w.t("tellme.sentCode", { domain: s.proof.from })}</p>
      <label>${w.t("tellme.code")}<input name="code" required inputmode="numeric" autocomplete="one-time-code" maxlength="20"></label>
      ${s.wrong}
      <button type="submit" id="give-code" .disabled=${s.busy !== ""}>${w.t("tellme.giveCode")}</button>
    </form>` : nothing}`;
}
