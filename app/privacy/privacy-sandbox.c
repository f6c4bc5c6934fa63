/* SPDX-License-Identifier: Apache-2.0 */
/* The permissions of the Flatpak sandbox as they are in this run: flatpak writes them, with every
 * override and every option of "flatpak run", into /.flatpak-info (flatpak-metadata(5)). What goes
 * beyond the manifest's finish-args was added by somebody. */
#include "privacy-private.h"

#include "core/words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define APP_ID "com.sprapp.TinyLM"

typedef struct
{
  const char *key;
  const char *id;
  const char *title;
  const char *allowed; /* what the manifest asks for, between semicolons */
} Permission;

static const Permission permissions[] = {
  { "shared", "shared", N_("Shared With the System"), ";ipc;" },
  /* Translators: a part of what a sandbox permits: services of the desktop. */
  { "sockets", "sockets", N_("Services"), ";wayland;inherit-wayland-socket;x11;fallback-x11;" },
  { "devices", "devices", N_("Devices"), ";dri;" },
  { "filesystems", "filesystems", N_("Folders"), ";" },
  { "features", "features", N_("Features"), ";" },
};

GKeyFile *
tlm_privacy_load_sandbox (const char *path)
{
  g_autoptr (GKeyFile) info = g_key_file_new ();

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  g_key_file_load_from_file (info, path, G_KEY_FILE_NONE, NULL);
  return g_steal_pointer (&info);
}

static char *
dup_added (const char *what)
{
  return g_strdup_printf (_("Added to what TinyLM asks for, by an override or when it was started: "
                            "%s. “%s” takes overrides back."),
                          what, "flatpak override --user --reset " APP_ID);
}

static void
add_permission (GPtrArray *findings, const char *id, const char *title, GPtrArray *extra,
                GPtrArray *granted)
{
  gboolean         broken = extra->len > 0, any = granted->len > 0;
  GPtrArray       *items = broken ? extra : granted;
  g_autofree char *list = NULL;
  char            *text;

  g_ptr_array_add (items, NULL);
  list = tlm_words_join ((const char *const *) items->pdata);
  if (broken)
    text = dup_added (list);
  else if (any)
    text = g_strdup_printf (_("As TinyLM asks for: %s."), list);
  else
    /* Translators: no permission of this kind. */
    text = g_strdup (C_("permissions", "None."));
  tlm_findings_add (findings, TLM_FINDINGS_SANDBOX,
                    broken ? TLM_FINDING_BROKEN : TLM_FINDING_HOLDS, id, g_strdup (title), text);
}

/* "!name" takes a permission away. */
static void
probe_permission (GPtrArray *findings, GKeyFile *info, const Permission *permission)
{
  g_auto (GStrv)      items = g_key_file_get_string_list (info, "Context", permission->key, NULL,
                                                          NULL);
  g_autoptr (GPtrArray) extra = g_ptr_array_new (), granted = g_ptr_array_new ();

  for (int i = 0; items != NULL && items[i] != NULL; i++)
    {
      g_autofree char *between = g_strdup_printf (";%s;", items[i]);

      if (*items[i] == '\0' || *items[i] == '!')
        continue;
      g_ptr_array_add (strstr (permission->allowed, between) != NULL ? granted : extra, items[i]);
    }
  add_permission (findings, permission->id, _(permission->title), extra, granted);
}

/* Own names are the program's by right; every other name it may see or talk to was added. */
static void
probe_bus (GPtrArray *findings, GKeyFile *info, const char *group, const char *id, const char *title)
{
  g_auto (GStrv)      names = g_key_file_get_keys (info, group, NULL, NULL);
  g_autoptr (GPtrArray) extra = g_ptr_array_new (), granted = g_ptr_array_new ();

  for (int i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *policy = g_key_file_get_string (info, group, names[i], NULL);
      gboolean         own = g_str_equal (names[i], APP_ID) || g_str_has_prefix (names[i], APP_ID ".");

      if (g_strcmp0 (policy, "none") != 0)
        g_ptr_array_add (own ? granted : extra, names[i]);
    }
  add_permission (findings, id, title, extra, granted);
}

void
tlm_privacy_probe_sandbox (GPtrArray *findings, GKeyFile *info)
{
  if (info == NULL)
    {
      tlm_findings_add (findings, TLM_FINDINGS_SANDBOX, TLM_FINDING_FACT, "flatpak",
                        g_strdup (_("No Flatpak Sandbox")),
                        g_strdup (_("TinyLM runs outside of Flatpak. The lock above keeps it from "
                                    "the network all the same, but not from files: it could open "
                                    "those that you can open.")));
      return;
    }
  if (!g_key_file_has_group (info, "Application"))
    {
      tlm_findings_add (findings, TLM_FINDINGS_SANDBOX, TLM_FINDING_BROKEN, "flatpak",
                        g_strdup (_("The Sandbox’s Permissions")),
                        g_strdup (_("Unknown, because /.flatpak-info cannot be read.")));
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (permissions); i++)
    probe_permission (findings, info, &permissions[i]);
  probe_bus (findings, info, "Session Bus Policy", "session-bus", _("Programs on the Session Bus"));
  probe_bus (findings, info, "System Bus Policy", "system-bus", _("Services on the System Bus"));
}
