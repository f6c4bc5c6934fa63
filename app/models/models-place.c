/* SPDX-License-Identifier: Apache-2.0 */
/* Names in the folder of the models. Copies, imports and trainings take theirs here, so that none
 * writes over what another is about to write. */
#include "models-private.h"

#include "core/errors.h"
#include "core/paths.h"
#include "specialists/specialist.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* What other programs and the database may need while we write. */
#define SPARE_BYTES (16u << 20)

/* Beside what a training or an import is about to write lies one of these, of specialist.h. */
static gboolean
is_held (const char *path)
{
  static const char *const endings[] = { "", ".checkpoint", ".unjudged", ".copy.lock" };

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *name = g_strconcat (path, endings[i], NULL);

      if (g_file_test (name, G_FILE_TEST_EXISTS))
        return TRUE;
    }
  return FALSE;
}

char *
tlm_models_reserve (const char *base,
                    int        *lock)
{
  g_autofree char *folder = tlm_paths_dup_models ();

  for (guint i = 1;; i++)
    {
      g_autofree char *name = i == 1 ? g_strconcat (base, ".gguf", NULL)
                                     : g_strdup_printf ("%s-%u.gguf", base, i);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (is_held (path) || !tlm_specialist_lock (path, lock, NULL))
        continue;
      if (!is_held (path)) /* nor since it was asked */
        return g_steal_pointer (&path);
      tlm_specialist_unlock (path, *lock);
    }
}

static gboolean
check_room (const char *folder,
            guint64     needed,
            GError    **error)
{
  g_autoptr (GFile)     file = g_file_new_for_path (folder);
  g_autoptr (GFileInfo) info
    = g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);
  g_autofree char      *wanted = g_format_size (needed), *there = NULL;
  guint64               free_bytes;

  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return TRUE; /* a write will tell */
  free_bytes = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  if (free_bytes >= needed + SPARE_BYTES)
    return TRUE;
  there = g_format_size (free_bytes);
  g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
               /* Translators: two sizes, such as “1.2 GB”. */
               _("There is not enough room: the model needs %s, and the disk has %s left. Make room, "
                 "or use the model where its file lies."), wanted, there);
  return FALSE;
}

char *
tlm_model_change_make_place (const char *base,
                             guint64     size,
                             int        *lock,
                             GError    **error)
{
  g_autofree char *folder = tlm_paths_dup_models ();

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
                   _("The folder for models cannot be made (%s)."), g_strerror (errno));
      return NULL;
    }
  return check_room (folder, size, error) ? tlm_models_reserve (base, lock) : NULL;
}
