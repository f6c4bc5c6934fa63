/* SPDX-License-Identifier: Apache-2.0 */
/* Finds data files and names the database. */
#include "paths.h"

static gboolean
runs_from_build_folder (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  return program != NULL && g_str_has_prefix (program, TLM_BUILD_DIR G_DIR_SEPARATOR_S);
}

char *
tlm_paths_dup_data (const char *name)
{
  const char *folder = g_getenv ("TINYLM_DATA_DIR");

  if (folder == NULL || *folder == '\0')
    folder = runs_from_build_folder () ? TLM_SOURCE_DATA_DIR : TLM_INSTALLED_DATA_DIR;
  return g_build_filename (folder, name, NULL);
}

char *
tlm_paths_dup_help (const char *language,
                    const char *page)
{
  g_autofree char *file = g_strconcat (page, ".page", NULL);

  if (runs_from_build_folder ())
    return g_build_filename (TLM_BUILD_DIR, "data", "help", language, file, NULL);
  return g_build_filename (TLM_HELP_DIR, language, "tinylm", file, NULL);
}

char *
tlm_paths_dup_database (void)
{
  return g_build_filename (g_get_user_data_dir (), "tinylm", "tinylm.db", NULL);
}

char *
tlm_paths_dup_models (void)
{
  return g_build_filename (g_get_user_data_dir (), "tinylm", "models", NULL);
}
