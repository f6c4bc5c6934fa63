/* SPDX-License-Identifier: Apache-2.0 */
/* The watched folders as the preferences show them: none, one, what is wrong with it, and paused. */
#include "support.h"

#include "settings/folders-group.h"

static void
test_rows (Fixture *fixture, gconstpointer data)
{
  TlmFolders *folders = tlm_services_get_folders (fixture->services);
  GtkWidget *group = g_object_ref_sink (tlm_folders_group_new (folders));
  g_autofree char *path = g_build_filename (fixture->folder, "missing", NULL);
  g_autoptr (GFile) missing = g_file_new_for_path (path);
  GtkWidget *row;

  g_assert_nonnull (find_widget (group, GTK_TYPE_LABEL, "No folder is watched"));
  tlm_folders_add (folders, missing);
  wait_until (find_widget (group, GTK_TYPE_LABEL, "This folder is not there.") != NULL);
  row = find_row (group, "missing");
  g_assert_nonnull (row);
  tlm_folders_add (folders, missing);
  g_assert_nonnull (find_widget (group, GTK_TYPE_LABEL, "is watched already"));
  g_signal_emit_by_name (g_object_get_data (G_OBJECT (row), "pause"), "clicked");
  wait_until (find_widget (group, GTK_TYPE_LABEL, "Paused: its notes stay") != NULL);
  g_object_unref (group);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/ui/folders-group/rows", Fixture, NULL, fixture_set_up, test_rows, fixture_tear_down);
  return g_test_run ();
}
