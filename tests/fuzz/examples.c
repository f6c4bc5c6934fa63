/* SPDX-License-Identifier: Apache-2.0 */
/* Examples to learn from: the same text as JSON lines, as a table and as Markdown. */
#include "fuzz-app.h"

#include "specialists/examples.h"

/* Returns: whether there are some */
static bool
check (TlmExamples *examples, GError *error)
{
  FUZZ_CHECK ((examples != NULL) != (error != NULL));
  for (gsize i = 0; examples != NULL && i < examples->n; i++)
    {
      const TlmExample *e = &examples->items[i];

      FUZZ_CHECK (*e->input != '\0' && g_utf8_validate (e->input, -1, NULL));
      FUZZ_CHECK (*e->output != '\0' && g_utf8_validate (e->output, -1, NULL));
      FUZZ_CHECK (e->turns == NULL || g_strv_length (e->turns) % 2 == 0);
    }
  if (examples != NULL)
    tlm_examples_free (examples);
  g_clear_error (&error);
  return examples != NULL;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const names[] = { "x.jsonl", "x.csv", "x.tsv", "x.md" };
  size_t len, n_taken = 0;
  char *text = fuzz_utf8 (data, size, &len);

  fuzz_app_init ();
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GError *error = NULL;
      TlmExamples *examples = tlm_examples_read (text, names[i], &error);

      n_taken += check (examples, error);
    }
  FUZZ_CHECK (n_taken > 0 || !fuzz_is_seed);
  g_free (text);
  return 0;
}
