// Web push in the service worker: a push becomes a notification, and a tap opens its page.
//
// Each push shows a notification, without exception: iOS ends a subscription after three
// pushes that showed nothing. It shows the text as it is now, if the server replies in
// time. Without a reply it shows the pushed text, and after the notice's end a text that
// the state has changed.

/** The notification of a push, see notify/push/payload.go. */
export interface Proposed {
  title?: string;
  body?: string;
  lang?: string;
  tag?: string;
  navigate?: string;
  renotify?: boolean;
  data?: { id?: string; until?: number; stale?: string } | null; // until: ms
}

/** The answer of GET /v1/notices/:notice. */
interface Fresh {
  title: string;
  body: string;
  path: string;
  over: boolean; // its reason is gone
}

/** NotificationOptions, with what TypeScript lacks. */
export interface Shown extends NotificationOptions {
  renotify?: boolean;
  navigate: string; // a whole URL: Safari refuses to replace a declared notification without one
  data: { path: string };
}

/** What the handlers need of the worker. */
export interface World {
  origin: string;
  now(): number;
  fetch(path: string, init: RequestInit): Promise<Response>;
  icon(): Promise<string | undefined>;
  show(title: string, options: Shown): Promise<void>;
}

/** ms that the fresh text has. */
const patience = 1_500;

/** What is shown of a push that cannot be read. Its language is not known. */
const unreadable = { title: "順番 / Your turn", body: "ページを開いて確かめてください。 Please open the page.", path: "/t" };

/**
 * Shows a push, and reports that to the server. Browsers give a worker its text; Safari
 * gives it the notification that the text declares.
 */
export async function showPush(text: string | undefined, declared: Proposed | null | undefined, world: World): Promise<void> {
  const sent = text ? parsed(text) : declared || {};
  const { id, until = 0, stale } = sent.data || {};
  const [fresh, icon] = await Promise.all([id ? freshOf(id, world) : undefined, world.icon().catch(() => undefined)]);
  const old = fresh ? fresh.over : world.now() >= until;
  const title = (!old && fresh?.title) || sent.title || unreadable.title;
  const path = pathOf(fresh?.path || sent.navigate, world);
  const options: Shown = {
    body: (old ? stale : fresh?.body || sent.body) || unreadable.body,
    navigate: world.origin + path,
    data: { path },
  };
  if (sent.lang) options.lang = sent.lang;
  if (sent.tag) {
    options.tag = sent.tag;
    options.renotify = !!sent.renotify; // without a tag, browsers refuse it
  }
  if (icon) options.icon = options.badge = icon;
  await world.show(title, options).catch(() => world.show(title, { body: options.body, navigate: options.navigate, data: options.data }));
  if (id) await world.fetch(`/v1/notices/${encodeURIComponent(id)}/shown`, { method: "POST", credentials: "omit" }).catch(() => {});
}

/** The text as it is now, if the server replies in time. */
async function freshOf(id: string, world: World): Promise<Fresh | undefined> {
  const late = new Promise<undefined>((done) => setTimeout(done, patience));
  const asked = world.fetch(`/v1/notices/${encodeURIComponent(id)}`, { cache: "no-store", credentials: "omit" }).then((answer) => (answer.ok ? (answer.json() as Promise<Fresh>) : undefined));
  return Promise.race([asked, late]).catch(() => undefined);
}

function parsed(text: string | undefined): Proposed {
  try {
    return (JSON.parse(text || "") as { notification?: Proposed | null } | null)?.notification || {};
  } catch {
    return {};
  }
}

/** The path of one of our pages. A payload leads to no other site. */
export function pathOf(address: string | undefined, world: { origin: string }): string {
  try {
    const url = new URL(address || unreadable.path, world.origin);
    return url.origin === world.origin ? url.pathname + url.search : unreadable.path;
  } catch {
    return unreadable.path;
  }
}

/** A page that is open. */
export interface Page {
  url: string;
  focus(): Promise<unknown>;
}

/** Focuses an open page of a path, or opens it. */
export async function openPage(path: string, pages: readonly Page[], open: (path: string) => Promise<unknown>): Promise<void> {
  const there = pages.find((p) => {
    const url = new URL(p.url);
    return url.pathname + url.search === path || url.pathname === path;
  });
  await (there ? there.focus().catch(() => open(path)) : open(path));
}
