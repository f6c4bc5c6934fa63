/* SPDX-License-Identifier: Apache-2.0 */
/* A person takes a text elsewhere: what they see is what they copy, to the byte; what is private in it
 * is marked, and goes or stays as they say. */
#include "support.h"

#include "chats/handoff-page.h"

#define ASKED_BY(name, phone)                                                                       \
  "  I am " name " — call " phone ".\n\n" name " asks: مرحبا,\tshould I stop taking warfarin?  "
#define ASKED ASKED_BY ("Tobias Gruenwald", "0161 496 0000")

static GtkWidget *
show (const char *text)
{
  GtkWidget *window = gtk_window_new (), *page = tlm_handoff_page_new (text);

  gtk_window_set_default_size (GTK_WINDOW (window), 400, 600);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  wait_until (gtk_widget_get_mapped (page));
  return page;
}

static void
close_page (GtkWidget *page)
{
  gtk_window_destroy (GTK_WINDOW (gtk_widget_get_root (page)));
}

static GtkTextBuffer *
buffer_of (GtkWidget *page)
{
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (find_widget (page, GTK_TYPE_TEXT_VIEW, NULL)));
}

static void
assert_shown (GtkWidget *page, const char *text)
{
  g_autofree char *shown = NULL;

  g_object_get (buffer_of (page), "text", &shown, NULL);
  g_assert_cmpstr (shown, ==, text);
}

static void
keep_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
assert_copies (GtkWidget *page, const char *text)
{
  g_autofree char *copied = NULL;

  click (page, "_Copy");
  g_assert_nonnull (find_button (page, "Copied"));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (page), NULL, keep_cb, &copied);
  wait_until (copied != NULL);
  g_assert_cmpstr (copied, ==, text);
}

/* (transfer full): the words that are marked, each between bars */
static char *
dup_marked (GtkWidget *page)
{
  GString *marked = g_string_new ("|");
  GtkTextIter start, end;

  gtk_text_buffer_get_start_iter (buffer_of (page), &start);
  while (gtk_text_iter_forward_to_tag_toggle (&start, NULL))
    {
      g_autofree char *words = NULL;

      end = start;
      gtk_text_iter_forward_to_tag_toggle (&end, NULL);
      words = gtk_text_iter_get_text (&start, &end);
      g_string_append_printf (marked, "%s|", words);
      start = end;
    }
  return g_string_free (marked, FALSE);
}

static void
assert_marked (GtkWidget *page, const char *words)
{
  g_autofree char *marked = dup_marked (page);

  g_assert_cmpstr (marked, ==, words);
}

/* (nullable): the words are between marks that keep the order of numbers */
static GtkWidget *
row_of (GtkWidget *page, const char *words)
{
  g_autofree char *title = g_strdup_printf ("\u2068%s\u2069", words);

  return find_row (page, title);
}

static GtkWidget *
replacer_of (GtkWidget *page, const char *words)
{
  GtkWidget *row = row_of (page, words);

  g_assert_nonnull (row);
  return find_button (row, "Replace");
}

static void
assert_focused (GtkWidget *page, GtkWidget *widget)
{
  g_assert_true (gtk_root_get_focus (gtk_widget_get_root (page)) == widget);
}

static void
test_shows_and_copies_the_exact_text (void)
{
  GtkWidget *page = show (ASKED);

  assert_shown (page, ASKED);
  assert_copies (page, ASKED);
  assert_shown (page, ASKED);
  close_page (page);
}

static void
test_marks_what_is_private (void)
{
  GtkWidget *page = show (ASKED);
  AdwActionRow *row;

  assert_marked (page, "|Tobias Gruenwald|0161 496 0000|Tobias Gruenwald|");
  row = ADW_ACTION_ROW (row_of (page, "Tobias Gruenwald"));
  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, "[name]");
  g_assert_nonnull (row_of (page, "0161 496 0000"));
  g_assert_null (find_widget (page, GTK_TYPE_LABEL, "Perhaps Private"));
  close_page (page);
}

/* One goes wherever it stands, the other stays, and the keyboard goes on with it. */
static void
test_replaces_one_and_keeps_another (void)
{
  static const char left[] = ASKED_BY ("[name]", "0161 496 0000");
  GtkWidget *page = show (ASKED), *button = replacer_of (page, "Tobias Gruenwald");

  gtk_widget_grab_focus (button);
  g_signal_emit_by_name (button, "clicked");
  assert_shown (page, left);
  assert_marked (page, "|0161 496 0000|");
  g_assert_null (row_of (page, "Tobias Gruenwald"));
  assert_focused (page, replacer_of (page, "0161 496 0000"));
  assert_copies (page, left);
  g_signal_emit_by_name (replacer_of (page, "0161 496 0000"), "clicked");
  assert_marked (page, "|");
  assert_focused (page, find_button (page, "_Copy"));
  close_page (page);
}

static void
test_replaces_all_and_takes_it_back (void)
{
  static const char left[] = ASKED_BY ("[name]", "[phone number]");
  GtkWidget *page = show (ASKED);

  click (page, "Replace _All");
  assert_copies (page, left);
  g_assert_null (find_widget (page, GTK_TYPE_BUTTON, "Replace _All"));
  g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, "Rules found nothing private."));
  gtk_text_buffer_undo (buffer_of (page));
  assert_shown (page, ASKED);
  wait_until (find_widget (page, GTK_TYPE_BUTTON, "Replace _All") != NULL);
  assert_marked (page, "|Tobias Gruenwald|0161 496 0000|Tobias Gruenwald|");
  close_page (page);
}

static void
test_parts_what_is_perhaps_private (void)
{
  GtkWidget *page = show ("Who was Ada Lovelace, and did she meet Babbage?");

  g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, "Perhaps Private"));
  g_assert_null (find_widget (page, GTK_TYPE_BUTTON, "Replace _All"));
  assert_marked (page, "|Ada Lovelace|Babbage|");
  g_signal_emit_by_name (replacer_of (page, "Babbage"), "clicked");
  assert_shown (page, "Who was Ada Lovelace, and did she meet [name]?");
  assert_focused (page, replacer_of (page, "Ada Lovelace"));
  click (page, "Replace _These");
  assert_copies (page, "Who was [name], and did she meet [name]?");
  close_page (page);
}

/* A copy from before the change is not what is shown, and the button does not say so. */
static void
test_finds_what_is_typed (void)
{
  GtkWidget *page = show ("Should I stop taking my warfarin?");

  assert_marked (page, "|");
  assert_copies (page, "Should I stop taking my warfarin?");
  gtk_text_buffer_set_text (buffer_of (page), "Mail ruth@example.org", -1);
  g_assert_nonnull (find_button (page, "_Copy"));
  wait_until (row_of (page, "ruth@example.org") != NULL);
  assert_marked (page, "|ruth@example.org|");
  assert_copies (page, "Mail ruth@example.org");
  close_page (page);
}

#define ADD(name, func) g_test_add_func ("/ui/handoff-page/" name, func)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("shows-and-copies-the-exact-text", test_shows_and_copies_the_exact_text);
  ADD ("marks-what-is-private", test_marks_what_is_private);
  ADD ("replaces-one-and-keeps-another", test_replaces_one_and_keeps_another);
  ADD ("replaces-all-and-takes-it-back", test_replaces_all_and_takes_it_back);
  ADD ("parts-what-is-perhaps-private", test_parts_what_is_perhaps_private);
  ADD ("finds-what-is-typed", test_finds_what_is_typed);
  return g_test_run ();
}
