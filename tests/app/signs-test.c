/* SPDX-License-Identifier: Apache-2.0 */
/* The index of texts in scripts without spaces: what is in it, that it follows the texts, and that
 * a search and a question find the same before it has done so and after. */
#include <string.h>

#include "notes/passages.h"
#include "old-store.h"
#include "reader/words.h"
#include "store/signs-rank.h"
#include "store/signs.h"
#include "store/store-private.h"
#include "support.h"

/* ---- Grams ---- */

static void
assert_grams (const char *text,
              const char *wanted)
{
  g_autoptr (GString) grams = g_string_new (NULL);

  tlm_signs_write (text, grams);
  g_assert_cmpstr (grams->str, ==, wanted);
}

static void
writes_grams (void)
{
  assert_grams ("", "");
  assert_grams ("The ferry’s late… naïve 🦩 Ёлка", "");
  assert_grams ("会议", "会 会议 议 ");
  assert_grams ("会，议", "会 议 ");
  assert_grams ("会会会", "会 会会 ");
  assert_grams ("在API会议naïve", "API naïve 会 会议 在 议 ");
  assert_grams ("カフェ", "ェ カ カフ カフェ フ フェ ");
  assert_grams ("はか\u3099", "か か\u3099 は はか はか\u3099 \u3099 ");
}

/* As many as needed. */
static void
assert_listed (const char *query,
               gboolean    each,
               const char *wanted)
{
  g_autoptr (GPtrArray) terms = tlm_signs_list (query, each);
  g_autofree char      *joined = NULL;

  g_ptr_array_add (terms, NULL);
  joined = g_strjoinv (" ", (char **) terms->pdata);
  g_assert_cmpstr (joined, ==, wanted);
}

static void
lists_what_tells_a_query (void)
{
  g_autofree char *sign = tlm_signs_quote ("会议"), *letter = tlm_signs_quote ("c");
  g_autofree char *word = tlm_signs_quote ("api");

  assert_listed ("", FALSE, "");
  assert_listed ("会", FALSE, "会");
  assert_listed ("港口会议", FALSE, "港口 口会 会议");
  assert_listed ("港口会议", TRUE, "港 港口 口 口会 会 会议 议");
  assert_listed ("カフェで", FALSE, "カフェ フェで");
  assert_listed ("カフ", FALSE, "カフ");
  assert_listed ("東京カフェへ", FALSE, "東京 京カ カフェ フェへ");
  assert_listed ("カフェ", TRUE, "カフ カフェ フェ");
  assert_listed ("会会会 会会", FALSE, "会会");
  assert_listed ("api会议 v2", FALSE, "api 会议 v2");
  g_assert_cmpstr (sign, ==, "\"会议\"");
  g_assert_cmpstr (letter, ==, "\"c\"");
  g_assert_cmpstr (word, ==, "\"api\"*");
}

static void
ends_long_ones (void)
{
  g_autoptr (GString)   text = g_string_new (NULL), grams = g_string_new (NULL);
  g_autoptr (GPtrArray) terms = NULL;

  for (gunichar c = 0x4e00; c < 0x5e00; c++)
    g_string_append_unichar (text, c);
  terms = tlm_signs_list (text->str, TRUE);
  g_assert_cmpuint (terms->len, <=, 64);
  for (int i = 0; i < 10000; i++)
    g_string_append (text, i == 0 ? " " : "YWJj");
  tlm_signs_write (text->str, grams);
  g_assert_cmpuint (grams->len, <, 0x1000 * 4 + 0x1000 * 7 + 100);
  g_assert_true (g_str_has_prefix (grams->str, "YWJjYWJjYWJjYWJjYWJjYWJj 一"));
}

/* Grams are taken out of the index by being found again: if this fails, what is a sign, a letter or
 * a word is another than it was. Then a migration has to begin the index anew, as
 * sql/0024-signs.sql did. */
