// Keeps the keyboard focus when the line changes. An element that was disabled for a
// moment, moved or recreated passes its focus to its successor.

export class FocusKeeper {
  private like = ""; // a selector of what had the focus

  constructor(private readonly page: HTMLElement) {}

  /** The user has moved the focus: it is kept from then on. */
  readonly note = (e: Event): void => {
    const at = e.target as HTMLElement;
    const row = at.closest<HTMLElement>("[data-ticket]")?.dataset["ticket"];
    const own = at.id ? "#" + at.id : marks(at);
    this.like = row ? `[data-ticket="${row}"]${own ? " " + own : ""}` : own;
    if (row && at.dataset["ticket"]) this.like = `[data-ticket="${row}"]`;
  };

  /** A click beside everything removes the focus on purpose. */
  readonly forget = (): void => {
    this.like = "";
  };

  /** After a rendering. */
  keep(): void {
    if (this.like === "" || (document.activeElement !== document.body && document.activeElement !== null)) return;
    const row = /^\[data-ticket="[^"]*"\]/.exec(this.like)?.[0];
    const find = (like: string) => this.page.querySelector<HTMLElement>(like + ":not(:disabled)");
    (find(this.like) ?? (row ? find(row) : null))?.focus({ preventScroll: true });
  }
}

/** What distinguishes a button or field from its neighbours. */
function marks(at: HTMLElement): string {
  const named = ["data-act", "data-next", "data-room", "data-duty", "data-view", "data-more", "data-journal", "name"];
  return named.filter((n) => at.hasAttribute(n)).map((n) => `[${n}="${at.getAttribute(n) ?? ""}"]`).join("");
}
