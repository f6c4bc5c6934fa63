/* SPDX-License-Identifier: Apache-2.0 */
/* What another program wrote, another window or tinylm-cli, comes into the list and into the chats that are
 * open here; what is here and not in the store yet stays. */
#include "chat-private.h"

#include <string.h>

/* ---- what a chat shows ---- */

/* What tells most changes of the messages: how many there are, the last, their length, how they ended, and
 * which branch is shown. */
static char *
dup_sum (gint64 n,
         gint64 last,
         gint64 bytes,
         gint64 states,
         gint64 leaf)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                          " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, n, last, bytes, states, leaf);
}

char *
tlm_chat_sum_read (TlmDb   *db,
                   gint64   chat_id,
                   GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT count (*), coalesce (max (id), 0), "
                                    "coalesce (sum (length (CAST (text AS BLOB))), 0), "
                                    "coalesce (sum (state), 0), "
                                    "coalesce ((SELECT leaf FROM chats WHERE id = ?1), 0) "
                                    "FROM messages WHERE chat_id = ?1", "i", chat_id);
  char         *sum;

  if (row == NULL || tlm_db_step (db, row, error) != 1)
    return NULL;
  sum = dup_sum (sqlite3_column_int64 (row, 0), sqlite3_column_int64 (row, 1),
                 sqlite3_column_int64 (row, 2), sqlite3_column_int64 (row, 3),
                 sqlite3_column_int64 (row, 4));
  sqlite3_reset (row);
  return sum;
}

char *
tlm_chat_dup_sum (TlmChat *self)
{
  GPtrArray *all = tlm_chat_peek_all (self);
  gint64     last = 0, bytes = 0, states = 0;

  for (guint i = 0; i < all->len; i++)
    {
      TlmMessage *message = all->pdata[i];

      last = MAX (last, tlm_message_get_id (message));
      bytes += (gint64) strlen (tlm_message_get_text (message));
      states += (gint64) tlm_message_get_state (message);
    }
  return dup_sum (all->len, last, bytes, states, tlm_chat_get_saved_leaf (self));
}

/* ---- reading again ---- */

typedef struct
{
  GArray    *opened; /* of gint64: ids */
  GPtrArray *sums;   /* (out): of those */
  GPtrArray *chats;  /* (out) */
  GTree     *presets; /* (out) */
} Reload;

static void
reload_free (gpointer data)
{
  Reload *reload = data;

  g_array_unref (reload->opened);
  g_ptr_array_unref (reload->sums);
  g_ptr_array_unref (reload->chats);
  g_tree_unref (reload->presets);
  g_free (reload);
}

static Reload *
reload_new (TlmChats *self)
{
  Reload *reload = g_new0 (Reload, 1);

  reload->opened = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < self->opened->len; i++)
    {
      gint64 id = tlm_chat_get_id (self->opened->pdata[i]);

      g_array_append_val (reload->opened, id);
    }
  reload->sums = g_ptr_array_new_with_free_func (g_free);
  reload->chats = g_ptr_array_new_with_free_func (g_object_unref);
  reload->presets = tlm_presets_new ();
  return reload;
}

static void
reload_job (gpointer owner,
            GTask   *task)
{
  Reload  *reload = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good = tlm_chats_read (owner, reload->chats, &error)
                  && tlm_presets_load (owner, reload->presets, &error);

  for (guint i = 0; good && i < reload->opened->len; i++)
    {
      char *sum = tlm_chat_sum_read (owner, g_array_index (reload->opened, gint64, i), &error);

      g_ptr_array_add (reload->sums, sum);
      good = sum != NULL;
    }
  tlm_task_return_success (task, good, error);
}

/* What comes into the list. */
typedef struct
{
  TlmChats  *chats;
  GPtrArray *moved; /* of TlmChat: those whose place in the lists is another */
} Merging;

/* What is on its way from here into the store is newer than what was read, which is read again. */
static void
take_written (TlmChats *self,
              TlmChat  *chat,
              TlmChat  *fresh)
{
  if (tlm_chat_get_busy (chat) || !tlm_chat_get_draft_saved (chat) || tlm_chat_add_jobs (chat, 0) > 0)
    {
      self->stale = TRUE;
      return;
    }
  tlm_chat_set_settings (chat, tlm_chat_get_settings (fresh));
  tlm_chat_take_draft (chat, fresh);
}

static void
take_fresh (gpointer chat,
            gpointer fresh,
            gpointer data)
{
  Merging *merging = data;

  if (tlm_chat_get_place (chat) != tlm_chat_get_place (fresh))
    g_ptr_array_add (merging->moved, chat);
  tlm_chat_set_title (chat, tlm_chat_get_title (fresh));
  tlm_chat_set_updated_us (chat, tlm_chat_get_updated_us (fresh));
  tlm_chat_set_place (chat, tlm_chat_get_place (fresh));
  take_written (merging->chats, chat, fresh);
}

static void
tell_gone (gpointer chat,
           gpointer data)
{
  Merging *merging = data;

  tlm_chats_stop_answers (merging->chats, chat);
  g_ptr_array_remove (merging->chats->opened, chat);
  g_signal_emit_by_name (merging->chats, "gone", chat);
}

static void
take_list (TlmChats  *self,
           GPtrArray *chats)
{
  g_autoptr (GPtrArray) moved = g_ptr_array_new ();
  Merging               merging = { self, moved };

  tlm_ordered_list_merge (&self->list, chats, take_fresh, tell_gone, &merging);
  for (guint i = 0; i < moved->len; i++)
    tlm_chats_put_in_place (self, moved->pdata[i]);
}

/* Of the chats that were open when it was read, and are. */
static void
refill_opened (TlmChats     *self,
               const Reload *reload)
{
  for (guint i = 0; i < reload->opened->len; i++)
    {
      TlmChat         *chat = tlm_chats_find (self, g_array_index (reload->opened, gint64, i));
      g_autofree char *sum = chat != NULL && tlm_chat_get_filled (chat) ? tlm_chat_dup_sum (chat) : NULL;

      if (sum != NULL && !g_str_equal (sum, reload->sums->pdata[i]) && !tlm_chats_refill (self, chat))
        self->stale = TRUE;
    }
}

static void
reloaded (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  TlmChats *self = TLM_CHATS (source);
  Reload   *reload = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), NULL)) /* the next change asks again */
    return;
  take_list (self, reload->chats);
  if (self->n_preset_jobs == 0)
    {
      g_tree_unref (self->presets);
      self->presets = g_tree_ref (reload->presets);
    }
  refill_opened (self, reload);
}

void
tlm_chats_reload (TlmChats *self)
{
  GTask *task = g_task_new (self, NULL, reloaded, NULL);

  self->stale = FALSE;
  g_task_set_task_data (task, reload_new (self), reload_free);
  tlm_store_post (self->store, task, reload_job);
}

void
tlm_chats_catch_up (TlmChats *self)
{
  if (self->stale && self->replies->len == 0)
    tlm_chats_reload (self);
}
