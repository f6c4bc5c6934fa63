/* SPDX-License-Identifier: Apache-2.0 */
/* An array kept newest first, with exact items-changed signals. Looking up is linear, but from the
 * front, where the things that change are. */
#include "ordered-list.h"

void
tlm_ordered_list_init (TlmOrderedList *list,
                       GListModel     *model,
                       TlmOrderFunc    get_time,
                       TlmOrderFunc    get_id)
{
  list->model = model;
  list->items = g_ptr_array_new_with_free_func (g_object_unref);
  list->get_time = get_time;
  list->get_id = get_id;
}

void
tlm_ordered_list_clear (TlmOrderedList *list)
{
  g_clear_pointer (&list->items, g_ptr_array_unref);
}

void
tlm_ordered_list_replace (TlmOrderedList *list,
                          GPtrArray      *items)
{
  guint n_old = list->items->len;

  g_ptr_array_unref (list->items);
  list->items = items;
  g_list_model_items_changed (list->model, 0, n_old, items->len);
}

static gboolean
stands_before (TlmOrderedList *list,
               gpointer        a,
               gpointer        b)
{
  gint64 time_a = list->get_time (a), time_b = list->get_time (b);

  return time_a != time_b ? time_a > time_b : list->get_id (a) > list->get_id (b);
}

static guint
find_place (TlmOrderedList *list,
            gpointer        item)
{
  guint i = 0;

  while (i < list->items->len && stands_before (list, list->items->pdata[i], item))
    i++;
  return i;
}

void
tlm_ordered_list_insert (TlmOrderedList *list,
                         gpointer        item)
{
  guint place = find_place (list, item);

  g_ptr_array_insert (list->items, (int) place, g_object_ref (item));
  g_list_model_items_changed (list->model, place, 0, 1);
}

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      list)
{
  gpointer first = *(gpointer *) a, second = *(gpointer *) b;

  return stands_before (list, first, second) ? -1 : stands_before (list, second, first);
}

static void
add_all (GPtrArray *all,
         GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (all, g_object_ref (items->pdata[i]));
}

void
tlm_ordered_list_insert_all (TlmOrderedList *list,
                             GPtrArray      *items)
{
  GPtrArray *all;

  if (items->len == 0)
    return;
  all = g_ptr_array_new_with_free_func (g_object_unref);
  add_all (all, list->items);
  add_all (all, items);
  g_ptr_array_sort_with_data (all, compare, list);
  tlm_ordered_list_replace (list, all);
}

gboolean
tlm_ordered_list_remove (TlmOrderedList *list,
                         gpointer        item)
{
  guint place;

  if (!g_ptr_array_find (list->items, item, &place))
    return FALSE;
  g_ptr_array_remove_index (list->items, place);
  g_list_model_items_changed (list->model, place, 1, 0);
  return TRUE;
}

/* Already in its place, as a note is while one types in it, it stays there without a signal, so
 * that no row is made anew. */
void
tlm_ordered_list_move (TlmOrderedList *list,
                       gpointer        item)
{
  gpointer *items = list->items->pdata;
  guint     place;

  if (!g_ptr_array_find (list->items, item, &place))
    return;
  if ((place == 0 || stands_before (list, items[place - 1], item))
      && (place + 1 == list->items->len || stands_before (list, item, items[place + 1])))
    return;
  g_object_ref (item);
  tlm_ordered_list_remove (list, item);
  tlm_ordered_list_insert (list, item);
  g_object_unref (item);
}

gpointer
tlm_ordered_list_find (TlmOrderedList *list,
                       gint64          id)
{
  for (guint i = 0; i < list->items->len; i++)
    if (list->get_id (list->items->pdata[i]) == id)
      return list->items->pdata[i];
  return NULL;
}
