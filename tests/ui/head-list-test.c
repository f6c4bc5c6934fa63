/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a list: what it shows is always the beginning of the whole, and its signals say so. */
#include "common/head-list.h"

typedef struct
{
  GListStore  *all;
  TlmHeadList *head;
  GPtrArray   *seen; /* as the signals say, borrowed */
  guint        n_changes;
} Fixture;

static void
follow (Fixture *f, guint position, guint removed, guint added, GListModel *list)
{
  f->n_changes++;
  if (removed > 0)
    g_ptr_array_remove_range (f->seen, position, removed);
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (list, position + i);

      g_ptr_array_insert (f->seen, (int) (position + i), item);
    }
}

static void
splice (Fixture *f, guint position, guint removed, guint added)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < added; i++)
    g_ptr_array_add (items, g_object_new (G_TYPE_OBJECT, NULL));
  g_list_store_splice (f->all, position, removed, items->pdata, added);
}

static void
assert_follows (Fixture *f)
{
  GListModel *all = G_LIST_MODEL (f->all), *head = G_LIST_MODEL (f->head);
  guint n = MIN (g_list_model_get_n_items (all), tlm_head_list_get_size (f->head));

  g_assert_cmpuint (g_list_model_get_n_items (head), ==, n);
  g_assert_cmpuint (f->seen->len, ==, n);
  g_assert_null (g_list_model_get_item (head, n));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) whole = g_list_model_get_item (all, i), item = NULL;

      item = g_list_model_get_item (head, i);
      g_assert_true (item == whole);
      g_assert_true (f->seen->pdata[i] == whole);
    }
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->all = g_list_store_new (G_TYPE_OBJECT);
  f->head = tlm_head_list_new (G_LIST_MODEL (f->all), 4);
  f->seen = g_ptr_array_new ();
  g_signal_connect_swapped (f->head, "items-changed", G_CALLBACK (follow), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->head);
  g_object_unref (f->all);
  g_ptr_array_unref (f->seen);
}

static void
test_shows_the_beginning (Fixture *f, gconstpointer data)
{
  splice (f, 0, 0, 3);
  assert_follows (f);
  splice (f, 2, 0, 5); /* over its end */
  assert_follows (f);
  splice (f, 0, 1, 0); /* what was behind comes in */
  assert_follows (f);
  splice (f, 1, 5, 1);
  assert_follows (f);
  splice (f, 0, 3, 0);
  assert_follows (f);
}

static void
test_is_silent_about_the_rest (Fixture *f, gconstpointer data)
{
  splice (f, 0, 0, 10);
  f->n_changes = 0;
  splice (f, 4, 2, 3);
  g_assert_cmpuint (f->n_changes, ==, 0);
  assert_follows (f);
}

static void
test_grows (Fixture *f, gconstpointer data)
{
  splice (f, 0, 0, 10);
  tlm_head_list_set_size (f->head, 8);
  assert_follows (f);
  tlm_head_list_set_size (f->head, G_MAXUINT);
  assert_follows (f);
}

static void
note_change (guint *change, guint position, guint removed, guint added)
{
  change[0] = position;
  change[1] = removed;
  change[2] = added;
}

/* So that no row is made anew which did not change. */
static void
test_hands_changes_on_as_they_are (Fixture *f, gconstpointer data)
{
  guint change[3];

  splice (f, 0, 0, 10);
  tlm_head_list_set_size (f->head, G_MAXUINT);
  g_signal_connect_swapped (f->head, "items-changed", G_CALLBACK (note_change), change);
  splice (f, 0, 0, 1);
  g_assert_true (change[0] == 0 && change[1] == 0 && change[2] == 1);
  splice (f, 7, 2, 0);
  g_assert_true (change[0] == 7 && change[1] == 2 && change[2] == 0);
  assert_follows (f);
}

#define ADD(path, func) g_test_add ("/ui/head-list/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("shows-the-beginning", test_shows_the_beginning);
  ADD ("is-silent-about-the-rest", test_is_silent_about_the_rest);
  ADD ("grows", test_grows);
  ADD ("hands-changes-on-as-they-are", test_hands_changes_on_as_they_are);
  return g_test_run ();
}
