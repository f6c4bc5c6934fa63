/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli ask QUESTION [FILE | FOLDER | -]`: the sentence that answers, or that nothing says. One
 * file is asked as it is; a folder's notes, or without either the person's notes and chats, are
 * searched, and the passages that were read are named. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "notes/ask-notes.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "models/model-facts.h"
#include "notes/shown.h"
#include "skills/skill.h"

static gboolean
ask_file (TlmEngineService *engine, const char *question, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  const char *decoded_from;
  gsize len;
  g_autofree char *text = tlm_cli_read_input (name, &len, &decoded_from, error);
  TlmSpan answer;

  if (text == NULL)
    return FALSE;
  tlm_engine_service_ask_async (engine, text, question, NULL, tlm_cli_keep, &result);
  tlm_cli_await (&result);
  if (!tlm_engine_service_ask_finish (engine, result, &answer, error))
    return FALSE;
  if (answer.start == answer.end)
    g_print ("%s\n", _("The note does not say."));
  else
    {
      g_autofree char *shown = tlm_shown_dup (text, -1, tlm_ask_find_begin (text, &answer),
                                              answer.end);

      g_print ("%s\n", shown);
    }
  return TRUE;
}

static void
print_sentence (const TlmNotesAnswer *answer, guint place, const TlmSpan *span)
{
  const TlmPassage *passage = answer->passages->pdata[place];
  g_autofree char  *shown
    = tlm_shown_dup (passage->text, -1, tlm_ask_find_begin (passage->text, span), span->end);

  g_print ("%s\n", shown);
}

static gboolean
holds_what_was_said (const TlmNotesAnswer *answer, guint place)
{
  for (guint i = 0; i < answer->points->len; i++)
    if (g_array_index (answer->points, TlmNotesPoint, i).place == place)
      return TRUE;
  return answer->points->len == 0 && tlm_notes_answer_says (answer) && place == answer->place;
}

/* @files: (nullable): of the notes, whose ids are 1, 2, 3, ... */
static void
print_answer (const TlmNotesAnswer *answer, GPtrArray *files)
{
  for (guint i = 0; i < answer->points->len; i++)
    {
      const TlmNotesPoint *point = &g_array_index (answer->points, TlmNotesPoint, i);

      print_sentence (answer, point->place, &point->span);
    }
  if (answer->points->len == 0 && tlm_notes_answer_says (answer))
    print_sentence (answer, answer->place, &answer->answer);
  else if (answer->points->len == 0)
    g_print ("%s\n", files != NULL ? _("The notes do not say.") : _("Not in your notes."));
  for (guint i = 0; i < answer->passages->len; i++)
    {
      const TlmPassage *passage = answer->passages->pdata[i];
      const char       *name = files != NULL ? files->pdata[passage->id - 1] : passage->title;
      g_autofree char  *shown = tlm_model_dup_shown (name, strlen (name));

      g_print ("  %s %s\n", holds_what_was_said (answer, i) ? "→" : "·", shown);
    }
}

static gboolean
ask_store (TlmStore *store, TlmEngineService *engine, const char *question, GPtrArray *files,
           GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TlmNotesAnswer) answer = NULL;

  tlm_ask_notes_async (store, engine, question, 0, NULL, tlm_cli_keep, &result);
  tlm_cli_await (&result);
  answer = tlm_ask_notes_finish (store, result, error);
  if (answer == NULL)
    return FALSE;
  print_answer (answer, files);
  return TRUE;
}

/* What cannot be read is said, and the rest is asked. @n_unread: (inout) */
static GPtrArray *
read_folder (TlmStore *store, const char *folder, guint *n_unread, GError **error)
{
  guint n_others;
  g_autoptr (GPtrArray) found = tlm_cli_list_inputs (0, NULL, folder, &n_others, error);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TlmNotes) notes = tlm_notes_new (store);

  for (guint i = 0; found != NULL && i < found->len; i++)
    {
      g_autoptr (GError) failure = NULL;
      const char *decoded_from;
      gsize len;
      g_autofree char *text = tlm_cli_read_input (found->pdata[i], &len, &decoded_from, &failure);

      if (text == NULL)
        {
          tlm_cli_fail ("%s: %s", (char *) found->pdata[i], failure->message);
          *n_unread += 1;
        }
      else if (tlm_cli_add_note (notes, text, error))
        g_ptr_array_add (files, g_strdup (found->pdata[i]));
      else
        return NULL;
    }
  return found != NULL ? g_steal_pointer (&files) : NULL;
}

static gboolean
ask_folder (TlmEngineService *engine, const char *question, const char *folder, guint *n_unread,
            GError **error)
{
  g_autoptr (TlmStore) store = tlm_cli_open_memory (error);
  g_autoptr (GPtrArray) files = store != NULL ? read_folder (store, folder, n_unread, error) : NULL;
  gboolean done = files != NULL && ask_store (store, engine, question, files, error);

  if (store != NULL)
    tlm_store_close (store);
  return done;
}

static gboolean
ask_notes (TlmEngineService *engine, const char *question, int passphrase_fd, GError **error)
{
  g_autoptr (TlmStore) store = tlm_store_new ();
  gboolean done = tlm_cli_open_store (store, passphrase_fd, error)
                  && ask_store (store, engine, question, NULL, error);

  tlm_store_close (store);
  return done;
}

int
tlm_cli_ask (int argc, char **argv)
{
  g_autofree char *model = NULL, *path = NULL;
  g_autoptr (TlmEngineService) engine = NULL;
  g_autoptr (GError) error = NULL;
  int passphrase_fd = -1;
  guint n_unread = 0;
  gboolean done;
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &model, N_("The reader (eeny)"),
      N_("FILE.gguf") },
    { "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &passphrase_fd,
      N_("Read the passphrase of a locked store from this file descriptor"), N_("N") },
    { NULL },
  };
  int status = tlm_cli_parse (&argc, &argv, entries, _("QUESTION [FILE | FOLDER | -]"),
                              _("Points at the sentence that answers a question: of one note, of a "
                                "folder’s notes or, without either, of your notes and chats."));

  if (status >= 0)
    return status;
  if (argc != 2 && argc != 3)
    {
      tlm_cli_fail (_("“ask” needs a question and perhaps one note or folder: “tinylm-cli ask \"When "
                      "is the call?\" note.md”."));
      return 2;
    }
  path = tlm_cli_find_model (model != NULL ? model : "eeny", &error);
  if (path == NULL)
    return tlm_cli_fail ("%s", error->message);
  engine = tlm_engine_service_new (path);
  if (argc == 2)
    done = ask_notes (engine, argv[1], passphrase_fd, &error);
  else if (g_file_test (argv[2], G_FILE_TEST_IS_DIR))
    done = ask_folder (engine, argv[1], argv[2], &n_unread, &error);
  else
    done = ask_file (engine, argv[1], argv[2], &error);
  if (!done)
    return tlm_cli_fail ("%s", error->message);
  return n_unread == 0 ? 0 : 1;
}
