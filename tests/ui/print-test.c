/* SPDX-License-Identifier: Apache-2.0 */
/* What is printed, read back from a PDF as this program reads every PDF: all of the text, on pages that
 * are numbered; a chat with who wrote what. */
#include "support.h"

#include "chats/chat-page-private.h"
#include "chats/chat-private.h"
#include "import/import.h"
#include "common/print.h"

#define N_LINES 120 /* of which an A4 page with margins holds about fifty */

static void
done_cb (GtkPrintOperation *operation, GtkPrintOperationResult result, gboolean *done)
{
  g_assert_cmpint (result, ==, GTK_PRINT_OPERATION_RESULT_APPLY);
  *done = TRUE;
}

/* (transfer full): what stands on the paper */
static char *
print (Fixture *fixture, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, "print.pdf", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GtkPrintOperation) operation = tlm_print_new ("A job", text);
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;
  char *read;

  gtk_print_operation_set_export_filename (operation, path);
  g_signal_connect (operation, "done", G_CALLBACK (done_cb), &done);
  gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_EXPORT,
                           GTK_WINDOW (fixture->window), &error);
  g_assert_no_error (error);
  wait_until (done);
  read = tlm_import_read_file (file, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return read;
}

static void
test_numbers_its_pages (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("# The guild\n\n");
  g_autofree char *read = NULL;

  for (int i = 0; i < N_LINES; i++)
    g_string_append_printf (text, "In the year %d the guild paid.\n", 1000 + i);
  read = print (fixture, text->str);
  g_assert_nonnull (strstr (read, "The guild"));
  for (int i = 0; i < N_LINES; i++)
    {
      g_autofree char *year = g_strdup_printf ("year %d the", 1000 + i);

      g_assert_nonnull (strstr (read, year));
    }
  g_assert_nonnull (strstr (read, "Page 1 of 3"));
  g_assert_nonnull (strstr (read, "Page 3 of 3"));
}

static void
test_says_who_wrote_what (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page;
  TlmChat *chat;
  g_autofree char *text = NULL, *read = NULL;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until ((page = find_widget (fixture->window, TLM_TYPE_CHAT_PAGE, NULL)) != NULL);
  wait_until ((chat = tlm_chat_page_get_chat (TLM_CHAT_PAGE (page))) != NULL);
  tlm_chat_append (chat, tlm_message_new (1, TLM_ROLE_USER, TLM_MESSAGE_DONE, "Two and two?", NULL,
                                          NULL, 0));
  tlm_chat_append (chat, tlm_message_new (2, TLM_ROLE_ASSISTANT, TLM_MESSAGE_DONE, "Four.", NULL,
                                          "code", 1));
  text = tlm_chat_page_dup_text (TLM_CHAT_PAGE (page));
  g_assert_cmpstr (text, ==, "# New Chat\n\n## Your message\n\nTwo and two?\n\n## Answer\n\nFour.");
  read = print (fixture, text);
  g_assert_nonnull (strstr (read, "Two and two?"));
  g_assert_nonnull (strstr (strstr (read, "Answer"), "Four."));
}

static void
test_says_what_failed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GtkPrintOperation) operation = tlm_print_new ("A job", "Four.");

  gtk_print_operation_set_export_filename (operation, "/nonexistent/print.pdf");
  tlm_print_watch (operation, GTK_WIDGET (fixture->window));
  gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_EXPORT,
                           GTK_WINDOW (fixture->window), NULL);
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "error while writing") != NULL);
}

/* As in a sandbox, with no bus to ask for a printer. */
static void
test_says_that_nobody_prints (Fixture *fixture, gconstpointer data)
{
  if (!g_test_subprocess ())
    {
      g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
      g_setenv ("GTK_USE_PORTAL", "1", TRUE);
      g_setenv ("GDK_DEBUG", "portals", TRUE);
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  tlm_print (GTK_WIDGET (fixture->window), "A job", "Four.");
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "/nonexistent") != NULL
              || find_widget (fixture->window, GTK_TYPE_LABEL, "Could not connect") != NULL);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/ui/print/numbers-its-pages", Fixture, NULL, fixture_set_up, test_numbers_its_pages,
              fixture_tear_down);
  g_test_add ("/ui/print/says-who-wrote-what", Fixture, NULL, fixture_set_up,
              test_says_who_wrote_what, fixture_tear_down);
  g_test_add ("/ui/print/says-what-failed", Fixture, NULL, fixture_set_up, test_says_what_failed,
              fixture_tear_down);
  g_test_add ("/ui/print/says-that-nobody-prints", Fixture, NULL, fixture_set_up,
              test_says_that_nobody_prints, fixture_tear_down);
  return g_test_run ();
}
