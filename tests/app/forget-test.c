/* SPDX-License-Identifier: Apache-2.0 */
/* What was deleted is forgotten by the search's index too: in steps, between other work, and by the
 * next program where one was killed. */
#include "store/db.h"
#include "store/store-private.h"
#include "support.h"

#define N_NOTES 1500
#define N_WORDS 60 /* of a note; the index has more than a MB, which takes some steps */
#define SECRET "zzsecretly"
#define SIGN "龘"

typedef struct
{
  char  *folder, *path;
  TlmDb *db;
} Fixture;

static void
fill (TlmDb *db)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (8);

  g_assert_true (tlm_db_begin (db, NULL));
  for (guint i = 0; i < N_NOTES; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint j = 0; j < N_WORDS; j++)
        g_string_append_printf (text, "w%x ", g_rand_int (rand));
      g_assert_true (tlm_db_run (db, NULL, "INSERT INTO notes (title, text, created, updated) "
                                           "VALUES ('', ?, 1, 1)", "t", text->str));
    }
  g_assert_true (tlm_db_commit (db, NULL));
}

static void
open (Fixture *f)
{
  f->db = tlm_db_new ();
  g_assert_true (tlm_db_open (f->db, f->path, NULL));
}

static void
index_signs (TlmDb *db)
{
  while (tlm_db_index_some (db))
    continue;
}

/* One note is in the bin, with words that no other has. */
static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "tinylm.db", NULL);
  open (f);
  fill (f->db);
  g_assert_true (tlm_db_run (f->db, NULL, "INSERT INTO notes (title, text, created, updated, trashed) "
                                          "VALUES ('', '" SECRET " " SIGN "', 1, 1, 1)", ""));
  index_signs (f->db);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tlm_db_free (f->db);
  g_free (f->path);
  tlm_test_remove_folder (f->folder);
}

static void
delete (TlmDb *db)
{
  g_assert_true (tlm_store_delete (db, TLM_WORDS_OF_NOTES,
                                   "UPDATE notes SET trashed = 0 WHERE trashed = ?", 1, NULL));
}

static gboolean
has_row (TlmDb      *db,
         const char *sql)
{
  sqlite3_stmt *row = tlm_db_query (db, NULL, sql, "");
  gboolean      there = tlm_db_step (db, row, NULL) > 0;

  sqlite3_reset (row);
  return there;
}

static gboolean
is_sign_remembered (TlmDb *db)
{
  return has_row (db, "SELECT 1 FROM signs_notes_data WHERE instr (block, CAST ('" SIGN "' AS BLOB)) > 0"
                      " UNION ALL SELECT 1 FROM signs_notes_due WHERE instr (text, '" SIGN "') > 0");
}

/* By either index, or both. An index writes a word whole where no word before it begins alike. */
static gboolean
is_remembered (TlmDb *db)
{
  return is_sign_remembered (db)
         || has_row (db, "SELECT 1 FROM notes_index_data WHERE "
                         "instr (block, CAST ('zsecretly' AS BLOB)) > 0");
}

static void
check_index (TlmDb *db)
{
  g_assert_true (tlm_db_exec (db, "INSERT INTO notes_index (notes_index, rank) "
                                  "VALUES ('integrity-check', 1)", NULL));
}

static guint
count_steps (TlmDb *db)
{
  guint n = 0;

  while (tlm_db_forget_some (db, FALSE))
    n++;
  return n;
}

static void
is_done_in_steps (Fixture      *f,
                  gconstpointer data)
{
  g_assert_true (is_remembered (f->db));
  delete (f->db);
  g_assert_true (is_remembered (f->db));
  g_assert_cmpuint (count_steps (f->db), >, 3);
  g_assert_false (is_remembered (f->db));
  check_index (f->db);
}

/* What has changed since it was indexed, and what is due before it. */
static void
takes_in_what_is_due_before (Fixture      *f,
                             gconstpointer data)
{
  g_assert_true (is_sign_remembered (f->db));
  g_assert_true (tlm_db_exec (f->db, "UPDATE notes SET text = '" SIGN "港' WHERE trashed = 1;"
                                     "UPDATE notes SET text = '会' WHERE id <= 1000", NULL));
  delete (f->db);
  g_assert_cmpuint (count_steps (f->db), >, 3);
  g_assert_false (is_remembered (f->db));
  g_assert_false (has_row (f->db, "SELECT 1 FROM signs_notes_due"));
  g_assert_true (has_row (f->db, "SELECT 1 FROM signs_notes WHERE signs_notes MATCH '会'"));
  g_assert_false (has_row (f->db, "SELECT 1 FROM signs_notes WHERE signs_notes MATCH '港'"));
}

