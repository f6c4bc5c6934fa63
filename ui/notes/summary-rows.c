/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of sentences. A row whose sentence is still there stays, with the focus that it may have; only
 * rows of other sentences come and go. */
#include "summary-rows.h"

#include "span-row.h"

/* The row of @words at @position or behind it; NULL for none. */
static TlmSpanRow *
find_row (GtkListBox *list, int position, const char *words)
{
  GtkListBoxRow *row;

  for (; (row = gtk_list_box_get_row_at_index (list, position)) != NULL; position++)
    if (g_str_equal (tlm_span_row_get_text (TLM_SPAN_ROW (row)), words))
      return TLM_SPAN_ROW (row);
  return NULL;
}

/* The row at @position is then one for @span: an old one, behind those that are gone, or a new one. */
static TlmSpanRow *
take_row (GtkListBox *list, int position, TlmSummary *summary, const TlmSpan *span)
{
  g_autofree char *words = tlm_summary_dup_shown (summary, span);
  TlmSpanRow *row = find_row (list, position, words);

  if (row == NULL)
    {
      row = g_object_new (TLM_TYPE_SPAN_ROW, NULL);
      gtk_list_box_insert (list, GTK_WIDGET (row), position);
      return row;
    }
  while (gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) > position)
    gtk_list_box_remove (list, GTK_WIDGET (gtk_list_box_get_row_at_index (list, position)));
  return row;
}

static void
drop_rows (GtkListBox *list, int from)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, from)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

/**
 * tlm_summary_rows_show_keypoints:
 * @list: of TlmSpanRow alone
 */
void
tlm_summary_rows_show_keypoints (GtkListBox *list, TlmSummary *summary)
{
  gsize n;
  const TlmSpan *keys = tlm_summary_get_keypoints (summary, &n);

  for (gsize i = 0; i < n; i++)
    tlm_span_row_show_keypoint (take_row (list, (int) i, summary, &keys[i]), summary, &keys[i]);
  drop_rows (list, (int) n);
}

/**
 * tlm_summary_rows_show_actions:
 * @list: of TlmSpanRow alone
 * @max: so many rows at most
 */
void
tlm_summary_rows_show_actions (GtkListBox *list, TlmSummary *summary, gsize max)
{
  gsize n;
  const TlmAction *actions = tlm_summary_get_actions (summary, &n);

  n = MIN (n, max);
  for (gsize i = 0; i < n; i++)
    tlm_span_row_show_action (take_row (list, (int) i, summary, &actions[i].sentence), summary,
                              &actions[i]);
  drop_rows (list, (int) n);
}
