/* SPDX-License-Identifier: Apache-2.0 */
/* Search: finds prefixes in notes and chats, shows where, and takes any query as plain words. */
#include <string.h>

#include "store/store-private.h"
#include "support.h"

#define NOTE(id, title, text) \
  "INSERT INTO notes (id, title, text, created, updated) VALUES (" #id ", '" title "', '" text \
  "', 1, " #id ");"
#define MESSAGE(chat, text) \
  "INSERT INTO messages (chat_id, role, state, text, route, elapsed_ms, created) VALUES (" #chat \
  ", 0, 0, '" text "', '', 0.0, 1);"

typedef struct
{
  TlmStore *store;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->store = tlm_test_open_store (NULL);
  tlm_test_exec (f->store,
                 NOTE (1, "Harbour", "The crane lifts the café chairs onto the quay.")
                 NOTE (2, "Garden", "Beans, then more beans; the crane is a bird here.")
                 NOTE (3, "Thrown away", "crane")
                 "UPDATE notes SET trashed = 1 WHERE id = 3;"
                 NOTE (4, "日本", "金曜日に会議があります。")
                 "INSERT INTO chats (id, title, created, updated) VALUES (7, 'About beans', 1, 1);"
                 MESSAGE (7, "How do I cook beans?") MESSAGE (7, "More about beans, please"));
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tlm_store_close (f->store);
  g_object_unref (f->store);
}

static GListModel *
search_in (Fixture       *f,
           const char    *query,
           TlmStoreSearch kinds,
           guint          max)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  GListModel              *hits;

  tlm_store_search_async (f->store, query, kinds, max, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  hits = tlm_store_search_finish (f->store, result, &error);
  g_assert_no_error (error);
  return hits;
}

static GListModel *
search (Fixture    *f,
        const char *query)
{
  return search_in (f, query, TLM_SEARCH_ALL, TLM_SEARCH_MAX_HITS);
}

static guint
count (Fixture    *f,
       const char *query)
{
  g_autoptr (GListModel) hits = search (f, query);

  return g_list_model_get_n_items (hits);
}

static void
finds_words_and_their_beginnings (Fixture      *f,
                                  gconstpointer data)
{
  g_assert_cmpuint (count (f, "crane"), ==, 2);
  g_assert_cmpuint (count (f, "cra"), ==, 2);
  g_assert_cmpuint (count (f, "CRANE quay"), ==, 1);
  g_assert_cmpuint (count (f, "cafe"), ==, 1); /* accents do not matter */
  g_assert_cmpuint (count (f, "harbour"), ==, 1); /* in the title */
  g_assert_cmpuint (count (f, "crane giraffe"), ==, 0);
  g_assert_cmpuint (count (f, "金曜"), ==, 1);
}

static void
shows_a_chat_once (Fixture      *f,
                   gconstpointer data)
{
  g_autoptr (GListModel) hits = search (f, "beans");
  guint                  n_chats = 0;

  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (TlmSearchHit) hit = g_list_model_get_item (hits, i);

      if (tlm_search_hit_get_kind (hit) != TLM_HIT_CHAT)
        continue;
      n_chats++;
      g_assert_cmpint (tlm_search_hit_get_id (hit), ==, 7);
      g_assert_cmpstr (tlm_search_hit_get_title (hit), ==, "About beans");
    }
  g_assert_cmpuint (n_chats, ==, 1);
}

/* Also one that has the word in its title and below. */
static void
shows_a_note_once (Fixture      *f,
                   gconstpointer data)
{
  tlm_test_exec (f->store, "INSERT INTO notes (title, text, created, updated) "
                           "VALUES ('Heron', 'The heron stood by the weir.', 1, 1)");
  g_assert_cmpuint (count (f, "heron"), ==, 1);
}

static void
leaves_chats_alone (Fixture      *f,
                    gconstpointer data)
{
  g_autoptr (GListModel)   hits = search_in (f, "beans", TLM_SEARCH_NOTES, 200);
  g_autoptr (TlmSearchHit) hit = g_list_model_get_item (hits, 0);
  g_autoptr (GListModel)   none = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 1);
  g_assert_cmpint (tlm_search_hit_get_kind (hit), ==, TLM_HIT_NOTE);

  tlm_test_exec (f->store, MESSAGE (7, "明日の会議"));
  g_assert_cmpuint (count (f, "明日"), ==, 1);
  none = search_in (f, "明日", TLM_SEARCH_NOTES, 200);
  g_assert_cmpuint (g_list_model_get_n_items (none), ==, 0);
}

/* However much of it is thrown away, and newer. */
static void
finds_what_stands_behind_the_bin (Fixture      *f,
                                  gconstpointer data)
{
  tlm_test_exec (f->store,
                 MESSAGE (7, "A zebra waits")
                 "INSERT INTO chats (id, title, created, updated, trashed) VALUES (8, 'Gone', 1, 1, 1);"
                 "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1001)"
                 " INSERT INTO messages (chat_id, role, state, text, route, elapsed_ms, created)"
                 " SELECT 8, 0, 0, 'zebra ' || i, '', 0.0, 1 FROM n;");
  g_assert_cmpuint (count (f, "zebra"), ==, 1);
}