static void
finds_the_same_grams_as_ever (void)
{
  g_autoptr (GString) text = g_string_new ("一 "), grams = g_string_new (NULL);
  g_autofree char    *sum = NULL;

  for (gunichar c = 1; c <= 0x10ffff; c++)
    if (g_unichar_validate (c))
      {
        g_string_append (text, "一x");
        g_string_append_unichar (text, c);
        g_string_append_unichar (text, c);
        g_string_append_unichar (text, c);
        g_string_append (text, "y ");
      }
  tlm_signs_write (text->str, grams);
  sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, grams->str, (gssize) grams->len);
  g_assert_cmpstr (sum, ==, "10df1d875bdfe81722e084de759ce4778645a6f3ff685079f69a2aceb6d48ba2");
}

/* ---- The database ---- */

typedef struct
{
  TlmDb *db;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->db = tlm_db_new ();
  g_assert_true (tlm_db_open (f->db, NULL, NULL));
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tlm_db_free (f->db);
}

static void
exec (TlmDb      *db,
      const char *sql)
{
  g_autoptr (GError) error = NULL;

  tlm_db_exec (db, sql, &error);
  g_assert_no_error (error);
}

/* (transfer full): the first column of the first row */
static char *
read_value (TlmDb      *db,
            const char *sql)
{
  sqlite3_stmt *row = NULL;
  char         *value = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (tlm_db_get_handle (db), sql, -1, &row, NULL), ==, SQLITE_OK);
  if (sqlite3_step (row) == SQLITE_ROW)
    value = g_strdup ((const char *) sqlite3_column_text (row, 0));
  g_assert_cmpint (sqlite3_finalize (row), ==, SQLITE_OK);
  return value;
}

static void
assert_value (TlmDb      *db,
              const char *sql,
              const char *wanted)
{
  g_autofree char *value = read_value (db, sql);

  g_assert_cmpstr (value, ==, wanted);
}

static void
index_all (TlmDb *db)
{
  while (tlm_db_index_some (db))
    continue;
  assert_value (db, "SELECT (SELECT count (*) FROM signs_notes_due) + (SELECT count (*) FROM signs_messages_due)"
                    " + notes + messages FROM signs_left", "0");
}

/* The pattern as it stands in the database. */
static void
all_signs_are_noted (Fixture      *f,
                     gconstpointer data)
{
  g_autofree char *sql = read_value (f->db, "SELECT sql FROM sqlite_schema"
                                            " WHERE name = 'signs_messages_inserted'");
  char            *pattern = strstr (sql, "GLOB '") + strlen ("GLOB '");
  guint            n = 0;

  *strchr (pattern, '\'') = '\0';
  for (gunichar c = 1; c <= 0x10ffff; c++)
    if (g_unichar_validate (c) && tlm_signs_is_sign (c))
      {
        char text[] = "a\0.....", *p = text + 1;

        p[g_unichar_to_utf8 (c, p)] = '\0';
        g_assert_cmpint (sqlite3_strglob (pattern, text), ==, 0);
        n++;
      }
  g_assert_cmpuint (n, >, 100000);
}

/* What every trigger asks is not fired by what most texts are made of. */
static void
other_texts_are_not_noted (Fixture      *f,
                           gconstpointer data)
{
  exec (f->db, "INSERT INTO notes (title, text, created, updated) VALUES"
               " ('Plain', 'text', 1, 1), ('L’été', 'naïve — “ça” … → ½ €', 1, 1), ('Ёлка', 'مرحبا', 1, 1);"
               "UPDATE notes SET text = text || ' and more'; DELETE FROM notes;");
  assert_value (f->db, "SELECT count (*) FROM signs_notes_due", "0");
}

