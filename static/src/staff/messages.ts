// The standing and the temporary message of a service.

import { html, type TemplateResult } from "../../vendor/lit/lit.js";
import { field } from "../lib/element.ts";
import type { MessageRequest, StaffService } from "../wire.ts";
import { put, type Desk } from "./desk.ts";

export function messages(desk: Desk, s: StaffService): TemplateResult {
  const { w, clock } = desk;
  const send = async (f: HTMLFormElement, body: MessageRequest) => {
    const path = `/v1/services/${s.board.service}/message`;
    if (await desk.press(w.t("staff.message"), put(path, body))) f.reset(); // to what the line says
  };
  const standing = (e: Event) => {
    e.preventDefault();
    const f = e.currentTarget as HTMLFormElement;
    void send(f, { text: field(f, "text"), until: null });
  };
  const temporary = (e: Event) => {
    e.preventDefault();
    const f = e.currentTarget as HTMLFormElement;
    void send(f, { text: field(f, "text"), until: clock.inMinutes(Number(field(f, "minutes")) || 60) });
  };
  const remove = (e: Event) => {
    const f = (e.currentTarget as HTMLButtonElement).form;
    if (f) void send(f, { text: "", until: clock.inMinutes(1) });
  };
  const save = html`<button type="submit" .disabled=${desk.busy}>${w.t("staff.save")}</button>`;
  return html`<div class="messages">
    <h3>${w.t("staff.message")}</h3>
    <form data-message="standing" @submit=${standing}>
      <label>${w.t("staff.standing")}
        <textarea name="text" rows="2" maxlength="500" .defaultValue=${s.standing}></textarea></label>
      ${save}
    </form>
    <form data-message="temporary" @submit=${temporary}>
      <label>${w.t("staff.temporary")}
        <textarea name="text" rows="2" maxlength="500" .defaultValue=${s.temporary?.text ?? ""}></textarea></label>
      <label>${w.t("staff.minutes")} <input name="minutes" type="number" min="1" max="1440" .defaultValue=${"60"}></label>
      ${save}
      <button type="button" .disabled=${desk.busy || !s.temporary}
        @click=${remove}>${w.t("staff.remove")}</button>
    </form>
  </div>`;
}
