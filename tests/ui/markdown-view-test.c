/* SPDX-License-Identifier: Apache-2.0 */
/* The Markdown view while a text grows: what is the same keeps its widget. */
#include "chats/markdown-view.h"

#include "chats/code-block.h"
#include "chats/markdown-table.h"

static GtkWidget *
row_at (TlmMarkdownView *view, guint i)
{
  GtkWidget *row = gtk_widget_get_first_child (adw_bin_get_child (ADW_BIN (view)));

  while (row != NULL && i-- > 0)
    row = gtk_widget_get_next_sibling (row);
  return row;
}

/* After a quote's bar and a list's mark, where there are any. */
static GtkWidget *
content_at (TlmMarkdownView *view, guint i)
{
  GtkWidget *row = row_at (view, i);

  return GTK_IS_GRID (row) ? gtk_widget_get_last_child (row) : row;
}

static GtkLabel *
label_at (TlmMarkdownView *view, guint i)
{
  return GTK_LABEL (content_at (view, i));
}

static TlmMarkdownView *
new_view (void)
{
  return TLM_MARKDOWN_VIEW (g_object_ref_sink (tlm_markdown_view_new ()));
}

static void
test_growing_keeps_widgets (void)
{
  g_autoptr (TlmMarkdownView) view = new_view ();
  GtkWidget *first, *second;

  tlm_markdown_view_set_text (view, "# Head\n\nfirst para");
  first = row_at (view, 0);
  second = row_at (view, 1);
  gtk_label_select_region (label_at (view, 0), 0, 4);
  tlm_markdown_view_set_text (view, "# Head\n\nfirst paragraph goes on\n\nsecond");
  g_assert_true (first == row_at (view, 0));
  g_assert_true (second == row_at (view, 1));
  g_assert_cmpstr (gtk_label_get_text (label_at (view, 1)), ==, "first paragraph goes on");
  g_assert_cmpstr (gtk_label_get_text (label_at (view, 2)), ==, "second");
  g_assert_true (gtk_label_get_selection_bounds (label_at (view, 0), NULL, NULL));
}

static void
test_shrinking_drops_widgets (void)
{
  g_autoptr (TlmMarkdownView) view = new_view ();

  tlm_markdown_view_set_text (view, "a\n\nb\n\nc");
  tlm_markdown_view_set_text (view, "a");
  g_assert_nonnull (row_at (view, 0));
  g_assert_null (row_at (view, 1));
  tlm_markdown_view_set_text (view, "");
  g_assert_null (row_at (view, 0));
}

static void
test_a_change_of_kind (void)
{
  g_autoptr (TlmMarkdownView) view = new_view ();

  tlm_markdown_view_set_text (view, "``");
  tlm_markdown_view_set_text (view, "```c\nint");
  g_assert_true (TLM_IS_CODE_BLOCK (content_at (view, 0)));
  tlm_markdown_view_set_text (view, "```c\nint x;\n```\n\n---\n\nend");
  g_assert_true (GTK_IS_SEPARATOR (content_at (view, 1)));
  g_assert_cmpstr (gtk_label_get_text (label_at (view, 2)), ==, "end");
}

/* What the person typed is shown as typed. */
static void
test_plain_is_not_markdown (void)
{
  g_autoptr (TlmMarkdownView) view = new_view ();

  tlm_markdown_view_set_plain (view, "*not* <i>this</i>\n# nor this");
  g_assert_cmpstr (gtk_label_get_text (label_at (view, 0)), ==, "*not* <i>this</i>\n# nor this");
  g_assert_null (row_at (view, 1));
}

/* Under fatal warnings: Pango would complain about a single wrong byte. */
static GtkWidget *
first_cell (GtkWidget *widget)
{
  while (!GTK_IS_LABEL (widget))
    widget = gtk_widget_get_first_child (widget);
  return widget;
}

/* A cell keeps its label, and with it a selection, while rows come. */
static void
test_a_table_grows_by_its_rows (void)
{
  g_autoptr (TlmMarkdownView) view = new_view ();
  GtkWidget *head, *cell;

  tlm_markdown_view_set_text (view, "| a | b |\n|---|--:|\n| one | two |\n");
  g_assert_true (TLM_IS_MARKDOWN_TABLE (content_at (view, 0)));
  head = first_cell (content_at (view, 0));
  tlm_markdown_view_set_text (view, "| a | b |\n|---|--:|\n| one | two |\n| three");
  g_assert_true (head == first_cell (content_at (view, 0)));
  cell = gtk_widget_get_last_child (gtk_widget_get_parent (head));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (cell)), ==, "");
  cell = gtk_widget_get_prev_sibling (cell);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (cell)), ==, "three");
  tlm_markdown_view_set_text (view, "| a | b |\n|---|--:|\n");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (gtk_widget_get_last_child (
                     gtk_widget_get_parent (head)))), ==, "b");
}

