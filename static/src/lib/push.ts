// The page's side of web push: what the browser can do, and its subscription. Nothing
// here fails a page: a state is returned instead.

/**
 * What web push is here.
 *
 * - ask: the browser will ask for permission.
 * - homescreen: iOS sends push only to a page that was added to the Home Screen.
 * - denied: the reader refused, which only the browser's settings can change.
 * - timeout, failed: the browser has not reached its push service.
 */
export type PushState = "unsupported" | "homescreen" | "ask" | "denied" | "timeout" | "failed" | "ok";

/** The address of this browser, as the API takes it. */
export interface PushAddress {
  endpoint: string;
  p256dh: string;
  auth: string;
}

export interface Subscribed {
  state: PushState;
  subscription?: PushAddress; // if the state is ok
}

/** ms that a browser has: some neither resolve nor reject without their push service. */
const patience = 10_000;

/** What is possible now. It asks nothing. */
export function pushState(): PushState {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return isPhoneOfApple() && !isInstalled() ? "homescreen" : "unsupported";
  return Notification.permission === "granted" ? "ok" : Notification.permission === "denied" ? "denied" : "ask";
}

/**
 * Subscribes this browser with the server's key, in base64url. It asks for permission, so
 * it must run in the handler of a tap. A subscription with another key is replaced.
 */
export async function subscribe(key: string): Promise<Subscribed> {
  let state = pushState();
  if (state === "ask") state = (await Notification.requestPermission().catch(() => "denied")) === "granted" ? "ok" : pushState();
  if (state !== "ok") return { state };
  const late = new Promise<Subscribed>((done) => setTimeout(() => done({ state: "timeout" }), patience));
  return Promise.race([take(key), late]).catch(() => ({ state: "failed" }) as Subscribed);
}

/** The address if this browser is subscribed. It asks nothing, and renews what has another key. */
export async function subscribed(key: string): Promise<PushAddress | undefined> {
  if (pushState() !== "ok") return undefined;
  const had = await navigator.serviceWorker.getRegistration().then((r) => r?.pushManager.getSubscription(), () => null);
  return had ? (await subscribe(key)).subscription : undefined;
}

/** Closes the notices of a tag, once its page is open. */
export function closeNotices(tag: string): void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined; // none outside https
  workers?.ready.then((r) => r.active?.postMessage({ close: tag })).catch(() => {});
}

async function take(key: string): Promise<Subscribed> {
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const { pushManager } = await navigator.serviceWorker.ready;
  let subscription = await pushManager.getSubscription();
  const used = subscription?.options.applicationServerKey;
  if (subscription && encoded(used) !== key) {
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription = subscription || (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: decoded(key) }));
  return { state: "ok", subscription: { endpoint: subscription.endpoint, p256dh: encoded(subscription.getKey("p256dh")), auth: encoded(subscription.getKey("auth")) } };
}

/** Bytes in base64url, without padding. */
export function encoded(bytes: ArrayBuffer | null | undefined): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes || []))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

/** The bytes of a text in base64url. */
export function decoded(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
}

function isPhoneOfApple(): boolean {
  return /iP(hone|ad|od)/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
}

function isInstalled(): boolean {
  return matchMedia("(display-mode: standalone)").matches || (navigator as { standalone?: boolean }).standalone === true;
}
