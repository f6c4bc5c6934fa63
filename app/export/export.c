/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the tables and hands texts to a sink. Which files there are says export.h. */
#include "export.h"

#include <glib/gstdio.h>

#include "export-chats.h"
#include "export-json.h"
#include "export-sink.h"
#include "models/model-hash.h"
#include "core/paths.h"
#include "core/settings.h"
#include "store/store-private.h"

#define MAX_NAME_BYTES 80 /* far below the 255 that file systems allow */

typedef struct
{
  TlmDb            *db;
  TlmExportSink    *sink;
  GCancellable     *cancellable;
  TlmExportProgress progress;
  gpointer          progress_data;
  gint64            n_items, n_done;
  GHashTable       *names; /* taken ones, case-folded since not all file systems know the difference ->
                            * the number to try next */
} Export;

/* ---- Names and values ---- */

/* What no file system of today's takes amiss. (transfer full) */
static char *
dup_file_name (const char *title)
{
  GString *name = g_string_new (NULL);

  for (const char *p = title; *p != '\0' && name->len < MAX_NAME_BYTES; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || (c < 128 && strchr ("/\\:*?\"<>|", (int) c) != NULL))
        c = '-';
      if (name->len > 0 || (c != '.' && c != ' '))
        g_string_append_unichar (name, c);
    }
  while (name->len > 0 && strchr (". ", name->str[name->len - 1]) != NULL)
    g_string_truncate (name, name->len - 1);
  if (name->len == 0)
    g_string_append (name, "untitled");
  return g_string_free (name, FALSE);
}

static gboolean
take_name (Export     *self,
           const char *path)
{
  g_autofree char *name = g_utf8_casefold (path, -1);

  return !g_hash_table_contains (self->names, name)
         && g_hash_table_insert (self->names, g_steal_pointer (&name), GINT_TO_POINTER (2));
}

/* (transfer full): a path that no other file of this export has */
static char *
take_path (Export     *self,
           const char *folder,
           gboolean    trashed,
           const char *title)
{
  g_autofree char *name = dup_file_name (title);
  char            *path = g_strdup_printf ("%s%s/%s.md", trashed ? "bin/" : "", folder, name);
  g_autofree char *first = g_utf8_casefold (path, -1);
  int              next = GPOINTER_TO_INT (g_hash_table_lookup (self->names, first));

  while (!take_name (self, path))
    {
      g_free (path);
      path = g_strdup_printf ("%s%s/%s (%d).md", trashed ? "bin/" : "", folder, name, next++);
    }
  if (next > 0)
    g_hash_table_insert (self->names, g_steal_pointer (&first), GINT_TO_POINTER (next));
  return path;
}

static gboolean
add_lines (Export     *self,
           const char *name,
           GString    *lines,
           GError    **error)
{
  return tlm_export_sink_add (self->sink, name, lines->str, lines->len,
                              g_get_real_time () / G_USEC_PER_SEC, error);
}

/* FALSE: it is to stop */
static gboolean
step (Export  *self,
      GError **error)
{
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  self->n_done++;
  if (self->progress != NULL)
    self->progress (MIN (1.0, (double) self->n_done / (double) MAX (self->n_items, 1)),
                    self->progress_data);
  return TRUE;
}

/* ---- Notes ---- */

/* @row: as app/sql/0001-notes.sql has it; later columns stand behind */
static gboolean
export_note (Export       *self,
             sqlite3_stmt *row,
             GString      *lines,
             GError      **error)
{
  gboolean         trashed = sqlite3_column_type (row, 5) != SQLITE_NULL;
  g_autofree char *path = take_path (self, "notes", trashed, tlm_db_column_text (row, 1));

  tlm_export_append_line (lines, tlm_export_object (row, tlm_export_times));
  return tlm_export_sink_add (self->sink, path, tlm_db_column_text (row, 2),
                              (gsize) sqlite3_column_bytes (row, 2),
                              sqlite3_column_int64 (row, 4) / G_USEC_PER_SEC, error)
         && step (self, error);
}

