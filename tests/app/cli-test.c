/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli as a black box: its output, its exit status, and that each text it prints is exactly
 * the slice of the file that it names. */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "run-cli.h"
#include "support.h"

/* The objects of an output that has one a line. (transfer full) */
static GPtrArray *
parse_lines (TlmTestRun *run)
{
  g_autofree char *out = tlm_test_dup_bytes (run->out);
  g_auto (GStrv)   lines = g_strsplit (out, "\n", -1);
  GPtrArray       *objects = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);

  for (int i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autoptr (GError) error = NULL;
      JsonNode          *node = json_from_string (lines[i], &error);

      g_assert_no_error (error);
      g_ptr_array_add (objects, node);
    }
  return objects;
}

static void
assert_slice (JsonObject *span,
              const char *file,
              gsize       len)
{
  gint64      start = json_object_get_int_member (span, "start");
  gint64      end = json_object_get_int_member (span, "end");
  const char *text = json_object_get_string_member (span, "text");

  g_assert_cmpint (start, >=, 0);
  g_assert_cmpint (start, <, end);
  g_assert_cmpint (end, <=, (gint64) len);
  g_assert_cmpmem (text, strlen (text), file + start, (gsize) (end - start));
}

static guint
assert_slices (JsonObject *object,
               const char *member,
               const char *file,
               gsize       len)
{
  JsonArray *array = json_object_get_array_member (object, member);

  g_assert_nonnull (array);
  for (guint i = 0; i < json_array_get_length (array); i++)
    assert_slice (json_array_get_object_element (array, i), file, len);
  return json_array_get_length (array);
}

static void
assert_inside (JsonObject *action,
               const char *member)
{
  JsonNode *node = json_object_get_member (action, member);

  g_assert_nonnull (node);
  if (!JSON_NODE_HOLDS_NULL (node))
    g_assert_nonnull (strstr (json_object_get_string_member (action, "text"),
                              json_node_get_string (node)));
}

static void
assert_summary (JsonNode   *node,
                const char *name,
                const char *file,
                gsize       len)
{
  JsonObject *object = json_node_get_object (node);
  JsonArray  *points = json_object_get_array_member (object, "keypoints");
  JsonArray  *actions = json_object_get_array_member (object, "actions");
  JsonObject *model = json_object_get_object_member (object, "model");
  JsonObject *ms = json_object_get_object_member (object, "ms");

  g_assert_cmpstr (json_object_get_string_member (object, "file"), ==, name);
  if (!json_object_get_null_member (object, "title"))
    assert_slice (json_object_get_object_member (object, "title"), file, len);
  g_assert_cmpuint (assert_slices (object, "keypoints", file, len), >=, 1);
  assert_slices (object, "tags", file, len);
  assert_slices (object, "actions", file, len);
  for (guint i = 0; i < json_array_get_length (points); i++)
    {
      JsonObject *point = json_array_get_object_element (points, i);
      double      confidence = json_object_get_double_member (point, "confidence");

      g_assert_true (confidence >= 0 && confidence <= 1);
    }
  for (guint i = 0; i < json_array_get_length (actions); i++)
    {
      assert_inside (json_array_get_object_element (actions, i), "owner");
      assert_inside (json_array_get_object_element (actions, i), "due");
    }
  g_assert_cmpstr (json_object_get_string_member (model, "name"), ==, "eeny");
  g_assert_cmpuint (strlen (json_object_get_string_member (model, "sha256")), ==, 64);
  g_assert_true (json_object_get_double_member (ms, "load") >= 0);
  g_assert_true (json_object_get_double_member (ms, "total") > 0);
}

static gboolean
skip_without_reader (void)
{
  g_autofree char *reader = tlm_test_find_reader ();

  return reader == NULL;
}

static char *
write_file (const char *folder,
            const char *name,
            const char *bytes,
            gssize      len)
{
  char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, bytes, len, NULL));
  return path;
}

