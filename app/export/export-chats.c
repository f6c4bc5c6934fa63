/* SPDX-License-Identifier: Apache-2.0 */
/* A chat out of the store. Columns are taken as they come, so that what a later version adds is
 * there too. */
#include "export-chats.h"

#include "chats/chat-private.h"
#include "core/errors.h"
#include "export-json.h"
#include "notes/titles.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define QUOTE_CHARS 60 /* of the message that a branch follows: enough to know it again */
#define MAX_FENCE   64 /* marks; a longer run is text */

static JsonObject *
new_message (sqlite3_stmt *row)
{
  static const char *const states[] = { "done", "streaming", "stopped", "failed" };
  JsonObject              *message = tlm_export_object (row, tlm_export_times);
  gboolean                 user = json_object_get_int_member (message, "role") == 0;
  gint64                   state = json_object_get_int_member (message, "state");

  json_object_set_string_member (message, "role", user ? "user" : "assistant");
  json_object_set_string_member (message, "state", states[state & 3]);
  json_object_set_member (message, "content", json_object_dup_member (message, "text"));
  json_object_remove_member (message, "text");
  json_object_remove_member (message, "chat_id");
  return message;
}

static gboolean
add_messages (TlmDb      *db,
              gint64      id,
              JsonObject *chat,
              GError    **error)
{
  JsonArray    *messages = json_array_new ();
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT * FROM messages WHERE chat_id = ? ORDER BY id", "i", id);
  int           more = row != NULL ? 1 : -1;

  json_object_set_array_member (chat, "messages", messages);
  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    json_array_add_object_element (messages, new_message (row));
  return more == 0;
}

/* Sentences that stand for the older part, by the messages that they are of. */
static gboolean
add_summaries (TlmDb      *db,
               gint64      id,
               JsonObject *chat,
               GError    **error)
{
  JsonArray    *summaries = json_array_new ();
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT after, source, start, length FROM chat_digests "
                                    "WHERE chat_id = ? ORDER BY rowid", "i", id);
  int           more = row != NULL ? 1 : -1;

  json_object_set_array_member (chat, "summaries", summaries);
  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    json_array_add_object_element (summaries, tlm_export_object (row, tlm_export_times));
  return more == 0;
}

/* What was pasted into the draft, where something was. */
static gboolean
add_draft_texts (TlmDb      *db,
                 gint64      id,
                 JsonObject *chat,
                 GError    **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT texts FROM draft_texts WHERE chat_id = ?", "i", id);
  int           more = row != NULL ? tlm_db_step (db, row, error) : -1;

  if (more > 0)
    {
      json_object_set_string_member (chat, "draft_texts", tlm_db_column_text (row, 0));
      sqlite3_reset (row);
    }
  return more >= 0;
}

JsonObject *
tlm_export_chat_object (TlmDb   *db,
                        gint64   id,
                        GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT * FROM chats WHERE id = ?", "i", id);
  JsonObject   *chat = NULL;
  int           more = row != NULL ? tlm_db_step (db, row, error) : -1;

  if (more == 0)
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_NOT_FOUND,
                         _("This chat is not there any more."));
  if (more <= 0)
    return NULL;
  chat = tlm_export_object (row, tlm_export_times);
  sqlite3_reset (row);
  if (!add_messages (db, id, chat, error) || !add_summaries (db, id, chat, error)
      || !add_draft_texts (db, id, chat, error))
    g_clear_pointer (&chat, json_object_unref);
  return chat;
}

GArray *
tlm_export_list_chats (TlmDb   *db,
                       gboolean binned,
                       GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt      *row = tlm_db_query (db, error, "SELECT id FROM chats WHERE trashed IS NULL OR (? AND "
                                          "trashed > 0 AND trashed < " TLM_CHAT_COMING ") ORDER BY id",
                                          "i", (gint64) binned);
  int                more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      gint64 id = sqlite3_column_int64 (row, 0);

      g_array_append_val (ids, id);
    }
  return more == 0 ? g_steal_pointer (&ids) : NULL;
}

