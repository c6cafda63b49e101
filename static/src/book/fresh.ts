// The parts of the page that age: the calendar and the slots. They are read from the
// server again, and replaced without touching what was typed.

const parts = ["days", "times"];
const oldAfter = 90_000; // ms
const readEvery = 60_000; // ms, while the page is visible

export interface Fresh {
  read(): void; // soon, several calls at once
}

export function fresh(main: HTMLElement): Fresh {
  let address = location.href;
  let at = Date.now();
  let pending = 0;
  let reads = 0;

  /** Reads an address, whose answer may be overtaken by a later one. */
  const load = async (url: string): Promise<boolean> => {
    const nth = ++reads;
    try {
      const answer = await fetch(url, { cache: "no-store" });
      if (!answer.ok) return false;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (nth !== reads) return true;
      address = url;
      at = Date.now();
      swap(main, page);
      return true;
    } catch {
      return false; // the page keeps its state, and shows when that is old
    }
  };
  const soon = (wait: number) => {
    if (pending) return;
    pending = window.setTimeout(() => {
      pending = 0;
      void load(address);
    }, wait);
  };

  document.addEventListener("visibilitychange", () => document.hidden || soon(0));
  addEventListener("focus", () => Date.now() - at > 5_000 && soon(0));
  addEventListener("online", () => soon(0));
  addEventListener("pageshow", (e) => e.persisted && soon(0));
  setInterval(() => {
    const age = Date.now() - at;
    if (age > readEvery && !document.hidden) soon(Math.random() * 5_000);
    const old = document.getElementById("old");
    if (old) old.hidden = age < oldAfter;
  }, 5_000);

  main.addEventListener("click", (e) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    const link = (e.target as Element).closest<HTMLAnchorElement>("#days a");
    if (!link) return;
    e.preventDefault();
    link.setAttribute("aria-busy", "true");
    void load(link.href).then((ok) => {
      if (!ok) return location.assign(link.href);
      history.replaceState(null, "", link.href);
      if (link.dataset["day"]) {
        const times = document.getElementById("times");
        times?.focus({ preventScroll: true });
        times?.scrollIntoView({ block: "start" });
      }
    });
  });
  return { read: () => soon(Math.random() * 2_000) };
}

/** Replaces the parts; a slot that is still free stays chosen. */
function swap(main: HTMLElement, page: Document): void {
  const day = page.querySelector("main")?.getAttribute("data-day") ?? "";
  const same = day === main.dataset["day"];
  const chosen = main.querySelector<HTMLInputElement>("input[name=slot]:checked")?.value;
  const focused = (document.activeElement as HTMLElement | null)?.closest("input[name=slot]") as HTMLInputElement | null;
  for (const id of parts) {
    const [was, is] = [document.getElementById(id), page.getElementById(id)];
    if (was && is && was.innerHTML !== is.innerHTML) was.innerHTML = is.innerHTML;
  }
  main.dataset["day"] = day;
  const hidden = document.querySelector<HTMLInputElement>("#book input[name=day]");
  if (hidden) hidden.value = day;
  for (const input of main.querySelectorAll<HTMLInputElement>("input[name=slot]")) {
    if (same && input.value === chosen && !input.disabled) input.checked = true;
    if (same && focused && input.value === focused.value) input.focus({ preventScroll: true });
  }
}
