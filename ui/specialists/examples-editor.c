/* SPDX-License-Identifier: Apache-2.0 */
/* Two text views in the columns of the table. Enter keeps and Escape takes back, as in a
 * spreadsheet; Shift+Enter begins a line, and Tab goes from one to the other. Rows copied from a
 * spreadsheet are not text for one cell: they are handed to whoever owns the table. */
#include "examples-editor.h"

#include "examples-columns.h"
#include "specialists/examples.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_HEIGHT 160

struct _TlmExamplesEditor
{
  AdwBin       parent_instance;
  GtkTextView *views[2];    /* input, output */
  GtkWidget   *headings[2]; /* over them, unless hidden */
  gboolean     composing;   /* by an input method: Enter is its own then */
};

enum { DONE, CANCELLED, PASTED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmExamplesEditor, tlm_examples_editor, ADW_TYPE_BIN)

static char *
dup_text (GtkTextView *view)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

char *
tlm_examples_editor_dup_input (TlmExamplesEditor *self)
{
  return dup_text (self->views[0]);
}

char *
tlm_examples_editor_dup_output (TlmExamplesEditor *self)
{
  return dup_text (self->views[1]);
}

void
tlm_examples_editor_set (TlmExamplesEditor *self, const char *input, const char *output)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->views[0]), input, -1);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->views[1]), output, -1);
}

/**
 * tlm_examples_editor_set_names:
 * @input: what the columns hold, for a screen reader and for the headings
 */
void
tlm_examples_editor_set_names (TlmExamplesEditor *self, const char *input, const char *output)
{
  const char *names[] = { input, output };

  for (int i = 0; i < 2; i++)
    {
      gtk_label_set_text (GTK_LABEL (self->headings[i]), names[i]);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->views[i]),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, names[i], -1);
    }
}

/**
 * tlm_examples_editor_show_headings:
 *
 * Each stands over its own text, whether they are side by side or not.
 */
void
tlm_examples_editor_show_headings (TlmExamplesEditor *self)
{
  gtk_widget_set_visible (self->headings[0], TRUE);
  gtk_widget_set_visible (self->headings[1], TRUE);
}

/**
 * tlm_examples_editor_fix_input:
 *
 * The input can be read and copied, but not changed.
 */
void
tlm_examples_editor_fix_input (TlmExamplesEditor *self)
{
  gtk_text_view_set_editable (self->views[0], FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->views[0]),
                                  GTK_ACCESSIBLE_PROPERTY_READ_ONLY, TRUE, -1);
}

void
tlm_examples_editor_focus (TlmExamplesEditor *self, gboolean output)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->views[output ? 1 : 0]));
}

static gboolean
key_cb (TlmExamplesEditor *self, guint key, guint code, GdkModifierType modifiers)
{
  gboolean enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter;

  if (self->composing)
    return FALSE;
  if (key == GDK_KEY_Escape)
    g_signal_emit (self, signals[CANCELLED], 0);
  else if (enter && (modifiers & GDK_SHIFT_MASK) == 0)
    g_signal_emit (self, signals[DONE], 0);
  else
    return FALSE;
  return TRUE;
}

static void
preedit_cb (TlmExamplesEditor *self, const char *preedit)
{
  self->composing = *preedit != '\0';
}

/* ---- pasting ---- */

/* A paragraph may have a tab too. */
static gboolean
is_table (const char *text)
{
  TlmExamples *rows = strchr (text, '\t') != NULL ? tlm_examples_read (text, ".tsv", NULL) : NULL;
  gboolean found = rows != NULL && rows->n > 0;

  tlm_examples_free (rows);
  return found;
}

static void
clipboard_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkTextView) view = user_data;
  GtkWidget *self = gtk_widget_get_ancestor (GTK_WIDGET (view), TLM_TYPE_EXAMPLES_EDITOR);
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  gboolean editable = gtk_text_view_get_editable (view);

  if (text == NULL || self == NULL)
    return;
  if (is_table (text))
    g_signal_emit (self, signals[PASTED], 0, text);
  else
    {
      gtk_text_buffer_begin_user_action (buffer);
      gtk_text_buffer_delete_selection (buffer, TRUE, editable);
      gtk_text_buffer_insert_interactive_at_cursor (buffer, text, -1, editable);
      gtk_text_buffer_end_user_action (buffer);
    }
}

/* In place of the view's own. */
static void
paste_cb (GtkTextView *view)
{
  g_signal_stop_emission_by_name (view, "paste-clipboard");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (view)), NULL,
                                 clipboard_read_cb, g_object_ref (view));
}

/* ---- the widget ---- */

static GtkWidget *
make_view (TlmExamplesEditor *self, GtkTextView **view)
{
  GtkWidget *window = gtk_scrolled_window_new ();

  *view = GTK_TEXT_VIEW (gtk_text_view_new ());
  gtk_text_view_set_wrap_mode (*view, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (*view, FALSE);
  g_signal_connect (*view, "paste-clipboard", G_CALLBACK (paste_cb), NULL);
  g_signal_connect_swapped (*view, "preedit-changed", G_CALLBACK (preedit_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (window), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (window), MAX_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), GTK_WIDGET (*view));
  gtk_widget_set_vexpand (window, TRUE);
  gtk_widget_add_css_class (window, "example-cell");
  return window;
}

static GtkWidget *
make_cell (TlmExamplesEditor *self, int i)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  self->headings[i] = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "visible", FALSE,
                                    "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  gtk_widget_add_css_class (self->headings[i], "caption-heading");
  gtk_box_append (GTK_BOX (box), self->headings[i]);
  gtk_box_append (GTK_BOX (box), make_view (self, &self->views[i]));
  return box;
}

GtkWidget *
tlm_examples_editor_new (void)
{
  return g_object_new (TLM_TYPE_EXAMPLES_EDITOR, NULL);
}

static void
tlm_examples_editor_class_init (TlmExamplesEditorClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  signals[DONE] = g_signal_new ("done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  signals[CANCELLED] = g_signal_new ("cancelled", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  signals[PASTED] = g_signal_new ("pasted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tlm_examples_editor_init (TlmExamplesEditor *self)
{
  GtkWidget *columns = g_object_new (TLM_TYPE_EXAMPLES_COLUMNS, NULL);
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkWidget *input = make_cell (self, 0);

  tlm_examples_columns_set (TLM_EXAMPLES_COLUMNS (columns), input, make_cell (self, 1));
  adw_bin_set_child (ADW_BIN (self), columns);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
