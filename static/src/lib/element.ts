// The base of all pages. They render into the light DOM, because the page's stylesheet
// styles them and the policy allows no inline style. They replace the first paint that
// the server wrote.

import type { Frame } from "../wire.ts";
import { draw } from "./rewritten.ts";
import { published, words, type Texts, type Words } from "./i18n.ts";

export abstract class PageElement extends HTMLElement {
  private ticking = 0;
  private begun = false;
  private asked: Promise<void> | undefined;

  connectedCallback(): void {
    if (!this.begun) this.textContent = "";
    this.begun = true;
    this.requestUpdate();
  }

  disconnectedCallback(): void {
    this.tick(0);
  }

  protected abstract render(): unknown;

  /** Renders once for all changes so far. */
  requestUpdate(): void {
    this.asked = this.asked || Promise.resolve().then(() => {
      this.asked = undefined;
      draw(this.render(), this);
      this.updated();
    });
  }

  /** Called when the requested update is rendered. */
  protected updated(): void {}

  /** Fulfilled when all requested updates are rendered. */
  get updateComplete(): Promise<void> {
    return this.asked || Promise.resolve();
  }

  /** Renders again at this interval in ms; 0 stops it. */
  protected tick(every: number): void {
    clearInterval(this.ticking);
    this.ticking = every ? window.setInterval(() => this.requestUpdate(), every) : 0;
  }
}

/** The language that the server chose for the page. */
export function pageLang(): string {
  return document.documentElement.lang;
}

/** The texts that were loaded with the page. */
export function pageWords<T extends Texts>(): Words<T> {
  return words(published() as T, pageLang());
}

const againIn = 15_000; // ms, as a page without scripts

/**
 * Defines the element of a page. Without its texts the page keeps what the server
 * wrote, shows a warning, and is loaded again now and then.
 */
export function begin(name: string, page: CustomElementConstructor): void {
  if (published()) return customElements.define(name, page);
  const note = document.getElementById("wordless");
  if (note) note.hidden = false;
  setInterval(() => {
    // Waits for a response: a screen must not end on an error page of the browser.
    fetch(location.href, { cache: "no-store" }).then((answer) => answer.ok && location.reload(), () => undefined);
  }, againIn);
}

/** The data that the server wrote into the page under an id, if any. */
export function given<T>(id: string): T | undefined {
  try {
    return (JSON.parse(document.getElementById(id)?.textContent || "null") as T | null) || undefined;
  } catch {
    return undefined;
  }
}

/** The frame that the server wrote into the page, if any. */
export function initialFrame(): Frame | undefined {
  return given<Frame>("initial");
}

/** The value of an input, without the blanks around it. */
export function field(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value.trim() : "";
}
