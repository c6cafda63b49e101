// The service worker: the pages that the phone shows without a network, and its notices.
//
// It opens a patient's page offline as it was, marked with its time. It never hides a
// newer page: a page comes from the network if that replies in time. Each cached page
// has its own assets, so that a page and its script always match. It never caches the
// API, another site, or the pages of desks and screens. It stores pages by path alone,
// without the query and the fragment, which has a ticket's token.

import { openPage, type Page, type Proposed, showPush, type Shown } from "./push.ts";

interface Wait {
  waitUntil(done: Promise<unknown>): void;
}

interface FetchWait extends Wait {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Scope {
  skipWaiting(): Promise<void>;
  clients: {
    claim(): Promise<void>;
    matchAll(of: { type: "window"; includeUncontrolled: true }): Promise<Page[]>;
    openWindow(path: string): Promise<unknown>;
  };
  registration: ServiceWorkerRegistration;
  addEventListener(event: "install" | "activate", act: (e: Wait) => void): void;
  addEventListener(event: "fetch", act: (e: FetchWait) => void): void;
  addEventListener(event: "message", act: (e: Wait & { data: unknown }) => void): void;
  addEventListener(event: "push", act: (e: Wait & { data: { text(): string } | null; notification?: Proposed | null }) => void): void;
  addEventListener(event: "notificationclick", act: (e: Wait & { notification: Notification }) => void): void;
  addEventListener(event: "pushsubscriptionchange", act: (e: Wait & { oldSubscription?: PushSubscription | null; newSubscription?: PushSubscription | null }) => void): void;
}

const scope = self as unknown as Scope;
const store = "junban-pages-1"; // a change of the format needs a new number; the old cache is then deleted
const own = /^\/(?:s\/\d{4}-\d+|t)$/; // the pages that are kept
const most = 8; // pages; the oldest is dropped
const patience = 3_000; // ms to wait for the network if there is a cached page
const when = "X-Kept-At";

scope.addEventListener("install", (e) => e.waitUntil(Promise.all([scope.skipWaiting(), keepPath("/t").catch(() => {})])));

scope.addEventListener("activate", (e) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((n) => n.startsWith("junban-") && n !== store).map((n) => caches.delete(n))));
  e.waitUntil(Promise.all([old, scope.clients.claim()]));
});

/** A page that loaded before its worker requests to be cached. An open page closes its notices. */
scope.addEventListener("message", (e) => {
  const { keep, close } = (e.data || {}) as { keep?: unknown; close?: unknown };
  if (typeof keep === "string") e.waitUntil(keepPath(keep).catch(() => {}));
  if (typeof close === "string") e.waitUntil(scope.registration.getNotifications({ tag: close }).then((all) => all.forEach((n) => n.close())));
});

scope.addEventListener("push", (e) =>
  e.waitUntil(
    showPush(e.data?.text(), e.notification, {
      origin: location.origin,
      now: Date.now,
      fetch: (path, init) => fetch(path, init),
      icon: async () => (await (await caches.open(store)).keys()).map((r) => r.url).find((url) => url.includes("/assets/icon192")),
      show: (title, options: Shown) => scope.registration.showNotification(title, options),
    }),
  ),
);

scope.addEventListener("notificationclick", (e) => {
  e.notification.close();
  const path = (e.notification.data as { path?: string } | null)?.path || "/t";
  e.waitUntil(scope.clients.matchAll({ type: "window", includeUncontrolled: true }).then((pages) => openPage(path, pages, (p) => scope.clients.openWindow(p))));
});

/** The browser has ended a subscription: the next page that opens sends the new address. */
scope.addEventListener("pushsubscriptionchange", (e) => {
  const options = e.oldSubscription?.options;
  if (options && !e.newSubscription) e.waitUntil(scope.registration.pushManager.subscribe(options).catch(() => {}));
});

scope.addEventListener("fetch", (e) => {
  const { request } = e;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && own.test(url.pathname)) e.respondWith(page(e, url));
  else if (url.pathname.startsWith("/assets/")) e.respondWith(asset(request));
});

/** The network's page, or the cached one if that takes too long. */
async function page(e: FetchWait, url: URL): Promise<Response> {
  const fresh = fetch(e.request);
  e.waitUntil(fresh.then((answer) => keep(url.pathname, answer.clone())).catch(() => {}));
  const kept = await keptPage(url.pathname).catch(() => undefined);
  if (!kept) return fresh;
  const late = new Promise<undefined>((done) => setTimeout(done, patience));
  const answer = await Promise.race([fresh, late]).catch(() => undefined);
  return answer && answer.status < 500 ? answer : kept;
}

/** A name with a hash never changes its content. */
async function asset(request: Request): Promise<Response> {
  return (await caches.match(request).catch(() => undefined)) || fetch(request);
}

/** The cached page, with the time of its fetch for its script. */
async function keptPage(path: string): Promise<Response | undefined> {
  const kept = await (await caches.open(store)).match(path);
  if (!kept) return undefined;
  const html = (await kept.text()).replace("<html", `<html data-kept="${Number(kept.headers.get(when))}"`);
  return new Response(html, { headers: kept.headers });
}

async function keepPath(path: string): Promise<void> {
  const url = new URL(path, location.origin);
  if (url.origin === location.origin && own.test(url.pathname)) await keep(url.pathname, await fetch(url.pathname + url.search));
}

/** Caches a page with its assets, and deletes assets that no cached page uses. */
async function keep(path: string, answer: Response): Promise<void> {
  if (!answer.ok || answer.redirected) return;
  const html = await answer.text();
  const cache = await caches.open(store);
  await Promise.all(assetsOf(html).map(async (name) => (await cache.match(name)) || cache.add(name)));
  const headers = new Headers(answer.headers);
  headers.set(when, String(Date.now()));
  await cache.delete(path); // so that the newest is the last
  await cache.put(path, new Response(html, { headers }));
  await tidy(cache);
}

function assetsOf(html: string): string[] {
  return (html.match(/"\/assets\/[^"]+"/g) || []).map((quoted) => quoted.slice(1, -1));
}

async function tidy(cache: Cache): Promise<void> {
  const names = (await cache.keys()).map((request) => new URL(request.url).pathname);
  const pages = names.filter((name) => own.test(name));
  const old = pages.filter((name) => name !== "/t").slice(0, Math.max(0, pages.length - most));
  const used = new Set<string>();
  for (const name of pages) {
    const kept = old.includes(name) ? undefined : await cache.match(name);
    if (kept) for (const a of assetsOf(await kept.text())) used.add(a);
  }
  await Promise.all(names.filter((name) => old.includes(name) || (name.startsWith("/assets/") && !used.has(name))).map((name) => cache.delete(name)));
}
