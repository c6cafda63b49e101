// The form of a member, new or known.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import type { Failure } from "../lib/api.ts";
import { field } from "../lib/element.ts";
import type { FieldError, MemberFields } from "../wire.ts";
import type { Books } from "./host.ts";

export const noFields: MemberFields = { name: "", kana: "", birth: "", sex: "", phone: "", mail: "", card: "", memo: "", tags: [] };

export class MemberForm {
  private errors: readonly FieldError[] = [];

  constructor(private readonly page: Books) {}

  forget(): void {
    this.errors = [];
  }

  /** Takes the refusal of fields, which the form then shows; of others the page has the sentence. */
  readonly refused = (f: Failure): boolean => {
    this.errors = f.code === "card_taken" ? [{ pointer: "/fields/card", code: "card_taken" }] : f.errors;
    if (this.errors.length === 0) return false;
    this.page.redraw();
    void this.page.updateComplete.then(() => document.querySelector<HTMLElement>("#member-form [aria-invalid=true]")?.focus());
    return true;
  };

  render(title: string, of: MemberFields, save: (fields: MemberFields) => void, close: () => void): TemplateResult {
    const { w, busy } = this.page;
    const submit = (e: Event) => {
      e.preventDefault();
      this.errors = [];
      save(fieldsOf(e.currentTarget as HTMLFormElement));
    };
    const error = (name: string) => this.errors.find((e) => e.pointer === "/fields/" + name || e.pointer.startsWith(`/fields/${name}/`));
    const wrong = (name: string) => {
      const e = error(name);
      if (!e) return nothing;
      const values = Object.entries(e.params ?? {}).reduce<Record<string, string>>((all, [key, v]) => ({ ...all, [key]: String(v) }), {});
      return html`<span class="wrong" id=${"wrong-" + name}>${w.find("refused", e.code) ?? w.find("wrong", e.code, values) ?? w.t("wrong.look")}</span>`;
    };
    const text = (name: keyof MemberFields, most: number, type = "text", first = false) => html`<label>${w.find("column", name) ?? name}
      <input name=${name} type=${type} maxlength=${most} autocomplete="off" .defaultValue=${String(of[name])} .required=${name === "name"} data-first=${first ? "" : nothing}
        aria-invalid=${error(name) ? "true" : "false"} aria-describedby=${error(name) ? "wrong-" + name : nothing}>${wrong(name)}</label>`;
    return html`<form id="member-form" class="ask" @submit=${submit}>
      <h3>${title}</h3>
      <div class="pair">${text("name", 100, "text", true)} ${text("kana", 100)}</div>
      <div class="pair">${text("birth", 10, "date")}
        <label>${w.t("column.sex")} <select name="sex"><option value=""></option>
          ${["female", "male", "other"].map((s) => html`<option value=${s} .defaultSelected=${s === of.sex}>${w.find("book", s) ?? s}</option>`)}</select></label></div>
      <div class="pair">${text("phone", 40, "tel")} ${text("card", 20)}</div>
      <div class="pair">${text("mail", 254, "email")}
        <label>${w.t("column.tags")} <input name="tags" maxlength="300" autocomplete="off" .defaultValue=${of.tags.join("、")} aria-invalid=${error("tags") ? "true" : "false"}> <small>${w.t("books.tagsHint")}</small>${wrong("tags")}</label></div>
      <label>${w.t("column.memo")} <textarea name="memo" rows="3" maxlength="2000" .defaultValue=${of.memo} aria-invalid=${error("memo") ? "true" : "false"}></textarea>${wrong("memo")}</label>
      <button type="submit" class="primary" data-act="member-save" .disabled=${busy}>${w.t("staff.save")}</button>
      <button type="button" data-act="member-no" @click=${close}>${w.t("books.no")}</button>
    </form>`;
  }
}

function fieldsOf(f: HTMLFormElement): MemberFields {
  const text = (name: string) => field(f, name).replace(/\r\n/g, "\n");
  return {
    name: text("name"), kana: text("kana"), birth: text("birth"), sex: text("sex"), phone: text("phone"), mail: text("mail"), card: text("card"), memo: text("memo"),
    tags: text("tags").split(/[、,，]/).map((t) => t.trim()).filter((t) => t !== ""),
  };
}
