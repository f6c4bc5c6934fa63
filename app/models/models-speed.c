/* SPDX-License-Identifier: Apache-2.0 */
/* How fast a model is on this machine: reading (a batch of 128 random tokens) and writing (one token
 * after the other, 64 or as many as four seconds give), each after a warm-up, in a context of 256.
 * `tinylm-cli bench` measures with more care. */
#include "models-private.h"

#include "base/rng.h"
#include "core/errors.h"
#include "model-hash.h"
#include "model/session.h"

#include <glib/gi18n-lib.h>

enum { N_PROMPT = 128, N_WRITE = 64, N_WARM = 8 };

#define MAX_WRITE_US (4 * G_USEC_PER_SEC)

static gboolean
measure_writing (TlmModelChange *change,
                 tl_session     *session,
                 const int32_t  *ids,
                 tl_error       *err)
{
  gint64 start = g_get_monotonic_time (), us = 0;
  guint  n = 0;

  while (n < N_WRITE && us < MAX_WRITE_US)
    {
      if (tlm_model_change_is_stopped (change))
        return tl_error_set (err, TL_ERROR_CANCELLED, "stopped");
      if (!tl_session_decode (session, ids[n++], err))
        return FALSE;
      us = g_get_monotonic_time () - start;
      tlm_model_change_tell (change, 0.5 + 0.5 * n / N_WRITE);
    }
  change->decode = n * 1e6 / (double) MAX (us, 1);
  return TRUE;
}

static gboolean
measure (TlmModelChange *change,
         tl_session     *session,
         const int32_t  *ids,
         tl_error       *err)
{
  gint64 start;

  if (!tl_session_prefill (session, ids, N_WARM, tlm_model_change_is_stopped, change, err))
    return FALSE;
  tl_session_truncate (session, 0);
  start = g_get_monotonic_time ();
  if (!tl_session_prefill (session, ids, N_PROMPT, tlm_model_change_is_stopped, change, err))
    return FALSE;
  change->prefill = N_PROMPT * 1e6 / (double) MAX (g_get_monotonic_time () - start, 1);
  tlm_model_change_tell (change, 0.5);
  return measure_writing (change, session, ids, err);
}

static gboolean
measure_model (TlmModelChange *change,
               const tl_model *model,
               tl_error       *err)
{
  tl_pool    *pool = tl_pool_new (0, NULL); /* without threads it is slower, not wrong */
  tl_session *session = tl_session_new (model, 2 * N_PROMPT, pool, err);
  int32_t     ids[N_PROMPT];
  tl_rng      rng;
  gboolean    good;

  tl_rng_init (&rng, 1);
  for (int i = 0; i < N_PROMPT; i++)
    ids[i] = (int32_t) tl_rng_below (&rng, tl_model_get_info (model)->n_vocab);
  good = session != NULL && measure (change, session, ids, err);
  tl_session_free (session);
  tl_pool_free (pool);
  return good;
}

gboolean
tlm_model_change_measure (TlmModelChange *change,
                          GError        **error)
{
  const TlmModelState *state = tlm_model_get_state (change->model);
  tl_error             err = { 0 };
  tl_model            *model;
  gboolean             good;

  if (!tlm_model_hash_check (state->path, tlm_model_change_is_stopped, change, error))
    return FALSE;
  model = tl_model_open (state->path, &err);
  good = model != NULL && measure_model (change, model, &err);
  tl_model_close (model);
  if (!good)
    return tlm_error_from_model (error, state->path, &err);
  change->sentence
    = g_strdup_printf (ngettext ("“%s” reads %.0f and writes %.0f token a second here.",
                                 "“%s” reads %.0f and writes %.0f tokens a second here.",
                                 (gulong) (change->decode + 0.5)),
                       state->name, change->prefill, change->decode);
  return TRUE;
}
