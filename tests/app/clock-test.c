/* SPDX-License-Identifier: Apache-2.0 */
/* A clock that jumps by a year, back and forth: backups sort as they were made, and a list stands
 * after the next start as it stood before. The clock is GLib's, which this program has of its own;
 * what the bin makes of a jump is in notes-test.c. */
#include <time.h>

#include "core/alarm.h"
#include "notes/notes.h"
#include "store/backups.h"
#include "support.h"

#define YEAR_US (365 * G_TIME_SPAN_DAY)

static gint64 jump_us;

gint64
g_get_real_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000 + jump_us;
}

static const gint64 jumps[] = { 0, -YEAR_US, YEAR_US, 0, -YEAR_US };

typedef struct
{
  char     *folder, *path;
  TlmStore *store;
  TlmNotes *notes;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "tinylm.db", NULL);
  f->store = tlm_test_open_store (f->path);
  f->notes = tlm_notes_new (f->store);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  jump_us = 0;
  tlm_store_close (f->store);
  tlm_test_finalize (f->notes);
  tlm_test_finalize (f->store);
  g_free (f->path);
  tlm_test_remove_folder (f->folder);
}

static void
back_up (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_store_back_up_async (f->store, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_store_backup_finish (f->store, result, NULL));
}

/* The newest is listed first each time, before those that were listed until then. */
static void
backups_sort_as_they_were_made (Fixture      *f,
                                gconstpointer data)
{
  g_autoptr (GPtrArray) before = tlm_backups_list (f->path);

  for (gsize i = 0; i < G_N_ELEMENTS (jumps); i++)
    {
      GPtrArray *now;
      gint64     now_s;

      jump_us = jumps[i];
      now_s = g_get_real_time () / G_USEC_PER_SEC;
      back_up (f);
      now = tlm_backups_list (f->path);
      g_assert_cmpuint (now->len, ==, MIN (before->len + 1, TLM_BACKUPS_KEPT));
      g_assert_cmpint (((TlmBackup *) now->pdata[0])->time, >=, now_s); /* by this clock */
      for (guint j = 1; j < now->len; j++)
        g_assert_cmpstr (((TlmBackup *) now->pdata[j])->name, ==,
                         ((TlmBackup *) before->pdata[j - 1])->name);
      g_ptr_array_unref (before);
      before = now;
    }
}

static TlmNote *
create (Fixture    *f,
        const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_create_async (f->notes, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_notes_create_finish (f->notes, result, NULL);
}

static void
save (Fixture    *f,
      TlmNote    *note,
      const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_save_async (f->notes, note, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_notes_save_finish (f->notes, result, NULL));
}

/* (transfer full): all titles */
static char *
list (TlmNotes *notes)
{
  GString *titles = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (notes)); i++)
    {
      g_autoptr (TlmNote) note = g_list_model_get_item (G_LIST_MODEL (notes), i);

      g_string_append_printf (titles, "%s ", tlm_note_get_title (note));
    }
  return g_string_free (titles, FALSE);
}

static void
lists_stand_as_they_stood (Fixture      *f,
                           gconstpointer data)
{
  g_autoptr (TlmNotes)     again = NULL;
  g_autoptr (TlmNote)      first = NULL;
  g_autofree char         *before = NULL, *after = NULL;
  g_autoptr (GAsyncResult) loaded = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (jumps); i++)
    {
      g_autofree char *text = g_strdup_printf ("note %" G_GSIZE_FORMAT, i);

      jump_us = jumps[i];
      g_object_unref (create (f, text));
    }
  first = g_list_model_get_item (G_LIST_MODEL (f->notes), 0);
  save (f, first, "saved in an earlier year");
  before = list (f->notes);
  again = tlm_notes_new (f->store);
  tlm_notes_load_async (again, NULL, tlm_test_keep, &loaded);
  tlm_test_await (&loaded);
  g_assert_true (tlm_notes_load_finish (again, loaded, NULL));
  after = list (again);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, G_N_ELEMENTS (jumps));
  g_assert_cmpstr (after, ==, before);
}

/* ---- alarms, on the kernel's clocks ---- */

static gboolean
count (gpointer n)
{
  ++*(guint *) n;
  return G_SOURCE_REMOVE;
}

static void
alarms_come_when_it_is_time (Fixture      *f,
                             gconstpointer data)
{
  gint64 soon = tlm_alarm_get_time () + 20 * G_TIME_SPAN_MILLISECOND;
  guint  n = 0, n_never = 0;
  guint  never = tlm_alarm_add (soon, count, &n_never);

  g_assert_cmpuint (tlm_alarm_add (soon, count, &n), !=, 0);
  g_source_remove (never);
  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (tlm_alarm_get_time (), >=, soon);
  tlm_alarm_add (1, count, &n); /* long ago */
  tlm_alarm_add_real (g_get_real_time () - G_TIME_SPAN_DAY, count, &n);
  while (n < 3)
    g_main_context_iteration (NULL, TRUE);
  tlm_test_settle ();
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (n_never, ==, 0);
}

#define ADD(path, func) g_test_add ("/app/clock/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("backups-sort-as-they-were-made", backups_sort_as_they_were_made);
  ADD ("lists-stand-as-they-stood", lists_stand_as_they_stood);
  ADD ("alarms-come-when-it-is-time", alarms_come_when_it_is_time);
  return g_test_run ();
}
