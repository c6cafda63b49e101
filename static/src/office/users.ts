// The users of the clinic, your own password, and the logins. Users that are not admins
// see their own account only.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { newKey, type Call, type Failure } from "../lib/api.ts";
import { field } from "../lib/element.ts";
import { put } from "../staff/calls.ts";
import { letterSwitch } from "../staff/letters.ts";
import type { Page } from "../staff/page.ts";
import { options, when } from "../staff/words.ts";
import type { DeskLogin, DeskLogins, Login, User, UserAdded, Users } from "../wire.ts";
import { loginList } from "./logins.ts";

const roles = ["desk", "admin"];

export class UsersView {
  private users: User[] | undefined; // undefined: not read yet
  private logins: DeskLogin[] = [];
  private made: { name: string; password: string } | undefined; // shown once
  private note = ""; // what was done
  private sure: { name: string; act: "Remove" | "Password" } | undefined; // in question

  constructor(private readonly page: Page) {}

  /** Reads the list again, and removes a password that was shown once. */
  async read(me: Login): Promise<void> {
    this.made = this.sure = undefined;
    this.note = "";
    await this.reread(me);
  }

  private async reread(me: Login): Promise<void> {
    const { page } = this;
    const get = (what: string) => page.send(page.w.t("users.title"), { method: "GET", path: `/v1/clinics/${me.clinic}/${what}` });
    const users = me.role === "admin" ? await get("users") : undefined;
    if (users) this.users = (users as Users).users;
    const logins = await get("sessions");
    if (logins) this.logins = (logins as DeskLogins).sessions;
    page.redraw();
  }

  /** Sends a change, reads the list again, and shows a note. A user that is gone already needs none. */
  private async act(me: Login, call: Call, done: (answer: unknown) => void): Promise<void> {
    let gone = false;
    const refused = (f: Failure) => (gone = call.method === "DELETE" && f.status === 404);
    this.made = this.sure = undefined;
    this.note = "";
    const answer = await this.page.send(this.page.w.t("users.title"), call, refused);
    if (!answer && !gone) return;
    if (answer) done(answer);
    await this.reread(me);
  }

  private path(me: Login, name: string, rest = ""): string {
    return `/v1/clinics/${me.clinic}/users/${encodeURIComponent(name)}${rest}`;
  }

  render(me: Login): TemplateResult {
    const { w } = this.page;
    const admin = me.role === "admin";
    const end = (s: DeskLogin) => void this.act(me, { method: "DELETE", path: `/v1/clinics/${me.clinic}/sessions/${s.id}` }, () => undefined);
    return html`<section class="office users">
      <h2>${w.t("users.title")}</h2>
      ${admin ? nothing : html`<p class="note" id="only-admin">${w.t("users.onlyAdmin")}</p>`}
      ${this.note ? html`<p class="saved" role="status">${this.note}</p>` : nothing}
      ${this.made ? this.shownOnce(this.made) : nothing}
      ${admin && this.users ? html`${this.list(me, this.users)} ${this.adding(me)}` : nothing}
      ${this.ownPassword(me)}
      <fieldset><legend>${w.t("keys.title")}</legend>${letterSwitch(w, () => this.page.redraw())}</fieldset>
      ${loginList(this.page, this.logins, admin, end)}
    </section>`;
  }

  private shownOnce(made: { name: string; password: string }): TemplateResult {
    const { w } = this.page;
    const done = () => {
      this.made = undefined;
      this.page.redraw();
    };
    return html`<div class="ask" role="alert" id="made">
      <p>${w.t("users.made", { name: made.name })} <code>${made.password}</code></p>
      <p class="small">${w.t("users.madeHint")}</p>
      <button type="button" @click=${done}>${w.t("users.madeDone")}</button>
    </div>`;
  }

  private list(me: Login, users: User[]): TemplateResult {
    const { w } = this.page;
    return html`<h3>${w.t("users.list")}</h3>
      <p class="small">${w.t("users.roleHint")}</p>
      <ul class="rows">${users.map((u) => html`<li data-user=${u.name}>
        <p><b>${u.name}</b> ${u.name === me.user ? w.t("users.you") : nothing} <span class="role">${w.find("userRole", u.role) ?? u.role}</span></p>
        <p class="small facts">${u.since ? html`<span>${w.t("users.since", { time: dated(u.since) })}</span>` : nothing}
          <span>${u.lastLogin ? w.t("users.lastLogin", { time: dated(u.lastLogin) }) : w.t("users.never")}</span></p>
        ${u.name === me.user ? nothing : this.sure?.name === u.name ? this.asked(me, this.sure) : this.buttons(me, u)}
      </li>`)}</ul>`;
  }

