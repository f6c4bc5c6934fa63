/* SPDX-License-Identifier: Apache-2.0 */
/* Locking, unlocking and exporting as the person does it; the groups of the Privacy page. */
#include "support.h"

#include "settings/data-group.h"
#include "settings/trouble-page.h"
#include "settings/unlock-page.h"
#include "settings/vault-group.h"
#include "store/backups.h"
#include "store/vault.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define PASSPHRASE "correct horse battery"

static GtkWidget *
show_group (Fixture *fixture, GType type)
{
  GtkWidget *group;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-privacy",
                                             NULL));
  group = find_widget (fixture->window, type, NULL);
  g_assert_nonnull (group);
  return group;
}

static gboolean
is_sealed (Fixture *fixture)
{
  return tlm_store_get_is_sealed (tlm_services_get_store (fixture->services));
}

static void
seal (Fixture *fixture)
{
  GtkWidget *group = show_group (fixture, TLM_TYPE_VAULT_GROUP);

  type_into (group, "Passphrase (8+ Characters)", PASSPHRASE);
  type_into (group, "Repeat the Passphrase", PASSPHRASE);
  click (group, "_Encrypt");
  wait_until (is_sealed (fixture) && gtk_widget_get_sensitive (group));
}

static void
test_group (Fixture *fixture, gconstpointer data)
{
  GtkWidget *group = show_group (fixture, TLM_TYPE_VAULT_GROUP);
  GtkWidget *code_row = find_row (group, "Recovery Code, Shown Only Now");

  type_into (group, "Passphrase (8+ Characters)", "short");
  type_into (group, "Repeat the Passphrase", "other");
  click (group, "_Encrypt");
  g_assert_nonnull (find_widget (group, GTK_TYPE_LABEL, "The two passphrases differ"));
  g_assert_false (gtk_widget_get_visible (code_row));

  seal (fixture);
  g_assert_true (gtk_widget_get_visible (code_row));
  g_assert_nonnull (find_widget (code_row, GTK_TYPE_LABEL, "-"));
  g_assert_nonnull (find_widget (group, GTK_TYPE_BUTTON, "_Lock Now"));

  type_into (group, "Present Passphrase or Code", "wrong");
  click (group, "Switch _Off");
  wait_until (gtk_widget_get_sensitive (group));
  g_assert_true (is_sealed (fixture));
  g_assert_nonnull (find_widget (group, GTK_TYPE_LABEL, "neither the passphrase"));

  type_into (group, "Present Passphrase or Code", PASSPHRASE);
  click (group, "Switch _Off");
  wait_until (gtk_widget_get_sensitive (group));
  g_assert_false (is_sealed (fixture));
}

/* The code on the page opens the store, and leaves the page when the person says so. */
static void
test_recovery_code (Fixture *fixture, gconstpointer data)
{
  g_autofree char *database = g_build_filename (fixture->folder, "tinylm.db", NULL);
  g_auto (GStrv) groups = NULL;
  g_autofree char *code = NULL;
  GtkWidget *row, *label;
  TlmVault *vault;

  seal (fixture);
  row = find_row (fixture->window, "Recovery Code, Shown Only Now");
  label = find_widget (row, GTK_TYPE_LABEL, "-");
  groups = g_strsplit (gtk_label_get_text (GTK_LABEL (label)), "\u200b", -1);
  code = g_strjoinv ("", groups);
  vault = tlm_vault_open (database, code, NULL);
  g_assert_nonnull (vault);
  tlm_vault_free (vault);

  g_signal_emit_by_name (find_described (row, "I Have Kept the Code"), "clicked");
  g_assert_false (gtk_widget_get_visible (row));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (label)), ==, "");
}

static void
count_cb (TlmUnlockPage *page, const char *warning, guint *n)
{
  g_assert_null (warning);
  (*n)++;
}

static void
test_unlock (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "tinylm.db", NULL);
  g_autoptr (TlmServices) services = NULL;
  GtkWidget *page, *window;
  guint n_unlocked = 0;

  seal (fixture);
  tlm_services_close (fixture->services);
  services = tlm_services_new (path, "none");
  g_assert_true (tlm_services_get_locked (services));
  tlm_services_open_async (services, NULL, NULL, NULL);
  page = tlm_unlock_page_new (services);
  window = g_object_new (ADW_TYPE_WINDOW, "content", page, NULL);
  g_signal_connect (page, "unlocked", G_CALLBACK (count_cb), &n_unlocked);
  gtk_window_present (GTK_WINDOW (window));

  type_into (page, "Passphrase or Recovery Code", "wrong");
  click (page, "_Unlock");
  wait_until (find_widget (page, GTK_TYPE_LABEL, "neither the passphrase") != NULL);
  g_assert_false (tlm_services_get_ready (services));
  g_assert_cmpuint (n_unlocked, ==, 0);

  type_into (page, "Passphrase or Recovery Code", PASSPHRASE);
  click (page, "_Unlock");
  wait_until (n_unlocked == 1);
  g_assert_true (tlm_services_get_ready (services));
  gtk_window_destroy (GTK_WINDOW (window));
  tlm_services_close (services);
}

