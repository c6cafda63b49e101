// <junban-board service="1234-1">: one board in another site's page. It has no
// library, shows the four public items only, and changes nothing outside its shadow tree.
//
// Attributes: service (required); lang; show, some of "waiting message address
// hours" (default: the first two); theme, "dark" or "auto" (default: light); accent,
// a colour; server, the server's origin (default: that of this script). Pages may
// style ::part(box), ::part(number), ::part(warning) and others. They may set the
// custom properties --junban-color, --junban-background, --junban-accent and
// --junban-font. The element's own content is shown until there is a board.

import { category } from "../lib/i18n.ts";
import { connect, type Connection, type ConnectionStatus } from "../lib/connection.ts";
import { guestsIn, receptionOf, seenOf, waitingOf, type Count } from "../lib/status.ts";
import type ja from "../locale/ja.json";
import { embed } from "../locale/ja.json";
import { openSocket } from "../lib/transport.ts";
import { Subprotocol, type Board, type Clinic, type Frame } from "../wire.ts";
import { dress } from "./style.ts";

// The Japanese texts of every board are built in; those of other languages are fetched.
// Japanese is shown if that takes more than a second: a late board is worse. It is
// fetched too for what few boards have, see isRare.
const japanese: Texts = { embed };

type Texts = Pick<typeof ja, "embed"> & Partial<Pick<typeof ja, "dayNote" | "stop">> & { slot?: Pick<typeof ja.slot, "serving" | "range" | "booked" | "called" | "caution"> };

/** Whether a board needs texts that are not built in. */
const isRare = (b: Board) => b.slots || b.dayNotes || b.stopReason;

// A module has no currentScript, and a classic script may not use import.meta. The
// script element is in the page in both cases.
const self = (document.currentScript || document.querySelector('script[src*="/embed/v1.js"]')) as HTMLScriptElement | null;
const home = self ? new URL(self.src).origin : location.origin;

type Form = "people_other" | "tickets_other"; // of a count

