/* SPDX-License-Identifier: Apache-2.0 */
/* The keyboard shortcuts: AdwShortcutsDialog from libadwaita 1.8, GtkShortcutsWindow before. They are
 * written down once, in shortcuts.ui, with the names of the former. */
#include "compat.h"

#define SHORTCUTS "/com/sprapp/TinyLM/shortcuts.ui"

#if ADW_CHECK_VERSION(1, 8, 0)

/**
 * tlm_present_shortcuts:
 * @window: a GtkApplicationWindow, whose actions and their keys are shown
 */
void
tlm_present_shortcuts (GtkWidget *window)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (SHORTCUTS);

  adw_dialog_present (ADW_DIALOG (gtk_builder_get_object (builder, "shortcuts")), window);
}

#else

/* GTK 4.18 deprecates what libadwaita has a successor to since 1.8 only. */
G_GNUC_BEGIN_IGNORE_DEPRECATIONS

/* The elder has one more level, the section, around all groups. */
static GtkBuilder *
build (void)
{
  static const char *const names[][2] = {
    { "<object class=\"AdwShortcutsDialog\" id=\"shortcuts\">",
      "<object class=\"GtkShortcutsWindow\" id=\"shortcuts\"><property name=\"modal\">1</property>"
      "<child><object class=\"GtkShortcutsSection\">"
      "<property name=\"section-name\">shortcuts</property>" },
    { "AdwShortcutsSection", "GtkShortcutsGroup" },
    { "AdwShortcutsItem", "GtkShortcutsShortcut" },
  };
  g_autoptr (GBytes) bytes = g_resources_lookup_data (SHORTCUTS, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GString) ui = g_string_new_len (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_string_replace (ui, names[i][0], names[i][1], 0);
  g_string_insert (ui, g_strrstr (ui->str, "</object>") - ui->str, "</object></child>");
  return gtk_builder_new_from_string (ui->str, ui->len);
}

void
tlm_present_shortcuts (GtkWidget *window)
{
  GtkApplicationWindow *over = GTK_APPLICATION_WINDOW (window);

  if (gtk_application_window_get_help_overlay (over) == NULL)
    {
      g_autoptr (GtkBuilder) builder = build ();
      GObject *overlay = gtk_builder_get_object (builder, "shortcuts");

      gtk_application_window_set_help_overlay (over, GTK_SHORTCUTS_WINDOW (overlay));
    }
  gtk_window_present (GTK_WINDOW (gtk_application_window_get_help_overlay (over)));
}

G_GNUC_END_IGNORE_DEPRECATIONS

#endif