static int
natural_width (GtkWidget *widget)
{
  int natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

/* Also one that was short at first. */
static void
test_long_cells_wrap (void)
{
  g_autoptr (TlmMarkdownView) view = new_view ();
  g_autofree char *words = g_strnfill (32, 'm');
  g_autofree char *more = g_strdup_printf ("| a |\n|---|\n| %s %s %s %s |", words, words, words, words);
  g_autofree char *one = g_strdup_printf ("| a |\n|---|\n| %s |", words);
  GtkWidget *cell, *grid;
  int width, height, minimum;

  tlm_markdown_view_set_text (view, one);
  cell = gtk_widget_get_last_child (gtk_widget_get_parent (first_cell (content_at (view, 0))));
  width = natural_width (cell);
  tlm_markdown_view_set_text (view, more);
  g_assert_cmpint (natural_width (cell), <=, width);
  /* As high as its cells, where the table has its own width and scrolls. */
  grid = gtk_widget_get_parent (cell);
  gtk_widget_measure (grid, GTK_ORIENTATION_VERTICAL, natural_width (grid), NULL, &height, NULL, NULL);
  gtk_widget_measure (content_at (view, 0), GTK_ORIENTATION_VERTICAL, 200, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, ==, height);
}

/* What the wheel's last controller does with a turn. */
static gboolean
turn_wheel (GtkWidget *scroller, double dx, double dy)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (scroller);
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) one = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (one)
          && gtk_event_controller_get_propagation_phase (one) != GTK_PHASE_NONE && !taken)
        g_signal_emit_by_name (one, "scroll", dx, dy, &taken);
    }
  return taken;
}