/* ---- Fences: CommonMark 0.30, section 4.5 ---- */

gboolean
tlm_fence_read (const char *line,
                TlmFence   *fence)
{
  const char *p = line + MIN (strspn (line, " "), 3);

  fence->mark = *p;
  fence->n = *p == '~' || *p == '`' ? strspn (p, *p == '~' ? "~" : "`") : 0;
  p += fence->n;
  fence->bare = strspn (p, " \t\r") == strcspn (p, "\n");
  return fence->n >= 3 && fence->n <= MAX_FENCE
         && (fence->mark == '~' || memchr (p, '`', strcspn (p, "\n")) == NULL);
}

gboolean
tlm_fence_closes (const TlmFence *fence,
                  const TlmFence *open)
{
  return fence->bare && fence->mark == open->mark && fence->n >= open->n;
}

/* (transfer full): the fence that @text needs behind it, so that it does not go on in what follows; "" for
 * none */
static char *
dup_missing_fence (const char *text)
{
  GString    *missing = g_string_new (NULL);
  TlmFence    open = { 0 }, fence;
  const char *end = text;

  for (const char *line = text; *line != '\0'; line = *end == '\n' ? end + 1 : end)
    {
      end = line + strcspn (line, "\n");
      if (!tlm_fence_read (line, &fence))
        continue;
      if (open.n == 0)
        open = fence;
      else if (tlm_fence_closes (&fence, &open))
        open.n = 0;
    }
  if (open.n > 0 && *end != '\n')
    g_string_append_c (missing, '\n');
  for (gsize i = 0; i < open.n; i++)
    g_string_append_c (missing, open.mark);
  return g_string_free (missing, FALSE);
}

/* ---- Markdown ---- */

typedef struct
{
  JsonArray  *messages;
  GHashTable *places;   /* id -> place in messages, from 1 */
  gboolean   *written;
  int        *following; /* the first message after each that is not written; -1 for none */
  char      **quotes;    /* of those that are written */
  int        *nth;       /* of those with the same quote, from 1 */
  GHashTable *n_quoted;  /* quote -> how many have it so far */
  GString    *text;
} Writer;

static gint64
get_id (JsonObject *message,
        const char *name)
{
  return json_object_get_int_member_with_default (message, name, 0);
}

/* -1 for none */
static int
find_place (Writer *writer,
            gint64  id)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (writer->places, &id)) - 1;
}

static JsonObject *
get_message (Writer *writer,
             int     place)
{
  return json_array_get_object_element (writer->messages, (guint) place);
}

/* -1 for none. What a message follows is older, so every way comes to an end. */
static int
find_parent (Writer *writer,
             int     place)
{
  int parent = find_place (writer, get_id (get_message (writer, place), "parent"));

  return parent < place ? parent : -1;
}

char *
tlm_export_dup_quote (const char *text)
{
  const char *end = text;

  for (int i = 0; i < QUOTE_CHARS && *end != '\0'; i++)
    end = g_utf8_next_char (end);
  return g_strdelimit (g_strndup (text, (gsize) (end - text)), "\r\n", ' ');
}

static void
note_quote (Writer     *writer,
            int         place,
            const char *text)
{
  char *quote = tlm_export_dup_quote (text);

  writer->quotes[place] = quote;
  writer->nth[place] = GPOINTER_TO_INT (g_hash_table_lookup (writer->n_quoted, quote)) + 1;
  g_hash_table_insert (writer->n_quoted, quote, GINT_TO_POINTER (writer->nth[place]));
}

