/* SPDX-License-Identifier: Apache-2.0 */
/* make-store DATABASE [CHATS MESSAGES NOTES]: a new database of years of use, by default with 10,000 chats,
 * 1,000,000 messages and 100,000 notes. It is made by the program's own schema, with its triggers, in one
 * transaction. Half of the messages stand in a hundredth of the chats, as people have a few that are
 * long. The texts are store-words.h's. */
#include "store/db.h"
#include "store-words.h"
#include "notes/titles.h"

#include <stdio.h>
#include <stdlib.h>

#define SEED 8
#define YEARS 3
#define LONG_EVERY 100

typedef struct
{
  TlmDb *db;
  GRand *random;
  gint64 now;
  guint  n_chats, n_messages, n_notes;
} Making;

static gboolean
fail (GError *error)
{
  fprintf (stderr, "make-store: %s\n", error->message);
  g_error_free (error);
  return FALSE;
}

/* The @i-th of @n things, of which the last is of now. */
static gint64
get_time (Making *making, guint i, guint n)
{
  return making->now - YEARS * 365 * G_TIME_SPAN_DAY / n * (n - 1 - i);
}

static void
add_sentence (Making *making, GString *text, guint n_words)
{
  gsize start = text->len;

  for (guint i = 0; i < n_words; i++)
    {
      if (i > 0)
        g_string_append_c (text, ' ');
      store_words_add (making->random, text);
    }
  text->str[start] = g_ascii_toupper (text->str[start]);
}

/* @least to @most words, in sentences. (transfer full) */
static char *
make_text (Making *making, guint least, guint most)
{
  GString *text = g_string_new (NULL);
  gint     left = g_rand_int_range (making->random, (gint) least, (gint) most + 1);

  while (left > 0)
    {
      gint n = MIN (left, g_rand_int_range (making->random, 5, 16));

      add_sentence (making, text, (guint) n);
      g_string_append (text, (left -= n) > 0 ? ". " : ".");
    }
  return g_string_free (text, FALSE);
}

static gboolean
make_note (Making *making, guint i)
{
  g_autofree char *title = make_text (making, 2, 5), *body = make_text (making, 20, 180);
  g_autofree char *text = g_strdup_printf ("# %s\n\n%s\n", title, body);
  g_autofree char *shown = tlm_title_of_text (text);
  gint64 time = get_time (making, i, making->n_notes);
  GError *error = NULL;

  return tlm_db_run (making->db, &error,
                     "INSERT INTO notes (id, title, text, created, updated) VALUES (?1, ?2, ?3, ?4, ?4)",
                     "itti", (gint64) i + 1, shown, text, time)
           && tlm_db_run (making->db, &error, "INSERT INTO todo_reads VALUES (?, ?)", "ii",
                          (gint64) i + 1, time)
         ? TRUE : fail (error);
}

static gboolean
make_message (Making *making, gint64 chat, gint64 id, gboolean first, gint64 time)
{
  gboolean answer = id % 2 == 0;
  g_autofree char *text = answer ? make_text (making, 10, 60) : make_text (making, 4, 24);
  GError *error = NULL;

  return tlm_db_run (making->db, &error,
                     "INSERT INTO messages (id, chat_id, role, state, text, route, elapsed_ms, created, "
                     "parent) VALUES (?, ?, ?, 0, ?, '', 12.5, ?, nullif (?, 0))", "iiitii", id, chat,
                     (gint64) answer, text, time, first ? (gint64) 0 : id - 1)
         || fail (error);
}

/* @first: the id of its first message, of which it has @n */
static gboolean
make_chat (Making *making, guint i, gint64 first, guint n)
{
  g_autofree char *title = make_text (making, 2, 5);
  gint64 time = get_time (making, i, making->n_chats);
  GError *error = NULL;

  if (!tlm_db_run (making->db, &error,
                   "INSERT INTO chats (id, title, created, updated, leaf) VALUES (?1, ?2, ?3, ?3, ?4)",
                   "itii", (gint64) i + 1, title, time, first + n - 1))
    return fail (error);
  for (guint m = 0; m < n; m++)
    if (!make_message (making, (gint64) i + 1, first + m, m == 0, time))
      return FALSE;
  return TRUE;
}

static gboolean
make_chats (Making *making)
{
  guint n_long = (making->n_chats + LONG_EVERY - 1) / LONG_EVERY, done = 0;

  for (guint i = 0; i < making->n_chats; i++)
    {
      guint share = i % LONG_EVERY == 0 ? making->n_messages / 2 / n_long
                                        : making->n_messages / 2 / (making->n_chats - n_long);
      guint n = i + 1 == making->n_chats ? making->n_messages - done : share;

      if (!make_chat (making, i, (gint64) done + 1, n))
        return FALSE;
      done += n;
    }
  return TRUE;
}

static gboolean
make_everything (Making *making)
{
  GError *error = NULL;

  if (!tlm_db_begin (making->db, &error))
    return fail (error);
  for (guint i = 0; i < making->n_notes; i++)
    if (!make_note (making, i))
      return FALSE;
  return make_chats (making) && (tlm_db_commit (making->db, &error) || fail (error));
}

int
main (int argc, char **argv)
{
  Making making = { tlm_db_new (), g_rand_new_with_seed (SEED), g_get_real_time (), 10000, 1000000,
                    100000 };
  GError *error = NULL;
  gboolean done;

  if (argc == 5)
    {
      making.n_chats = (guint) MAX (2, atoi (argv[2]));
      making.n_messages = (guint) MAX ((int) making.n_chats, atoi (argv[3]));
      making.n_notes = (guint) MAX (1, atoi (argv[4]));
    }
  else if (argc != 2)
    {
      fprintf (stderr, "usage: make-store DATABASE [CHATS MESSAGES NOTES]\n");
      return 2;
    }
  done = tlm_db_open (making.db, argv[1], &error) ? make_everything (&making) : fail (error);
  tlm_db_free (making.db);
  g_rand_free (making.random);
  return done ? 0 : 1;
}
