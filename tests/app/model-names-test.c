/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that take a model, given the name of an imported or of a built-in one. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "store/db.h"
#include "run-cli.h"
#include "support.h"

typedef struct
{
  char *folder; /* where the store is */
} Fixture;

static void
run_well (const char *first,
          const char *second,
          const char *third,
          const char *fourth)
{
  TlmTestRun run;

  tlm_test_run_cli (&run, NULL, first, second, third, fourth, NULL);
  g_assert_cmpstr (run.err, ==, "");
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
}

/* "Tale Teller" is meeny, "Tale Maker" the same in another type. */
static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autofree char *meeny = g_build_filename (g_getenv ("TINYLM_DATA_DIR"), "models", "meeny.gguf",
                                             NULL);
  g_autofree char *maker = NULL;
  TlmTestRun       run;

  f->folder = tlm_test_make_folder ();
  g_assert_true (g_setenv ("XDG_DATA_HOME", f->folder, TRUE));
  maker = g_build_filename (f->folder, "Tale Maker.gguf", NULL);
  tlm_test_run_cli (&run, NULL, "quantize", meeny, maker, "Q8_0", NULL);
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  run_well ("models", "import", meeny, NULL);
  run_well ("models", "rename", "meeny 2", "Tale Teller");
  run_well ("models", "import", maker, "--reference");
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_unsetenv ("XDG_DATA_HOME");
  tlm_test_remove_folder (f->folder);
}

/* What meeny writes, called by @name. */
static char *
write_with (const char *name)
{
  TlmTestRun run;
  char      *out;

  tlm_test_run_cli (&run, NULL, "generate", "-m", name, "-p", "Once", "-n", "8", NULL);
  g_assert_cmpstr (run.err, ==, "");
  g_assert_cmpint (run.status, ==, 0);
  out = tlm_test_dup_bytes (run.out);
  tlm_test_run_clear (&run);
  return out;
}

static void
runs_an_imported_model_by_its_name (Fixture      *f,
                                    gconstpointer data)
{
  g_autoptr (GBytes) record = g_bytes_new_static ("{\"text\": \"Once\"}\n", 17);
  g_autofree char   *meeny = write_with ("meeny"), *named = write_with ("Tale Teller");
  g_autofree char   *begun = write_with ("tale t"), *out = NULL;
  TlmTestRun         run;

  g_assert_cmpstr (named, ==, meeny);
  g_assert_cmpstr (begun, ==, meeny);
  tlm_test_run_cli (&run, record, "batch", "-m", "Tale Maker", "-n", "4", "generate", NULL);
  out = tlm_test_dup_bytes (run.out);
  g_assert_cmpint (run.status, ==, 0);
  g_assert_nonnull (strstr (out, "\"text\": \""));
  tlm_test_run_clear (&run);
  run_well ("bench", "--model=Tale Teller", "--n-prompt=8", "--n-gen=2");
  run_well ("info", "Tale Maker", NULL, NULL);
}

/* Of each command that takes one, with what it says once it has found it, and lacks the rest. */
static const struct { const char *args[6], *complaint; } commands[] = {
  { { "generate", "--adapter=/nowhere.gguf", "-m" }, "nowhere.gguf" },
  { { "bench", "--adapter=/nowhere.gguf", "-m" }, "nowhere.gguf" },
  { { "batch", "generate", "--adapter=/nowhere.gguf", "-m" }, "nowhere.gguf" },
  { { "classify", "Once", "-m" }, "no labels" },
  { { "train", "--data=/nowhere.csv", "--out=/nowhere/a.gguf", "--base" }, "nowhere.csv" },
  { { "merge", "--adapter=/nowhere.gguf", "--out=/nowhere/a.gguf", "--base" }, "nowhere.gguf" },
  { { "summarize", "/nowhere.md", "-m" }, "nowhere.md" },
  { { "ask", "When?", "/nowhere.md", "-m" }, "nowhere.md" },
  { { "route", "Hello", "-m" }, "Tale Maker.gguf" },
};

static void
assert_complaint (guint       i,
                  const char *name,
                  const char *complaint)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  const char *const *a = commands[i].args;
  TlmTestRun         run;

  if (a[3] == NULL)
    tlm_test_run_cli (&run, nothing, a[0], a[1], a[2], name, NULL);
  else
    tlm_test_run_cli (&run, nothing, a[0], a[1], a[2], a[3], name, NULL);
  g_test_message ("%s: %s", a[0], run.err);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.err, complaint));
  tlm_test_run_clear (&run);
}

static void
says_which_names_there_are (Fixture      *f,
                            gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      assert_complaint (i, "Tale Maker", commands[i].complaint);
      assert_complaint (i, "TALE", ": “Tale Teller”, “Tale Maker”.");
      assert_complaint (i, "Tail", ": “eeny”, “meeny”, “Tale Teller”, “Tale Maker”.");
    }
}

