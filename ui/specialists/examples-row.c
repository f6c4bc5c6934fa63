/* SPDX-License-Identifier: Apache-2.0 */
/* The row shows labels of a few lines, so that long texts leave room for others; only the row that
 * is changed has an editor. Who leaves the editor keeps what was written, unless Escape took it
 * back. */
#include "examples-row.h"

#include "examples-columns.h"
#include "compat/compat.h"
#include "examples-editor.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_LINES 3

struct _TlmExamplesRow
{
  AdwBin     parent_instance;
  AdwBin    *bin;
  GtkWidget *problem_box, *columns, *editor; /* the last (nullable): NULL but while it is changed */
  GtkLabel  *problem_label, *labels[2];
  char      *texts[2], *names[2];
  gboolean   fixed;
  guint      leaving; /* a source */
};

enum { EDITED, REMOVED, PASTED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmExamplesRow, tlm_examples_row, ADW_TYPE_BIN)

/* ---- changing ---- */

static void
close_editor (TlmExamplesRow *self)
{
  g_clear_handle_id (&self->leaving, g_source_remove);
  g_clear_object (&self->editor);
  adw_bin_set_child (self->bin, self->columns);
}

void
tlm_examples_row_end_edit (TlmExamplesRow *self)
{
  TlmExamplesEditor *editor = (TlmExamplesEditor *) self->editor;
  g_autofree char *input = NULL, *output = NULL;

  if (editor == NULL)
    return;
  input = tlm_examples_editor_dup_input (editor);
  output = tlm_examples_editor_dup_output (editor);
  close_editor (self);
  if (g_strcmp0 (input, self->texts[0]) != 0 || g_strcmp0 (output, self->texts[1]) != 0)
    g_signal_emit (self, signals[EDITED], 0, input, output);
}