static gboolean
export_notes (Export  *self,
              GError **error)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  sqlite3_stmt       *row = tlm_db_query (self->db, error,
                                          "SELECT * FROM notes WHERE trashed IS NOT 0 ORDER BY id", "");
  int                 more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (self->db, row, error)) > 0)
    if (!export_note (self, row, lines, error))
      more = -1;
  if (row != NULL)
    sqlite3_reset (row);
  return more == 0 && add_lines (self, "notes.jsonl", lines, error);
}

/* ---- Chats ---- */

static gboolean
export_chat (Export  *self,
             gint64   id,
             GString *lines,
             GError **error)
{
  JsonObject      *chat = tlm_export_chat_object (self->db, id, error);
  g_autofree char *path = NULL, *text = NULL;

  if (chat == NULL)
    return FALSE;
  path = take_path (self, "chats", !json_object_get_null_member (chat, "trashed"),
                    json_object_get_string_member (chat, "title"));
  text = tlm_export_chat_markdown (chat);
  tlm_export_append_line (lines, chat);
  return tlm_export_sink_add (self->sink, path, text, strlen (text),
                              g_get_real_time () / G_USEC_PER_SEC, error)
         && step (self, error);
}

static gboolean
export_chats (Export  *self,
              GError **error)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (GArray)  ids = tlm_export_list_chats (self->db, TRUE, error);

  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!export_chat (self, g_array_index (ids, gint64, i), lines, error))
      return FALSE;
  return add_lines (self, "chats.jsonl", lines, error);
}

/* ---- The rest ---- */

/* Each name is a table's own, from the schema, and quoted by SQLite. */
static gboolean
export_table (Export     *self,
              const char *name,
              GError    **error)
{
  static const char *const no_times[] = { NULL };
  g_autoptr (GString)      lines = g_string_new (NULL);
  g_autofree char         *path = g_strdup_printf ("tables/%s.jsonl", name);
  char                    *sql = sqlite3_mprintf ("SELECT * FROM \"%w\"", name);
  sqlite3_stmt            *row = NULL;
  int                      code;

  code = sqlite3_prepare_v2 (tlm_db_get_handle (self->db), sql, -1, &row, NULL);
  while (code == SQLITE_OK || code == SQLITE_ROW)
    if ((code = sqlite3_step (row)) == SQLITE_ROW)
      tlm_export_append_line (lines, tlm_export_object (row, no_times));
  sqlite3_finalize (row);
  sqlite3_free (sql);
  if (code != SQLITE_DONE)
    return tlm_db_fail (self->db, code, error);
  return add_lines (self, path, lines, error);
}

/* So that what a later version adds is exported too. Search indexes hold nothing of their own. */
static gboolean
export_other_tables (Export  *self,
                     GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt         *row = tlm_db_query (self->db, error,
                                            "SELECT name FROM pragma_table_list"
                                            " WHERE schema = 'main' AND type = 'table'"
                                            " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                                            " AND name NOT LIKE 'signs\\_%' ESCAPE '\\'"
                                            " AND name NOT IN ('notes', 'chats', 'messages')"
                                            " ORDER BY name", "");
  int                   more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (self->db, row, error)) > 0)
    g_ptr_array_add (names, g_strdup (tlm_db_column_text (row, 0)));
  for (guint i = 0; more == 0 && i < names->len; i++)
    if (!export_table (self, names->pdata[i], error))
      more = -1;
  return more == 0;
}

/* A model that cannot be read any more is listed without its hash. */
static void
append_model (GString    *lines,
              const char *path,
              gboolean    built_in)
{
  JsonObject      *model = json_object_new ();
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *hash = tlm_model_hash (path, NULL);
  GStatBuf         info;

  json_object_set_string_member (model, "name", name);
  json_object_set_string_member (model, "path", shown);
  json_object_set_boolean_member (model, "built_in", built_in);
  if (g_stat (path, &info) == 0)
    json_object_set_int_member (model, "bytes", info.st_size);
  if (hash != NULL)
    json_object_set_string_member (model, "sha256", hash);
  tlm_export_append_line (lines, model);
}

