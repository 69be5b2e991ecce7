// The pages and the engine, kept for when there is no network. The list and its version are written when the site is made.
const version = "podwall-VERSION";
const files = FILES;

self.addEventListener("install", event => event.waitUntil(
  caches.open(version).then(cache => cache.addAll(files.map(f => new Request(f, { cache: "no-cache" })))).then(() => self.skipWaiting())));

self.addEventListener("activate", event => event.waitUntil(
  caches.keys().then(names => Promise.all(names.filter(n => n.startsWith("podwall-") && n !== version).map(n => caches.delete(n)))).then(() => self.clients.claim())));

self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin)
    return;
  const name = url.pathname.endsWith("/") ? url.href.split(/[?#]/)[0] + "index.html" : event.request;
  event.respondWith(caches.match(name, { ignoreSearch: true }).then(kept => kept ?? fetch(event.request)));
});
