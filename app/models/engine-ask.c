/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of one note beside its summary: a question, and why a sentence was chosen or not.
 * Both run on the reading thread. */
#include "engine-service-private.h"

#include "core/errors.h"
#include "notes/question.h"
#include "reader/ask.h"
#include "skills/points.h"
#include "skills/skill.h"
#include "core/text-input.h"

#include <string.h>

typedef struct
{
  char   *text;
  char   *question; /* NULL: why of the sentence at @place */
  gsize   place;
  GArray *parts; /* (nullable): of the text */
  float   none_prior;
} AskJob;

/* What came of it. */
typedef struct
{
  TlmSpan answer;
  GArray *points; /* of TlmSpan; NULL where they are not wanted */
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_clear_pointer (&asked->points, g_array_unref);
  g_free (asked);
}

static void
ask_job_free (gpointer data)
{
  AskJob *job = data;

  g_free (job->text);
  g_free (job->question);
  g_clear_pointer (&job->parts, g_array_unref);
  g_free (job);
}

/* The front matter is not read; its end is behind the byte order mark in any case. */
static gboolean
prepare (TlmReading *reading, const AskJob *job, TlmFrontMatter *front, GError **error)
{
  gsize  len = strlen (job->text);
  double load_ms;

  if (!tlm_text_check_content (job->text, len, error)
      || !tlm_reading_load (reading, &load_ms, error))
    return FALSE;
  tlm_front_matter_read (job->text, len, front);
  return TRUE;
}

static gboolean
ask_parts (const TlmReading *reading, const AskJob *job, Asked *asked, GError **error)
{
  TlmSkillNote       note = { .text = job->text, .len = strlen (job->text) };
  const tl_ask_part *parts = (const tl_ask_part *) (void *) job->parts->data;
  tl_error           err = { 0 };
  tl_span            found;

  if (!tl_reader_ask_parts (reading->reader, note.text, note.len, job->question,
                            strlen (job->question), parts, job->parts->len, job->none_prior, &found,
                            &err))
    return tlm_error_from_engine (error, &err);
  asked->answer = tlm_skill_span (&note, found.start, found.end, found.p);
  if (tlm_question_is_broad (job->question)
      && (asked->points = tlm_points_find (reading->reader, note.text, job->question, parts,
                                           job->parts->len, error)) == NULL)
    return FALSE;
  return TRUE;
}

static void
ask_job (gpointer owner, GTask *task)
{
  TlmReading    *reading = &TLM_ENGINE_SERVICE (owner)->reading;
  AskJob        *job = g_task_get_task_data (task);
  TlmFrontMatter front;
  g_autofree Asked *asked = g_new0 (Asked, 1);
  GError        *error = NULL;
  gboolean       good = prepare (reading, job, &front, &error);

  if (good && job->parts != NULL)
    good = ask_parts (reading, job, asked, &error);
  else if (good)
    {
      TlmSkillNote note = { .text = job->text + front.end, .len = strlen (job->text + front.end),
                            .offset = front.end, .front = &front };

      good = tlm_skill_ask.answer (reading->reader, &note, job->question, &asked->answer, &error);
    }
  if (good)
    g_task_return_pointer (task, g_steal_pointer (&asked), asked_free);
  else
    g_task_return_error (task, error);
}

static void
explain_job (gpointer owner, GTask *task)
{
  TlmReading    *reading = &TLM_ENGINE_SERVICE (owner)->reading;
  AskJob        *job = g_task_get_task_data (task);
  TlmFrontMatter front;
  tl_error       err = { 0 };
  GError        *error = NULL;
  TlmWhy         why = { 0 };

  if (!prepare (reading, job, &front, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (job->place < front.end)
    why.unit = (tl_unit) { .end = front.end, .kind = TL_UNIT_FRONT_MATTER };
  else if (tl_reader_explain (reading->reader, job->text + front.end,
                              strlen (job->text + front.end), job->place - front.end, &why, &err))
    {
      why.unit.start += front.end;
      why.unit.end += front.end;
    }
  else
    {
      tlm_error_from_engine (&error, &err);
      g_task_return_error (task, error);
      return;
    }
  g_task_return_pointer (task, g_memdup2 (&why, sizeof why), g_free);
}

static void
post (TlmEngineService *self, AskJob *job, TlmWorkerFunc func, GTask *task)
{
  g_task_set_task_data (task, job, ask_job_free);
  if (self->reading_worker != NULL)
    tlm_worker_push (self->reading_worker, task, func);
  else
    tlm_engine_refuse (task);
}

/**
 * tlm_engine_service_ask_async:
 * @text: of the note
 * @question: in the note's language
 */
void
tlm_engine_service_ask_async (TlmEngineService   *self,
                              const char         *text,
                              const char         *question,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  AskJob *job = g_new0 (AskJob, 1);

  job->text = g_strdup (text);
  job->question = g_strdup (question);
  post (self, job, ask_job, g_task_new (self, cancellable, callback, user_data));
}

/**
 * tlm_engine_service_ask_parts_async:
 *
 * Finished by tlm_engine_service_ask_parts_finish().
 */
void
tlm_engine_service_ask_parts_async (TlmEngineService   *self,
                                    const char         *text,
                                    const char         *question,
                                    GArray             *parts,
                                    float               none_prior,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data)
{
  AskJob *job = g_new0 (AskJob, 1);

  job->text = g_strdup (text);
  job->question = g_strdup (question);
  job->parts = g_array_ref (parts);
  job->none_prior = none_prior;
  post (self, job, ask_job, g_task_new (self, cancellable, callback, user_data));
}

/**
 * tlm_engine_service_ask_finish:
 * @answer: (out): start == end when the note does not say
 */
gboolean
tlm_engine_service_ask_finish (TlmEngineService *self,
                               GAsyncResult     *result,
                               TlmSpan          *answer,
                               GError          **error)
{
  return tlm_engine_service_ask_parts_finish (self, result, answer, NULL, error);
}

/**
 * tlm_engine_service_ask_parts_finish:
 * @answer: (out): start == end when no part says
 * @points: (out) (optional) (nullable) (transfer full): of TlmSpan: what the parts say about the matter of a
 * broad question, the best first; NULL for another
 */
gboolean
tlm_engine_service_ask_parts_finish (TlmEngineService *self,
                                     GAsyncResult     *result,
                                     TlmSpan          *answer,
                                     GArray          **points,
                                     GError          **error)
{
  Asked *asked = g_task_propagate_pointer (G_TASK (result), error);

  if (asked == NULL)
    return FALSE;
  *answer = asked->answer;
  if (points != NULL)
    *points = g_steal_pointer (&asked->points);
  asked_free (asked);
  return TRUE;
}

/**
 * tlm_engine_service_explain_async:
 * @text: of the note
 * @place: a byte of the sentence
 */
void
tlm_engine_service_explain_async (TlmEngineService   *self,
                                  const char         *text,
                                  gsize               place,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  AskJob *job = g_new0 (AskJob, 1);

  job->text = g_strdup (text);
  job->place = place;
  post (self, job, explain_job, g_task_new (self, cancellable, callback, user_data));
}

/**
 * tlm_engine_service_explain_finish:
 *
 * Returns: (nullable): to be freed by g_free(); the unit's place counts from the note's first byte
 */
TlmWhy *
tlm_engine_service_explain_finish (TlmEngineService *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