static gboolean
export_models (Export  *self,
               GError **error)
{
  g_autoptr (GString)   lines = g_string_new (NULL);
  g_autofree char      *folder = tlm_paths_dup_data ("models");
  g_autoptr (GDir)      dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GSettings) settings = tlm_settings_open ();
  g_autofree char      *chosen = NULL;
  const char           *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_suffix (name, ".gguf"))
        append_model (lines, path, TRUE);
    }
  if (settings != NULL)
    chosen = g_settings_get_string (settings, "chat-model-path");
  if (chosen != NULL && *chosen != '\0')
    append_model (lines, chosen, FALSE);
  return add_lines (self, "models.jsonl", lines, error);
}

static gboolean
count_items (Export  *self,
             GError **error)
{
  sqlite3_stmt *row = tlm_db_query (self->db, error,
                                    "SELECT (SELECT count(*) FROM notes WHERE trashed IS NOT 0)"
                                    " + (SELECT count(*) FROM chats WHERE trashed IS NOT 0)", "");

  if (row == NULL || tlm_db_step (self->db, row, error) != 1)
    return FALSE;
  self->n_items = sqlite3_column_int64 (row, 0);
  sqlite3_reset (row);
  return TRUE;
}

gboolean
tlm_export_run (TlmDb            *db,
                const char       *target,
                TlmExportProgress progress,
                gpointer          progress_data,
                GCancellable     *c,
                GError          **error)
{
  g_autoptr (TlmExportSink) sink = tlm_export_sink_new (target, error);
  Export                    self = { db, sink, c, progress, progress_data, 0, 0, NULL };
  gboolean                  done;

  if (sink == NULL || !tlm_db_run (db, error, "BEGIN", ""))
    return FALSE;
  self.names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  done = count_items (&self, error) && export_notes (&self, error) && export_chats (&self, error)
         && export_other_tables (&self, error) && export_models (&self, error);
  tlm_db_rollback (db);
  g_hash_table_unref (self.names);
  return done && !g_cancellable_set_error_if_cancelled (c, error)
         && tlm_export_sink_finish (sink, error);
}

/* ---- On the store's thread ---- */

typedef struct
{
  char             *target;
  TlmExportProgress progress;
  gpointer          data;
  int               permille; /* atomic; told when it changes */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->target);
  g_free (request);
}

static gboolean
tell_progress (gpointer task)
{
  Request *request = g_task_get_task_data (task);

  if (!g_task_get_completed (task) && request->progress != NULL)
    request->progress (g_atomic_int_get (&request->permille) / 1000.0, request->data);
  return G_SOURCE_REMOVE;
}

/* At most a thousand idles, however many notes there are. */
static void
note_progress (double   fraction,
               gpointer task)
{
  Request            *request = g_task_get_task_data (task);
  int                 permille = (int) (fraction * 1000);
  g_autoptr (GSource) idle = NULL;

  if (permille == g_atomic_int_get (&request->permille))
    return;
  g_atomic_int_set (&request->permille, permille);
  idle = g_idle_source_new ();
  g_source_set_callback (idle, tell_progress, g_object_ref (task), g_object_unref);
  g_source_attach (idle, g_task_get_context (task));
}

static void
export_job (gpointer owner,
            GTask   *task)
{
  Request *request = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean done = tlm_export_run (owner, request->target, note_progress, task,
                                  g_task_get_cancellable (task), &error);

  tlm_task_return_success (task, done, error);
}

void
tlm_export_async (TlmStore           *store,
                  const char         *target,
                  TlmExportProgress   progress,
                  gpointer            progress_data,
                  GCancellable       *c,
                  GAsyncReadyCallback cb,
                  gpointer            data)
{
  GTask   *task = g_task_new (store, c, cb, data);
  Request *request = g_new0 (Request, 1);

  *request = (Request) { g_strdup (target), progress, progress_data, 0 };
  g_task_set_task_data (task, request, request_free);
  tlm_store_post (store, task, export_job);
}

gboolean
tlm_export_finish (TlmStore     *store,
                   GAsyncResult *r,
                   GError      **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}
