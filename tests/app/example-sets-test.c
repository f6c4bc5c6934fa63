/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of examples: kept as they are edited, taken back, checked, in and out of files. */
#include "specialists/example-sets.h"
#include "support.h"

typedef struct
{
  char           *folder, *path;
  TlmStore       *store;
  TlmExampleSets *sets;
} Fixture;

static void
open_all (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;

  f->store = tlm_test_open_store (f->path);
  f->sets = tlm_example_sets_new (f->store);
  tlm_example_sets_load_async (f->sets, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_example_sets_load_finish (f->sets, result, NULL));
}

static void
close_all (Fixture *f)
{
  tlm_store_close (f->store);
  tlm_test_settle ();
  g_clear_object (&f->sets);
  g_clear_object (&f->store);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "tinylm.db", NULL);
  open_all (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  close_all (f);
  g_free (f->path);
  tlm_test_remove_folder (f->folder);
}

static void
open_again (Fixture *f)
{
  close_all (f);
  open_all (f);
}

static TlmExampleSet *
get_set (Fixture *f, guint i)
{
  g_autoptr (TlmExampleSet) set = g_list_model_get_item (tlm_example_sets_get_list (f->sets), i);

  return set;
}

static TlmExampleRow *
get_row (TlmExampleSet *set, guint i)
{
  g_autoptr (TlmExampleRow) row = g_list_model_get_item (tlm_example_set_get_rows (set), i);

  return row;
}

static guint
count_rows (TlmExampleSet *set)
{
  return g_list_model_get_n_items (tlm_example_set_get_rows (set));
}

static void
assert_row (TlmExampleSet *set, guint i, const char *input, const char *output)
{
  g_assert_cmpstr (tlm_example_row_get_input (get_row (set, i)), ==, input);
  g_assert_cmpstr (tlm_example_row_get_output (get_row (set, i)), ==, output);
}

static void
test_is_kept (Fixture *f, gconstpointer data)
{
  TlmExampleSet *set = tlm_example_sets_add (f->sets, "Mail", "mail");

  tlm_example_set_append (set, " a ", "1\n", NULL);
  tlm_example_set_edit (set, tlm_example_set_append (set, "b", "2", NULL), "c", "3");
  tlm_example_set_remove (set, tlm_example_set_append (set, "gone", "4", NULL));
  tlm_example_set_rename (set, " Post ");
  tlm_example_set_rename (set, "  ");
  tlm_example_set_set_base (set, "/meeny.gguf");
  tlm_example_sets_add (f->sets, "Later", "");
  open_again (f);
  set = get_set (f, 1);
  g_assert_cmpstr (tlm_example_set_get_name (set), ==, "Post");
  g_assert_cmpstr (tlm_example_set_get_kind (set), ==, "mail");
  g_assert_cmpstr (tlm_example_set_get_base (set), ==, "/meeny.gguf");
  g_assert_cmpuint (count_rows (set), ==, 2);
  assert_row (set, 0, "a", "1");
  assert_row (set, 1, "c", "3");
  g_assert_true (tlm_example_sets_find (f->sets, tlm_example_set_get_id (set)) == set);
}

/* From the file to what is trained on, through the store, a change of the answer, and back to a file. */
static void
test_keeps_the_turns (Fixture *f, gconstpointer data)
{
  static const char *const turns[] = { "system", "Be \"brief\".", "user", "hello", NULL };
  static const char line[] = "{\"messages\": [{\"role\": \"system\", \"content\": \"Be \\\"brief\\\".\"}, "
                             "{\"role\": \"user\", \"content\": \"hello\"}, "
                             "{\"role\": \"assistant\", \"content\": \"hey\"}]}\n";
  TlmExampleSet *set = tlm_example_sets_add (f->sets, "Talk", "");
  g_autoptr (TlmExamples) pasted = tlm_example_set_paste (set, line, NULL), learned = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *path = g_build_filename (f->folder, "out.jsonl", NULL), *text = NULL;

  g_assert_cmpuint (pasted->n, ==, 1);
  tlm_example_set_edit (set, get_row (set, 0), "Be \"brief\".\nhello", "hi");
  tlm_example_set_edit (set, get_row (set, 0), "Be \"brief\".\nhello ", "hey");
  open_again (f);
  set = get_set (f, 0);
  learned = tlm_example_set_dup_examples (set);
  g_assert_cmpstrv (learned->items[0].turns, turns);
  tlm_example_set_export_async (set, path, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_example_set_export_finish (set, result, NULL));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, line);
  tlm_example_set_edit (set, get_row (set, 0), "another question", "hey");
  open_again (f);
  g_assert_null (tlm_example_row_get_turns (get_row (get_set (f, 0), 0)));
}