static void
write_message (Writer *writer,
               int     place)
{
  JsonObject *message = get_message (writer, place);
  gboolean    user = g_str_equal (json_object_get_string_member (message, "role"), "user");
  const char *content = json_object_get_string_member (message, "content");
  g_autofree char *fence = dup_missing_fence (content);
  g_autofree char *text = g_strconcat (content, fence, NULL);

  writer->written[place] = TRUE;
  note_quote (writer, place, text);
  g_string_append_printf (writer->text, "\n## %s\n\n%s\n", user ? "You" : "TinyLM", text);
}

/* The branch that ends with @leaf, from its first message on; a loop, since a chat may be long. */
static void
write_shown (Writer *writer,
             gint64  leaf)
{
  g_autoptr (GArray) way = g_array_new (FALSE, FALSE, sizeof (int));

  for (int place = find_place (writer, leaf); place >= 0; place = find_parent (writer, place))
    g_array_append_val (way, place);
  for (guint i = way->len; i-- > 0;)
    write_message (writer, g_array_index (way, int, i));
}

/* A parent is older, and so is written. Of several messages that begin alike the last so far is meant,
 * unless a number says which. */
static void
write_heading (Writer *writer,
               int     place)
{
  int         parent = find_parent (writer, place);
  const char *quote = parent >= 0 ? writer->quotes[parent] : NULL;

  if (quote == NULL)
    g_string_append (writer->text, "\n---\n\n*Another branch, from the beginning:*\n");
  else if (GPOINTER_TO_INT (g_hash_table_lookup (writer->n_quoted, quote)) == writer->nth[parent])
    g_string_append_printf (writer->text, "\n---\n\n*Another branch, after “%s”:*\n", quote);
  else
    g_string_append_printf (writer->text, "\n---\n\n*Another branch, after “%s” (%d):*\n", quote,
                            writer->nth[parent]);
}

static void
find_following (Writer *writer)
{
  guint n = json_array_get_length (writer->messages);

  for (guint i = 0; i < n; i++)
    writer->following[i] = -1;
  for (guint i = n; i-- > 0;)
    {
      int parent = find_parent (writer, (int) i);

      if (parent >= 0 && !writer->written[i])
        writer->following[parent] = (int) i;
    }
}

/* What is not written yet begins a branch, which goes on with the first that follows each. */
static void
write_others (Writer *writer)
{
  guint n = json_array_get_length (writer->messages);

  find_following (writer);
  for (guint i = 0; i < n; i++)
    {
      if (writer->written[i])
        continue;
      write_heading (writer, (int) i);
      for (int place = (int) i; place >= 0; place = writer->following[place])
        write_message (writer, place);
    }
}

static void
note_places (Writer *writer)
{
  guint n = json_array_get_length (writer->messages);

  for (guint i = 0; i < n; i++)
    {
      gint64 id = get_id (get_message (writer, (int) i), "id");

      g_hash_table_insert (writer->places, g_memdup2 (&id, sizeof id), GINT_TO_POINTER (i + 1));
    }
}

char *
tlm_export_chat_markdown (JsonObject *chat)
{
  Writer           writer = { .messages = json_object_get_array_member (chat, "messages") };
  guint            n = json_array_get_length (writer.messages);
  g_autofree char *title = tlm_title_tidy (json_object_get_string_member (chat, "title"));

  writer.places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  writer.written = g_new0 (gboolean, n);
  writer.following = g_new (int, n);
  writer.quotes = g_new0 (char *, n + 1);
  writer.nth = g_new0 (int, n);
  writer.n_quoted = g_hash_table_new (g_str_hash, g_str_equal);
  writer.text = g_string_new (NULL);
  g_string_append_printf (writer.text, "# %s\n", title);
  note_places (&writer);
  write_shown (&writer, get_id (chat, "leaf"));
  write_others (&writer);
  g_hash_table_unref (writer.places);
  g_free (writer.written);
  g_free (writer.following);
  g_hash_table_unref (writer.n_quoted);
  g_strfreev (writer.quotes); /* of all: each message is written */
  g_free (writer.nth);
  return g_string_free (writer.text, FALSE);
}
