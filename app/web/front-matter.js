// SPDX-License-Identifier: Apache-2.0
// What stands above a note and is about it, which is not read: the rules of app/skills/front-matter.c.
'use strict';

const MAX_FRONT_LINES = 200, MAX_FRONT_TAGS = 16;
const SUMMARY_BEGIN = '<!-- TinyLM summary -->', SUMMARY_END = '<!-- /TinyLM summary -->';

/* { end, title, tags }: where the note begins, behind an inserted summary too; '' is no title. */
function frontMatterOf(note) {
  const front = { end: note.startsWith('\uFEFF') ? 1 : 0, title: '', tags: [] };
  let at = front.end, inTags = false, inTitle = false;

  /* The next line, trimmed at its end; undefined behind the last. */
  function nextLine() {
    if (at >= note.length)
      return undefined;
    const start = at, end = note.indexOf('\n', at);
    at = end < 0 ? note.length : end + 1;
    return note.slice(start, end < 0 ? note.length : end).replace(/[ \t\r\f\v]+$/, '');
  }

  const trim = text => text.replace(/^[ \t[\]"'#]+/, '').replace(/[ \t[\]"',]+$/, '');

  const unindent = text => text.replace(/^[ \t\r\f\v]+/, '');

  function addTags(texts) {
    const room = MAX_FRONT_TAGS - front.tags.length;
    front.tags.push(...texts.map(trim).filter(Boolean).slice(0, room));
  }

  /* All but white space and one pair of quotes is the title's own; ">-", "|2": the indented lines below. */
  function takeTitle(value) {
    inTitle = /^[|>]([+-]?[1-9]?|[1-9][+-])$/.test(value);
    front.title = inTitle ? '' : value.replace(/^(["'])(.*)\1$/, '$2');
  }

  function takeValue(key, value) {
    inTags = ['tags', 'keywords', 'filetags'].includes(key);
    if (key === 'title')
      takeTitle(unindent(value));
    else if (inTags)
      addTags(value.split(/[[,]/.test(value) ? ',' : key === 'filetags' ? /[: ]/ : /[, ]/));
  }

  /* "key: value", "key = value"; "- value" below "tags:". */
  function takeLine(line, separator) {
    const item = inTags && line.match(/^[ \t]*-(.*)/), mark = line.indexOf(separator);
    const indented = /^[ \t]/.test(line);
    if (inTitle && indented)
      front.title = unindent(`${front.title} ${unindent(line)}`);
    inTitle &&= indented || !line;
    if (item)
      addTags([item[1]]);
    else if (mark >= 0 && !indented)
      takeValue(line.slice(0, mark).trimEnd().toLowerCase(), line.slice(mark + 1));
  }

  /* As tl_front_is_keyed(). */
  function isKeyed(lines, separator) {
    const key = separator === ':'
      ? /^(?!\d)[^ \t-\r:]+[ \t-\r]*:([ \t-\r]|$)/
      : /^(?!\d)([^ \t-\r=]+[ \t-\r]*=|\[)/;
    const goesOn = /^([ \t-\r]|#|-([ \t-\r]|$))/, inList = /^(?!\d)[^:]+:([ \t-\r]|$)/;
    const first = lines.findIndex(line => line && !line.startsWith('#'));
    if (first < 0 || goesOn.test(lines[first]))
      return !lines.some(Boolean);
    const commented = lines.slice(0, first).some(Boolean);
    if (key.test(lines[first]) && (!commented || separator === '='))
      return true;
    return separator === ':' && lines.every(line => goesOn.test(line) || inList.test(line));
  }

  /* A block that is not closed, or that holds something but no keys, is a text between rules. */
  function takeFenced(fences, separator) {
    const begin = at, lines = [];
    for (let line = nextLine(); line === fences[0] || lines.length; line = nextLine()) {
      if (line === undefined || lines.length > MAX_FRONT_LINES)
        break;
      if (lines.length && fences.includes(line)) {
        if (!isKeyed(lines.slice(1), separator))
          break;
        lines.slice(1).forEach(l => takeLine(l, separator));
        front.end = at;
        return true;
      }
      lines.push(line);
    }
    at = begin;
    return false;
  }

  function takeOrg() {
    for (let line = nextLine(); /^#\+.*:/.test(line) && !/^#\+begin/i.test(line); line = nextLine()) {
      takeLine(line.slice(2), ':');
      front.end = at;
    }
  }

  /* An inserted summary, with the empty lines around it; one that is not closed is text. */
  function skipSummary() {
    let line;
    at = front.end;
    do
      line = nextLine();
    while (line === '');
    if (line !== SUMMARY_BEGIN)
      return;
    while (line !== undefined && line !== SUMMARY_END)
      line = nextLine();
    if (line === undefined)
      return;
    do
      front.end = at;
    while (nextLine() === '');
  }

  if (!takeFenced(['---', '...'], ':') && !takeFenced(['+++'], '='))
    takeOrg();
  skipSummary();
  return front;
}
