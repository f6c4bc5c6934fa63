// SPDX-License-Identifier: Apache-2.0
// The engine in a worker, and what the page calls to use it. The worker is made of the text of work ():
// a worker from a blob has the policy of the page that made it, where one from a server has its own.
'use strict';

/* Runs in the worker, and sees nothing of this page. Each message is { id, task, args }; answers are
 * { id, result }, { id, error, trapped } and, while a text is written, { id, piece, n, seconds }. */
function work() {
  const models = {};
  const turn = new MessageChannel();
  let tl, stopped = 0;

  const bytesAt = (at, n) => new Uint8Array(tl.memory.buffer, at, n);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true }), decode = bytes => decoder.decode(bytes);

  function sentenceAt(at) {
    const bytes = new Uint8Array(tl.memory.buffer, at);
    return decode(bytes.subarray(0, bytes.indexOf(0)));
  }

  function check(result) {
    if (!result)
      throw new Error(sentenceAt(tl.tlw_error()));
    return result;
  }

  function put(bytes) {
    const at = check(tl.tlw_alloc(bytes.length));
    bytesAt(at, bytes.length).set(bytes);
    return at;
  }

  /* Calls @use with the address and length of @text, which is freed after. */
  function withText(text, use) {
    const bytes = new TextEncoder().encode(text), at = put(bytes);
    try {
      return use(at, bytes.length, bytes);
    } finally {
      tl.tlw_free(at);
    }
  }

  /* Calls @call with where it is to leave a number; returns [result, number]. */
  function withCount(call) {
    const at = check(tl.tlw_alloc(4));
    try {
      const result = check(call(at));
      return [result, new DataView(tl.memory.buffer).getUint32(at, true)];
    } finally {
      tl.tlw_free(at);
    }
  }

  async function start(engine, eeny, meeny) {
    const { instance } = await WebAssembly.instantiate(engine);
    tl = instance.exports;
    tl._initialize();
    const at = put(eeny);
    models.reader = check(tl.tlw_reader_open(at, eeny.length));
    tl.tlw_free(at);
    models.writer = check(tl.tlw_model_open(put(meeny), meeny.length));
    return sentenceAt(tl.tlw_path());
  }

  /* Where each of @offsets in @bytes is in the text as JavaScript counts it, which is decoded once. */
  function placesOf(bytes, offsets) {
    const places = new Map();
    let at = 0, place = 0;
    for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
      place += decode(bytes.subarray(at, offset)).length;
      at = offset;
      places.set(offset, place);
    }
    return places;
  }

  function read(text, maxKeys) {
    return withText(text, (at, len, bytes) => {
      const [spans, n] = withCount(count => tl.tlw_read(models.reader, at, len, maxKeys, count));
      const view = new DataView(tl.memory.buffer, spans, 16 * n);
      const found = Array.from({ length: n }, (_, i) => {
        const [kind, start, end] = [0, 4, 8].map(o => view.getUint32(16 * i + o, true));
        return { kind, start, end, bytes: end - start, p: view.getFloat32(16 * i + 12, true) };
      });
      tl.tlw_free(spans);
      const places = placesOf(bytes, found.flatMap(s => [s.start, s.end]));
      return { spans: found.map(s => ({ ...s, start: places.get(s.start), end: places.get(s.end) })), bytes: len };
    });
  }

  function complete(text, typed) {
    const n = new TextEncoder().encode(typed).length;
    return withText(text, (at, len) => {
      const [words, count] = withCount(c => tl.tlw_complete(models.writer, at, len, n, 3, c));
      const view = new DataView(tl.memory.buffer, words, 68 * count);
      const found = Array.from({ length: count }, (_, i) => ({ text: sentenceAt(words + 68 * i), p: view.getFloat32(68 * i + 64, true) }));
      tl.tlw_free(words);
      return found;
    });
  }

  /* As setTimeout(), which waits four milliseconds and more. */
  function nextTurn() {
    return new Promise(resolve => {
      turn.port1.onmessage = resolve;
      turn.port2.postMessage(0);
    });
  }

  /* A message is let in after each @SLICE milliseconds, so that the text can be stopped. */
  async function write(id, prompt, max, seed) {
    const SLICE = 30, text = withText(prompt, (at, len) => check(tl.tlw_text_begin(models.writer, at, len, 0, 0.8, 0.95, seed)));
    const from = performance.now();
    let n = 0, size = 0;
    try {
      while (n < max && stopped !== id && size >= 0) {
        const until = performance.now() + SLICE;
        let piece = '';
        while (n < max && size >= 0 && performance.now() < until) {
          size = tl.tlw_text_next(text);
          if (size > 0)
            piece += decode(bytesAt(tl.tlw_text_piece(text), size));
          n += size >= 0;
        }
        if (size === -2)
          check(0);
        postMessage({ id, piece, n, seconds: (performance.now() - from) / 1000 });
        await nextTurn();
      }
    } finally {
      tl.tlw_text_end(text);
    }
  }

  /* For the page's proof: what becomes of a connection from here. */
  const connect = address => fetch(address).then(() => true, () => false);

  const tasks = { start, read, complete, connect };
  onmessage = async ({ data: { id, task, args } }) => {
    try {
      if (task === 'stop')
        stopped = args[0];
      else
        postMessage({ id, result: await (task === 'write' ? write(id, ...args) : tasks[task](...args)) });
    } catch (e) {
      postMessage({ id, error: e.message, trapped: e instanceof WebAssembly.RuntimeError });
    }
  };
}

class Engine {
  #worker; #waiting = new Map(); #id = 0;

  constructor(onCrash) {
    const source = URL.createObjectURL(new Blob([`'use strict';(${work})()`], { type: 'text/javascript' }));
    this.#worker = new Worker(source);
    this.#worker.onerror = e => onCrash(e.message);
    this.#worker.onmessage = ({ data }) => {
      const { resolve, reject, onPiece } = this.#waiting.get(data.id);
      if ('piece' in data)
        return onPiece(data);
      this.#waiting.delete(data.id);
      if ('error' in data)
        reject(new Error(data.trapped ? words('crashed', data.error) : data.error));
      else
        resolve(data.result);
    };
  }

  call(task, args, { transfer = [], onPiece } = {}) {
    const id = ++this.#id;
    this.#worker.postMessage({ id, task, args }, transfer);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject, onPiece }));
  }

  /* Ends the text that is being written; what is there stays. */
  stop() {
    for (const [id, { onPiece }] of this.#waiting)
      if (onPiece)
        this.#worker.postMessage({ task: 'stop', args: [id] });
  }
}
