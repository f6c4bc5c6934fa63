/* SPDX-License-Identifier: Apache-2.0 */
/* The words that are typed stand anywhere in a note's title. Enter takes the first note that has them, Down
 * goes into the list. */
#include "note-chooser.h"

#include "compat/compat.h"
#include "notes/note.h"

#include <glib/gi18n.h>

struct _TlmNoteChooser
{
  GtkPopover       parent_instance;
  GtkWidget       *entry, *stack, *view;
  GtkStringFilter *filter; /* (transfer none): of the list that is shown */
  GListModel      *shown;
};

G_DEFINE_FINAL_TYPE (TlmNoteChooser, tlm_note_chooser, GTK_TYPE_POPOVER)

static void
choose (TlmNoteChooser *self, guint position)
{
  g_autoptr (TlmNote) note = g_list_model_get_item (self->shown, position);

  if (note == NULL)
    return;
  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (GTK_WIDGET (self), "chat.attach-note", "x", tlm_note_get_id (note));
}

static void
activate_cb (TlmNoteChooser *self, guint position)
{
  choose (self, position);
}

static void
stop_search_cb (TlmNoteChooser *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
}

static void
search_changed_cb (TlmNoteChooser *self)
{
  gtk_string_filter_set_search (self->filter, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

/* It may come before the entry has told of the last words. */
static void
entry_activate_cb (TlmNoteChooser *self)
{
  search_changed_cb (self);
  choose (self, 0);
}

static void
update_empty (TlmNoteChooser *self)
{
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack),
                                    g_list_model_get_n_items (self->shown) > 0 ? "list" : "empty");
}

/* Each time it begins with all notes. */
static void
show_cb (TlmNoteChooser *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_widget_grab_focus (self->entry);
}

static void
setup_cb (TlmNoteChooser *self, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (TlmNoteChooser *self, GtkListItem *item)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  const char *title = tlm_note_get_title (gtk_list_item_get_item (item));

  if (*title == '\0')
    title = _("New Note");
  gtk_label_set_text (GTK_LABEL (label), title);
  tlm_name_list_row (label, title);
}

static void
tlm_note_chooser_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_NOTE_CHOOSER);
  g_clear_object (&TLM_NOTE_CHOOSER (object)->shown);
  G_OBJECT_CLASS (tlm_note_chooser_parent_class)->dispose (object);
}

static void
tlm_note_chooser_class_init (TlmNoteChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_note_chooser_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/note-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmNoteChooser, entry);
  gtk_widget_class_bind_template_child (widget_class, TlmNoteChooser, stack);
  gtk_widget_class_bind_template_child (widget_class, TlmNoteChooser, view);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
}

static void
tlm_note_chooser_init (TlmNoteChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tlm_note_chooser_new:
 * @notes: of TlmNote
 */
GtkWidget *
tlm_note_chooser_new (GListModel *notes)
{
  TlmNoteChooser *self = g_object_new (TLM_TYPE_NOTE_CHOOSER, NULL);
  GtkExpression *title = gtk_property_expression_new (TLM_TYPE_NOTE, NULL, "title");
  GtkFilterListModel *shown;
  g_autoptr (GtkNoSelection) rows = NULL;

  self->filter = gtk_string_filter_new (title);
  shown = gtk_filter_list_model_new (g_object_ref (notes), GTK_FILTER (self->filter));
  self->shown = G_LIST_MODEL (shown);
  rows = gtk_no_selection_new (g_object_ref (self->shown));
  gtk_list_view_set_model (GTK_LIST_VIEW (self->view), GTK_SELECTION_MODEL (rows));
  g_signal_connect_object (shown, "items-changed", G_CALLBACK (update_empty), self, G_CONNECT_SWAPPED);
  update_empty (self);
  return GTK_WIDGET (self);
}