/* All grams with their rows. */
static char *
dump (TlmDb *db)
{
  exec (db, "CREATE VIRTUAL TABLE IF NOT EXISTS temp.n USING fts5vocab (main, signs_notes, instance);"
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.m USING fts5vocab (main, signs_messages, instance)");
  return read_value (db, "SELECT group_concat (t || doc, ' ') FROM (SELECT DISTINCT 'n' || term AS t, doc FROM temp.n"
                         " UNION SELECT 'm' || term, doc FROM temp.m ORDER BY 1, 2)");
}

static void
index_anew (TlmDb *db)
{
  exec (db, "INSERT INTO signs_notes (signs_notes) VALUES ('delete-all');"
            "INSERT INTO signs_messages (signs_messages) VALUES ('delete-all');"
            "UPDATE signs_left SET notes = (SELECT ifnull (max (id), 0) FROM notes),"
            " messages = (SELECT ifnull (max (id), 0) FROM messages)");
  index_all (db);
}

/* (transfer full): of few signs, so that most grams are in many texts */
static char *
draw_text (GRand *rand)
{
  static const char *const pieces[] = { "港", "口", "会", "議", "カ", "フ", "ท่า", "เรือ", "API", " ", "，", "𠮷", "한", "é" };
  GString *text = g_string_new (NULL);

  for (int n = g_rand_int_range (rand, 0, 12); n > 0; n--)
    g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
  return g_string_free (text, FALSE);
}

static void
change_some (TlmDb *db,
             GRand *rand)
{
  static const char *const changes[] = {
    "INSERT INTO notes (title, text, created, updated) VALUES (?1, ?1, 1, ?2)",
    "INSERT OR IGNORE INTO notes (id, title, text, created, updated) VALUES (?2, '', ?1, 1, 1)",
    "UPDATE notes SET text = ?1 WHERE id = ?2",
    "UPDATE notes SET title = ?1 WHERE id % 7 = ?2 % 7",
    "DELETE FROM notes WHERE id = ?2",
    ("INSERT INTO messages (chat_id, role, state, text, route, elapsed_ms, created)"
     " VALUES (1, 0, 0, ?1, '', 0, ?2)"),
    "UPDATE messages SET text = ?1 WHERE id = ?2",
    "DELETE FROM messages WHERE id = ?2",
  };
  g_autofree char *text = draw_text (rand);

  g_assert_true (tlm_db_run (db, NULL, changes[g_rand_int_range (rand, 0, G_N_ELEMENTS (changes))], "ti",
                             text, (gint64) g_rand_int_range (rand, 1, 30)));
}

/* Whatever is written between its steps, it has in the end what it would have if made anew. */
static void
follows_every_change (Fixture      *f,
                      gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (24);

  exec (f->db, "INSERT INTO chats (id, title, created, updated) VALUES (1, '', 1, 1)");
  for (int round = 0; round < 20; round++)
    {
      g_autofree char *followed = NULL, *anew = NULL;

      for (int i = 0; i < 60; i++)
        {
          change_some (f->db, rand);
          if (g_rand_int_range (rand, 0, 4) == 0)
            tlm_db_index_some (f->db);
        }
      index_all (f->db);
      followed = dump (f->db);
      index_anew (f->db);
      anew = dump (f->db);
      g_assert_cmpuint (strlen (followed), >, 500);
      g_assert_cmpstr (followed, ==, anew);
    }
}

static void
is_no_work_of_others (Fixture      *f,
                      gconstpointer data)
{
  int before;

  exec (f->db, "INSERT INTO notes (title, text, created, updated) VALUES ('', '港口的会议', 1, 1)");
  before = tlm_db_get_n_written (f->db);
  g_assert_true (tlm_db_index_some (f->db));
  g_assert_cmpint (tlm_db_get_n_written (f->db), ==, before);
  exec (f->db, "UPDATE notes SET updated = 2");
  g_assert_cmpint (tlm_db_get_n_written (f->db), ==, before + 1);
}

static void
takes_in_what_an_older_version_wrote (void)
{
  g_autofree char *folder = tlm_test_make_folder ();
  g_autofree char *path = g_build_filename (folder, "tinylm.db", NULL);
  TlmDb           *db = tlm_db_new ();
  g_autofree char *made = NULL;

  tlm_test_make_old_store (path, 23);
  made = tlm_test_query (path, "INSERT INTO notes (id, title, text, created, updated)"
                               " VALUES (90, '港口', '会议', 1, 1)");
  g_assert_true (tlm_db_open (db, path, NULL));
  assert_value (db, "SELECT notes FROM signs_left", "90");
  index_all (db);
  assert_value (db, "SELECT group_concat (rowid) FROM signs_notes WHERE signs_notes MATCH '\"会议\" \"港\"'", "90");
  tlm_db_free (db);
  tlm_test_remove_folder (g_steal_pointer (&folder));
}

/* ---- What is found ---- */

typedef enum { INDEXED, DUE, LEFT } State;

typedef struct
{
  TlmStore *store;
} Found;

#define NOTE(id, title, text) \
  "INSERT INTO notes (id, title, text, created, updated) VALUES (" #id ", '" title "', '" text \
  "', 1, " #id ");"

/* Newer ones, of which as many as are read anyway have nothing in common with the others. */
#define MANY \
  "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 400)" \
  " INSERT INTO notes (id, title, text, created, updated) SELECT i, '', '社', 1, i FROM n;"

/* The step is begun and taken back, as on a full disk. */
#define HOLD \
  "CREATE TRIGGER hold_1 BEFORE DELETE ON signs_notes_due BEGIN SELECT raise (ABORT, 'held'); END;" \
  "CREATE TRIGGER hold_2 BEFORE DELETE ON signs_messages_due BEGIN SELECT raise (ABORT, 'held'); END;" \
  "CREATE TRIGGER hold_3 BEFORE UPDATE ON signs_left BEGIN SELECT raise (ABORT, 'held'); END;"

static void
index_job (gpointer owner,
           GTask   *task)
{
  index_all (owner);
  g_task_return_boolean (task, TRUE);
}

static void
check_job (gpointer owner,
           GTask   *task)
{
  assert_value (owner, "SELECT (SELECT count (*) FROM signs_notes_due) + notes > 0 FROM signs_left", "1");
  assert_value (owner, "SELECT count (*) FROM signs_notes WHERE signs_notes MATCH '\"社\"'", "0");
  g_task_return_boolean (task, TRUE);
}

static void
set_up_found (Found        *f,
              gconstpointer data)
{
  State state = (State) GPOINTER_TO_INT (data);

  f->store = tlm_test_open_store (NULL);
  if (state == LEFT)
    tlm_test_exec (f->store, "UPDATE signs_left SET notes = 1000, messages = 1000;" HOLD);
  if (state == DUE)
    tlm_test_exec (f->store, HOLD);
  tlm_test_exec (f->store,
                 NOTE (1, "港口", "我们在API会议上决定，港口的吊车要在六月之前修好。🦩")
                 NOTE (2, "予定", "金曜日にカフェで会議があります。鍵を机に置いた。")
                 NOTE (3, "ท่าเรือ", "ประชุมวันศุกร์ที่ท่าเรือ")
                 NOTE (4, "회의", "금요일에 항구에서회의가있습니다")
                 NOTE (5, "𠮷野家", "𠮷野家で食べた。か\u3099く Straße 2024年")
                 NOTE (6, "bin", "会议") "UPDATE notes SET trashed = 1 WHERE id = 6;"
                 "INSERT INTO chats (id, title, created, updated, trashed) VALUES (7, '吊车', 1, 1, NULL),"
                 " (8, '吊车', 1, 1, 1);"
                 "INSERT INTO messages (id, chat_id, role, state, text, route, elapsed_ms, created) VALUES"
                 " (1, 7, 0, 0, '吊车什么时候修好？', '', 0.0, 1), (2, 7, 1, 0, '下周修好', '', 0.0, 1),"
                 " (3, 8, 0, 0, '吊车下周', '', 0.0, 1);"
                 MANY);
  tlm_test_run_in_store (f->store, state == INDEXED ? index_job : check_job, NULL);
}

static void
tear_down_found (Found        *f,
                 gconstpointer data)
{
  tlm_store_close (f->store);
  g_object_unref (f->store);
}

/* (transfer full): the numbers of notes, of chats with a "c" before them */
static char *
search (Found      *f,
        const char *query)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel)   hits = NULL;
  GString                 *found = g_string_new (NULL);

  tlm_store_search_async (f->store, query, TLM_SEARCH_ALL, TLM_SEARCH_MAX_HITS, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  hits = tlm_store_search_finish (f->store, result, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (hits); i++)
    {
      g_autoptr (TlmSearchHit) hit = g_list_model_get_item (hits, i);

      g_string_append_printf (found, "%s%s%" G_GINT64_FORMAT, i > 0 ? " " : "",
                              tlm_search_hit_get_kind (hit) == TLM_HIT_CHAT ? "c" : "",
                              tlm_search_hit_get_id (hit));
    }
  return g_string_free (found, FALSE);
}