static void
prints_slices_of_the_file (void)
{
  static const char *const notes[] = {
    "# Plan\n\nAnna \"the boss\" calls the bank\tby Friday. The rest can wait; it is only paint.\n",
    "\xef\xbb\xbf# Gemarkt\r\n\r\nÄpfel kaufen. Größe prüfen, bis Dienstag!\r\n",
    "日本語のメモです。明日までに報告書を送る。会議は金曜日です。\n",
    "- [ ] Ben: paint the door \\ window by 3 May\n- [x] done\n- 🦩 birds, \x1b[31mred\x1b[0m\n",
  };
  char *folder;

  if (skip_without_reader ())
    return;
  folder = tlm_test_make_folder ();
  for (gsize i = 0; i < G_N_ELEMENTS (notes); i++)
    {
      g_autofree char      *path = write_file (folder, "a \"note\" ü.md", notes[i], -1);
      g_autoptr (GPtrArray) objects = NULL;
      TlmTestRun                   run;

      tlm_test_run_cli (&run, NULL, "summarize", "--json", path, NULL);
      g_assert_cmpstr (run.err, ==, "");
      g_assert_cmpint (run.status, ==, 0);
      objects = parse_lines (&run);
      g_assert_cmpuint (objects->len, ==, 1);
      assert_summary (objects->pdata[0], path, notes[i], strlen (notes[i]));
      tlm_test_run_clear (&run);
    }
  tlm_test_remove_folder (folder);
}

static void
reads_standard_input (void)
{
  static const char     note[] = "Anna calls the bank by Friday. Everything else can wait.";
  g_autoptr (GBytes)    input = g_bytes_new_static (note, strlen (note));
  g_autoptr (GPtrArray) objects = NULL;
  TlmTestRun                   run;

  if (skip_without_reader ())
    return;
  tlm_test_run_cli (&run, input, "summarize", "--json", "-", NULL);
  g_assert_cmpint (run.status, ==, 0);
  objects = parse_lines (&run);
  assert_summary (objects->pdata[0], "-", note, strlen (note));
  tlm_test_run_clear (&run);
}

static void
reads_documents_from_standard_input (void)
{
  static const char *const cases[][2] = {
    { "HTML", "<!-- of a shop -->\n<html><p>Anna calls the bank by Friday." },
    { "EML", "From: Ben <ben@example.org>\nMIME-Version: 1.0\n\nAnna calls the bank by Friday." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases) && !skip_without_reader (); i++)
    {
      g_autoptr (GBytes)    input = g_bytes_new_static (cases[i][1], strlen (cases[i][1]));
      g_autoptr (GPtrArray) objects = NULL;
      JsonObject           *object;
      TlmTestRun            run;

      tlm_test_run_cli (&run, input, "summarize", "--json", "-", NULL);
      g_assert_cmpint (run.status, ==, 0);
      objects = parse_lines (&run);
      object = json_node_get_object (objects->pdata[0]);
      g_assert_cmpstr (json_object_get_string_member (object, "decoded_from"), ==, cases[i][0]);
      tlm_test_run_clear (&run);
    }
}

static void
goes_on_after_a_bad_file (void)
{
  char                 *folder = tlm_test_make_folder ();
  g_autofree char      *good = write_file (folder, "good.md", "Anna calls the bank by Friday.", -1);
  g_autofree char      *empty = write_file (folder, "empty.md", "\n", -1);
  g_autofree char      *binary = write_file (folder, "binary", "\x7f" "ELF\0\1\2", 7);
  g_autofree char      *latin = write_file (folder, "latin.txt", "one\ncaf\xe9\n", -1);
  g_autofree char      *missing = g_build_filename (folder, "missing.md", NULL);
  const char *const     bad[] = { empty, binary, latin, missing, folder };
  g_autoptr (GPtrArray) objects = NULL;
  TlmTestRun                   run;

  tlm_test_run_cli (&run, NULL, "summarize", "--json", empty, binary, latin, missing, folder,
                    good, NULL);
  g_assert_cmpint (run.status, ==, 1);
  objects = parse_lines (&run);
  g_assert_cmpuint (objects->len, ==, 6);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      JsonObject *object = json_node_get_object (objects->pdata[i]);

      g_assert_cmpstr (json_object_get_string_member (object, "file"), ==, bad[i]);
      g_assert_cmpuint (strlen (json_object_get_string_member (object, "error")), >, 10);
      g_assert_nonnull (strstr (run.err, json_object_get_string_member (object, "error")));
      g_assert_cmpuint (json_object_get_size (object), ==, 2);
    }
  g_assert_nonnull (strstr (run.err, "line 2"));
  if (!skip_without_reader ())
    assert_summary (objects->pdata[5], good, "Anna calls the bank by Friday.", 30);
  tlm_test_run_clear (&run);
  tlm_test_remove_folder (folder);
}