static void
marks_the_hit (Fixture      *f,
               gconstpointer data)
{
  g_autoptr (GListModel)   hits = search (f, "quay");
  g_autoptr (TlmSearchHit) hit = g_list_model_get_item (hits, 0);

  g_assert_nonnull (strstr (tlm_search_hit_get_snippet (hit), "\u2068quay\u2069"));
}

/* Unless what was found stands outside of them. */
static void
shows_links_as_their_words (Fixture      *f,
                            gconstpointer data)
{
  g_autoptr (GListModel)   by_words = NULL, by_name = NULL;
  g_autoptr (TlmSearchHit) words = NULL, name = NULL;

  tlm_test_exec (f->store, NOTE (5, "Mill", "See [[old/mill-race|the weir]] by noon."));
  by_words = search (f, "weir");
  by_name = search (f, "race");
  words = g_list_model_get_item (by_words, 0);
  name = g_list_model_get_item (by_name, 0);
  g_assert_cmpstr (tlm_search_hit_get_snippet (words), ==, "See the \u2068weir\u2069 by noon.");
  g_assert_cmpstr (tlm_search_hit_get_snippet (name), ==,
                   "See [[old/mill-\u2068race\u2069|the weir]] by noon.");
}

static void
finds_inside_texts_without_spaces (Fixture      *f,
                                   gconstpointer data)
{
  g_autoptr (GListModel)   hits = search (f, "会議");
  g_autoptr (TlmSearchHit) hit = g_list_model_get_item (hits, 0);

  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 1);
  g_assert_cmpint (tlm_search_hit_get_id (hit), ==, 4);
  g_assert_nonnull (strstr (tlm_search_hit_get_snippet (hit), "\u2068会議\u2069"));
  g_assert_cmpuint (count (f, "金曜 会議"), ==, 1);
  g_assert_cmpuint (count (f, "金曜 月曜"), ==, 0);
  tlm_test_exec (f->store, MESSAGE (7, "次の会議はいつですか") MESSAGE (7, "会議は明日です"));
  g_assert_cmpuint (count (f, "会議"), ==, 2);
}

/* One word to the index, whether Han, kana or Thai; two characters are a word. */
static void
finds_words_of_two_characters (Fixture      *f,
                               gconstpointer data)
{
  g_autoptr (GListModel)   hits = NULL;
  g_autoptr (TlmSearchHit) note = NULL, chat = NULL;

  tlm_test_exec (f->store, NOTE (5, "港口", "我们在API会议上决定，港口的吊车要在六月之前修好，否则会议改期。")
                 NOTE (6, "ท่าเรือ", "ประชุมวันศุกร์ที่ท่าเรือ") NOTE (7, "", "木曜日はカフェで") NOTE (8, "", "会議")
                 "UPDATE notes SET trashed = 1 WHERE id = 8;"
                 MESSAGE (7, "吊车什么时候修好？") MESSAGE (7, "下周") MESSAGE (7, "吊车下周"));
  g_assert_cmpuint (count (f, "ศุกร์"), ==, 1);
  g_assert_cmpuint (count (f, "ท่าเรือ"), ==, 1);
  g_assert_cmpuint (count (f, "カフェ"), ==, 1);
  g_assert_cmpuint (count (f, "会議"), ==, 1); /* that of the bin is not among them */
  g_assert_cmpuint (count (f, "api会议 港口"), ==, 1);
  g_assert_cmpuint (count (f, "修好 下周"), ==, 0); /* no text has both */
  hits = search (f, "吊车");
  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 2);
  note = g_list_model_get_item (hits, 0);
  chat = g_list_model_get_item (hits, 1);
  g_assert_cmpstr (tlm_search_hit_get_snippet (note), ==,
                   "…API会议上决定，港口的⁨吊车⁩要在六月之前修好，否则会议改期。");
  g_assert_cmpint (tlm_search_hit_get_kind (chat), ==, TLM_HIT_CHAT);
  g_assert_cmpstr (tlm_search_hit_get_snippet (chat), ==, "⁨吊车⁩下周");
}

/* The best of all that would be found, and what surrounds them. */
static void
finds_no_more_than_asked_for (Fixture      *f,
                              gconstpointer data)
{
  static const char *const queries[] = { "crane", "会議" };

  tlm_test_exec (f->store, NOTE (5, "", "The crane at the 会議.") NOTE (6, "", "One more 会議"));
  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autoptr (GListModel)   all = search (f, queries[i]);
      g_autoptr (GListModel)   two = search_in (f, queries[i], TLM_SEARCH_ALL, 2);
      g_autoptr (GListModel)   none = search_in (f, queries[i], TLM_SEARCH_ALL, 0);

      g_assert_cmpuint (g_list_model_get_n_items (all), ==, 3);
      g_assert_cmpuint (g_list_model_get_n_items (two), ==, 2);
      g_assert_cmpuint (g_list_model_get_n_items (none), ==, 0);
      for (guint j = 0; j < 2; j++)
        {
          g_autoptr (TlmSearchHit) hit = g_list_model_get_item (two, j);
          g_autoptr (TlmSearchHit) same = g_list_model_get_item (all, j);

          g_assert_cmpint (tlm_search_hit_get_id (hit), ==, tlm_search_hit_get_id (same));
          g_assert_nonnull (strstr (tlm_search_hit_get_snippet (hit), queries[i]));
        }
    }
}

