/* SPDX-License-Identifier: Apache-2.0 */
/* A row a folder with a button that ends the watching, and a button that asks for another folder. In
 * Flatpak the portal's chooser is what grants the access. */
#include "folders-group.h"

#include <glib/gi18n.h>

#include "compat.h"

static void
chosen_cb (GFile *folder, gpointer folders)
{
  tlm_folders_add (folders, folder);
}

static void
add_cb (GtkWidget *button, TlmFolders *folders)
{
  tlm_present_open_folder (button, _("Watch a Folder"), chosen_cb, folders);
}

static void
remove_cb (GtkWidget *button, TlmFolders *folders)
{
  tlm_folders_remove (folders, g_object_get_data (G_OBJECT (button), "folder"));
}

static GtkWidget *
make_row (gpointer item, gpointer folders)
{
  GFile           *folder = item;
  GtkWidget       *row = adw_action_row_new ();
  GtkWidget       *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *name = g_file_get_basename (folder);
  g_autofree char *title = g_filename_display_name (name);
  g_autofree char *path = g_file_get_parse_name (folder);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), path);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Stop Watching"));
  g_object_set_data_full (G_OBJECT (button), "folder", g_object_ref (folder), g_object_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), folders, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

/**
 * tlm_folders_group_new:
 *
 * Returns: (transfer floating): the group, for a page of preferences
 */
GtkWidget *
tlm_folders_group_new (TlmFolders *folders)
{
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *empty = gtk_label_new (_("No folder is watched"));
  GtkWidget *button = gtk_button_new_with_label (_("Add…"));

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _("Folders"));
  adw_preferences_group_set_description (
    ADW_PREFERENCES_GROUP (group),
    _("Their files appear as notes and follow each change. The files are only read."));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button, "clicked", G_CALLBACK (add_cb), folders, 0);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (group), button);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_add_css_class (empty, "dim-label");
  gtk_widget_set_margin_top (empty, 12);
  gtk_widget_set_margin_bottom (empty, 12);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (list), empty);
  gtk_list_box_bind_model (GTK_LIST_BOX (list), tlm_folders_get_list (folders), make_row, folders,
                           NULL);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), list);
  return group;
}
