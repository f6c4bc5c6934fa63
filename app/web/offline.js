// SPDX-License-Identifier: Apache-2.0
// The service worker: keeps the page's own files, so that it opens without a network. It answers for
// these and nothing else; the models are in IndexedDB. A new VERSION, of any file, gets all anew.
'use strict';

importScripts('assets.js');
const SHELL = ['./', ...FILES];
const NAME = `tinylm-${VERSION}`;

oninstall = event => event.waitUntil((async () => {
  const cache = await caches.open(NAME);
  await cache.addAll(SHELL.map(file => new Request(file, { cache: 'reload' })));
  await skipWaiting();
})());

onactivate = event => event.waitUntil((async () => {
  for (const name of await caches.keys())
    if (name.startsWith('tinylm-') && name !== NAME)
      await caches.delete(name);
})());

/* A request that is not for one of these goes on as if this worker were not there: by the page's policy. */
onfetch = event => {
  if (!SHELL.some(file => new URL(file, registration.scope).href === event.request.url))
    return;
  event.respondWith((async () => {
    const cache = await caches.open(NAME);
    return await cache.match(event.request) ?? fetch(event.request);
  })());
};
