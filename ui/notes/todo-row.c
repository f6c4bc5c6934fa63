/* SPDX-License-Identifier: Apache-2.0 */
/* The row follows its item; a tick goes out as the signal "ticked" (the item, whether it is done). */
#include "todo-row.h"

#include "compat/compat.h"
#include "common/dates.h"
#include "common/today.h"

#include <glib/gi18n.h>

struct _TlmTodoRow
{
  AdwBin          parent_instance;
  GtkCheckButton *check;
  GtkLabel       *text_label, *when_label;
  GtkWidget      *note_button;
  GtkLabel       *note_label;
  TlmTodo        *todo; /* NULL while no item is shown */
};

enum
{
  TICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmTodoRow, tlm_todo_row, ADW_TYPE_BIN)

static TlmDay
today (void)
{
  return tlm_day_from_unix (g_get_real_time () / G_USEC_PER_SEC);
}

/* "Ann · Overdue: Fri, 8 May 2026"; "" when neither is named. */
static char *
dup_who_and_when (TlmTodo *todo)
{
  const char *owner = tlm_todo_get_owner (todo);
  g_autofree char *date = tlm_dates_dup_days (tlm_todo_get_due (todo));
  gboolean overdue = !tlm_todo_get_done (todo)
                     && tlm_todo_get_due_on (todo, today ()) == TLM_DUE_OVERDUE;
  g_autofree char *when = NULL;

  /* Translators: a day that went by. */
  when = overdue ? g_strdup_printf (_("Overdue: %s"), date)
                 : g_strdup (date != NULL ? date : tlm_todo_get_due_words (todo));
  if (*owner != '\0' && *when != '\0')
    return g_strdup_printf ("%s · %s", owner, when);
  return g_strdup (*owner != '\0' ? owner : when);
}

static void
update (TlmTodoRow *self)
{
  g_autofree char *when = dup_who_and_when (self->todo);
  PangoAttrList *attributes = pango_attr_list_new ();

  if (tlm_todo_get_done (self->todo))
    pango_attr_list_insert (attributes, pango_attr_strikethrough_new (TRUE));
  gtk_label_set_attributes (self->text_label, attributes);
  pango_attr_list_unref (attributes);
  gtk_label_set_text (self->when_label, when);
  gtk_widget_set_visible (GTK_WIDGET (self->when_label), *when != '\0');
  gtk_check_button_set_active (self->check, tlm_todo_get_done (self->todo));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  tlm_todo_get_text (self->todo), -1);
  tlm_describe (GTK_WIDGET (self->check), when);
}

static void
toggled_cb (TlmTodoRow *self)
{
  gboolean done = gtk_check_button_get_active (self->check);

  if (self->todo != NULL && done != tlm_todo_get_done (self->todo))
    g_signal_emit (self, signals[TICKED], 0, self->todo, done);
}

static void
today_cb (TlmTodoRow *self)
{
  if (self->todo != NULL)
    update (self);
}

/* What a click on the box does, as an action that assistive tools can see. */
static void
tick_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmTodoRow *self = TLM_TODO_ROW (widget);

  gtk_check_button_set_active (self->check, !gtk_check_button_get_active (self->check));
}

/**
 * tlm_todo_row_set_todo:
 * @todo: (nullable): that is shown
 */
void
tlm_todo_row_set_todo (TlmTodoRow *self, TlmTodo *todo)
{
  const char *title;
  g_autofree char *name = NULL;

  if (self->todo != NULL)
    g_signal_handlers_disconnect_by_data (self->todo, self);
  g_set_object (&self->todo, todo);
  if (todo == NULL)
    return;
  title = *tlm_todo_get_note_title (todo) != '\0' ? tlm_todo_get_note_title (todo) : _("Empty note");
  gtk_label_set_text (self->text_label, tlm_todo_get_text (todo));
  gtk_label_set_text (self->note_label, title);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->note_button), "(xs)",
                                    tlm_todo_get_note_id (todo), tlm_todo_get_text (todo));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->note_button), "win.show-item");
  /* Translators: for a screen reader; the name of a note. */
  name = g_strdup_printf (_("Open the note “%s”"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->note_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (todo, "notify::done", G_CALLBACK (update), self);
  update (self);
  tlm_name_list_row (GTK_WIDGET (self), tlm_todo_get_text (todo));
}

static void
tlm_todo_row_dispose (GObject *object)
{
  tlm_todo_row_set_todo (TLM_TODO_ROW (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_TODO_ROW);
  G_OBJECT_CLASS (tlm_todo_row_parent_class)->dispose (object);
}

static void
tlm_todo_row_class_init (TlmTodoRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_todo_row_dispose;
  signals[TICKED] = g_signal_new ("ticked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 2, TLM_TYPE_TODO, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/todo-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmTodoRow, check);
  gtk_widget_class_bind_template_child (widget_class, TlmTodoRow, text_label);
  gtk_widget_class_bind_template_child (widget_class, TlmTodoRow, when_label);
  gtk_widget_class_bind_template_child (widget_class, TlmTodoRow, note_button);
  gtk_widget_class_bind_template_child (widget_class, TlmTodoRow, note_label);
  gtk_widget_class_bind_template_callback (widget_class, toggled_cb);
  gtk_widget_class_install_action (widget_class, "todo.tick", NULL, tick_cb);
}

static void
tlm_todo_row_init (TlmTodoRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tlm_today_watch (self, G_CALLBACK (today_cb));
}
