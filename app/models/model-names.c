/* SPDX-License-Identifier: Apache-2.0 */
/* Names by path. An answer keeps the name that its model has at that moment; what is shown of a
 * model that is yet to answer is looked up each time. */
#include "model-names.h"

#include "core/paths.h"
#include "licenses/license-models.h"

static void
add_built_in (GHashTable *names)
{
  gsize                   n;
  const TlmLicensedModel *models = tlm_licensed_models_get (&n);

  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *file = g_strdup_printf ("models/%s.gguf", models[i].name);

      g_hash_table_replace (names, tlm_paths_dup_data (file), g_strdup (models[i].name));
    }
}

GHashTable *
tlm_model_names_read (TlmDb   *db,
                      GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  sqlite3_stmt          *row = tlm_db_query (db, error,
                                             "SELECT out, name, 0 FROM trainings "
                                             "UNION ALL SELECT uri, name, 1 FROM models", "");
  int                    step = -1;

  add_built_in (names);
  while (row != NULL && (step = tlm_db_step (db, row, error)) > 0)
    {
      const char *file = tlm_db_column_text (row, 0);
      char       *path = sqlite3_column_int (row, 2) ? g_filename_from_uri (file, NULL, NULL)
                                                     : g_strdup (file);

      if (path != NULL) /* of a model that was trained in full its own name, which comes last */
        g_hash_table_replace (names, path, g_strdup (tlm_db_column_text (row, 1)));
    }
  return step == 0 ? g_steal_pointer (&names) : NULL;
}

char *
tlm_model_names_dup (GHashTable *names,
                     const char *path)
{
  const char *name = names != NULL ? g_hash_table_lookup (names, path) : NULL;

  return name != NULL && *name != '\0' ? g_strdup (name) : g_filename_display_basename (path);
}
