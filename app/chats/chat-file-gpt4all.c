/* SPDX-License-Identifier: Apache-2.0 */
/* GPT4All's gpt4all-*.chat: a QDataStream (big-endian; Qt 6.2) that its chat.cpp, chatmodel.cpp,
 * chatllm.cpp and tool.cpp write. Formats 10 to 12, the last ones, are read. Every length is checked
 * against the bytes that are left. */
#include "chat-file-private.h"

#include "core/errors.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAGIC 0xF5D553CCu
#define MIN_VERSION 10
#define MAX_VERSION 12
#define MAX_DEPTH 8 /* of parts in parts; GPT4All writes two */
#define QT_STRING 10 /* QMetaType::QString */

typedef struct
{
  const guint8 *p;
  gsize         left;
  gboolean      bad;
  guint32       version;
  TlmChatFile  *file;
  GString      *text; /* of the message that is read */
} Reader;

/* NULL, and bad, when there is not as much. */
static const guint8 *
take (Reader *r,
      guint64 n)
{
  const guint8 *p = r->p;

  if (r->bad || n > r->left)
    {
      r->bad = TRUE;
      return NULL;
    }
  r->p += n;
  r->left -= n;
  return p;
}

static guint64
take_number (Reader *r,
             guint   n_bytes)
{
  const guint8 *p = take (r, n_bytes);
  guint64       value = 0;

  for (guint i = 0; p != NULL && i < n_bytes; i++)
    value = value << 8 | p[i];
  return value;
}

static gboolean
take_bool (Reader *r)
{
  return take_number (r, 1) != 0;
}

/* The number of things that follow, each of at least a byte. */
static guint64
take_count (Reader *r,
            guint   n_bytes)
{
  guint64 n = take_number (r, n_bytes);

  if (n > r->left)
    r->bad = TRUE;
  return r->bad ? 0 : n;
}

static void
skip_bytes (Reader *r)
{
  guint64 n = take_number (r, 4);

  if (n != G_MAXUINT32) /* a null one */
    take (r, n);
}

/* UTF-16, big-endian. (transfer full): never NULL */
static char *
take_string (Reader *r)
{
  guint64       n = take_number (r, 4);
  const guint8 *p = n != G_MAXUINT32 ? take (r, n) : NULL;
  char         *text = p != NULL ? g_convert ((const char *) p, (gssize) n, "UTF-8", "UTF-16BE",
                                              NULL, NULL, NULL)
                                 : NULL;

  r->bad |= p != NULL && text == NULL;
  return text != NULL ? text : g_strdup ("");
}

static void
skip_strings (Reader *r,
              guint64 n)
{
  while (n-- > 0 && !r->bad)
    skip_bytes (r); /* a length and as many bytes, as other arrays of bytes */
}

/* Passages of documents that a question was answered from. */
static void
skip_sources (Reader *r)
{
  for (guint64 n = take_count (r, 8); n > 0 && !r->bad; n--)
    {
      skip_strings (r, 7);
      take (r, 12); /* page, first and last line */
      r->file->n_left_out++;
    }
}

static void
skip_attachments (Reader *r)
{
  for (guint64 n = take_count (r, 8); n > 0 && !r->bad; n--)
    {
      skip_bytes (r);
      skip_bytes (r);
      r->file->n_left_out++;
    }
}

static void
skip_tool_call (Reader *r)
{
  skip_strings (r, 1);
  for (guint64 n = take_count (r, 8); n > 0 && !r->bad; n--)
    {
      skip_strings (r, 1);
      take (r, 4);
      r->bad |= take_number (r, 4) != QT_STRING;
      take (r, 1);
      skip_strings (r, 1);
    }
  skip_strings (r, 1);
  take (r, 4);
  skip_strings (r, 1);
}