/* However many newer notes have the word too. */
static void
finds_what_is_named_so (Fixture      *f,
                        gconstpointer data)
{
  g_autoptr (GListModel)   hits = NULL;
  g_autoptr (TlmSearchHit) first = NULL;

  tlm_test_exec (f->store, NOTE (5, "Ostrich", "How to feed it.")
                 "WITH RECURSIVE n (i) AS (VALUES (10) UNION ALL SELECT i + 1 FROM n WHERE i < 1500) "
                 "INSERT INTO notes (id, title, text, created, updated) "
                 "SELECT i, 'Walk', 'Once more no ostrich was seen.', 1, i FROM n;");
  hits = search (f, "ostrich");
  first = g_list_model_get_item (hits, 0);
  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 200);
  g_assert_cmpint (tlm_search_hit_get_id (first), ==, 5);
  g_assert_cmpstr (tlm_search_hit_get_snippet (first), ==, "\u2068Ostrich\u2069");
}

static void
takes_a_letter_as_a_word (Fixture      *f,
                          gconstpointer data)
{
  tlm_test_exec (f->store, NOTE (5, "Health", "Vitamin C, not vitamin D."));
  g_assert_cmpuint (count (f, "vitamin c"), ==, 1);
  g_assert_cmpuint (count (f, "h"), ==, 0);
}

static void
follows_changes (Fixture      *f,
                 gconstpointer data)
{
  tlm_test_exec (f->store, "UPDATE notes SET text = 'ostrich' WHERE id = 1");
  g_assert_cmpuint (count (f, "ostrich"), ==, 1);
  g_assert_cmpuint (count (f, "quay"), ==, 0);
  tlm_test_exec (f->store, "DELETE FROM chats WHERE id = 7");
  g_assert_cmpuint (count (f, "cook"), ==, 0);
  tlm_test_exec (f->store, "UPDATE notes SET trashed = NULL WHERE id = 3");
  g_assert_cmpuint (count (f, "crane"), ==, 2);
}

static void
takes_any_query_as_words (Fixture      *f,
                          gconstpointer data)
{
  static const char *const queries[] = {
    "", " ", "\"", "\"\"", "'", "*", "crane*", "crane AND", "NOT crane", "title:crane", "crane NEAR",
    "(crane", "{crane}", "^crane", "-crane", "crane + quay", "c'; DROP TABLE notes; --", "\\", "%", "_",
    "crane\"quay", "\xff\xfe", "\u2068", "🦩", "a\u0301", "x x x x x x x x x x x x x x x x x x x x x x x x",
  };
  g_autofree char *long_query = g_strnfill (100000, 'w');

  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    count (f, queries[i]);
  g_assert_cmpuint (count (f, long_query), ==, 0);
  g_assert_cmpuint (count (f, "(crane"), ==, 2);
  g_assert_cmpuint (count (f, "crane\"quay"), ==, 1);
  g_assert_cmpuint (count (f, ""), ==, 0);
}

static void
takes_random_bytes (Fixture      *f,
                    gconstpointer data)
{
  GRand *rand = g_rand_new_with_seed (20);

  for (int i = 0; i < 500; i++)
    {
      char query[24];
      int  len = g_rand_int_range (rand, 0, sizeof query);

      for (int j = 0; j < len; j++)
        query[j] = (char) g_rand_int_range (rand, 1, 256);
      query[len] = '\0';
      count (f, query);
    }
  g_rand_free (rand);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/search/finds-words-and-their-beginnings", finds_words_and_their_beginnings);
  ADD ("/app/search/finds-words-of-two-characters", finds_words_of_two_characters);
  ADD ("/app/search/shows-a-chat-once", shows_a_chat_once);
  ADD ("/app/search/shows-a-note-once", shows_a_note_once);
  ADD ("/app/search/leaves-chats-alone", leaves_chats_alone);
  ADD ("/app/search/finds-what-stands-behind-the-bin", finds_what_stands_behind_the_bin);
  ADD ("/app/search/marks-the-hit", marks_the_hit);
  ADD ("/app/search/shows-links-as-their-words", shows_links_as_their_words);
  ADD ("/app/search/finds-inside-texts-without-spaces", finds_inside_texts_without_spaces);
  ADD ("/app/search/finds-no-more-than-asked-for", finds_no_more_than_asked_for);
  ADD ("/app/search/finds-what-is-named-so", finds_what_is_named_so);
  ADD ("/app/search/takes-a-letter-as-a-word", takes_a_letter_as_a_word);
  ADD ("/app/search/follows-changes", follows_changes);
  ADD ("/app/search/takes-any-query-as-words", takes_any_query_as_words);
  ADD ("/app/search/takes-random-bytes", takes_random_bytes);
  return g_test_run ();
}
