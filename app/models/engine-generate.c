/* SPDX-License-Identifier: Apache-2.0 */
/* The second half of the engine service: continuing a text. The writing thread appends characters
 * under a lock and schedules at most one idle; the idle takes everything that is there. What is
 * left when the job ends is delivered before its task completes. */
#include "engine-service-private.h"

#include "core/errors.h"
#include "model-facts.h"
#include "model-hash.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* For chats and notes that are gone back to: some 20,000 tokens of meeny, 2,900 of a model of 135 M
 * parameters (30 layers, 3 heads of 64). */
#define KEPT_BYTES (64u << 20)

/* Shared by the job, its idle and the outer task; each holds a reference. */
typedef struct
{
  TlmGenerateRequest request; /* its strings and turns are owned */
  TlmTextFunc        on_text;
  gpointer           on_text_data;
  GMutex             lock;
  GString           *text;      /* all of it; locked */
  gsize              n_taken;   /* main thread only */
  gboolean           scheduled; /* locked */
  GMainContext      *context;
  TlmContextUse      use; /* the writing thread's until the task completes */
} Stream;

static void
stream_clear (gpointer data)
{
  Stream *stream = data;

  g_free ((char *) stream->request.model_path);
  g_free ((char *) stream->request.prompt);
  g_free ((char *) stream->request.chat_format);
  g_free ((char *) stream->request.adapters);
  for (guint i = 0; i < stream->request.n_turns; i++)
    g_free (stream->request.turns[i].text);
  g_free ((TlmTurn *) stream->request.turns);
  g_mutex_clear (&stream->lock);
  g_string_free (stream->text, TRUE);
  g_main_context_unref (stream->context);
}

static void
stream_unref (gpointer stream)
{
  g_atomic_rc_box_release_full (stream, stream_clear);
}

static TlmTurn *
copy_turns (const TlmGenerateRequest *request)
{
  TlmTurn *turns = g_memdup2 (request->turns, request->n_turns * sizeof *turns);

  for (guint i = 0; i < request->n_turns; i++)
    turns[i].text = g_strdup (turns[i].text);
  return turns;
}

static Stream *
stream_new (const TlmGenerateRequest *request,
            TlmTextFunc               on_text,
            gpointer                  on_text_data)
{
  Stream *stream = g_atomic_rc_box_new0 (Stream);

  stream->request = *request;
  stream->request.model_path = g_strdup (request->model_path);
  stream->request.prompt = g_strdup (request->prompt != NULL ? request->prompt : "");
  stream->request.chat_format = g_strdup (request->chat_format);
  stream->request.adapters = g_strdup (request->adapters);
  stream->request.turns = copy_turns (request);
  stream->on_text = on_text;
  stream->on_text_data = on_text_data;
  g_mutex_init (&stream->lock);
  stream->text = g_string_new (NULL);
  stream->context = g_main_context_ref_thread_default ();
  return stream;
}

/* The callback runs outside the lock, so that the thread never waits for the window. */
static void
deliver (Stream *stream)
{
  g_autofree char *text = NULL;

  g_mutex_lock (&stream->lock);
  stream->scheduled = FALSE;
  if (stream->text->len > stream->n_taken)
    text = g_strndup (stream->text->str + stream->n_taken, stream->text->len - stream->n_taken);
  stream->n_taken = stream->text->len;
  g_mutex_unlock (&stream->lock);
  if (text != NULL && stream->on_text != NULL)
    stream->on_text (text, stream->on_text_data);
}

static gboolean
deliver_idle (gpointer stream)
{
  deliver (stream);
  return G_SOURCE_REMOVE;
}

static void
schedule (Stream *stream)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, deliver_idle, g_atomic_rc_box_acquire (stream), stream_unref);
  g_source_attach (source, stream->context);
}

/* U+0000, which would end the string, as CommonMark has it (section 2.3). */
static void
append_whole (GString    *text,
              const char *bytes,
              gsize       n)
{
  for (gsize i = 0; i < n; i++)
    if (bytes[i] == '\0')
      g_string_append (text, "\xEF\xBF\xBD");
    else
      g_string_append_c (text, bytes[i]);
}

static void
append_bytes (const char *bytes,
              gsize       n,
              gpointer    data)
{
  Stream  *stream = data;
  gboolean first;

  g_mutex_lock (&stream->lock);
  append_whole (stream->text, bytes, n);
  first = !stream->scheduled;
  stream->scheduled = TRUE;
  g_mutex_unlock (&stream->lock);
  if (first)
    schedule (stream);
}

