/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of what a search found, which may be found anew while the keyboard is in them. */
#include "hit-list.h"

#include "hit-row.h"

static TlmSearchHit *
get_hit (GtkListBox *list, int i)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, i);

  return row != NULL ? tlm_hit_row_get_hit (TLM_HIT_ROW (row)) : NULL;
}

static gboolean
is_of_same (TlmSearchHit *a, TlmSearchHit *b)
{
  return tlm_search_hit_get_kind (a) == tlm_search_hit_get_kind (b)
         && tlm_search_hit_get_id (a) == tlm_search_hit_get_id (b);
}

static gboolean
are_shown (GtkListBox *list, GListModel *hits)
{
  guint n = g_list_model_get_n_items (hits);
  gboolean same = get_hit (list, (int) n) == NULL;

  for (guint i = 0; same && i < n; i++)
    {
      g_autoptr (TlmSearchHit) hit = g_list_model_get_item (hits, i);
      TlmSearchHit *shown = get_hit (list, (int) i);

      same = shown != NULL && is_of_same (shown, hit)
             && tlm_search_hit_get_message_id (shown) == tlm_search_hit_get_message_id (hit)
             && g_strcmp0 (tlm_search_hit_get_title (shown), tlm_search_hit_get_title (hit)) == 0
             && g_strcmp0 (tlm_search_hit_get_snippet (shown), tlm_search_hit_get_snippet (hit)) == 0;
    }
  return same;
}

static GtkWidget *
create_cb (gpointer item, gpointer user_data)
{
  return tlm_hit_row_new (TLM_SEARCH_HIT (item));
}

/* (nullable): the one that has the keyboard */
static GtkListBoxRow *
get_focused (GtkListBox *list)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (list));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (list)))
    return NULL;
  if (!TLM_IS_HIT_ROW (focus))
    focus = gtk_widget_get_ancestor (focus, TLM_TYPE_HIT_ROW);
  return GTK_LIST_BOX_ROW (focus);
}

/* Where @hit is gone, the one in its place, @index, has the keyboard. */
static gboolean
focus_hit (GtkListBox *list, TlmSearchHit *hit, int index)
{
  TlmSearchHit *other;
  int i = 0;

  while ((other = get_hit (list, i)) != NULL && !is_of_same (other, hit))
    i++;
  if (other == NULL && i > 0)
    i = MIN (index, i - 1);
  return get_hit (list, i) != NULL
         && gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (list, i)));
}

/**
 * tlm_hit_list_show:
 * @list: whose rows, if any, are hits
 * @hits: of TlmSearchHit
 *
 * Where they are those that are shown, nothing changes. The keyboard stays at the hit that has it.
 *
 * Returns: FALSE where it was in the list and nothing there can take it
 */
gboolean
tlm_hit_list_show (GtkListBox *list, GListModel *hits)
{
  GtkListBoxRow *row = get_focused (list);
  g_autoptr (TlmSearchHit) hit = NULL;
  int index = 0;

  if (are_shown (list, hits))
    return row == NULL || gtk_widget_get_mapped (GTK_WIDGET (row));
  if (row != NULL)
    {
      hit = g_object_ref (tlm_hit_row_get_hit (TLM_HIT_ROW (row)));
      index = gtk_list_box_row_get_index (row);
    }
  gtk_list_box_bind_model (list, hits, create_cb, NULL, NULL);
  return hit == NULL || focus_hit (list, hit, index);
}
