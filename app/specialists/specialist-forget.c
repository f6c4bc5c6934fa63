/* SPDX-License-Identifier: Apache-2.0 */
/* What a specialist forgot of the rest: how well it foretells ordinary notes, beside its base. That
 * is what the built-in model completes words with. */
#include "specialist-judge.h"

#include "core/errors.h"
#include "core/paths.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

/* The program's own notes, which no built-in model has read. */
static const char *const notes[] = { "samples/meeting.md", "samples/lecture.md" };

/* Tokens that are foretold at once, each from those before it. */
#define WINDOW 256

/* A difference below this part is not worth a word. */
#define NOTICED 0.02

typedef struct
{
  const tl_model *model;
  tl_session     *session;
  tl_cancel_func  cancel;
  gpointer        cancel_data;
  double          nats;
  gsize           n_bytes;
} Reading;

static guint32
window_of (const tl_model *model)
{
  return MIN (WINDOW, tl_model_get_info (model)->n_ctx_train);
}

/* The window's first token has nothing before it and is not counted. */
static gboolean
read_window (Reading       *r,
             const int32_t *ids,
             gsize          n,
             tl_error      *err)
{
  const tl_tokenizer *tokenizer = tl_model_get_tokenizer (r->model);
  float               logprobs[WINDOW];

  if (r->cancel != NULL && r->cancel (r->cancel_data))
    return tl_error_set (err, TL_ERROR_CANCELLED, "stopped");
  tl_session_truncate (r->session, 0);
  if (!tl_session_score (r->session, ids, n, logprobs, err))
    return FALSE;
  for (gsize i = 1; i < n; i++)
    {
      r->nats -= (double) logprobs[i];
      r->n_bytes += tl_tokenizer_get_piece (tokenizer, ids[i]).len;
    }
  return TRUE;
}

static gboolean
read_note (Reading    *r,
           const char *name,
           GError    **error)
{
  g_autofree char *path = tlm_paths_dup_data (name);
  g_autofree char *text = NULL;
  gsize            len;
  tl_error         err = { 0 };
  int32_t         *ids;
  size_t           n;
  gboolean         good;

  if (!g_file_get_contents (path, &text, &len, error))
    return FALSE;
  good = tl_tokenizer_encode (tl_model_get_tokenizer (r->model), text, len, TL_TOKENIZE_ADD_BOS,
                              &ids, &n, &err);
  for (size_t at = 0; good && at < n; at += window_of (r->model))
    good = read_window (r, ids + at, MIN (n - at, window_of (r->model)), &err);
  free (ids);
  return good || tlm_error_from_engine (error, &err);
}

static gboolean
read_notes (const tl_model       *model,
            const tl_adapter_use *uses,
            gsize                 n_uses,
            tl_pool              *pool,
            tl_cancel_func        cancel,
            gpointer              cancel_data,
            double               *bits,
            GError              **error)
{
  tl_error err = { 0 };
  Reading  r = { model, tl_session_new (model, window_of (model), pool, &err), cancel, cancel_data,
                 0, 0 };
  gboolean good = r.session != NULL && tl_session_set_adapters (r.session, uses, n_uses, &err);

  if (!good)
    tlm_error_from_engine (error, &err);
  for (gsize i = 0; good && i < G_N_ELEMENTS (notes); i++)
    good = read_note (&r, notes[i], error);
  *bits = r.n_bytes > 0 ? r.nats / G_LN2 / (double) r.n_bytes : 0;
  tl_session_free (r.session);
  return good;
}

gboolean
tlm_judge_forgetting (const tl_model       *base,
                      const tl_model       *model,
                      const tl_adapter_use *uses,
                      gsize                 n_uses,
                      tl_pool              *pool,
                      tl_cancel_func        cancel,
                      gpointer              cancel_data,
                      TlmVerdict           *verdict,
                      GError              **error)
{
  return read_notes (base, NULL, 0, pool, cancel, cancel_data, &verdict->base_bits, error)
         && read_notes (model, uses, n_uses, pool, cancel, cancel_data, &verdict->bits, error);
}

char *
tlm_verdict_dup_forgetting (const TlmVerdict *verdict)
{
  double worse = verdict->bits / verdict->base_bits - 1;

  if (worse < NOTICED)
    return g_strdup (_("It has forgotten nothing: it predicts ordinary notes as well as its "
                       "base."));
  return g_strdup_printf (_("For its own task alone: it predicts ordinary notes %.0f %% worse "
                            "than its base, which itself stays as it is."), 100 * worse);
}