static void
read_part (Reader *r,
           guint   depth)
{
  g_autofree char *name = take_string (r), *value = take_string (r);
  gboolean         text = g_str_equal (name, "Text: ") || g_str_equal (name, "Response: ");

  if (g_str_equal (name, "ToolCall: "))
    skip_tool_call (r);
  else if (g_str_equal (name, "Think: "))
    take (r, 4);
  else if (!text && !g_str_equal (name, "ToolResponse: "))
    r->bad = TRUE;
  if (text)
    g_string_append (r->text, value);
  else
    r->file->n_left_out++;
  r->bad |= depth == MAX_DEPTH;
  for (guint64 n = take_count (r, 8); n > 0 && !r->bad; n--)
    read_part (r, depth + 1);
}

static gint64
read_message (Reader     *r,
              JsonObject *chat,
              gint64      parent,
              gint64      created)
{
  g_autofree char *name = NULL, *value = NULL;
  gboolean         response;

  if (r->version < 12)
    take (r, 4); /* a number of its own */
  name = take_string (r);
  response = g_str_equal (name, "Response: ");
  r->bad |= !response && !g_str_equal (name, "Prompt: ") && !g_str_equal (name, "System: ");
  value = take_string (r);
  skip_strings (r, 1); /* a better answer that the person wrote for others */
  take (r, 4);         /* current, stopped, liked, disliked */
  if (r->version >= 11 && response)
    take_bool (r);
  skip_sources (r);
  skip_attachments (r);
  g_string_truncate (r->text, 0);
  if (r->version >= 12)
    for (guint64 n = take_count (r, 8); n > 0 && !r->bad; n--)
      read_part (r, 1);
  g_string_append (r->text, value);
  if (r->bad)
    return parent;
  return tlm_chat_file_add_message (r->file, chat, parent,
                                    response ? "assistant" : *name == 'S' ? "system" : "user",
                                    r->text->str, NULL, created);
}

/* What the engine had in memory; it is written only where a setting, off at first, asked for it. */
static gboolean
skip_state (Reader  *r,
            GError **error)
{
  if (r->version >= 11)
    return TRUE;
  if (take_bool (r))
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_BINARY,
                           _("This chat was saved with the memory of its model. Open it in GPT4All "
                             "3.5 or later, which saves it without, and import it again."));
      return FALSE;
    }
  take (r, 8);
  skip_strings (r, 2);
  take (r, 4);
  return TRUE;
}

static gboolean
read_chat (Reader  *r,
           GError **error)
{
  guint64          seconds = take_number (r, 8);
  gint64           created = (gint64) MIN (seconds, G_MAXUINT32) * G_USEC_PER_SEC;
  g_autofree char *title = NULL;
  JsonObject      *chat;
  gint64           last = 0;

  skip_strings (r, 1); /* id */
  title = take_string (r);
  skip_strings (r, 2);              /* user, model */
  skip_strings (r, take_count (r, 4)); /* folders that questions went to */
  if (!skip_state (r, error))
    return FALSE;
  chat = tlm_chat_file_add_chat (r->file, title, created);
  for (guint64 n = take_count (r, 4); n > 0 && !r->bad; n--)
    last = read_message (r, chat, last, created);
  return !r->bad || tlm_chat_file_fail (error, NULL);
}

gboolean
tlm_chat_file_is_gpt4all (const guint8 *bytes,
                          gsize         len)
{
  return len >= 4 && (guint32) bytes[0] << 24 == (MAGIC & 0xFF000000u) && bytes[1] == 0xD5
         && bytes[2] == 0x53 && bytes[3] == 0xCC;
}

gboolean
tlm_chat_file_read_gpt4all (TlmChatFile  *self,
                            const guint8 *bytes,
                            gsize         len,
                            GError      **error)
{
  Reader   r = { .p = bytes, .left = len, .file = self };
  gboolean good;

  take (&r, 4);
  r.version = (guint32) take_number (&r, 4);
  if (r.version < MIN_VERSION || r.version > MAX_VERSION)
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_BINARY,
                   _("This chat of GPT4All has the format %u, and TinyLM reads %d to %d. Open it in "
                     "GPT4All 3.5 to 3.10 and import what that saves."), r.version, MIN_VERSION,
                   MAX_VERSION);
      return FALSE;
    }
  r.text = g_string_new (NULL);
  good = read_chat (&r, error);
  g_string_free (r.text, TRUE);
  return good;
}
