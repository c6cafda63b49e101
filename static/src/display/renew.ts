// Reloads the page when the server has another version. It loads a page only when that
// page and its script are available. It does so never during an announcement, and not
// at the same moment as other screens. An error page on a wall would remain there.

export interface Renewing {
  build: string; // the version of this page
  now(): number; // ms of a monotonic clock
  random(): number;
  later(ms: number, act: () => void): () => void;
  /** The text at an address. It fails if the response is not as expected. */
  get(path: string): Promise<string>;
  busy(): boolean;
  path: string; // of this page
  reload(): void;
}

const lookEvery = 300_000; // ms
const oldEnough = 300_000; // ms between two reloads at least, also if two servers disagree
const spread = 60_000;
const busyAgain = 3_000;

/** Checks at intervals until it is stopped. */
export function startRenewal(r: Renewing): () => void {
  const began = r.now();
  let stopped = false;
  let cancel = () => {};
  const plan = (ms: number, act: () => void) => {
    cancel();
    if (!stopped) cancel = r.later(ms, act);
  };
  const wait = () => plan(lookEvery * (0.75 + r.random() / 2), look);
  const look = () => {
    void isNew(r).then((is) => {
      if (is && r.now() - began >= oldEnough) plan(r.random() * spread, leave);
      else wait();
    });
  };
  const leave = () => {
    if (r.busy()) return plan(busyAgain, leave);
    void isThere(r).then((there) => {
      if (!there) return wait();
      if (r.busy()) return plan(busyAgain, leave);
      if (!stopped) r.reload();
    });
  };
  wait();
  return () => {
    stopped = true;
    cancel();
  };
}

async function isNew(r: Renewing): Promise<boolean> {
  try {
    const { pages } = JSON.parse(await r.get("/v1/version")) as { pages?: string };
    return typeof pages === "string" && pages !== "" && pages !== r.build;
  } catch {
    return false;
  }
}

/** Whether the page is available and another version, with its script. */
async function isThere(r: Renewing): Promise<boolean> {
  try {
    const html = await r.get(r.path);
    const assets = html.match(/\/assets\/display-[\w-]+\.(js|css)/g) ?? [];
    const build = /<junban-display[^>]* build="([^"]+)"/.exec(html)?.[1] ?? "";
    if (build === "" || build === r.build || assets.length < 2) return false;
    for (const path of assets) await r.get(path);
    return true;
  } catch {
    return false;
  }
}
