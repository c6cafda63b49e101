// The keyboard of the desk. A key clicks the button of its action, and so asks the same
// questions. It does nothing while a field has the focus, or while the key is held
// down. It also ignores bounces, and bursts of characters from a card reader.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { pause } from "../staff/guard.ts";
import { letterSwitch, lettersAct, mark } from "../staff/letters.ts";
import type { StaffTexts } from "../staff/texts.ts";
import type { StaffWords } from "../staff/words.ts";

const acts: Record<string, string[]> = {
  c: ["call"], r: ["recall"], e: ["enter"], f: ["finish"], a: ["absent"], b: ["return", "resume"], x: ["exam"],
  h: ["arrive-here"], o: ["arrive-out"], p: ["hold"], s: ["rebook"], v: ["edit"], m: ["move"], t: ["transfer"], d: ["cancel"], n: ["no_show"],
};

const gap = 120; // ms between two characters: a reader is faster, a person slower

export interface Keyed extends HTMLElement {
  readonly updateComplete: Promise<void>;
  readonly w: StaffWords;
  inLine(): boolean; // the line is visible
  undo(): void;
  help(): void;
  report(text: string): void;
}

/** Handles the keys of one page until the function that it returns is called. */
export function listen(page: Keyed): () => void {
  let last = { key: "", at: -Infinity };
  let pressed = { at: -Infinity, count: 0 }; // characters outside of fields, each soon after the one before
  let waiting: { run: () => void; timer: number } | undefined;
  let taken = false; // the field with the focus must not receive the letter of that key
  const stop = () => {
    clearTimeout(waiting?.timer);
    waiting = undefined;
  };
  const later = (run: () => void) => {
    stop();
    waiting = { run, timer: window.setTimeout(now, gap) };
  };
  const now = () => {
    const run = waiting?.run;
    stop();
    if (run && page.inLine()) run();
  };
  const take = (e: Event, run: () => void) => {
    e.preventDefault();
    taken = true;
    run();
  };
  const letter = (e: Event) => taken && e.preventDefault();
  /** Whether a character belongs to a burst, as a card reader types. */
  const reads = (e: KeyboardEvent, bounced: boolean) => {
    pressed = { at: e.timeStamp, count: e.timeStamp - pressed.at < gap ? pressed.count + 1 : 1 };
    if (pressed.count < 2 || (bounced && pressed.count === 2)) return false;
    stop();
    page.report(page.w.t("keys.reader"));
    return true;
  };
  const onKey = (e: KeyboardEvent) => {
    if (e.repeat && !e.key.startsWith("Arrow")) return taken && !typing(e.target) && e.key.length === 1 && e.preventDefault();
    const key = e.key.toLowerCase();
    const bounced = last.key === key && e.timeStamp - last.at < pause;
    const character = e.key.length === 1 && !e.ctrlKey && !e.altKey && !e.metaKey && !typing(e.target) && !e.isComposing;
    last = { key, at: e.timeStamp };
    taken = false;
    if (key === "enter" && e.timeStamp - pressed.at < gap && !typing(e.target)) return reads(e, false) && e.preventDefault();
    if (e.key.length === 1 && !e.ctrlKey && !lettersAct()) return;
    if (character && page.inLine() && reads(e, bounced)) return take(e, () => undefined);
    if (e.key === "?" && !typing(e.target)) return take(e, () => page.help());
    if (!page.inLine() || typing(e.target) || e.altKey || e.metaKey || e.isComposing) return;
    if (e.ctrlKey && key !== "z") return;
    const run = doing(page, e.ctrlKey ? "u" : key);
    if (!run) return;
    if (key.startsWith("arrow")) now(); // the keys typed so far were for the former ticket
    else if (bounced) return take(e, () => waiting && later(waiting.run));
    take(e, character && key !== "/" ? () => later(run) : run);
  };
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("keypress", letter);
  return () => {
    stop();
    document.removeEventListener("keydown", onKey, true);
    document.removeEventListener("keypress", letter);
  };
}

function typing(at: EventTarget | null): boolean {
  return at instanceof Element && at.closest("input, select, textarea, [contenteditable]") !== null;
}

