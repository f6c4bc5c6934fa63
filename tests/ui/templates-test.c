/* SPDX-License-Identifier: Apache-2.0 */
/* Every template builds, is drawn and goes away under fatal warnings. */
#include "notes/ask-bar.h"
#include "settings/bin-page.h"
#include "settings/bin-row.h"
#include "chats/chat-page.h"
#include "chats/chat-settings-page.h"
#include "chats/code-block.h"
#include "compat/compat.h"
#include "chats/composer.h"
#include "notes/coverage-strip.h"
#include "specialists/examples-columns.h"
#include "specialists/examples-editor.h"
#include "specialists/examples-page.h"
#include "specialists/examples-row.h"
#include "notes/find-bar.h"
#include "chats/handoff-page.h"
#include "settings/help-page.h"
#include "notes/hit-row.h"
#include "common/item-list.h"
#include "common/item-row.h"
#include "settings/licenses-page.h"
#include "chats/markdown-view.h"
#include "chats/message-editor.h"
#include "chats/message-failure.h"
#include "chats/message-row.h"
#include "chats/message-versions.h"
#include "settings/models-page.h"
#include "notes/note-page.h"
#include "common/page.h"
#include "settings/preferences.h"
#include "settings/privacy-page.h"
#include "sidebar.h"
#include "notes/span-row.h"
#include "specialists/specialist-page.h"
#include "specialists/specialist-run-view.h"
#include "specialists/specialist-setup.h"
#include "specialists/specialist-verdict.h"
#include "specialists/specialist-vote.h"
#include "specialists/specialists-page.h"
#include "notes/summary-pane.h"
#include "notes/summary-receipt.h"
#include "specialists/teach-page.h"
#include "notes/todo-page.h"
#include "notes/todo-row.h"

static void
test_builds (gconstpointer data)
{
  GType (*get_type) (void) = data;
  GtkWidget *window = gtk_window_new (), *widget = g_object_new (get_type (), NULL);

  if (GTK_IS_LIST_BOX_ROW (widget))
    {
      GtkWidget *list = gtk_list_box_new ();

      gtk_list_box_append (GTK_LIST_BOX (list), widget);
      widget = list;
    }
  /* AdwFlap of libadwaita 1.2 allocates its separator by chance while it has no children. */
  if (TLM_IS_SIDE_PANE (widget))
    g_object_set (widget, "content", gtk_label_new (NULL), "pane", gtk_label_new (NULL), NULL);
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  gtk_window_destroy (GTK_WINDOW (window));
}

static int
min_width (GtkWidget *widget)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

static int
min_height (GtkWidget *widget, int width)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, &minimum, NULL, NULL, NULL);
  return minimum;
}

/* Two lines where it is narrow, one from the width that it asks for on: GTK 4.24 warns otherwise. */
static void
test_asks_for_its_columns (void)
{
  GtkWidget *columns = g_object_ref_sink (g_object_new (TLM_TYPE_EXAMPLES_COLUMNS, NULL));
  int natural;

  tlm_examples_columns_set (TLM_EXAMPLES_COLUMNS (columns), gtk_label_new ("a"), gtk_label_new ("b"));
  gtk_widget_measure (columns, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  g_assert_cmpint (min_height (columns, natural), ==, min_height (columns, 1000));
  g_assert_cmpint (min_height (columns, min_width (columns)), >, min_height (columns, 1000));
  g_object_unref (columns);
}

static void
test_shortcuts (void)
{
  GtkWidget *window = g_object_new (ADW_TYPE_APPLICATION_WINDOW, NULL);
  GListModel *windows = gtk_window_get_toplevels ();
  guint n_before = g_list_model_get_n_items (windows);

  gtk_window_set_default_size (GTK_WINDOW (window), 800, 600);
  gtk_window_present (GTK_WINDOW (window));
  tlm_present_shortcuts (window);
  gtk_test_widget_wait_for_draw (window);
#if ADW_CHECK_VERSION(1, 5, 0)
  AdwDialog *dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window));

  g_assert_cmpuint (g_list_model_get_n_items (windows), ==, n_before);
  g_assert_nonnull (dialog);
  g_assert_cmpint (min_width (GTK_WIDGET (dialog)), <=, 360);
#else
  GtkWidget *dialog = g_list_model_get_item (windows, n_before);

  g_assert_cmpuint (g_list_model_get_n_items (windows), ==, n_before + 1);
  g_assert_cmpint (min_width (gtk_widget_get_first_child (dialog)), <=, 360); /* without its border */
  g_object_unref (dialog);
#endif
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; GType (*get_type) (void); } types[] = {
    { "ask-bar", tlm_ask_bar_get_type },
    { "bin-page", tlm_bin_page_get_type },
    { "bin-row", tlm_bin_row_get_type },
    { "chat-page", tlm_chat_page_get_type },
    { "chat-settings-page", tlm_chat_settings_page_get_type },
    { "code-block", tlm_code_block_get_type },
    { "composer", tlm_composer_get_type },
    { "coverage-strip", tlm_coverage_strip_get_type },
    { "examples-editor", tlm_examples_editor_get_type },
    { "examples-page", tlm_examples_page_get_type },
    { "examples-row", tlm_examples_row_get_type },
    { "find-bar", tlm_find_bar_get_type },
    { "handoff-page", tlm_handoff_page_get_type },
    { "teach-page", tlm_teach_page_get_type },
    { "help-page", tlm_help_page_get_type },
    { "hit-row", tlm_hit_row_get_type },
    { "item-list", tlm_item_list_get_type },
    { "item-row", tlm_item_row_get_type },
    { "licenses-page", tlm_licenses_page_get_type },
    { "models-page", tlm_models_page_get_type },
    { "markdown-view", tlm_markdown_view_get_type },
    { "message-editor", tlm_message_editor_get_type },
    { "message-failure", tlm_message_failure_get_type },
    { "message-row", tlm_message_row_get_type },
    { "message-versions", tlm_message_versions_get_type },
    { "note-page", tlm_note_page_get_type },
    { "page", tlm_page_get_type },
    { "preferences", tlm_preferences_get_type },
    { "privacy-page", tlm_privacy_page_get_type },
    { "side-pane", tlm_side_pane_get_type },
    { "sidebar", tlm_sidebar_get_type },
    { "span-row", tlm_span_row_get_type },
    { "specialist-page", tlm_specialist_page_get_type },
    { "specialist-run-view", tlm_specialist_run_view_get_type },
    { "specialist-setup", tlm_specialist_setup_get_type },
    { "specialist-verdict", tlm_specialist_verdict_get_type },
    { "specialist-vote", tlm_specialist_vote_get_type },
    { "specialists-page", tlm_specialists_page_get_type },
    { "split-view", tlm_split_view_get_type },
    { "summary-pane", tlm_summary_pane_get_type },
    { "summary-receipt", tlm_summary_receipt_get_type },
    { "todo-page", tlm_todo_page_get_type },
    { "todo-row", tlm_todo_row_get_type },
    { "toolbar-view", tlm_toolbar_view_get_type },
  };

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ui/templates/%s", types[i].name);

      g_test_add_data_func (path, types[i].get_type, test_builds);
    }
  g_test_add_func ("/ui/templates/asks-for-its-columns", test_asks_for_its_columns);
  g_test_add_func ("/ui/templates/shortcuts", test_shortcuts);
  return g_test_run ();
}
