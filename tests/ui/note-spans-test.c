/* SPDX-License-Identifier: Apache-2.0 */
/* A span of the note as it was read keeps its sentence while the note is edited around it. */
#include "notes/note-spans.h"

#define NOTE "Über.\nShe came. He went.\n"
#define SENTENCE "She came."

typedef struct
{
  GtkTextBuffer *buffer;
  TlmNoteSpans  *spans;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->buffer = gtk_text_buffer_new (NULL);
  gtk_text_buffer_set_text (f->buffer, NOTE, -1);
  f->spans = tlm_note_spans_new (f->buffer, NOTE, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  tlm_note_spans_free (f->spans);
  g_assert_finalize_object (f->buffer);
}

/* What stands where the sentence stood; NULL when it is gone. */
static char *
dup_found (Fixture *f)
{
  gsize start = (gsize) (strstr (NOTE, SENTENCE) - NOTE);
  GtkTextIter first, last;

  if (!tlm_note_spans_lookup (f->spans, start, start + strlen (SENTENCE), &first, &last))
    return NULL;
  return gtk_text_buffer_get_text (f->buffer, &first, &last, TRUE);
}

static void
assert_found (Fixture *f, const char *text)
{
  g_autofree char *found = dup_found (f);

  g_assert_cmpstr (found, ==, text);
}

static void
insert (Fixture *f, int at, const char *text)
{
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_offset (f->buffer, &iter, at);
  gtk_text_buffer_insert (f->buffer, &iter, text, -1);
}

static void
delete (Fixture *f, int from, int to)
{
  GtkTextIter first, last;

  gtk_text_buffer_get_iter_at_offset (f->buffer, &first, from);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &last, to);
  gtk_text_buffer_delete (f->buffer, &first, &last);
}

/* The sentence stands at the characters 6 to 15. */
static void
test_edits_elsewhere (Fixture *f, gconstpointer data)
{
  assert_found (f, SENTENCE);
  insert (f, 0, "日本 ");
  assert_found (f, SENTENCE);
  delete (f, 1, 5);
  assert_found (f, SENTENCE);
  insert (f, 20, " Again.");
  assert_found (f, SENTENCE);
}

static void
test_edges_do_not_belong (Fixture *f, gconstpointer data)
{
  insert (f, 15, "!!");
  insert (f, 6, ">>");
  assert_found (f, SENTENCE);
}

static void
test_edits_inside (Fixture *f, gconstpointer data)
{
  insert (f, 9, " often");
  assert_found (f, "She often came.");
  delete (f, 3, 10);
  assert_found (f, "often came.");
}

static void
test_gone (Fixture *f, gconstpointer data)
{
  delete (f, 2, 18);
  g_assert_null (dup_found (f));
  gtk_text_buffer_set_text (f->buffer, "", -1);
  g_assert_null (dup_found (f));
}

/* A selection was read: its bytes count from where it began. */
static void
test_a_part_of_the_note (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmNoteSpans) spans = tlm_note_spans_new (f->buffer, "He went.", 16);
  g_autofree char *found = NULL;
  GtkTextIter first, last;

  insert (f, 0, "Oh. ");
  g_assert_true (tlm_note_spans_lookup (spans, 3, 7, &first, &last));
  found = gtk_text_buffer_get_text (f->buffer, &first, &last, TRUE);
  g_assert_cmpstr (found, ==, "went");
}

#define ADD(name, func) g_test_add ("/ui/note-spans/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  ADD ("edits-elsewhere", test_edits_elsewhere);
  ADD ("edges-do-not-belong", test_edges_do_not_belong);
  ADD ("edits-inside", test_edits_inside);
  ADD ("gone", test_gone);
  ADD ("a-part-of-the-note", test_a_part_of_the_note);
  return g_test_run ();
}
