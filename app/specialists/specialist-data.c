/* SPDX-License-Identifier: Apache-2.0 */
/* Examples as a specialist needs them: which of them are kept back, and all of them as tokens. The
 * split depends on the examples and the seed alone. */
#include "specialist-private.h"

#include "core/errors.h"
#include "models/generation.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

/* Of ten examples one is to stop by, two are to judge by, and no more of these than are asked in
 * good time. */
#define MAX_HELD_OUT 200

/* Examples of labels are trained on in so many variants, each without this part of its words, so
 * that more than the surest word is looked at; on meeny a twentieth more are right then. */
#define VARIANTS 8
#define THINNED 0.15f

/* Tokens of an example: what the built-in model sees, and what larger ones need not exceed. */
#define MAX_TOKENS 512

/* Fewer than these are no task. */
#define MIN_EXAMPLES 10

void
tlm_specialist_data_free (TlmSpecialistData *data)
{
  if (data == NULL)
    return;
  tlm_form_free (data->form);
  g_free (data->train);
  g_free (data->valid);
  g_free (data->held_out);
  g_ptr_array_unref (data->tokens);
  g_free (data);
}

/* Shuffled; of labels, those of each label together, so that each has its share of every part. */
static const TlmExample **
order (const TlmExamples *examples,
       const TlmForm     *form,
       guint64            seed)
{
  const TlmExample **shuffled = g_new (const TlmExample *, examples->n);
  const TlmExample **sorted;
  gsize              at = 0;
  tl_rng             rng;

  tl_rng_init (&rng, seed);
  for (gsize i = 0; i < examples->n; i++)
    {
      gsize j = tl_rng_below (&rng, (uint32_t) i + 1);

      shuffled[i] = shuffled[j];
      shuffled[j] = &examples->items[i];
    }
  if (form->labels->len == 0)
    return shuffled;
  sorted = g_new (const TlmExample *, examples->n);
  for (guint l = 0; l < form->labels->len; l++)
    for (gsize i = 0; i < examples->n; i++)
      if (g_str_equal (shuffled[i]->output, form->labels->pdata[l]))
        sorted[at++] = shuffled[i];
  g_free (shuffled);
  return sorted;
}

static void
hash_bytes (guint64    *hash,
            const void *bytes,
            gsize       n)
{
  for (gsize i = 0; i < n; i++)
    *hash = (*hash ^ ((const guint8 *) bytes)[i]) * 0x100000001b3u;
}

static gboolean
add_tokens (TlmSpecialistData *data,
            const TlmExample  *example,
            const tl_model    *model,
            guint32            max,
            tl_lora_example   *out,
            tl_error          *err)
{
  gsize    n, n_prompt;
  gboolean cut;
  int32_t *ids = tlm_form_encode (data->form, model, example->input, example->turns,
                                  example->output, max, &n, &n_prompt, &cut, err);

  if (ids == NULL)
    return FALSE;
  g_ptr_array_add (data->tokens, ids);
  if (n_prompt == 0) /* nothing is learned from the token before the first */
    return tlm_generation_fail_unspelt (err);
  *out = (tl_lora_example) { ids, (uint32_t) n, (uint32_t) n_prompt };
  data->n_cut += cut;
  data->longest = MAX (data->longest, (guint32) n - 1);
  hash_bytes (&data->hash, ids, n * sizeof *ids);
  return TRUE;
}

/* @text without some of its words. (transfer full) */
static char *
thin_out (const char *text,
          tl_rng     *rng)
{
  g_auto (GStrv)      words = g_strsplit (text, " ", -1);
  g_autoptr (GString) thin = g_string_new (NULL);

  for (gsize i = 0; words[i] != NULL; i++)
    if (tl_rng_uniform (rng) >= THINNED)
      g_string_append_printf (thin, "%s%s", thin->len > 0 ? " " : "", words[i]);
  return g_string_free (g_steal_pointer (&thin), FALSE);
}

/* Of a conversation only what was said last is thinned. (transfer full) (nullable) */
static char **
thin_out_turns (char  **turns,
                tl_rng *rng)
{
  char **thin = g_strdupv (turns);
  guint  n = thin != NULL ? g_strv_length (thin) : 0;

  if (n > 0)
    {
      g_free (thin[n - 1]);
      thin[n - 1] = thin_out (turns[n - 1], rng);
    }
  return thin;
}

/* The examples to train on again, @VARIANTS - 1 times, each time with other words left out. */
static gboolean
add_variants (TlmSpecialistData *data,
              const TlmExample **learned,
              const tl_model    *model,
              guint64            seed,
              guint32            max,
              tl_error          *err)
{
  guint  n_cut = data->n_cut;
  tl_rng rng;

  tl_rng_init (&rng, seed);
  for (; data->n_variants < VARIANTS; data->n_variants++)
    for (gsize i = 0; i < data->n_train; i++)
      {
        g_autofree char *thin = thin_out (learned[i]->input, &rng);
        g_auto (GStrv)   turns = thin_out_turns (learned[i]->turns, &rng);
        const TlmExample e = { thin, learned[i]->output, turns };

        if (!add_tokens (data, &e, model, max, &data->train[data->n_variants * data->n_train + i],
                         err))
          return FALSE;
      }
  data->n_cut = n_cut;
  return TRUE;
}

