/* SPDX-License-Identifier: Apache-2.0 */
/* The store's thread finds, the reading thread answers; between them the passages are joined into one
 * text, each under its title. */
#include "ask-notes.h"

#include "reader/ask.h"
#include "store/store-private.h"

#include <math.h>
#include <string.h>

#define MIN_P 0.4f     /* below it the notes do not say */

/* What the search knows before the reader: log-odds that were fitted on the questions of the training
 * notes, each of five parts searched by itself. Of all questions there .461 are answered or refused rightly
 * instead of .415. */
#define PER_SHARE 2.46f /* a passage as good as the best; others less by the share of its score */
#define FIRST 0.96f     /* more for the best itself */
#define NONE 5.96f      /* that none says: */
#define NONE_PER_LOG 1.50f /* less by the logarithm of the best score */

typedef struct
{
  TlmStore         *store;
  TlmEngineService *engine;
  char             *question;
  gint64            not_after;
  GPtrArray        *passages;
  GArray           *parts; /* of tl_ask_part: where each stands in the joined text */
} Asking;

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  g_object_unref (asking->store);
  g_object_unref (asking->engine);
  g_free (asking->question);
  g_clear_pointer (&asking->passages, g_ptr_array_unref);
  g_array_unref (asking->parts);
  g_free (asking);
}

void
tlm_notes_answer_free (TlmNotesAnswer *answer)
{
  g_ptr_array_unref (answer->passages);
  g_array_unref (answer->points);
  g_free (answer);
}

gboolean
tlm_notes_answer_says (const TlmNotesAnswer *answer)
{
  return answer->points->len > 0 || answer->answer.start < answer->answer.end;
}

gboolean
tlm_notes_answer_is_about (const TlmNotesAnswer *answer)
{
  guint i = 0;

  while (i < answer->passages->len && !tlm_passage_is_about (answer->passages->pdata[i]))
    i++;
  return i < answer->passages->len;
}

