// SPDX-License-Identifier: Apache-2.0
// use-module.mjs MODULE.wasm write MODEL N PROMPT | read READER NOTE | complete MODEL TEXT TYPED | refuse:
// the calls of engine/web/module.h as a page makes them. Prints what engine-probe.c prints of the same: the
// text of N likeliest tokens; the titles and key sentences; the words that may stand there. refuse: that
// what is wrong is said in a sentence.
import { readFile } from 'node:fs/promises';

const [path, task, ...args] = process.argv.slice(2);
const MAX_KEYS = 5, MAX_WORDS = 3, TITLE = 0, KEY = 1;
const { instance } = await WebAssembly.instantiate(await readFile(path));
const tl = instance.exports;
const bytesAt = (at, n) => new Uint8Array(tl.memory.buffer, at, n);
const decode = bytes => new TextDecoder().decode(bytes);

function sentenceAt(at) {
  const bytes = new Uint8Array(tl.memory.buffer, at);
  return decode(bytes.subarray(0, bytes.indexOf(0)));
}

function put(bytes) {
  const at = tl.tlw_alloc(bytes.length);
  bytesAt(at, bytes.length).set(bytes);
  return at;
}

function check(result) {
  if (!result)
    throw new Error(sentenceAt(tl.tlw_error()));
  return result;
}

async function read(modelPath, notePath) {
  const model = await readFile(modelPath), note = await readFile(notePath);
  const reader = check(tl.tlw_reader_open(put(model), model.length));
  const count = tl.tlw_alloc(4);
  const at = check(tl.tlw_read(reader, put(note), note.length, MAX_KEYS, count));
  const view = new DataView(tl.memory.buffer);
  for (let i = 0; i < view.getUint32(count, true); i++) {
    const [kind, start, end] = [0, 4, 8].map(o => view.getUint32(at + 16 * i + o, true));
    const p = view.getFloat32(at + 16 * i + 12, true);
    if (kind <= KEY)
      console.log(`${kind === TITLE ? 'title' : 'key'} ${start}-${end} ${p.toFixed(3)} ` +
                  decode(note.subarray(start, end)));
  }
  tl.tlw_free(at);
  tl.tlw_reader_close(reader);
}

async function write(modelPath, n, prompt) {
  const bytes = await readFile(modelPath), start = new TextEncoder().encode(prompt);
  const model = check(tl.tlw_model_open(put(bytes), bytes.length));
  const text = check(tl.tlw_text_begin(model, put(start), start.length, 0, 0, 1, 0));
  let written = '';
  for (let i = 0; i < n; i++) {
    const size = tl.tlw_text_next(text);
    if (size < 0)
      break;
    written += decode(bytesAt(tl.tlw_text_piece(text), size));
  }
  console.log(written);
  tl.tlw_text_end(text);
  tl.tlw_model_close(model);
}

async function complete(modelPath, before, typed) {
  const bytes = await readFile(modelPath), text = new TextEncoder().encode(before + typed);
  const model = check(tl.tlw_model_open(put(bytes), bytes.length)), count = tl.tlw_alloc(4);
  const nTyped = new TextEncoder().encode(typed).length;
  const at = check(tl.tlw_complete(model, put(text), text.length, nTyped, MAX_WORDS, count));
  const view = new DataView(tl.memory.buffer);
  for (let i = 0; i < view.getUint32(count, true); i++)
    console.log(sentenceAt(at + 68 * i), view.getFloat32(at + 68 * i + 64, true).toFixed(3));
  tl.tlw_free(at);
  tl.tlw_model_close(model);
}

function refuse() {
  const calls = {
    'not a model': () => tl.tlw_model_open(put(new Uint8Array(100).fill(7)), 100),
    'not a reader': () => tl.tlw_reader_open(put(new Uint8Array(100).fill(7)), 100),
    'no beginning of a word': () => tl.tlw_complete(0, 0, 0, 0, 3, tl.tlw_alloc(4)),
    'beyond memory': () => tl.tlw_alloc(0xfffffff0),
  };
  for (const [name, call] of Object.entries(calls))
    if (call() !== 0 || !/^[\w ].{10}/.test(sentenceAt(tl.tlw_error())))
      throw new Error(`${name} was not refused with a sentence`);
  console.log('ok');
}

tl._initialize();
await { read, write, complete, refuse }[task](...args);
