/* SPDX-License-Identifier: Apache-2.0 */
/* The answer is corrected here, in view of the text that it answers. A new set is made when its
 * first example is kept; a set of the answer's own kind is offered first. */
#include "teach-page.h"

#include <glib/gi18n.h>

struct _TlmTeachPage
{
  AdwPreferencesPage parent_instance;
  GtkTextView       *input_view, *output_view;
  AdwComboRow       *set_row;
  GtkEditable       *name_row;
  GtkButton         *keep_button;

  TlmExampleSets    *sets;
  char              *kind;
  TlmExampleSource   source;
};

G_DEFINE_FINAL_TYPE (TlmTeachPage, tlm_teach_page, ADW_TYPE_PREFERENCES_PAGE)

static char *
dup_text (GtkTextView *view)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, TRUE));
}

/* (transfer full) (nullable): NULL when it is to be a new one, which is listed behind all others */
static TlmExampleSet *
get_set (TlmTeachPage *self)
{
  return g_list_model_get_item (tlm_example_sets_get_list (self->sets),
                                adw_combo_row_get_selected (self->set_row));
}

static void
changed_cb (TlmTeachPage *self)
{
  g_autofree char *input = dup_text (self->input_view), *output = dup_text (self->output_view);
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->name_row)));
  g_autoptr (TlmExampleSet) set = get_set (self);

  gtk_widget_set_visible (GTK_WIDGET (self->name_row), set == NULL);
  gtk_button_set_label (self->keep_button, _("_Keep as an Example"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->keep_button), *input != '\0' && *output != '\0'
                                                              && (set != NULL || *name != '\0'));
}

static const char *
get_new_name (const char *kind)
{
  if (g_str_equal (kind, "title"))
    return _("My Titles");
  if (g_str_equal (kind, "tags"))
    return _("My Tags");
  if (g_str_equal (kind, "fields"))
    return _("My Action Items");
  return _("My Answers");
}

/* Of the sets' names, with the new one at the end. @chosen: what is selected; G_MAXUINT: the first of the
 * kind */
static void
list_sets (TlmTeachPage *self, guint chosen)
{
  GListModel *list = tlm_example_sets_get_list (self->sets);
  guint n = g_list_model_get_n_items (list);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TlmExampleSet) set = g_list_model_get_item (list, i);

      gtk_string_list_append (names, tlm_example_set_get_name (set));
      if (chosen == G_MAXUINT && g_str_equal (tlm_example_set_get_kind (set), self->kind))
        chosen = i;
    }
  gtk_string_list_append (names, _("A New Set"));
  g_signal_handlers_block_by_func (self->set_row, changed_cb, self); /* the first is selected meanwhile */
  adw_combo_row_set_model (self->set_row, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->set_row, MIN (chosen, n));
  g_signal_handlers_unblock_by_func (self->set_row, changed_cb, self);
}

/* The one that was chosen stays so, unless it is gone. */
static void
sets_changed_cb (TlmTeachPage *self, guint position, guint removed, guint added)
{
  guint chosen = adw_combo_row_get_selected (self->set_row);

  if (chosen >= position + removed)
    chosen += added - removed;
  else if (chosen >= position && added != removed)
    chosen = G_MAXUINT;
  list_sets (self, chosen);
  if (chosen == G_MAXUINT)
    changed_cb (self);
}

static void
keep_cb (TlmTeachPage *self)
{
  g_autofree char *input = dup_text (self->input_view), *output = dup_text (self->output_view);
  g_autoptr (TlmExampleSet) set = get_set (self);
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->name_row)));
  guint place = adw_combo_row_get_selected (self->set_row);

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->keep_button)))
    return;
  if (set == NULL)
    {
      set = g_object_ref (tlm_example_sets_add (self->sets, name, self->kind));
      g_list_store_find (G_LIST_STORE (tlm_example_sets_get_list (self->sets)), set, &place);
    }
  tlm_example_set_append (set, input, output, &self->source);
  adw_combo_row_set_selected (self->set_row, place);
  /* Translators: an example that was kept. */
  gtk_button_set_label (self->keep_button, _("Kept"));
  gtk_widget_grab_focus (GTK_WIDGET (self->output_view)); /* from the button, which is greyed out */
  gtk_widget_set_sensitive (GTK_WIDGET (self->keep_button), FALSE);
}

static void
set_text (TlmTeachPage *self, GtkTextView *view, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);

  gtk_text_buffer_set_text (buffer, text, -1);
  g_signal_connect_object (buffer, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
}

/**
 * tlm_teach_page_new:
 * @sets: where it is kept
 * @input: the text that was answered
 * @output: the answer as it was
 * @source: what it was an answer about
 *
 * Returns: (transfer floating): the page, for tlm_present_preferences()
 */
GtkWidget *
tlm_teach_page_new (TlmExampleSets *sets, const char *kind, const char *input, const char *output,
                    const TlmExampleSource *source)
{
  TlmTeachPage *self = g_object_new (TLM_TYPE_TEACH_PAGE, NULL);

  self->sets = g_object_ref (sets);
  self->kind = g_strdup (kind);
  self->source = *source;
  set_text (self, self->input_view, input);
  set_text (self, self->output_view, output);
  list_sets (self, G_MAXUINT);
  g_signal_connect_object (tlm_example_sets_get_list (sets), "items-changed",
                           G_CALLBACK (sets_changed_cb), self, G_CONNECT_SWAPPED);
  gtk_editable_set_text (self->name_row, get_new_name (kind));
  g_signal_connect_object (self->set_row, "notify::selected", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->name_row, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  changed_cb (self);
  return GTK_WIDGET (self);
}

static void
tlm_teach_page_dispose (GObject *object)
{
  TlmTeachPage *self = TLM_TEACH_PAGE (object);

  g_clear_object (&self->sets);
  g_clear_pointer (&self->kind, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_TEACH_PAGE);
  G_OBJECT_CLASS (tlm_teach_page_parent_class)->dispose (object);
}

static void
tlm_teach_page_class_init (TlmTeachPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_teach_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/teach-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmTeachPage, input_view);
  gtk_widget_class_bind_template_child (widget_class, TlmTeachPage, output_view);
  gtk_widget_class_bind_template_child (widget_class, TlmTeachPage, set_row);
  gtk_widget_class_bind_template_child (widget_class, TlmTeachPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, TlmTeachPage, keep_button);
  gtk_widget_class_bind_template_callback (widget_class, keep_cb);
}

static void
tlm_teach_page_init (TlmTeachPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
