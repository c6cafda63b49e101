// One room at the desk: its ticket, the button for the next one, and its break.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { callTo, put } from "../staff/calls.ts";
import { mark } from "../staff/letters.ts";
import type { Page } from "../staff/page.ts";
import { insideOf, lineOf } from "../staff/snapshot.ts";
import { when } from "../staff/words.ts";
import type { Room, Staff, StaffService } from "../wire.ts";

const lengths = [15, 30, 60, 0]; // minutes; 0: until the day is over

/** key is the digit that clicks its button for the next ticket; 0 is none. */
export function roomCard(page: Page, staff: Staff, s: StaffService, room: Room, key: number): TemplateResult {
  const { w } = page;
  const inside = insideOf(staff, room);
  const label = w.t("staff.next", { room: room.name });
  const other = inside && lineOf(inside) !== s.board.service ? (inside.laneName ?? inside.serviceName) : "";
  const resting = room.duty === "break" || room.duty === "off";
  return html`<div class="room ${resting ? "resting" : ""}" data-room-card=${room.id}>
    <p>${inside ? w.t("staff.inRoom", { room: room.name, n: inside.number }) : w.t("staff.roomFree", { room: room.name })}
      ${other ? html`<small class="other">${other}</small>` : nothing}
      ${resting ? html`<strong class="duty">${dutyText(page, s, room)}</strong>` : nothing}</p>
    <button type="button" class="primary" data-next=${s.board.service} data-room=${room.id} data-digit=${key || nothing} .disabled=${page.busy || resting}
      @click=${() => void page.send(label, callTo(s.board.service, room.id, inside))}>${label} ${key ? mark(key) : nothing}</button>
    ${resting
      ? html`<button type="button" data-duty="on" .disabled=${page.busy}
          @click=${() => setDuty(page, staff, room, "on", 0)}>${w.t("staff.onAgain")}</button>`
      : rest(page, staff, s, room)}
  </div>`;
}

function dutyText(page: Page, s: StaffService, room: Room): string {
  const name = page.w.t(room.duty === "break" ? "staff.onBreak" : "staff.offDuty");
  return room.until ? page.w.t("staff.dutyUntil", { duty: name, time: when(room.until, s.board.day) }) : name;
}

/** The break, behind one button. */
function rest(page: Page, staff: Staff, s: StaffService, room: Room): TemplateResult {
  const { w } = page;
  const of = `room ${room.id} ${s.board.service}`;
  const open = page.ui.open?.of === of;
  const toggle = () => page.set({ open: open ? undefined : { of, form: "rest" } });
  const kinds = [["break", w.t("staff.break")], ["off", w.t("staff.off")]] as const;
  const choice = (duty: string, minutes: number) => html`<button type="button" data-duty=${duty} data-minutes=${minutes}
    .disabled=${page.busy} @click=${() => setDuty(page, staff, room, duty, minutes)}>
    ${minutes ? w.t("staff.forMinutes", { n: minutes }) : w.t("staff.today")}</button>`;
  return html`<button type="button" data-rest aria-expanded=${open ? "true" : "false"} .disabled=${page.busy}
      @click=${toggle}>${w.t("staff.rest")}</button>
    ${open
      ? html`<div class="ask" tabindex="-1" data-first>
          ${kinds.map(([duty, name]) => html`<p role="group" aria-label=${name}><b>${name}</b> ${lengths.map((m) => choice(duty, m))}</p>`)}
        </div>`
      : nothing}`;
}

function setDuty(page: Page, staff: Staff, room: Room, duty: string, minutes: number): void {
  page.set({ open: undefined });
  const path = `/v1/clinics/${staff.clinic}/rooms/${encodeURIComponent(room.id)}/duty`;
  const until = minutes ? page.clock.inMinutes(minutes) : null;
  void page.send(duty === "on" ? page.w.t("staff.onAgain") : page.w.t("staff.rest"), put(path, { duty, until }));
}