static GtkWidget *
find_scroller (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_SCROLLED_WINDOW (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_scroller (child);
  return found;
}

static void
settle (void)
{
  for (int i = 0; i < 20; i++)
    {
      g_usleep (10000);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

/* The wheel over a table or code turns the chat, and goes sideways where that moves something; over a long
 * text it turns the chat from its end on. */
static void
test_the_wheel_is_shared (void)
{
  GtkWindow *window = g_object_ref (GTK_WINDOW (gtk_window_new ()));
  TlmMarkdownView *view = new_view ();
  g_autofree char *wide = g_strnfill (400, 'x'), *long_text = g_strnfill (20000, 'x');
  g_autofree char *text = g_strdup_printf ("| %s |\n|---|\n| one |\n\n```\n%s\n```", wide, wide);

  gtk_window_set_default_size (window, 300, 300);
  gtk_window_set_child (window, GTK_WIDGET (view));
  gtk_window_present (window);
  tlm_markdown_view_set_text (view, text);
  settle ();
  g_assert_false (turn_wheel (find_scroller (content_at (view, 0)), 0, 1));
  g_assert_false (turn_wheel (find_scroller (content_at (view, 1)), 0, 1));
  g_assert_true (turn_wheel (find_scroller (content_at (view, 1)), 1, 0));
  tlm_markdown_view_set_plain (view, long_text);
  settle ();
  g_assert_false (turn_wheel (find_scroller (content_at (view, 0)), 0, -1));
  g_assert_true (turn_wheel (find_scroller (content_at (view, 0)), 0, 1));
  gtk_window_destroy (window);
  g_object_unref (window);
  g_object_unref (view);
}

/* A text that is too long for Markdown keeps its place and selection while it goes on. */
static void
test_plain_grows_at_its_end (void)
{
  g_autoptr (TlmMarkdownView) view = new_view ();
  g_autofree char *text = g_strnfill (8192, 'x'), *more = g_strconcat (text, " y\xc3\xa9", NULL);
  GtkWidget *inner;
  GtkTextBuffer *buffer;
  GtkTextIter start, end;
  g_autofree char *shown = NULL;

  tlm_markdown_view_set_plain (view, text);
  inner = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (content_at (view, 0)));
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (inner));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_select_range (buffer, &start, &end);
  tlm_markdown_view_set_plain (view, more);
  g_object_get (buffer, "text", &shown, NULL);
  g_assert_cmpstr (shown, ==, more);
  g_assert_true (gtk_text_buffer_get_has_selection (buffer));
  tlm_markdown_view_set_plain (view, text + 1);
  g_assert_cmpint (gtk_text_buffer_get_char_count (buffer), ==, 8191);
}

static void
test_broken_and_huge (void)
{
  g_autoptr (TlmMarkdownView) view = new_view ();
  g_autofree char *huge = g_strnfill (1024 * 1024, 'x');

  tlm_markdown_view_set_text (view, "a\xff\xfe *b\xc3* \xed\xa0\x80\n\n```\n\x80\n```");
  tlm_markdown_view_set_plain (view, "\xf0\x9f");
  tlm_markdown_view_set_text (view, huge);
  g_assert_nonnull (row_at (view, 0));
  tlm_markdown_view_set_plain (view, huge);
  g_assert_nonnull (row_at (view, 0));
}

/* All that is shown: what kind of widget, in what style, with what text. */
static void
describe (GtkWidget *widget, int depth, GString *out)
{
  g_auto (GStrv) classes = gtk_widget_get_css_classes (widget);
  g_autofree char *style = g_strjoinv (" ", classes);

  g_string_append_printf (out, "%*s%s (%s) +%d: ", depth, "", G_OBJECT_TYPE_NAME (widget), style,
                          gtk_widget_get_margin_start (widget));
  if (GTK_IS_LABEL (widget))
    g_string_append (out, gtk_label_get_label (GTK_LABEL (widget)));
  if (GTK_IS_TEXT_VIEW (widget))
    {
      g_autofree char *text = NULL;

      g_object_get (gtk_text_view_get_buffer (GTK_TEXT_VIEW (widget)), "text", &text, NULL);
      g_string_append (out, text);
    }
  g_string_append_c (out, '\n');
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    describe (child, depth + 1, out);
}

static char *
dup_description (TlmMarkdownView *view)
{
  GString *out = g_string_new (NULL);

  describe (GTK_WIDGET (view), 0, out);
  return g_string_free (out, FALSE);
}

/* Later lines change earlier blocks: a heading, a list that goes on, a link that is defined. */
static void
test_any_pieces_look_the_same (void)
{
  const char *text = "Head\n===\n\nSee [a].\n\n1. one\n2. two\n\n   more\n\n```c\nint x;\n\nint y;\n"
                     "```\n\n| t | u |\n|---|---|\n| 1 | 2 |\n| 3 |\n\n> q\nlazy\n\n[a]: https://a.example\n\nEnd";
  g_autoptr (TlmMarkdownView) whole = new_view ();
  g_autofree char *expected = NULL;
  gsize len = strlen (text);

  tlm_markdown_view_set_text (whole, text);
  expected = dup_description (whole);
  for (gsize step = 1; step < len; step = step * 2 + 1)
    {
      g_autoptr (TlmMarkdownView) view = new_view ();
      g_autofree char *grown = NULL;

      for (gsize n = step; n < len + step; n += step)
        {
          g_autofree char *prefix = g_strndup (text, MIN (n, len));

          tlm_markdown_view_set_text (view, prefix);
        }
      grown = dup_description (view);
      g_assert_cmpstr (grown, ==, expected);
    }
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/ui/markdown-view/growing-keeps-widgets", test_growing_keeps_widgets);
  g_test_add_func ("/ui/markdown-view/shrinking-drops-widgets", test_shrinking_drops_widgets);
  g_test_add_func ("/ui/markdown-view/a-change-of-kind", test_a_change_of_kind);
  g_test_add_func ("/ui/markdown-view/plain-is-not-markdown", test_plain_is_not_markdown);
  g_test_add_func ("/ui/markdown-view/a-table-grows-by-its-rows", test_a_table_grows_by_its_rows);
  g_test_add_func ("/ui/markdown-view/long-cells-wrap", test_long_cells_wrap);
  g_test_add_func ("/ui/markdown-view/the-wheel-is-shared", test_the_wheel_is_shared);
  g_test_add_func ("/ui/markdown-view/plain-grows-at-its-end", test_plain_grows_at_its_end);
  g_test_add_func ("/ui/markdown-view/broken-and-huge", test_broken_and_huge);
  g_test_add_func ("/ui/markdown-view/any-pieces-look-the-same", test_any_pieces_look_the_same);
  return g_test_run ();
}
