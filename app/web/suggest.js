// SPDX-License-Identifier: Apache-2.0
// The rest of the word that is being typed, by the rule of app/notes/completion.c: the model's expectation is
// the prior of the words of the note, and what is less likely than not would be in the way.
'use strict';

const PRIOR = 3, MIN_LETTERS = 2, P_WORD = 0.5, MAX_CONTEXT = 1500, PAUSE_MS = 80;

/* @expected: what the model thinks; @before: the note up to the word. The likeliest, or undefined. */
function likeliest(expected, before, typed) {
  const weights = new Map(expected.map(w => [w.text, PRIOR * w.p]));
  let n = PRIOR;
  for (const [word] of before.matchAll(/\p{L}+/gu))
    if (word.length > typed.length && word.startsWith(typed)) {
      weights.set(word, (weights.get(word) ?? 0) + 1);
      n++;
    }
  const [best] = [...weights].sort((a, b) => b[1] - a[1]);
  return best && best[1] / n >= P_WORD ? best[0] : undefined;
}

function suggestWords(field, place) {
  let rest = '', timer, asked = 0;

  function clear() {
    rest = '';
    asked++;
    clearTimeout(timer);
    place.replaceChildren();
  }

  /* As if typed, so that it can be undone. */
  function take() {
    const text = rest;
    clear();
    field.focus();
    if (!document.execCommand('insertText', false, text))
      field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  }

  async function suggest() {
    const at = field.selectionStart, before = field.value.slice(0, at), mine = asked;
    const typed = before.match(/\p{L}+$/u)?.[0] ?? '';
    if (!engine || [...typed].length < MIN_LETTERS || /^\p{L}/u.test(field.value.slice(at)))
      return;
    const context = before.slice(-MAX_CONTEXT - typed.length);
    const word = likeliest(await engine.call('complete', [context, typed]), before.slice(0, at - typed.length), typed);
    if (mine !== asked || !word || word.length === typed.length)
      return;
    rest = word.slice(typed.length);
    place.replaceChildren(make('button', { className: 'flat', type: 'button', dir: 'auto', onclick: take }, words('word', word)));
  }

  field.addEventListener('input', () => {
    clear();
    timer = setTimeout(() => suggest().catch(e => fail(e.message)), PAUSE_MS);
  });
  field.addEventListener('keydown', e => {
    if (rest && e.key === 'Tab' && !e.shiftKey) {
      e.preventDefault();
      take();
    } else if (rest && e.key === 'Escape')
      clear();
  });
  field.addEventListener('blur', () => setTimeout(() => document.activeElement !== place.firstChild && clear(), 200));
}
