/* SPDX-License-Identifier: Apache-2.0 */
/* The fence of an attachment is longer than every run of its mark in the text, as CommonMark has it, so the
 * text is kept byte for byte whatever it holds. A message has attachments only where such blocks, and
 * nothing else, reach from one of its lines to its end: what a person writes is not taken for one by its
 * look alone, and a damaged block is shown as the text that it is. */
#include "attachments.h"

#include "core/errors.h"
#include "import/import.h"
#include "core/text-input.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MARK '~'
#define MIN_FENCE 3 /* of CommonMark */
#define FILE_WORDS " attached file: "
#define NOTE_WORDS " attached note: "

/* Lines that look like the first of a block are tried from each on; beyond this many the message is a text
 * about fences, and the work must not grow with its square. */
#define MAX_TRIALS 16

static void
attachment_clear (gpointer data)
{
  g_free (((TlmAttachment *) data)->name);
}

static gsize
count_marks (const char *p)
{
  gsize n = 0;

  while (p[n] == MARK)
    n++;
  return n;
}

/* The line that ends the text at @text: a fence of just @n marks. (nullable) */
static const char *
find_fence (const char *text,
            gsize       n)
{
  for (const char *line = strchr (text, '\n'); line != NULL; line = strchr (line + 1, '\n'))
    if (count_marks (line + 1) == n && (line[1 + n] == '\n' || line[1 + n] == '\0'))
      return line + 1;
  return NULL;
}

/* The block that begins with @line. Returns: (nullable): what follows it */
static const char *
read_block (const char    *message,
            const char    *line,
            TlmAttachment *attachment)
{
  gsize       n = count_marks (line);
  const char *words = line + n, *end = strchr (words, '\n'), *fence;

  attachment->note = tlm_text_begins (words, NOTE_WORDS);
  if (n < MIN_FENCE || end == NULL || (!attachment->note && !tlm_text_begins (words, FILE_WORDS)))
    return NULL;
  fence = find_fence (end, n);
  if (fence == NULL)
    return NULL;
  words += strlen (FILE_WORDS); /* as long as the others */
  attachment->name = g_strndup (words, (gsize) (end - words));
  attachment->start = (gsize) (end + 1 - message);
  attachment->end = MAX (attachment->start, (gsize) (fence - 1 - message));
  return fence + n;
}

/* Whether there are only blocks from @line to the end. */
static gboolean
read_blocks (const char *message,
             const char *line,
             GArray     *attachments)
{
  g_array_set_size (attachments, 0);
  while (line != NULL && *line != '\0')
    {
      TlmAttachment attachment;

      line = read_block (message, line, &attachment);
      if (line != NULL)
        {
          g_array_append_val (attachments, attachment);
          line += strspn (line, "\n");
        }
    }
  if (line == NULL)
    g_array_set_size (attachments, 0);
  return line != NULL;
}

/* The next line that may begin one. (nullable) */
static const char *
find_line (const char *message,
           const char *from)
{
  for (const char *p = strstr (from, "~~~"); p != NULL; p = strstr (p, "~~~"))
    {
      const char *words = p + count_marks (p);

      if ((p == message || p[-1] == '\n')
          && (tlm_text_begins (words, FILE_WORDS) || tlm_text_begins (words, NOTE_WORDS)))
        return p;
      p = words;
    }
  return NULL;
}

GArray *
tlm_attachments_read (const char *message,
                      gsize      *body)
{
  GArray     *attachments = g_array_new (FALSE, FALSE, sizeof (TlmAttachment));
  const char *line = find_line (message, message);
  gsize       len;

  g_array_set_clear_func (attachments, attachment_clear);
  for (guint i = 0; line != NULL && i < MAX_TRIALS && !read_blocks (message, line, attachments); i++)
    line = find_line (message, line + 1);
  len = attachments->len > 0 ? (gsize) (line - message) : strlen (message);
  while (attachments->len > 0 && len > 0 && message[len - 1] == '\n')
    len--;
  if (body != NULL)
    *body = len;
  return attachments;
}

char *
tlm_attachments_dup_body (const char *message)
{
  gsize              len;
  g_autoptr (GArray) attachments = tlm_attachments_read (message, &len);

  return g_strndup (message, len);
}

char *
tlm_attachments_dup_texts (const char *message)
{
  g_autoptr (GArray) attachments = tlm_attachments_read (message, NULL);
  GString           *texts;

  if (attachments->len == 0)
    return NULL;
  texts = g_string_new (NULL);
  for (guint i = 0; i < attachments->len; i++)
    {
      const TlmAttachment *attachment = &g_array_index (attachments, TlmAttachment, i);

      g_string_append (texts, i > 0 ? "\n\n" : "");
      g_string_append_len (texts, message + attachment->start,
                           (gssize) (attachment->end - attachment->start));
    }
  return g_string_free (texts, FALSE);
}

char *
tlm_attachments_move (const char *message,
                      const char *body)
{
  gsize              len;
  g_autoptr (GArray) attachments = tlm_attachments_read (message, &len);
  const char        *blocks = message + len + strspn (message + len, "\n");

  return attachments->len > 0 && *body != '\0' ? g_strconcat (body, "\n\n", blocks, NULL)
                                               : g_strconcat (body, blocks, NULL);
}

static gsize
find_longest_run (const char *text)
{
  gsize longest = 0;

  for (const char *p = strchr (text, MARK); p != NULL; p = strchr (p, MARK))
    {
      gsize n = count_marks (p);

      longest = MAX (longest, n);
      p += n;
    }
  return longest;
}

char *
tlm_attachment_dup_block (gboolean    note,
                          const char *name,
                          const char *text)
{
  g_autofree char *line = g_strdelimit (g_utf8_make_valid (name, -1), "\r\n\v\f\t", ' ');
  g_autofree char *fence = g_strnfill (MAX (MIN_FENCE, find_longest_run (text) + 1), MARK);

  return g_strconcat (fence, note ? NOTE_WORDS : FILE_WORDS, line, "\n", text, "\n", fence, NULL);
}

/* ---- Files ---- */

static void
load (GTask        *task,
      gpointer      source,
      gpointer      data,
      GCancellable *cancellable)
{
  GFile             *file = G_FILE (source);
  g_autofree char   *name = g_file_get_basename (file), *shown = g_filename_display_name (name);
  g_autoptr (GError) error = NULL;
  gsize              len;
  g_autofree char   *text = tlm_import_read_file (file, &len, NULL, cancellable, &error);

  if (text != NULL && tlm_text_check_content (text, len, &error))
    {
      const char *begin = tlm_text_begins (text, TLM_TEXT_BOM) ? text + strlen (TLM_TEXT_BOM) : text;

      g_task_return_pointer (task, tlm_attachment_dup_block (FALSE, shown, begin), g_free);
    }
  else
    /* Translators: the name of a file, and the sentence on what is wrong with it. */
    g_task_return_new_error (task, error->domain, error->code, _("“%s” was not attached. %s"), shown,
                             error->message);
}

void
tlm_attachment_load_async (GFile              *file,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (file, cancellable, callback, user_data);

  g_task_run_in_thread (task, load);
}

char *
tlm_attachment_load_finish (GFile        *file,
                            GAsyncResult *result,
                            GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, file), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
