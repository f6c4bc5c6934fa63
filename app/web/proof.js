// SPDX-License-Identifier: Apache-2.0
// What the page may reach and what it has reached, read from its own policy and from the browser's list;
// and the attempt to connect all the same, which the browser is to refuse.
'use strict';

const POLICY = document.querySelector('meta[http-equiv="Content-Security-Policy"]').content;

function fill(list, entries, tag) {
  list.replaceChildren(...entries.map(entry => {
    const item = document.createElement('li'), inner = document.createElement(tag);
    inner.textContent = entry;
    inner.dir = tag === 'code' ? 'ltr' : 'auto';
    item.append(inner);
    return item;
  }));
}

/* The request of the page itself is not in the list. */
function showProof() {
  const proof = document.getElementById('privacy');
  const meanings = { "connect-src 'none'": 'connect', "form-action 'none'": 'forms', "default-src 'none'": 'nothing' };
  fill(document.getElementById('policy'), POLICY.split('; ').map(rule =>
    rule in meanings ? `${rule}: ${words(meanings[rule])}` : rule), 'code');
  proof.addEventListener('toggle', () => {
    const fetched = performance.getEntriesByType('resource').filter(e => e.transferSize > 0 || e.workerStart === 0);
    const names = fetched.map(e => e.name).filter(name => !name.startsWith('blob:'));
    fill(document.getElementById('requests'), names.length ? names : [words('none')], 'code');
  });
  document.getElementById('try').onclick = tryToConnect;
  document.getElementById('forget').onclick = forget;
}

async function tryToConnect() {
  const address = new URL('index.html', location.href).href, said = document.getElementById('tried');
  const ways = [fetch(address).then(() => true, () => false), engine?.call('connect', [address])];
  said.textContent = (await Promise.all(ways)).some(Boolean) ? words('open_way') : words('tried', POLICY.match(/connect-src [^;]*/)[0]);
}

async function forget() {
  await store.forget();
  document.getElementById('kept').textContent = words('forgotten');
}

function showKept() {
  const why = store.whyNotKept();
  document.getElementById('kept').textContent = why ? words('notKept', why) : words('kept');
}
