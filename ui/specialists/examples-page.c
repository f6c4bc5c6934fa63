/* SPDX-License-Identifier: Apache-2.0 */
/* The table shows the set's rows through a filter. The set is changed at once and tells what is
 * wrong with its rows; what is taken away comes back by the toast's button. */
#include "examples-page.h"

#include "common/toasts.h"
#include "compat/compat.h"
#include "examples-editor.h"
#include "examples-row.h"
#include "examples-templates.h"
#include "examples-words.h"

#include <glib/gi18n.h>

struct _TlmExamplesPage
{
  AdwBin              parent_instance;
  AdwToastOverlay    *toasts;
  GtkLabel           *count_label, *expect_label;
  GtkWidget          *train_button, *problems_child, *more_popover;
  GtkToggleButton    *problems_button;
  GtkLabel           *problems_label;
  GtkEntry           *name_entry;
  TlmExampleTemplate  template; /* of the set */
  TlmExamplesEditor  *composer;
  GtkStack           *stack;
  GtkListView        *list_view;
  GtkCustomFilter    *filter;
  GtkFilterListModel *shown;
  TlmExampleSet      *set; /* (nullable) */
};

enum { TRAIN, REMOVE, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmExamplesPage, tlm_examples_page, ADW_TYPE_BIN)

static void
say (TlmExamplesPage *self, const char *sentence)
{
  adw_toast_overlay_add_toast (self->toasts, tlm_toast_new (sentence));
}

/* ---- what there is, and what is wrong with it ---- */

static gboolean
is_shown (gpointer row, gpointer user_data)
{
  TlmExamplesPage *self = user_data;

  return !gtk_toggle_button_get_active (self->problems_button)
         || tlm_example_row_get_problem (row) != TLM_EXAMPLE_GOOD;
}

static void
filter_cb (TlmExamplesPage *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
update (TlmExamplesPage *self)
{
  guint n = g_list_model_get_n_items (tlm_example_set_get_rows (self->set));
  TlmExamples *examples = tlm_example_set_dup_examples (self->set);
  g_autofree char *count = tlm_examples_dup_count (n), *problems = tlm_examples_dup_problems (self->set);
  g_autofree char *expect = tlm_examples_dup_expectation ((guint) examples->n);

  tlm_examples_free (examples);
  gtk_label_set_text (self->count_label, count);
  gtk_label_set_text (self->expect_label, expect);
  gtk_label_set_text (self->problems_label, problems != NULL ? problems : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->problems_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, problems != NULL ? problems : "", -1);
  gtk_widget_set_visible (self->problems_child, problems != NULL);
  if (problems == NULL)
    gtk_toggle_button_set_active (self->problems_button, FALSE);
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
  filter_cb (self);
}

/* ---- changes of rows ---- */

static void
edited_cb (TlmExamplesRow *widget, const char *input, const char *output, GtkListItem *item)
{
  TlmExamplesPage *self = TLM_EXAMPLES_PAGE (
    gtk_widget_get_ancestor (GTK_WIDGET (widget), TLM_TYPE_EXAMPLES_PAGE));
  TlmExampleRow *row = gtk_list_item_get_item (item);

  if (row != NULL)
    tlm_example_set_edit (self->set, row, input, output);
}

static void
undo_cb (AdwToast *toast, TlmExampleRow *row)
{
  tlm_example_set_restore (g_object_get_data (G_OBJECT (toast), "tlm-set"), row);
}

static void
removed_cb (TlmExamplesRow *widget, GtkListItem *item)
{
  TlmExamplesPage *self = TLM_EXAMPLES_PAGE (
    gtk_widget_get_ancestor (GTK_WIDGET (widget), TLM_TYPE_EXAMPLES_PAGE));
  g_autoptr (TlmExampleRow) row = g_object_ref (gtk_list_item_get_item (item));
  AdwToast *toast = tlm_undo_toast_new (_("The example is removed."));

  g_object_set_data_full (G_OBJECT (toast), "tlm-set", g_object_ref (self->set), g_object_unref);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), g_object_ref (row),
                         (GClosureNotify) (void (*) (void)) g_object_unref, 0);
  tlm_example_set_remove (self->set, row);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* @added: (transfer full) (nullable) */
static void
say_added (TlmExamplesPage *self, TlmExamples *added, const GError *error)
{
  g_autofree char *sentence = added != NULL ? tlm_examples_dup_added (added) : g_strdup (error->message);

  g_clear_pointer (&added, tlm_examples_free);
  say (self, sentence);
}

static void
paste_text (TlmExamplesPage *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  TlmExamples *added = tlm_example_set_paste (self->set, text, &error);

  say_added (self, added, error);
}

static void
clipboard_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmExamplesPage) self = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (self->set == NULL) /* the page was left */
    return;
  if (text != NULL)
    paste_text (self, text);
  else
    say (self, _("There is no text to paste. Copy two columns in a spreadsheet first."));
}

static void
paste_cb (TlmExamplesPage *self)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL, clipboard_cb,
                                 g_object_ref (self));
}

