/* SPDX-License-Identifier: Apache-2.0 */
/* The summary pane's states, over summaries that the test writes itself. */
#include "notes/summary-pane.h"

#include "notes/span-row.h"
#include "notes/summary-private.h"
#include "notes/summary-text.h"

#define NOTE "Plan\nWe ship on Monday. Ann buys cake by noon. It rained.\n"

static TlmSpan
span_of (const char *words, TlmConfidence confidence)
{
  const char *at = strstr (NOTE, words);

  g_assert_nonnull (at);
  return (TlmSpan){ (gsize) (at - NOTE), (gsize) (at - NOTE) + strlen (words), 0.5f, confidence };
}

static void
append_found (TlmSummaryParts *parts, const char *skill, const char *words)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (TlmSpan));
  TlmSpan span = span_of (words, TLM_CONFIDENCE_HIGH);

  tlm_summary_parts_add_found (parts, skill, g_array_append_val (spans, span));
}

static void
append_unit (TlmSummaryParts *parts, const char *words, TlmUnitUse use)
{
  TlmSpan span = span_of (words, TLM_CONFIDENCE_LOW);

  g_array_append_val (parts->units, span);
  g_array_append_val (parts->uses, use);
}

static TlmSummary *
new_summary (const char *keypoint, gboolean fallback)
{
  TlmSummaryParts parts = { .text = g_strdup (NOTE), .is_fallback = fallback, .is_english = TRUE };
  TlmAction action = { .sentence = span_of ("Ann buys cake by noon.", TLM_CONFIDENCE_HIGH),
                       .owner = span_of ("Ann", TLM_CONFIDENCE_HIGH),
                       .due = span_of ("by noon", TLM_CONFIDENCE_HIGH) };

  append_found (&parts, "title", "Plan");
  append_found (&parts, "keypoints", keypoint);
  append_found (&parts, "tags", "cake");
  parts.actions = g_array_new (FALSE, FALSE, sizeof (TlmAction));
  parts.units = g_array_new (FALSE, FALSE, sizeof (TlmSpan));
  parts.uses = g_array_new (FALSE, FALSE, sizeof (TlmUnitUse));
  g_array_append_val (parts.actions, action);
  append_unit (&parts, "Plan", TLM_UNIT_SKIPPED);
  append_unit (&parts, "We ship on Monday.", TLM_UNIT_READ);
  append_unit (&parts, "Ann buys cake by noon.", TLM_UNIT_USED);
  append_unit (&parts, "It rained.", TLM_UNIT_READ);
  parts.model_name = g_strdup ("eeny");
  parts.model_sha256 = g_strdup ("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
  parts.total_ms = 12;
  return tlm_summary_new (&parts);
}

static gboolean
shows (GtkWidget *widget, const char *text)
{
  if (!gtk_widget_get_visible (widget))
    return FALSE;
  if (GTK_IS_STACK (widget))
    return shows (gtk_stack_get_visible_child (GTK_STACK (widget)), text);
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (shows (child, text))
      return TRUE;
  return FALSE;
}

static GtkWidget *
find_row (GtkWidget *widget)
{
  GtkWidget *found = TLM_IS_SPAN_ROW (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_row (child);
  return found;
}

static GtkWidget *
find_row_of (GtkWidget *widget, const char *words)
{
  GtkWidget *found = NULL;

  if (TLM_IS_SPAN_ROW (widget)
      && g_str_equal (tlm_span_row_get_text (TLM_SPAN_ROW (widget)), words))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_row_of (child, words);
  return found;
}

static GtkWidget *
find_button (GtkWidget *widget, const char *label)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_button (child, label);
  return found;
}

static GtkWidget *
new_pane (void)
{
  return g_object_ref_sink (g_object_new (TLM_TYPE_SUMMARY_PANE, NULL));
}

static void
test_states (void)
{
  g_autoptr (GtkWidget) pane = new_pane ();
  g_autoptr (TlmSummary) summary = new_summary ("We ship on Monday.", FALSE);

  tlm_summary_pane_set_empty (TLM_SUMMARY_PANE (pane));
  g_assert_true (shows (pane, "No Text Yet"));
  tlm_summary_pane_set_working (TLM_SUMMARY_PANE (pane), TRUE);
  g_assert_true (shows (pane, "Reading the note"));
  tlm_summary_pane_set_error (TLM_SUMMARY_PANE (pane), "It is <binary> & so on.");
  g_assert_true (shows (pane, "It is <binary> & so on."));
  tlm_summary_pane_set_summary (TLM_SUMMARY_PANE (pane), summary);
  g_assert_true (shows (pane, "We ship on Monday."));
  g_assert_true (shows (pane, "Strong"));
  g_assert_true (shows (pane, "Ann"));
  g_assert_true (shows (pane, "by noon"));
  g_assert_true (shows (pane, "Chosen by eeny (0123456789ab) in 12 ms"));
  g_assert_false (shows (pane, "Nothing stands out"));
}

/* A new summary on its way does not take the old one from the reader. */
static void
test_working_keeps_the_old (void)
{
  g_autoptr (GtkWidget) pane = new_pane ();
  g_autoptr (TlmSummary) summary = new_summary ("We ship on Monday.", FALSE);

  tlm_summary_pane_set_summary (TLM_SUMMARY_PANE (pane), summary);
  tlm_summary_pane_set_working (TLM_SUMMARY_PANE (pane), TRUE);
  g_assert_true (shows (pane, "We ship on Monday."));
}

static void
test_says_when_nothing_stands_out (void)
{
  g_autoptr (GtkWidget) pane = new_pane ();
  g_autoptr (TlmSummary) summary = new_summary ("It rained.", TRUE);

  tlm_summary_pane_set_summary (TLM_SUMMARY_PANE (pane), summary);
  g_assert_true (shows (pane, "Longest Sentences"));
  g_assert_true (shows (pane, "Nothing stands out"));
  g_assert_false (shows (pane, "Strong"));
}

static void
test_says_how_much_was_read (void)
{
  g_autoptr (GtkWidget) pane = new_pane ();
  g_autoptr (TlmSummary) summary = new_summary ("It rained.", FALSE);

  tlm_summary_pane_set_summary (TLM_SUMMARY_PANE (pane), summary);
  g_assert_true (shows (pane, "The whole note was read: 4 lines and sentences."));
  g_assert_true (shows (pane, "1 of them"));
}

static void
keep_span_cb (TlmSummaryPane *pane, guint64 start, guint64 end, TlmSpan *kept)
{
  kept->start = start;
  kept->end = end;
}

static void
test_a_row_gives_its_place (void)
{
  g_autoptr (GtkWidget) pane = new_pane ();
  g_autoptr (TlmSummary) summary = new_summary ("We ship on Monday.", FALSE);
  TlmSpan wanted = span_of ("We ship on Monday.", TLM_CONFIDENCE_HIGH), kept = { 0 };
  GtkWidget *row;

  g_signal_connect (pane, "span-activated", G_CALLBACK (keep_span_cb), &kept);
  tlm_summary_pane_set_summary (TLM_SUMMARY_PANE (pane), summary);
  row = find_row (pane);
  g_signal_emit_by_name (gtk_widget_get_parent (row), "row-activated", row);
  g_assert_cmpuint (kept.start, ==, wanted.start);
  g_assert_cmpuint (kept.end, ==, wanted.end);
}

/* While the keyboard is in the pane, other words wait for the person's own act. */
static void
test_nothing_moves_under_the_reader (void)
{
  GtkWidget *window = gtk_window_new (), *pane = g_object_new (TLM_TYPE_SUMMARY_PANE, NULL);
  g_autoptr (TlmSummary) first = new_summary ("We ship on Monday.", FALSE);
  g_autoptr (TlmSummary) second = new_summary ("It rained.", FALSE);

  gtk_window_set_child (GTK_WINDOW (window), pane);
  gtk_window_present (GTK_WINDOW (window));
  tlm_summary_pane_set_summary (TLM_SUMMARY_PANE (pane), first);
  gtk_test_widget_wait_for_draw (window);
  g_assert_true (gtk_widget_grab_focus (find_row (pane)));
  tlm_summary_pane_set_summary (TLM_SUMMARY_PANE (pane), second);
  g_assert_true (shows (pane, "We ship on Monday."));
  g_assert_true (shows (pane, "Show Update"));
  g_signal_emit_by_name (find_button (pane, "Show Update"), "clicked");
  g_assert_true (shows (pane, "It rained."));
  g_assert_false (shows (pane, "Show Update"));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A row whose sentence is still there is the same row, wherever it stands now. */
static void
test_rows_stay (void)
{
  g_autoptr (GtkWidget) pane = new_pane ();
  g_autoptr (TlmSummary) first = new_summary ("We ship on Monday.", FALSE);
  g_autoptr (TlmSummary) second = new_summary ("It rained.", FALSE);
  GtkWidget *action;

  tlm_summary_pane_set_summary (TLM_SUMMARY_PANE (pane), first);
  action = find_row_of (pane, "Ann buys cake by noon.");
  tlm_summary_pane_set_summary (TLM_SUMMARY_PANE (pane), second);
  g_assert_true (find_row_of (pane, "Ann buys cake by noon.") == action);
  g_assert_null (find_row_of (pane, "We ship on Monday."));
}

/* The sentence stays above what a model made of it. */
static void
test_rewording_shows_both (void)
{
  g_autoptr (GtkWidget) pane = new_pane ();
  g_autoptr (TlmSummary) summary = new_summary ("We ship on Monday.", FALSE);

  tlm_summary_pane_set_summary (TLM_SUMMARY_PANE (pane), summary);
  g_assert_false (shows (pane, "In Fewer Words"));
  tlm_summary_pane_set_reword_model (TLM_SUMMARY_PANE (pane), "big.gguf");
  g_assert_true (shows (pane, "In Fewer Words"));
  tlm_summary_pane_set_rewording (TLM_SUMMARY_PANE (pane), 0, "Ships Monday.");
  g_assert_true (shows (pane, "We ship on Monday."));
  g_assert_true (shows (pane, "Ships Monday."));
  g_assert_true (shows (pane, "big.gguf"));
  tlm_summary_pane_set_rewording (TLM_SUMMARY_PANE (pane), 0, NULL);
  g_assert_false (shows (pane, "Ships Monday."));
  g_assert_true (shows (pane, "big.gguf found no shorter words"));
  tlm_summary_pane_clear_rewordings (TLM_SUMMARY_PANE (pane));
  g_assert_false (shows (pane, "big.gguf"));
  g_assert_true (shows (pane, "We ship on Monday."));
}

static guint
count_rows (GtkWidget *widget)
{
  guint n = TLM_IS_SPAN_ROW (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_rows (child);
  return n;
}

static void
test_unread_script_is_said (void)
{
  g_autoptr (GtkWidget) pane = new_pane ();
  TlmSummaryParts parts = { .text = g_strdup (NOTE), .is_of_unknown_script = TRUE };
  g_autoptr (TlmSummary) summary = NULL;

  append_found (&parts, "keypoints", "It rained.");
  parts.model_name = g_strdup ("eeny");
  parts.model_sha256 = g_strdup ("0123456789abcdef");
  summary = tlm_summary_new (&parts);
  tlm_summary_pane_set_summary (TLM_SUMMARY_PANE (pane), summary);
  g_assert_true (shows (pane, "never learned to read this script"));
}

static TlmSummary *
new_summary_of_actions (guint n)
{
  TlmSummaryParts parts = { .text = g_strdup (NOTE), .is_english = TRUE };
  TlmAction action = { .sentence = span_of ("Ann buys cake by noon.", TLM_CONFIDENCE_HIGH) };

  parts.actions = g_array_new (FALSE, FALSE, sizeof (TlmAction));
  for (guint i = 0; i < n; i++)
    g_array_append_val (parts.actions, action);
  parts.model_name = g_strdup ("eeny");
  parts.model_sha256 = g_strdup ("0123456789abcdef");
  return tlm_summary_new (&parts);
}

/* Thousands of rows at once would hold the window up. */
static void
test_many_actions_come_bit_by_bit (void)
{
  g_autoptr (GtkWidget) pane = new_pane ();
  g_autoptr (TlmSummary) summary = new_summary_of_actions (120);

  tlm_summary_pane_set_summary (TLM_SUMMARY_PANE (pane), summary);
  g_assert_cmpuint (count_rows (pane), ==, 50);
  g_signal_emit_by_name (find_button (pane, "Show More (70 Left)"), "clicked");
  g_assert_cmpuint (count_rows (pane), ==, 100);
  g_signal_emit_by_name (find_button (pane, "Show More (20 Left)"), "clicked");
  g_assert_cmpuint (count_rows (pane), ==, 120);
  g_assert_false (gtk_widget_get_visible (find_button (pane, "Show More (0 Left)")));
}

static void
test_markdown (void)
{
  g_autoptr (TlmSummary) summary = new_summary ("We ship on Monday.", FALSE);
  g_autofree char *text = tlm_summary_text_dup_markdown (summary);

  g_assert_cmpstr (text, ==,
                   "# Plan\n\n## Key points\n\n- We ship on Monday.\n\n## Action items\n\n"
                   "- [ ] Ann buys cake by noon.\n\n## Tags\n\n- cake\n");
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/ui/summary-pane/states", test_states);
  g_test_add_func ("/ui/summary-pane/working-keeps-the-old", test_working_keeps_the_old);
  g_test_add_func ("/ui/summary-pane/nothing-stands-out", test_says_when_nothing_stands_out);
  g_test_add_func ("/ui/summary-pane/how-much-was-read", test_says_how_much_was_read);
  g_test_add_func ("/ui/summary-pane/a-row-gives-its-place", test_a_row_gives_its_place);
  g_test_add_func ("/ui/summary-pane/nothing-moves", test_nothing_moves_under_the_reader);
  g_test_add_func ("/ui/summary-pane/rows-stay", test_rows_stay);
  g_test_add_func ("/ui/summary-pane/rewording-shows-both", test_rewording_shows_both);
  g_test_add_func ("/ui/summary-pane/many-actions", test_many_actions_come_bit_by_bit);
  g_test_add_func ("/ui/summary-pane/unread-script-is-said", test_unread_script_is_said);
  g_test_add_func ("/ui/summary-pane/markdown", test_markdown);
  return g_test_run ();
}
