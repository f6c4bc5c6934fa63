/* SPDX-License-Identifier: Apache-2.0 */
/* An array kept newest first, with exact items-changed signals. Looking up is linear, but from the
 * front, where the things that change are. */
#include "ordered-list.h"

#define FEW 8 /* new rows in one merge that are told of one by one */

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

static GHashTable *
index_items (TlmOrderedList *list,
             GPtrArray      *items)
{
  GHashTable *index = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < items->len; i++)
    {
      gint64 id = list->get_id (items->pdata[i]);

      g_hash_table_insert (index, g_memdup2 (&id, sizeof id), items->pdata[i]);
    }
  return index;
}

static gpointer
look_up (TlmOrderedList *list,
         GHashTable     *index,
         gpointer        item)
{
  gint64 id = list->get_id (item);

  return g_hash_table_lookup (index, &id);
}

static void
take_gone (TlmOrderedList *list,
           GPtrArray      *fresh,
           TlmGoneFunc     gone,
           gpointer        data)
{
  g_autoptr (GHashTable) index = index_items (list, fresh);
  g_autoptr (GPtrArray)  left = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < list->items->len; i++)
    if (look_up (list, index, list->items->pdata[i]) == NULL)
      g_ptr_array_add (left, g_object_ref (list->items->pdata[i]));
  for (guint i = 0; i < left->len; i++)
    {
      tlm_ordered_list_remove (list, left->pdata[i]);
      if (gone != NULL)
        gone (left->pdata[i], data);
    }
}

/* A few come one by one, so that the rows of the others stay. */
static void
insert_added (TlmOrderedList *list,
              GPtrArray      *added)
{
  if (added->len > FEW)
    tlm_ordered_list_insert_all (list, added);
  else
    for (guint i = 0; i < added->len; i++)
      tlm_ordered_list_insert (list, added->pdata[i]);
}

/* Of those whose time went back, as the clock may, some stood before others that had yet to move. */
static void
put_in_order (TlmOrderedList *list)
{
  GPtrArray *all;
  guint      i = 1;

  while (i < list->items->len && stands_before (list, list->items->pdata[i - 1], list->items->pdata[i]))
    i++;
  if (i >= list->items->len)
    return;
  all = g_ptr_array_new_with_free_func (g_object_unref);
  add_all (all, list->items);
  g_ptr_array_sort_with_data (all, compare, list);
  tlm_ordered_list_replace (list, all);
}

void
tlm_ordered_list_merge (TlmOrderedList *list,
                        GPtrArray      *fresh,
                        TlmTakeFunc     take,
                        TlmGoneFunc     gone,
                        gpointer        data)
{
  g_autoptr (GHashTable) index = index_items (list, list->items);
  g_autoptr (GPtrArray)  added = g_ptr_array_new ();

  take_gone (list, fresh, gone, data);
  for (guint i = 0; i < fresh->len; i++)
    {
      gpointer item = look_up (list, index, fresh->pdata[i]);
      gint64   before = item != NULL ? list->get_time (item) : 0;

      if (item == NULL)
        {
          g_ptr_array_add (added, fresh->pdata[i]);
          continue;
        }
      take (item, fresh->pdata[i], data);
      if (list->get_time (item) != before)
        tlm_ordered_list_move (list, item);
    }
  put_in_order (list);
  insert_added (list, added);
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
