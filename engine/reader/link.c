/* SPDX-License-Identifier: Apache-2.0 */
/* Finding wiki links and covering what of them is not read. */
#include "reader/link.h"

#include <stdlib.h>
#include <string.h>

#define MAX_BYTES 512 /* between the brackets: more than a path and a phrase */

static bool
has_words (const char *text, size_t start, size_t end)
{
  while (start < end && (text[start] == ' ' || text[start] == '\t'))
    start++;
  return start < end;
}

/* @open: the first byte behind "[[". */
static bool
take_link (const char *text, size_t len, size_t open, tl_link *link)
{
  bool picture = open > 2 && text[open - 3] == '!';
  size_t bar = 0, stop = open, name_end;

  /* strchr() finds the end of its string, so a NUL stops too. */
  for (; stop < len && stop - open < MAX_BYTES && strchr ("[]\n\r", text[stop]) == NULL; stop++)
    if (text[stop] == '|' && bar == 0)
      bar = stop;
  if (len - stop < 2 || text[stop] != ']' || text[stop + 1] != ']')
    return false;
  name_end = bar > 0 ? bar : stop;
  if (name_end > open && text[name_end - 1] == '\\') /* "\|" in a table */
    name_end--;
  if (name_end == open || text[open] == ' ' || text[open] == '\t')
    return false;
  *link = (tl_link) { .start = open - 2 - picture, .end = stop + 2,
                      .words = open, .words_end = name_end };
  if (bar > 0 && !picture && has_words (text, bar + 1, stop)) /* behind a picture's "|": its size */
    {
      link->words = bar + 1;
      link->words_end = stop;
    }
  return true;
}

bool
tl_link_next (const char *text, size_t len, size_t *pos, tl_link *link)
{
  const char *end = text + len, *p = text + *pos;

  while ((p = p < end ? memchr (p, '[', (size_t) (end - p)) : NULL) != NULL && end - p > 2)
    {
      if (p[1] == '[' && take_link (text, len, (size_t) (p - text) + 2, link))
        {
          *pos = link->end;
          return true;
        }
      p++;
    }
  *pos = len;
  return false;
}

char *
tl_links_dup_covered (const char *text, size_t len, tl_error *err)
{
  char *covered = malloc (len + 1);
  size_t pos = 0;
  tl_link link;

  if (covered == NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for a note of %zu bytes", len);
      return NULL;
    }
  if (len > 0)
    memcpy (covered, text, len);
  covered[len] = '\0';
  while (tl_link_next (text, len, &pos, &link))
    {
      memset (covered + link.start, '[', link.words - link.start);
      memset (covered + link.words_end, ']', link.end - link.words_end);
    }
  return covered;
}

size_t
tl_links_drop_brackets (char *s, size_t len, uint32_t *places)
{
  size_t n = 0;

  for (size_t i = 0; i < len;)
    {
      size_t run = 1;

      while ((s[i] == '[' || s[i] == ']') && i + run < len && s[i + run] == s[i])
        run++;
      if (run == 1)
        {
          places[n] = (uint32_t) i;
          s[n++] = s[i];
        }
      i += run;
    }
  return n;
}
