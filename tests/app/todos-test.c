/* SPDX-License-Identifier: Apache-2.0 */
/* The action items of all notes: read once a change, kept with their ticks, gone with their notes. */
#include <string.h>

#include "notes/notes.h"
#include "support.h"
#include "notes/todos.h"

#define PLAN                                                                                       \
  "---\ndate: 2026-05-04\n---\n# Plan\n\n- [ ] Ann calls the fitter by 8 May 2026\n"               \
  "- [ ] Bob paints the fence\n- [x] Order flour\n"

typedef struct
{
  char             *folder, *path, *reader;
  TlmStore         *store;
  TlmEngineService *engine;
  TlmNotes         *notes;
  TlmTodos         *todos;
} Fixture;

static void
open_all (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;

  f->store = tlm_test_open_store (f->path);
  f->engine = tlm_engine_service_new (f->reader);
  f->notes = tlm_notes_new (f->store);
  f->todos = tlm_todos_new (f->store, f->engine);
  tlm_notes_load_async (f->notes, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_notes_load_finish (f->notes, result, NULL));
}

static void
close_all (Fixture *f)
{
  tlm_engine_service_shutdown (f->engine);
  tlm_store_close (f->store);
  g_clear_object (&f->todos);
  g_clear_object (&f->notes);
  g_clear_object (&f->engine);
  g_clear_object (&f->store);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->reader = tlm_test_find_reader ();
  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "tinylm.db", NULL);
  open_all (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  close_all (f);
  g_free (f->path);
  g_free (f->reader);
  tlm_test_remove_folder (f->folder);
}

static TlmNote *
add_note (Fixture *f, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_create_async (f->notes, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_notes_create_finish (f->notes, result, NULL);
}

static void
refresh (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;

  tlm_todos_refresh_async (f->todos, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  tlm_todos_refresh_finish (f->todos, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tlm_todos_get_n_left (f->todos), ==, 0);
}

static guint
count (Fixture *f)
{
  return g_list_model_get_n_items (tlm_todos_get_list (f->todos));
}

/* (transfer full) */
static TlmTodo *
get (Fixture *f, const char *words)
{
  for (guint i = 0; i < count (f); i++)
    {
      g_autoptr (TlmTodo) todo = g_list_model_get_item (tlm_todos_get_list (f->todos), i);

      if (strstr (tlm_todo_get_text (todo), words) != NULL)
        return g_steal_pointer (&todo);
    }
  g_error ("no item has “%s”", words);
}

static void
tick (Fixture *f, const char *words)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TlmTodo)      todo = get (f, words);

  tlm_todos_set_done_async (f->todos, todo, TRUE, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_todos_set_done_finish (f->todos, result, NULL));
  g_assert_true (tlm_todo_get_done (todo));
}

static void
save (Fixture *f, TlmNote *note, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_save_async (f->notes, note, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_notes_save_finish (f->notes, result, NULL));
}

static void
gathers_by_due_day (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmNote) plan = NULL, other = NULL, empty = NULL;
  g_autoptr (TlmTodo) first = NULL;

  if (f->reader == NULL)
    return;
  plan = add_note (f, PLAN);
  other = add_note (f, "# Shed\n\n- [ ] Eve mends the shed by 1 May 2026\n");
  empty = add_note (f, "");
  refresh (f);
  g_assert_cmpuint (count (f), ==, 3);
  first = g_list_model_get_item (tlm_todos_get_list (f->todos), 0);
  g_assert_cmpstr (tlm_todo_get_text (first), ==, "Eve mends the shed by 1 May 2026");
  g_assert_cmpstr (tlm_todo_get_note_title (first), ==, "Shed");
  g_assert_cmpint (tlm_todo_get_note_id (first), ==, tlm_note_get_id (other));
  g_assert_cmpint (tlm_todo_get_due (first)->last.day, ==, 1);
}

static void
keeps_ticks_and_never_writes (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmNote) plan = NULL;
  g_autoptr (TlmTodo) again = NULL;
  g_autofree char    *text = NULL;

  if (f->reader == NULL)
    return;
  plan = add_note (f, PLAN);
  refresh (f);
  tick (f, "Bob");
  close_all (f);
  text = tlm_test_query (f->path, "SELECT text FROM notes");
  g_assert_cmpstr (text, ==, PLAN);
  open_all (f);
  refresh (f);
  again = get (f, "Bob");
  g_assert_true (tlm_todo_get_done (again));
}

