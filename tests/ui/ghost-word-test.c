/* SPDX-License-Identifier: Apache-2.0 */
/* The rest of a word comes behind the cursor, is taken by Tab, left by Escape, and is never in the
 * way. */
#include "notes/ghost-word.h"

#include <math.h>

#include "support.h"

/* A word of the note itself, so that what is suggested does not depend on the model's weights. */
#define BEGINNING "Quillbert met Quillbert, and Quillbert saw Quill"

typedef struct
{
  GtkWindow        *window;
  GtkTextView      *view;
  GtkTextBuffer    *buffer;
  TlmEngineService *engine;
  TlmGhostWord     *ghost;
} Ghost;

static void
set_up (Ghost *f, gconstpointer data)
{
  f->window = GTK_WINDOW (gtk_window_new ());
  f->view = GTK_TEXT_VIEW (gtk_text_view_new ());
  f->buffer = gtk_text_view_get_buffer (f->view);
  gtk_window_set_child (f->window, GTK_WIDGET (f->view));
  gtk_window_present (f->window);
  f->engine = tlm_engine_service_new (NULL);
  f->ghost = tlm_ghost_word_new (f->view, f->engine);
}

static void
tear_down (Ghost *f, gconstpointer data)
{
  tlm_ghost_word_free (f->ghost);
  tlm_engine_service_shutdown (f->engine);
  g_object_unref (f->engine);
  gtk_window_destroy (f->window);
}

static gboolean
press (Ghost *f, guint key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (f->view));
  gboolean handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) c = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (c)
          && gtk_event_controller_get_propagation_phase (c) == GTK_PHASE_CAPTURE)
        g_signal_emit_by_name (c, "key-pressed", key, 0, 0, &handled);
    }
  return handled;
}

static void
type (Ghost *f, const char *text)
{
  gtk_text_buffer_set_text (f->buffer, text, -1);
  tlm_ghost_word_update (f->ghost);
}

static char *
dup_text (Ghost *f)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (f->buffer, &start, &end);
  return gtk_text_buffer_get_text (f->buffer, &start, &end, TRUE);
}

/* Nothing comes, although everything that was asked has been answered. */
static void
assert_stays_hidden (Ghost *f)
{
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC / 3;

  while (g_get_monotonic_time () < end)
    wait_a_moment ();
  g_assert_null (tlm_ghost_word_get_rest (f->ghost));
}

static void
test_tab_takes (Ghost *f, gconstpointer data)
{
  g_autofree char *text = NULL;

  type (f, BEGINNING);
  wait_until (tlm_ghost_word_get_rest (f->ghost) != NULL);
  g_assert_cmpstr (tlm_ghost_word_get_rest (f->ghost), ==, "bert");
  g_assert_true (press (f, GDK_KEY_Tab));
  text = dup_text (f);
  g_assert_cmpstr (text, ==, BEGINNING "bert");
  g_assert_null (tlm_ghost_word_get_rest (f->ghost));
  g_assert_false (press (f, GDK_KEY_Tab)); /* an ordinary Tab again */
}

static void
test_escape_leaves (Ghost *f, gconstpointer data)
{
  g_autofree char *text = NULL;

  type (f, BEGINNING);
  wait_until (tlm_ghost_word_get_rest (f->ghost) != NULL);
  g_assert_true (press (f, GDK_KEY_Escape));
  g_assert_null (tlm_ghost_word_get_rest (f->ghost));
  text = dup_text (f);
  g_assert_cmpstr (text, ==, BEGINNING);
  g_assert_false (press (f, GDK_KEY_Escape));
}

static void
test_moving_hides (Ghost *f, gconstpointer data)
{
  GtkTextIter start;

  type (f, BEGINNING);
  wait_until (tlm_ghost_word_get_rest (f->ghost) != NULL);
  gtk_text_buffer_get_start_iter (f->buffer, &start);
  gtk_text_buffer_place_cursor (f->buffer, &start);
  g_assert_null (tlm_ghost_word_get_rest (f->ghost));
  tlm_ghost_word_update (f->ghost); /* a text follows on the line: it would be covered */
  assert_stays_hidden (f);
}

static void
test_nothing_to_say (Ghost *f, gconstpointer data)
{
  type (f, BEGINNING " ");
  assert_stays_hidden (f);
  type (f, BEGINNING "\nQ"); /* one letter is too little */
  assert_stays_hidden (f);
  type (f, "zzqx");
  assert_stays_hidden (f);
}

static GtkWidget *
get_label (Ghost *f)
{
  GtkWidget *label = find_widget (f->view, GTK_TYPE_LABEL, tlm_ghost_word_get_rest (f->ghost));

  g_assert_nonnull (label);
  return label;
}

/* The word goes on to the left there. */
static void
test_right_to_left (Ghost *f, gconstpointer data)
{
  graphene_rect_t label;
  GtkTextIter cursor;
  GdkRectangle place;
  int x;

  type (f, "ירושלים ירושלים ירושלים ירוש");
  wait_until (tlm_ghost_word_get_rest (f->ghost) != NULL);
  gtk_text_buffer_get_end_iter (f->buffer, &cursor);
  gtk_text_view_get_iter_location (f->view, &cursor, &place);
  gtk_text_view_buffer_to_window_coords (f->view, GTK_TEXT_WINDOW_WIDGET, place.x, place.y, &x, NULL);
  wait_until (gtk_widget_compute_bounds (get_label (f), GTK_WIDGET (f->view), &label)
              && label.size.width > 0 && fabs (label.origin.x + label.size.width - x) < 1.5);
}

/* The end of a word that is read against its line is not where the cursor stands. */
static void
test_against_the_line (Ghost *f, gconstpointer data)
{
  type (f, "ירושלים " BEGINNING);
  assert_stays_hidden (f);
}

#define ADD(name, func) g_test_add ("/ui/ghost-word/" name, Ghost, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  ADD ("tab-takes", test_tab_takes);
  ADD ("escape-leaves", test_escape_leaves);
  ADD ("moving-hides", test_moving_hides);
  ADD ("nothing-to-say", test_nothing_to_say);
  ADD ("right-to-left", test_right_to_left);
  ADD ("against-the-line", test_against_the_line);
  return g_test_run ();
}