static void
assert_found (Found      *f,
              const char *query,
              const char *wanted)
{
  g_autofree char *found = search (f, query);

  g_test_message ("%s", query);
  g_assert_cmpstr (found, ==, wanted);
}

static void
finds_parts_of_words (Found        *f,
                      gconstpointer data)
{
  static const char *const queries[][2] = {
    { "会议", "1" }, { "会議", "2" }, { "港口", "1" }, { "吊车", "1 c7" }, { "口的", "1" }, { "口，", "1" },
    { "修好", "1 c7" }, { "修好 下周", "c7" }, { "吊", "1 c7" }, { "鍵", "2" }, { "決", "" },
    { "api会议", "1" }, { "API 会议", "1" }, { "ap 会议", "1" }, { "会议api", "" }, { "api 会議", "" },
    { "カフェ", "2" }, { "カフ", "2" }, { "フェで", "2" }, { "フェが", "" }, { "で会", "2" }, { "ェ", "2" },
    { "ศุกร์", "3" }, { "ท่าเรือ", "3" }, { "ร์ที่", "3" }, { "เรือท่า", "" },
    { "회의", "4" }, { "항구", "4" }, { "에서", "4" }, { "있습", "4" }, { "서에", "" },
    { "𠮷", "5" }, { "𠮷野", "5" }, { "野𠮷", "" }, { "か\u3099く", "5" }, { "2024年", "5" },
    { "strasse 年", "" }, { "straße 年", "5" }, { "年🦩", "5" }, { "🦩 吊车", "1 c7" },
    { "金曜日にカフェで会議があります", "2" }, { "金曜日にカフェで会議がありました", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    assert_found (f, queries[i][0], queries[i][1]);
}

static void
settle (Found        *f,
        gconstpointer data)
{
  if (GPOINTER_TO_INT (data) == INDEXED)
    tlm_test_run_in_store (f->store, index_job, NULL);
}

/* Never by words that are gone. */
static void
follows_the_texts (Found        *f,
                   gconstpointer data)
{
  tlm_test_exec (f->store, "UPDATE notes SET text = '码头的灯' WHERE id = 1; UPDATE notes SET trashed = NULL WHERE id = 6;"
                           "DELETE FROM notes WHERE id = 2; DELETE FROM messages WHERE id = 2;"
                           "UPDATE chats SET trashed = NULL WHERE id = 8;");
  for (int i = 0; i < 2; i++)
    {
      assert_found (f, "码头", "1");
      assert_found (f, "吊车", "c8 c7");
      assert_found (f, "会议", "6");
      assert_found (f, "金曜", "");
      assert_found (f, "修好", "c7");
      settle (f, data);
    }
  tlm_test_exec (f->store, "UPDATE notes SET text = '港口的吊车' WHERE id = 1;" NOTE (2, "", "金曜日"));
  settle (f, data);
  assert_found (f, "码头", "");
  assert_found (f, "口的吊", "1");
  assert_found (f, "金曜", "2");
}

/* Of a word that is everywhere too. */
static void
shows_what_was_changed_last (Found        *f,
                             gconstpointer data)
{
  g_autofree char *found = NULL;

  tlm_test_exec (f->store, "WITH RECURSIVE n (i) AS (SELECT 1100 UNION ALL SELECT i + 1 FROM n WHERE i < 2300)"
                           " INSERT INTO notes (id, title, text, created, updated) SELECT i, '', '吊车', 1, i FROM n;"
                           "UPDATE notes SET updated = 9000 WHERE id = 1;");
  settle (f, data);
  found = search (f, "吊车");
  g_assert_true (g_str_has_prefix (found, "1 2300 2299 "));
}

typedef struct
{
  const char *question;
  char       *found;
} Question;

static void
ask_job (gpointer owner,
         GTask   *task)
{
  Question             *q = g_task_get_task_data (task);
  g_autoptr (GError)    error = NULL;
  g_autoptr (GPtrArray) found = tlm_passages_find (owner, q->question, 0, 1, &error);
  TlmPassage           *first;

  g_assert_no_error (error);
  first = found->len > 0 ? found->pdata[0] : NULL;
  q->found = first == NULL ? g_strdup ("")
             : g_strdup_printf ("%s%" G_GINT64_FORMAT, first->kind == TLM_HIT_CHAT ? "c" : "", first->id);
  g_task_return_boolean (task, TRUE);
}

/* A word of one sign among them, one that others have too, and what is in the bin. */
static void
finds_what_a_question_is_about (Found        *f,
                                gconstpointer data)
{
  static const char *const questions[][2] = {
    { "港口的会议上决定了什么？", "1" }, { "鍵はどこですか", "2" }, { "カフェはいつ", "2" },
    { "ประชุมเมื่อไหร่", "3" }, { "会议", "1" }, { "这是谁的API？", "1" }, { "龘", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      Question q = { questions[i][0], NULL };

      g_test_message ("%s", q.question);
      tlm_test_run_in_store (f->store, ask_job, &q);
      g_assert_cmpstr (q.found, ==, questions[i][1]);
      g_free (q.found);
    }
}

#define ADD(path, func) g_test_add ("/app/signs/" path, Fixture, NULL, set_up, func, tear_down)

static void
add_found (State       state,
           const char *name)
{
  static const struct
  {
    const char *name;
    void      (*func) (Found *f, gconstpointer data);
  } cases[] = {
    { "finds-parts-of-words", finds_parts_of_words },
    { "follows-the-texts", follows_the_texts },
    { "shows-what-was-changed-last", shows_what_was_changed_last },
    { "finds-what-a-question-is-about", finds_what_a_question_is_about },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/app/signs/%s/%s", name, cases[i].name);

      g_test_add (path, Found, GINT_TO_POINTER (state), set_up_found, cases[i].func, tear_down_found);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/signs/writes-grams", writes_grams);
  g_test_add_func ("/app/signs/lists-what-tells-a-query", lists_what_tells_a_query);
  g_test_add_func ("/app/signs/ends-long-ones", ends_long_ones);
  g_test_add_func ("/app/signs/finds-the-same-grams-as-ever", finds_the_same_grams_as_ever);
  ADD ("all-signs-are-noted", all_signs_are_noted);
  ADD ("other-texts-are-not-noted", other_texts_are_not_noted);
  ADD ("follows-every-change", follows_every_change);
  ADD ("is-no-work-of-others", is_no_work_of_others);
  g_test_add_func ("/app/signs/takes-in-what-an-older-version-wrote", takes_in_what_an_older_version_wrote);
  add_found (INDEXED, "indexed");
  add_found (DUE, "due");
  add_found (LEFT, "left");
  return g_test_run ();
}