/* Two of ten, and of these so many, spread over all: examples stand in the order of their labels. Or the
 * first of these, as older specialists had it. */
static gboolean
is_held_out (gsize    i,
             gsize    n,
             gboolean spread)
{
  gsize n_chosen = n / 10 * 2 + (n % 10 > 3) + (n % 10 > 8), at = i / 10 * 2 + (i % 10 > 3);
  gsize most = MIN (n_chosen, MAX_HELD_OUT);

  return (i % 10 == 3 || i % 10 == 8)
         && (spread ? (at + 1) * most / n_chosen > at * most / n_chosen : at < most);
}

static gboolean
split (TlmSpecialistData *data,
       const TlmExample **ordered,
       gsize              n,
       const tl_model    *model,
       guint32            max,
       guint64            seed,
       GError           **error)
{
  g_autofree const TlmExample **learned = g_new (const TlmExample *, n);
  gboolean                      good = TRUE;
  tl_error                      err = { 0 };

  data->train = g_new (tl_lora_example, n * VARIANTS);
  data->valid = g_new (tl_lora_example, n);
  data->held_out = g_new (const TlmExample *, n);
  for (gsize i = 0; good && i < n; i++)
    if (is_held_out (i, n, data->form->spread))
      data->held_out[data->n_held_out++] = ordered[i];
    else if (i % 10 == 5)
      good = add_tokens (data, ordered[i], model, max, &data->valid[data->n_valid++], &err);
    else
      {
        learned[data->n_train] = ordered[i];
        good = add_tokens (data, ordered[i], model, max, &data->train[data->n_train++], &err);
      }
  data->n_variants = 1;
  if (data->form->labels->len == 0)
    data->form->words = data->form->chat ? NULL : tlm_words_find (learned, data->n_train);
  else
    good = good && add_variants (data, learned, model, seed, max, &err);
  return good || tlm_error_from_engine (error, &err);
}

static int
compare_falling (gconstpointer a,
                 gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x < y) - (x > y);
}

/* The sum of the @n largest of @values, [n_values], which are sorted for it. */
static guint32
sum_largest (guint32 *values,
             gsize    n_values,
             gsize    n)
{
  guint32 sum = 0;

  qsort (values, n_values, sizeof *values, compare_falling);
  for (gsize i = 0; i < MIN (n, n_values); i++)
    sum += values[i];
  return sum;
}

/* A step takes some of @examples at once, a measurement all of them. */
static void
measure_lots (TlmSpecialistData     *data,
              const tl_lora_example *examples,
              gsize                  n,
              gsize                  n_at_once)
{
  g_autofree guint32 *rows = g_new (guint32, n), *learned = g_new (guint32, n);

  for (gsize i = 0; i < n; i++)
    {
      rows[i] = examples[i].n - 1;
      learned[i] = examples[i].n - examples[i].n_prompt;
    }
  data->most = MAX (data->most, sum_largest (rows, n, n_at_once));
  data->most_learned = MAX (data->most_learned, sum_largest (learned, n, n_at_once));
}

TlmSpecialistData *
tlm_specialist_data_new (const TlmSpecialistOptions *options,
                         const tl_model             *model,
                         gboolean                    spread,
                         GError                    **error)
{
  const TlmExamples            *examples = options->examples;
  guint32                       max = MIN (MAX_TOKENS, tl_model_get_info (model)->n_ctx_train);
  TlmSpecialistData            *data;
  g_autofree const TlmExample **ordered = NULL;

  if (examples->n < MIN_EXAMPLES)
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
                   ngettext ("There is %zu example; at least %d are needed, and some 200 are better.",
                             "There are %zu different examples; at least %d are needed, and some 200 "
                             "are better.", (gulong) examples->n), examples->n, MIN_EXAMPLES);
      return NULL;
    }
  if (tl_model_get_tokenizer (model) == NULL)
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_MODEL,
                           _("This model has no vocabulary, so it cannot learn texts."));
      return NULL;
    }
  data = g_new0 (TlmSpecialistData, 1);
  data->form = tlm_form_new ();
  data->form->spread = spread;
  data->tokens = g_ptr_array_new_with_free_func (free);
  data->hash = 0xcbf29ce484222325u;
  tlm_specialist_find_labels (data->form, examples);
  tlm_specialist_find_conversations (data->form, examples, model);
  data->commonest = tlm_specialist_find_commonest (examples);
  ordered = order (examples, data->form, options->seed);
  if (split (data, ordered, examples->n, model, max, options->seed, error))
    {
      measure_lots (data, data->train, data->n_train * data->n_variants, TLM_SPECIALIST_BATCH);
      measure_lots (data, data->valid, data->n_valid, data->n_valid);
      return data;
    }
  tlm_specialist_data_free (data);
  return NULL;
}