function doing(page: Keyed, key: string): (() => void) | undefined {
  const names = acts[key];
  if (names) return () => void act(page, names);
  if (/^[1-9]$/.test(key)) return () => next(page, Number(key));
  switch (key) {
    case "arrowdown":
      return () => step(page, 1);
    case "arrowup":
      return () => step(page, -1);
    case "w":
      return () => walkin(page);
    case "i":
      return () => page.querySelector<HTMLElement>("#checkin")?.focus();
    case "u":
      return () => page.undo();
    case "/":
      return () => page.querySelector<HTMLElement>("#find")?.focus();
  }
  return undefined;
}

function next(page: Keyed, n: number): void {
  const button = page.querySelector<HTMLButtonElement>(`[data-digit="${n}"]`);
  if (!button) page.report(page.w.t("keys.noRoom", { n }));
  else if (button.disabled) page.report(page.w.t("keys.cannot"));
  else button.click();
}

function rows(page: Keyed): HTMLElement[] {
  return Array.from(page.querySelectorAll<HTMLElement>(".tickets [data-ticket]"));
}

/** The ticket that has the keyboard focus. */
function chosen(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>("[data-ticket]") ?? null;
}

function step(page: Keyed, by: number): void {
  const all = rows(page);
  const at = chosen();
  const from = at ? all.indexOf(at) : by > 0 ? -1 : all.length;
  all[Math.min(all.length - 1, Math.max(0, from + by))]?.focus();
}

/** Brings the keyboard to the ticket of that number; the first, where several services count alike. */
export function find(page: Keyed, number: string): void {
  const row = rows(page).find((r) => r.querySelector(".number")?.textContent === number);
  if (row) row.focus();
  else page.report(page.w.t("keys.noTicket", { n: number }));
}

async function act(page: Keyed, names: string[]): Promise<void> {
  const row = chosen();
  if (!row) return page.report(page.w.t("keys.choose"));
  const id = row.dataset["ticket"] ?? "";
  const wanted = () => names.map((name) => page.querySelector<HTMLButtonElement>(`[data-ticket="${id}"] [data-act="${name}"]`)).find((b) => b);
  const more = row.querySelector<HTMLButtonElement>('[data-more][aria-expanded="false"]');
  if (!wanted() && more) {
    more.click();
    await page.updateComplete;
  }
  const button = wanted();
  if (!button || button.disabled) return page.report(page.w.t("keys.cannot"));
  const rooms = page.querySelectorAll<HTMLElement>(`[data-ticket="${id}"] [data-act="call"]`);
  if (names[0] === "call" && rooms.length > 1) return rooms[0]?.focus(); // the user must choose the room
  button.click();
}

function walkin(page: Keyed): void {
  page.querySelector<HTMLElement>("[data-chosen] .walkin input[name=name]")?.focus();
}

const ofSlots = ["i", "s"]; // keys of services in slot mode

/** A key, what acts while single keys are switched off ("": nothing), and what it does. */
const list: readonly (readonly [string, string, keyof StaffTexts["keys"]])[] = [
  ["1 – 9", "", "helpNext"], ["↑ ↓", "↑ ↓", "helpStep"], ["/", "", "helpFind"], ["W", "", "helpWalkin"], ["I", "", "helpCheckin"], ["U / Ctrl+Z", "Ctrl+Z", "helpUndo"],
];

/** slots: some service is in slot mode. */
export function help(w: StaffWords, close: () => void, changed: () => void, slots: boolean): TemplateResult {
  const letters = lettersAct();
  const has = (key: string) => slots || !ofSlots.includes(key.toLowerCase());
  const line = (key: string, text: string) => html`<div><dt><kbd>${key}</kbd></dt><dd>${text}</dd></div>`;
  const name = (act: string) => w.find("act", act.replace("-", "_")) ?? act;
  return html`<section class="help" id="help" role="dialog" tabindex="-1" aria-label=${w.t("keys.title")}
      @keydown=${(e: KeyboardEvent) => e.key === "Escape" && close()}>
    <h2>${w.t("keys.title")}</h2>
    ${letterSwitch(w, changed)}
    <dl>${list.filter(([key]) => has(key)).map(([all, without, text]) => (letters || without ? line(letters ? all : without, w.t(`keys.${text}`)) : nothing))}</dl>
    ${letters ? html`<h3>${w.t("keys.onTicket")}</h3>
      <dl>${Object.keys(acts).filter(has).map((key) => line(key.toUpperCase(), (acts[key] ?? []).map(name).join(" / ")))}</dl>` : nothing}
    <p class="small">${w.t("keys.never")}</p>
    <button type="button" @click=${close}>${w.t("staff.dismiss")} ${mark("?")}</button>
  </section>`;
}