/* The next one can be written at once. */
static void
add_cb (TlmExamplesPage *self)
{
  g_autofree char *input = tlm_examples_editor_dup_input (self->composer);
  g_autofree char *output = tlm_examples_editor_dup_output (self->composer);

  if (*g_strstrip (input) == '\0' || *g_strstrip (output) == '\0')
    {
      tlm_examples_editor_focus (self->composer, *input != '\0');
      return;
    }
  tlm_example_set_append (self->set, input, output, NULL);
  tlm_examples_editor_set (self->composer, "", "");
  tlm_examples_editor_focus (self->composer, FALSE);
}

static void
clear_composer_cb (TlmExamplesPage *self)
{
  tlm_examples_editor_set (self->composer, "", "");
}

/* ---- files ---- */

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmExamplesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  TlmExamples *added = tlm_example_set_import_finish (TLM_EXAMPLE_SET (source), result, &error);

  say_added (self, added, error);
}

/**
 * tlm_examples_page_add_file:
 * @file: of examples, which are added to the set that is shown
 */
void
tlm_examples_page_add_file (TlmExamplesPage *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (path != NULL)
    tlm_example_set_import_async (self->set, path, NULL, imported_cb, g_object_ref (self));
  else
    say (self, _("This file is not on this computer. Copy it here first."));
}

static void
import_file_cb (GFile *file, gpointer user_data)
{
  tlm_examples_page_add_file (user_data, file);
}

static void
import_cb (TlmExamplesPage *self)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  static const char *const suffixes[] = { "jsonl", "json", "csv", "tsv", "tab", "md" };

  gtk_file_filter_set_name (filter, _("Examples"));
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    gtk_file_filter_add_suffix (filter, suffixes[i]);
  tlm_present_open_file (GTK_WIDGET (self), _("Import Examples"), filter, import_file_cb, self);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmExamplesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = tlm_example_set_export_finish (TLM_EXAMPLE_SET (source), result, &error);

  say (self, good ? _("Exported. Anyone who has the file can read it.") : error->message);
}

static void
export_file_cb (GFile *file, gpointer user_data)
{
  TlmExamplesPage *self = user_data;
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    say (self, _("This place is not on this computer. Choose one that is."));
  else if (self->set != NULL)
    tlm_example_set_export_async (self->set, path, NULL, exported_cb, g_object_ref (self));
}

static void
export_cb (TlmExamplesPage *self)
{
  g_autofree char *name = g_strconcat (tlm_example_set_get_name (self->set), ".csv", NULL);

  gtk_popover_popdown (GTK_POPOVER (self->more_popover));
  tlm_present_save_file (GTK_WIDGET (self), _("Export Examples"), name, export_file_cb, self);
}

/* ---- the set ---- */

static void
name_cb (TlmExamplesPage *self)
{
  tlm_example_set_rename (self->set, gtk_editable_get_text (GTK_EDITABLE (self->name_entry)));
  gtk_popover_popdown (GTK_POPOVER (self->more_popover));
}

static void
remove_set_cb (TlmExamplesPage *self)
{
  gtk_popover_popdown (GTK_POPOVER (self->more_popover));
  g_signal_emit (self, signals[REMOVE], 0);
}

static void
train_cb (TlmExamplesPage *self)
{
  g_signal_emit (self, signals[TRAIN], 0);
}

static void
failed_cb (TlmExamplesPage *self, const char *sentence)
{
  say (self, sentence);
}

static void
name_columns (TlmExamplesPage *self)
{
  self->template = tlm_example_templates_find (tlm_example_set_get_kind (self->set));
  tlm_examples_editor_set_names (self->composer, self->template.input, self->template.output);
}

TlmExampleSet *
tlm_examples_page_get_set (TlmExamplesPage *self)
{
  return self->set;
}

#define WRITTEN_INPUT "tlm-written-input"
#define WRITTEN_OUTPUT "tlm-written-output"

/* An example that is half written waits with its set. */
static void
keep_written (TlmExamplesPage *self)
{
  g_object_set_data_full (G_OBJECT (self->set), WRITTEN_INPUT,
                          tlm_examples_editor_dup_input (self->composer), g_free);
  g_object_set_data_full (G_OBJECT (self->set), WRITTEN_OUTPUT,
                          tlm_examples_editor_dup_output (self->composer), g_free);
}

static void
show_written (TlmExamplesPage *self)
{
  const char *input = g_object_get_data (G_OBJECT (self->set), WRITTEN_INPUT);
  const char *output = g_object_get_data (G_OBJECT (self->set), WRITTEN_OUTPUT);

  tlm_examples_editor_set (self->composer, input != NULL ? input : "", output != NULL ? output : "");
}

/**
 * tlm_examples_page_set_set:
 * @set: to be shown
 */
