// <junban-board service="1234-1" lang="ja">: one board in a page that is not
// ours. It carries no library, shows the four public items and nothing else, and
// touches nothing outside its shadow tree.
//
// Attributes: service (required), lang, server (the server's origin, when it is
// not the one that this script came from). Dress it with ::part(number),
// ::part(box), ::part(warning) and the custom properties --junban-color,
// --junban-background, --junban-accent, --junban-font.

import { startFeed, type Feed, type Status } from "../lib/feed.ts";
import { words, type Words } from "../lib/i18n.ts";
import { guestsIn, receptionOf, waitingOf, type Count } from "../lib/status.ts";
import { pollBoards, socket } from "../lib/transport.ts";
import { dayNote, embed, stop } from "../locale/ja.json";
import type { Board } from "../wire.ts";
import { dress } from "./style.ts";

// Japanese is here; another language is asked for, and Japanese is what is shown
// as long as it has not come, or where it does not.
const japanese = { dayNote, embed, stop };

// A module has no currentScript, and a classic script may not name import.meta;
// the script that brought us is in the page either way.
const self = (document.currentScript || document.querySelector('script[src*="/embed/v1.js"]')) as HTMLScriptElement | null;
const home = self ? new URL(self.src, location.href).origin : location.origin;

class JunbanBoard extends HTMLElement {
  static readonly observedAttributes = ["service", "lang", "server"];

  private readonly root = this.attachShadow({ mode: "open" });
  private feed: Feed | undefined;
  private board: Board | undefined;
  private status: Status | undefined;
  private unknown = false;
  private timer = 0;
  private connected = false;
  private tag = ""; // of the language that was asked for
  private texts = japanese;

  connectedCallback(): void {
    this.connected = true;
    this.open();
  }

  disconnectedCallback(): void {
    this.connected = false;
    this.close();
  }

  attributeChangedCallback(name: string): void {
    if (!this.connected) return;
    if (name === "lang") return this.render();
    this.close();
    this.open();
  }

  private open(): void {
    const service = this.getAttribute("service");
    if (!service) return this.refuse();
    this.feed = startFeed({
      origin: this.origin(),
      topics: ["service:" + service],
      transports: [socket, pollBoards],
      onFrame: (f) => {
        this.board = f.board || this.board;
      },
      onStatus: (s) => {
        this.status = s;
        this.render();
      },
      onUnknown: () => this.refuse(),
    });
    this.timer = window.setInterval(() => this.render(), 30_000);
  }

  private origin(): string {
    return (this.getAttribute("server") || home).replace(/\/+$/, "");
  }

  private close(): void {
    clearInterval(this.timer);
    if (this.feed) this.feed.stop();
    this.board = this.status = undefined;
    this.unknown = false;
  }

  /** Says that there is nothing to show, and asks no more. */
  private refuse(): void {
    this.close();
    this.unknown = true;
    this.render();
  }

  private render(): void {
    const near = this.closest("[lang]"); // ourselves, or the page around us
    this.speak((near && near.getAttribute("lang")) || navigator.language);
    const w = words(this.texts);
    const box = node("section", "", "box");
    if (this.board) fill(box, w, this.board);
    const warning = this.warning(w);
    if (warning) box.append(node("p", warning, "warning"));
    this.root.textContent = "";
    dress(this.root);
    this.root.append(box);
  }

  /** Takes up a language; where its words do not come, they are asked for again later. */
  private speak(tag: string): void {
    if (tag === this.tag) return;
    this.tag = tag;
    this.texts = japanese;
    if (/^ja(?!-x)/i.test(tag)) return;
    fetch(this.origin() + "/embed/v1.json?lang=" + encodeURIComponent(tag))
      .then((answer) => answer.json())
      .then((texts: typeof japanese) => {
        if (tag !== this.tag) return;
        this.texts = texts;
        this.render();
      })
      .catch(() => setTimeout(() => (this.tag = ""), 30_000));
  }

  private warning(w: Words<typeof japanese>): string {
    const s = this.status;
    if (this.unknown) return w.t("embed.unknown");
    if (!s || s.link === "live") return "";
    if (s.link === "connecting") return this.board ? "" : w.t("embed.connecting");
    const n = Math.floor((Date.now() - s.heardAt) / 60_000);
    return "⚠ " + (n > 0 ? w.t("embed.stale", { n }) : w.t("embed.staleNow"));
  }
}

function fill(box: HTMLElement, w: Words<typeof japanese>, b: Board): void {
  const row = (name: string, value: string, part: string) => {
    const line = node("p", name + " ", "row");
    line.append(node("b", value, part));
    box.append(line);
  };
  box.append(node("h2", b.name, "name"));
  const date = (d: string) =>
    d === b.day ? w.t("dayNote.today") : new Date(d).toLocaleDateString(w.t("embed.tag"), { month: "long", day: "numeric", timeZone: "UTC" });
  for (const { from, to, closed, reason } of b.dayNotes || []) {
    const when = from === to ? date(from) : w.t("dayNote.range", { from: date(from), to: date(to) });
    box.append(node("p", w.t(closed ? "dayNote.closed" : "dayNote.told", { when, reason }), "daynote"));
  }
  if (b.calling) {
    row(w.t("embed.calling"), b.calling.length === 0 ? w.t("embed.nobody") : "", "nobody");
    for (const c of b.calling) {
      const line = node("p", "", "call");
      line.append(node("b", String(c.number), "number"), " ", node("span", c.roomName, "room"));
      box.append(line);
    }
  }
  if (b.waiting) row(w.t("embed.waiting"), count(w, waitingOf(b.waiting)), "waiting");
  if (b.absent) row(w.t("embed.absent"), count(w, { n: b.absent.length + guestsIn(b, "absent").length, unit: "people" }), "absent");
  box.append(node("p", w.t(`embed.${receptionOf(b)}`), "reception"));
  if (b.stopReason) box.append(node("p", w.find("stop", b.stopReason) || b.stopReason, "reason"));
  if (b.message) box.append(node("p", b.message.text, "message"));
}

function count(w: Words<typeof japanese>, { n, unit }: Count): string {
  return w.t(n === 1 ? `embed.${unit}One` : `embed.${unit}`, { n });
}

function node(name: string, text: string, part: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  made.setAttribute("part", part);
  return made;
}

if (!customElements.get("junban-board")) customElements.define("junban-board", JunbanBoard);
