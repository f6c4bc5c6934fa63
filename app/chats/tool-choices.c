/* SPDX-License-Identifier: Apache-2.0 */
/* Some hundred examples are compared one by one in well under a millisecond, so there is no index. */
#include "tool-choices.h"

#include "reader/words.h"
#include "store/store-private.h"

#include <string.h>

#define MAX_BYTES 1024u
#define NEAR 0.6 /* as what eval route takes for the same request in other words */

void
tlm_tool_choice_free (TlmToolChoice *choice)
{
  g_free (choice->text);
  g_free (choice->name);
  tlm_chat_specialists_clear (&choice->specialist);
  g_free (choice);
}

static GHashTable *
words_of (const char *text)
{
  GHashTable *words = g_hash_table_new (NULL, NULL);
  size_t      pos = 0, start, len = strnlen (text, MAX_BYTES);

  while (tl_word_next (text, len, &pos, &start))
    g_hash_table_add (words, GUINT_TO_POINTER (tl_word_hash (text + start, pos - start)));
  return words;
}

static double
likeness (GHashTable *a,
          GHashTable *b)
{
  GHashTableIter iter;
  gpointer       word;
  guint          both = 0, all;

  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &word, NULL))
    both += g_hash_table_contains (b, word);
  all = g_hash_table_size (a) + g_hash_table_size (b) - both;
  return all > 0 ? (double) both / all : 0.0;
}

/* -1: not of this version */
static int
find_tool (const char *name)
{
  for (int t = 0; t < TLM_N_TOOLS; t++)
    if (g_str_equal (tlm_tool_names[t], name))
      return t;
  return -1;
}

/* From the columns of load(), where those of a specialist which does not answer are NULL. */
static void
read_specialist (TlmToolChoice *choice,
                 sqlite3_stmt  *row)
{
  g_autoptr (GPtrArray) chosen = tlm_adapters_new ();

  choice->special = *tlm_db_column_text (row, 3) != '\0';
  if (sqlite3_column_type (row, 5) == SQLITE_NULL)
    return;
  tlm_adapters_add (chosen, tlm_db_column_text (row, 3), 1, tlm_db_column_text (row, 4));
  choice->name = g_strdup (tlm_db_column_text (row, 5));
  choice->specialist.base = g_strdup (tlm_db_column_text (row, 6));
  choice->specialist.chosen = tlm_adapters_dup_text (chosen);
}

/* (nullable): NULL for a tool that this version does not know */
static TlmToolChoice *
read_choice (sqlite3_stmt *row)
{
  TlmToolChoice *choice;
  int            tool = find_tool (tlm_db_column_text (row, 2));

  if (tool < 0)
    return NULL;
  choice = g_new0 (TlmToolChoice, 1);
  choice->id = sqlite3_column_int64 (row, 0);
  choice->text = g_utf8_make_valid (tlm_db_column_text (row, 1), -1);
  choice->tool = (TlmTool) tool;
  read_specialist (choice, row);
  return choice;
}

static GPtrArray *
load (TlmDb   *db,
      GError **error)
{
  GPtrArray    *choices = g_ptr_array_new_with_free_func ((GDestroyNotify) tlm_tool_choice_free);
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT c.id, text, tool, specialist, c.sha256, name, base "
                                               "FROM tool_choices c LEFT JOIN trainings ON "
                                               "out = specialist AND finished = 1 AND used "
                                               "AND trashed IS NULL ORDER BY chosen DESC, c.id DESC",
                                    "");
  int           more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      TlmToolChoice *choice = read_choice (row);

      if (choice != NULL)
        g_ptr_array_add (choices, choice);
    }
  if (more < 0)
    g_clear_pointer (&choices, g_ptr_array_unref);
  return choices;
}

TlmToolChoice *
tlm_tool_choice_find (TlmDb      *db,
                      const char *text,
                      GError    **error)
{
  g_autoptr (GPtrArray)  choices = load (db, error);
  g_autoptr (GHashTable) words = words_of (text);
  TlmToolChoice         *best = NULL;
  double                 most = 0.0;
  guint                  place = 0;

  for (guint i = 0; choices != NULL && i < choices->len; i++)
    {
      TlmToolChoice         *choice = choices->pdata[i];
      g_autoptr (GHashTable) other = words_of (choice->text);
      double                 like = likeness (words, other);

      if (like < NEAR || like <= most || (choice->special && choice->name == NULL))
        continue;
      most = like;
      best = choice;
      place = i;
    }
  return best != NULL ? g_ptr_array_steal_index (choices, place) : NULL;
}

gboolean
tlm_tool_choice_save (TlmDb                  *db,
                      const char             *text,
                      TlmTool                 tool,
                      const TlmAdapterChoice *specialist,
                      gint64                  now,
                      GError                **error)
{
  g_autofree char *kept = g_strndup (text, MAX_BYTES), *valid = NULL;
  const char      *end;

  if (!g_utf8_validate (kept, -1, &end)) /* a character was cut */
    kept[end - kept] = '\0';
  valid = g_utf8_make_valid (kept, -1);
  return tlm_db_run (db, error,
                     "INSERT INTO tool_choices (text, tool, specialist, sha256, chosen) "
                     "VALUES (?, ?, ?, ?, ?) ON CONFLICT (text) DO UPDATE SET tool = excluded.tool, "
                     "specialist = excluded.specialist, sha256 = excluded.sha256, "
                     "chosen = excluded.chosen", "tttti", valid, tlm_tool_names[tool],
                     specialist != NULL ? specialist->path : "",
                     specialist != NULL ? specialist->sha256 : "", now);
}

static void
list_job (gpointer owner,
          GTask   *task)
{
  GError    *error = NULL;
  GPtrArray *choices = load (owner, &error);

  if (choices != NULL)
    g_task_return_pointer (task, choices, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
tlm_tool_choices_list_async (TlmStore           *store,
                             GAsyncReadyCallback cb,
                             gpointer            data)
{
  tlm_store_post (store, g_task_new (store, NULL, cb, data), list_job);
}

GPtrArray *
tlm_tool_choices_list_finish (TlmStore     *store,
                              GAsyncResult *r,
                              GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, store), NULL);
  return g_task_propagate_pointer (G_TASK (r), error);
}

static void
forget_job (gpointer owner,
            GTask   *task)
{
  gint64  *id = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good = tlm_db_run (owner, &error, "DELETE FROM tool_choices WHERE ?1 = 0 OR id = ?1", "i",
                              *id);

  tlm_task_return_success (task, good, error);
}

void
tlm_tool_choices_forget_async (TlmStore           *store,
                               gint64              id,
                               GAsyncReadyCallback cb,
                               gpointer            data)
{
  GTask *task = g_task_new (store, NULL, cb, data);

  g_task_set_task_data (task, g_memdup2 (&id, sizeof id), g_free);
  tlm_store_post (store, task, forget_job);
}

gboolean
tlm_tool_choices_forget_finish (TlmStore     *store,
                                GAsyncResult *r,
                                GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, store), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}
