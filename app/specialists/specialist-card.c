/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the card that specialist.c writes. Any file may claim anything, so texts are made fit to be
 * shown, and a number that is missing is 0. */
#include "specialist-card.h"

#include "core/errors.h"
#include "models/model-facts.h"
#include "models/model-hash.h"

#include <glib/gstdio.h>
#include <math.h>

#define KEY(name) "tinylm.specialist." name

void
tlm_specialist_card_free (TlmSpecialistCard *card)
{
  g_free (card->name);
  g_free (card->base_name);
  g_free (card->base_sha256);
  g_free (card->sha256);
  g_ptr_array_unref (card->labels);
  g_free (card);
}

static char *
read_text (const tl_gguf *gguf,
           const char    *key)
{
  tl_str value;

  return tl_gguf_get_string (gguf, key, &value) ? tlm_model_dup_shown (value.data, value.len)
                                                : g_strdup ("");
}

static double
read_number (const tl_gguf *gguf,
             const char    *key)
{
  double value;

  return tl_gguf_get_f64 (gguf, key, &value) && isfinite (value) ? value : 0;
}

static guint
read_count (const tl_gguf *gguf,
            const char    *key)
{
  uint64_t value;

  return tl_gguf_get_u64 (gguf, key, &value) ? (guint) MIN (value, G_MAXINT) : 0;
}

static GPtrArray *
read_labels (const tl_gguf *gguf)
{
  GPtrArray   *labels = g_ptr_array_new_with_free_func (g_free);
  tl_gguf_type type;
  size_t       n = 0;

  if (!tl_gguf_get_array (gguf, KEY ("labels"), &type, &n) || type != TL_GGUF_STRING)
    return labels;
  for (size_t i = 0; i < n; i++)
    {
      tl_str label = tl_gguf_array_string (gguf, KEY ("labels"), i);

      g_ptr_array_add (labels, tlm_model_dup_shown (label.data, label.len));
    }
  return labels;
}

static void
read_verdict (const tl_gguf *gguf,
              TlmVerdict    *v)
{
  g_autofree char *word = read_text (gguf, KEY ("verdict"));

  v->kind = TLM_VERDICT_TOO_FEW;
  for (int kind = TLM_VERDICT_TOO_FEW; kind <= TLM_VERDICT_DOES_NOT_WIN; kind++)
    if (g_str_equal (word, tlm_verdict_get_word ((TlmVerdictKind) kind)))
      v->kind = (TlmVerdictKind) kind;
  v->n = *word != '\0' ? read_count (gguf, KEY ("examples_held_out")) : 0;
  v->specialist = read_number (gguf, KEY ("score"));
  v->base = read_number (gguf, KEY ("base_score"));
  v->commonest = read_number (gguf, KEY ("commonest_score"));
  v->exact = read_number (gguf, KEY ("exact"));
  v->difference = read_number (gguf, KEY ("difference"));
  v->low = read_number (gguf, KEY ("difference_low"));
  v->high = read_number (gguf, KEY ("difference_high"));
  v->asked = read_number (gguf, KEY ("asked"));
  v->right_when_sure = read_number (gguf, KEY ("right_when_sure"));
  v->base_bits = read_number (gguf, KEY ("base_bits"));
  v->bits = read_number (gguf, KEY ("bits"));
}

static void
read_result (const tl_gguf       *gguf,
             TlmSpecialistResult *r)
{
  read_verdict (gguf, &r->verdict);
  r->n_train = read_count (gguf, KEY ("examples_train"));
  r->n_valid = read_count (gguf, KEY ("examples_valid"));
  r->n_held_out = read_count (gguf, KEY ("examples_held_out"));
  r->rank = read_count (gguf, KEY ("rank"));
  r->lr = read_number (gguf, KEY ("learning_rate"));
  r->steps = read_count (gguf, KEY ("steps"));
  r->best_step = read_count (gguf, KEY ("best_step"));
  r->valid_loss = read_number (gguf, KEY ("valid_loss"));
  r->temperature = read_number (gguf, KEY ("temperature"));
  r->threshold = read_number (gguf, KEY ("threshold"));
}

static TlmSpecialistCard *
read_card (const tl_gguf *gguf)
{
  TlmSpecialistCard *card = g_new0 (TlmSpecialistCard, 1);
  uint64_t           version = 0;

  card->name = read_text (gguf, "general.name");
  card->base_name = read_text (gguf, KEY ("base_name"));
  card->base_sha256 = read_text (gguf, KEY ("base_sha256"));
  card->labels = read_labels (gguf);
  card->alpha = read_number (gguf, "adapter.lora.alpha");
  card->dropout = read_number (gguf, KEY ("dropout"));
  tl_gguf_get_u64 (gguf, KEY ("seed"), &card->seed);
  card->trained_here = tl_gguf_get_u64 (gguf, KEY ("version"), &version) && version == 1;
  read_result (gguf, &card->result);
  card->result.n_labels = card->labels->len;
  return card;
}

TlmSpecialistCard *
tlm_specialist_card_read (const char *path,
                          GError    **error)
{
  tl_error                      err = { 0 };
  tl_gguf                      *gguf = tl_gguf_open (path, &err);
  g_autoptr (TlmSpecialistCard) card = NULL;
  GStatBuf                      info;

  if (gguf == NULL)
    {
      tlm_error_from_model (error, path, &err);
      return NULL;
    }
  card = read_card (gguf);
  card->full = !tl_gguf_is_adapter (gguf);
  tl_gguf_close (gguf);
  if ((card->sha256 = tlm_model_hash (path, error)) == NULL)
    return NULL;
  card->size = g_stat (path, &info) == 0 ? (guint64) info.st_size : 0;
  return g_steal_pointer (&card);
}

/* ---- beside the window ---- */

static void
read_thread (GTask        *task,
             gpointer      source,
             gpointer      path,
             GCancellable *cancellable)
{
  GError            *error = NULL;
  TlmSpecialistCard *card = tlm_specialist_card_read (path, &error);

  if (card != NULL)
    g_task_return_pointer (task, card, (GDestroyNotify) tlm_specialist_card_free);
  else
    g_task_return_error (task, error);
}

void
tlm_specialist_card_read_async (const char         *path,
                                GCancellable       *c,
                                GAsyncReadyCallback cb,
                                gpointer            data)
{
  GTask *task = g_task_new (NULL, c, cb, data);

  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, read_thread);
  g_object_unref (task);
}

TlmSpecialistCard *
tlm_specialist_card_read_finish (GAsyncResult *r,
                                 GError      **error)
{
  return g_task_propagate_pointer (G_TASK (r), error);
}
