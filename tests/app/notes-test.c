/* SPDX-License-Identifier: Apache-2.0 */
/* The list of notes: its order, its signals, its texts, the bin and the import. */
#include <glib/gstdio.h>
#include <string.h>

#include "core/errors.h"
#include "notes/notes.h"
#include "support.h"

typedef struct
{
  char     *folder;
  TlmStore *store;
  TlmNotes *notes;
  TlmNote  *a, *b, *c; /* of make_abc() */
  GString  *signals; /* "position-removed+added " for each items-changed */
} Fixture;

static void
log_change (GListModel *model,
            guint       position,
            guint       removed,
            guint       added,
            Fixture    *f)
{
  g_string_append_printf (f->signals, "%u-%u+%u ", position, removed, added);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->store = tlm_test_open_store (NULL);
  f->notes = tlm_notes_new (f->store);
  f->signals = g_string_new (NULL);
  g_signal_connect (f->notes, "items-changed", G_CALLBACK (log_change), f);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tlm_store_close (f->store);
  g_clear_object (&f->a);
  g_clear_object (&f->b);
  g_clear_object (&f->c);
  tlm_test_finalize (f->notes);
  tlm_test_finalize (f->store);
  g_string_free (f->signals, TRUE);
  tlm_test_remove_folder (f->folder);
}

static TlmNote *
create (Fixture    *f,
        const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  TlmNote                 *note;

  tlm_notes_create_async (f->notes, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  note = tlm_notes_create_finish (f->notes, result, &error);
  g_assert_no_error (error);
  return note;
}

static void
make_abc (Fixture *f)
{
  f->a = create (f, "a");
  f->b = create (f, "b");
  f->c = create (f, "c");
}

typedef void     (*NoteAsync)  (TlmNotes *, TlmNote *, GCancellable *, GAsyncReadyCallback, gpointer);
typedef gboolean (*NoteFinish) (TlmNotes *, GAsyncResult *, GError **);

static gboolean
call (Fixture   *f,
      TlmNote   *note,
      NoteAsync  async,
      NoteFinish finish)
{
  g_autoptr (GAsyncResult) result = NULL;

  async (f->notes, note, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return finish (f->notes, result, NULL);
}

static gboolean
save (Fixture    *f,
      TlmNote    *note,
      const char *text,
      GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_save_async (f->notes, note, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_notes_save_finish (f->notes, result, error);
}

static void
load (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_load_async (f->notes, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_notes_load_finish (f->notes, result, NULL));
}

static char *
get_text (Fixture *f,
          TlmNote *note)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_get_text_async (f->notes, note, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_notes_get_text_finish (f->notes, result, NULL);
}

/* "c b a " for three notes. */
static void
assert_titles (Fixture    *f,
               const char *expected)
{
  g_autoptr (GString) titles = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (f->notes)); i++)
    {
      g_autoptr (TlmNote) note = g_list_model_get_item (G_LIST_MODEL (f->notes), i);

      g_string_append_printf (titles, "%s ", tlm_note_get_title (note));
    }
  g_assert_cmpstr (titles->str, ==, expected);
}

static void
lists_newest_first (Fixture      *f,
                    gconstpointer data)
{
  make_abc (f);
  assert_titles (f, "c b a ");
  g_assert_cmpstr (f->signals->str, ==, "0-0+1 0-0+1 0-0+1 ");
  g_assert_true (tlm_notes_find (f->notes, tlm_note_get_id (f->b)) == f->b);
  g_assert_null (tlm_notes_find (f->notes, 12345));
  load (f);
  assert_titles (f, "c b a ");
}

static void
moves_a_saved_note_to_the_top (Fixture      *f,
                               gconstpointer data)
{
  make_abc (f);
  g_string_truncate (f->signals, 0);
  g_assert_true (save (f, f->a, "# a2\nmore", NULL));
  assert_titles (f, "a2 c b ");
  g_assert_cmpstr (f->signals->str, ==, "2-1+0 0-0+1 ");
  /* Typing on in the first note moves nothing. */
  g_string_truncate (f->signals, 0);
  g_assert_true (save (f, f->a, "# a3\nmore", NULL));
  assert_titles (f, "a3 c b ");
  g_assert_cmpstr (f->signals->str, ==, "");
  load (f);
  assert_titles (f, "a3 c b ");
}

static void
count_notify (GObject    *note,
              GParamSpec *pspec,
              guint      *n)
{
  ++*n;
}

static void
says_what_is_not_saved_yet (Fixture      *f,
                            gconstpointer data)
{
  g_autoptr (TlmNote)      note = create (f, "a");
  g_autoptr (GAsyncResult) first = NULL, second = NULL;
  guint                    n_notified = 0;

  g_signal_connect (note, "notify::saved", G_CALLBACK (count_notify), &n_notified);
  g_assert_true (tlm_note_get_saved (note));
  tlm_notes_save_async (f->notes, note, "b", NULL, tlm_test_keep, &first);
  tlm_notes_save_async (f->notes, note, "c", NULL, tlm_test_keep, &second);
  g_assert_false (tlm_note_get_saved (note));
  tlm_test_await (&first);
  g_assert_false (second == NULL && tlm_note_get_saved (note));
  tlm_test_await (&second);
  g_assert_true (tlm_note_get_saved (note));
  g_assert_cmpuint (n_notified, ==, 2);
}

static void
keeps_texts_to_the_byte (Fixture      *f,
                         gconstpointer data)
{
  g_autoptr (GString) large = g_string_new (NULL);
  const char         *texts[] = { "", "ä\n\n\t日本 🦩\r\n", NULL };

  while (large->len < 1 << 20)
    g_string_append (large, "Grüße, a megabyte of them. ");
  texts[2] = large->str;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (TlmNote) note = create (f, texts[i]);
      g_autofree char    *text = get_text (f, note);

      g_assert_cmpstr (text, ==, texts[i]);
    }
}

