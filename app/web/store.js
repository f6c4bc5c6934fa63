// SPDX-License-Identifier: Apache-2.0
// Where the models and the engine come from: IndexedDB, which a page from a file has too and which keeps
// a whole value or none; else the scripts in data/, which carry them in pieces as text. A script is what
// a policy without connections still lets a page load from beside it. Both ways end at the SHA-256.
'use strict';

const store = (() => {
  const pieces = new Map();
  let whyNotKept = null;

  /* Called by the scripts in data/. */
  function piece(text) {
    pieces.set(document.currentScript, text);
  }

  function loadPiece(path) {
    return new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = path;
      script.onload = () => {
        const text = pieces.get(script);
        pieces.delete(script);
        script.remove();
        text === undefined ? reject(new Error(words('missing', path))) : resolve(text);
      };
      script.onerror = () => reject(new Error(words('missing', path)));
      document.head.append(script);
    });
  }

  function fromBase64(text) {
    const binary = atob(text), bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++)
      bytes[i] = binary.charCodeAt(i);
    return bytes;
  }

  async function fromBeside(name, onBytes) {
    const { size, pieces: n } = ASSETS[name], bytes = new Uint8Array(size);
    let at = 0;
    for (let i = 0; i < n; i++) {
      const part = fromBase64(await loadPiece(`data/${name}-${i}.js`));
      if (at + part.length > size)
        throw new Error(words('damaged', words(name)));
      bytes.set(part, at);
      at += part.length;
      onBytes(part.length);
    }
    return bytes;
  }

  async function isWhole(name, bytes) {
    if (bytes?.byteLength !== ASSETS[name].size)
      return false;
    if (!globalThis.crypto?.subtle) {
      whyNotKept = words('noDigest');
      return true;
    }
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return [...hash].map(b => b.toString(16).padStart(2, '0')).join('') === ASSETS[name].sha256;
  }

  function done(request) {
    return new Promise((resolve, reject) => {
      request.onsuccess = request.oncomplete = () => resolve(request.result);
      request.onerror = request.onabort = () => reject(request.error);
    });
  }

  async function open() {
    const request = indexedDB.open('tinylm', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('assets');
    return done(request);
  }

  /* What is kept under @name, or undefined. That nothing can be kept is remembered and no failure. */
  async function kept(name) {
    try {
      const db = await open();
      try {
        return await done(db.transaction('assets').objectStore('assets').get(name));
      } finally {
        db.close();
      }
    } catch (e) {
      whyNotKept = words('noStorage', e.name);
      return undefined;
    }
  }

  async function keep(name, bytes) {
    if (whyNotKept)
      return;
    try {
      const db = await open(), change = db.transaction('assets', 'readwrite');
      change.objectStore('assets').put(bytes, name);
      await done(change);
      db.close();
    } catch (e) {
      whyNotKept = words('noStorage', e.name);
    }
  }

  /**
   * get:
   * onBytes: called with how many more bytes are there
   *
   * The bytes of an asset. Throws an Error with a sentence for the user.
   */
  async function get(name, onBytes) {
    let bytes = await kept(name);
    if (bytes && await isWhole(name, bytes)) {
      onBytes(bytes.length);
      return bytes;
    }
    bytes = await fromBeside(name, onBytes);
    if (!await isWhole(name, bytes))
      throw new Error(words('damaged', words(name)));
    await keep(name, bytes);
    return bytes;
  }

  const forget = () => done(indexedDB.deleteDatabase('tinylm'));

  return { piece, get, forget, whyNotKept: () => whyNotKept };
})();
