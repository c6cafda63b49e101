// Pairs a screen with a clinic. It shows a code until the desk accepts it, and keeps
// its token. If the browser refuses storage, the token is in the address. A kiosk that
// loads the address again is still the same screen.

import { call, Failure } from "../lib/api.ts";
import { Shelf } from "../lib/storage.ts";
import type { OwnScreen, Pairing, PairingState } from "../wire.ts";

export interface Paired {
  clinic: string;
  token: string;
  screen?: OwnScreen; // as last received
}

const key = "junban.screen";
const lookEvery = 4_000; // ms, at the code
const askEvery = 25_000; // ms, between two requests of the settings

export class PairedShelf {
  constructor(
    private readonly shelf: Shelf,
    private readonly persists: () => boolean,
  ) {}

  get(): Paired | undefined {
    const [, clinic, token] = /^#(\d{4})\.([\w-]{43})$/.exec(location.hash) ?? [];
    const kept = this.shelf.get(key, isPaired);
    if (!clinic || !token) return kept;
    return kept && kept.token === token ? kept : { clinic, token };
  }

  put(p: Paired): void {
    this.shelf.put(key, p);
    if (!this.persists()) history.replaceState(null, "", `#${p.clinic}.${p.token}`);
  }

  drop(): void {
    this.shelf.drop(key);
    history.replaceState(null, "", location.pathname + location.search);
  }
}

function isPaired(v: unknown): v is Paired {
  const p = v as Paired | null;
  return typeof p === "object" && p !== null && typeof p.clinic === "string" && typeof p.token === "string";
}

/** Whether the browser stores data. */
export function persists(): boolean {
  try {
    localStorage.setItem("junban.try", "1");
    localStorage.removeItem("junban.try");
    return true;
  } catch {
    return false;
  }
}

/** Shows codes until a clinic accepts one; show gets undefined if there is no code. */
export function startPairing(show: (p: Pairing | undefined) => void, done: (p: Paired) => void): () => void {
  let timer = 0;
  let stopped = false;
  let shown: Pairing | undefined;
  const again = () => (timer = stopped ? 0 : window.setTimeout(() => void look(), lookEvery));
  const look = async () => {
    try {
      if (!shown) {
        shown = await call<Pairing>({ method: "POST", path: "/v1/pairings" });
      } else {
        const state = await call<PairingState>({ method: "GET", path: "/v1/pairings/" + shown.code, token: shown.token });
        if (state.clinic && !stopped) return done({ clinic: state.clinic, token: shown.token });
      }
    } catch (e) {
      if (e instanceof Failure && e.code === "pairing_unknown") shown = undefined; // it has expired
    }
    if (stopped) return;
    show(shown);
    again();
  };
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Requests the screen's settings at intervals; out is called when the clinic has removed the screen. */
export function startAsking(p: Paired, changed: (s: OwnScreen) => void, out: () => void): () => void {
  let timer = 0;
  let stopped = false;
  const ask = async () => {
    try {
      const screen = await call<OwnScreen>({ method: "GET", path: `/v1/clinics/${p.clinic}/screen`, token: p.token });
      if (!stopped) changed(screen);
    } catch (e) {
      if (e instanceof Failure && (e.code === "screen_unknown" || e.code === "clinic_unknown") && !stopped) return out();
    }
    if (!stopped) timer = window.setTimeout(() => void ask(), askEvery);
  };
  void ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
