/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli summarize [--json] FILE… | -`: each file in turn; a bad one does not stop us. */
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/summary-output.h"
#include "engine-service.h"
#include "paths.h"
#include "text-input.h"

static char *
read_input (const char  *name,
            gsize       *len,
            const char **decoded_from,
            GError     **error)
{
  if (g_str_equal (name, "-"))
    {
      g_autoptr (GInputStream) stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);

      return tlm_text_read_stream (stream, len, decoded_from, NULL, error);
    }
  else
    {
      g_autoptr (GFile) file = g_file_new_for_path (name);

      return tlm_text_read_file (file, len, decoded_from, NULL, error);
    }
}

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static TlmSummary *
summarize (TlmEngineService *engine,
           const char       *name,
           const char      **decoded_from,
           GError          **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gsize                    len;
  g_autofree char         *text = read_input (name, &len, decoded_from, error);

  if (text == NULL)
    return NULL;
  tlm_engine_service_summarize_async (engine, text, (gssize) len, NULL, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return tlm_engine_service_summarize_finish (engine, result, error);
}

static gboolean
summarize_one (TlmEngineService *engine,
               const char       *name,
               gboolean          json,
               gboolean          many)
{
  g_autofree char       *shown = g_filename_display_name (name);
  g_autoptr (GError)     error = NULL;
  const char            *decoded_from = NULL;
  g_autoptr (TlmSummary) summary = summarize (engine, name, &decoded_from, &error);

  if (summary == NULL)
    {
      fflush (stdout);
      tlm_cli_fail ("%s: %s", shown, error->message);
      if (json)
        tlm_summary_print_error (shown, error->message);
    }
  else if (json)
    tlm_summary_print_json (summary, shown, decoded_from);
  else
    tlm_summary_print_text (summary, many ? shown : NULL);
  return summary != NULL;
}

int
tlm_cli_summarize (int    argc,
                   char **argv)
{
  gboolean                     json = FALSE, good = TRUE;
  g_autofree char             *model = NULL;
  const GOptionEntry           entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON object a file"), NULL },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &model, N_("Use this reader, not the built-in one"),
      N_("FILE.gguf") },
    { NULL }
  };
  int                          status;
  g_autoptr (TlmEngineService) engine = NULL;

  status = tlm_cli_parse (&argc, &argv, entries, _("FILE… | -"),
                          _("Points at the key sentences, action items, tags and title of notes. "
                            "“-” is standard input."));
  if (status >= 0)
    return status;
  if (argc < 2)
    {
      tlm_cli_fail (_("Which file? Give one or more, or “-” for standard input."));
      return 2;
    }
  if (model == NULL)
    model = tlm_paths_dup_data ("models/eeny.gguf");
  engine = tlm_engine_service_new (model);
  for (int i = 1; i < argc; i++)
    good &= summarize_one (engine, argv[i], json, argc > 2);
  if (fflush (stdout) != 0)
    return tlm_cli_fail (_("The output could not be written."));
  return good ? 0 : 1;
}
