/* SPDX-License-Identifier: Apache-2.0 */
/* The third part of the engine service: the word that is being typed. It has a thread and a session
 * of its own, so that it waits for no summary and no long answer. Only the newest request counts. */
#include "engine-service-private.h"

#include "notes/completion.h"
#include "core/errors.h"
#include "core/paths.h"

#include <string.h>

/* Half of it is the context that a word is completed in. */
#define CONTEXT 256
#define MAX_TEXT 65536 /* bytes before the cursor whose words are counted */

typedef struct
{
  char *text;  /* up to the word */
  gsize len;
  char *typed; /* the beginning of the word */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->text);
  g_free (request->typed);
  g_free (request);
}

static gboolean
load_completer (TlmWriting *completer, GError **error)
{
  tl_error err = { 0 };

  if (completer->session != NULL)
    return TRUE;
  completer->path = tlm_paths_dup_data ("models/meeny.gguf");
  completer->model = tl_model_open (completer->path, &err);
  if (completer->model != NULL)
    completer->session = tl_session_new (completer->model, CONTEXT, NULL, &err);
  if (completer->session != NULL)
    return TRUE;
  tlm_error_from_model (error, completer->path, &err);
  tlm_writing_clear (completer);
  return FALSE;
}

static void
complete_job (gpointer owner, GTask *task)
{
  TlmEngineService *self = owner;
  Request *request = g_task_get_task_data (task);
  TlmCompletions completions = { 0 };
  GError *error = NULL;
  const tl_completion *best;

  if (!load_completer (&self->completer, &error)
      || !tlm_completions_suggest (&completions, self->completer.session,
                                   tl_model_get_tokenizer (self->completer.model), request->text,
                                   request->len, request->typed, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  best = tlm_completions_get_best (&completions);
  g_task_return_pointer (
      task, best != NULL && best->p >= TLM_COMPLETION_SHOWN ? g_strdup (best->text) : NULL, g_free);
}

/* Where the word at the end of @text begins. */
static const char *
find_word (const char *text, gsize len)
{
  const char *p = text + len;

  while (p > text)
    {
      const char *before = g_utf8_prev_char (p);

      if (!g_unichar_isalpha (g_utf8_get_char (before)))
        break;
      p = before;
    }
  return p;
}

/**
 * tlm_engine_service_complete_async:
 * @text: valid UTF-8 that ends with the word that is being typed
 */
void
tlm_engine_service_complete_async (TlmEngineService *self, const char *text,
                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  gsize len = strlen (text);
  const char *word = find_word (text, len);
  const char *from = word - text > MAX_TEXT ? g_utf8_find_next_char (word - MAX_TEXT, NULL) : text;
  Request *request;

  if (*word == '\0')
    {
      g_task_return_pointer (task, NULL, NULL);
      g_object_unref (task);
      return;
    }
  request = g_new0 (Request, 1);
  request->len = (gsize) (word - from);
  request->text = g_strndup (from, request->len);
  request->typed = g_strdup (word);
  g_task_set_task_data (task, request, request_free);
  if (self->completing_worker != NULL)
    tlm_worker_push (self->completing_worker, task, complete_job);
  else
    tlm_engine_refuse (task);
}

/**
 * tlm_engine_service_complete_finish:
 *
 * Returns: (transfer full) (nullable): the whole word, or NULL when none is probable enough to be
 * shown
 */
char *
tlm_engine_service_complete_finish (TlmEngineService *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
