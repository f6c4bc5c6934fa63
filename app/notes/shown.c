/* SPDX-License-Identifier: Apache-2.0 */
/* What of a note's bytes is seen. */
#include "shown.h"

#include "reader/link.h"

#include <string.h>

#define MAX_LINK 1024 /* bytes; more than the longest */

/* Marks that override or embed a direction and those that are not seen, so that what is shown reads
 * as the note does and cannot dress up as something else. */
static gboolean
is_hidden (gunichar c)
{
  return g_unichar_iscntrl (c) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)
         || c == 0x200e || c == 0x200f || c == 0x061c || c == 0xfeff || c == 0x200b
         || (c >= 0xe0000 && c <= 0xe007f);
}

/* Appends [start, end) on one line. */
static void
append_line (GString    *out,
             const char *start,
             const char *end,
             gboolean   *space)
{
  for (const char *p = start; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c))
        *space = out->len > 0;
      else if (!is_hidden (c))
        {
          if (*space)
            g_string_append_c (out, ' ');
          *space = FALSE;
          g_string_append_unichar (out, c);
        }
    }
}

char *
tlm_shown_dup (const char *text,
               gssize      len,
               gsize       start,
               gsize       end)
{
  GString *out = g_string_new (NULL);
  gsize    pos = start > MAX_LINK ? start - MAX_LINK : 0;
  gsize    more = len < 0 ? strnlen (text + end, MAX_LINK) : MIN ((gsize) len - end, MAX_LINK);
  gboolean space = FALSE;
  tl_link  link;

  while (start < end && tl_link_next (text, end + more, &pos, &link) && link.start < end)
    if (link.end > start)
      {
        append_line (out, text + start, text + MAX (start, link.start), &space);
        append_line (out, text + MAX (start, link.words), text + MIN (end, link.words_end), &space);
        start = link.end;
      }
  append_line (out, text + start, text + end, &space);
  return g_string_free (out, FALSE);
}

static gboolean
holds (const char *start,
       const char *end,
       const char *mark)
{
  return g_strstr_len (start, end - start, mark) != NULL;
}

char *
tlm_shown_dup_unlinked (const char *text,
                        const char *mark)
{
  GString *out = g_string_new (NULL);
  gsize    pos = 0, start = 0, len = strlen (text);
  tl_link  link;

  while (tl_link_next (text, len, &pos, &link))
    if (!holds (text + link.start, text + link.words, mark)
        && !holds (text + link.words_end, text + link.end, mark))
      {
        g_string_append_len (out, text + start, (gssize) (link.start - start));
        g_string_append_len (out, text + link.words, (gssize) (link.words_end - link.words));
        start = link.end;
      }
  g_string_append (out, text + start);
  return g_string_free (out, FALSE);
}
