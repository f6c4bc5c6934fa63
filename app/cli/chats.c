/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli chats list | import | export`: the chats of this person's store. */
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "chats/chats.h"
#include "cli/commands.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "core/json.h"
#include "core/words.h"
#include "models/model-facts.h"

#define ALL_CHATS G_MININT64

typedef struct
{
  gboolean json;
  gint64   chat;
  int      passphrase_fd;
} Options;

static void
print_chat (TlmChat *chat,
            gboolean json)
{
  static const char *const places[] = { "listed", "pinned", "archived" };
  g_autoptr (GDateTime)    time = g_date_time_new_from_unix_utc (tlm_chat_get_updated (chat));
  g_autofree char         *updated = time != NULL ? g_date_time_format_iso8601 (time) : g_strdup ("");
  const char              *title = tlm_chat_get_title (chat);
  const char              *place = places[tlm_chat_get_place (chat)];
  g_autoptr (GString)      out = g_string_new ("{");

  if (!json)
    {
      g_autofree char *shown = tlm_model_dup_shown (title, strlen (title));

      printf ("%6" G_GINT64_FORMAT "  %s  %-8s  %s\n", tlm_chat_get_id (chat), updated, place, shown);
      return;
    }
  tlm_json_append_key (out, "id");
  g_string_append_printf (out, "%" G_GINT64_FORMAT, tlm_chat_get_id (chat));
  tlm_json_append_key (out, "updated");
  tlm_json_append_string (out, updated, strlen (updated));
  tlm_json_append_key (out, "place");
  tlm_json_append_string (out, place, strlen (place));
  tlm_json_append_key (out, "title");
  tlm_json_append_string (out, title, strlen (title));
  printf ("%s}\n", out->str);
}

static int
list (TlmChats      *chats,
      const Options *options)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (chats)); i++)
    {
      g_autoptr (TlmChat) chat = g_list_model_get_item (G_LIST_MODEL (chats), i);

      print_chat (chat, options->json);
    }
  return 0;
}

static void
print_imported (const char             *path,
                const TlmChatsImported *imported)
{
  g_autofree char *came = g_strdup_printf (ngettext ("%u chat imported", "%u chats imported",
                                                     imported->n_imported), imported->n_imported);
  g_autofree char *known = g_strdup_printf (ngettext ("%u was there already", "%u were there already",
                                                      imported->n_known), imported->n_known);
  g_autofree char *left = g_strdup_printf (ngettext ("%u part that is no text left out",
                                                     "%u parts that are no text left out",
                                                     imported->n_left_out), imported->n_left_out);
  g_autofree char *all = tlm_words_join ((const char *[]){ came, known, left, NULL });

  printf ("%s: %s\n", path, all);
}

static int
import_file (TlmChats   *chats,
             const char *path)
{
  g_autoptr (GFile)        file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  TlmChatsImported         imported;

  tlm_chats_import_async (chats, file, NULL, NULL, NULL, tlm_cli_keep, &result);
  tlm_cli_await (&result);
  if (!tlm_chats_import_finish (chats, result, &imported, &error))
    return tlm_cli_fail ("%s: %s", path, error->message);
  print_imported (path, &imported);
  return 0;
}

static int
export_file (TlmChats      *chats,
             const Options *options,
             const char    *path)
{
  g_autoptr (GFile)        file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  TlmChat                 *chat = tlm_chats_find (chats, options->chat);

  if (options->chat != ALL_CHATS && chat == NULL)
    return tlm_cli_fail (_("There is no such chat. “tinylm-cli chats list” shows them all."));
  if (g_file_query_exists (file, NULL))
    return tlm_cli_fail (_("“%s” is there already. Choose another name."), path);
  tlm_chats_export_async (chats, chat, file, NULL, tlm_cli_keep, &result);
  tlm_cli_await (&result);
  if (!tlm_chats_export_finish (chats, result, &error))
    return tlm_cli_fail ("%s", error->message);
  return 0;
}

static int
run (TlmChats      *chats,
     const Options *options,
     int            argc,
     char         **argv)
{
  int status = 0;

  if (g_str_equal (argv[1], "list"))
    return list (chats, options);
  if (g_str_equal (argv[1], "export"))
    return export_file (chats, options, argv[2]);
  for (int i = 2; i < argc; i++)
    status |= import_file (chats, argv[i]);
  return status;
}

static int
load_and_run (const Options *options,
              int            argc,
              char         **argv)
{
  g_autoptr (TlmStore)         store = tlm_store_new ();
  g_autoptr (TlmEngineService) engine = tlm_engine_service_new (NULL);
  g_autoptr (TlmChats)         chats = tlm_chats_new (store, engine);
  g_autoptr (GAsyncResult)     loaded = NULL;
  g_autoptr (GError)           error = NULL;
  int                          status;

  if (!tlm_cli_open_store (store, options->passphrase_fd, &error))
    return tlm_cli_fail ("%s", error->message);
  if (tlm_store_get_is_volatile (store) && g_str_equal (argv[1], "import"))
    return tlm_cli_fail ("%s", tlm_store_get_volatile_reason (store));
  tlm_chats_load_async (chats, NULL, tlm_cli_keep, &loaded);
  tlm_cli_await (&loaded);
  status = tlm_chats_load_finish (chats, loaded, &error) ? run (chats, options, argc, argv)
                                                         : tlm_cli_fail ("%s", error->message);
  tlm_engine_service_shutdown (engine);
  tlm_store_close (store);
  return status;
}

static gboolean
is_complete (int    argc,
             char **argv)
{
  if (argc < 2)
    return FALSE;
  return (g_str_equal (argv[1], "list") && argc == 2)
         || (g_str_equal (argv[1], "import") && argc > 2)
         || (g_str_equal (argv[1], "export") && argc == 3);
}

int
tlm_cli_chats (int    argc,
               char **argv)
{
  Options            options = { .chat = ALL_CHATS, .passphrase_fd = -1 };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("List as JSON, a chat a line"), NULL },
    /* Translators: the number of a chat, in the help of an option. */
    { "chat", 0, 0, G_OPTION_ARG_INT64, &options.chat, N_("Export this chat alone"), N_("ID") },
    { "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &options.passphrase_fd,
      N_("Read the passphrase of a locked store from this file descriptor"), N_("N") },
    { NULL }
  };
  int status;

  status = tlm_cli_parse (&argc, &argv, entries, "list | import FILE… | export FILE",
                          _("Lists the chats, or moves them in and out. “import” takes our own "
                            "export and chats of Alpaca, Jan, LM Studio and GPT4All: a file, a "
                            "folder or a zip. “export” writes Markdown when FILE ends in .md, else "
                            "JSONL, which loses nothing."));
  if (status >= 0)
    return status;
  if (is_complete (argc, argv))
    return load_and_run (&options, argc, argv);
  tlm_cli_fail (_("“chats” takes “list”, “import FILE…” or “export FILE”."));
  return 2;
}
