// SPDX-License-Identifier: Apache-2.0
// What is shown of that which the reader found: the rules of app/skills/{title,keypoints,tags}.c, so that the
// page shows the title, key sentences and tags that the window and tinylm-cli show. The test compares them.
'use strict';

const KIND = { TITLE: 0, KEY: 1, ACTION: 2, OWNER: 3, DUE: 4, TAG: 5, NAME: 6, SENTENCE: 7 };
const MAX_KEYS = 5, P_SHOWN = 0.15, MAX_TAGS = 5, P_TAG = 0.1;

function maxKeys(nSentences) {
  const most = nSentences < 15 ? 3 : nSentences < 30 ? 4 : MAX_KEYS;
  return Math.min(Math.max(Math.floor((nSentences + 2) / 3), 1), most);
}

/* Nothing stands out: the longest ones, together at most half of the note, but at least one. */
function longest(sentences, max, bytes) {
  const chosen = [];
  let room = Math.floor(bytes / 2);
  while (chosen.length < max) {
    const fits = sentences.filter(s => !chosen.includes(s) && s.bytes <= (chosen.length ? room : bytes));
    if (!fits.length)
      break;
    chosen.push(fits.reduce((best, s) => s.bytes > best.bytes ? s : best));
    room -= Math.min(room, chosen.at(-1).bytes);
  }
  return chosen;
}

/* Those that a person chose, then the likeliest of the reader's; each once. */
function tagsOf(chosen, found) {
  const tags = new Map();
  for (const tag of chosen)
    if (!tags.has(tag.toLowerCase()))
      tags.set(tag.toLowerCase(), tag);
  for (const { text, p } of found)
    if (tags.size < MAX_TAGS && p >= P_TAG && !tags.has(text.toLowerCase()))
      tags.set(text.toLowerCase(), text);
  return [...tags.values()];
}

/* @spans: of the note from the end of its front matter on, which has @bytes. */
function summaryOf(note, front, { spans, bytes }) {
  const textOf = s => note.slice(s.start, s.end).replace(/\s+/g, ' ');
  spans = spans.map(s => ({ ...s, start: s.start + front.end, end: s.end + front.end }))
               .map(s => ({ ...s, text: textOf(s) }));
  const of = kind => spans.filter(s => s.kind === kind);
  const sentences = of(KIND.SENTENCE), max = maxKeys(sentences.length), actions = [];
  const isFallback = !sentences.some(s => s.p >= P_SHOWN);
  for (const s of spans)
    if (s.kind === KIND.ACTION)
      actions.push({ ...s, details: [] });
    else if (s.kind === KIND.OWNER || s.kind === KIND.DUE)
      actions.at(-1).details.push(s);
  return {
    title: front.title || (of(KIND.NAME)[0]?.text ?? ''),
    keys: isFallback ? longest(sentences, max, bytes)
                     : of(KIND.KEY).slice(0, max).filter((s, i) => i === 0 || s.p >= P_SHOWN),
    isFallback, actions,
    tags: tagsOf(front.tags, of(KIND.TAG)),
  };
}
