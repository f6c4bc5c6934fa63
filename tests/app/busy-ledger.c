/* SPDX-License-Identifier: Apache-2.0 */
/* What was said is kept over many kills: a note that was saved in the first run is still there after
 * the last. What a kill may cost is measured on the way. */
#include "busy-ledger.h"

#include "core/paths.h"
#include "gguf/gguf.h"
#include "store/db-private.h"

#include <string.h>

/* What was shown for so long is there. An answer is saved each half a second, a training as often
 * or, where that takes long, in a thirtieth of its time; the rest is for other programs on the same
 * processors. Less than an answer lasts (up to 6 s) and than a long day. */
#define ANSWER_KEPT_US   (3 * G_USEC_PER_SEC / 2)
#define TRAINING_KEPT_US (3 * G_USEC_PER_SEC)

#define MAYBE (-1)

typedef struct
{
  gint64 version; /* at least */
  int    trashed; /* or MAYBE */
  gboolean may_be_gone, gone;
} Note;

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

void
tlm_busy_ledger_init (TlmBusyLedger *l)
{
  l->notes = new_table ();
  l->drafts = new_table ();
  l->answers = new_table ();
  l->steps = new_table ();
}

void
tlm_busy_ledger_clear (TlmBusyLedger *l)
{
  g_hash_table_unref (l->notes);
  g_hash_table_unref (l->drafts);
  g_hash_table_unref (l->answers);
  g_hash_table_unref (l->steps);
}

static void
put (GHashTable *table, gint64 id, gint64 value)
{
  g_hash_table_replace (table, g_memdup2 (&id, sizeof id), g_memdup2 (&value, sizeof value));
}

static Note *
get_note (TlmBusyLedger *l, gint64 id)
{
  Note *note = g_hash_table_lookup (l->notes, &id);

  if (note == NULL)
    g_hash_table_insert (l->notes, g_memdup2 (&id, sizeof id), note = g_new0 (Note, 1));
  return note;
}

static void
empty_the_bin (TlmBusyLedger *l)
{
  GHashTableIter iter;
  gpointer       note;

  g_hash_table_iter_init (&iter, l->notes);
  while (g_hash_table_iter_next (&iter, NULL, &note))
    ((Note *) note)->may_be_gone |= ((Note *) note)->trashed != 0;
}

static void
hear (TlmBusyLedger *l, const TlmSaid *said)
{
  if (g_str_equal (said->what, "note"))
    *get_note (l, said->id) = (Note) { .version = said->value };
  else if (g_str_equal (said->what, "trashing"))
    get_note (l, said->id)->trashed = MAYBE;
  else if (g_str_equal (said->what, "trashed"))
    get_note (l, said->id)->trashed = (int) said->value;
  else if (g_str_equal (said->what, "emptying"))
    empty_the_bin (l);
  else if (g_str_equal (said->what, "gone"))
    get_note (l, said->id)->gone = TRUE;
  else if (g_str_equal (said->what, "draft"))
    put (l->drafts, said->id, said->value);
  else if (g_str_equal (said->what, "answered"))
    put (l->answers, said->id, said->value);
  else if (g_str_equal (said->what, "changing"))
    l->n_models_begun = said->value;
  else if (g_str_equal (said->what, "models"))
    l->n_models = l->n_models_begun = said->value;
}

/* ---- what is there ---- */

/* The first number of the first row, or -1. */
static gint64
ask (TlmDb *db, const char *sql, gint64 id)
{
  g_autoptr (GError) error = NULL;
  sqlite3_stmt      *row = tlm_db_query (db, &error, sql, "i", id);
  gint64             value = row != NULL && tlm_db_step (db, row, &error) > 0
                             ? sqlite3_column_int64 (row, 0) : -1;

  g_assert_no_error (error);
  sqlite3_reset (row);
  return value;
}

static void
check_notes (TlmBusyLedger *l, TlmDb *db)
{
  GHashTableIter iter;
  gpointer       id, value;

  g_hash_table_iter_init (&iter, l->notes);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      Note  *note = value;
      gint64 version = ask (db, "SELECT CAST(text AS INTEGER) FROM notes WHERE id = ?",
                            *(gint64 *) id);
      gint64 trashed = ask (db, "SELECT trashed IS NOT NULL FROM notes WHERE id = ?",
                            *(gint64 *) id);

      if (note->gone || (version < 0 && note->may_be_gone))
        {
          g_assert_cmpint (trashed, <=, 0); /* a new note may have its number */
          g_hash_table_iter_remove (&iter);
          continue;
        }
      g_assert_cmpint (version, >=, note->version);
      g_assert_true (note->trashed == MAYBE || note->trashed == trashed);
      note->trashed = (int) trashed;
      note->may_be_gone = FALSE;
    }
}

static void
check_drafts (TlmBusyLedger *l, TlmDb *db)
{
  GHashTableIter iter;
  gpointer       id, version;

  g_hash_table_iter_init (&iter, l->drafts);
  while (g_hash_table_iter_next (&iter, &id, &version))
    g_assert_cmpint (ask (db, "SELECT CAST(draft AS INTEGER) FROM chats WHERE id = ?",
                          *(gint64 *) id), >=, *(gint64 *) version);
}