/* The list goes on where it was. */
static void
done_cb (TlmExamplesRow *self)
{
  tlm_examples_row_end_edit (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
cancelled_cb (TlmExamplesRow *self)
{
  close_editor (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
pasted_cb (TlmExamplesRow *self, const char *text)
{
  g_signal_emit (self, signals[PASTED], 0, text);
}

static gboolean
leave_cb (gpointer user_data)
{
  TlmExamplesRow *self = user_data;

  self->leaving = 0;
  tlm_examples_row_end_edit (self);
  return G_SOURCE_REMOVE;
}

/* GTK is in the middle of a walk from widget to widget, the editor among them: it goes when that is done, before
 * anything else happens. */
static void
left_cb (TlmExamplesRow *self)
{
  if (self->editor != NULL && self->leaving == 0)
    self->leaving = g_idle_add_full (G_PRIORITY_HIGH, leave_cb, self, NULL);
}

/**
 * tlm_examples_row_edit:
 *
 * Makes the texts editable in their place.
 */
void
tlm_examples_row_edit (TlmExamplesRow *self)
{
  TlmExamplesEditor *editor;
  GtkEventController *focus;

  if (self->editor != NULL)
    return;
  self->editor = g_object_ref_sink (tlm_examples_editor_new ());
  editor = TLM_EXAMPLES_EDITOR (self->editor);
  focus = gtk_event_controller_focus_new ();
  tlm_examples_editor_set (editor, self->texts[0], self->texts[1]);
  tlm_examples_editor_set_names (editor, self->names[0], self->names[1]);
  g_signal_connect_swapped (editor, "done", G_CALLBACK (done_cb), self);
  g_signal_connect_swapped (editor, "cancelled", G_CALLBACK (cancelled_cb), self);
  g_signal_connect_swapped (editor, "pasted", G_CALLBACK (pasted_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (left_cb), self);
  gtk_widget_add_controller (self->editor, focus);
  adw_bin_set_child (self->bin, self->editor);
  if (self->fixed)
    tlm_examples_editor_fix_input (editor);
  tlm_examples_editor_focus (editor, self->fixed
                                         || (*self->texts[0] != '\0' && *self->texts[1] == '\0'));
}

static void
remove_cb (TlmExamplesRow *self)
{
  g_signal_emit (self, signals[REMOVED], 0);
}

/* ---- showing ---- */

static void
show_text (TlmExamplesRow *self, guint i, const char *text)
{
  gboolean empty = text[strspn (text, " \t\n")] == '\0';

  g_free (self->texts[i]);
  self->texts[i] = g_strdup (text);
  /* Translators: stands for a side of an example that nothing is written in. */
  gtk_label_set_text (self->labels[i], empty ? _("empty") : text);
  if (empty)
    gtk_widget_add_css_class (GTK_WIDGET (self->labels[i]), "dim-label");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->labels[i]), "dim-label");
}

/**
 * tlm_examples_row_set:
 * @fixed: the input, a conversation, would lose its turns if it were changed as one text
 * @problem: (nullable): what is wrong with it, a sentence
 */
void
tlm_examples_row_set (TlmExamplesRow *self, const char *input, const char *output,
                      gboolean fixed, const char *problem)
{
  g_autofree char *name = g_strdup_printf ("%s · %s", input, output);

  self->fixed = fixed;
  show_text (self, 0, input);
  show_text (self, 1, output);
  tlm_name_list_row (GTK_WIDGET (self), name);
  gtk_label_set_text (self->problem_label, problem != NULL ? problem : "");
  gtk_widget_set_visible (self->problem_box, problem != NULL);
}

/**
 * tlm_examples_row_set_names:
 * @input: what the columns hold
 */
void
tlm_examples_row_set_names (TlmExamplesRow *self, const char *input, const char *output)
{
  g_free (self->names[0]);
  g_free (self->names[1]);
  self->names[0] = g_strdup (input);
  self->names[1] = g_strdup (output);
}

static GtkWidget *
make_label (GtkLabel **label)
{
  *label = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "yalign", 0.0, "wrap", TRUE, "wrap-mode",
                         PANGO_WRAP_WORD_CHAR, "ellipsize", PANGO_ELLIPSIZE_END, "lines", MAX_LINES,
                         "width-chars", 6, NULL);
  return GTK_WIDGET (*label);
}

static void
tlm_examples_row_dispose (GObject *object)
{
  TlmExamplesRow *self = TLM_EXAMPLES_ROW (object);

  g_clear_handle_id (&self->leaving, g_source_remove);
  g_clear_object (&self->editor);
  g_clear_object (&self->columns);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_EXAMPLES_ROW);
  G_OBJECT_CLASS (tlm_examples_row_parent_class)->dispose (object);
}

static void
tlm_examples_row_finalize (GObject *object)
{
  TlmExamplesRow *self = TLM_EXAMPLES_ROW (object);

  for (guint i = 0; i < 2; i++)
    {
      g_free (self->texts[i]);
      g_free (self->names[i]);
    }
  G_OBJECT_CLASS (tlm_examples_row_parent_class)->finalize (object);
}

static void
tlm_examples_row_class_init (TlmExamplesRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_examples_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = tlm_examples_row_finalize;
  signals[EDITED] = g_signal_new ("edited", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[REMOVED] = g_signal_new ("removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[PASTED] = g_signal_new ("pasted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/examples-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesRow, bin);
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesRow, problem_box);
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesRow, problem_label);
  gtk_widget_class_bind_template_callback (widget_class, tlm_examples_row_edit);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
tlm_examples_row_init (TlmExamplesRow *self)
{
  GtkWidget *input = make_label (&self->labels[0]);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->columns = g_object_ref_sink (g_object_new (TLM_TYPE_EXAMPLES_COLUMNS, NULL));
  tlm_examples_columns_set (TLM_EXAMPLES_COLUMNS (self->columns), input,
                            make_label (&self->labels[1]));
  adw_bin_set_child (self->bin, self->columns);
  tlm_examples_row_set (self, "", "", FALSE, NULL);
  tlm_examples_row_set_names (self, "", "");
}
