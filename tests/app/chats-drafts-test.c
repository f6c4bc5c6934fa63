/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts while the person goes on writing: several are on their way into the store, which refuses some,
 * or has what another program wrote. */
#include "chats-support.h"
#include "support.h"

/* The second program, whose chat this is; the first is the fixture's own. */
typedef struct
{
  Fixture  f;
  Fixture  other;
  TlmChat *here, *chat;
  guint    n_parted;
} Both;

static void
count (guint *n)
{
  (*n)++;
}

static void
set_up_both (Both         *b,
             gconstpointer data)
{
  set_up (&b->f, data);
  b->other.folder = b->f.folder;
  b->other.path = b->f.path;
  start (&b->other);
  b->here = create (&b->f);
  b->chat = load_first (&b->other);
  g_signal_connect_swapped (b->other.chats, "parted", G_CALLBACK (count), &b->n_parted);
}

static void
tear_down_both (Both         *b,
                gconstpointer data)
{
  g_object_unref (b->chat);
  g_object_unref (b->here);
  stop (&b->other);
  tear_down (&b->f, data);
}

/* Each is written before the one before it is in the store. Returns: how many came into it */
static guint
save_drafts (Fixture           *f,
             TlmChat           *chat,
             const char *const *texts)
{
  GAsyncResult *results[4] = { NULL };
  guint         n = 0, n_saved = 0;

  for (; texts[n] != NULL; n++)
    tlm_chats_save_draft_async (f->chats, chat, texts[n], NULL, tlm_test_keep, &results[n]);
  for (guint i = 0; i < n; i++)
    {
      tlm_test_await (&results[i]);
      n_saved += tlm_chats_save_draft_finish (f->chats, results[i], NULL);
      g_object_unref (results[i]);
    }
  return n_saved;
}

static void
assert_draft (Both       *b,
              const char *draft)
{
  g_autofree char *stored = tlm_test_query (b->f.path, "SELECT draft || coalesce ((SELECT '+' || texts "
                                                       "FROM draft_texts), '') FROM chats");

  g_assert_cmpstr (stored, ==, draft);
}

static void
refuse (Both       *b,
        const char *draft)
{
  g_autofree char *sql = g_strdup_printf ("CREATE TRIGGER refuse BEFORE UPDATE OF draft ON chats WHEN "
                                          "NEW.draft = '%s' BEGIN SELECT raise (ABORT, 'no'); END", draft);

  tlm_test_exec (b->other.store, sql);
}

/* What stands in the store is what was there before: nobody else wrote it. */
static void
is_not_doubled (Both         *b,
                gconstpointer data)
{
  static const char *const first[] = { "one" TLM_DRAFT_SEPARATOR "pasted", NULL };
  static const char *const more[] = { "one two", "one two three", NULL };

  g_assert_cmpuint (save_drafts (&b->other, b->chat, first), ==, 1);
  refuse (b, "one two");
  g_assert_cmpuint (save_drafts (&b->other, b->chat, more), ==, 1);
  assert_draft (b, "one two three");
  g_assert_cmpstr (tlm_chat_get_draft (b->chat), ==, "one two three");
  g_assert_cmpuint (b->n_parted, ==, 0);
}

/* Also what was pasted when the store refused it. */
static void
is_whole_after_a_refusal (Both         *b,
                          gconstpointer data)
{
  static const char *const texts[] = { "one" TLM_DRAFT_SEPARATOR "pasted",
                                       "one two" TLM_DRAFT_SEPARATOR "pasted", NULL };

  refuse (b, "one");
  g_assert_cmpuint (save_drafts (&b->other, b->chat, texts), ==, 1);
  assert_draft (b, "one two+pasted");
}

/* Once, and no matter how fast the person writes. */
static void
has_what_another_program_wrote (Both         *b,
                                gconstpointer data)
{
  static const char *const theirs[] = { "theirs", NULL }, *const again[] = { "theirs\n\none two", NULL };
  static const char *const texts[] = { "one", "one t", "one two", NULL };

  g_assert_cmpuint (save_drafts (&b->f, b->here, theirs), ==, 1);
  g_assert_cmpuint (save_drafts (&b->other, b->chat, texts), ==, 3);
  assert_draft (b, "theirs\n\none two");
  g_assert_cmpstr (tlm_chat_get_draft (b->chat), ==, "theirs\n\none two");
  g_assert_cmpuint (b->n_parted, ==, 1);
  g_assert_cmpuint (save_drafts (&b->other, b->chat, again), ==, 1);
  assert_draft (b, "theirs\n\none two");
}

/* What is sent was written before the other's part was in sight: that stays a draft. */
static void
outlives_what_another_program_sends (Both         *b,
                                     gconstpointer data)
{
  static const char *const theirs[] = { "theirs" TLM_DRAFT_SEPARATOR "pasted", NULL };
  static const char *const next[] = { "next", NULL };

  g_assert_cmpuint (save_drafts (&b->f, b->here, theirs), ==, 1);
  tlm_chats_save_draft_async (b->other.chats, b->chat, "mine", NULL, NULL, NULL);
  g_assert_true (send_message (&b->other, b->chat, "mine", NULL));
  assert_draft (b, "theirs+pasted");
  g_assert_cmpuint (save_drafts (&b->other, b->chat, next), ==, 1);
  assert_draft (b, "theirs\n\nnext+pasted");
  g_assert_cmpuint (b->n_parted, ==, 1);
  g_assert_true (send_message (&b->other, b->chat, "next", NULL));
  assert_draft (b, "+pasted");
}

/* A message that could not be sent is the draft again: what another program has written meanwhile stays. */
static void
is_kept_beside_a_message_that_failed (Both         *b,
                                      gconstpointer data)
{
  static const char *const mine[] = { "mine", NULL }, *const theirs[] = { "theirs", NULL };

  g_assert_cmpuint (save_drafts (&b->other, b->chat, mine), ==, 1);
  tlm_test_exec (b->other.store, "CREATE TRIGGER no_more BEFORE INSERT ON messages "
                                 "BEGIN SELECT raise (ABORT, 'no'); END");
  g_assert_false (send_message (&b->other, b->chat, "mine", NULL));
  tlm_test_exec (b->f.store, "UPDATE chats SET draft = ''");
  g_assert_cmpuint (save_drafts (&b->f, b->here, theirs), ==, 1);
  g_assert_cmpuint (save_drafts (&b->other, b->chat, mine), ==, 1);
  assert_draft (b, "theirs\n\nmine");
}

#undef ADD
#define ADD(path, func) \
  g_test_add ("/app/chats/drafts/" path, Both, NULL, set_up_both, func, tear_down_both)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("is-not-doubled", is_not_doubled);
  ADD ("is-whole-after-a-refusal", is_whole_after_a_refusal);
  ADD ("has-what-another-program-wrote", has_what_another_program_wrote);
  ADD ("outlives-what-another-program-sends", outlives_what_another_program_sends);
  ADD ("is-kept-beside-a-message-that-failed", is_kept_beside_a_message_that_failed);
  return g_test_run ();
}
