/* SPDX-License-Identifier: Apache-2.0 */
/* load-bench DATABASE [QUERY...]: what the services take with a store that make-store made, or for
 * the queries alone, each as a search and as a question, with any: opening it, what is left to be indexed, both lists, writing notes,
 * searches as a person types them, finding what a question is about, and the messages of chats. Times are from the call to its answer in
 * the main loop, but for writing; the file is in the system's cache, as it is when the program was used today. */
#include "chats/chats.h"
#include "notes/notes.h"
#include "notes/passages.h"
#include "store/store-private.h"
#include "store-words.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N_QUERIES 20
#define N_ROUNDS 3
#define MAX_TIMES 256

static void
keep_cb (G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* By the clock and of all threads' processors, in ms. */
typedef struct
{
  double wall, cpu;
} Took;

static Took
now (void)
{
  struct timespec cpu;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &cpu);
  return (Took) { (double) g_get_monotonic_time () / 1e3, cpu.tv_sec * 1e3 + cpu.tv_nsec / 1e6 };
}

static Took
await (GAsyncResult **result, Took start)
{
  Took end;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  end = now ();
  return (Took) { end.wall - start.wall, end.cpu - start.cpu };
}

static double
resident_mb (void)
{
  g_autofree char *text = NULL;
  long pages = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%*d %ld", &pages);
  return (double) pages * 4096 / (1 << 20);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static void
print_times (const char *what, const Took *took, guint n, guint n_found)
{
  double wall[MAX_TIMES], cpu[MAX_TIMES];

  for (guint i = 0; i < n; i++)
    {
      wall[i] = took[i].wall;
      cpu[i] = took[i].cpu;
    }
  qsort (wall, n, sizeof *wall, compare);
  qsort (cpu, n, sizeof *cpu, compare);
  printf ("%-26s p50 %6.2f ms, p95 %6.2f ms; processor p50 %6.2f ms, p95 %6.2f ms", what, wall[n / 2],
          wall[n * 95 / 100], cpu[n / 2], cpu[n * 95 / 100]);
  printf (n_found > 0 ? "; %u found\n" : "\n", n_found);
}

static void
stop_if (GError *error)
{
  if (error == NULL)
    return;
  fprintf (stderr, "load-bench: %s\n", error->message);
  exit (1);
}

static void
open_store (TlmStore *store, const char *path)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  Took start = now (), took;

  tlm_store_open_async (store, path, NULL, keep_cb, &result);
  took = await (&result, start);
  printf ("store opened in %.1f ms, processor %.1f ms\n", took.wall, took.cpu);
  tlm_store_open_finish (store, result, &error);
  stop_if (error);
}

static void
print_steps (const char *what, GArray *steps)
{
  double sum = 0;

  qsort (steps->data, steps->len, sizeof (double), compare);
  for (guint i = 0; i < steps->len; i++)
    sum += g_array_index (steps, double, i);
  printf ("%s: %.2f s in %u steps, p50 %.1f ms, p95 %.1f ms, the longest %.1f ms\n", what, sum / 1e3, steps->len,
          g_array_index (steps, double, steps->len / 2), g_array_index (steps, double, steps->len * 95 / 100),
          g_array_index (steps, double, steps->len - 1));
}

/* @owner: the database */
static void
index_job (gpointer owner, GTask *task)
{
  g_autoptr (GArray) wall = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) cpu = g_array_new (FALSE, FALSE, sizeof (double));

  for (gboolean more = TRUE; more;)
    {
      Took start = now (), end;

      more = tlm_db_index_some (owner);
      end = now ();
      end = (Took) { end.wall - start.wall, end.cpu - start.cpu };
      g_array_append_val (wall, end.wall);
      g_array_append_val (cpu, end.cpu);
    }
  print_steps ("texts without spaces indexed, by the clock", wall);
  print_steps ("and by the processor", cpu);
  g_task_return_boolean (task, TRUE);
}

/* What the program does between other work. */
static void
index_all (TlmStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_store_post (store, g_task_new (store, NULL, keep_cb, &result), index_job);
  await (&result, now ());
}

