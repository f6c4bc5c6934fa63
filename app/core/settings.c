/* SPDX-License-Identifier: Apache-2.0 */
/* g_settings_new() ends the program when the schema is missing, so it is looked up before. */
#include "settings.h"

#define SCHEMA "com.sprapp.TinyLM"

/* The desktop's own store of settings writes over the session's bus; where there is none, they would
 * be lost. */
void
tlm_settings_choose_backend (void)
{
  g_autofree char *bus = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);

  if (g_getenv ("DBUS_SESSION_BUS_ADDRESS") == NULL && !g_file_test (bus, G_FILE_TEST_EXISTS))
    g_setenv ("GSETTINGS_BACKEND", "keyfile", FALSE);
}

GSettings *
tlm_settings_open (void)
{
  GSettingsSchemaSource      *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SCHEMA, TRUE);
  return schema != NULL ? g_settings_new (SCHEMA) : NULL;
}

/* What could not be written has its old value again after the wait. */
gboolean
tlm_settings_reset (void)
{
  g_autoptr (GSettings)       settings = tlm_settings_open ();
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv)              keys = NULL;
  gboolean                    done = TRUE;

  if (settings == NULL)
    return FALSE;
  g_object_get (settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (int i = 0; keys[i] != NULL; i++)
    g_settings_reset (settings, keys[i]);
  g_settings_sync ();
  for (int i = 0; keys[i] != NULL; i++)
    {
      g_autoptr (GVariant) kept = g_settings_get_user_value (settings, keys[i]);

      done &= kept == NULL;
    }
  return done;
}

void
tlm_settings_forget_model (GSettings  *settings,
                           const char *path)
{
  g_autofree char *chosen = NULL;

  if (settings == NULL)
    return;
  chosen = g_settings_get_string (settings, "chat-model-path");
  if (g_str_equal (chosen, path))
    g_settings_reset (settings, "chat-model-path");
}
