/* SPDX-License-Identifier: Apache-2.0 */
/* Outputs made of the input's words: which they are, and what a specialist of them may write. */
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "core/paths.h"
#include "specialists/specialist-words.h"

static GPtrArray *
find (const TlmExample *examples,
      gsize             n)
{
  g_autofree const TlmExample **pointers = g_new (const TlmExample *, n);

  for (gsize i = 0; i < n; i++)
    pointers[i] = &examples[i];
  return tlm_words_find (pointers, n);
}

static char *
joined (const GPtrArray *words)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", (char *) words->pdata[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
finds_what_outputs_have_of_their_own (void)
{
  static const TlmExample examples[] = {
    { (char *) "Pay 12.50 euros by 3 March.", (char *) "3 March | 12.50 euros (due)" },
    { (char *) "On 4 May we sent you $7.", (char *) "4 May | $7 (paid)" },
    { (char *) "due by 1 June: 80 euros", (char *) "1 June | 80 euros (due)" },
    { (char *) "We got $5, on 2 July", (char *) "2 July | $5 (paid)" },
    { (char *) "the roof, by 9 May: $3", (char *) "9 May | $3 (due)" },
  };
  g_autoptr (GPtrArray) words = find (examples, G_N_ELEMENTS (examples));
  g_autofree char      *text = joined (words);

  g_assert_cmpstr (text, ==, "( ) due paid |");
}

static void
leaves_free_text_alone (void)
{
  static const TlmExample examples[] = {
    { (char *) "one", (char *) "some words that" },
    { (char *) "two", (char *) "have nothing in" },
    { (char *) "three", (char *) "common at all" },
  };
  static const TlmExample lines[] = {
    { (char *) "one two", (char *) "one\ntwo" },
    { (char *) "three four", (char *) "three\nfour" },
  };

  g_assert_null (find (examples, G_N_ELEMENTS (examples)));
  g_assert_null (find (lines, G_N_ELEMENTS (lines)));
}

/* Whether the filter lets through all tokens of @output and an end behind it. */
static gboolean
lets_through (const tl_tokenizer *tokenizer,
              const char         *input,
              const char         *output)
{
  g_autoptr (GPtrArray)     own = g_ptr_array_new ();
  g_autoptr (TlmWordFilter) filter = NULL;
  g_autofree char          *spaced = g_strconcat (" ", output, NULL);
  int32_t                  *ids;
  size_t                    n;
  gboolean                  good = TRUE;

  g_ptr_array_add (own, (char *) "(");
  g_ptr_array_add (own, (char *) ")");
  g_ptr_array_add (own, (char *) "|");
  g_ptr_array_add (own, (char *) "due");
  filter = tlm_word_filter_new (own, input, tokenizer);
  g_assert_true (tl_tokenizer_encode (tokenizer, spaced, strlen (spaced), TL_TOKENIZE_NONE, &ids,
                                      &n, NULL));
  for (size_t i = 0; i <= n; i++)
    {
      int32_t        id = i < n ? ids[i] : tl_tokenizer_get_eos (tokenizer);
      gsize          n_allowed;
      const int32_t *allowed = tlm_word_filter_get_allowed (filter, &n_allowed);
      gboolean       found = FALSE;

      for (gsize j = 0; j < n_allowed; j++)
        found = found || allowed[j] == id;
      good = good && found;
      tlm_word_filter_accept (filter, id);
    }
  free (ids);
  return good;
}

static void
writes_known_words_alone (void)
{
  static const char   input[] = "Pay 1,312.50 € to Zoë (the printer) by 3 March.";
  static const struct { const char *output; gboolean passes; } cases[] = {
    { "3 March | 1,312.50 €", TRUE },
    { "Printer (Zoë, 3 March)", FALSE }, /* "," stands inside a number alone */
    { "Printer (Zoë) | pay", TRUE },
    { "due", TRUE },
    { "1,312.5", FALSE },
    { "312.50", FALSE },
    { "3 Marc", FALSE },
    { "4 March", FALSE },
    { "3 March.", TRUE },
    { "printers", FALSE },
    { "()", TRUE },
  };
  g_autofree char *path = tlm_paths_dup_data ("models/meeny.gguf");
  tl_model        *model = tl_model_open (path, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (lets_through (tl_model_get_tokenizer (model), input, cases[i].output), ==,
                     cases[i].passes);
  tl_model_close (model);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/specialist-words/finds-what-outputs-have-of-their-own",
                   finds_what_outputs_have_of_their_own);
  g_test_add_func ("/app/specialist-words/leaves-free-text-alone", leaves_free_text_alone);
  g_test_add_func ("/app/specialist-words/writes-known-words-alone", writes_known_words_alone);
  return g_test_run ();
}
