/* SPDX-License-Identifier: Apache-2.0 */
/* What a kill leaves in the folder of models: checkpoints, and copies from elsewhere, of which the store
 * knows nothing. */
#include "training-record.h"

#include "core/paths.h"

#include <glib/gstdio.h>
#include <string.h>

#define MARK ".copy"
#define YOUNG_S 60 /* may be of a training that begins, of which the store will know soon */

static const char *const endings[] = { ".checkpoint", ".lock", ".unjudged" };

char *
tlm_training_dup_mark (const char *path)
{
  return g_strconcat (path, MARK, NULL);
}

/* Whether @sql finds a row of @out_path; what cannot be asked may be there. */
static gboolean
is_known (TlmDb      *db,
          const char *sql,
          const char *out_path)
{
  sqlite3_stmt *row = tlm_db_query (db, NULL, sql, "t", out_path);
  int           step = row != NULL ? tlm_db_step (db, row, NULL) : -1;

  if (step > 0)
    sqlite3_reset (row);
  return step != 0;
}

/* Whether anything of it is: its lock may be one of long ago that was taken again. */
static gboolean
is_young (const char *out_path)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *path = g_strconcat (out_path, endings[i], NULL);
      GStatBuf         info;

      if (g_stat (path, &info) == 0 && info.st_mtime <= now && now - info.st_mtime < YOUNG_S)
        return TRUE;
    }
  return FALSE;
}

/* What another program holds stays. */
static void
sweep (TlmDb      *db,
       const char *out_path)
{
  g_autofree char *copy = g_str_has_suffix (out_path, MARK)
                            ? g_strndup (out_path, strlen (out_path) - strlen (MARK)) : NULL;
  int              lock;

  if (is_known (db, "SELECT 1 FROM trainings WHERE out = ? AND finished IS NULL", out_path)
      || !tlm_specialist_lock (out_path, &lock, NULL))
    return;
  if (copy != NULL && !is_known (db, "SELECT 1 FROM trainings WHERE out = ?", copy))
    g_unlink (copy);
  tlm_specialist_drop_checkpoint (out_path);
  tlm_specialist_unlock (out_path, lock);
}

void
tlm_training_record_sweep (TlmDb *db)
{
  g_autofree char *folder = tlm_paths_dup_models ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char      *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
        if (g_str_has_suffix (path, endings[i]))
          {
            path[strlen (path) - strlen (endings[i])] = '\0';
            if (!is_young (path))
              sweep (db, path);
            break;
          }
    }
}