static void
test_takes_back (Fixture *f, gconstpointer data)
{
  TlmExampleSet *set = tlm_example_sets_add (f->sets, "Set", "");
  g_autoptr (TlmExampleRow) row = g_object_ref (tlm_example_set_append (set, "a", "1", NULL));
  g_autoptr (TlmExampleSet) kept = g_object_ref (set);

  tlm_example_set_append (set, "b", "2", NULL);
  tlm_example_set_remove (set, row);
  tlm_example_set_restore (set, row);
  assert_row (set, 0, "a", "1");
  tlm_example_sets_add (f->sets, "Other", "");
  tlm_example_sets_remove (f->sets, set);
  g_assert_cmpuint (g_list_model_get_n_items (tlm_example_sets_get_list (f->sets)), ==, 1);
  tlm_example_sets_restore (f->sets, set);
  open_again (f);
  assert_row (get_set (f, 1), 0, "a", "1");
  assert_row (get_set (f, 1), 1, "b", "2");
}

/* As the page of the bin does it: in the store, whose list is then read anew. */
static void
test_comes_back_to_its_place (Fixture *f, gconstpointer data)
{
  TlmExampleSet *first = tlm_example_sets_add (f->sets, "First", "");
  g_autoptr (GAsyncResult) result = NULL;

  tlm_example_sets_add (f->sets, "Second", "");
  tlm_example_sets_add (f->sets, "Third", "");
  tlm_example_sets_remove (f->sets, get_set (f, 1));
  g_assert_true (get_set (f, 1) == first);
  tlm_test_exec (f->store, "UPDATE example_sets SET trashed = NULL");
  tlm_example_sets_load_async (f->sets, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_example_sets_load_finish (f->sets, result, NULL));
  g_assert_cmpstr (tlm_example_set_get_name (get_set (f, 0)), ==, "Third");
  g_assert_cmpstr (tlm_example_set_get_name (get_set (f, 1)), ==, "Second");
  g_assert_cmpstr (tlm_example_set_get_name (get_set (f, 2)), ==, "First");
}

static void
assert_counts (TlmExampleSet *set, guint good, guint empty, guint duplicate, guint conflict)
{
  g_assert_cmpuint (tlm_example_set_count (set, TLM_EXAMPLE_GOOD), ==, good);
  g_assert_cmpuint (tlm_example_set_count (set, TLM_EXAMPLE_EMPTY), ==, empty);
  g_assert_cmpuint (tlm_example_set_count (set, TLM_EXAMPLE_DUPLICATE), ==, duplicate);
  g_assert_cmpuint (tlm_example_set_count (set, TLM_EXAMPLE_CONFLICT), ==, conflict);
}

static void
test_finds_problems (Fixture *f, gconstpointer data)
{
  TlmExampleSet *set = tlm_example_sets_add (f->sets, "Set", "");
  g_autoptr (TlmExampleRow) first = g_object_ref (tlm_example_set_append (set, "a", "1", NULL));
  TlmExampleRow *second = tlm_example_set_append (set, "a", "1", NULL);
  g_autoptr (TlmExamples) examples = NULL;

  tlm_example_set_append (set, "b", " ", NULL);
  assert_counts (set, 1, 1, 1, 0);
  g_assert_cmpint (tlm_example_row_get_problem (second), ==, TLM_EXAMPLE_DUPLICATE);
  tlm_example_set_edit (set, second, "a", "2");
  assert_counts (set, 0, 1, 0, 2);
  examples = tlm_example_set_dup_examples (set);
  g_assert_cmpuint (examples->n, ==, 1);
  g_assert_cmpstr (examples->items[0].output, ==, "2");
  tlm_example_set_remove (set, first);
  assert_counts (set, 1, 1, 0, 0);
  tlm_example_set_restore (set, first);
  assert_counts (set, 0, 1, 0, 2);
  open_again (f);
  assert_counts (get_set (f, 0), 0, 1, 0, 2);
}

static void
export (TlmExampleSet *set, const char *path)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_example_set_export_async (set, path, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_example_set_export_finish (set, result, NULL));
}

static void
import (TlmExampleSet *set, const char *path)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TlmExamples) examples = NULL;

  tlm_example_set_import_async (set, path, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  examples = tlm_example_set_import_finish (set, result, NULL);
  g_assert_nonnull (examples);
}