/* How long the oldest text that is not there had been shown. */
static void
check_shown (TlmBusyLedger *l, TlmDb *db, GArray *all, gint64 killed)
{
  for (guint i = 0; i < all->len; i++)
    {
      TlmSaid *said = &g_array_index (all, TlmSaid, i);
      gint64   there;

      if (!g_str_equal (said->what, "shown") || g_hash_table_contains (l->answers, &said->id))
        continue;
      there = ask (db, "SELECT length(CAST(text AS BLOB)) FROM messages WHERE id = ?", said->id);
      g_assert_cmpint (there, >=, 0);
      if (there >= said->value)
        continue;
      l->worst_answer = MAX (l->worst_answer, killed - said->time);
      g_assert_cmpint (killed - said->time, <, ANSWER_KEPT_US);
      put (l->answers, said->id, there);
    }
}

static void
check_answers (TlmBusyLedger *l, TlmDb *db)
{
  GHashTableIter iter;
  gpointer       id, bytes;

  g_hash_table_iter_init (&iter, l->answers);
  while (g_hash_table_iter_next (&iter, &id, &bytes))
    g_assert_cmpint (ask (db, "SELECT length(CAST(text AS BLOB)) FROM messages WHERE id = ?",
                          *(gint64 *) id), ==, *(gint64 *) bytes);
}

/* ---- a training ---- */

static char *
dup_out_path (gint64 number)
{
  g_autofree char *models = tlm_paths_dup_models ();

  return number == 1 ? g_strdup_printf ("%s/Mail.gguf", models)
                     : g_strdup_printf ("%s/Mail-%" G_GINT64_FORMAT ".gguf", models, number);
}

/* 0: there is none */
static gint64
read_checkpoint (gint64 number)
{
  g_autofree char *out = dup_out_path (number), *path = g_strconcat (out, ".checkpoint", NULL);
  tl_gguf         *gguf;
  tl_error         err = { 0 };
  uint64_t         step = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return 0;
  gguf = tl_gguf_open (path, &err);
  g_assert_nonnull (gguf);
  g_assert_true (tl_gguf_get_u64 (gguf, "train.step", &step));
  tl_gguf_close (gguf);
  return (gint64) step;
}

/* Of the training that writes to @out: 1, 0, or -1 when there is none. */
static int
is_finished (TlmDb *db, const char *out)
{
  sqlite3_stmt *row = tlm_db_query (db, NULL, "SELECT finished IS NOT NULL FROM trainings "
                                              "WHERE out = ?", "t", out);
  int           finished = tlm_db_step (db, row, NULL) > 0 ? sqlite3_column_int (row, 0) : -1;

  sqlite3_reset (row);
  return finished;
}

/* It went on where it had stood, which it may have measured again, and goes on where it stands. */
static void
check_training (TlmBusyLedger *l, TlmDb *db, GArray *all, gint64 killed)
{
  for (guint i = 0; i < all->len; i++)
    {
      TlmSaid         *said = &g_array_index (all, TlmSaid, i);
      g_autofree char *out = dup_out_path (said->id);
      gint64          *from = g_hash_table_lookup (l->steps, &said->id);

      if (!g_str_equal (said->what, "step"))
        continue;
      if (from != NULL)
        g_assert_true (said->value == *from || said->value == *from + 1);
      put (l->steps, said->id, said->value);
      if (is_finished (db, out) == 1)
        g_assert_true (g_file_test (out, G_FILE_TEST_EXISTS));
      else if (said->value > read_checkpoint (said->id))
        {
          l->worst_training = MAX (l->worst_training, killed - said->time);
          g_assert_cmpint (killed - said->time, <, TRAINING_KEPT_US);
        }
    }
}

static void
look_where_trainings_stand (TlmBusyLedger *l)
{
  GHashTableIter iter;
  gpointer       number, step;

  g_hash_table_iter_init (&iter, l->steps);
  while (g_hash_table_iter_next (&iter, &number, &step))
    *(gint64 *) step = read_checkpoint (*(gint64 *) number);
}

/* ---- files ---- */

/* A file of the models' folder that neither the store knows nor anybody writes. */
static void
check_file (TlmDb *db, const char *path)
{
  g_autofree char   *uri = g_filename_to_uri (path, NULL, NULL), *out = g_strdup (path);
  static const char *const endings[] = { ".checkpoint", ".lock", ".unjudged" }; /* of a training */
  g_autoptr (GError) error = NULL;
  sqlite3_stmt      *row;

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (path, endings[i]))
      out[strlen (out) - strlen (endings[i])] = '\0';
  row = tlm_db_query (db, &error, "SELECT 1 FROM models WHERE uri = ?1 UNION "
                                  "SELECT 1 FROM trainings WHERE out = ?2", "tt", uri, out);
  if (tlm_db_step (db, row, &error) <= 0)
    g_error ("“%s” is left over", path);
  g_assert_no_error (error);
  sqlite3_reset (row);
}

static void
check_models (TlmBusyLedger *l, TlmDb *db)
{
  g_autofree char *folder = tlm_paths_dup_models ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gint64           n = ask (db, "SELECT count(*) FROM models WHERE id > ?", 0);
  const char      *name;

  g_assert_true (n == l->n_models || n == l->n_models_begun);
  l->n_models = l->n_models_begun = n;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      check_file (db, path);
    }
}

void
tlm_busy_ledger_hear (TlmBusyLedger *l, GArray *all)
{
  for (guint i = 0; i < all->len; i++)
    hear (l, &g_array_index (all, TlmSaid, i));
  l->n_said += all->len;
}

void
tlm_busy_ledger_check (TlmBusyLedger *l, TlmDb *db, GArray *all, gint64 killed)
{
  check_notes (l, db);
  check_drafts (l, db);
  check_shown (l, db, all, killed);
  check_answers (l, db);
  check_training (l, db, all, killed);
  look_where_trainings_stand (l);
  check_models (l, db);
}
