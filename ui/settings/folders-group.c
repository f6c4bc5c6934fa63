/* SPDX-License-Identifier: Apache-2.0 */
/* A row a folder: where it is, what went wrong there, a button that pauses and one that ends the
 * watching; and a button that asks for another folder. In Flatpak the portal's chooser is what grants
 * the access. */
#include "folders-group.h"

#include <glib/gi18n.h>

#include "compat/compat.h"

/* ---- a row ---- */

static GtkWidget *
make_button (GtkWidget *row, TlmFolder *folder, const char *icon, GCallback clicked_cb, gpointer folders)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_object_set_data_full (G_OBJECT (button), "folder", g_object_ref (folder), g_object_unref);
  g_signal_connect_object (button, "clicked", clicked_cb, folders, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return button;
}

/* A tooltip names no button for a screen reader, and each row has the same buttons. */
static void
name_button (GtkWidget *button, const char *tooltip, const char *format, const char *title)
{
  g_autofree char *label = g_strdup_printf (format, title);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
remove_cb (GtkWidget *button, TlmFolders *folders)
{
  tlm_folders_remove (folders, g_object_get_data (G_OBJECT (button), "folder"));
}

static void
pause_cb (GtkWidget *button, TlmFolders *folders)
{
  TlmFolder *folder = g_object_get_data (G_OBJECT (button), "folder");

  tlm_folders_set_paused (folders, folder, !tlm_folder_get_paused (folder));
}

/* The path, then what is to be known about it, a line each. */
static void
show_state (TlmFolder *folder, GParamSpec *pspec, GtkWidget *row)
{
  g_autofree char *path = g_file_get_parse_name (tlm_folder_get_file (folder));
  g_autoptr (GString) text = g_string_new (path);
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row));
  const char *problem = tlm_folder_get_problem (folder);
  GtkWidget *button = g_object_get_data (G_OBJECT (row), "pause");
  gboolean paused = tlm_folder_get_paused (folder);

  if (paused)
    g_string_append_printf (text, "\n%s", _("Paused: its notes stay as they are."));
  else if (problem != NULL)
    g_string_append_printf (text, "\n%s", problem);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text->str);
  gtk_widget_set_visible (g_object_get_data (G_OBJECT (row), "warning"), !paused && problem != NULL);
  gtk_button_set_icon_name (GTK_BUTTON (button), paused ? "media-playback-start-symbolic"
                                                        : "media-playback-pause-symbolic");
  if (paused)
    name_button (button, _("Watch Again"), _("Watch “%s” again"), title);
  else
    name_button (button, _("Pause"), _("Pause watching “%s”"), title);
}

static GtkWidget *
add_warning (GtkWidget *row)
{
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");

  gtk_widget_add_css_class (icon, "warning");
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Needs your attention"), -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), icon);
  return icon;
}

static GtkWidget *
make_row (gpointer item, gpointer folders)
{
  TlmFolder *folder = item;
  GtkWidget *row = adw_action_row_new (), *button;
  g_autofree char *name = g_file_get_basename (tlm_folder_get_file (folder));
  g_autofree char *title = g_filename_display_name (name);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  g_object_set_data (G_OBJECT (row), "warning", add_warning (row));
  button = make_button (row, folder, "media-playback-pause-symbolic", G_CALLBACK (pause_cb), folders);
  g_object_set_data (G_OBJECT (row), "pause", button);
  button = make_button (row, folder, "user-trash-symbolic", G_CALLBACK (remove_cb), folders);
  name_button (button, _("Stop Watching"), _("Stop watching “%s”"), title);
  g_signal_connect_object (folder, "notify", G_CALLBACK (show_state), row, 0);
  show_state (folder, NULL, row);
  return row;
}

/* ---- the group ---- */

static void
chosen_cb (GFile *folder, gpointer folders)
{
  tlm_folders_add (folders, folder);
}

static void
add_cb (GtkWidget *button, TlmFolders *folders)
{
  GtkWidget *label = g_object_get_data (G_OBJECT (button), "error");

  gtk_widget_set_visible (label, FALSE);
  tlm_present_open_folder (button, _("Watch a Folder"), chosen_cb, folders);
}

static void
failed_cb (TlmFolders *folders, const char *sentence, GtkWidget *label)
{
  gtk_label_set_text (GTK_LABEL (label), sentence);
  gtk_widget_set_visible (label, TRUE);
}

static GtkWidget *
make_empty (void)
{
  GtkWidget *empty = gtk_label_new (_("No folder is watched"));

  gtk_widget_add_css_class (empty, "dim-label");
  gtk_widget_set_margin_top (empty, 12);
  gtk_widget_set_margin_bottom (empty, 12);
  return empty;
}

static GtkWidget *
make_error (TlmFolders *folders)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_margin_top (label, 6);
  gtk_widget_add_css_class (label, "error");
  gtk_widget_set_visible (label, FALSE);
  g_signal_connect_object (folders, "failed", G_CALLBACK (failed_cb), label, 0);
  return label;
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
  GtkWidget *button = gtk_button_new_with_mnemonic (_("_Add…"));
  GtkWidget *error = make_error (folders);

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _("Watched Folders"));
  adw_preferences_group_set_description (
    ADW_PREFERENCES_GROUP (group),
    _("Their files appear as notes and follow each change. The files are only read."));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_start (button, 12);
  g_signal_connect_object (button, "clicked", G_CALLBACK (add_cb), folders, 0);
  g_object_set_data (G_OBJECT (button), "error", error);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (group), button);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (list), make_empty ());
  gtk_list_box_bind_model (GTK_LIST_BOX (list), tlm_folders_get_list (folders), make_row, folders,
                           NULL);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), list);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), error);
  return group;
}
