/* SPDX-License-Identifier: Apache-2.0 */
/* What is greyed out while it works lets the keyboard fall; it has it again afterwards, and takes it from nobody. */
#include "support.h"

#include "common/focus.h"
#include "common/page.h"
#include "settings/backups-group.h"
#include "settings/models-page.h"
#include "settings/privacy-page.h"
#include "settings/trouble-page.h"
#include "settings/vault-group.h"

#include <glib/gstdio.h>

#define PASSPHRASE "correct horse battery"

static GtkWidget *
get_focus (gpointer widget)
{
  return gtk_root_get_focus (gtk_widget_get_root (widget));
}

static gboolean
has_focus (GtkWidget *widget)
{
  GtkWidget *focus = get_focus (widget);

  return focus != NULL && gtk_widget_get_mapped (focus)
         && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

static GtkWidget *
show (Fixture *fixture, const char *action, GType type)
{
  GtkWidget *found;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), action, NULL);
  wait_until ((found = find_widget (fixture->window, type, NULL)) != NULL);
  wait_until (has_focus (gtk_widget_get_ancestor (found, TLM_TYPE_PAGE))); /* which takes it when it is idle */
  return found;
}

/* By the keyboard, which it loses at once. */
static void
press (GtkWidget *button, GtkWidget *greyed)
{
  wait_until (gtk_widget_get_mapped (button) && gtk_widget_is_sensitive (button));
  g_assert_true (gtk_widget_grab_focus (button));
  g_signal_emit_by_name (button, "clicked");
  g_assert_false (gtk_widget_get_sensitive (greyed));
  g_assert_false (has_focus (button));
}

static void
test_checks_again (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = show (fixture, "win.show-privacy", TLM_TYPE_PRIVACY_PAGE);
  GtkWidget *button = find_described (page, "Check Again");
  GtkWidget *search = find_widget (fixture->window, GTK_TYPE_SEARCH_ENTRY, NULL);

  press (button, button);
  wait_until (gtk_widget_get_sensitive (button));
  g_assert_true (has_focus (button));
  press (button, button);
  gtk_widget_grab_focus (search); /* meanwhile */
  wait_until (gtk_widget_get_sensitive (button));
  g_assert_true (has_focus (search));
}

/* Makes one, and is then to restore it, which has gone. */
static void
test_backs_up (Fixture *fixture, gconstpointer data)
{
  GtkWidget *group, *button, *restore;

  show (fixture, "win.show-privacy", TLM_TYPE_PRIVACY_PAGE);
  group = find_widget (fixture->window, TLM_TYPE_BACKUPS_GROUP, NULL);
  button = find_button (group, "_Back Up Now");
  press (button, button);
  wait_until ((restore = find_button (group, "_Restore")) != NULL);
  g_assert_true (has_focus (button));

  adw_expander_row_set_expanded (
    ADW_EXPANDER_ROW (gtk_widget_get_ancestor (restore, ADW_TYPE_EXPANDER_ROW)), TRUE);
  g_assert_cmpint (g_remove (g_object_get_data (G_OBJECT (restore), "path")), ==, 0);
  press (restore, group);
  wait_until (gtk_widget_get_sensitive (group));
  g_assert_true (has_focus (restore));
}

static GtkWidget *
unfold (GtkWidget *group, const char *title)
{
  GtkWidget *row = find_row (group, title);

  adw_expander_row_set_expanded (
    ADW_EXPANDER_ROW (gtk_widget_get_ancestor (row, ADW_TYPE_EXPANDER_ROW)), TRUE);
  wait_until (gtk_widget_get_mapped (row));
  return row;
}

/* What was typed into is folded away once it is done; where the passphrase was wrong it stays. */
static void
test_encrypts (Fixture *fixture, gconstpointer data)
{
  GtkWidget *group, *row;

  show (fixture, "win.show-privacy", TLM_TYPE_PRIVACY_PAGE);
  group = find_widget (fixture->window, TLM_TYPE_VAULT_GROUP, NULL);
  unfold (group, "Passphrase (8+ Characters)");
  type_into (group, "Passphrase (8+ Characters)", PASSPHRASE);
  type_into (group, "Repeat the Passphrase", PASSPHRASE);
  press (find_button (group, "_Encrypt"), group);
  wait_until (gtk_widget_get_sensitive (group));
  g_assert_true (has_focus (group));
  for (guint i = 0; i < 30; i++)
    wait_a_moment ();
  g_assert_true (has_focus (group));

  row = unfold (group, "Present Passphrase or Code");
  type_into (group, "Present Passphrase or Code", "wrong");
  press (find_button (group, "Switch _Off"), group);
  wait_until (gtk_widget_get_sensitive (group));
  g_assert_true (has_focus (find_button (group, "Switch _Off")));
  g_assert_true (gtk_widget_get_mapped (row));
}

static void
test_looks_at_what_is_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "damaged.db", NULL);
  g_autofree char *zeros = g_malloc0 (8192);
  g_autoptr (TlmServices) services = NULL;
  GtkWidget *page, *window, *button;

  g_assert_true (g_file_set_contents (path, zeros, 8192, NULL));
  services = tlm_services_new (path, "none");
  tlm_services_open_async (services, NULL, NULL, NULL);
  wait_until (tlm_services_get_trouble (services) != NULL);
  page = tlm_trouble_page_new (services);
  window = g_object_new (ADW_TYPE_WINDOW, "content", page, NULL);
  gtk_window_present (GTK_WINDOW (window));
  button = find_button (page, "_Look");
  press (button, page);
  wait_until (gtk_widget_get_sensitive (page));
  g_assert_true (has_focus (button));
  gtk_window_destroy (GTK_WINDOW (window));
  tlm_services_close (services);
}

/* Its rows are made anew meanwhile. */
static void
test_verifies_a_model (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = show (fixture, "win.show-models", TLM_TYPE_MODELS_PAGE), *row;

  wait_until ((row = find_row (page, "meeny")) != NULL);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  wait_until (gtk_widget_get_mapped (find_button (row, "Verify")));
  gtk_widget_grab_focus (find_button (row, "Verify"));
  g_signal_emit_by_name (find_button (row, "Verify"), "clicked");
  wait_until (find_row (page, "Verifying…") != NULL);
  wait_until (!gtk_widget_get_mapped (find_row (page, "Verifying…")));
  wait_until (has_focus (find_row (page, "meeny")));
}

/* Where what had it is gone, the place said has it. */
static void
test_goes_elsewhere (Fixture *fixture, gconstpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *other = gtk_button_new ();
  GtkWidget *button = gtk_button_new (), *window = gtk_window_new ();

  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), other);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_grab_focus (button);
  g_assert_true (tlm_keep_focus (box) == button);
  gtk_box_remove (GTK_BOX (box), button);
  gtk_window_set_focus (GTK_WINDOW (window), NULL);
  tlm_return_focus (box, other);
  g_assert_true (has_focus (other));
  gtk_window_set_focus (GTK_WINDOW (window), NULL);
  tlm_return_focus (box, other); /* nothing was kept */
  g_assert_null (get_focus (window));
  gtk_window_destroy (GTK_WINDOW (window));
}

#define ADD(name, func)                                                                             \
  g_test_add ("/ui/kept-focus/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("checks-again", test_checks_again);
  ADD ("backs-up", test_backs_up);
  ADD ("encrypts", test_encrypts);
  ADD ("looks-at-what-is-damaged", test_looks_at_what_is_damaged);
  ADD ("verifies-a-model", test_verifies_a_model);
  ADD ("goes-elsewhere", test_goes_elsewhere);
  return g_test_run ();
}
