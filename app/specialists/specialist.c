/* SPDX-License-Identifier: Apache-2.0 */
/* A specialist from examples to the file with its card. */
#include "specialist-private.h"

#include "core/errors.h"
#include "models/model-hash.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define LOCK_WAIT_US (5 * G_USEC_PER_SEC)
#define LOCK_POLL_US 50000

#define KEY(name) "tinylm.specialist." name

TlmSpecialistOptions *
tlm_specialist_options_copy (const TlmSpecialistOptions *options)
{
  TlmSpecialistOptions *copy = g_memdup2 (options, sizeof *options);

  copy->model_path = g_strdup (options->model_path);
  copy->out_path = g_strdup (options->out_path);
  copy->examples = tlm_examples_new (options->examples->items, options->examples->n);
  return copy;
}

void
tlm_specialist_options_free (TlmSpecialistOptions *options)
{
  g_free ((char *) options->model_path);
  g_free ((char *) options->out_path);
  tlm_examples_free ((TlmExamples *) options->examples);
  g_free (options);
}

gboolean
tlm_specialist_check_base (const TlmSpecialistJob *job,
                           GError                **error)
{
  g_autofree char *name = NULL;

  if (tl_gguf_check_whole (tl_model_get_gguf (job->model), NULL))
    return TRUE;
  name = g_filename_display_basename (job->options->model_path);
  g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL,
               _("The file “%s” was cut short while its model learned, so the training stopped. Get the "
                 "file again, and the training goes on where it was."), name);
  return FALSE;
}

/* ---- the card ---- */

static void
write_scores (tl_gguf_writer            *w,
              const TlmSpecialistResult *r)
{
  const TlmVerdict *v = &r->verdict;

  if (v->base_bits > 0)
    {
      tl_gguf_writer_f32 (w, KEY ("base_bits"), (float) v->base_bits);
      tl_gguf_writer_f32 (w, KEY ("bits"), (float) v->bits);
    }
  if (v->n == 0)
    return;
  tl_gguf_writer_string (w, KEY ("metric"), r->n_labels > 0 ? "accuracy" : "rouge-l");
  tl_gguf_writer_string (w, KEY ("verdict"), tlm_verdict_get_word (v->kind));
  tl_gguf_writer_f32 (w, KEY ("score"), (float) v->specialist);
  tl_gguf_writer_f32 (w, KEY ("base_score"), (float) v->base);
  tl_gguf_writer_f32 (w, KEY ("commonest_score"), (float) v->commonest);
  tl_gguf_writer_f32 (w, KEY ("exact"), (float) v->exact);
  tl_gguf_writer_f32 (w, KEY ("difference"), (float) v->difference);
  tl_gguf_writer_f32 (w, KEY ("difference_low"), (float) v->low);
  tl_gguf_writer_f32 (w, KEY ("difference_high"), (float) v->high);
  if (r->n_labels == 0)
    return;
  tl_gguf_writer_f32 (w, KEY ("asked"), (float) v->asked);
  tl_gguf_writer_f32 (w, KEY ("right_when_sure"), (float) v->right_when_sure);
}

/* What does not depend on the time it took: the same run gives the same bytes. */
static void
write_card (tl_gguf_writer            *w,
            const TlmSpecialistJob    *job,
            const TlmSpecialistResult *r)
{
  const TlmSpecialistOptions *o = job->options;

  tlm_form_write (job->data->form, w);
  tl_gguf_writer_string (w, KEY ("base_sha256"), job->base_sha256);
  tl_gguf_writer_string (w, KEY ("base_name"), tl_model_get_info (job->model)->name);
  tl_gguf_writer_u32 (w, KEY ("examples_train"), r->n_train);
  tl_gguf_writer_u32 (w, KEY ("examples_valid"), r->n_valid);
  tl_gguf_writer_u32 (w, KEY ("examples_held_out"), r->n_held_out);
  tl_gguf_writer_u32 (w, KEY ("rank"), r->rank);
  tl_gguf_writer_f32 (w, KEY ("learning_rate"), (float) r->lr);
  tl_gguf_writer_f32 (w, KEY ("dropout"), (float) o->dropout);
  tl_gguf_writer_u32 (w, KEY ("steps"), r->steps);
  tl_gguf_writer_u32 (w, KEY ("best_step"), r->best_step);
  tl_gguf_writer_u64 (w, KEY ("seed"), o->seed);
  tl_gguf_writer_f32 (w, KEY ("valid_loss"), (float) r->valid_loss);
  write_scores (w, r);
}