/* A note is written after each step. */
static void
ends_while_others_write (Fixture      *f,
                         gconstpointer data)
{
  guint n = 0;

  delete (f->db);
  for (; tlm_db_forget_some (f->db, FALSE); n++)
    g_assert_true (tlm_db_run (f->db, NULL, "INSERT INTO notes (title, text, created, updated) "
                                            "VALUES ('', 'written meanwhile', 1, 1)", ""));
  g_assert_cmpuint (n, <, 1000);
  g_assert_false (is_remembered (f->db));
  check_index (f->db);
}

static void
is_ended_by_the_next_program (Fixture      *f,
                              gconstpointer data)
{
  delete (f->db);
  g_assert_true (tlm_db_forget_some (f->db, FALSE));
  tlm_db_free (f->db); /* as a kill does: without the rest */
  open (f);
  g_assert_true (is_remembered (f->db));
  g_assert_cmpuint (count_steps (f->db), >, 3);
  g_assert_false (is_remembered (f->db));
  check_index (f->db);
}

static void
costs_nothing_without_need (Fixture      *f,
                            gconstpointer data)
{
  count_steps (f->db);
  tlm_db_free (f->db);
  open (f);
  g_assert_cmpuint (count_steps (f->db), <=, TLM_N_WORDS); /* a look at each index */
}

static void
delete_job (gpointer owner,
            GTask   *task)
{
  delete (owner);
  g_task_return_boolean (task, TRUE);
}

static gint64
count (TlmDb      *db,
       const char *sql)
{
  sqlite3_stmt *row = tlm_db_query (db, NULL, sql, "");
  gint64        n;

  g_assert_cmpint (tlm_db_step (db, row, NULL), ==, 1);
  n = sqlite3_column_int64 (row, 0);
  sqlite3_reset (row);
  return n;
}

static void
is_done_before_a_small_store_is_closed (Fixture      *f,
                                        gconstpointer data)
{
  g_autoptr (TlmStore) store = NULL;

  g_assert_true (tlm_db_exec (f->db, "DELETE FROM notes WHERE trashed IS NULL", NULL));
  g_assert_true (tlm_db_exec (f->db, "INSERT INTO notes_index (notes_index) VALUES ('optimize')", NULL));
  g_assert_true (is_remembered (f->db));
  tlm_db_free (f->db);
  store = tlm_test_open_store (f->path);
  tlm_test_run_in_store (store, delete_job, NULL);
  tlm_store_close (store);
  open (f);
  g_assert_false (is_remembered (f->db));
  g_assert_cmpint (count (f->db, "SELECT count (*) FROM notes"), ==, 0);
}

/* The program closes before it has deleted them, and the next one does. */
static void
much_is_left_to_the_next_program (Fixture      *f,
                                  gconstpointer data)
{
  g_autoptr (TlmStore) store = NULL;

  for (guint i = 0; i < 6; i++)
    fill (f->db);
  g_assert_true (tlm_db_exec (f->db, "UPDATE notes SET trashed = 1", NULL));
  tlm_db_free (f->db);
  store = tlm_test_open_store (f->path);
  tlm_test_run_in_store (store, delete_job, NULL);
  tlm_store_close (store);
  open (f);
  g_assert_cmpint (count (f->db, "SELECT count (*) FROM notes WHERE trashed = 0"), >, 0);
  g_assert_cmpuint (count_steps (f->db), >, 3);
  g_assert_cmpint (count (f->db, "SELECT count (*) FROM notes"), ==, 0);
  g_assert_false (is_remembered (f->db));
  check_index (f->db);
}

static void
chats_go_with_their_messages (Fixture      *f,
                              gconstpointer data)
{
  g_assert_true (tlm_db_exec (f->db,
                              "INSERT INTO chats (id, title, created, updated, trashed) "
                              "VALUES (1, '', 1, 1, NULL), (2, '', 1, 1, 1), (3, '', 1, 1, 1);"
                              "WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) "
                              "INSERT INTO messages "
                              "(chat_id, role, state, text, route, elapsed_ms, created) "
                              "SELECT i % 2 + 1, 0, 0, 'word' || i, '', 0, 1 FROM n", NULL));
  g_assert_true (tlm_store_delete (f->db, TLM_WORDS_OF_MESSAGES,
                                   "UPDATE chats SET trashed = 0 WHERE trashed = ?", 1, NULL));
  count_steps (f->db);
  g_assert_cmpint (count (f->db, "SELECT group_concat (id) FROM chats"), ==, 1);
  g_assert_cmpint (count (f->db, "SELECT count (*) FROM messages WHERE chat_id = 1"), ==, 150);
  g_assert_cmpint (count (f->db, "SELECT count (*) FROM messages"), ==, 150);
  g_assert_true (tlm_db_exec (f->db, "INSERT INTO messages_index (messages_index, rank) "
                                     "VALUES ('integrity-check', 1)", NULL));
}

