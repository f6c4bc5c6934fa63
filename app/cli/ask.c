/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli ask QUESTION FILE | -`: the sentence of the note that answers, or that it does not
 * say. */
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "errors.h"
#include "import/import.h"
#include "paths.h"
#include "reader/ask.h"
#include "text-input.h"

static char *
read_note (const char *name, gsize *len, GError **error)
{
  const char *decoded_from;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GFile) file = NULL;

  if (g_str_equal (name, "-"))
    {
      stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
      return tlm_text_read_stream (stream, len, &decoded_from, NULL, error);
    }
  file = g_file_new_for_path (name);
  return tlm_import_read_file (file, len, &decoded_from, NULL, error);
}

static gboolean
ask (const char *model, const char *question, const char *name, GError **error)
{
  tl_error err = { 0 };
  tl_span answer;
  gsize len;
  g_autofree char *text = read_note (name, &len, error);
  tl_reader *reader = text != NULL ? tl_reader_open (model, &err) : NULL;
  gboolean ok;

  if (text == NULL)
    return FALSE;
  ok = reader != NULL
       && tl_reader_ask (reader, text, len, question, strlen (question), &answer, &err);
  tl_reader_close (reader);
  if (!ok)
    return tlm_error_from_engine (error, &err);
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