gboolean
tlm_specialist_save (const TlmSpecialistJob    *job,
                     const tl_lora_trainer     *trainer,
                     const TlmSpecialistResult *result,
                     const char                *path,
                     GError                   **error)
{
  tl_gguf_writer  *w = tl_gguf_writer_new ();
  g_autofree char *name = g_path_get_basename (job->options->out_path);
  g_autofree char *shown = g_filename_display_name (name);
  tl_error         err = { 0 };
  gboolean         good;

  if (g_str_has_suffix (shown, ".gguf"))
    shown[strlen (shown) - strlen (".gguf")] = '\0';
  if (w != NULL)
    write_card (w, job, result);
  good = w != NULL ? tl_lora_trainer_export (trainer, w, job->options->type, shown, path, &err)
                   : tl_error_set (&err, TL_ERROR_MEMORY, "no memory to save the specialist");
  tl_gguf_writer_free (w);
  if (good || err.code != TL_ERROR_IO)
    return good || tlm_error_from_engine (error, &err);
  if (!tlm_specialist_check_base (job, error)) /* which is copied; no room would help */
    return FALSE;
  g_set_error (error, TLM_ERROR, TLM_ERROR_STORE_FULL,
               _("The specialist could not be written: %s. Make some room on the disk and go on; "
                 "nothing that was learned is lost."), err.message);
  return FALSE;
}

/* ---- the verdict ---- */

static gboolean
judge_model (TlmSpecialistJob    *job,
             const tl_model      *model,
             const tl_adapter    *adapter,
             TlmSpecialistResult *result,
             GError             **error)
{
  const tl_adapter_use use = { adapter, 1.0f };

  return tlm_judge (job->data->form, job->model, model, &use, adapter != NULL, job->data->held_out,
                    job->data->n_held_out, job->data->commonest, job->pool, job->cancel,
                    job->cancel_data, &result->verdict, error)
         && tlm_judge_forgetting (job->model, model, &use, adapter != NULL, job->pool,
                                  job->cancel, job->cancel_data, &result->verdict, error);
}

/* Of the file as it will run. */
static gboolean
judge (TlmSpecialistJob    *job,
       const char          *path,
       TlmSpecialistResult *result,
       GError             **error)
{
  tl_error    err = { 0 };
  tl_adapter *adapter = NULL;
  tl_model   *trained = NULL;
  gboolean    good;

  if (job->options->full)
    trained = tl_model_open (path, &err);
  else
    adapter = tl_adapter_open (path, job->model, &err);
  good = trained != NULL || adapter != NULL || tlm_error_from_engine (error, &err);
  good = good && judge_model (job, trained != NULL ? trained : job->model, adapter, result, error);
  tl_adapter_close (adapter);
  tl_model_close (trained);
  return good;
}

/* ---- the whole ---- */

char *
tlm_specialist_dup_checkpoint (const char *out_path)
{
  return g_strconcat (out_path, ".checkpoint", NULL);
}

static char *
dup_unjudged (const char *out_path)
{
  return g_strconcat (out_path, ".unjudged", NULL);
}

