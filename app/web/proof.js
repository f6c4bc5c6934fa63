// SPDX-License-Identifier: Apache-2.0
// What the page may reach and what it has reached, read from its own policy and from the browser's list;
// and the attempt to connect all the same, which the browser is to refuse.
'use strict';

const POLICY = document.querySelector('meta[http-equiv="Content-Security-Policy"]').content;

/* Each entry: [code, what it means or '']. */
function fill(list, entries) {
  list.replaceChildren(...entries.map(([code, meaning]) => {
    const item = document.createElement('li'), inner = document.createElement('code');
    inner.textContent = code;
    inner.dir = 'ltr';
    item.append(inner, meaning && ` ${meaning}`);
    return item;
  }));
}

/* What came over the network; the browser's list holds what was kept too, and not the page itself. */
function showRequests() {
  const folder = new URL('.', location.href).href;
  const names = performance.getEntriesByType('resource')
    .filter(e => e.workerStart === 0 && !e.name.startsWith('blob:')).map(e => e.name);
  const own = names.filter(name => name.startsWith(folder));
  document.getElementById('requests-label').textContent =
    names.length ? words('requests', names.length, own.length) : words('none');
  fill(document.getElementById('requests'), names.map(name => [name.replace(folder, ''), '']));
}

function showProof() {
  const meanings = { 'connect-src': 'connect', 'form-action': 'forms', 'default-src': 'nothing', 'script-src': 'scripts' };
  fill(document.getElementById('policy'), POLICY.split('; ').map(rule => {
    const meaning = meanings[rule.split(' ')[0]];
    return [rule, meaning ? `– ${words(meaning)}` : ''];
  }));
  document.getElementById('privacy').ontoggle = showRequests;
  document.getElementById('try').onclick = tryToConnect;
  document.getElementById('forget').onclick = forget;
}

async function tryToConnect() {
  const address = new URL('index.html', location.href).href, said = document.getElementById('tried');
  const ways = [fetch(address).then(() => true, () => false), engine?.call('connect', [address])];
  said.textContent = (await Promise.all(ways)).some(Boolean) ? words('openWay') : words('tried', POLICY.match(/connect-src [^;]*/)[0]);
}

async function forget() {
  await store.forget();
  document.getElementById('kept').textContent = words('forgotten');
}

function showKept() {
  const why = store.whyNotKept();
  document.getElementById('kept').textContent = why ? words('notKept', why) : words('kept');
}