static void
nothing_is_deleted_by_halves (Fixture      *f,
                              gconstpointer data)
{
  g_assert_true (tlm_db_exec (f->db, "CREATE TRIGGER full AFTER DELETE ON notes "
                                     "BEGIN SELECT raise (FAIL, 'full'); END", NULL));
  delete (f->db);
  count_steps (f->db);
  g_assert_true (sqlite3_get_autocommit (tlm_db_get_handle (f->db)));
  g_assert_cmpint (count (f->db, "SELECT count (*) FROM notes WHERE trashed = 0"), ==, 1);
  check_index (f->db);
  g_assert_true (tlm_db_exec (f->db, "DROP TRIGGER full", NULL));
  tlm_db_free (f->db);
  open (f);
  count_steps (f->db);
  g_assert_cmpint (count (f->db, "SELECT count (*) FROM notes WHERE trashed = 0"), ==, 0);
  g_assert_false (is_remembered (f->db));
}

/* Some notes come and some go, again and again, as over years. */
static void
write_and_delete (TlmDb *db,
                  GRand *rand,
                  guint  n_new,
                  guint  n_gone)
{
  for (guint i = 0; i < n_new; i++)
    {
      g_autofree char *text = g_strdup_printf ("w%x w%x w%x", g_rand_int (rand), g_rand_int (rand),
                                               g_rand_int (rand));

      g_assert_true (tlm_db_run (db, NULL, "INSERT INTO notes (title, text, created, updated) "
                                           "VALUES ('', ?, 1, 1)", "t", text));
    }
  g_assert_true (tlm_store_delete (db, TLM_WORDS_OF_NOTES,
                                   "UPDATE notes SET trashed = 0 WHERE id IN "
                                   "(SELECT id FROM notes ORDER BY id LIMIT ?)", n_gone, NULL));
  count_steps (db);
}

#define N_ROUNDS 1200 /* more than SQLite 3.40 outlives, with two levels each */

static void
the_index_stays_whole (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  TlmDb            *db = tlm_db_new ();

  g_assert_true (tlm_db_open (db, NULL, NULL));
  for (guint i = 0; i < N_ROUNDS; i++)
    write_and_delete (db, rand, 2, 1);
  g_assert_cmpint (count (db, "SELECT count (*) FROM notes"), ==, N_ROUNDS);
  check_index (db);
  tlm_db_free (db);
}

/* However much is there beside it. */
static void
each_word_is_forgotten (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  TlmDb            *db = tlm_db_new ();

  g_assert_true (tlm_db_open (db, NULL, NULL));
  for (guint i = 0; i < 60; i++)
    {
      write_and_delete (db, rand, (guint) g_rand_int_range (rand, 1, 30), 0);
      g_assert_true (tlm_db_run (db, NULL, "INSERT INTO notes (id, title, text, created, updated) "
                                           "VALUES (-1, '', '" SECRET "', 1, 1)", ""));
      g_assert_true (is_remembered (db));
      write_and_delete (db, rand, 0, (guint) g_rand_int_range (rand, 1, 40));
      g_assert_false (is_remembered (db));
      check_index (db);
    }
  tlm_db_free (db);
}

#define ADD(path, func) g_test_add ("/app/forget/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("is-done-in-steps", is_done_in_steps);
  ADD ("takes-in-what-is-due-before", takes_in_what_is_due_before);
  ADD ("ends-while-others-write", ends_while_others_write);
  ADD ("is-ended-by-the-next-program", is_ended_by_the_next_program);
  ADD ("costs-nothing-without-need", costs_nothing_without_need);
  ADD ("is-done-before-a-small-store-is-closed", is_done_before_a_small_store_is_closed);
  ADD ("much-is-left-to-the-next-program", much_is_left_to_the_next_program);
  ADD ("chats-go-with-their-messages", chats_go_with_their_messages);
  ADD ("nothing-is-deleted-by-halves", nothing_is_deleted_by_halves);
  g_test_add_func ("/app/forget/each-word-is-forgotten", each_word_is_forgotten);
  g_test_add_func ("/app/forget/the-index-stays-whole", the_index_stays_whole);
  return g_test_run ();
}
