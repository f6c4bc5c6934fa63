/* SPDX-License-Identifier: Apache-2.0 */
/* What is said to a screen reader, which sees nothing appear: a failed answer, an empty search, what came of
 * adding something. */
#include "support.h"

#include "chats/chat-private.h"
#include "chats/message-row.h"
#include "compat/compat.h"
#include "notes/hit-row.h"
#include "settings/licenses-page.h"
#include "settings/models-page.h"

void __real_tlm_announce (GtkWidget *widget, const char *text);
void __wrap_tlm_announce (GtkWidget *widget, const char *text);

static char *said;

/* In place of tlm_announce(), as the linker was told. */
void
__wrap_tlm_announce (GtkWidget *widget, const char *text)
{
  if (gtk_widget_get_mapped (widget))
    {
      g_free (said);
      said = g_strdup (text);
    }
  __real_tlm_announce (widget, text);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&said, g_free);
  fixture_set_up (fixture, data);
}

static void
test_failed_answer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TlmMessage) message = tlm_message_new (1, TLM_ROLE_ASSISTANT, TLM_MESSAGE_STREAMING, "", NULL,
                                                    "", 0);
  GtkWidget *window = gtk_window_new (), *list = gtk_list_box_new ();

  gtk_list_box_append (GTK_LIST_BOX (list), tlm_message_row_new (message));
  gtk_window_set_child (GTK_WINDOW (window), list);
  gtk_window_present (GTK_WINDOW (window));
  tlm_message_finish (message, TLM_MESSAGE_FAILED, "There is no room.", 0);
  g_assert_cmpstr (said, ==, "There is no room.");
  g_clear_pointer (&said, g_free);
  gtk_list_box_append (GTK_LIST_BOX (list), tlm_message_row_new (message)); /* of another day */
  g_assert_null (said);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_empty_search (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry = find_widget (fixture->window, GTK_TYPE_SEARCH_ENTRY, NULL);

  gtk_editable_set_text (GTK_EDITABLE (entry), "unicorn");
  wait_until (said != NULL);
  g_assert_cmpstr (said, ==, "Nothing was found. Fewer or shorter words find more.");
}

static void
created_cb (GObject *source, GAsyncResult *result, gpointer note)
{
  *(TlmNote **) note = tlm_notes_create_finish (TLM_NOTES (source), result, NULL);
}

/* What changes the lists meanwhile is searched as well, of which there is nothing to tell. */
static void
test_empty_search_is_said_once (Fixture *fixture, gconstpointer data)
{
  TlmNotes *notes = tlm_services_get_notes (fixture->services);
  g_autoptr (TlmNote) note = NULL;

  test_empty_search (fixture, data);
  tlm_notes_create_async (notes, "unicorn", NULL, created_cb, &note);
  wait_until (note != NULL && find_widget (fixture->window, TLM_TYPE_HIT_ROW, NULL) != NULL);
  g_clear_pointer (&said, g_free);
  tlm_notes_trash_async (notes, note, NULL, NULL, NULL);
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "Nothing was found.") != NULL);
  g_assert_null (said);
}

/* (transfer full): that holds nothing of use */
static GFile *
new_file (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, "Nothing.", -1, NULL));
  return g_file_new_for_path (path);
}

static void
test_refused_model (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) file = new_file (fixture, "bad.gguf");
  GtkWidget *page;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-models", NULL);
  page = find_widget (fixture->window, TLM_TYPE_MODELS_PAGE, NULL);
  tlm_models_page_add_file (TLM_MODELS_PAGE (page), file);
  wait_until (said != NULL);
  g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, said));
}

static void
test_refused_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) file = new_file (fixture, "bad.key");
  GtkWidget *page;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-licenses", NULL);
  page = find_widget (fixture->window, TLM_TYPE_LICENSES_PAGE, NULL);
  tlm_licenses_page_add_file (TLM_LICENSES_PAGE (page), file);
  wait_until (said != NULL);
  g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, said));
}

#define ADD(name, func)                                                                             \
  g_test_add ("/ui/announced/" name, Fixture, NULL, set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("failed-answer", test_failed_answer);
  ADD ("empty-search", test_empty_search);
  ADD ("empty-search-is-said-once", test_empty_search_is_said_once);
  ADD ("refused-model", test_refused_model);
  ADD ("refused-key", test_refused_key);
  return g_test_run ();
}
