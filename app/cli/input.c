/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what a command was given. */
#include "cli/input.h"

#include <gio/gunixinputstream.h>
#include <unistd.h>

#include "notes/folder-scan.h"
#include "import/import.h"

char *
tlm_cli_read_input (const char *name, gsize *len, const char **decoded_from, GError **error)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GFile)        file = NULL;

  if (g_str_equal (name, "-"))
    {
      stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
      return tlm_import_read_stream (stream, len, decoded_from, NULL, error);
    }
  file = g_file_new_for_path (name);
  return tlm_import_read_file (file, len, decoded_from, NULL, error);
}

GPtrArray *
tlm_cli_list_inputs (int n_files, char **files, const char *folder, guint *n_others, GError **error)
{
  g_autoptr (GPtrArray)     inputs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GFile)         root = folder != NULL ? g_file_new_for_path (folder) : NULL;
  g_autoptr (TlmFolderScan) scan = NULL;

  *n_others = 0;
  for (int i = 0; i < n_files; i++)
    g_ptr_array_add (inputs, g_strdup (files[i]));
  if (root == NULL)
    return g_steal_pointer (&inputs);
  scan = tlm_folder_scan_new (root, NULL, error);
  if (scan == NULL)
    return NULL;
  for (guint i = 0; i < scan->files->len; i++)
    g_ptr_array_add (inputs, g_build_filename (folder,
                                               g_array_index (scan->files, TlmFolderFile, i).path,
                                               NULL));
  *n_others = scan->n_others;
  return g_steal_pointer (&inputs);
}
