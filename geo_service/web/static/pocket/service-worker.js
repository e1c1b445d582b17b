/* Keeps the worker's page, its files and the register, for when there is no signal.
 *
 * Served as /sw.js with one line before it: KEPT, which names what to keep, by address, and a
 * version of it all. A classic script, because older browsers take no modules here.
 */
/* global KEPT */

const OURS = `pocket ${KEPT.root} `;
const SHELL = `${OURS}shell ${KEPT.version}`;
const REGISTER = `${OURS}register`; // outlives a new version of the files
const PAGE_PATIENCE_MS = 2000;
const VERSION = 'Pocket-Version'; // in the header of the page

// Whether a page came that belongs to newer files: until those are kept, they are fetched.
let outdated = false;

const pages = new Set(KEPT.pages);
const files = new Set(KEPT.files);
const registers = new Set(KEPT.registers);

self.addEventListener('install', (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOldCaches().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (!url.pathname.startsWith(KEPT.root) || url.pathname.startsWith(KEPT.api)) return;
  const address = url.pathname + url.search;
  if (registers.has(address)) event.respondWith(register(request, address));
  else if (request.mode === 'navigate') event.respondWith(page(event, url, address));
  else if (files.has(address)) event.respondWith(file(request, address));
});

async function keepAll() {
  const [shell, register] = await Promise.all([caches.open(SHELL), caches.open(REGISTER)]);
  await Promise.all([
    ...[...pages, ...files, ...Object.values(KEPT.offline)].map((each) => keep(shell, each)),
    ...KEPT.registers.map((each) => keep(register, each)),
  ]);
}

async function keep(cache, address) {
  const answer = await fetch(address, { cache: 'no-cache' });
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  await cache.put(address, answer);
}

async function dropOldCaches() {
  const names = await caches.keys();
  const old = names.filter((each) => each.startsWith(OURS) && each !== SHELL && each !== REGISTER);
  await Promise.all(old.map((each) => caches.delete(each)));
}

/** Files change with the version only: the kept one, at once; to a newer page, the newer one. */
async function file(request, address) {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(address);
  if (!kept) return fetch(request);
  return outdated ? fetch(request).catch(() => kept) : kept;
}

/**
 * The register: the kept one at once; whoever asks again (cache: 'no-cache', as the page does
 * in the background) gets a newer one if there is one, which then is kept.
 */
async function register(request, address) {
  const cache = await caches.open(REGISTER);
  const kept = await cache.match(address);
  const asksAgain = ['no-cache', 'no-store', 'reload'].includes(request.cache);
  if (kept && !asksAgain) return kept;
  try {
    return await newest(cache, address, kept);
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

async function newest(cache, address, kept) {
  const headers = kept ? { 'If-None-Match': kept.headers.get('ETag') } : {};
  const answer = await fetch(address, { cache: 'no-store', headers });
  if (kept && answer.status === 304) {
    const again = new Response(kept.body, { headers: checkedAgain(kept, answer) });
    await cache.put(address, again.clone());
    return again;
  }
  if (answer.ok && !answer.redirected) await cache.put(address, answer.clone());
  else if (kept) return kept;
  return answer;
}

/** The headers of what is kept, with the moment at which it was found to be the present one. */
function checkedAgain(kept, answer) {
  const headers = new Headers(kept.headers);
  for (const name of ['Date', 'Register-Checked', 'Register-Revision']) {
    if (answer.headers.has(name)) headers.set(name, answer.headers.get(name));
  }
  return headers;
}

/**
 * A page: from the network; the kept one where that takes too long, fails or is out of order;
 * for a page that is not kept, words that say so. A form's answer is waited for.
 */
async function page(event, url, address) {
  const cache = await caches.open(SHELL);
  const kept = pages.has(address) ? await cache.match(address) : undefined;
  const coming = fetch(event.request).then(async (answer) => {
    if (kept && answer.ok && !answer.redirected) await takeIn(cache, address, answer.clone());
    return answer;
  });
  event.waitUntil(coming.catch(() => undefined));
  try {
    const answer = await (kept ? within(PAGE_PATIENCE_MS, coming) : coming);
    return kept && answer.status >= 500 ? kept : answer;
  } catch {
    return kept || cache.match(standIn(url));
  }
}

/** Keep a newer page, unless it belongs to other files than are kept. */
async function takeIn(cache, address, answer) {
  outdated = answer.headers.get(VERSION) !== KEPT.version;
  if (!outdated) await cache.put(address, answer);
}

/** What is shown for a page that is not kept, in its language as far as that can be told. */
function standIn(url) {
  const asked = url.searchParams.get('lang');
  const own = /^zh\b/i.test(self.navigator.language) ? 'zh' : 'en';
  const language = asked in KEPT.offline ? asked : own;
  return url.pathname === KEPT.root ? `${KEPT.root}?lang=${language}` : KEPT.offline[language];
}

function within(milliseconds, promise) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('no answer in time')), milliseconds);
    promise.then(resolve, reject);
  });
}
