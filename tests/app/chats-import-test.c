/* SPDX-License-Identifier: Apache-2.0 */
/* The import of a large file: other jobs of the store run between its slices, nobody sees a part of it, and
 * nothing stays of one that is stopped or killed. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "chats-support.h"
#include "store/bin.h"
#include "support.h"

#define N_LARGE 200 /* chats of 20 KB: four megabytes are eight slices or so */

/* (transfer full): the path of an export of ours */
static char *
make_large (Fixture *f)
{
  char               *path = g_build_filename (f->folder, "large.jsonl", NULL);
  g_autofree char    *words = g_strnfill (20000, 'x');
  g_autoptr (GString) lines = g_string_new (NULL);

  for (int i = 0; i < N_LARGE; i++)
    g_string_append_printf (lines, "{\"title\": \"Chat %d\", \"leaf\": 1, \"updated\": %d, \"trashed\": %s, "
                            "\"messages\": [{\"id\": 1, \"role\": \"user\", \"content\": \"%d %s\"}]}\n",
                            i, i + 1, i % 10 == 0 ? "5" : "null", i, words);
  g_assert_true (g_file_set_contents (path, lines->str, (gssize) lines->len, NULL));
  return path;
}

typedef struct
{
  Fixture      *f;
  GCancellable *stop;
  double        fraction;
  GAsyncResult *created; /* of a chat that was made meanwhile */
  guint         n_told;
} Watch;

static void
stop_it (double   fraction,
         gpointer data)
{
  Watch *watch = data;

  watch->n_told++;
  g_cancellable_cancel (watch->stop);
}

/* What another part of the program asks of the store does not wait until the end. */
static void
ask_meanwhile (double   fraction,
               gpointer data)
{
  Watch *watch = data;

  g_assert_cmpfloat (fraction, >, watch->fraction);
  watch->fraction = fraction;
  if (watch->n_told++ == 0)
    tlm_chats_create_async (watch->f->chats, NULL, tlm_test_keep, &watch->created);
}

static void
import_large (Watch           *watch,
              TlmChatsProgress progress,
              TlmChatsImported *imported,
              GError         **error)
{
  g_autofree char         *path = make_large (watch->f);
  g_autoptr (GFile)        file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;

  watch->stop = g_cancellable_new ();
  tlm_chats_import_async (watch->f->chats, file, progress, watch, watch->stop, tlm_test_keep, &result);
  tlm_test_await (&result);
  tlm_chats_import_finish (watch->f->chats, result, imported, error);
  g_object_unref (watch->stop);
}

static void
assert_count (Fixture    *f,
              const char *sql,
              const char *expected)
{
  g_autofree char *count = tlm_test_query (f->path, sql);

  g_assert_cmpstr (count, ==, expected);
}

static void
lets_others_use_the_store (Fixture      *f,
                           gconstpointer data)
{
  Watch               watch = { .f = f };
  TlmChatsImported    imported = { 0 };
  g_autoptr (GError)  error = NULL;
  g_autoptr (TlmChat) chat = NULL;

  import_large (&watch, ask_meanwhile, &imported, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (watch.n_told, >, 3);
  chat = tlm_chats_create_finish (f->chats, watch.created, &error);
  g_assert_no_error (error);
  g_object_unref (watch.created);
  g_assert_cmpuint (imported.n_imported, ==, N_LARGE);
  g_assert_cmpint (tlm_chat_get_id (chat), <, N_LARGE); /* it came between them */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->chats)), ==, N_LARGE * 9 / 10 + 1);
  assert_count (f, "SELECT count (*) FROM chats WHERE trashed = 5", "20"); /* where they were */
  assert_count (f, "SELECT count (*) FROM chats WHERE trashed > 5", "0");
  for (guint i = 0; i + 1 < N_LARGE * 9 / 10; i++)
    {
      g_autoptr (TlmChat) one = g_list_model_get_item (G_LIST_MODEL (f->chats), i);
      g_autoptr (TlmChat) next = g_list_model_get_item (G_LIST_MODEL (f->chats), i + 1);

      g_assert_cmpint (tlm_chat_get_updated (one), >=, tlm_chat_get_updated (next));
    }
}