void
tlm_specialist_hold (const char *out_path)
{
  g_autofree char *unjudged = dup_unjudged (out_path);
  int              fd = g_open (unjudged, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  if (fd >= 0)
    close (fd);
}

void
tlm_specialist_drop_checkpoint (const char *out_path)
{
  g_autofree char *checkpoint = tlm_specialist_dup_checkpoint (out_path);
  g_autofree char *unjudged = dup_unjudged (out_path);

  g_unlink (checkpoint);
  g_unlink (unjudged);
}

static void
fill_result (const TlmSpecialistJob *job,
             tl_lora_trainer        *trainer,
             const TlmRecipe        *recipe,
             TlmSpecialistResult    *result)
{
  const tl_checkpoint_state *state = tl_lora_trainer_get_state (trainer);

  result->n_train = (guint) job->data->n_train;
  result->n_valid = (guint) job->data->n_valid;
  result->n_held_out = (guint) job->data->n_held_out;
  result->n_cut = job->data->n_cut;
  result->n_labels = job->data->form->labels->len;
  result->rank = recipe->rank;
  result->lr = recipe->lr;
  result->steps = (guint) state->step;
  result->best_step = (guint) state->best_step;
  result->valid_loss = (double) state->best_valid;
  result->n_params = tl_lora_trainer_n_params (trainer);
  result->memory = job->memory;
  result->recomputed = job->recomputes;
}

static gboolean
fill_hash (const char          *path,
           TlmSpecialistResult *result,
           GError             **error)
{
  g_autofree char *sha256 = tlm_model_hash (path, error);

  if (sha256 != NULL)
    g_strlcpy (result->sha256, sha256, sizeof result->sha256);
  return sha256 != NULL;
}

static gboolean
save (TlmSpecialistJob          *job,
      const tl_lora_trainer     *trainer,
      const TlmSpecialistResult *result,
      const char                *path,
      GError                   **error)
{
  g_autoptr (GError) failed = NULL;

  while (!tlm_specialist_save (job, trainer, result, path, &failed))
    {
      if (!g_error_matches (failed, TLM_ERROR, TLM_ERROR_STORE_FULL) || !tlm_specialist_wait (job))
        {
          g_propagate_error (error, g_steal_pointer (&failed));
          return FALSE;
        }
      g_clear_error (&failed);
    }
  return TRUE;
}

/* The file is written twice: once to be judged, and with what came out. */
static gboolean
finish (TlmSpecialistJob    *job,
        tl_lora_trainer     *trainer,
        TlmSpecialistResult *result,
        GError             **error)
{
  g_autofree char      *unjudged = dup_unjudged (job->options->out_path);
  TlmSpecialistProgress progress = { .stage = TLM_SPECIALIST_JUDGE, .loss = result->valid_loss,
                                     .valid_loss = result->valid_loss, .rank = result->rank,
                                     .lr = result->lr, .memory = job->memory,
                                     .recomputes = job->recomputes,
                                     .cannot_save = job->cannot_save };
  gboolean              good;

  if (job->func != NULL)
    job->func (&progress, job->func_data);
  good = save (job, trainer, result, unjudged, error)
         && judge (job, unjudged, result, error) && tlm_specialist_check_base (job, error);
  g_unlink (unjudged);
  result->temperature = job->data->form->temperature;
  result->threshold = job->data->form->threshold;
  return good && save (job, trainer, result, job->options->out_path, error)
         && fill_hash (job->options->out_path, result, error);
}

static gboolean
run (TlmSpecialistJob    *job,
     TlmSpecialistResult *result,
     GError             **error)
{
  TlmRecipe        recipe;
  guint            n_steps;
  gboolean         good;
  tl_lora_trainer *trainer = tlm_specialist_run_trainer (job, &n_steps, &recipe, &result->resumed,
                                                         error);

  if (trainer == NULL)
    return FALSE;
  fill_result (job, trainer, &recipe, result);
  tl_lora_trainer_end (trainer);
  good = finish (job, trainer, result, error);
  tl_lora_trainer_free (trainer);
  result->seconds = (double) (tlm_specialist_now (job) - job->start) / 1e6;
  return good;
}

static gboolean
check_full (const TlmSpecialistOptions *options,
            const tl_model             *model,
            GError                    **error)
{
  if (!options->full || tlm_specialist_can_be_full (model))
    return TRUE;
  g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
               _("Only models under 10 million parameters can be trained in full; this one has "
                 "%.0f million. Train an adapter instead."),
               (double) tl_model_get_info (model)->n_params / 1e6);
  return FALSE;
}

