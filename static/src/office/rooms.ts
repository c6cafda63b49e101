// The rooms in the form of the clinic's settings: their names, which services
// each serves, one more, or one less.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { insideOf } from "../staff/snapshot.ts";
import type { StaffWords } from "../staff/words.ts";
import { clinicRules } from "../rules.ts";
import type { RoomSettings, Staff, StaffTicket } from "../wire.ts";
import { errorsAt, errorsBelow, type Editing } from "./form.ts";

export function roomList(form: Editing, staff: Staff, rooms: RoomSettings[]): TemplateResult {
  const { w } = form;
  const add = () => form.change(() => rooms.push(newRoom(rooms, staff.services.map((s) => s.board.service))), true);
  const idle = staff.services.filter(({ board: b }) => !rooms.some((r) => r.services.includes(b.service)));
  return html`<fieldset data-rooms>
    <legend>${w.t("field.rooms")}</legend>
    ${rooms.map((r, i) => one(form, staff, rooms, i, r))}
    <button type="button" data-add="rooms" .disabled=${rooms.length >= clinicRules.rooms.most} @click=${add}>${w.t("clinic.addRoom")}</button>
    ${idle.map(({ board: b }) => html`<p class="note warns" data-idle=${b.service}>${w.t("clinic.noRoom", { service: b.name })}</p>`)}
    ${errorsAt(form, "rooms")}
  </fieldset>`;
}

function one(form: Editing, staff: Staff, rooms: RoomSettings[], i: number, r: RoomSettings): TemplateResult {
  const { w } = form;
  const inside = insideOf(staff, r);
  const stays = inside || rooms.length === 1 ? staying(w, inside) : "";
  const rename = (e: Event) => form.change(() => (r.name = (e.currentTarget as HTMLInputElement).value));
  const serve = (service: string) => (e: Event) => {
    const on = (e.currentTarget as HTMLInputElement).checked;
    form.change(() => (r.services = on ? [...r.services, service] : r.services.filter((s) => s !== service)));
  };
  return html`<div class="roomline" data-room-settings=${r.id}>
    <label>${w.t("clinic.roomName")}
      <input type="text" maxlength=${clinicRules["rooms[].name"].most} required .value=${r.name} @input=${rename}></label>
    <div role="group" aria-label=${w.t("clinic.serves")}><span>${w.t("clinic.serves")}</span>
      ${staff.services.map(({ board: b }) => html`<label class="check"><input type="checkbox" value=${b.service}
        .checked=${r.services.includes(b.service)} @change=${serve(b.service)}> ${b.name}</label>`)}</div>
    <button type="button" data-remove .disabled=${stays !== ""}
      @click=${() => form.change(() => rooms.splice(i, 1), true)}>${w.t("clinic.removeRoom")}</button>
    ${stays ? html`<small class="stays">${stays}</small>` : nothing}
    ${errorsBelow(form, `rooms[${i}]`)}
  </div>`;
}

/** Why a room cannot be removed. */
function staying(w: StaffWords, inside: StaffTicket | undefined): string {
  return inside ? w.t("clinic.roomTaken", { n: inside.number }) : w.t("clinic.lastRoom");
}

/** Another room, under the first number that none has; it serves everything. */
function newRoom(rooms: readonly RoomSettings[], services: string[]): RoomSettings {
  let n = 1;
  while (rooms.some((r) => r.id === String(n))) n++;
  return { id: String(n), name: "", services };
}