static void
unload (TlmWriting *writing)
{
  g_clear_pointer (&writing->session, tl_session_free);
  g_clear_pointer (&writing->model, tl_model_close);
  g_clear_pointer (&writing->path, g_free);
  g_clear_pointer (&writing->stamp, g_free);
  g_clear_pointer (&writing->adapters, g_free);
}

void
tlm_writing_clear (TlmWriting *writing)
{
  unload (writing);
  g_clear_pointer (&writing->pool, tl_pool_free);
}

/* Whether the session of @model has the context that is wanted now. */
static gboolean
fits (const TlmWriting *writing,
      guint             max_context,
      gboolean          compact)
{
  return writing->compact == compact
         && tl_session_get_n_ctx (writing->session)
            == MIN (tl_model_get_info (writing->model)->n_ctx_train, max_context);
}

/* Whether the file is the one that was loaded. One that is gone is: what is loaded of it stays. */
static gboolean
is_same_file (const TlmWriting *writing)
{
  g_autofree char *stamp = tlm_model_dup_stamp (writing->path);

  return stamp == NULL || g_strcmp0 (stamp, writing->stamp) == 0;
}

static void
make_session (TlmWriting *writing,
              guint       max_context,
              gboolean    compact,
              tl_error   *err)
{
  const tl_model_info *info = tl_model_get_info (writing->model);
  tl_type cache = compact && tl_session_cache_bytes (info, TL_TYPE_Q8_0) > 0 ? TL_TYPE_Q8_0
                                                                             : TL_TYPE_F16;

  writing->compact = compact;
  writing->session = tl_session_new_with_cache (writing->model,
                                                MIN (info->n_ctx_train, max_context), cache,
                                                writing->pool, err);
}

/* What is missing, in numbers. Always FALSE. */
static gboolean
fail_for_memory (const TlmWriting *writing,
                 const char       *path,
                 guint             max_context,
                 GError          **error)
{
  const tl_model_info *info = writing->model != NULL ? tl_model_get_info (writing->model) : NULL;
  g_autofree char     *name = g_filename_display_basename (path), *needed = NULL, *free = NULL;
  GStatBuf             file = { 0 };

  if (info != NULL)
    needed = g_format_size (info->resident_bytes
                            + tl_session_cache_bytes (info, TL_TYPE_F16)
                                * MIN (info->n_ctx_train, max_context));
  else if (g_stat (path, &file) == 0)
    needed = g_format_size ((guint64) file.st_size);
  free = g_format_size (tlm_memory_get_available ());
  g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
               _("There is not enough memory for the model “%s”: it needs %s, and %s are free. Close "
                 "other programs, or choose a smaller model, or a smaller context in the preferences, and "
                 "try again."), name, needed != NULL ? needed : "?", free);
  return FALSE;
}

/* Of a model that could not be loaded: lets go of what there is of it. Always FALSE. */
static gboolean
give_up (TlmWriting     *writing,
         const char     *path,
         guint           max_context,
         const tl_error *err,
         GError        **error)
{
  if (err->code == TL_ERROR_MEMORY)
    fail_for_memory (writing, path, max_context, error);
  else
    tlm_error_from_model (error, path, err);
  unload (writing);
  return FALSE;
}

static gboolean
load_model (TlmWriting *writing,
            const char *path,
            guint       max_context,
            gboolean    compact,
            GTask      *task,
            GError    **error)
{
  tl_error err = { 0 };

  if (writing->model != NULL && g_strcmp0 (writing->path, path) == 0
      && fits (writing, max_context, compact) && is_same_file (writing))
    return TRUE;
  unload (writing);
  if (path == NULL || *path == '\0')
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_MODEL,
                           _("No language model is chosen. Choose one under Models."));
      return FALSE;
    }
  writing->stamp = tlm_model_dup_stamp (path); /* before the file is looked at, and may change again */
  if (!tlm_model_hash_check (path, tlm_engine_task_is_cancelled, task, error))
    return FALSE;
  if (writing->pool == NULL)
    writing->pool = tl_pool_new (0, NULL); /* without threads it is slower, not wrong */
  writing->model = tl_model_open (path, &err);
  if (writing->model == NULL)
    return give_up (writing, path, max_context, &err, error);
  make_session (writing, max_context, compact, &err);
  if (writing->session == NULL)
    return give_up (writing, path, max_context, &err, error);
  tl_session_set_kept_bytes (writing->session, KEPT_BYTES);
  writing->path = g_strdup (path);
  return TRUE;
}

