// SPDX-License-Identifier: Apache-2.0
// What is shown of that which the reader found: the rules of app/skills/{front-matter,title,keypoints,tags}.c,
// so that the page shows what the window and tinylm-cli show. The test compares the key sentences.
'use strict';

const KIND = { TITLE: 0, KEY: 1, ACTION: 2, OWNER: 3, DUE: 4, TAG: 5, UNREAD: 6, SENTENCE: 7 };
const MAX_KEYS = 5, P_SHOWN = 0.15, MAX_TAGS = 5, P_TAG = 0.1, TITLE_WORDS = 8;

/* How much of @note is front matter, which is not read; a byte order mark too. A block that holds
 * something, but no key first, is a text between rules. */
function frontMatterEnd(note) {
  const yaml = new RegExp(/^\uFEFF?---[ \t\r]*\n/.source
    + /(?=(?:[ \t\r]*\n)*(?:(?:---|\.\.\.)[ \t\r]*(?:\n|$)|[^\s:\d][^\s:]*:(?:\s|$)))/.source
    + /(?:.*\n){0,199}?(?:---|\.\.\.)[ \t\r]*(?:\n|$)/.source);
  const toml = new RegExp(/^\uFEFF?\+\+\+[ \t\r]*\n/.source
    + /(?=(?:[ \t\r]*\n)*(?:\+\+\+[ \t\r]*(?:\n|$)|[^\s=\d][^\s=]*[ \t]*=))/.source
    + /(?:.*\n){0,199}?\+\+\+[ \t\r]*(?:\n|$)/.source);
  return (note.match(yaml) ?? note.match(toml) ?? note.match(/^\uFEFF?/))[0].length;
}

/* The first line's first words, which the reader's own titles do not beat. */
function titleOf(body) {
  const line = body.match(/[^\s#>*-].*/)?.[0] ?? '';
  return line.split(/\s+/).slice(0, TITLE_WORDS).join(' ');
}


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

/* @spans: of the note from @offset on, which has @bytes. */
function summaryOf(note, offset, { spans, bytes }) {
  const textOf = s => note.slice(s.start, s.end).replace(/\s+/g, ' ');
  spans = spans.map(s => ({ ...s, start: s.start + offset, end: s.end + offset }))
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
    title: titleOf(note.slice(offset)),
    keys: isFallback ? longest(sentences, max, bytes)
                     : of(KIND.KEY).slice(0, max).filter((s, i) => i === 0 || s.p >= P_SHOWN),
    isFallback, actions,
    tags: [...new Map(of(KIND.TAG).filter(s => s.p >= P_TAG).map(s => [s.text.toLowerCase(), s.text])).values()]
      .slice(0, MAX_TAGS),
    isCut: of(KIND.UNREAD).length > 0,
  };
}
