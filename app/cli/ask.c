/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli ask QUESTION FILE | -`: the sentence of the note that answers, or that it does not
 * say. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/options.h"
#include "engine-service.h"
#include "paths.h"

static void
keep_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
ask (const char *model, const char *question, const char *name, GError **error)
{
  g_autoptr (TlmEngineService) engine = tlm_engine_service_new (model);
  g_autoptr (GAsyncResult) result = NULL;
  const char *decoded_from;
  gsize len;
  g_autofree char *text = tlm_cli_read_input (name, &len, &decoded_from, error);
  TlmSpan answer;

  if (text == NULL)
    return FALSE;
  tlm_engine_service_ask_async (engine, text, question, NULL, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (!tlm_engine_service_ask_finish (engine, result, &answer, error))
    return FALSE;
  if (answer.start == answer.end)
    g_print ("%s\n", _("The note does not say."));
  else
    g_print ("%.*s\n", (int) (answer.end - answer.start), text + answer.start);
  return TRUE;
}

int
tlm_cli_ask (int argc, char **argv)
{
  g_autofree char *model = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &model, N_("The reader (eeny.gguf)"),
      N_("FILE.gguf") },
    { NULL },
  };
  int status = tlm_cli_parse (&argc, &argv, entries, _("QUESTION FILE | -"),
                              _("Points at the sentence of a note that answers a question."));

  if (status >= 0)
    return status;
  if (argc != 3)
    {
      tlm_cli_fail (_("“ask” needs a question and one note: “tinylm-cli ask \"When is the call?\" "
                      "note.md”."));
      return 2;
    }
  if (model == NULL)
    model = tlm_paths_dup_data ("models/eeny.gguf");
  return ask (model, argv[1], argv[2], &error) ? 0 : tlm_cli_fail ("%s", error->message);
}