/* An edit elsewhere in the note keeps the tick; so does a sentence that goes and comes back. */
static void
follows_the_note (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmNote) plan = NULL;
  g_autoptr (TlmTodo) bob = NULL;

  if (f->reader == NULL)
    return;
  plan = add_note (f, PLAN);
  refresh (f);
  tick (f, "Bob");
  save (f, plan, "# Plan\n\n- [ ] Ann calls the fitter by 8 May 2026\n");
  refresh (f);
  g_assert_cmpuint (count (f), ==, 1);
  save (f, plan, "# Plan\n\nNew words here.\n\n- [ ] Bob paints the fence\n");
  refresh (f);
  g_assert_cmpuint (count (f), ==, 1);
  bob = get (f, "Bob");
  g_assert_true (tlm_todo_get_done (bob));
}

static void
leaves_with_its_note (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmNote)      plan = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (f->reader == NULL)
    return;
  plan = add_note (f, PLAN);
  refresh (f);
  g_assert_cmpuint (count (f), ==, 2);
  tlm_notes_trash_async (f->notes, plan, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  refresh (f);
  g_assert_cmpuint (count (f), ==, 0);
}

static TlmDue
due_on (guint8 first, guint8 last, guint8 today)
{
  TlmDays             due = { { 2026, 5, first }, { 2026, 5, last } };
  g_autoptr (TlmTodo) todo = tlm_todo_new (1, 1, "", "", "", "", &due, FALSE);

  return tlm_todo_get_due_on (todo, (TlmDay) { 2026, 5, today });
}

/* 4 May 2026 is a Monday. */
static void
knows_when_it_is_due (void)
{
  TlmDays             none = { 0 };
  g_autoptr (TlmTodo) todo = tlm_todo_new (1, 1, "", "", "", "", &none, FALSE);

  g_assert_cmpint (tlm_todo_get_due_on (todo, (TlmDay) { 2026, 5, 4 }), ==, TLM_DUE_NONE);
  g_assert_cmpint (due_on (3, 3, 4), ==, TLM_DUE_OVERDUE);
  g_assert_cmpint (due_on (4, 4, 4), ==, TLM_DUE_THIS_WEEK);
  g_assert_cmpint (due_on (10, 10, 4), ==, TLM_DUE_THIS_WEEK);
  g_assert_cmpint (due_on (11, 11, 4), ==, TLM_DUE_LATER);
  g_assert_cmpint (due_on (1, 5, 4), ==, TLM_DUE_THIS_WEEK); /* some of its days are left */
  g_assert_cmpint (due_on (10, 10, 10), ==, TLM_DUE_THIS_WEEK);
}

/* Nobody waits for it, and who asks meanwhile does not wait for it to rest. */
static void
catches_up (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmNote) note = f->reader != NULL ? add_note (f, PLAN) : NULL;

  if (note == NULL)
    return;
  tlm_todos_catch_up (f->todos);
  while (g_list_model_get_n_items (tlm_todos_get_list (f->todos)) < 2)
    g_main_context_iteration (NULL, TRUE);
  tlm_todos_catch_up (f->todos);
  refresh (f);
  g_assert_cmpuint (g_list_model_get_n_items (tlm_todos_get_list (f->todos)), >=, 2);
}

static void
count_ends (TlmTodos *todos, GParamSpec *pspec, guint *n)
{
  *n += tlm_todos_get_n_left (todos) == 0;
}

/* What was read in the background, and ends as somebody asks, says nothing of what is left for that one. */
static void
counts_what_is_left_until_the_end (Fixture *f, gconstpointer data)
{
  guint n_ends = 0;

  if (f->reader == NULL)
    return;
  for (int i = 0; i < 3; i++)
    g_object_unref (add_note (f, PLAN));
  tlm_todos_catch_up (f->todos);
  while (tlm_todos_get_n_left (f->todos) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_signal_connect (f->todos, "notify::n-left", G_CALLBACK (count_ends), &n_ends);
  refresh (f);
  tlm_test_settle ();
  g_assert_cmpuint (n_ends, ==, 1);
}

#define ADD(name, func) g_test_add ("/app/todos/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("gathers-by-due-day", gathers_by_due_day);
  ADD ("keeps-ticks-and-never-writes", keeps_ticks_and_never_writes);
  ADD ("follows-the-note", follows_the_note);
  ADD ("leaves-with-its-note", leaves_with_its_note);
  ADD ("catches-up", catches_up);
  ADD ("counts-what-is-left-until-the-end", counts_what_is_left_until_the_end);
  g_test_add_func ("/app/todos/knows-when-it-is-due", knows_when_it_is_due);
  return g_test_run ();
}
