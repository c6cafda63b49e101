// The page's side of the service worker. Without one everything works that needs
// a network, so nothing here can fail a page.

/** Registers the worker, which caches this page for use without a network. */
export function keepPage(): void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined; // none outside https
  if (!workers) return;
  const kept = workers.controller; // the worker has served the page
  workers
    .register("/sw.js", { updateViaCache: "none" })
    .then(() => workers.ready)
    .then((r) => kept || r.active?.postMessage({ keep: location.pathname + location.search }))
    .catch(() => {});
}