/* The base of @job, whose file is the one that was added, with its digest as it is read. (nullable) */
static tl_model *
open_base (TlmSpecialistJob *job,
           GError          **error)
{
  const char *path = job->options->model_path;
  tl_error    err = { 0 };
  tl_model   *model;

  if (!tlm_model_hash_check (path, job->cancel, job->cancel_data, error))
    return NULL;
  model = tl_model_open (path, &err);
  if (model == NULL)
    tlm_error_from_model (error, path, &err);
  else if ((job->base_sha256 = tlm_model_hash_until (path, job->cancel, job->cancel_data, error))
           == NULL)
    g_clear_pointer (&model, tl_model_close);
  return model;
}

/* As it began: what was stopped under the older split goes on under it. */
static TlmSpecialistData *
split (TlmSpecialistJob *job,
       GError          **error)
{
  TlmSpecialistData *data = tlm_specialist_data_new (job->options, job->model, TRUE, error);
  TlmSpecialistData *older = NULL;

  if (data != NULL && g_file_test (job->checkpoint, G_FILE_TEST_EXISTS))
    older = tlm_specialist_data_new (job->options, job->model, FALSE, NULL);
  job->data = older;
  if (older != NULL && older->hash != data->hash && tlm_specialist_can_go_on (job))
    {
      tlm_specialist_data_free (data);
      return older;
    }
  tlm_specialist_data_free (older);
  job->data = data;
  return data;
}

/* With the model open. */
static gboolean
train (TlmSpecialistJob    *job,
       TlmSpecialistResult *result,
       GError             **error)
{
  TlmSpecialistData *data;
  gboolean           good;

  if (!check_full (job->options, job->model, error))
    return FALSE;
  job->pool = tl_pool_new (job->options->n_threads, NULL);
  data = split (job, error);
  good = data != NULL && run (job, result, error);
  tl_pool_free (job->pool);
  tlm_specialist_data_free (data);
  return good;
}

/* A run of this program that was just told to stop holds the lock to the end of its step, and the
 * sweep of old locks for a moment. */
static gboolean
wait_for_lock (const TlmSpecialistJob *job,
               int                    *lock,
               GError                **error)
{
  gint64 end = g_get_monotonic_time () + LOCK_WAIT_US;

  for (;;)
    {
      g_autoptr (GError) busy = NULL;

      if (tlm_specialist_lock (job->options->out_path, lock, &busy))
        return TRUE;
      if (g_get_monotonic_time () > end || (job->cancel != NULL && job->cancel (job->cancel_data)))
        {
          g_propagate_error (error, g_steal_pointer (&busy));
          return FALSE;
        }
      g_usleep (LOCK_POLL_US);
    }
}

gboolean
tlm_specialist_train (const TlmSpecialistOptions *options,
                      TlmSpecialistFunc           func,
                      gpointer                    data,
                      tl_cancel_func              cancel,
                      gpointer                    cancel_data,
                      TlmSpecialistResult        *result,
                      GError                    **error)
{
  g_autofree char *checkpoint = tlm_specialist_dup_checkpoint (options->out_path);
  TlmSpecialistJob job = { options, .func = func, .func_data = data, .cancel = cancel,
                           .cancel_data = cancel_data, .checkpoint = checkpoint,
                           .start = g_get_monotonic_time () };
  tl_model        *model;
  gboolean         good;
  int              lock;

  *result = (TlmSpecialistResult) { 0 };
  if (!wait_for_lock (&job, &lock, error))
    return FALSE;
  model = open_base (&job, error);
  if (options->minutes > 0)
    job.deadline = job.start + (gint64) (options->minutes * 60e6);
  job.model = model;
  good = model != NULL && train (&job, result, error);
  tl_model_close (model);
  g_free (job.base_sha256);
  tlm_specialist_unlock (options->out_path, lock);
  return good;
}