static void
decodes_utf16_and_says_so (void)
{
  static const char     bytes[] = "\xff\xfe" "A\0n\0n\0a\0 \0c\0a\0l\0l\0s\0.\0";
  g_autoptr (GBytes)    input = g_bytes_new_static (bytes, sizeof bytes - 1);
  g_autoptr (GPtrArray) objects = NULL;
  JsonObject           *object;
  TlmTestRun                   run;

  if (skip_without_reader ())
    return;
  tlm_test_run_cli (&run, input, "summarize", "--json", "-", NULL);
  objects = parse_lines (&run);
  object = json_node_get_object (objects->pdata[0]);
  g_assert_cmpstr (json_object_get_string_member (object, "decoded_from"), ==, "UTF-16");
  assert_summary (objects->pdata[0], "-", "Anna calls.", 11);
  tlm_test_run_clear (&run);
}

static void
prints_text_without_escapes_to_a_pipe (void)
{
  static const char  note[] = "Anna calls the \033]0;title\007 bank by Friday. All else can wait.";
  g_autoptr (GBytes) input = g_bytes_new_static (note, strlen (note));
  g_autofree char   *out = NULL;
  TlmTestRun                run;

  if (skip_without_reader ())
    return;
  tlm_test_run_cli (&run, input, "summarize", "-", NULL);
  g_assert_cmpint (run.status, ==, 0);
  out = tlm_test_dup_bytes (run.out);
  g_assert_nonnull (strstr (out, "Anna calls"));
  g_assert_null (strchr (out, '\033'));
  g_assert_null (strchr (out, '\007'));
  tlm_test_run_clear (&run);
}

static void
continues_a_story_to_the_byte (void)
{
  g_autofree char *model = tlm_test_find_data ("weights/stories260K.gguf");
  g_autofree char *path = tlm_test_find_data ("weights/reference_greedy_256.txt");
  g_autofree char *reference = NULL;
  gsize            len;
  TlmTestRun              run;

  if (model == NULL || path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &reference, &len, NULL));
  tlm_test_run_cli (&run, NULL, "generate", "-m", model, "-p", "", "-n", "256", "--temp", "0",
                    NULL);
  g_assert_cmpint (run.status, ==, 0);
  g_assert_cmpmem (g_bytes_get_data (run.out, NULL), g_bytes_get_size (run.out), reference, len);
  tlm_test_run_clear (&run);
}

static void
measures_what_it_names (void)
{
  g_autofree char      *model = tlm_test_find_data ("weights/stories260K.gguf");
  g_autoptr (GPtrArray) objects = NULL;
  static const int      n_prompt[] = { 8, 16, 0 }, n_gen[] = { 0, 0, 4 };
  TlmTestRun                   run;

  if (model == NULL)
    return;
  tlm_test_run_cli (&run, NULL, "bench", "-m", model, "-p", "8,16", "-n", "4", "-d", "5", "-t",
                    "1", "-r", "3", "--json", NULL);
  g_assert_cmpint (run.status, ==, 0);
  objects = parse_lines (&run);
  g_assert_cmpuint (objects->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      JsonObject *object = json_node_get_object (objects->pdata[i]);
      JsonArray  *samples = json_object_get_array_member (object, "samples_ts");
      double      sum = 0;

      g_assert_cmpint (json_object_get_int_member (object, "n_prompt"), ==, n_prompt[i]);
      g_assert_cmpint (json_object_get_int_member (object, "n_gen"), ==, n_gen[i]);
      g_assert_cmpint (json_object_get_int_member (object, "n_depth"), ==, 5);
      g_assert_cmpint (json_object_get_int_member (object, "n_threads"), ==, 1);
      g_assert_cmpuint (json_array_get_length (samples), ==, 3);
      for (guint j = 0; j < 3; j++)
        sum += json_array_get_double_element (samples, j);
      g_assert_cmpfloat_with_epsilon (json_object_get_double_member (object, "avg_ts"), sum / 3, 0.01);
      g_assert_cmpint (json_object_get_int_member (object, "avg_cpu_ns"), >, 0);
      g_assert_cmpint (json_object_get_int_member (object, "load_ns"), >, 0);
      g_assert_cmpint (json_object_get_int_member (object, "peak_bytes"), >, 1 << 20);
    }
  tlm_test_run_clear (&run);
}

