// SPDX-License-Identifier: Apache-2.0
// The page itself: puts the words in, starts the engine, shows what it finds. The note stays in its field
// and nowhere else.
'use strict';

const $ = id => document.getElementById(id);
/* The prompt is at most as many tokens as bytes, and meeny has room for 1,024 with what it writes. */
const MAX_FILE = 1 << 20, MAX_TOKENS = 200, MAX_PROMPT = 800, SHOWN_OF_PROMPT = 200;
let engine, kernels, busy = false;

function fillWords() {
  document.documentElement.lang = LANGUAGE;
  for (const e of document.querySelectorAll('[data-words]'))
    e.textContent = words(e.dataset.words);
  $('note').placeholder = words('placeholder');
  for (const e of document.querySelectorAll('[data-label]'))
    e.setAttribute('aria-label', words(e.dataset.label));
}

function fail(sentence) {
  $('error').textContent = sentence;
  $('error').hidden = false;
  $('loading').hidden = true;
}

/* The smallest module that uses a vector: () -> (), v128.const 0, drop. */
function hasSimd() {
  return WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0,
    10, 23, 1, 21, 0, 253, 12, ...new Array(16).fill(0), 26, 11]));
}

async function start() {
  if (typeof WebAssembly !== 'object')
    throw new Error(words('noWasm'));
  const names = [hasSimd() ? 'simdEngine' : 'scalarEngine', 'eeny', 'meeny'];
  const total = names.reduce((sum, name) => sum + ASSETS[name].size, 0);
  let loaded = 0;
  const assets = [];
  for (const name of names)
    assets.push(await store.get(name, n => { $('loading-bar').value = (loaded += n) / total; }));
  const started = new Engine(message => fail(words('crashed', message)));
  kernels = await started.call('start', assets, { transfer: assets.map(a => a.buffer) });
  engine = started; /* not before it can answer */
  $('loading').hidden = true;
  $('status').textContent = words('ready');
  $('summarise').disabled = $('continue').disabled = false;
}

/* An element of @tag with @children, strings or elements. */
function make(tag, properties, ...children) {
  const e = Object.assign(document.createElement(tag), properties);
  e.append(...children);
  return e;
}

function show(span) {
  for (const mark of $('text').querySelectorAll('mark'))
    mark.classList.toggle('now', Number(mark.dataset.start) === span.start);
  const mark = $('text').querySelector('mark.now');
  mark?.scrollIntoView({ block: 'center' });
  mark?.focus({ preventScroll: true });
}

function link(span) {
  return make('button', { className: 'link', dir: 'auto', onclick: () => show(span) }, span.text);
}

/* The note with its key sentences and what is to be done marked; a piece is marked once. */
function fillText(note, spans) {
  let at = 0;
  const unique = new Map(spans.map(s => [s.start, s]));
  $('text').replaceChildren();
  for (const { start, end } of [...unique.values()].sort((a, b) => a.start - b.start)) {
    if (start < at)
      continue;
    const mark = make('mark', { tabIndex: -1 }, note.slice(start, end));
    mark.dataset.start = start;
    $('text').append(note.slice(at, start), mark);
    at = end;
  }
  $('text').append(note.slice(at));
}

function showSummary(note, summary) {
  $('summary-title').textContent = summary.title || words('untitled');
  $('fallback').hidden = !summary.isFallback;
  $('keys').replaceChildren(...summary.keys.map(s => make('li', {}, link(s))));
  $('todo').hidden = !summary.actions.length;
  $('actions').replaceChildren(...summary.actions.map(a => make('li', {}, link(a),
    make('span', { className: 'dim', dir: 'auto' }, a.details.map(d => d.text).join(' · ')))));
  $('about').hidden = !summary.tags.length;
  $('tags').replaceChildren(...summary.tags.map(tag => make('li', { dir: 'auto' }, tag)));
  fillText(note, [...summary.keys, ...summary.actions]);
  $('summary').hidden = false;
}

async function summarise() {
  const note = $('note').value, from = performance.now();
  const front = frontMatterOf(note);
  const summary = summaryOf(note, front, await engine.call('read', [note.slice(front.end), MAX_KEYS]));
  if (!summary.keys.length) {
    $('status').textContent = words('empty');
    return;
  }
  showSummary(note, summary);
  $('status').textContent = words('summarised', Math.round(performance.now() - from), summary.keys.length);
  $('summary').focus({ preventScroll: true });
  $('summary').scrollIntoView({ block: 'start' });
}

/* The end of @text, whole characters in at most @max bytes of UTF-8. */
function endOf(text, max) {
  const bytes = new TextEncoder().encode(text);
  let from = Math.max(bytes.length - max, 0);
  while ((bytes[from] & 0xc0) === 0x80)
    from++;
  return new TextDecoder().decode(bytes.subarray(from));
}

async function writeOn() {
  const note = $('note').value;
  if (!note.trim()) {
    $('status').textContent = words('begin');
    return;
  }
  const prompt = endOf(note, MAX_PROMPT);
  const seed = crypto.getRandomValues(new Uint32Array(1))[0];
  $('story').replaceChildren(make('span', { className: 'prompt' }, endOf(prompt, SHOWN_OF_PROMPT).replace(/^\S{0,40}\s/, '')));
  $('written').hidden = false;
  $('stop').hidden = false;
  $('status').textContent = words('writing');
  await engine.call('write', [prompt, MAX_TOKENS, seed], { onPiece: ({ piece, n, seconds }) => {
    $('story').append(piece);
    $('speed').textContent = words('speed', n, Math.round(n / seconds).toLocaleString(LANGUAGE),
                                   words(kernels === 'c' ? 'scalar' : 'simd'));
  } });
  $('status').textContent = $('speed').textContent;
}

/* One thing at a time; what fails is said. */
async function run(task) {
  if (busy)
    return;
  busy = true;
  $('error').hidden = true;
  $('summarise').disabled = $('continue').disabled = true;
  try {
    await task();
  } catch (e) {
    fail(e.message);
  }
  busy = false;
  $('stop').hidden = true;
  $('summarise').disabled = $('continue').disabled = false;
}

/* A file that comes while something else is done is not summarised yet. */
async function openFile(file) {
  if (!file)
    return;
  if (file.size > MAX_FILE)
    return fail(words('tooLong', file.name));
  try {
    $('note').value = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return fail(words('notText', file.name));
  }
  $('error').hidden = true;
  if (engine)
    await run(summarise);
}

function connectPage() {
  const field = $('note');
  $('summarise').onclick = () => run(summarise);
  $('continue').onclick = () => run(writeOn);
  $('stop').onclick = () => engine.stop();
  $('example').onclick = () => { field.value = EXAMPLE; field.focus(); };
  $('open').onclick = () => $('file').click();
  $('file').onchange = () => openFile($('file').files[0]);
  field.ondragover = e => { e.preventDefault(); field.classList.add('drop'); };
  field.ondragleave = () => field.classList.remove('drop');
  field.ondrop = e => {
    field.classList.remove('drop');
    if (!e.dataTransfer.files.length)
      return;
    e.preventDefault();
    openFile(e.dataTransfer.files[0]);
  };
}

fillWords();
connectPage();
suggestWords($('note'), $('word'));
showProof();
start().then(showKept, e => fail(e.message));
if ('serviceWorker' in navigator && location.protocol !== 'file:')
  navigator.serviceWorker.register('offline.js', { updateViaCache: 'none' }).catch(() => {});
