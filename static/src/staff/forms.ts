// The forms of a service: reception at the desk, the web desk's state, and the
// messages.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { newKey } from "../lib/api.ts";
import type { Clock } from "../lib/clock.ts";
import { field } from "../lib/element.ts";
import { receptionOf } from "../lib/status.ts";
import type { Issued, MessageRequest, StaffService } from "../wire.ts";
import type { Desk } from "./desk.ts";

/** Reception at the desk. Which people come in one party is the desk's to know, within reason. */
export function walkin(desk: Desk, s: StaffService, issued: Issued | undefined, done: (i: Issued) => void): TemplateResult {
  const { w } = desk;
  const submit = async (e: Event) => {
    e.preventDefault();
    const f = e.currentTarget as HTMLFormElement;
    const answer = await desk.press(w.t("staff.walkin"), {
      method: "POST",
      path: `/v1/services/${s.board.service}/walkins`,
      key: newKey(),
      body: {
        partySize: Number(field(f, "partySize")) || 1,
        firstVisit: field(f, "firstVisit") !== "",
        patient: { name: field(f, "name"), phone: field(f, "phone"), cardNumber: field(f, "cardNumber") },
      },
    });
    if (!answer) return;
    f.reset();
    done(answer as Issued);
  };
  return html`<form class="walkin" @submit=${submit}>
    <h3>${w.t("staff.walkin")}</h3>
    <label>${w.t("patient.name")} <input name="name" maxlength="60" autocomplete="off"></label>
    <label>${w.t("patient.partySize")} <input name="partySize" type="number" min="1" max="20" .defaultValue=${"1"}></label>
    <label class="check"><input name="firstVisit" type="checkbox" value="1"> ${w.t("staff.firstVisit")}</label>
    <label>${w.t("patient.phone")} <input name="phone" type="tel" maxlength="40" autocomplete="off"></label>
    <label>${w.t("patient.cardNumber")} <input name="cardNumber" maxlength="20" autocomplete="off"></label>
    <button type="submit" .disabled=${desk.busy}>${w.t("act.issue")}</button>
    ${issued ? html`<p class="note" role="status">${w.t("staff.walkinDone", { n: issued.ticket.number })}
      <a href=${`/s/${issued.ticket.service}#${issued.ticket.id}.${issued.token}`} target="_blank" rel="noopener">
        ${w.t("staff.walkinLink")}</a></p>` : nothing}
  </form>`;
}

const receptions = [
  ["open", "staff.open"],
  ["paused", "staff.pause"],
  ["closed", "staff.close"],
] as const;

/** Opens, pauses and closes the web desk. */
export function reception(desk: Desk, s: StaffService): TemplateResult {
  const { w } = desk;
  return html`<div class="reception">
    <h3>${w.t("staff.reception")}: ${w.t(`reception.${receptionOf(s.board)}`)}</h3>
    ${receptions.map(([value, label]) => {
      const put = () =>
        void desk.press(w.t("staff.reception"), {
          method: "PUT",
          path: `/v1/services/${s.board.service}/reception`,
          body: { reception: value },
        });
      const now = s.board.reception === value;
      return html`<button type="button" data-reception=${value} aria-pressed=${now ? "true" : "false"}
        .disabled=${desk.busy || now} @click=${put}>${w.t(label)}</button>`;
    })}
  </div>`;
}

/** The standing and the temporary message. */
export function messages(desk: Desk, s: StaffService, clock: Clock): TemplateResult {
  const { w } = desk;
  const put = async (f: HTMLFormElement, body: MessageRequest) => {
    const path = `/v1/services/${s.board.service}/message`;
    if (await desk.press(w.t("staff.message"), { method: "PUT", path, body })) f.reset(); // to what the line says
  };
  const standing = (e: Event) => {
    e.preventDefault();
    const f = e.currentTarget as HTMLFormElement;
    void put(f, { text: field(f, "text"), until: null });
  };
  const temporary = (e: Event) => {
    e.preventDefault();
    const f = e.currentTarget as HTMLFormElement;
    void put(f, { text: field(f, "text"), until: clock.inMinutes(Number(field(f, "minutes")) || 60) });
  };
  const remove = (e: Event) => {
    const f = (e.currentTarget as HTMLButtonElement).form;
    if (f) void put(f, { text: "", until: clock.inMinutes(1) });
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