#define TEXT_BYTES 2000

/* Notes of TEXT_BYTES that are taken back again, so without what the disk takes. */
static void
write_job (gpointer owner, GTask *task)
{
  static const struct { const char *what, *words; } texts[] = {
    { "writing a note of ASCII", "The ferry leaves at ten. " },
    { "writing one of Latin", "L’été, la péniche s’arrête à Orléans… " },
    { "writing one of Han", "港口的吊车要在六月之前修好，否则会议改期。" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      Took took[N_QUERIES];

      while (text->len < TEXT_BYTES)
        g_string_append (text, texts[i].words);
      for (guint n = 0; n < N_QUERIES; n++)
        {
          Took start = now (), end;

          tlm_db_begin (owner, NULL);
          for (int j = 0; j < 10; j++)
            tlm_db_run (owner, NULL, "INSERT INTO notes (title, text, created, updated) VALUES ('', ?, 1, 1)",
                        "t", text->str);
          end = now ();
          tlm_db_rollback (owner);
          took[n] = (Took) { (end.wall - start.wall) / 10, (end.cpu - start.cpu) / 10 };
        }
      print_times (texts[i].what, took, N_QUERIES, 0);
    }
  g_task_return_boolean (task, TRUE);
}

static void
write_notes (TlmStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_store_post (store, g_task_new (store, NULL, keep_cb, &result), write_job);
  await (&result, now ());
}

static void
load_notes (TlmNotes *notes)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  double before = resident_mb ();
  Took start = now (), took;

  tlm_notes_load_async (notes, NULL, keep_cb, &result);
  took = await (&result, start);
  tlm_notes_load_finish (notes, result, &error);
  stop_if (error);
  printf ("%u notes listed in %.1f ms, processor %.1f ms, %.1f MB more\n",
          g_list_model_get_n_items (G_LIST_MODEL (notes)), took.wall, took.cpu, resident_mb () - before);
}

static void
load_chats (TlmChats *chats)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  double before = resident_mb ();
  Took start = now (), took;

  tlm_chats_load_async (chats, NULL, keep_cb, &result);
  took = await (&result, start);
  tlm_chats_load_finish (chats, result, &error);
  stop_if (error);
  printf ("%u chats listed in %.1f ms, processor %.1f ms, %.1f MB more\n",
          g_list_model_get_n_items (G_LIST_MODEL (chats)), took.wall, took.cpu, resident_mb () - before);
}

static Took
search (TlmStore *store, const char *query, guint *n_found)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) hits = NULL;
  GError *error = NULL;
  Took start = now (), took;

  tlm_store_search_async (store, query, TLM_SEARCH_ALL, TLM_SEARCH_MAX_HITS, NULL, keep_cb, &result);
  took = await (&result, start);
  hits = tlm_store_search_finish (store, result, &error);
  stop_if (error);
  *n_found += g_list_model_get_n_items (hits);
  return took;
}

/* @letters: of each word; 0 for the whole of it. @second: the rank of a second word over the first's, or 0 */
static void
time_searches (TlmStore *store, const char *what, guint rank, guint letters, guint second)
{
  Took took[MAX_TIMES];
  guint n = 0, n_found = 0;

  for (guint i = 0; i < N_ROUNDS * N_QUERIES; i++)
    {
      g_autofree char *word = store_words_dup (rank + i % N_QUERIES);
      g_autofree char *other = store_words_dup (rank + second + i % N_QUERIES);
      g_autofree char *query = letters > 0 ? g_strndup (word, letters)
                               : second > 0 ? g_strdup_printf ("%s %s", word, other) : g_strdup (word);

      took[n++] = search (store, query, &n_found);
    }
  print_times (what, took, n, n_found / n);
}

static void
time_all_searches (TlmStore *store)
{
  time_searches (store, "the 20 commonest words", 0, 0, 0);
  time_searches (store, "words of rank 500", 500, 0, 0);
  time_searches (store, "words of rank 15,000", 15000, 0, 0);
  time_searches (store, "two common words", 20, 0, 40);
  time_searches (store, "a common and a rare word", 20, 0, 9000);
  time_searches (store, "a first letter", 0, 1, 0);
  time_searches (store, "two letters", 400, 2, 0);
  time_searches (store, "three letters", 400, 3, 0);
  time_searches (store, "four letters", 400, 4, 0);
}

