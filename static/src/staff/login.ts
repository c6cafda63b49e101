// The form of the login.

import { html, type TemplateResult } from "../../vendor/lit/lit.js";
import { field } from "../lib/element.ts";
import type { LoginRequest } from "../wire.ts";
import type { StaffWords } from "./words.ts";

export function loginForm(w: StaffWords, busy: boolean, enter: (request: LoginRequest) => void): TemplateResult {
  const submit = (e: Event) => {
    e.preventDefault();
    const f = e.currentTarget as HTMLFormElement;
    const password = f.elements.namedItem("password") as HTMLInputElement;
    enter({ clinic: field(f, "clinic"), user: field(f, "user"), password: password.value });
  };
  return html`<main class="login">
    <h1>${w.t("staff.title")}</h1>
    <form @submit=${submit}>
      <label>${w.t("staff.clinic")}
        <input name="clinic" required maxlength="4" pattern="[0-9]{4}" inputmode="numeric" autocomplete="organization">
      </label>
      <label>${w.t("staff.user")} <input name="user" required maxlength="64" autocomplete="username"></label>
      <label>${w.t("staff.password")}
        <input name="password" type="password" required maxlength="256" autocomplete="current-password">
      </label>
      <button class="primary" type="submit" .disabled=${busy}>${w.t("staff.login")}</button>
    </form>
  </main>`;
}
