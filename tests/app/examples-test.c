/* SPDX-License-Identifier: Apache-2.0 */
/* Examples as they are read from files of every form: alike, counted, and with the line that is
 * wrong. */
#include <string.h>

#include "core/errors.h"
#include "specialist-support.h"
#include "specialists/examples.h"

typedef struct
{
  const char *name, *text;
} ExampleFile;

static const ExampleFile example_files[] = {
  { "a.jsonl", "{\"input\": \"one, two\", \"output\": \"three\"}\n\n"
               "{\"messages\": [{\"role\": \"system\", \"content\": \"Be\\nbrief.\"}, "
               "{\"role\": \"user\", \"content\": \"hi \\\"you\\\"\"}, "
               "{\"role\": \"assistant\", \"content\": \"hello\"}]}\n" },
  { "a.csv", "input,output\r\n\"one, two\",three\r\n\"Be\nbrief.\nhi \"\"you\"\"\",hello\r\n" },
  { "c.csv", "\xef\xbb\xbf" "Text;Label\r\none, two;three;\r\n"
             "\"Be\r\nbrief.\r\nhi \"\"you\"\"\" ;hello;;\r\n;;\r\n" },
  { "old.csv", "one, two;three\r\"Be\rbrief.\rhi \"\"you\"\"\";hello" },
  { "list.json", "[\n {\"prompt\": \"one, two\", \"completion\": \"three\"},\n"
                 " {\"question\": \"Be\\nbrief.\\nhi \\\"you\\\"\",\n  \"answer\": \"hello\"}]\n" },
  { "a.tsv", "one, two\tthree\n\"Be\nbrief.\nhi \"\"you\"\"\"\thello" },
};

static void
reads_every_form_alike (Fixture      *f,
                        gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (example_files); i++)
    {
      g_autofree char        *path = write_file (f, example_files[i].name, example_files[i].text);
      g_autoptr (GError)      error = NULL;
      g_autoptr (TlmExamples) examples = tlm_examples_load (path, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (examples->n, ==, 2);
      g_assert_cmpstr (examples->items[0].input, ==, "one, two");
      g_assert_cmpstr (examples->items[0].output, ==, "three");
      g_assert_cmpstr (examples->items[1].input, ==, "Be\nbrief.\nhi \"you\"");
      g_assert_cmpstr (examples->items[1].output, ==, "hello");
    }
}

/* Quotes that are part of the text, as spreadsheets copy them. */
static void
keeps_quotes_that_close_nothing (void)
{
  static const char *const rows = "\"Hello\" she said\tgreeting\n\"5 inch pipe\tgoods\n"
                                  "6\" pipe\tgoods\n\"a\ttab\nand a line\"\tlayout\n";
  static const char *const inputs[]
    = { "\"Hello\" she said", "\"5 inch pipe", "6\" pipe", "a\ttab\nand a line" };
  g_autoptr (GError)       error = NULL;
  g_autoptr (TlmExamples)  examples = tlm_examples_read (rows, "pasted.tsv", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (examples->n, ==, G_N_ELEMENTS (inputs));
  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    g_assert_cmpstr (examples->items[i].input, ==, inputs[i]);
}

static void
reads_markdown (Fixture      *f,
                gconstpointer data)
{
  g_autofree char        *path = write_file (f, "a.md",
                                                "intro\n# In one\n\nout\none\n\n## In two\nout two");
  g_autoptr (TlmExamples) examples = tlm_examples_load (path, NULL);

  g_assert_cmpuint (examples->n, ==, 2);
  g_assert_cmpstr (examples->items[0].input, ==, "In one");
  g_assert_cmpstr (examples->items[0].output, ==, "out\none");
  g_assert_cmpstr (examples->items[1].output, ==, "out two");
}

static void
counts_what_teaches_nothing (void)
{
  char                    a[] = "a", b[] = "b", c[] = "c", blank[] = " ", none[] = "";
  char                    one[] = "1", spaced[] = " 1 ", two[] = "2";
  const TlmExample        items[] = { { a, one },     { a, spaced }, { b, one },
                                      { b, two },     { blank, one }, { c, none } };
  g_autoptr (TlmExamples) examples = tlm_examples_new (items, G_N_ELEMENTS (items));

  g_assert_cmpuint (examples->n, ==, 2);
  g_assert_cmpuint (examples->n_duplicates, ==, 1);
  g_assert_cmpuint (examples->n_conflicts, ==, 1);
  g_assert_cmpuint (examples->n_empty, ==, 2);
  g_assert_cmpstr (examples->items[1].output, ==, "2"); /* the later one */
}

static void
names_the_line_that_is_wrong (Fixture      *f,
                              gconstpointer data)
{
  static const ExampleFile wrong[] = {
    { "b.jsonl", "{\"input\": \"a\", \"output\": \"b\"}\n{\"input\": \"a\"}\n" },
    { "c.jsonl", "{\"input\": \"a\", \"output\": \"b\"}\nnot JSON\n" },
    { "b.csv", "a,b\nc,d,e\n" },
    { "c.csv", "\"a\n\n\n\",b\n\"c,d,e\n" },
    { "b.json", "[{\"input\": \"a\", \"output\": \"b\"}, {\"input\": \"a\"}]" },
    { "b.txt", "a" },
    { "b.md", "no heading" },
  };
  static const char *const said[]
    = { "Line 2", "Line 2", "Line 2", "Line 5", "Entry 2", ".jsonl", "heading" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char        *path = write_file (f, wrong[i].name, wrong[i].text);
      g_autoptr (GError)      error = NULL;
      g_autoptr (TlmExamples) examples = tlm_examples_load (path, &error);

      g_assert_null (examples);
      g_assert_error (error, TLM_ERROR, TLM_ERROR_FAILED);
      g_assert_nonnull (strstr (error->message, said[i]));
    }
}

#define TEST(name, func) g_test_add ("/app/examples/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/examples/counts-what-teaches-nothing", counts_what_teaches_nothing);
  g_test_add_func ("/app/examples/keeps-quotes-that-close-nothing",
                   keeps_quotes_that_close_nothing);
  TEST ("reads-every-form-alike", reads_every_form_alike);
  TEST ("reads-markdown", reads_markdown);
  TEST ("names-the-line-that-is-wrong", names_the_line_that_is_wrong);
  return g_test_run ();
}