/* @owner: the database */
static void
look_job (gpointer owner, GTask *task)
{
  GError *error = NULL;
  GPtrArray *found = tlm_passages_find (owner, g_task_get_task_data (task), 0, 3, &error);

  stop_if (error);
  g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
}

static Took
ask (TlmStore *store, const char *question, guint *n_found)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) found = NULL;
  GTask *task = g_task_new (store, NULL, keep_cb, &result);
  Took start = now (), took;

  g_task_set_task_data (task, g_strdup (question), g_free);
  tlm_store_post (store, task, look_job);
  took = await (&result, start);
  found = g_task_propagate_pointer (G_TASK (result), NULL);
  *n_found += found->len;
  return took;
}

/* What is looked into before a question is handed over. Both ranks: of the words it is about */
static void
time_questions (TlmStore *store, const char *what, guint rank, guint other_rank)
{
  Took took[MAX_TIMES];
  guint n_found = 0;

  for (guint i = 0; i < N_QUERIES; i++)
    {
      g_autofree char *word = store_words_dup (rank + i), *other = store_words_dup (other_rank + i);
      g_autofree char *question = g_strdup_printf ("where is the %s of the %s?", word, other);

      took[i] = ask (store, question, &n_found);
    }
  print_times (what, took, N_QUERIES, n_found / N_QUERIES);
}

static void
time_query (TlmStore *store, const char *query)
{
  g_autofree char *as_search = g_strdup_printf ("search: %s", query);
  g_autofree char *as_question = g_strdup_printf ("question: %s", query);
  Took searched[N_QUERIES], asked[N_QUERIES];
  guint n_searched = 0, n_asked = 0;

  for (guint i = 0; i < N_QUERIES; i++)
    {
      searched[i] = search (store, query, &n_searched);
      asked[i] = ask (store, query, &n_asked);
    }
  print_times (as_search, searched, N_QUERIES, n_searched / N_QUERIES);
  print_times (as_question, asked, N_QUERIES, n_asked / N_QUERIES);
}

/* Chats all over the list, of which one in a hundred is long. */
static void
open_chats (TlmChats *chats, const char *what, guint first, guint step)
{
  guint n_chats = g_list_model_get_n_items (G_LIST_MODEL (chats)), n = 0;
  Took took[MAX_TIMES];

  for (guint i = first; i < n_chats && n < N_QUERIES; i += step)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (TlmChat) chat = g_list_model_get_item (G_LIST_MODEL (chats), i);
      GError *error = NULL;
      Took start = now ();

      tlm_chats_open_async (chats, chat, NULL, keep_cb, &result);
      took[n++] = await (&result, start);
      tlm_chats_open_finish (chats, result, &error);
      stop_if (error);
    }
  print_times (what, took, n, 0);
}

int
main (int argc, char **argv)
{
  g_autoptr (TlmStore) store = tlm_store_new ();
  g_autoptr (TlmEngineService) engine = tlm_engine_service_new ("");
  g_autoptr (TlmNotes) notes = tlm_notes_new (store);
  g_autoptr (TlmChats) chats = tlm_chats_new (store, engine);

  if (argc < 2)
    {
      fprintf (stderr, "usage: load-bench DATABASE [QUERY...]\n");
      return 2;
    }
  open_store (store, argv[1]);
  index_all (store);
  load_notes (notes);
  load_chats (chats);
  for (int i = 2; i < argc; i++)
    time_query (store, argv[i]);
  if (argc == 2)
    {
      write_notes (store);
      time_all_searches (store);
      time_questions (store, "a question of common words", 20, 60);
      time_questions (store, "one of rarer words", 500, 9000);
      open_chats (chats, "opening a chat of 50", 51, 400);
      open_chats (chats, "opening a chat of 5,000", 99, 500);
    }
  tlm_engine_service_shutdown (engine);
  tlm_store_close (store);
  return 0;
}
