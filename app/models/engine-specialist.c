/* SPDX-License-Identifier: Apache-2.0 */
/* Specialists in the session that is loaded: adapters are exchanged beside the weights, and one that
 * was trained here, or a model that was trained here in full, is asked in the form that it learned. */
#include "engine-service-private.h"

#include "adapters.h"
#include "core/errors.h"
#include "core/markdown.h"

#include <glib/gi18n-lib.h>
#include <string.h>

gboolean
tlm_writing_use_adapters (TlmWriting    *writing,
                          const char    *text,
                          tl_cancel_func cancel,
                          gpointer       cancel_data,
                          GError       **error)
{
  const char           *wanted = text != NULL ? text : "";
  g_autoptr (GPtrArray) adapters = tlm_adapters_read (wanted);

  if (!tlm_adapters_hash (adapters, cancel, cancel_data, error))
    return FALSE;
  if (g_str_equal (writing->adapters != NULL ? writing->adapters : "", wanted))
    return TRUE;
  if (!tlm_adapters_use (adapters, writing->model, writing->session, error))
    return FALSE;
  g_free (writing->adapters);
  writing->adapters = g_strdup (wanted);
  return TRUE;
}

/* Three levels. Below the threshold that the specialist learned from examples kept back, a person is to
 * say; the rest is parted in its middle. (transfer full) */
static char *
dup_level (const TlmForm *form,
           const double  *p)
{
  guint       best = tlm_labels_find_likeliest (form->labels, p);
  const char *name = form->labels->pdata[best];
  g_autoptr (GString) plain = g_string_new (NULL);
  const char *label;

  tlm_markdown_append_plain (plain, name, strlen (name));
  label = plain->str;
  if (p[best] < form->threshold)
    /* Translators: the first %s is the likeliest label of a text, the number its chance in percent. */
    return g_strdup_printf (_("**%s**?\n\nUnsure (%.0f %%): please decide yourself."), label,
                            100 * p[best]);
  if (p[best] < (1 + form->threshold) / 2)
    /* Translators: an answer of a specialist with its probability in per cent; ** is bold. */
    return g_strdup_printf (_("**%s**\n\nLikely (%.0f %%)"), label, 100 * p[best]);
  return g_strdup_printf (_("**%s**\n\nSure (%.0f %%)"), label, 100 * p[best]);
}

/* In one paragraph: tlm_message_dup_lesson() knows a verdict by it. (transfer full) */
static char *
dup_verdict (const TlmForm *form,
             const double  *p,
             gboolean       cut)
{
  g_autofree char *level = dup_level (form, p);

  /* Translators: behind an answer such as “Sure (99 %)”, and an interpunct. */
  return cut ? g_strdup_printf ("%s · %s", level, _("There was no room for the whole text."))
             : g_steal_pointer (&level);
}

/* As those of a TlmExample. (transfer container): borrows from both */
static char **
list_turns (const TlmForm            *form,
            const TlmGenerateRequest *request)
{
  static const char *const roles[] = { [TLM_TURN_SYSTEM] = "system", [TLM_TURN_USER] = "user",
                                       [TLM_TURN_ASSISTANT] = "assistant" };
  guint                    n;
  g_autofree TlmTurn      *turns = tlm_form_make_turns (form, request, &n);
  char                   **list = g_new0 (char *, 2 * n + 1);

  for (guint i = 0; i < n; i++)
    {
      list[2 * i] = (char *) roles[turns[i].role];
      list[2 * i + 1] = turns[i].text;
    }
  return list;
}

/* One that learned conversations is asked the whole of this one. */
static gboolean
classify (TlmWriting               *writing,
          const TlmForm            *form,
          const TlmGenerateRequest *request,
          const char               *input,
          TlmBytesFunc              on_bytes,
          gpointer                  data,
          tl_cancel_func            cancel,
          gpointer                  cancel_data,
          GError                  **error)
{
  g_autofree double *p = g_new (double, form->labels->len);
  g_autofree char  **turns = form->chat ? list_turns (form, request) : NULL;
  g_autofree char   *text = NULL;
  gboolean           cut = FALSE;
  tl_error           err = { 0 };

  if (!tlm_form_classify (form, writing->session, writing->model, input, turns, form->temperature,
                          cancel, cancel_data, p, &cut, &err))
    return tlm_error_from_engine (error, &err);
  text = dup_verdict (form, p, cut);
  on_bytes (text, strlen (text), data);
  return TRUE;
}

/* Its likeliest text: as it was judged. One that learned conversations is asked the whole of this
 * one. */
static gboolean
write_in_form (TlmWriting               *writing,
               const TlmForm            *form,
               const TlmGenerateRequest *request,
               const char               *input,
               TlmBytesFunc              on_bytes,
               gpointer                  data,
               tl_cancel_func            cancel,
               gpointer                  cancel_data,
               TlmContextUse            *use,
               GError                  **error)
{
  g_autoptr (TlmWordFilter) filter = NULL;
  g_autofree TlmTurn       *turns = NULL;
  TlmGenerateRequest        formed = *request;

  formed.prompt = input;
  formed.turns = NULL;
  formed.n_turns = 0;
  if (form->chat)
    formed.turns = turns = tlm_form_make_turns (form, request, &formed.n_turns);
  else
    tlm_form_fill_request (form, tl_model_get_tokenizer (writing->model), &formed);
  filter = formed.filter;
  formed.temperature = 0;
  formed.repeat_penalty = 1; /* it may copy words of its input */
  return tlm_generation_run (writing->model, writing->session, &formed, on_bytes, data, cancel,
                             cancel_data, use, error);
}

gboolean
tlm_writing_ask_specialist (TlmWriting               *writing,
                            const TlmGenerateRequest *request,
                            TlmBytesFunc              on_bytes,
                            gpointer                  data,
                            tl_cancel_func            cancel,
                            gpointer                  cancel_data,
                            gboolean                 *asked,
                            TlmContextUse            *use,
                            GError                  **error)
{
  const char           *input = request->n_turns > 0 ? request->turns[request->n_turns - 1].text
                                                     : request->prompt;
  g_autoptr (GPtrArray) adapters = tlm_adapters_read (request->adapters != NULL ? request->adapters
                                                                                : "");
  g_autoptr (TlmForm)   form = tlm_adapters_read_form (adapters,
                                                       tl_model_get_gguf (writing->model));

  *asked = form != NULL;
  if (form == NULL)
    return TRUE;
  if (form->labels->len > 0)
    return classify (writing, form, request, input, on_bytes, data, cancel, cancel_data, error);
  return write_in_form (writing, form, request, input, on_bytes, data, cancel, cancel_data, use,
                        error);
}
