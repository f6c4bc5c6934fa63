/* SPDX-License-Identifier: Apache-2.0 */
/* What stands for the older part of a chat in a model's context: sentences of the messages themselves, so
 * that nothing is invented and each leads to where it was said. A summary stands behind a message: it
 * counts in all branches that go through there and in no other. How one is made is in chats-older.c. */
#include "chats-digest.h"

#include "chat-private.h"
#include "notes/shown.h"

#include <string.h>

/* ---- A summary ---- */

static void
point_free (gpointer data)
{
  TlmDigestPoint *point = data;

  g_free (point->text);
  g_free (point);
}

TlmDigest *
tlm_digest_new (void)
{
  TlmDigest *digest = g_new0 (TlmDigest, 1);

  digest->points = g_ptr_array_new_with_free_func (point_free);
  return digest;
}

void
tlm_digest_free (TlmDigest *digest)
{
  if (digest == NULL)
    return;
  g_ptr_array_unref (digest->points);
  g_free (digest);
}

void
tlm_digest_add (TlmDigest  *digest,
                TlmMessage *source,
                gsize       start,
                gsize       length)
{
  TlmDigestPoint *point = g_new0 (TlmDigestPoint, 1);

  point->message = tlm_message_get_id (source);
  point->role = tlm_message_get_role (source);
  point->text = tlm_shown_dup (tlm_message_get_text (source), -1, start, start + length);
  point->start = start;
  point->length = length;
  g_ptr_array_add (digest->points, point);
}

gboolean
tlm_message_is_said (TlmMessage *message)
{
  return *tlm_message_get_text (message) != '\0'
         && tlm_message_get_state (message) != TLM_MESSAGE_FAILED;
}

guint
tlm_message_count_said (TlmMessage *last)
{
  guint n = 0;

  for (TlmMessage *message = last; message != NULL; message = tlm_message_get_parent (message))
    n += tlm_message_is_said (message);
  return n;
}

char *
tlm_digest_dup_text (const TlmDigest *digest)
{
  GString *text = g_string_new ("Earlier in this conversation, in excerpts:");

  for (guint i = 0; i < digest->points->len; i++)
    {
      const TlmDigestPoint *point = digest->points->pdata[i];

      g_string_append_printf (text, "\n%s: %s", point->role == TLM_ROLE_USER ? "User" : "Assistant",
                              point->text);
    }
  return g_string_free (text, FALSE);
}

/* ---- Out of the store ---- */

static gboolean
is_span (const char *text,
         gint64      start,
         gint64      length)
{
  gint64 len = (gint64) strlen (text);

  return start >= 0 && length > 0 && start <= len && length <= len - start
         && g_utf8_validate (text + start, (gssize) length, NULL);
}

gboolean
tlm_chat_digests_read (TlmDb     *db,
                       gint64     chat,
                       GPtrArray *messages,
                       GError   **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT after, source, start, length FROM chat_digests "
                                    "WHERE chat_id = ? ORDER BY rowid", "i", chat);
  int           more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      TlmMessage *after = tlm_messages_find (messages, sqlite3_column_int64 (row, 0));
      TlmMessage *source = tlm_messages_find (messages, sqlite3_column_int64 (row, 1));
      gint64      start = sqlite3_column_int64 (row, 2), length = sqlite3_column_int64 (row, 3);

      if (after == NULL || source == NULL
          || !is_span (tlm_message_get_text (source), start, length))
        continue;
      if (tlm_message_get_digest (after) == NULL)
        {
          TlmDigest *digest = tlm_digest_new ();

          digest->n_messages = tlm_message_count_said (after);
          tlm_message_set_digest (after, digest);
        }
      tlm_digest_add ((TlmDigest *) tlm_message_get_digest (after), source, (gsize) start, (gsize) length);
    }
  return more == 0;
}

/* ---- Into the store, and out of it ---- */

/* What is to stand behind a message: nothing, or these. */
typedef struct
{
  gint64     chat, after;
  GPtrArray *points; /* (nullable): borrowed */
} Change;

static gboolean
save (TlmDb        *db,
      const Change *change,
      GError      **error)
{
  if (!tlm_db_run (db, error, "DELETE FROM chat_digests WHERE chat_id = ? AND after = ?", "ii",
                   change->chat, change->after))
    return FALSE;
  for (guint i = 0; change->points != NULL && i < change->points->len; i++)
    {
      const TlmDigestPoint *point = change->points->pdata[i];

      if (!tlm_db_run (db, error, "INSERT INTO chat_digests VALUES (?, ?, ?, ?, ?)", "iiiii",
                       change->chat, change->after, point->message, (gint64) point->start,
                       (gint64) point->length))
        return FALSE;
    }
  return TRUE;
}

static void
save_job (gpointer owner,
          GTask   *task)
{
  TlmDb   *db = owner;
  Change  *change = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good = tlm_db_begin (db, &error) && save (db, change, &error)
                  && tlm_db_commit (db, &error);

  if (!good)
    tlm_db_rollback (db);
  tlm_task_return_success (task, good, error);
}

void
tlm_chats_post_digest (TlmChats           *self,
                       TlmChat            *chat,
                       TlmMessage         *after,
                       const TlmDigest    *digest,
                       GAsyncReadyCallback done,
                       gpointer            data)
{
  GTask  *task = g_task_new (self, NULL, done, data);
  Change *change = g_new0 (Change, 1);

  *change = (Change) { tlm_chat_get_id (chat), tlm_message_get_id (after),
                       digest != NULL ? digest->points : NULL };
  g_task_set_task_data (task, change, g_free);
  tlm_store_post (self->store, task, save_job);
}

static void
dropped (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GTask) outer = data;
  TlmMessage       *message = g_task_get_task_data (outer);
  GError           *error = NULL;
  gboolean          good = g_task_propagate_boolean (G_TASK (result), &error);

  if (good)
    tlm_message_set_digest (message, NULL);
  tlm_task_return_success (outer, good, error);
}

void
tlm_chats_drop_summary_async (TlmChats           *self,
                              TlmChat            *chat,
                              TlmMessage         *message,
                              GCancellable       *c,
                              GAsyncReadyCallback cb,
                              gpointer            data)
{
  GTask *outer = g_task_new (self, c, cb, data);

  g_task_set_task_data (outer, g_object_ref (message), g_object_unref);
  tlm_chats_post_digest (self, chat, message, NULL, dropped, outer);
}
