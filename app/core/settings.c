/* SPDX-License-Identifier: Apache-2.0 */
/* g_settings_new() ends the program when the schema is missing, so it is looked up before. */
#define G_SETTINGS_ENABLE_BACKEND
#include "settings.h"

#include <gio/gsettingsbackend.h>

#define SCHEMA "com.sprapp.TinyLM"

/* The desktop's own store of settings is read without the session's bus, but written over it alone. */
void
tlm_settings_choose_backend (gboolean writes)
{
  g_autofree char *bus = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);
  g_autofree char *keyfile = g_build_filename (g_get_user_config_dir (), "glib-2.0", "settings",
                                               "keyfile", NULL);

  if (g_getenv ("DBUS_SESSION_BUS_ADDRESS") == NULL && !g_file_test (bus, G_FILE_TEST_EXISTS)
      && (writes || g_file_test (keyfile, G_FILE_TEST_EXISTS)))
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

/* (transfer full) (nullable): of the desktop's own store and the file, the one that @backend is not;
 * NULL where it is neither of them. */
static GSettingsBackend *
open_other (GSettingsBackend *backend)
{
  GIOExtensionPoint *point = g_io_extension_point_lookup (G_SETTINGS_BACKEND_EXTENSION_POINT_NAME);
  GIOExtension      *dconf = g_io_extension_point_get_extension_by_name (point, "dconf");
  GIOExtension      *keyfile = g_io_extension_point_get_extension_by_name (point, "keyfile");
  GIOExtension      *other = NULL;

  if (dconf != NULL && G_OBJECT_TYPE (backend) == g_io_extension_get_type (dconf))
    other = keyfile;
  else if (keyfile != NULL && G_OBJECT_TYPE (backend) == g_io_extension_get_type (keyfile))
    other = dconf;
  return other != NULL ? g_object_new (g_io_extension_get_type (other), NULL) : NULL;
}

/* Returns: the number of those that differ from the default; resets them where @reset. */
static guint
count_set (GSettings *settings,
           gboolean   reset)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv)              keys = NULL;
  guint                       n = 0;

  g_object_get (settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (int i = 0; keys[i] != NULL; i++)
    {
      g_autoptr (GVariant) value = g_settings_get_user_value (settings, keys[i]);

      n += value != NULL;
      if (value != NULL && reset)
        g_settings_reset (settings, keys[i]);
    }
  return n;
}

/* What could not be written has its old value again after the wait. */
static gboolean
reset_in (GSettingsBackend *backend)
{
  g_autoptr (GSettings) settings = g_settings_new_with_backend (SCHEMA, backend);

  if (count_set (settings, TRUE) > 0 && G_SETTINGS_BACKEND_GET_CLASS (backend)->sync != NULL)
    G_SETTINGS_BACKEND_GET_CLASS (backend)->sync (backend);
  return count_set (settings, FALSE) == 0;
}

gboolean
tlm_settings_reset (void)
{
  g_autoptr (GSettings)        settings = tlm_settings_open ();
  g_autoptr (GSettingsBackend) backend = NULL, other = NULL;
  gboolean                     done;

  if (settings == NULL)
    return FALSE;
  backend = g_settings_backend_get_default ();
  other = open_other (backend);
  done = reset_in (backend);
  return (other == NULL || reset_in (other)) && done;
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
