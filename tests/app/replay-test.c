/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts from outside: what was made is made again to the byte, with any number of threads and on
 * each processor path, and what cannot be is told apart with its reason. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/paths.h"
#include "run-cli.h"
#include "support.h"

typedef struct
{
  char *folder, *model, *receipt, *note;
} Fixture;

static const char note[] = "# Plan\n\nAnna calls the bank by Friday. The rest can wait; it is\npaint.\n";

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->model = tlm_paths_dup_data ("models/meeny.gguf");
  f->receipt = g_build_filename (f->folder, "receipt ü.json", NULL);
  f->note = g_build_filename (f->folder, "note.md", NULL);
  g_assert_true (g_file_set_contents (f->note, note, -1, NULL));
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tlm_test_remove_folder (f->folder);
  g_free (f->model);
  g_free (f->receipt);
  g_free (f->note);
}

/* (transfer full): what the model wrote */
static GBytes *
generate (Fixture    *f,
          const char *prompt,
          const char *temperature)
{
  TlmTestRun run;
  GBytes    *out;

  tlm_test_run_cli (&run, NULL, "generate", "-m", f->model, "-p", prompt, "-n", "60", "--temp",
                    temperature, "-s", "18446744073709551615", "--repeat-penalty", "1.07", "--kv", "q8_0",
                    "--receipt", f->receipt, NULL);
  g_assert_cmpstr (run.err, ==, "");
  g_assert_cmpint (run.status, ==, 0);
  out = g_bytes_ref (run.out);
  tlm_test_run_clear (&run);
  return out;
}

static void
assert_same (Fixture    *f,
             GBytes     *expected,
             const char *threads)
{
  TlmTestRun run;

  tlm_test_run_cli (&run, NULL, "replay", f->receipt, "-t", threads, NULL);
  g_assert_nonnull (strstr (run.err, "the same"));
  g_assert_cmpint (run.status, ==, 0);
  g_assert_true (g_bytes_equal (run.out, expected));
  tlm_test_run_clear (&run);
}

static void
makes_the_same_text_with_any_threads (Fixture      *f,
                                      gconstpointer data)
{
  static const char *const prompts[] = { "", "Once upon a time", "caf\xe9 \"\\\x01 ünï" };
  static const char *const threads[] = { "1", "2", "3", "4" };
  GStatBuf                 info;

  for (gsize i = 0; i < G_N_ELEMENTS (prompts); i++)
    {
      g_autoptr (GBytes) out = generate (f, prompts[i], i == 1 ? "0" : "0.7");

      for (gsize t = 0; t < G_N_ELEMENTS (threads); t++)
        assert_same (f, out, threads[t]);
    }
  g_assert_cmpint (g_stat (f->receipt, &info), ==, 0);
  g_assert_cmphex (info.st_mode & 0777, ==, 0600);
}

/* Where a link leads, and into a pipe: neither becomes a file. */
static void
puts_its_receipt_where_it_is_told (Fixture      *f,
                                   gconstpointer data)
{
  g_autofree char   *link = g_build_filename (f->folder, "link", NULL), *text = NULL;
  g_autofree char   *pipe = g_build_filename (f->folder, "pipe", NULL);
  g_autofree char   *kept = f->receipt;
  g_autoptr (GBytes) first = generate (f, "a b c", "0"), second = NULL;
  GStatBuf           info;
  int                fd;
  char               byte;

  g_assert_cmpint (symlink (kept, link), ==, 0);
  g_assert_true (g_file_set_contents (kept, "old", -1, NULL));
  f->receipt = link;
  second = generate (f, "a b c", "0");
  g_assert_true (g_bytes_equal (first, second));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_get_contents (kept, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "{"));
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  fd = g_open (pipe, O_RDWR | O_CLOEXEC, 0); /* both ends, so that nobody waits */
  f->receipt = pipe;
  g_bytes_unref (generate (f, "a b c", "0"));
  g_assert_cmpint (read (fd, &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, '{');
  close (fd);
  g_assert_cmpint (g_lstat (pipe, &info), ==, 0);
  g_assert_true (S_ISFIFO (info.st_mode));
  f->receipt = g_steal_pointer (&kept);
}

static void
makes_the_same_text_without_lookup (Fixture      *f,
                                    gconstpointer data)
{
  g_autoptr (GBytes) out = generate (f, "a b c a b c a b c", "0");
  TlmTestRun         run;

  tlm_test_run_cli (&run, NULL, "generate", "-m", f->model, "-p", "a b c a b c a b c", "-n", "60",
                    "--temp", "0", "--repeat-penalty", "1.07", "--no-lookup", NULL);
  g_assert_cmpint (run.status, ==, 0);
  g_assert_true (g_bytes_equal (run.out, out));
  tlm_test_run_clear (&run);
}