/* Each line: the expected status and the arguments. */
static void
refuses_arguments_that_make_no_sense (void)
{
  static const char *const cases[][8] = {
    { "2", NULL },
    { "2", "frobnicate", NULL },
    { "2", "summarize", NULL },
    { "2", "summarize", "--frob", "x", NULL },
    { "2", "ask", NULL },
    { "2", "ask", "When?", "a.md", "b.md", NULL },
    { "1", "ask", "When?", "/nowhere.md", NULL },
    { "2", "generate", NULL },
    { "2", "generate", "-m", "x", "--temp", "nan", NULL },
    { "2", "generate", "-m", "x", "-n", "-1", NULL },
    { "2", "generate", "-m", "x", "--seed", "abc", NULL },
    { "2", "generate", "-m", "x", "stray", NULL },
    { "1", "generate", "-m", "/nowhere.gguf", NULL },
    { "1", "classify", "When?", NULL }, /* meeny has no labels; a merged model has */
    { "2", "train", "lm", "--type=NONSENSE", "--text=x", "--vocab=x", "--checkpoint=x", NULL },
    { "1", "classify", "--adapter", "/nowhere.gguf", "caf\xe9", NULL },
    { "2", "bench", "-m", "x", "-p", "12,,3", NULL },
    { "2", "bench", "-m", "x", "-r", "0", NULL },
    { "1", "bench", "-m", "/dev/null", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const *a = cases[i];
      TlmTestRun                run;

      tlm_test_run_cli (&run, NULL, a[1], a[2], a[3], a[4], a[5], a[6], NULL);
      g_test_message ("case %d: %s", (int) i, run.err);
      g_assert_cmpint (run.status, ==, g_ascii_strtoll (a[0], NULL, 10));
      g_assert_cmpuint (strlen (run.err), >, 20);
      g_assert_cmpuint (g_bytes_get_size (run.out), ==, 0);
      tlm_test_run_clear (&run);
    }
}

/* GOption leaves “--” where what follows begins with a dash. */
static void
ends_its_options_where_it_is_told (void)
{
  TlmTestRun       run;
  g_autofree char *first = NULL, *second = NULL;

  tlm_test_run_cli (&run, NULL, "handoff", "--", "-call the roof-", NULL);
  g_assert_cmpint (run.status, ==, 0);
  first = tlm_test_dup_bytes (run.out);
  g_assert_cmpstr (g_strchomp (first), ==, "-call the roof-");
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "handoff", "--", "--", NULL);
  g_assert_cmpint (run.status, ==, 0);
  second = tlm_test_dup_bytes (run.out);
  g_assert_cmpstr (g_strchomp (second), ==, "--");
  tlm_test_run_clear (&run);
}