static void
refuses_what_is_not_utf8 (Fixture      *f,
                          gconstpointer data)
{
  g_autoptr (TlmNote) note = create (f, "good");
  g_autoptr (GError)  error = NULL;
  g_autofree char    *text = NULL;

  g_assert_false (save (f, note, "bad \xff", &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_ENCODING);
  text = get_text (f, note);
  g_assert_cmpstr (text, ==, "good");
}

static void
goes_to_the_bin_and_comes_back (Fixture      *f,
                                gconstpointer data)
{
  make_abc (f);
  g_assert_true (call (f, f->b, tlm_notes_trash_async, tlm_notes_trash_finish));
  assert_titles (f, "c a ");
  load (f);
  assert_titles (f, "c a ");
  g_assert_true (call (f, f->b, tlm_notes_restore_async, tlm_notes_restore_finish));
  assert_titles (f, "c b a ");
  g_assert_true (call (f, f->b, tlm_notes_restore_async, tlm_notes_restore_finish));
  assert_titles (f, "c b a ");
}

static void
empties_the_bin_after_thirty_days (Fixture      *f,
                                   gconstpointer data)
{
  g_autoptr (TlmNote) old = create (f, "old"), recent = create (f, "recent");
  g_autoptr (TlmNote) other = create (f, "other"); /* of yesterday */

  g_assert_true (call (f, old, tlm_notes_trash_async, tlm_notes_trash_finish));
  g_assert_true (call (f, recent, tlm_notes_trash_async, tlm_notes_trash_finish));
  tlm_test_exec (f->store, "UPDATE notes SET trashed = trashed - 31 * 86400000000 "
                           "WHERE text = 'old';"
                           "UPDATE notes SET trashed = trashed - 29 * 86400000000 "
                           "WHERE text = 'recent';"
                           "UPDATE notes SET updated = updated - 86400000000 "
                           "WHERE text = 'other'");
  load (f);
  g_assert_false (call (f, old, tlm_notes_restore_async, tlm_notes_restore_finish));
  g_assert_true (call (f, recent, tlm_notes_restore_async, tlm_notes_restore_finish));
  assert_titles (f, "recent other ");
}

/* To the store, all that it holds is ten years old. */
static void
keeps_the_bin_when_the_clock_jumps_ahead (Fixture      *f,
                                          gconstpointer data)
{
  g_autoptr (TlmNote) kept = create (f, "kept"), thrown = create (f, "thrown");

  g_assert_true (call (f, thrown, tlm_notes_trash_async, tlm_notes_trash_finish));
  tlm_test_exec (f->store, "UPDATE notes SET updated = updated - 3650 * 86400000000,"
                           " trashed = trashed - 3650 * 86400000000");
  load (f);
  g_assert_true (call (f, thrown, tlm_notes_restore_async, tlm_notes_restore_finish));
}

static void
keeps_the_bin_when_one_writes_after_the_jump (Fixture      *f,
                                              gconstpointer data)
{
  g_autoptr (TlmNote) kept = create (f, "kept"), thrown = create (f, "thrown"), written = NULL;

  g_assert_true (call (f, thrown, tlm_notes_trash_async, tlm_notes_trash_finish));
  tlm_test_exec (f->store, "UPDATE notes SET updated = updated - 3650 * 86400000000,"
                           " trashed = trashed - 3650 * 86400000000");
  written = create (f, "written");
  load (f);
  g_assert_true (call (f, thrown, tlm_notes_restore_async, tlm_notes_restore_finish));
}

/* On a day after that it is time that goes by. */
static void
empties_the_bin_after_another_day (Fixture      *f,
                                   gconstpointer data)
{
  g_autoptr (TlmNote) thrown = create (f, "thrown"), day = create (f, "day"), next = create (f, "next");

  g_assert_true (call (f, thrown, tlm_notes_trash_async, tlm_notes_trash_finish));
  tlm_test_exec (f->store, "UPDATE notes SET updated = updated - 40 * 86400000000,"
                           " trashed = trashed - 40 * 86400000000 WHERE text = 'thrown';"
                           "UPDATE notes SET updated = updated - 2 * 86400000000 "
                           "WHERE text = 'day'");
  load (f);
  g_assert_false (call (f, thrown, tlm_notes_restore_async, tlm_notes_restore_finish));
  assert_titles (f, "next day ");
}

static TlmNote *
import (Fixture    *f,
        const char *bytes,
        gssize      len,
        GError    **error)
{
  g_autofree char         *path = g_build_filename (f->folder, "file.md", NULL);
  g_autoptr (GFile)        file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char         *after = NULL;
  gsize                    after_len;
  TlmNote                 *note;

  g_assert_true (g_file_set_contents (path, bytes, len, NULL));
  tlm_notes_import_async (f->notes, file, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  note = tlm_notes_import_finish (f->notes, result, error);
  g_assert_true (g_file_get_contents (path, &after, &after_len, NULL));
  g_assert_cmpmem (after, after_len, bytes, (len < 0 ? strlen (bytes) : (gsize) len));
  return note;
}

static void
imports_text (Fixture      *f,
              gconstpointer data)
{
  g_autoptr (TlmNote) plain = import (f, "# Plan\nbody", -1, NULL);
  g_autoptr (TlmNote) marked = import (f, "\xef\xbb\xbf# Marked", -1, NULL);
  g_autoptr (TlmNote) wide = import (f, "\xff\xfe#\0 \0W\0", 8, NULL);
  g_autofree char    *plain_text = get_text (f, plain);
  g_autofree char    *marked_text = get_text (f, marked);
  g_autofree char    *wide_text = get_text (f, wide);

  g_assert_cmpstr (plain_text, ==, "# Plan\nbody");
  g_assert_cmpstr (marked_text, ==, "# Marked");
  g_assert_cmpstr (wide_text, ==, "# W");
  assert_titles (f, "W Marked Plan ");
}

static void
imports_nothing_else (Fixture      *f,
                      gconstpointer data)
{
  g_autoptr (GError) binary = NULL, latin = NULL;

  g_assert_null (import (f, "\x7f" "ELF\0\0\1", 7, &binary));
  g_assert_error (binary, TLM_ERROR, TLM_ERROR_BINARY);
  g_assert_null (import (f, "caf\xe9", -1, &latin));
  g_assert_error (latin, TLM_ERROR, TLM_ERROR_ENCODING);
  assert_titles (f, "");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/notes/lists-newest-first", lists_newest_first);
  ADD ("/app/notes/moves-a-saved-note-to-the-top", moves_a_saved_note_to_the_top);
  ADD ("/app/notes/says-what-is-not-saved-yet", says_what_is_not_saved_yet);
  ADD ("/app/notes/keeps-texts-to-the-byte", keeps_texts_to_the_byte);
  ADD ("/app/notes/refuses-what-is-not-utf8", refuses_what_is_not_utf8);
  ADD ("/app/notes/goes-to-the-bin-and-comes-back", goes_to_the_bin_and_comes_back);
  ADD ("/app/notes/empties-the-bin-after-thirty-days", empties_the_bin_after_thirty_days);
  ADD ("/app/notes/keeps-the-bin-when-the-clock-jumps-ahead", keeps_the_bin_when_the_clock_jumps_ahead);
  ADD ("/app/notes/keeps-the-bin-when-one-writes-after-the-jump",
       keeps_the_bin_when_one_writes_after_the_jump);
  ADD ("/app/notes/empties-the-bin-after-another-day", empties_the_bin_after_another_day);
  ADD ("/app/notes/imports-text", imports_text);
  ADD ("/app/notes/imports-nothing-else", imports_nothing_else);
  return g_test_run ();
}