void
tlm_examples_page_set_set (TlmExamplesPage *self, TlmExampleSet *set)
{
  if (self->set != NULL)
    {
      keep_written (self);
      g_signal_handlers_disconnect_by_data (self->set, self);
      g_signal_handlers_disconnect_by_data (tlm_example_set_get_rows (self->set), self);
    }
  g_set_object (&self->set, set);
  gtk_toggle_button_set_active (self->problems_button, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (self->name_entry), tlm_example_set_get_name (set));
  show_written (self);
  name_columns (self);
  gtk_filter_list_model_set_model (self->shown, tlm_example_set_get_rows (set));
  g_signal_connect_object (tlm_example_set_get_rows (set), "items-changed", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (set, "counted", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (set, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  update (self);
}

/* ---- the list ---- */

static void
show_row (GtkListItem *item)
{
  TlmExampleRow *row = gtk_list_item_get_item (item);

  tlm_examples_row_set (TLM_EXAMPLES_ROW (gtk_list_item_get_child (item)),
                        tlm_example_row_get_input (row), tlm_example_row_get_output (row),
                        tlm_example_row_get_turns (row) != NULL,
                        tlm_examples_get_problem (row));
}

/* Delete takes away the row that has the focus, unless a text of it is being written. */
static gboolean
key_cb (TlmExamplesPage *self, guint key, guint code, GdkModifierType modifiers)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *row = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;

  if (key != GDK_KEY_Delete || row == NULL || !TLM_IS_EXAMPLES_ROW (row))
    return FALSE;
  g_signal_emit_by_name (row, "removed");
  return TRUE;
}

static void
setup_cb (TlmExamplesPage *self, GtkListItem *item)
{
  GtkWidget *row = g_object_new (TLM_TYPE_EXAMPLES_ROW, NULL);

  g_signal_connect (row, "edited", G_CALLBACK (edited_cb), item);
  g_signal_connect (row, "removed", G_CALLBACK (removed_cb), item);
  g_signal_connect_object (row, "pasted", G_CALLBACK (paste_text), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (TlmExamplesPage *self, GtkListItem *item)
{
  tlm_examples_row_set_names (TLM_EXAMPLES_ROW (gtk_list_item_get_child (item)),
                              self->template.input, self->template.output);
  g_signal_connect_swapped (gtk_list_item_get_item (item), "notify", G_CALLBACK (show_row), item);
  show_row (item);
}

static void
unbind_cb (TlmExamplesPage *self, GtkListItem *item)
{
  tlm_examples_row_end_edit (TLM_EXAMPLES_ROW (gtk_list_item_get_child (item)));
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (item), item);
}

/* Enter on a row changes it. */
static void
activate_cb (TlmExamplesPage *self, guint position)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))));
  GtkWidget *row = focus;

  while (row != NULL && !TLM_IS_EXAMPLES_ROW (row))
    row = gtk_widget_get_first_child (row);
  if (row != NULL)
    tlm_examples_row_edit (TLM_EXAMPLES_ROW (row));
}

static void
tlm_examples_page_dispose (GObject *object)
{
  TlmExamplesPage *self = TLM_EXAMPLES_PAGE (object);

  adw_bin_set_child (ADW_BIN (self), NULL); /* bound, so the template would take it from the bin */
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_EXAMPLES_PAGE);
  g_clear_object (&self->shown);
  g_clear_object (&self->set);
  G_OBJECT_CLASS (tlm_examples_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesPage, count_label);
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesPage, expect_label);
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesPage, train_button);
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesPage, problems_child);
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesPage, problems_button);
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesPage, problems_label);
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesPage, more_popover);
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesPage, name_entry);
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesPage, composer);
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TlmExamplesPage, list_view);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, export_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_cb);
  gtk_widget_class_bind_template_callback (widget_class, import_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_cb);
  gtk_widget_class_bind_template_callback (widget_class, paste_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_set_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, train_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
}

static void
tlm_examples_page_class_init (TlmExamplesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_examples_page_dispose;
  g_type_ensure (TLM_TYPE_EXAMPLES_EDITOR);
  signals[TRAIN] = g_signal_new ("train", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 0);
  signals[REMOVE] = g_signal_new ("remove", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  g_type_ensure (TLM_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/examples-page.ui");
  bind_template (widget_class);
}

static void
tlm_examples_page_init (TlmExamplesPage *self)
{
  g_autoptr (GtkNoSelection) selection = NULL;
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  tlm_mend_toasts (self->toasts);
  tlm_examples_editor_show_headings (self->composer);
  self->filter = gtk_custom_filter_new (is_shown, self, NULL);
  self->shown = gtk_filter_list_model_new (NULL, GTK_FILTER (self->filter));
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->shown)));
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list_view), keys);
  g_signal_connect_swapped (self->list_view, "activate", G_CALLBACK (activate_cb), self);
  g_signal_connect_swapped (self->composer, "done", G_CALLBACK (add_cb), self);
  g_signal_connect_swapped (self->composer, "cancelled", G_CALLBACK (clear_composer_cb), self);
  g_signal_connect_swapped (self->composer, "pasted", G_CALLBACK (paste_text), self);
}