  private buttons(me: Login, u: User): TemplateResult {
    const { w, busy } = this.page;
    const role = u.role === "admin" ? "desk" : "admin";
    const ask = (act: "Remove" | "Password") => () => {
      this.sure = { name: u.name, act };
      this.page.redraw();
    };
    const change = () => void this.act(me, put(this.path(me, u.name, "/role"), { role }), () => undefined);
    return html`<p class="acts">
      <button type="button" data-role=${role} .disabled=${busy} @click=${change}>${w.t(role === "admin" ? "users.makeAdmin" : "users.makeDesk")}</button>
      <button type="button" data-ask="password" @click=${ask("Password")}>${w.t("users.newPassword")}</button>
      <button type="button" data-ask="remove" @click=${ask("Remove")}>${w.t("users.remove")}</button></p>`;
  }

  private asked(me: Login, { name, act }: { name: string; act: "Remove" | "Password" }): TemplateResult {
    const { w, busy } = this.page;
    const no = () => {
      this.sure = undefined;
      this.page.redraw();
    };
    const yes = () => act === "Remove"
      ? void this.act(me, { method: "DELETE", path: this.path(me, name) }, () => undefined)
      : void this.act(me, put(this.path(me, name, "/password"), { password: "" }), (a) => this.show(name, (a as { password?: string }).password, "changed"));
    return html`<div class="ask" role="alert"><p>${w.t(`users.sure${act}`, { name })}</p>
      <button type="button" data-keep @click=${no}>${w.t("staff.no")}</button>
      <button type="button" class="danger" data-yes .disabled=${busy} @click=${yes}>${w.t(`users.yes${act}`)}</button></div>`;
  }

  private show(name: string, password: string | undefined, note: "added" | "changed"): void {
    this.note = this.page.w.t(`users.${note}`, { name });
    this.made = password ? { name, password } : undefined;
  }

  private adding(me: Login): TemplateResult {
    const { w, busy } = this.page;
    const submit = (e: Event) => {
      e.preventDefault();
      const f = e.currentTarget as HTMLFormElement;
      const name = field(f, "name");
      const body = { name, role: field(f, "role"), password: secret(f, "password") };
      void this.act(me, { method: "POST", path: `/v1/clinics/${me.clinic}/users`, key: newKey(), body }, (a) => {
        f.reset();
        this.show(name, (a as UserAdded).password, "added");
      });
    };
    return html`<form class="add" @submit=${submit}>
      <fieldset><legend>${w.t("users.add")}</legend>
        <label>${w.t("users.name")} <input name="name" required maxlength="40" pattern="[^\/]*" autocomplete="off" title=${w.t("users.nameHint")}></label>
        <label>${w.t("users.can")} <select name="role">${options(w, "userRole", roles, "desk")}</select></label>
        <label>${w.t("users.password")} <input name="password" type="password" minlength="8" maxlength="64" autocomplete="new-password">
          <small>${w.t("users.passwordHint")}</small></label>
        <p><button type="submit" class="primary" .disabled=${busy}>${w.t("users.addNow")}</button></p>
      </fieldset>
    </form>`;
  }

  private ownPassword(me: Login): TemplateResult {
    const { w, busy } = this.page;
    const submit = (e: Event) => {
      e.preventDefault();
      const f = e.currentTarget as HTMLFormElement;
      void this.act(me, put("/v1/password", { old: secret(f, "old"), new: secret(f, "new") }), () => {
        f.reset();
        this.note = w.t("users.ownDone");
      });
    };
    return html`<form class="own" @submit=${submit}>
      <fieldset><legend>${w.t("users.own")}</legend>
        <input name="username" autocomplete="username" hidden .value=${me.user}>
        <label>${w.t("users.old")} <input name="old" type="password" required maxlength="200" autocomplete="current-password"></label>
        <label>${w.t("users.new")} <input name="new" type="password" required minlength="8" maxlength="64" autocomplete="new-password"></label>
        <p><button type="submit" .disabled=${busy}>${w.t("users.ownNow")}</button></p>
      </fieldset>
    </form>`;
  }
}

/** A password as typed, with its blanks. */
function secret(f: HTMLFormElement, name: string): string {
  return (f.elements.namedItem(name) as HTMLInputElement).value;
}

/** A time with its year. */
function dated(at: string): string {
  return `${at.slice(0, 4)}/${when(at)}`;
}
