/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli train vectors`, `train reader` and `train router`: a whole run on a handful of lines
 * ends in a file that can be read, and what is missing is named. */
#include <glib/gstdio.h>
#include <string.h>

#include "reader/reader.h"
#include "reader/route.h"
#include "run-cli.h"
#include "support.h"

static const char note[]
  = "{\"id\": \"t%d\", \"genre\": \"call\", \"lang\": \"en\", \"text\": \"# Roof\\n\\nIt rained "
    "again.\\nWe decided to mend the roof.\\n- Ann rings the firm by Friday\\n- the cat slept\\n\", "
    "\"units\": [\"It rained again.\", \"We decided to mend the roof.\", \"Ann rings the firm by "
    "Friday\", \"the cat slept\"], \"title\": \"Roof\", \"keypoints\": [1], \"nice\": [], "
    "\"tags\": [\"roof\"], \"actions\": [{\"unit\": 2, \"owner\": \"Ann\", \"due\": \"by "
    "Friday\"}], \"questions\": [{\"q\": \"Who rings the firm?\", \"unit\": 2, \"answer\": "
    "\"Ann\"}, {\"q\": \"What does it cost?\", \"unit\": null, \"answer\": null}]}\n";

/* @n notes in @folder/@name */
static char *
write_notes (const char *folder, const char *name, int n)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GString) lines = g_string_new (NULL);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  for (int i = 0; i < n; i++)
    g_string_append_printf (lines, note, i);
  g_assert_true (g_file_set_contents (path, lines->str, -1, NULL));
  return path;
}

static void
learns_vectors_and_a_reader_from_them (void)
{
  char *folder = tlm_test_make_folder ();
  g_autofree char *notes = write_notes (folder, "notes-train/notes.jsonl", 12);
  g_autofree char *more = write_notes (folder, "more.jsonl", 4);
  g_autofree char *vectors = g_build_filename (folder, "vectors.gguf", NULL);
  g_autofree char *model = g_build_filename (folder, "reader.gguf", NULL);
  tl_error err = { 0 };
  tl_reader *reader;
  TlmTestRun run;

  tlm_test_run_cli (&run, NULL, "train", "vectors", "--text", notes, "--out", vectors, NULL);
  g_assert_cmpstr (run.err, ==, "");
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "train", "reader", "--data", folder, "--notes", more, "--vectors",
                    vectors, "--epochs", "1", "--out", model, NULL);
  g_assert_cmpstr (run.err, ==, "");
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  reader = tl_reader_open (model, &err);
  g_assert_cmpstr (err.message, ==, "");
  tl_reader_close (reader);
  tlm_test_remove_folder (folder);
}

static void
names_what_is_missing (void)
{
  char *folder = tlm_test_make_folder ();
  g_autofree char *notes = write_notes (folder, "notes-train/notes.jsonl", 8);
  g_autofree char *out = g_build_filename (folder, "out.gguf", NULL);
  TlmTestRun run;

  tlm_test_run_cli (&run, NULL, "train", "vectors", "--out", out, NULL);
  g_assert_cmpint (run.status, ==, 2);
  g_assert_nonnull (strstr (run.err, "--text"));
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "train", "vectors", "--text", "/nowhere.txt", "--out", out, NULL);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.err, "/nowhere.txt"));
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "train", "reader", "--data", folder, "--vectors", notes, "--out",
                    out, NULL);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.err, notes));
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "train", "reader", "--data", folder, "--notes", "/nowhere.jsonl",
                    "--out", out, NULL);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.err, "/nowhere.jsonl"));
  tlm_test_run_clear (&run);
  tlm_test_remove_folder (folder);
}

/* Requests whose risk alone is known teach that, and are not judged. */
static void
learns_the_risk_alone (void)
{
  char *folder = tlm_test_make_folder ();
  g_autofree char *path = g_build_filename (folder, "train.jsonl", NULL);
  g_autofree char *model = g_build_filename (folder, "router.gguf", NULL);
  const tl_request fire = { "the lamp is on fire", 19, TL_ATTACH_NONE };
  tl_error err = { 0 };
  tl_router *router;
  tl_routing routing;
  TlmTestRun run;

  g_assert_true (g_file_set_contents (path,
                                      "{\"text\": \"sum this up\", \"label\": \"keypoints\"}\n"
                                      "{\"text\": \"hello\", \"label\": \"chat\"}\n"
                                      "{\"text\": \"it is on fire\", \"risk\": \"high\"}\n"
                                      "{\"text\": \"it is late\", \"risk\": \"low\"}\n", -1, NULL));
  tlm_test_run_cli (&run, NULL, "train", "router", "--data", folder, "--out", model, NULL);
  g_assert_cmpstr (run.err, ==, "");
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  router = tl_router_open (model, &err);
  g_assert_cmpstr (err.message, ==, "");
  tl_router_route (router, &fire, &routing);
  g_assert_cmpfloat (routing.p_high_risk, >, 0.5f);
  tl_router_free (router);
  tlm_test_run_cli (&run, NULL, "eval", "route", "--data", folder, NULL);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.err, "Line 3"));
  tlm_test_run_clear (&run);
  tlm_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/train-reader/learns-vectors-and-a-reader-from-them",
                   learns_vectors_and_a_reader_from_them);
  g_test_add_func ("/app/train-reader/learns-the-risk-alone", learns_the_risk_alone);
  g_test_add_func ("/app/train-reader/names-what-is-missing", names_what_is_missing);
  return g_test_run ();
}
