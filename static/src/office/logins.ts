// The logins: the user, the device, the network and the time of each. Each can be
// ended.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Page } from "../staff/page.ts";
import { when, type StaffWords } from "../staff/words.ts";
import type { DeskLogin } from "../wire.ts";

export function loginList(page: Page, logins: DeskLogin[], all: boolean, end: (s: DeskLogin) => void): TemplateResult {
  const { w, busy } = page;
  return html`<h3>${w.t(all ? "users.logins" : "users.ownLogins")}</h3>
    <p class="small">${w.t("users.loginsHint")}</p>
    <ul class="rows">${logins.map((s) => html`<li data-login=${s.id} data-of=${s.user}>
      <p><b>${s.user}</b> ${deviceOf(w, s)} ${s.own ? html`<span class="role">${w.t("users.here")}</span>` : nothing}</p>
      <p class="small facts">${s.address ? html`<span>${w.t("users.network", { address: s.address })}</span>` : nothing}
        <span>${w.t("users.began", { time: when(s.since) })}</span> <span>${w.t("users.seen", { time: when(s.seen) })}</span></p>
      ${s.own ? nothing : html`<p class="acts"><button type="button" data-end .disabled=${busy}
        aria-label=${w.t("users.endOf", { user: s.user, device: deviceOf(w, s) })} @click=${() => end(s)}>${w.t("users.end")}</button></p>`}
    </li>`)}</ul>`;
}

function deviceOf(w: StaffWords, s: DeskLogin): string {
  if (s.browser && s.system) return w.t("users.device", { browser: s.browser, system: s.system });
  return (s.browser ?? s.system) || w.t("users.unknown");
}