/* As when another program's writing has the list read again just then. */
static void
lists_each_chat_once (Fixture      *f,
                      gconstpointer data)
{
  g_autofree char         *path = make_large (f);
  g_autoptr (GFile)        file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TlmChat)      chat = NULL;
  TlmChatsImported         imported = { 0 };

  tlm_chats_import_async (f->chats, file, NULL, NULL, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  chat = load_first (f);
  g_assert_true (tlm_chats_import_finish (f->chats, result, &imported, NULL));
  g_assert_cmpuint (imported.n_imported, ==, N_LARGE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->chats)), ==, N_LARGE * 9 / 10);
}

/* The store deletes them while nobody asks it for something. */
static void
wait_until_none_is_left (Fixture *f)
{
  g_autofree char *left = NULL;

  do
    {
      g_free (left);
      left = tlm_test_query (f->path, "SELECT (SELECT count (*) FROM chats) "
                                      "+ (SELECT count (*) FROM messages)");
    }
  while (!g_str_equal (left, "0"));
}

static void
leaves_nothing_when_stopped (Fixture      *f,
                             gconstpointer data)
{
  Watch              watch = { .f = f };
  TlmChatsImported   imported = { 0 };
  g_autoptr (GError) error = NULL;

  import_large (&watch, stop_it, &imported, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (watch.n_told, >, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->chats)), ==, 0);
  wait_until_none_is_left (f);
  g_clear_error (&error);
  import_large (&watch, NULL, &imported, &error); /* nothing of it counts as known */
  g_assert_no_error (error);
  g_assert_cmpuint (imported.n_imported, ==, N_LARGE);
}

static void
die (double   fraction,
     gpointer data)
{
  raise (SIGKILL);
}

static void
dies_while_it_imports (Fixture      *f,
                       gconstpointer data)
{
  Watch            watch = { .f = f };
  TlmChatsImported imported;

  stop (f);
  g_free (f->path);
  f->path = g_strdup (g_getenv ("TINYLM_TEST_DIES"));
  if (f->path == NULL)
    exit (1); /* it is not run by itself */
  tlm_test_remove_folder (f->folder); /* nobody does later */
  f->folder = g_path_get_dirname (f->path);
  start (f);
  import_large (&watch, die, &imported, NULL);
}

/* As for the person: neither in the list nor in the bin, and gone soon after the start. */
static void
sweeps_what_a_kill_has_left (Fixture      *f,
                             gconstpointer data)
{
  g_autoptr (GAsyncResult) loaded = NULL, bin = NULL;
  g_autoptr (GListModel)   items = NULL;
  g_autofree char         *left = NULL;

  stop (f);
  g_setenv ("TINYLM_TEST_DIES", f->path, TRUE);
  g_test_trap_subprocess ("/app/chats/import/subprocess/dies-while-it-imports", 0, 0);
  g_test_trap_assert_failed ();
  left = tlm_test_query (f->path, "SELECT count (*) FROM chats");
  g_assert_cmpstr (left, !=, "0");
  start (f);
  tlm_bin_load_async (f->store, NULL, tlm_test_keep, &bin);
  tlm_test_await (&bin);
  items = tlm_bin_load_finish (f->store, bin, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (items), ==, 0);
  tlm_chats_load_async (f->chats, NULL, tlm_test_keep, &loaded);
  tlm_test_await (&loaded);
  g_assert_true (tlm_chats_load_finish (f->chats, loaded, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->chats)), ==, 0);
  wait_until_none_is_left (f);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/chats/import/lets-others-use-the-store", lets_others_use_the_store);
  ADD ("/app/chats/import/lists-each-chat-once", lists_each_chat_once);
  ADD ("/app/chats/import/leaves-nothing-when-stopped", leaves_nothing_when_stopped);
  ADD ("/app/chats/import/sweeps-what-a-kill-has-left", sweeps_what_a_kill_has_left);
  ADD ("/app/chats/import/subprocess/dies-while-it-imports", dies_while_it_imports);
  return g_test_run ();
}