/** Shows a board in an element until what it returns is called. */
function show(host: HTMLElement): () => void {
  const attribute = (name: string) => host.getAttribute(name) || "";
  const service = attribute("service");
  const boardPath = `/v1/services/${service}/board`;
  const items = attribute("show") || "waiting message";
  const origin = (attribute("server") || home).replace(/\/+$/, "");
  const near = host.closest<HTMLElement>("[lang]"); // the element itself, or the page around it
  const lang = (near && near.lang) || navigator.language;
  const foreign = !/^ja(?!-x)/i.test(lang);
  let early = foreign && service;
  let texts = japanese;
  let clinic: Clinic | undefined;
  let connection: Connection | undefined;
  let status: ConnectionStatus | undefined;
  let board: Board | undefined;
  let silent = true; // the socket: the board is polled
  let problem: "" | "unknown" | "refused" = service ? "" : "unknown";
  let timer = 0;

  async function take<T>(path: string, taken: (answer: T) => void): Promise<void> {
    try {
      const answer = await fetch(origin + path);
      if (answer.ok) taken((await answer.json()) as T);
      else if (answer.status === 404) end("unknown"); // the texts are always found
      render();
    } catch {
      // A browser does not report a refusal. It is one when a reply comes that cannot be read.
      if (!board && path === boardPath) fetch(origin + boardPath, { mode: "no-cors" }).then(() => end("refused"), () => {});
    }
  }

  /** Requests the missing texts, and the board while the socket is silent. */
  function look(first?: boolean): void {
    if (texts === japanese && (foreign || (board && isRare(board)))) void take<Texts>("/embed/v1.json?lang=" + encodeURIComponent(lang), (t) => (texts = t));
    if (!clinic && /address|hours/.test(items)) void take<Clinic>("/v1/clinics/" + service.slice(0, 4), (c) => (clinic = c));
    if (silent && !first) void take<Frame>(boardPath, (f) => connection && connection.receive(f));
    render();
  }

  function begin(): void {
    problem = "";
    connection = connect({
      open: (listener) => openSocket(origin + "/v1/watch?topic=service:" + service, Subprotocol, {
        onFrame(f) {
          silent = false;
          listener.onFrame(f);
        },
        onEnd() {
          silent = true;
          listener.onEnd();
          look();
        },
      }),
      onFrame(f) {
        board = f.board || board;
        if (!foreign && board && isRare(board)) look(true);
      },
      onStatus(s) {
        status = s;
        render();
      },
    });
    timer = setInterval(look, 5_000);
    look(true);
  }

  function end(why: typeof problem): void {
    if (!connection) return; // the element has left the page
    close();
    problem = why;
    if (why === "refused") timer = setTimeout(begin, 60_000);
    render();
  }

  function close(): void {
    clearInterval(timer);
    if (connection) connection.stop();
    connection = undefined;
  }

  function render(): void {
    if (early && texts === japanese) return;
    const words = texts.embed;
    const n = status ? Math.floor((Date.now() - status.heardAt) / 60_000) : 0;
    const age = !board ? words.missing : n > 0 ? put(words.stale, { n }) : words.staleNow;
    const warning = problem ? words[problem] : status && status.doubtful ? "⚠ " + age : board ? "" : words.connecting;
    if (!board && host.firstElementChild && warning === words.connecting) return; // the page's own content is better
    const box = node("section", "", "box");
    box.style.setProperty("--junban-accent", attribute("accent"));
    if (board) fill(box, board);
    if (warning) box.append(node("p", warning, "warning"));
    const root = host.shadowRoot || host.attachShadow({ mode: "open" });
    root.textContent = "";
    dress(root);
    root.append(box);
  }

  function fill(box: HTMLElement, b: Board): void {
    const { embed: words, dayNote: days, stop: reasons, slot } = texts;
    const line = (text: string, part: string) => box.append(node("p", text, part));
    const row = (name: string, value: string, part: string) => {
      const made = node("p", name + " ", "row");
      made.append(node("b", value, part));
      box.append(made);
    };
    const count = ({ n, unit }: Count) => put(words[(unit + "_" + category(n, words.tag)) as Form] || words[(unit + "_other") as Form], { n });
    box.append(node("h2", b.name, "name"));
    if (items.includes("waiting")) {
      if (days) {
        const date = (d: string) =>
          d === b.day ? days.today : new Date(d).toLocaleDateString(words.tag, { month: "long", day: "numeric", timeZone: "UTC" });
        for (const { from, to, closed, reason } of b.dayNotes || []) {
          const when = from === to ? date(from) : put(days.range, { from: date(from), to: date(to) });
          line(put(closed ? days.closed : days.note, { when, reason }), "daynote");
        }
      }
      if (b.calling) {
        row(words.calling, b.calling[0] ? "" : words.nobody, "nobody");
        for (const c of b.calling) {
          const made = node("p", "", "call");
          made.append(node("b", c.number, "number"), " ", node("span", c.roomName, "room"));
          box.append(made);
        }
      }
      const seen = slot && seenOf(b);
      if (seen) {
        row(slot.serving, seen.to ? put(slot.range, { from: seen.from, to: seen.to }) : seen.from, "serving");
        if (seen.booked) row(slot.booked, count(seen.booked), "booked");
        if (seen.called) row(slot.called, count(seen.called), "called");
        line(slot.caution, "caution");
      }
      if (b.waiting) row(words.waiting, count(waitingOf(b.waiting)), "waiting");
      if (b.absent) row(words.absent, count({ n: b.absent.length + guestsIn(b, "absent").length, unit: "people" }), "absent");
      line(words[receptionOf(b)], "reception");
      const reason = b.stopReason;
      if (reason && reasons) line((reasons as Record<string, string>)[reason] || reason, "reason");
    }
    if (b.message && items.includes("message")) line(b.message.text, "message");
    for (const item of ["address", "hours"] as const) {
      const value = clinic && clinic[item];
      if (value && items.includes(item)) row(words[item], value, item);
    }
  }

  const late = setTimeout(() => {
    early = false;
    render();
  }, 1000);
  if (service) begin();
  else render();
  return () => {
    clearTimeout(late);
    close();
  };
}

function put(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/{(\w+)}/g, (_, name: string) => values[name] as string);
}

function node(name: string, text: string | number, part: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text as string;
  made.dir = "auto"; // isolates what a clinic typed
  made.setAttribute("part", part);
  made.translate = part !== "number";
  return made;
}

class JunbanBoard extends HTMLElement {
  static readonly observedAttributes = ["service", "lang", "show", "accent", "server"];

  private close: (() => void) | undefined;

  connectedCallback(): void {
    this.disconnectedCallback();
    this.close = show(this);
  }

  disconnectedCallback(): void {
    if (this.close) this.close();
    this.close = undefined;
  }

  attributeChangedCallback(): void {
    if (this.close) this.connectedCallback();
  }
}

if (!customElements.get("junban-board")) customElements.define("junban-board", JunbanBoard);
