/* SPDX-License-Identifier: Apache-2.0 */
/* Earlier versions of the program kept what was there before a migration beside the database, as
 * tinylm.db.v7.backup, one a version. They move in among the backups, where they are listed,
 * bounded, and erased when the form of the database changes. */
#include "backups-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "erase.h"

/* 0: @name is not that of an old backup of @base. @partial: (out): a copy that was never finished
 * */
static int
read_old_name (const char *name,
               const char *base,
               gboolean   *partial)
{
  int version = 0, end = 0;

  *partial = FALSE;
  if (!g_str_has_prefix (name, base)
      || sscanf (name + strlen (base), ".v%d.backup%n", &version, &end) != 1 || end == 0)
    return 0;
  name += strlen (base) + end;
  *partial = g_str_equal (name, ".partial");
  return *name == '\0' || *partial ? version : 0;
}

/* Its time is the file's; where a backup has that second, one of the next. */
static gboolean
move_in (const char *path,
         const char *database,
         int         version,
         GError    **error)
{
  g_autofree char *folder = tlm_backups_dup_folder (database, "backups");
  g_autofree char *target = NULL;
  GStatBuf         info;
  gint64           second;

  if (g_lstat (path, &info) != 0 || !S_ISREG (info.st_mode))
    return TRUE;
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return tlm_db_fail_errno (errno, folder, error);
  for (second = info.st_mtime; target == NULL; second++)
    {
      target = tlm_backups_dup_path (folder, second, version, TLM_BACKUP_MIGRATION);
      if (g_file_test (target, G_FILE_TEST_EXISTS))
        g_clear_pointer (&target, g_free);
    }
  return g_rename (path, target) == 0 || tlm_db_fail_errno (errno, path, error);
}

gboolean
tlm_backups_take_in_old (const char *database,
                         GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (database);
  g_autofree char *base = g_path_get_basename (database);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char      *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      gboolean         partial;
      int              version = read_old_name (name, base, &partial);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (version > 0 && !(partial ? tlm_erase_file (path, error)
                                   : move_in (path, database, version, error)))
        return FALSE;
    }
  return TRUE;
}
