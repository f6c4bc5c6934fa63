/* SPDX-License-Identifier: Apache-2.0 */
/* Walks a folder of notes. */
#include "folder-scan.h"

#include <glib/gi18n-lib.h>

#include "core/errors.h"

/* Bounds against a folder that is no collection of notes: the root of a disk, say. */
#define MAX_DEPTH 32
#define MAX_FILES 100000

#define ATTRIBUTES \
  G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE "," \
  G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_IS_HIDDEN "," \
  G_FILE_ATTRIBUTE_TIME_MODIFIED "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC

static void
file_clear (gpointer file)
{
  g_free (((TlmFolderFile *) file)->path);
}

void
tlm_folder_scan_free (TlmFolderScan *scan)
{
  g_array_unref (scan->files);
  g_ptr_array_unref (scan->folders);
  g_ptr_array_unref (scan->closed);
  g_free (scan);
}

static gboolean
is_note (const char *name)
{
  static const char *const ends[] = { ".md", ".markdown", ".txt", ".org", ".html", ".htm", ".odt",
                                      ".docx", ".pdf", ".eml" };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (lower, ends[i]))
      return TRUE;
  return FALSE;
}

static void
add_file (TlmFolderScan *scan, const char *path, GFileInfo *info)
{
  g_autoptr (GDateTime) time = g_file_info_get_modification_date_time (info);
  TlmFolderFile         file = { .path = g_strdup (path), .size = g_file_info_get_size (info) };

  if (time != NULL)
    file.modified = g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
  g_array_append_val (scan->files, file);
}

static gboolean
fail_too_large (GError **error)
{
  g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
               ngettext ("This folder holds more than %d note, or folders more than %d deep. Choose a "
                         "folder inside it.",
                         "This folder holds more than %d notes, or folders more than %d deep. Choose a "
                         "folder inside it.", MAX_FILES), MAX_FILES, MAX_DEPTH);
  return FALSE;
}

static gboolean walk (TlmFolderScan *scan, GFile *folder, const char *path, int depth,
                      GCancellable *cancellable, GError **error);

static gboolean
visit (TlmFolderScan *scan, GFileEnumerator *list, GFileInfo *info, const char *path, int depth,
       GCancellable *cancellable, GError **error)
{
  const char        *name = g_file_info_get_name (info);
  g_autofree char   *below = *path != '\0' ? g_build_filename (path, name, NULL) : g_strdup (name);
  g_autoptr (GFile)  file = g_file_enumerator_get_child (list, info);
  g_autoptr (GError) local = NULL;

  if (g_file_info_get_is_hidden (info))
    return TRUE;
  switch ((int) g_file_info_get_file_type (info))
    {
    case G_FILE_TYPE_DIRECTORY:
      g_ptr_array_add (scan->folders, g_strdup (below));
      if (walk (scan, file, below, depth + 1, cancellable, &local))
        return TRUE;
      if (local->domain != TLM_ERROR && !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_ptr_array_add (scan->closed, g_steal_pointer (&below));
          return TRUE;
        }
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    case G_FILE_TYPE_REGULAR:
      if (is_note (name))
        add_file (scan, below, info);
      else
        scan->n_others++;
      return scan->files->len <= MAX_FILES || fail_too_large (error);
    default:
      return TRUE;
    }
}

static gboolean
walk (TlmFolderScan *scan, GFile *folder, const char *path, int depth, GCancellable *cancellable,
      GError **error)
{
  g_autoptr (GFileEnumerator) list = NULL;
  GFileInfo                  *info;
  g_autoptr (GError)          local = NULL;

  if (depth > MAX_DEPTH)
    return fail_too_large (error);
  list = g_file_enumerate_children (folder, ATTRIBUTES, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS,
                                    cancellable, error);
  if (list == NULL)
    return FALSE;
  while ((info = g_file_enumerator_next_file (list, cancellable, &local)) != NULL)
    {
      gboolean good = visit (scan, list, info, path, depth, cancellable, error);

      g_object_unref (info);
      if (!good)
        return FALSE;
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (((const TlmFolderFile *) a)->path, ((const TlmFolderFile *) b)->path);
}

TlmFolderScan *
tlm_folder_scan_new (GFile *folder, GCancellable *cancellable, GError **error)
{
  TlmFolderScan *scan = g_new0 (TlmFolderScan, 1);

  scan->files = g_array_new (FALSE, FALSE, sizeof (TlmFolderFile));
  g_array_set_clear_func (scan->files, file_clear);
  scan->folders = g_ptr_array_new_with_free_func (g_free);
  scan->closed = g_ptr_array_new_with_free_func (g_free);
  if (!walk (scan, folder, "", 0, cancellable, error))
    {
      tlm_folder_scan_free (scan);
      return NULL;
    }
  g_array_sort (scan->files, compare_files);
  return scan;
}
