/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to a question that was put to all notes: the sentence that answers, or those that matter for a
 * broad one, quoted, and the passages that were
 * read for it, each a link to its place. The program alone follows such links: tinylm:note/ID/LENGTH/WORDS
 * names the LENGTH bytes of the note that begin with WORDS, so that a place is found again after the
 * text around it has changed. */
#include "skills/reply.h"

#include "notes/shown.h"
#include "core/markdown.h"
#include "core/words.h"
#include "skills/skill.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define WORDS_BYTES 80 /* enough to find a place by; a link stays short */
#define EXCERPT_BYTES 120 /* two lines */

static gsize
cut_at_character (const char *text,
                  gsize       len,
                  gsize       max)
{
  if (len <= max)
    return len;
  while (max > 0 && ((guchar) text[max] & 0xc0) == 0x80)
    max--;
  return max;
}

static void
append_shown (GString    *reply,
              const char *text,
              gsize       start,
              gsize       end)
{
  g_autofree char *shown = tlm_shown_dup (text, -1, start, end);

  tlm_markdown_append_plain (reply, shown, strlen (shown));
}

static void
append_link (GString          *reply,
             const TlmPassage *passage,
             gsize             start,
             gsize             end)
{
  g_autofree char *words
    = g_strndup (passage->text + start, cut_at_character (passage->text + start, end - start,
                                                          WORDS_BYTES));
  g_autofree char *escaped = g_uri_escape_string (words, NULL, FALSE);
  /* Translators: stands for the title of a note that has none. */
  const char      *title = *passage->title != '\0' ? passage->title : _("Untitled");

  g_string_append_c (reply, '[');
  tlm_markdown_append_plain (reply, title, strlen (title));
  if (passage->kind == TLM_HIT_NOTE)
    g_string_append_printf (reply, "](tinylm:note/%" G_GINT64_FORMAT "/%zu/%s)", passage->id,
                            end - start, escaped);
  else
    g_string_append_printf (reply, "](tinylm:chat/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT ")",
                            passage->id, passage->message_id);
}

/* A title that the link says already. */
static const char *
skip_headings (const char *text)
{
  const char *end;

  while ((*text == '#' || g_ascii_isspace (*text)) && (end = strchr (text, '\n')) != NULL
         && end[strspn (end, " \r\n")] != '\0')
    text = *text == '#' ? end + 1 : text + 1;
  return text;
}

/* Without the lines that begin and end what is attached to a message. (transfer full) */
static char *
dup_unfenced (const char *text)
{
  GString *rest = g_string_new (NULL);

  for (const char *line = text; *line != '\0';)
    {
      gsize len = strcspn (line, "\n");

      len += line[len] == '\n';
      if (strncmp (line, "~~~", 3) != 0)
        g_string_append_len (rest, line, (gssize) len);
      line += len;
    }
  return g_string_free (rest, FALSE);
}

static void
append_passages (GString              *reply,
                 const TlmNotesAnswer *answer)
{
  for (guint i = 0; i < answer->passages->len; i++)
    {
      const TlmPassage *passage = answer->passages->pdata[i];
      g_autofree char  *text = dup_unfenced (passage->text);
      const char       *shown = skip_headings (text);
      gsize             len = strlen (passage->text), rest = strlen (shown);
      gsize             head = cut_at_character (shown, rest, EXCERPT_BYTES);

      while (len > 0 && g_ascii_isspace (passage->text[len - 1]))
        len--;
      g_string_append (reply, "- ");
      append_link (reply, passage, 0, len);
      g_string_append (reply, ": ");
      append_shown (reply, text, (gsize) (shown - text), (gsize) (shown - text) + head);
      g_string_append (reply, head < rest ? "…\n" : "\n");
    }
}

static void
append_sentence (GString          *reply,
                 const char       *format,
                 const TlmPassage *passage,
                 const TlmSpan    *span)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  g_autofree char    *quoted = NULL;
  gsize               start = tlm_ask_find_begin (passage->text, span);

  append_shown (shown, passage->text, start, span->end);
  quoted = tlm_words_quote (shown->str);
  g_string_append_printf (reply, format, quoted);
  append_link (reply, passage, start, span->end);
}

static void
append_points (GString              *reply,
               const TlmNotesAnswer *answer)
{
  g_string_append_printf (reply, "%s\n\n", _("What your notes say about it:"));
  for (guint i = 0; i < answer->points->len; i++)
    {
      const TlmNotesPoint *point = &g_array_index (answer->points, TlmNotesPoint, i);

      append_sentence (reply, "- %s — ", answer->passages->pdata[point->place], &point->span);
      g_string_append_c (reply, '\n');
    }
}

char *
tlm_reply_from_text (const char    *text,
                     const TlmSpan *answer)
{
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autofree char    *shown = NULL, *quoted = NULL;

  if (answer->start == answer->end)
    return g_strdup (_("**The attached text does not say**, it seems."));
  shown = tlm_shown_dup (text, -1, tlm_ask_find_begin (text, answer), answer->end);
  tlm_markdown_append_plain (reply, shown, strlen (shown));
  quoted = tlm_words_quote (reply->str);
  return g_strdup_printf ("**%s**", quoted);
}

char *
tlm_reply_from_notes (const TlmNotesAnswer *answer)
{
  GString       *reply = g_string_new (NULL);
  const TlmSpan *span = &answer->answer;

  if (answer->points->len > 0)
    append_points (reply, answer);
  else if (span->start < span->end)
    append_sentence (reply, "**%s** — ", answer->passages->pdata[answer->place], span);
  if (tlm_notes_answer_says (answer))
    g_string_append_printf (reply, "\n\n%s\n\n", _("Read for this:"));
  else if (answer->passages->len == 0)
    g_string_append (reply, _("**Not in your notes**: no note and no chat has a word of the question."));
  else
    g_string_append_printf (reply, "%s\n\n",
                            ngettext ("**Not in your notes**, it seems. This came nearest:",
                                      "**Not in your notes**, it seems. These came nearest:",
                                      answer->passages->len));
  append_passages (reply, answer);
  return g_string_free (reply, FALSE);
}
