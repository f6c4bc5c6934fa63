/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli classify`: which of a specialist's labels a text has, how likely, and whether a
 * person is to be asked. */
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "models/adapters.h"
#include "cli/batch-skills.h"
#include "cli/commands.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "core/errors.h"
#include "core/json.h"
#include "models/model-facts.h"
#include "core/text-input.h"

typedef struct
{
  char    *model, *threshold;
  char   **adapters;
  int      threads;
  gboolean json;
} Options;

typedef struct
{
  TlmForm    *form;
  tl_model   *model;
  tl_session *session;
  double      threshold;
  gboolean    json;
} Classifier;

static void
append_string (GString    *out,
               const char *s)
{
  tlm_json_append_string (out, s, strlen (s));
}

void
tlm_cli_append_labels (GString *out, const GPtrArray *labels, const double *p, double threshold,
                       gboolean cut)
{
  guint best = tlm_labels_find_likeliest (labels, p);

  tlm_json_append_key (out, "label");
  append_string (out, labels->pdata[best]);
  tlm_json_append_key (out, "p");
  tlm_json_append_number (out, p[best], 4);
  tlm_json_append_key (out, "ask");
  g_string_append (out, p[best] < threshold ? "true" : "false");
  tlm_json_append_key (out, "cut");
  g_string_append (out, cut ? "true" : "false");
  tlm_json_append_key (out, "labels");
  g_string_append_c (out, '{');
  for (guint i = 0; i < labels->len; i++)
    {
      g_string_append (out, i > 0 ? ", " : "");
      append_string (out, labels->pdata[i]);
      g_string_append (out, ": ");
      tlm_json_append_number (out, p[i], 4);
    }
  g_string_append_c (out, '}');
}

static void
print_json (const Classifier *c,
            const char       *text,
            const double     *p,
            gboolean          cut)
{
  g_autoptr (GString) out = g_string_new ("{");

  tlm_json_append_key (out, "text");
  append_string (out, text);
  tlm_cli_append_labels (out, c->form->labels, p, c->threshold, cut);
  printf ("%s}\n", out->str);
}

static void
print_text (const Classifier *c,
            const char       *label,
            double            p,
            gboolean          cut)
{
  g_autofree char *shown = tlm_model_dup_shown (label, strlen (label));

  printf ("%s\t%.2f%s%s\n", shown, p, p < c->threshold ? "\task a person" : "",
          cut ? "\tcut short" : "");
}

static gboolean
classify (const Classifier *c,
          const char       *text,
          GError          **error)
{
  g_autofree double *p = g_new (double, c->form->labels->len);
  gboolean           cut;
  tl_error           err = { 0 };
  guint              best;

  if (!tlm_form_classify (c->form, c->session, c->model, text, NULL, c->form->temperature, NULL,
                          NULL, p, &cut, &err))
    return tlm_error_from_engine (error, &err);
  best = tlm_labels_find_likeliest (c->form->labels, p);
  if (c->json)
    print_json (c, text, p, cut);
  else
    print_text (c, c->form->labels->pdata[best], p[best], cut);
  return TRUE;
}

static gboolean
classify_lines (const Classifier *c,
                GError          **error)
{
  g_autoptr (GInputStream) in = g_unix_input_stream_new (0, FALSE);
  g_autofree char         *text = tlm_text_read_stream (in, NULL, NULL, NULL, error);
  g_auto (GStrv)           lines = text != NULL ? g_strsplit (text, "\n", -1) : NULL;

  for (gsize i = 0; lines != NULL && lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0' && !classify (c, lines[i], error))
      return FALSE;
  return text != NULL;
}

TlmForm *
tlm_cli_read_labels (GPtrArray *adapters, const tl_model *model, GError **error)
{
  g_autoptr (TlmForm) form = tlm_adapters_read_form (adapters, tl_model_get_gguf (model));

  if (form != NULL && form->labels->len > 0)
    return g_steal_pointer (&form);
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_MODEL,
                       _("This adapter knows no labels. Train one with “tinylm-cli train” on "
                         "examples whose outputs are labels, or use it with “generate”."));
  return NULL;
}

static gboolean
open_classifier (Classifier    *c,
                 const Options *o,
                 tl_pool       *pool,
                 GError       **error)
{
  g_autoptr (GPtrArray) adapters = tlm_adapters_new ();
  g_autofree char      *path = tlm_cli_find_model (o->model != NULL ? o->model : "meeny", error);
  tl_error              err = { 0 };

  if (path == NULL || !tlm_adapters_parse (adapters, o->adapters, error))
    return FALSE;
  c->model = tl_model_open (path, &err);
  if (c->model != NULL)
    c->session = tl_session_new (c->model, MIN (1024, tl_model_get_info (c->model)->n_ctx_train),
                                 pool, &err);
  if (c->session == NULL)
    return tlm_error_from_model (error, path, &err);
  if (!tlm_adapters_use (adapters, c->model, c->session, error))
    return FALSE;
  c->form = tlm_cli_read_labels (adapters, c->model, error);
  return c->form != NULL;
}

static gboolean
check_texts (char   **texts,
             GError **error)
{
  for (; *texts != NULL; texts++)
    if (!tlm_text_check_utf8 (*texts, strlen (*texts), error))
      return FALSE;
  return TRUE;
}

static gboolean
run (const Options *o,
     float          threshold,
     char         **texts,
     GError       **error)
{
  Classifier c = { .json = o->json };
  tl_pool   *pool = tl_pool_new ((unsigned) o->threads, NULL);
  gboolean   good = check_texts (texts, error) && open_classifier (&c, o, pool, error);

  if (good)
    c.threshold = o->threshold != NULL ? (double) threshold : c.form->threshold;
  if (good && *texts == NULL)
    good = classify_lines (&c, error);
  for (; good && *texts != NULL; texts++)
    good = classify (&c, *texts, error);
  g_clear_pointer (&c.form, tlm_form_free);
  tl_session_free (c.session);
  tl_model_close (c.model);
  tl_pool_free (pool);
  return good;
}

int
tlm_cli_classify (int    argc,
                  char **argv)
{
  Options            o = { 0 };
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &o.model, N_("The model (meeny)"), N_("FILE.gguf") },
    { "adapter", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.adapters,
      N_("The adapter that knows the labels"), N_("FILE.gguf") },
    { "threshold", 0, 0, G_OPTION_ARG_STRING, &o.threshold,
      N_("Ask a person below this probability (the adapter’s own)"), "P" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &o.json, N_("Print one JSON object a text"), NULL },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o.threads, N_("Threads; 0: one a processor (0)"), "N" },
    { NULL }
  };
  g_autoptr (GError) error = NULL;
  float              threshold = 0;
  int                status;

  status = tlm_cli_parse (&argc, &argv, entries, _("[TEXT…]"),
                          _("Says which of an adapter’s labels each text has, and how likely that is; "
                            "without texts, the lines of standard input are read."));
  if (status < 0
      && ((o.adapters != NULL && o.adapters[1] != NULL) || o.threads < 0 || o.threads > 1024
          || (o.threshold != NULL && !tlm_cli_parse_float (o.threshold, 0, 1, &threshold))))
    {
      tlm_cli_fail (_("The options make no sense together. “tinylm-cli classify --help” tells "
                      "more."));
      status = 2;
    }
  else if (status < 0)
    status = run (&o, threshold, argv + 1, &error) ? 0 : tlm_cli_fail ("%s", error->message);
  g_free (o.model);
  g_free (o.threshold);
  g_strfreev (o.adapters);
  return status;
}