/* A page of the database that says something else than was written. */
static void
damage (const char *path)
{
  FILE *file = g_fopen (path, "r+b");

  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, 8192 + 100, SEEK_SET), ==, 0);
  g_assert_cmpint (fputs ("damage", file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
look (GtkWidget *page, const char *secret)
{
  type_into (page, "Passphrase or Recovery Code", secret);
  gtk_widget_grab_focus (find_button (page, "_Look")); /* as a click does */
  click (page, "_Look");
}

/* (transfer full): whose database at @path, encrypted, is damaged */
static TlmServices *
open_damaged (Fixture *fixture, const char *path)
{
  TlmServices *services;

  seal (fixture);
  tlm_services_close (fixture->services);
  damage (path);
  services = tlm_services_new (path, "none");
  tlm_services_open_async (services, NULL, NULL, NULL);
  tlm_services_unlock_async (services, PASSPHRASE, NULL, NULL, NULL);
  wait_until (tlm_services_get_trouble (services) != NULL);
  return services;
}

/* (transfer none): a window with the page */
static GtkWidget *
present (GtkWidget *page)
{
  GtkWidget *window = g_object_new (ADW_TYPE_WINDOW, "content", page, NULL);

  gtk_window_present (GTK_WINDOW (window));
  return window;
}

/* What is looked at anew shows nothing of what was seen before: it is not what one would agree to. */
static void
test_looks_anew (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "tinylm.db", NULL);
  g_autoptr (TlmServices) services = open_damaged (fixture, path);
  GtkWidget *page = tlm_trouble_page_new (services), *window = present (page);
  GtkWidget *report = find_row (page, "What Was Recovered");

  look (page, PASSPHRASE);
  wait_until (gtk_widget_get_visible (report));
  look (page, "wrong");
  wait_until (find_widget (page, GTK_TYPE_LABEL, "neither the passphrase") != NULL);
  g_assert_false (gtk_widget_get_visible (report));
  look (page, PASSPHRASE);
  wait_until (gtk_widget_get_visible (report));
  gtk_window_destroy (GTK_WINDOW (window));
  tlm_services_close (services);
}

/* (transfer full): the lock that SQLite has on what is open in another program; close() gives it back */
static int
hold (const char *path)
{
  struct flock lock = {
    .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510
  };
  int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fcntl (fd, F_OFD_SETLK, &lock), ==, 0);
  return fd;
}

/* What was erased since can be looked for again; while another program has the database open what was
 * salvaged waits. */
static void
test_agrees_again (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "tinylm.db", NULL);
  g_autofree char *partial = tlm_backups_dup_partial (path);
  g_autofree char *damaged = tlm_backups_dup_damaged_folder (path);
  g_autoptr (TlmServices) services = open_damaged (fixture, path);
  GtkWidget *page = tlm_trouble_page_new (services), *window = present (page);
  GtkWidget *report = find_row (page, "What Was Recovered");
  int other;

  look (page, PASSPHRASE);
  wait_until (gtk_widget_get_visible (report));
  g_assert_cmpint (g_unlink (partial), ==, 0);
  click (page, "_Go On with It");
  g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, "Another program holds the database"));
  g_assert_false (gtk_widget_get_visible (report));

  look (page, PASSPHRASE);
  wait_until (gtk_widget_get_visible (report));
  other = hold (path);
  click (page, "_Go On with It");
  g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, "Another program holds the database"));
  g_assert_true (gtk_widget_get_visible (report));
  close (other);
  click (page, "_Go On with It");
  g_assert_true (g_file_test (damaged, G_FILE_TEST_IS_DIR));
  g_assert_false (tlm_backups_is_waiting (path));
  gtk_window_destroy (GTK_WINDOW (window));
  tlm_services_close (services);
}

static void
test_erase_needs_the_word (Fixture *fixture, gconstpointer data)
{
  GtkWidget *group = show_group (fixture, TLM_TYPE_DATA_GROUP);
  GtkWidget *button = find_button (group, "E_rase Everything");

  g_assert_false (gtk_widget_get_sensitive (button));
  type_into (group, "To Confirm, Type: erase", "eras");
  g_assert_false (gtk_widget_get_sensitive (button));
  type_into (group, "To Confirm, Type: erase", "Erase ");
  g_assert_true (gtk_widget_get_sensitive (button));
}

#define ADD(name, test)                                                                             \
  g_test_add ("/ui/vault/" name, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("group", test_group);
  ADD ("recovery-code", test_recovery_code);
  ADD ("unlock", test_unlock);
  ADD ("looks-anew", test_looks_anew);
  ADD ("agrees-again", test_agrees_again);
  ADD ("erase-needs-the-word", test_erase_needs_the_word);
  return g_test_run ();
}