static void
tells_how_it_is_used (void)
{
  static const char *const asks[][2] = {
    { "help", NULL }, { "--help", NULL }, { "--version", NULL }, { "summarize", "--help" },
    { "generate", "--help" }, { "bench", "-h" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (asks); i++)
    {
      TlmTestRun run;

      tlm_test_run_cli (&run, NULL, asks[i][0], asks[i][1], NULL);
      g_assert_cmpint (run.status, ==, 0);
      g_assert_cmpstr (run.err, ==, "");
      g_assert_cmpuint (g_bytes_get_size (run.out), >, 10);
      tlm_test_run_clear (&run);
    }
}

static void
obeys_the_choice_of_instructions (void)
{
  TlmTestRun run;

  g_setenv ("TINYLM_CPU", "abacus", TRUE);
  tlm_test_run_cli (&run, NULL, "help", NULL);
  g_unsetenv ("TINYLM_CPU");
  g_assert_cmpint (run.status, ==, 2);
  g_assert_nonnull (strstr (run.err, "abacus"));
  tlm_test_run_clear (&run);
}

/* Notes of a folder in the order of their paths; what is hidden, damaged or a picture stops nothing. */
static void
summarizes_folders (void)
{
  char                 *folder = tlm_test_make_folder ();
  const char           *note = "# Fence\n\nTom repairs the fence by 3 May 2026. It is old.\n";
  g_autofree char      *first = write_file (folder, "b.md", note, -1);
  g_autofree char      *sub = g_build_filename (folder, "sub", NULL);
  g_autofree char      *dots = g_build_filename (folder, ".obsidian", NULL);
  g_autofree char      *second = NULL, *hidden = NULL;
  g_autofree char      *picture = write_file (folder, "d.png", "x", -1);
  g_autofree char      *damaged = write_file (folder, "e.pdf", "%PDF-1.7 torn", -1);
  TlmTestRun            run;
  g_autoptr (GPtrArray) objects = NULL;

  g_assert_cmpint (g_mkdir (sub, 0700) | g_mkdir (dots, 0700), ==, 0);
  second = write_file (sub, "a.md", note, -1);
  hidden = write_file (dots, "c.md", note, -1);
  tlm_test_run_cli (&run, NULL, "summarize", "--folder", folder, "--json", NULL);
  objects = parse_lines (&run);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_cmpuint (objects->len, ==, 3);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (objects->pdata[0]), "file"),
                   ==, first);
  g_assert_true (json_object_has_member (json_node_get_object (objects->pdata[1]), "error"));
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (objects->pdata[2]), "file"),
                   ==, second);
  g_assert_nonnull (strstr (run.err, "1 other file"));
  tlm_test_run_clear (&run);
  tlm_test_remove_folder (folder);
}

static void
prints_actions_with_owner_and_day (void)
{
  g_autoptr (GBytes) note = g_bytes_new_static ("- [ ] Tom: repair the fence by 3 May 2026\n", 42);
  g_autofree char   *out = NULL;
  TlmTestRun         run;

  tlm_test_run_cli (&run, note, "summarize", "--skill", "actions", "-", NULL);
  out = tlm_test_dup_bytes (run.out);
  g_assert_cmpint (run.status, ==, 0);
  g_assert_cmpstr (out, ==, "Tom: repair the fence by 3 May 2026 (Tom, 2026-05-03)\n");
  tlm_test_run_clear (&run);
  g_free (out);
  tlm_test_run_cli (&run, note, "summarize", "--markdown", "-", NULL);
  out = tlm_test_dup_bytes (run.out);
  g_assert_nonnull (strstr (out, "- [ ] Tom: repair the fence by 3 May 2026 (Tom, 2026-05-03)\n"));
  tlm_test_run_clear (&run);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/cli/prints-slices-of-the-file", prints_slices_of_the_file);
  g_test_add_func ("/app/cli/reads-standard-input", reads_standard_input);
  g_test_add_func ("/app/cli/reads-documents-from-standard-input",
                   reads_documents_from_standard_input);
  g_test_add_func ("/app/cli/goes-on-after-a-bad-file", goes_on_after_a_bad_file);
  g_test_add_func ("/app/cli/decodes-utf16-and-says-so", decodes_utf16_and_says_so);
  g_test_add_func ("/app/cli/prints-text-without-escapes", prints_text_without_escapes_to_a_pipe);
  g_test_add_func ("/app/cli/continues-a-story-to-the-byte", continues_a_story_to_the_byte);
  g_test_add_func ("/app/cli/measures-what-it-names", measures_what_it_names);
  g_test_add_func ("/app/cli/refuses-arguments-that-make-no-sense",
                   refuses_arguments_that_make_no_sense);
  g_test_add_func ("/app/cli/ends-its-options-where-it-is-told", ends_its_options_where_it_is_told);
  g_test_add_func ("/app/cli/tells-how-it-is-used", tells_how_it_is_used);
  g_test_add_func ("/app/cli/obeys-the-choice-of-instructions", obeys_the_choice_of_instructions);
  g_test_add_func ("/app/cli/summarizes-folders", summarizes_folders);
  g_test_add_func ("/app/cli/prints-actions-with-owner-and-day", prints_actions_with_owner_and_day);
  return g_test_run ();
}
