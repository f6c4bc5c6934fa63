/* SPDX-License-Identifier: Apache-2.0 */
/* How chats are answered by a language model: settings of each chat, and presets of them. Both are
 * there at once, and in the store a moment later. */
#include "chat-private.h"

void
tlm_chat_settings_init (TlmChatSettings *settings)
{
  /* As the columns' defaults and tlm_generate_request_init() have it. */
  *settings = (TlmChatSettings) {
    .instructions = g_strdup (""),
    .specialists = g_strdup (""),
    .temperature = 0.8,
    .top_p = 0.95,
    .max_tokens = 512,
  };
}

void
tlm_chat_settings_copy (TlmChatSettings       *settings,
                        const TlmChatSettings *other)
{
  *settings = *other;
  settings->instructions = g_strdup (other->instructions);
  settings->specialists = g_strdup (other->specialists != NULL ? other->specialists : "");
}

void
tlm_chat_settings_clear (TlmChatSettings *settings)
{
  g_clear_pointer (&settings->instructions, g_free);
  g_clear_pointer (&settings->specialists, g_free);
}

static void
settings_free (gpointer data)
{
  tlm_chat_settings_clear (data);
  g_free (data);
}

static TlmChatSettings *
settings_new (const TlmChatSettings *settings)
{
  TlmChatSettings *copy = g_new (TlmChatSettings, 1);

  tlm_chat_settings_copy (copy, settings);
  return copy;
}

void
tlm_chat_settings_read (sqlite3_stmt    *row,
                        int              column,
                        TlmChatSettings *settings)
{
  settings->instructions = (char *) tlm_db_column_text (row, column);
  settings->temperature = sqlite3_column_double (row, column + 1);
  settings->top_p = sqlite3_column_double (row, column + 2);
  settings->seed = sqlite3_column_int64 (row, column + 3);
  settings->max_tokens = sqlite3_column_int64 (row, column + 4);
  settings->drop_oldest = sqlite3_column_int (row, column + 5) != 0;
  settings->specialists = (char *) tlm_db_column_text (row, column + 6);
}

static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      data)
{
  return g_utf8_collate (a, b);
}

GTree *
tlm_presets_new (void)
{
  return g_tree_new_full (compare_names, NULL, g_free, settings_free);
}

gboolean
tlm_presets_load (TlmDb   *db,
                  GTree   *presets,
                  GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT name, " TLM_SETTINGS_COLUMNS " FROM presets", "");
  int           more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      TlmChatSettings settings;

      tlm_chat_settings_read (row, 1, &settings);
      g_tree_replace (presets, g_strdup (tlm_db_column_text (row, 0)), settings_new (&settings));
    }
  return more == 0;
}

/* Settings on their way into the store: of a chat, or under a name. */
typedef struct
{
  TlmChat         *chat;     /* (nullable); main thread only */
  gint64           chat_id;
  char            *name;     /* (nullable) */
  TlmChatSettings *settings; /* (nullable): the preset is removed */
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_clear_object (&change->chat);
  g_free (change->name);
  g_clear_pointer (&change->settings, settings_free);
  g_free (change);
}

static gboolean
save_chat (TlmDb        *db,
           const Change *change,
           GError      **error)
{
  const TlmChatSettings *s = change->settings;

  return tlm_db_run (db, error,
                     "UPDATE chats SET (" TLM_SETTINGS_COLUMNS ") = (?, ?, ?, ?, ?, ?, ?) "
                     "WHERE id = ?", "tddiiiti", s->instructions, s->temperature, s->top_p, s->seed,
                     s->max_tokens, (gint64) s->drop_oldest, s->specialists, change->chat_id);
}

static gboolean
save_preset (TlmDb        *db,
             const Change *change,
             GError      **error)
{
  const TlmChatSettings *s = change->settings;

  if (s == NULL)
    return tlm_db_run (db, error, "DELETE FROM presets WHERE name = ?", "t", change->name);
  return tlm_db_run (db, error,
                     "INSERT OR REPLACE INTO presets (name, " TLM_SETTINGS_COLUMNS ") "
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "ttddiiit", change->name, s->instructions,
                     s->temperature, s->top_p, s->seed, s->max_tokens, (gint64) s->drop_oldest,
                     s->specialists);
}

static void
save_job (gpointer owner,
          GTask   *task)
{
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean good = change->name != NULL ? save_preset (owner, change, &error)
                                       : save_chat (owner, change, &error);

  tlm_task_return_success (task, good, error);
}

static void
saved (GObject      *source,
       GAsyncResult *result,
       gpointer      data)
{
  g_autoptr (GTask) outer = data;
  Change           *change = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  gboolean          good = g_task_propagate_boolean (G_TASK (result), &error);

  if (change->chat != NULL)
    tlm_chat_add_jobs (change->chat, -1);
  else
    TLM_CHATS (source)->n_preset_jobs--;
  tlm_chats_catch_up (TLM_CHATS (source));
  tlm_task_return_success (outer, good, error);
}

/* @chat, @name: one of them. @outer: (transfer full) */
static void
post (TlmChats              *self,
      TlmChat               *chat,
      const char            *name,
      const TlmChatSettings *settings,
      GTask                 *outer)
{
  GTask  *task = g_task_new (self, g_task_get_cancellable (outer), saved, outer);
  Change *change = g_new0 (Change, 1);

  if (chat != NULL)
    {
      change->chat = g_object_ref (chat);
      change->chat_id = tlm_chat_get_id (chat);
      tlm_chat_add_jobs (chat, 1);
    }
  else
    self->n_preset_jobs++;
  change->name = g_strdup (name);
  change->settings = settings != NULL ? settings_new (settings) : NULL;
  g_task_set_task_data (task, change, change_free);
  tlm_store_post (self->store, task, save_job);
}

void
tlm_chats_save_settings_async (TlmChats              *self,
                               TlmChat               *chat,
                               const TlmChatSettings *settings,
                               GCancellable          *c,
                               GAsyncReadyCallback    cb,
                               gpointer               data)
{
  tlm_chat_set_settings (chat, settings);
  post (self, chat, NULL, tlm_chat_get_settings (chat),
        g_task_new (self, c, cb, data));
}

gboolean
tlm_chats_save_settings_finish (TlmChats     *self,
                                GAsyncResult *r,
                                GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}

void
tlm_chats_save_preset_async (TlmChats              *self,
                             const char            *name,
                             const TlmChatSettings *settings,
                             GCancellable          *c,
                             GAsyncReadyCallback    cb,
                             gpointer               data)
{
  post (self, NULL, name, settings, g_task_new (self, c, cb, data));
  if (settings != NULL)
    g_tree_replace (self->presets, g_strdup (name), settings_new (settings));
  else
    g_tree_remove (self->presets, name);
}

static gboolean
add_name (gpointer name,
          gpointer settings,
          gpointer names)
{
  g_strv_builder_add (names, name);
  return FALSE;
}

char **
tlm_chats_list_presets (TlmChats *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  g_tree_foreach (self->presets, add_name, names);
  return g_strv_builder_end (names);
}

const TlmChatSettings *
tlm_chats_find_preset (TlmChats   *self,
                       const char *name)
{
  return g_tree_lookup (self->presets, name);
}