/* The file of the receipt is not where it was. */
static void
replays_with_a_named_model (Fixture      *f,
                            gconstpointer data)
{
  g_autofree char *maker = g_build_filename (f->folder, "Tale Maker.gguf", NULL);
  g_autofree char *copy = g_build_filename (f->folder, "copy.gguf", NULL);
  g_autofree char *receipt = g_build_filename (f->folder, "receipt.json", NULL), *bytes = NULL;
  gsize            len;
  TlmTestRun       run;

  g_assert_true (g_file_get_contents (maker, &bytes, &len, NULL));
  g_assert_true (g_file_set_contents (copy, bytes, (gssize) len, NULL));
  tlm_test_run_cli (&run, NULL, "generate", "-m", copy, "-p", "Once", "-n", "8", "--receipt",
                    receipt, NULL);
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  g_assert_cmpint (g_unlink (copy), ==, 0);
  tlm_test_run_cli (&run, NULL, "replay", receipt, NULL);
  g_assert_cmpint (run.status, ==, 1);
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "replay", receipt, "-m", "tale m", NULL);
  g_assert_nonnull (strstr (run.err, "the same"));
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "replay", receipt, "-m", "Tail", NULL);
  g_assert_nonnull (strstr (run.err, "no model of that name"));
  tlm_test_run_clear (&run);
}

static void
reads_with_a_built_in_model (Fixture      *f,
                             gconstpointer data)
{
  g_autofree char *note = g_build_filename (f->folder, "note.md", NULL);

  g_assert_true (g_file_set_contents (note, "Anna calls the bank on Friday.", -1, NULL));
  run_well ("summarize", "--model=eeny", note, NULL);
  run_well ("ask", "--model=eeny", "Who calls the bank?", note);
  run_well ("route", "--model=router", "Hello", NULL);
}

/* Which of the two is meant is seen before any of it is used. */
static void
refuses_another_file_under_the_name (Fixture      *f,
                                     gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "Tale Maker.gguf", NULL);
  g_autofree char *meeny = NULL;
  gsize            len;

  g_assert_true (g_file_get_contents (path, &meeny, &len, NULL));
  meeny[len - 1] ^= 1;
  g_assert_true (g_file_set_contents (path, meeny, (gssize) len, NULL));
  assert_complaint (0, "Tale Maker", "changed since it was added");
}

static void
needs_no_store_for_a_built_in_model (Fixture      *f,
                                     gconstpointer data)
{
  static const TlmVaultCost cheap = { 1, 8192 };
  g_autofree char          *path = g_build_filename (f->folder, "tinylm", "tinylm.db", NULL);
  g_autofree char          *text = NULL;
  char                     *code = NULL;
  TlmDb                    *db = tlm_db_new ();
  int                       tty = open ("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);

  g_assert_true (tlm_db_open (db, path, NULL));
  g_assert_true (tlm_db_convert (db, tlm_vault_new ("correct horse", &cheap, &code, NULL), NULL));
  tlm_db_free (db);
  tlm_secret_free (code);
  text = write_with ("meeny");
  if (tty < 0) /* nobody to ask */
    assert_complaint (0, "Tale Maker", "are locked");
  else
    close (tty);
}

static void
lists_what_is_gone_with_the_same_keys (Fixture      *f,
                                       gconstpointer data)
{
  static const char *const keys[] = { "family", "quantization", "license", "parameters", "bytes",
                                      "context", "memory_bytes" };
  g_autofree char *path = g_build_filename (f->folder, "Tale Maker.gguf", NULL), *out = NULL;
  TlmTestRun       run;

  g_assert_cmpint (g_unlink (path), ==, 0);
  tlm_test_run_cli (&run, NULL, "models", "list", "--json", NULL);
  g_assert_cmpint (run.status, ==, 0);
  out = tlm_test_dup_bytes (run.out);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *member = g_strdup_printf ("\"%s\": null", keys[i]);

      g_assert_nonnull (strstr (strstr (out, "Tale Maker"), member));
    }
  tlm_test_run_clear (&run);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add ("/app/model-names/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("runs-an-imported-model-by-its-name", runs_an_imported_model_by_its_name);
  ADD ("says-which-names-there-are", says_which_names_there_are);
  ADD ("replays-with-a-named-model", replays_with_a_named_model);
  ADD ("reads-with-a-built-in-model", reads_with_a_built_in_model);
  ADD ("refuses-another-file-under-the-name", refuses_another_file_under_the_name);
  ADD ("lists-what-is-gone-with-the-same-keys", lists_what_is_gone_with_the_same_keys);
  ADD ("needs-no-store-for-a-built-in-model", needs_no_store_for_a_built_in_model);
  return g_test_run ();
}