static void
test_goes_through_files (Fixture *f, gconstpointer data)
{
  const char *const names[] = { "x.jsonl", "x.csv", "x.tsv" };
  TlmExampleSet *set = tlm_example_sets_add (f->sets, "Set", "");

  tlm_example_set_append (set, "say \"hi\",\tthen", "two\nlines", NULL);
  tlm_example_set_append (set, "\xc3\xa4", "b", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      TlmExampleSet *copy = tlm_example_sets_add (f->sets, names[i], "");
      g_autofree char *path = g_build_filename (f->folder, names[i], NULL);

      export (set, path);
      import (copy, path);
      g_assert_cmpuint (count_rows (copy), ==, 2);
      assert_row (copy, 0, "say \"hi\",\tthen", "two\nlines");
      assert_row (copy, 1, "\xc3\xa4", "b");
    }
}

static void
test_pastes (Fixture *f, gconstpointer data)
{
  const char *const texts[] = { "a\t1\nb\t2\n", "a,1\r\nb,2", "# a\n1\n# b\n2",
                                "a;1\r\n\"b\";2\r\n",
                                "\"a\"\t\"1\"\r\nb\t2\t\t\r\n", "# a\n\t1\n# b\n2",
                                "[{\"prompt\": \"a\", \"completion\": \"1\"},\n"
                                " {\"prompt\": \"b\", \"completion\": \"2\"}]",
                                "[\n  {\n    \"input\": \"a\",\n    \"output\": \"1\"\n  },\n"
                                "  {\n    \"input\": \"b\",\n    \"output\": \"2\"\n  }\n]\n",
                                "{\"input\": \"a\", \"output\": \"1\"}\n"
                                "{\"input\": \"b\", \"output\": \"2\"}" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      TlmExampleSet *set = tlm_example_sets_add (f->sets, "Set", "");
      g_autoptr (TlmExamples) examples = tlm_example_set_paste (set, texts[i], &error);

      g_assert_no_error (error);
      g_assert_cmpuint (count_rows (set), ==, 2);
      assert_row (set, 1, "b", "2");
    }
  g_assert_null (tlm_example_set_paste (get_set (f, 0), "a\t1\t2\n", &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (count_rows (get_set (f, 0)), ==, 2);
}

/* What an answer was about goes; the example stays. */
static void
test_outlives_its_source (Fixture *f, gconstpointer data)
{
  TlmExampleSet *set = tlm_example_sets_add (f->sets, "Set", "");
  const TlmExampleSource known = { 7, 0 }, unknown = { 99, 99 };

  tlm_test_exec (f->store, "INSERT INTO notes (id, title, text, created, updated) "
                           "VALUES (7, 't', 't', 1, 1)");
  tlm_example_set_append (set, "a", "1", &known);
  tlm_example_set_append (set, "b", "2", &unknown);
  open_again (f);
  g_assert_cmpint (tlm_example_row_get_source (get_row (get_set (f, 0), 0)).note_id, ==, 7);
  g_assert_cmpint (tlm_example_row_get_source (get_row (get_set (f, 0), 1)).note_id, ==, 0);
  tlm_test_exec (f->store, "DELETE FROM notes");
  open_again (f);
  g_assert_cmpint (tlm_example_row_get_source (get_row (get_set (f, 0), 0)).note_id, ==, 0);
  assert_row (get_set (f, 0), 0, "a", "1");
}

static void
keep_sentence (TlmExampleSets *sets, const char *sentence, char **kept)
{
  g_free (*kept);
  *kept = g_strdup (sentence);
}

static void
load (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_example_sets_load_async (f->sets, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_example_sets_load_finish (f->sets, result, NULL));
}

static guint
count_sets (Fixture *f)
{
  return g_list_model_get_n_items (tlm_example_sets_get_list (f->sets));
}

static void
count (guint *n)
{
  ++*n;
}

static void
test_follows_another_program (Fixture *f, gconstpointer data)
{
  TlmExampleSet *mail = tlm_example_sets_add (f->sets, "Mail", "mail");
  TlmExampleSet *bills = tlm_example_sets_add (f->sets, "Bills", "");
  Fixture        other = { .path = f->path };
  guint          n_changes = 0;

  tlm_test_exec (f->store, "SELECT 1");
  open_all (&other);
  g_assert_cmpuint (count_sets (&other), ==, 2);
  g_signal_connect_swapped (tlm_example_sets_get_list (other.sets), "items-changed", G_CALLBACK (count),
                            &n_changes);
  tlm_example_set_rename (mail, "Post");
  tlm_example_sets_remove (f->sets, bills);
  tlm_test_exec (f->store, "SELECT 1");
  load (&other);
  g_assert_cmpuint (count_sets (&other), ==, 1);
  g_assert_cmpstr (tlm_example_set_get_name (get_set (&other, 0)), ==, "Post");
  g_assert_cmpuint (n_changes, ==, 2);
  load (&other);
  g_assert_cmpuint (n_changes, ==, 2);
  close_all (&other);
}

/* What is read is older than what is done here meanwhile. */
static void
test_changes_while_it_is_read (Fixture *f, gconstpointer data)
{
  TlmExampleSet           *mail = tlm_example_sets_add (f->sets, "Mail", "mail"), *bills;
  TlmExampleSet           *old = tlm_example_sets_add (f->sets, "Old", "");
  g_autoptr (GAsyncResult) result = NULL;

  tlm_test_exec (f->store, "SELECT 1");
  tlm_example_sets_load_async (f->sets, NULL, tlm_test_keep, &result);
  bills = tlm_example_sets_add (f->sets, "Bills", "");
  tlm_example_sets_remove (f->sets, old);
  tlm_test_await (&result);
  g_assert_cmpuint (count_sets (f), ==, 2);
  g_assert_true (get_set (f, 0) == bills);
  g_clear_object (&result);
  tlm_example_sets_load_async (f->sets, NULL, tlm_test_keep, &result);
  tlm_example_set_rename (mail, "Post");
  tlm_test_await (&result);
  g_assert_cmpstr (tlm_example_set_get_name (mail), ==, "Post");
}

static void
test_says_what_is_no_longer_in_the_bin (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmExampleSet) set = g_object_ref (tlm_example_sets_add (f->sets, "Set", ""));
  g_autofree char          *sentence = NULL;

  g_signal_connect (f->sets, "failed", G_CALLBACK (keep_sentence), &sentence);
  tlm_example_sets_remove (f->sets, set);
  tlm_test_exec (f->store, "DELETE FROM example_sets");
  tlm_example_sets_restore (f->sets, set);
  while (sentence == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (sentence, ==, "This is no longer in the bin.");
  g_assert_cmpuint (count_sets (f), ==, 0);
}

static void
remove_and_restore (Fixture *f, TlmExampleSet *set)
{
  tlm_example_sets_remove (f->sets, set);
  tlm_example_sets_restore (f->sets, set);
  tlm_test_exec (f->store, "SELECT 1");
  tlm_test_exec (f->store, "SELECT 1");
}

/* It is nowhere else. */
static void
test_keeps_a_set_that_the_store_did_not_take (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmExampleSet) set = NULL;
  g_autofree char          *sentence = NULL;

  g_signal_connect (f->sets, "failed", G_CALLBACK (keep_sentence), &sentence);
  tlm_test_exec (f->store, "CREATE TRIGGER full BEFORE INSERT ON example_sets "
                           "BEGIN SELECT raise (ABORT, 'full'); END");
  set = g_object_ref (tlm_example_sets_add (f->sets, "Set", ""));
  tlm_example_set_append (set, "a", "1", NULL);
  while (sentence == NULL)
    g_main_context_iteration (NULL, TRUE);
  load (f);
  g_assert_true (get_set (f, 0) == set);
  remove_and_restore (f, set);
  g_assert_true (get_set (f, 0) == set);
  tlm_test_exec (f->store, "DROP TRIGGER full");
  remove_and_restore (f, set);
  open_again (f);
  g_assert_cmpuint (count_sets (f), ==, 1);
  assert_row (get_set (f, 0), 0, "a", "1");
}

static void
test_says_what_was_not_kept (Fixture *f, gconstpointer data)
{
  TlmExampleSet *set = tlm_example_sets_add (f->sets, "Set", "");
  g_autofree char *sentence = NULL;

  g_signal_connect (f->sets, "failed", G_CALLBACK (keep_sentence), &sentence);
  tlm_test_exec (f->store, "DROP TABLE examples");
  tlm_example_set_append (set, "a", "1", NULL);
  while (sentence == NULL)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "is-kept", test_is_kept },
    { "keeps-the-turns", test_keeps_the_turns },
    { "takes-back", test_takes_back },
    { "comes-back-to-its-place", test_comes_back_to_its_place },
    { "finds-problems", test_finds_problems },
    { "goes-through-files", test_goes_through_files },
    { "pastes", test_pastes },
    { "outlives-its-source", test_outlives_its_source },
    { "follows-another-program", test_follows_another_program },
    { "changes-while-it-is-read", test_changes_while_it_is_read },
    { "says-what-is-no-longer-in-the-bin", test_says_what_is_no_longer_in_the_bin },
    { "keeps-a-set-that-the-store-did-not-take", test_keeps_a_set_that_the_store_did_not_take },
    { "says-what-was-not-kept", test_says_what_was_not_kept },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/app/example-sets/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].func, tear_down);
    }
  return g_test_run ();
}
