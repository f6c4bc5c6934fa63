/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli generate`: continues a text on standard output as it is made. What stands there are
 * the model's own bytes and then one line end, so that whoever wants the bytes alone drops the
 * last. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/generate.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "core/errors.h"
#include "models/generation.h"

typedef struct
{
  char    *model, *prompt, *system, *chat_format, *receipt;
  int      n_tokens, top_k, threads, context;
  char    *cache; /* its type's name */
  char    *temperature, *top_p, *min_p, *repeat_penalty, *seed;
  char   **adapters;
  gboolean chat, no_lookup, raw;
} Options;

/* What was printed. */
typedef struct
{
  GChecksum *checksum;
  gsize      n_bytes;
} Output;

static void
options_clear (Options *o)
{
  g_free (o->model);
  g_free (o->prompt);
  g_free (o->system);
  g_free (o->chat_format);
  g_free (o->receipt);
  g_free (o->cache);
  g_free (o->temperature);
  g_free (o->top_p);
  g_free (o->min_p);
  g_free (o->repeat_penalty);
  g_free (o->seed);
  g_strfreev (o->adapters);
}

static int
parse (Options *o,
       int      argc,
       char   **argv)
{
  /* The prompt is a "filename" so that its bytes arrive as they are, in any locale. */
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &o->model, N_("The model"), N_("FILE.gguf") },
    { "prompt", 'p', 0, G_OPTION_ARG_FILENAME, &o->prompt,
      N_("The text to continue; without it a new one begins"), N_("TEXT") },
    { "chat", 0, 0, G_OPTION_ARG_NONE, &o->chat,
      N_("Answer the text as a message, in the model’s own chat format"), NULL },
    { "system", 0, 0, G_OPTION_ARG_FILENAME, &o->system,
      N_("With --chat: what the model is told first"), N_("TEXT") },
    { "chat-format", 0, 0, G_OPTION_ARG_STRING, &o->chat_format,
      N_("With --chat: the format, where the model’s file names none that is known"),
      N_("NAME") },
    { "n-predict", 'n', 0, G_OPTION_ARG_INT, &o->n_tokens, N_("At most so many tokens (128)"),
      "N" },
    { "temp", 0, 0, G_OPTION_ARG_STRING, &o->temperature,
      N_("Randomness; 0 takes the likeliest token each time (0.8; 0 for a specialist)"), "T" },
    { "top-k", 0, 0, G_OPTION_ARG_INT, &o->top_k, N_("Only the K likeliest tokens; 0: all (40)"),
      "K" },
    { "top-p", 0, 0, G_OPTION_ARG_STRING, &o->top_p,
      N_("Only the likeliest tokens that make up P together; 1: all (0.95)"), "P" },
    { "min-p", 0, 0, G_OPTION_ARG_STRING, &o->min_p,
      N_("Only tokens at least P times as likely as the likeliest; 0: all (0.05)"), "P" },
    { "repeat-penalty", 0, 0, G_OPTION_ARG_STRING, &o->repeat_penalty,
      N_("Make repetition less likely; 1: off (1)"), "R" },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &o->seed, N_("The same seed gives the same text (0)"),
      "S" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o->threads, N_("Threads; 0: one a processor (0)"),
      "N" },
    { "ctx-size", 'c', 0, G_OPTION_ARG_INT, &o->context,
      N_("Tokens of prompt and text together; 0: what the model takes (0)"), "N" },
    { "kv", 0, 0, G_OPTION_ARG_STRING, &o->cache,
      N_("Keep keys and values as f16, q8_0 (half the memory) or f32 (f16)"), N_("TYPE") },
    { "no-lookup", 0, 0, G_OPTION_ARG_NONE, &o->no_lookup,
      N_("Do not guess tokens from the text so far; the text is the same, but often comes later"), NULL },
    { "adapter", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->adapters,
      N_("Compute with an adapter; may be repeated. A scale of 1 is as it was trained"),
      N_("FILE[:SCALE]") },
    { "raw", 0, 0, G_OPTION_ARG_NONE, &o->raw,
      N_("With --adapter: continue the text as it is, not in the form that the adapter learned"),
      NULL },
    { "receipt", 0, 0, G_OPTION_ARG_FILENAME, &o->receipt,
      N_("Write what “replay” needs to make the same bytes again, the prompt too"),
      N_("FILE.json") },
    { NULL }
  };
  int status = tlm_cli_parse (&argc, &argv, entries, "",
                              _("Continues a text with a language model."));

  if (status < 0 && argc > 1)
    {
      tlm_cli_fail (_("“%s” belongs to no option; put the text behind -p, in quotes."), argv[1]);
      return 2;
    }
  return status;
}

/* The message and what comes before it, with --chat. @turns: room for two, borrowing from @o */
static void
make_turns (const Options      *o,
            TlmTurn            *turns,
            TlmGenerateRequest *request)
{
  if (!o->chat)
    return;
  if (o->system != NULL)
    turns[request->n_turns++] = (TlmTurn) { TLM_TURN_SYSTEM, o->system };
  turns[request->n_turns++] = (TlmTurn) { TLM_TURN_USER, o->prompt };
  request->turns = turns;
  request->chat_format = o->chat_format;
}

/* Returns the name of the option that makes no sense, or NULL. */
static const char *
make_request (const Options      *o,
              TlmGenerateRequest *request)
{
  tlm_generate_request_init (request);
  request->repeat_penalty = 1;
  request->lookup = !o->no_lookup;
  request->prompt = o->prompt != NULL ? o->prompt : "";
  if (o->model == NULL)
    return "-m";
  if (o->chat && o->prompt == NULL)
    return "-p";
  if (!o->chat && (o->system != NULL || o->chat_format != NULL))
    return "--chat";
  if (o->chat && o->receipt != NULL)
    return "--receipt"; /* a receipt holds a prompt, not a conversation */
  if (o->n_tokens < 0)
    return "-n";
  request->max_tokens = (guint) o->n_tokens;
  if (o->top_k < 0)
    return "--top-k";
  request->top_k = (guint) o->top_k;
  if (o->temperature != NULL
      && !tlm_cli_parse_float (o->temperature, 0, 100, &request->temperature))
    return "--temp";
  if (o->top_p != NULL && !tlm_cli_parse_float (o->top_p, 0, 1, &request->top_p))
    return "--top-p";
  if (o->min_p != NULL && !tlm_cli_parse_float (o->min_p, 0, 1, &request->min_p))
    return "--min-p";
  if (o->repeat_penalty != NULL
      && !tlm_cli_parse_float (o->repeat_penalty, 0.01, 100, &request->repeat_penalty))
    return "--repeat-penalty";
  if (o->seed != NULL && !tlm_cli_parse_seed (o->seed, &request->seed))
    return "--seed";
  if (o->cache != NULL && tl_type_find (o->cache) == NULL)
    return "--kv";
  return o->threads < 0 || o->threads > 1024 ? "--threads" : o->context < 0 ? "--ctx-size" : NULL;
}

static void
print_bytes (const char *bytes,
             gsize       n,
             gpointer    data)
{
  Output *output = data;

  fwrite (bytes, 1, n, stdout);
  fflush (stdout);
  g_checksum_update (output->checksum, (const guchar *) bytes, (gssize) n);
  output->n_bytes += n;
}

gboolean
tlm_cli_generate_text (const char               *model_path,
                       const TlmGenerateRequest *request,
                       guint                     context,
                       tl_type                   cache,
                       GPtrArray                *adapters,
                       guint                     n_threads,
                       TlmReceipt               *receipt,
                       GError                  **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  TlmGenerateRequest    held = *request;
  Output                output = { checksum, 0 };
  gint64                start = g_get_monotonic_time ();
  tl_error              err = { 0 };
  tl_pool              *pool = tl_pool_new (n_threads, NULL);
  tl_model             *model = tl_model_open (model_path, &err);
  tl_session           *session = NULL;
  gboolean              good = FALSE;

  if (model != NULL)
    session = tl_session_new_with_cache (model, context, cache, pool, &err);
  if (session == NULL)
    tlm_error_from_model (error, model_path, &err);
  else
    {
      g_autoptr (TlmForm) form = tlm_adapters_read_form (adapters, tl_model_get_gguf (model));
      g_autofree char    *input = form != NULL ? tlm_form_dup_input (form, request->prompt) : NULL;

      if (input != NULL)
        {
          held.prompt = input;
          tlm_form_fill_request (form, tl_model_get_tokenizer (model), &held);
        }
      good = tlm_adapters_use (adapters, model, session, error)
             && (receipt == NULL || tlm_adapters_hash (adapters, NULL, NULL, error))
             && tlm_generation_run (model, session, &held, print_bytes, &output, NULL, NULL, NULL,
                                    error);
      g_clear_pointer (&held.filter, tlm_word_filter_free);
    }
  if (receipt != NULL)
    {
      receipt->prompt = g_strdup (request->prompt);
      for (guint i = 0; i < adapters->len; i++)
        {
          const TlmAdapterChoice *choice = adapters->pdata[i];

          tlm_adapters_add (receipt->adapters, choice->path, choice->scale, choice->sha256);
        }
      receipt->request = *request;
      receipt->context = context;
      receipt->cache = cache;
      receipt->n_threads = tl_pool_get_n_threads (pool);
      receipt->ms = (g_get_monotonic_time () - start) / 1000.0;
      receipt->output_sha256 = g_strdup (g_checksum_get_string (checksum));
      receipt->output_bytes = output.n_bytes;
    }
  tl_session_free (session);
  tl_model_close (model);
  tl_pool_free (pool);
  return good;
}

/* (transfer full) (nullable) */
static TlmForm *
read_form (const char *model,
           GPtrArray  *adapters)
{
  tl_gguf *gguf = tl_gguf_open (model, NULL);
  TlmForm *form = gguf != NULL ? tlm_adapters_read_form (adapters, gguf) : NULL;

  tl_gguf_close (gguf);
  return form;
}

static gboolean
generate (const Options            *o,
          const TlmGenerateRequest *request,
          GError                  **error)
{
  g_autoptr (TlmReceipt) receipt = NULL;
  g_autoptr (GPtrArray)  adapters = tlm_adapters_new ();
  g_autoptr (TlmForm)    form = NULL;
  g_autofree char       *model = tlm_cli_find_model (o->model, error);
  g_autofree char       *prompt = NULL;
  g_autofree TlmTurn    *turns = NULL;
  TlmGenerateRequest     formed = *request;
  tl_type                cache = o->cache != NULL ? tl_type_find (o->cache)->type : TL_TYPE_F16;

  if (model == NULL || !tlm_adapters_parse (adapters, o->adapters, error))
    return FALSE;
  form = o->raw || o->chat ? NULL : read_form (model, adapters);
  if (form != NULL)
    {
      if (form->chat)
        formed.turns = turns = tlm_form_make_turns (form, request, &formed.n_turns);
      else
        formed.prompt = prompt = tlm_form_make_prompt (form, request->prompt);
      if (o->temperature == NULL)
        formed.temperature = 0; /* as it was judged */
    }
  if (o->receipt != NULL && turns != NULL)
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_FAILED,
                           _("This specialist is asked in a conversation, and a receipt holds a "
                             "prompt; leave out --receipt."));
      return FALSE;
    }
  if (o->receipt != NULL)
    {
      receipt = tlm_receipt_new (TLM_RECEIPT_GENERATE, model, error);
      if (receipt == NULL)
        return FALSE;
    }
  return tlm_cli_generate_text (model, &formed, (guint) o->context, cache, adapters,
                                (guint) o->threads, receipt, error)
         && (receipt == NULL || tlm_receipt_save (receipt, o->receipt, error));
}

int
tlm_cli_generate (int    argc,
                  char **argv)
{
  Options            options = { .n_tokens = 128, .top_k = 40 };
  TlmGenerateRequest request;
  TlmTurn            turns[2];
  g_autoptr (GError) error = NULL;
  const char        *wrong = NULL;
  int                status = parse (&options, argc, argv);

  if (status < 0)
    {
      wrong = make_request (&options, &request);
      make_turns (&options, turns, &request);
      status = 2;
      if (wrong != NULL)
        tlm_cli_fail (_("%s is missing or makes no sense. “tinylm-cli generate --help” tells "
                        "more."), wrong);
      else if (generate (&options, &request, &error))
        status = putchar ('\n') == EOF || fflush (stdout) != 0 || ferror (stdout);
      else
        status = tlm_cli_fail ("%s", error->message);
    }
  options_clear (&options);
  return status;
}