static void
find_job (gpointer owner,
          GTask   *task)
{
  GTask     *outer = g_task_get_task_data (task);
  Asking    *asking = g_task_get_task_data (outer);
  GError    *error = NULL;
  GPtrArray *found = tlm_passages_find (owner, asking->question, asking->not_after,
                                        TLM_ASK_MAX_PASSAGES, &error);

  if (found != NULL)
    g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

/* A heading each, of one line: whatever a title is made of, it begins no front matter. */
static char *
join (Asking *asking)
{
  const TlmPassage *best = asking->passages->pdata[0];
  GString          *text = g_string_new (NULL);

  for (guint i = 0; i < asking->passages->len; i++)
    {
      const TlmPassage *passage = asking->passages->pdata[i];
      g_autofree char  *title = g_strdup (passage->title);
      tl_ask_part       part = { .prior = PER_SHARE * (float) (passage->score / best->score) };

      g_string_append_printf (text, "# %s\n\n", g_strdelimit (title, "\r\n", ' '));
      part.start = text->len;
      part.prior += i == 0 ? FIRST : 0.0f;
      g_array_append_val (asking->parts, part);
      g_string_append_printf (text, "%s\n\n", passage->text);
    }
  return g_string_free (text, FALSE);
}

/* Returns: the passage that holds @span of the joined text, which becomes one of the passage */
static guint
place_span (Asking  *asking,
            TlmSpan *span)
{
  guint place = 0;
  gsize start;

  while (place + 1 < asking->parts->len
         && g_array_index (asking->parts, tl_ask_part, place + 1).start <= span->start)
    place++;
  start = g_array_index (asking->parts, tl_ask_part, place).start;
  span->start -= start;
  span->end -= start;
  return place;
}

static int
compare_places (gconstpointer a,
                gconstpointer b)
{
  const TlmNotesPoint *p = a, *q = b;

  if (p->place != q->place)
    return p->place < q->place ? -1 : 1;
  return p->span.start < q->span.start ? -1 : p->span.start > q->span.start;
}

/* Those of passages that are about the question's matter, as they stand there. */
static void
take_points (Asking *asking,
             GArray *spans,
             GArray *points)
{
  for (guint i = 0; i < spans->len; i++)
    {
      TlmNotesPoint     point = { .span = g_array_index (spans, TlmSpan, i) };
      const TlmPassage *passage;

      point.place = place_span (asking, &point.span);
      passage = asking->passages->pdata[point.place];
      if (tlm_passage_is_about (passage))
        g_array_append_val (points, point);
    }
  g_array_sort (points, compare_places);
}

/* @task: (transfer full) @span, @points: (nullable): of the joined text */
static void
finish (GTask         *task,
        const TlmSpan *span,
        GArray        *points)
{
  Asking         *asking = g_task_get_task_data (task);
  TlmNotesAnswer *answer = g_new0 (TlmNotesAnswer, 1);

  answer->passages = g_ptr_array_ref (asking->passages);
  answer->answer = *span;
  if (span->p < MIN_P)
    answer->answer.end = span->start;
  if (asking->parts->len > 0 && span->end > 0)
    answer->place = place_span (asking, &answer->answer);
  answer->points = g_array_new (FALSE, FALSE, sizeof (TlmNotesPoint));
  if (points != NULL)
    take_points (asking, points, answer->points);
  g_task_return_pointer (task, answer, (GDestroyNotify) tlm_notes_answer_free);
  g_object_unref (task);
}

static void
asked (GObject      *source,
       GAsyncResult *result,
       gpointer      data)
{
  GTask             *task = data;
  g_autoptr (GArray) points = NULL;
  TlmSpan            answer;
  GError            *error = NULL;

  if (tlm_engine_service_ask_parts_finish (TLM_ENGINE_SERVICE (source), result, &answer, &points, &error))
    {
      finish (task, &answer, points);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* @task: (transfer full): with passages */
static void
read_passages (GTask *task)
{
  Asking          *asking = g_task_get_task_data (task);
  const TlmSpan    none = { .p = 1.0f, .confidence = TLM_CONFIDENCE_HIGH };
  g_autofree char *text = NULL;
  double           best;

  if (asking->passages->len == 0)
    {
      finish (task, &none, NULL);
      return;
    }
  text = join (asking);
  best = ((TlmPassage *) asking->passages->pdata[0])->score;
  tlm_engine_service_ask_parts_async (asking->engine, text, asking->question, asking->parts,
                                      NONE - NONE_PER_LOG * (float) log1p (best),
                                      g_task_get_cancellable (task), asked, task);
}

static void
found (GObject      *source,
       GAsyncResult *result,
       gpointer      data)
{
  GTask  *task = data;
  Asking *asking = g_task_get_task_data (task);
  GError *error = NULL;

  asking->passages = g_task_propagate_pointer (G_TASK (result), &error);
  if (asking->passages != NULL)
    {
      read_passages (task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* (transfer full): with an Asking */
static GTask *
task_new (TlmStore           *store,
          TlmEngineService   *engine,
          const char         *question,
          GCancellable       *c,
          GAsyncReadyCallback cb,
          gpointer            data)
{
  GTask  *task = g_task_new (store, c, cb, data);
  Asking *asking = g_new0 (Asking, 1);

  asking->store = g_object_ref (store);
  asking->engine = g_object_ref (engine);
  asking->question = g_utf8_make_valid (question, -1);
  asking->parts = g_array_new (FALSE, FALSE, sizeof (tl_ask_part));
  g_task_set_task_data (task, asking, asking_free);
  return task;
}

void
tlm_ask_notes_async (TlmStore           *store,
                     TlmEngineService   *engine,
                     const char         *question,
                     gint64              not_after,
                     GCancellable       *c,
                     GAsyncReadyCallback cb,
                     gpointer            data)
{
  GTask *outer = task_new (store, engine, question, c, cb, data);
  GTask *task = g_task_new (store, c, found, outer);

  ((Asking *) g_task_get_task_data (outer))->not_after = not_after;
  g_task_set_task_data (task, g_object_ref (outer), g_object_unref);
  tlm_store_post (store, task, find_job);
}

void
tlm_ask_passages_async (TlmStore           *store,
                        TlmEngineService   *engine,
                        const char         *question,
                        GPtrArray          *passages,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  GTask *task = task_new (store, engine, question, c, cb, data);

  ((Asking *) g_task_get_task_data (task))->passages = g_ptr_array_ref (passages);
  read_passages (task);
}

TlmNotesAnswer *
tlm_ask_notes_finish (TlmStore     *store,
                      GAsyncResult *r,
                      GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, store), NULL);
  return g_task_propagate_pointer (G_TASK (r), error);
}
