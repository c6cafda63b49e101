// The standing and the temporary message of a service.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { message as boardMessage } from "../lib/board.ts";
import { field } from "../lib/element.ts";
import { put } from "../staff/calls.ts";
import type { Page, Writing } from "../staff/page.ts";
import { preview } from "../staff/preview.ts";
import type { MessageRequest, StaffService } from "../wire.ts";

export function messages(page: Page, s: StaffService): TemplateResult {
  const { w, clock } = page;
  const send = async (f: HTMLFormElement, body: MessageRequest) => {
    const path = `/v1/services/${s.board.service}/message`;
    if (!(await page.send(w.t("staff.message"), put(path, body)))) return;
    f.reset(); // to the saved text
    if (isWritten(f.dataset["message"])) page.set({ writing: undefined });
  };
  const minutes = (f: HTMLFormElement) => Number(field(f, "minutes")) || 60;
  const write = (message: Writing["message"]) => (e: Event) => {
    const f = e.currentTarget as HTMLFormElement;
    const text = field(f, "text");
    const service = s.board.service;
    page.set({ writing: text === "" ? undefined : { service, message, text, until: message === "standing" ? null : clock.wallIn(minutes(f)) } });
  };
  const isWritten = (message: string | undefined) => page.ui.writing?.service === s.board.service && page.ui.writing.message === message;
  const shown = (message: Writing["message"]) =>
    page.ui.writing && isWritten(message) ? preview(w, "message", html`${boardMessage(w, { ...s.board, message: page.ui.writing })}`) : nothing;
  const standing = (e: Event) => {
    e.preventDefault();
    const f = e.currentTarget as HTMLFormElement;
    void send(f, { text: field(f, "text"), until: null });
  };
  const temporary = (e: Event) => {
    e.preventDefault();
    const f = e.currentTarget as HTMLFormElement;
    void send(f, { text: field(f, "text"), until: clock.inMinutes(minutes(f)) });
  };
  const remove = (e: Event) => {
    const f = (e.currentTarget as HTMLButtonElement).form;
    if (f) void send(f, { text: "", until: clock.inMinutes(1) });
  };
  const save = html`<button type="submit" .disabled=${page.busy}>${w.t("staff.save")}</button>`;
  return html`<div>
    <h3>${w.t("staff.message")}</h3>
    <form data-message="standing" @submit=${standing} @input=${write("standing")}>
      <label>${w.t("staff.standing")}
        <textarea name="text" rows="2" maxlength="500" .defaultValue=${s.standing}></textarea></label>
      ${shown("standing")} ${save}
    </form>
    <form data-message="temporary" @submit=${temporary} @input=${write("temporary")}>
      <label>${w.t("staff.temporary")}
        <textarea name="text" rows="2" maxlength="500" .defaultValue=${s.temporary?.text ?? ""}></textarea></label>
      <label>${w.t("staff.minutes")} <input name="minutes" type="number" min="1" max="1440" .defaultValue=${"60"}></label>
      ${shown("temporary")} ${save}
      <button type="button" .disabled=${page.busy || !s.temporary}
        @click=${remove}>${w.t("staff.remove")}</button>
    </form>
  </div>`;
}
