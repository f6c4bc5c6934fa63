/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli replay RECEIPT [NOTE]`: makes again what a receipt is of. The bytes go to standard
 * output, the verdict to standard error and into the exit status: 0 for the same bytes. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/generate.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "cli/summarize.h"
#include "models/cpu-choice.h"
#include "core/errors.h"
#include "notes/summary-json.h"

typedef struct
{
  char *model;
  int   threads;
} Options;

/* Another model cannot give the same bytes but by chance: it is not even tried. */
static TlmReceipt *
start_again (const TlmReceipt *receipt,
             const char       *model,
             GError          **error)
{
  g_autoptr (TlmReceipt) again = tlm_receipt_new (receipt->kind, model, error);

  if (again == NULL || g_str_equal (again->model_sha256, receipt->model_sha256))
    return g_steal_pointer (&again);
  g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL,
               _("Not the same: “%s” is another model (SHA-256 %.12s…) than the receipt’s "
                 "(%.12s…). Give the right one with -m."),
               again->model_path, again->model_sha256, receipt->model_sha256);
  return NULL;
}

static gboolean
generate (const TlmReceipt *receipt,
          TlmReceipt       *again,
          guint             n_threads,
          GError          **error)
{
  TlmGenerateRequest request = receipt->request;

  request.prompt = receipt->prompt;
  return tlm_cli_generate_text (again->model_path, &request, receipt->context, receipt->cache,
                                receipt->adapters, n_threads, again, error);
}

/* Unset when the receipt's is none: the verdict then says what differs. */
static TlmDay
read_day (const TlmReceipt *receipt)
{
  TlmDays days = { 0 };

  if (receipt->day != NULL)
    tlm_days_parse (receipt->day, strlen (receipt->day), (TlmDay) { 2000, 1, 1 }, &days);
  return days.first;
}

static gboolean
summarize (const TlmReceipt *receipt,
           TlmReceipt       *again,
           const char       *note,
           GError          **error)
{
  g_autoptr (TlmEngineService) engine = tlm_engine_service_new (again->model_path);
  const char                  *decoded_from;
  g_autoptr (TlmSummary)       summary = NULL;
  g_autofree char             *result = NULL;

  summary = tlm_cli_summarize_input (engine, note, read_day (receipt), &decoded_from, error);
  if (summary == NULL)
    return FALSE;
  tlm_receipt_take_summary (again, summary);
  if (!g_str_equal (again->input_sha256, receipt->input_sha256))
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_FAILED,
                           _("Not the same: this is not the note that the receipt is of, or it was "
                             "changed since."));
      return FALSE;
    }
  result = tlm_summary_dup_result (summary);
  fputs (result, stdout);
  return TRUE;
}

static int
tell (const TlmReceipt *receipt,
      const TlmReceipt *again)
{
  g_autofree char *why = tlm_receipt_explain (receipt, again);

  if (putchar ('\n') == EOF || fflush (stdout) != 0)
    return tlm_cli_fail (_("The output could not be written."));
  if (why != NULL)
    return tlm_cli_fail (_("Not the same. %s"), why);
  /* Translators: the bytes that were made again are the same; then how many there are, and the name
   * of the processor path. The beginning is the program's name. */
  fprintf (stderr, ngettext ("tinylm-cli: the same: %zu byte, on the processor path “%s”.\n",
                             "tinylm-cli: the same: %zu bytes, on the processor path “%s”.\n",
                             (gulong) again->output_bytes),
           again->output_bytes, again->cpu);
  return 0;
}

static int
replay (const Options *o,
        const char    *path,
        const char    *note)
{
  g_autoptr (GError)     error = NULL;
  g_autoptr (TlmReceipt) receipt = tlm_receipt_load (path, &error);
  g_autoptr (TlmReceipt) again = NULL;
  g_autofree char       *model = NULL;
  const char            *limit = g_getenv ("TINYLM_CPU");

  if (receipt == NULL)
    return tlm_cli_fail ("%s", error->message);
  if ((receipt->kind == TLM_RECEIPT_SUMMARIZE) != (note != NULL))
    {
      tlm_cli_fail (note != NULL ? _("This receipt is of a generated text and needs no note.")
                                 : _("This receipt is of a summary: give the note after it."));
      return 2;
    }
  /* The path of the receipt, where this processor has it and the person asked for no other. */
  if (limit == NULL || *limit == '\0')
    tlm_cpu_choice_set (receipt->cpu);
  if (o->model != NULL)
    model = tlm_cli_find_model (o->model, &error);
  else
    model = g_strdup (receipt->model_path);
  again = model != NULL ? start_again (receipt, model, &error) : NULL;
  if (again != NULL
      && (note != NULL ? summarize (receipt, again, note, &error)
                       : generate (receipt, again, (guint) o->threads, &error)))
    return tell (receipt, again);
  return tlm_cli_fail ("%s", error->message);
}

int
tlm_cli_replay (int    argc,
                char **argv)
{
  Options            o = { 0 };
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &o.model,
      N_("The model, if it does not lie where the receipt says"), N_("FILE.gguf") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o.threads, N_("Threads; 0: one a processor (0)"), "N" },
    { NULL }
  };
  int                status;

  status = tlm_cli_parse (&argc, &argv, entries, _("RECEIPT.json [NOTE]"),
                          _("Makes again what a receipt of “generate” or “summarize” is of, and "
                            "says whether the bytes are the same, or why not. The bytes go to "
                            "standard output, the verdict to standard error; the exit status is 0 "
                            "for the same bytes and 1 for others."));
  if (status < 0 && (argc < 2 || argc > 3 || o.threads < 0 || o.threads > 1024))
    {
      tlm_cli_fail (_("Give a receipt, and behind it the note if it is one of a summary."));
      status = 2;
    }
  else if (status < 0)
    status = replay (&o, argv[1], argc > 2 ? argv[2] : NULL);
  g_free (o.model);
  return status;
}