/* The plainest path is on every machine; a replay takes the receipt's by itself. */
static void
takes_the_path_of_the_receipt (Fixture      *f,
                               gconstpointer data)
{
  g_autoptr (GBytes) out = NULL;
  TlmTestRun         run;

  g_setenv ("TINYLM_CPU", "c", TRUE);
  out = generate (f, "The", "0.9");
  g_unsetenv ("TINYLM_CPU");
  tlm_test_run_cli (&run, NULL, "replay", f->receipt, NULL);
  g_assert_nonnull (strstr (run.err, "“c”"));
  g_assert_cmpint (run.status, ==, 0);
  g_assert_true (g_bytes_equal (run.out, out));
  tlm_test_run_clear (&run);
}

static void
edit (Fixture    *f,
      const char *from,
      const char *to)
{
  g_autofree char *text = NULL;
  g_auto (GStrv)   parts = NULL;
  g_autofree char *edited = NULL;

  g_assert_true (g_file_get_contents (f->receipt, &text, NULL, NULL));
  parts = g_strsplit (text, from, -1);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  edited = g_strjoinv (to, parts);
  g_assert_true (g_file_set_contents (f->receipt, edited, -1, NULL));
}

static void
assert_refused (Fixture    *f,
                const char *note_or_null,
                int         status,
                const char *reason)
{
  TlmTestRun run;

  tlm_test_run_cli (&run, NULL, "replay", f->receipt, note_or_null, NULL);
  g_assert_cmpint (run.status, ==, status);
  g_assert_nonnull (strstr (run.err, reason));
  g_assert_null (strstr (run.err, "tinylm-cli: the same"));
  tlm_test_run_clear (&run);
}

static void
says_why_a_text_is_another (Fixture      *f,
                            gconstpointer data)
{
  g_autoptr (GBytes) out = generate (f, "The", "0.9");
  TlmTestRun         run;
  g_autofree char   *other = tlm_paths_dup_data ("models/eeny.gguf");

  edit (f, "\"seed\" : \"18446744073709551615\"", "\"seed\" : \"1\"");
  assert_refused (f, NULL, 1, "the receipt was changed");
  edit (f, "\"tinylm\" : \"", "\"tinylm\" : \"9.");
  assert_refused (f, NULL, 1, "It was made by version 9.");
  edit (f, "\"cpu\" : \"", "\"cpu\" : \"abacus-");
  assert_refused (f, NULL, 1, "processor path “abacus-");
  tlm_test_run_cli (&run, NULL, "replay", "-m", other, f->receipt, NULL);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.err, "is another model"));
  tlm_test_run_clear (&run);
}

static void
makes_the_same_summary (Fixture      *f,
                        gconstpointer data)
{
  TlmTestRun run;

  tlm_test_run_cli (&run, NULL, "summarize", "--receipt", f->receipt, f->note, NULL);
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "replay", f->receipt, f->note, NULL);
  g_assert_nonnull (strstr (run.err, "the same"));
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  assert_refused (f, NULL, 2, "give the note");
  g_assert_true (g_file_set_contents (f->note, "Another note. It says less.", -1, NULL));
  assert_refused (f, f->note, 1, "this is not the note");
  tlm_test_run_cli (&run, NULL, "summarize", "--receipt", f->receipt, f->note, f->note, NULL);
  g_assert_cmpint (run.status, ==, 2);
  tlm_test_run_clear (&run);
}

static void
refuses_what_is_no_receipt (Fixture      *f,
                            gconstpointer data)
{
  static const char *const files[] = {
    "", "x", "[]", "{}", "null", "{\"receipt\": 1}", "{\"receipt\": \"prophecy\"}",
    "{\"receipt\": \"generate\"}",
    "{\"receipt\": \"generate\", \"prompt\": \"a\", \"settings\": 3}",
    "{\"receipt\": \"generate\", \"prompt_base64\": 5, \"settings\": {\"seed\": \"-1\"}}",
    "{\"receipt\": \"summarize\", \"input\": {\"sha256\": null}}",
  };
  g_autoptr (GBytes) out = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_assert_true (g_file_set_contents (f->receipt, files[i], -1, NULL));
      assert_refused (f, NULL, 1, "is no receipt");
    }
  out = generate (f, "The", "0.9");
  edit (f, "\"max_tokens\" : 60", "\"max_tokens\" : -60");
  assert_refused (f, NULL, 1, "“max_tokens”");
  g_assert_cmpint (g_unlink (f->receipt), ==, 0);
  assert_refused (f, NULL, 1, "receipt");
}

#define TEST(name, func) g_test_add ("/app/replay/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("makes-the-same-text-with-any-threads", makes_the_same_text_with_any_threads);
  TEST ("puts-its-receipt-where-it-is-told", puts_its_receipt_where_it_is_told);
  TEST ("makes-the-same-text-without-lookup", makes_the_same_text_without_lookup);
  TEST ("takes-the-path-of-the-receipt", takes_the_path_of_the_receipt);
  TEST ("says-why-a-text-is-another", says_why_a_text_is_another);
  TEST ("makes-the-same-summary", makes_the_same_summary);
  TEST ("refuses-what-is-no-receipt", refuses_what_is_no_receipt);
  return g_test_run ();
}
