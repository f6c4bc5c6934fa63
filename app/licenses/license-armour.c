/* SPDX-License-Identifier: Apache-2.0 */
/* Takes a block out of the text in which it came. Nothing here is trusted or interpreted; what is
 * signed is looked at in license-signed.c. */
#include "license-armour.h"

#include "core/errors.h"
#include "core/text-input.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

static char *
dup_mark (const char *word,
          const char *label)
{
  return g_strdup_printf ("-----%s %s-----", word, label);
}

/* Some editors put one before all else. */
static gsize
count_bom (const char *text,
           gsize       len)
{
  gsize n = strlen (TLM_TEXT_BOM);

  return len >= n && memcmp (text, TLM_TEXT_BOM, n) == 0 ? n : 0;
}

/* (nullable): the lines without the white space around them; NULL for what is no text */
static GStrv
split_lines (const char *text,
             gsize       len)
{
  g_autofree char *copy = NULL;
  gsize            bom;
  GStrv            lines;

  if (len > TLM_ARMOUR_MAX_BYTES || memchr (text, '\0', len) != NULL
      || !g_utf8_validate_len (text, len, NULL))
    return NULL;
  bom = count_bom (text, len);
  copy = g_strndup (text + bom, len - bom);
  lines = g_strsplit (copy, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_strstrip (lines[i]);
  return lines;
}

/* How many lines are @mark; the first of them is *@first. */
static guint
count_marks (char *const *lines,
             const char  *mark,
             guint       *first)
{
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_equal (lines[i], mark) && n++ == 0)
      *first = i;
  return n;
}

gboolean
tlm_armour_is (const char *text,
               gsize       len,
               const char *label)
{
  g_auto (GStrv)   lines = split_lines (text, len);
  g_autofree char *begin = dup_mark ("BEGIN", label);
  guint            first;

  return lines != NULL && count_marks (lines, begin, &first) > 0;
}

gboolean
tlm_armour_begins (const char *text,
                   gsize       len)
{
  static const char begin[] = "-----BEGIN TINYLM ";
  const char       *end = text + len;

  text += count_bom (text, len);
  while (text < end && g_ascii_isspace (*text))
    text++;
  return (gsize) (end - text) >= strlen (begin) && memcmp (text, begin, strlen (begin)) == 0;
}

static gboolean
fail (GError    **error,
      const char *sentence)
{
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_LICENSE, sentence);
  return FALSE;
}

static gboolean
find_block (char *const *lines,
            const char  *label,
            guint       *begin,
            guint       *end,
            GError     **error)
{
  g_autofree char *begin_mark = dup_mark ("BEGIN", label);
  g_autofree char *end_mark = dup_mark ("END", label);
  guint            n_begins = count_marks (lines, begin_mark, begin);
  guint            n_ends = count_marks (lines, end_mark, end);

  if (n_begins == 0)
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_LICENSE,
                   /* Translators: %s is a line such as “-----BEGIN TINYLM LICENSE-----” */
                   _("There is no key in this text. A key begins with the line “%s”; copy all of "
                     "it, with that line."), begin_mark);
      return FALSE;
    }
  if (n_begins > 1 || n_ends > 1)
    return fail (error, _("There is more than one key in this text. Add them one at a time."));
  if (n_ends == 1 && *end > *begin)
    return TRUE;
  g_set_error (error, TLM_ERROR, TLM_ERROR_LICENSE,
               /* Translators: %s is a line such as “-----END TINYLM LICENSE-----” */
               _("The key is cut off: its last line, “%s”, is missing. Copy all of it again."),
               end_mark);
  return FALSE;
}

/* Strict: no other alphabet, all of the padding, no bits left over. */
static GBytes *
decode (const char *base64,
        gsize       len,
        GError    **error)
{
  gsize              max = len / 4 * 3, n = 0;
  g_autofree guint8 *bytes = g_malloc (max + 1);
  const char        *stop = NULL;

  if (len > 0
      && sodium_base642bin (bytes, max, base64, len, NULL, &n, &stop,
                            sodium_base64_VARIANT_ORIGINAL) == 0
      && stop == base64 + len)
    return g_bytes_new_take (g_steal_pointer (&bytes), n);
  fail (error, _("The key is damaged: its lower part has characters too many, too few or of "
                 "another kind. Copy all of it again."));
  return NULL;
}

GBytes *
tlm_armour_read (const char *text,
                 gsize       len,
                 const char *label,
                 char      **headers,
                 GError    **error)
{
  g_auto (GStrv)     lines = split_lines (text, len);
  g_autoptr (GString) head = g_string_new (NULL), base64 = g_string_new (NULL);
  GBytes            *body;
  guint              begin = 0, end = 0, i;

  if (lines == NULL)
    {
      fail (error, _("This is no key: it is not text, or far too long."));
      return NULL;
    }
  if (!find_block (lines, label, &begin, &end, error))
    return NULL;
  for (i = begin + 1; i < end && *lines[i] != '\0'; i++)
    g_string_append_printf (head, "%s\n", lines[i]);
  for (; i < end; i++)
    g_string_append (base64, lines[i]);
  body = decode (base64->str, base64->len, error);
  if (body != NULL)
    *headers = g_string_free (g_steal_pointer (&head), FALSE);
  return body;
}