/* In the form of its specialist, or as any model. */
static gboolean
write_text (TlmWriting *writing,
            Stream     *stream,
            GTask      *task,
            GError    **error)
{
  gboolean asked = FALSE;

  return tlm_writing_use_adapters (writing, stream->request.adapters, tlm_engine_task_is_cancelled,
                                   task, error)
         && tlm_writing_ask_specialist (writing, &stream->request, append_bytes, stream,
                                        tlm_engine_task_is_cancelled, task, &asked, &stream->use,
                                        error)
         && (asked
             || tlm_generation_run (writing->model, writing->session, &stream->request,
                                    append_bytes, stream, tlm_engine_task_is_cancelled, task,
                                    &stream->use, error));
}

/* A file that was cut short under the model: what is loaded of it is worth nothing any more. */
static void
drop_cut_model (TlmWriting *writing,
                GError    **error)
{
  g_autofree char *name = NULL;

  if (writing->model == NULL || tl_gguf_check_whole (tl_model_get_gguf (writing->model), NULL))
    return;
  name = g_filename_display_basename (writing->path);
  g_clear_error (error);
  g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL,
               _("The file “%s” was cut short while its model was in use, so the answer ends here. "
                 "Get the file again, or choose another model under Models."), name);
  unload (writing);
}

static void
generate_job (gpointer owner,
              GTask   *task)
{
  TlmEngineService *self = owner;
  TlmWriting       *writing = &self->writing;
  Stream           *stream = g_task_get_task_data (task);
  GError           *error = NULL;

  if (load_model (writing, stream->request.model_path,
                  (guint) g_atomic_int_get (&self->max_context),
                  g_atomic_int_get (&self->compact_context), task, &error)
      && write_text (writing, stream, task, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  drop_cut_model (writing, &error);
  g_task_return_error (task, error);
}

static void
generated (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask) outer = data;
  GError           *error = NULL;

  deliver (g_task_get_task_data (outer));
  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (outer, TRUE);
  else
    g_task_return_error (outer, error);
}

void
tlm_engine_service_set_context (TlmEngineService *self,
                                guint             n_tokens,
                                gboolean          compact)
{
  g_atomic_int_set (&self->compact_context, compact);
  g_atomic_int_set (&self->max_context, (int) n_tokens);
}

/**
 * tlm_engine_service_generate_async:
 * @request: copied
 * @on_text: (nullable): called on the main thread, never after the task completed
 */
void
tlm_engine_service_generate_async (TlmEngineService         *self,
                                   const TlmGenerateRequest *request,
                                   TlmTextFunc               on_text,
                                   gpointer                  on_text_data,
                                   GCancellable             *cancellable,
                                   GAsyncReadyCallback       callback,
                                   gpointer                  user_data)
{
  Stream *stream = stream_new (request, on_text, on_text_data);
  GTask  *outer = g_task_new (self, cancellable, callback, user_data);
  GTask  *inner = g_task_new (self, cancellable, generated, outer);

  /* The finish function looks at the text also when the task was cancelled. */
  g_task_set_check_cancellable (outer, FALSE);
  g_task_set_task_data (outer, stream, stream_unref);
  g_task_set_task_data (inner, g_atomic_rc_box_acquire (stream), stream_unref);
  if (self->writing_worker != NULL)
    tlm_worker_push (self->writing_worker, inner, generate_job);
  else
    tlm_engine_refuse (inner);
}

void
tlm_engine_service_write_async (TlmEngineService         *self,
                                const TlmGenerateRequest *request,
                                GCancellable             *cancellable,
                                GAsyncReadyCallback       callback,
                                gpointer                  user_data)
{
  tlm_engine_service_generate_async (self, request, NULL, NULL, cancellable, callback, user_data);
}

char *
tlm_engine_service_generate_finish (TlmEngineService *self,
                                    GAsyncResult     *result,
                                    GError          **error)
{
  Stream *stream;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  stream = g_task_get_task_data (G_TASK (result));
  g_task_propagate_boolean (G_TASK (result), error);
  return g_strdup (stream->text->str);
}

void
tlm_engine_service_generate_get_context (GAsyncResult  *result,
                                         TlmContextUse *use)
{
  Stream *stream = g_task_get_task_data (G_TASK (result));

  *use = stream->use;
}
