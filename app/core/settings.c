/* SPDX-License-Identifier: Apache-2.0 */
/* g_settings_new() ends the program when the schema is missing, so it is looked up before. */
#include "settings.h"

#define SCHEMA "com.sprapp.TinyLM"

GSettings *
tlm_settings_open (void)
{
  GSettingsSchemaSource      *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SCHEMA, TRUE);
  return schema != NULL ? g_settings_new (SCHEMA) : NULL;
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
