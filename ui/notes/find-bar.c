/* SPDX-License-Identifier: Apache-2.0 */
/* Find and replace. GtkSourceView searches, in pieces between frames, and marks what it finds; here
 * is only what walks from match to match and says how many there are. The marks go with the bar. */
#include "find-bar.h"

#include "compat/compat.h"

#include <glib/gi18n.h>

struct _TlmFindBar
{
  AdwBin                  parent_instance;
  GtkEditable            *find_entry, *replace_entry;
  GtkWidget              *replace_row;
  GtkLabel               *count_label;
  GtkSourceView          *view;    /* (nullable): not owned, it stands beside the bar */
  GtkSourceSearchContext *context; /* NULL while the bar is closed */
  GCancellable           *walking; /* to the next match */
};

G_DEFINE_FINAL_TYPE (TlmFindBar, tlm_find_bar, ADW_TYPE_BIN)

static GtkTextBuffer *
get_buffer (TlmFindBar *self)
{
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
}

static gboolean
has_words (TlmFindBar *self)
{
  return *gtk_editable_get_text (self->find_entry) != '\0';
}

/* "2 of 7"; the number alone while none of them is selected. */
static char *
dup_count (TlmFindBar *self)
{
  int n = gtk_source_search_context_get_occurrences_count (self->context), i;
  GtkTextIter start, end;

  if (!has_words (self))
    return g_strdup ("");
  if (n < 0)
    return g_strdup (_("Searching…"));
  if (n == 0)
    return g_strdup (_("No matches"));
  gtk_text_buffer_get_selection_bounds (get_buffer (self), &start, &end);
  i = gtk_source_search_context_get_occurrence_position (self->context, &start, &end);
  /* Translators: which match of a search is selected, and how many there are. */
  return i > 0 ? g_strdup_printf (_("%d of %d"), i, n)
               /* Translators: how often the words that are looked for stand in the note. */
               : g_strdup_printf (ngettext ("%d match", "%d matches", (gulong) n), n);
}

static void
update_count (TlmFindBar *self)
{
  g_autofree char *count = self->context != NULL ? dup_count (self) : g_strdup ("");
  int n = self->context != NULL
            ? gtk_source_search_context_get_occurrences_count (self->context) : 0;

  gtk_label_set_text (self->count_label, count);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "find.next", n > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "find.previous", n > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "find.replace", n > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "find.replace-all", n > 0);
}

static void
select_match (TlmFindBar *self, const GtkTextIter *start, const GtkTextIter *end)
{
  gtk_text_buffer_select_range (get_buffer (self), start, end);
  gtk_text_view_scroll_to_mark (GTK_TEXT_VIEW (self->view),
                                gtk_text_buffer_get_insert (get_buffer (self)), 0.15, FALSE, 0, 0);
  update_count (self);
}

static void
walked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmFindBar) self = user_data;
  GtkTextIter start, end;

  if (gtk_source_search_context_forward_finish (GTK_SOURCE_SEARCH_CONTEXT (source), result, &start,
                                                &end, NULL, NULL)
      && self->context != NULL)
    select_match (self, &start, &end);
}

static void
walked_back_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmFindBar) self = user_data;
  GtkTextIter start, end;

  if (gtk_source_search_context_backward_finish (GTK_SOURCE_SEARCH_CONTEXT (source), result, &start,
                                                 &end, NULL, NULL)
      && self->context != NULL)
    select_match (self, &start, &end);
}

static void
stop_walking (TlmFindBar *self)
{
  g_cancellable_cancel (self->walking);
  g_clear_object (&self->walking);
}

/* @from_start: the selected match itself may be the next one */
static void
walk_forward (TlmFindBar *self, gboolean from_start)
{
  GtkTextIter start, end;

  stop_walking (self);
  if (self->context == NULL || !has_words (self))
    return;
  self->walking = g_cancellable_new ();
  gtk_text_buffer_get_selection_bounds (get_buffer (self), &start, &end);
  gtk_source_search_context_forward_async (self->context, from_start ? &start : &end,
                                           self->walking, walked_cb, g_object_ref (self));
}

static void
next_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  walk_forward (TLM_FIND_BAR (widget), FALSE);
}

static void
previous_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmFindBar *self = TLM_FIND_BAR (widget);
  GtkTextIter start;

  stop_walking (self);
  if (self->context == NULL || !has_words (self))
    return;
  self->walking = g_cancellable_new ();
  gtk_text_buffer_get_selection_bounds (get_buffer (self), &start, NULL);
  gtk_source_search_context_backward_async (self->context, &start, self->walking, walked_back_cb,
                                            g_object_ref (self));
}

/* What keys do in the entries; a signal cannot name an action. */
static void
activate_next_cb (TlmFindBar *self)
{
  walk_forward (self, FALSE);
}

static void
activate_previous_cb (TlmFindBar *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "find.previous", NULL);
}

static void
activate_replace_cb (TlmFindBar *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "find.replace", NULL);
}

static void
find_changed_cb (TlmFindBar *self)
{
  if (self->context == NULL)
    return;
  gtk_source_search_settings_set_search_text (
    gtk_source_search_context_get_settings (self->context),
    gtk_editable_get_text (self->find_entry));
  update_count (self);
  walk_forward (self, TRUE);
}

static gboolean
can_replace (TlmFindBar *self)
{
  return self->context != NULL && gtk_text_view_get_editable (GTK_TEXT_VIEW (self->view));
}

/* The selected match; the first press only goes to one. */
static void
replace_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmFindBar *self = TLM_FIND_BAR (widget);
  GtkTextIter start, end;

  if (!can_replace (self))
    return;
  gtk_text_buffer_get_selection_bounds (get_buffer (self), &start, &end);
  if (gtk_source_search_context_get_occurrence_position (self->context, &start, &end) > 0)
    {
      gtk_source_search_context_replace (self->context, &start, &end,
                                         gtk_editable_get_text (self->replace_entry), -1, NULL);
      gtk_text_buffer_place_cursor (get_buffer (self), &end);
    }
  walk_forward (self, TRUE);
}

/* One step to undo, however many there are. */
static void
replace_all_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmFindBar *self = TLM_FIND_BAR (widget);
  g_autofree char *sentence = NULL;
  guint n;

  if (!can_replace (self) || !has_words (self))
    return;
  n = gtk_source_search_context_replace_all (self->context,
                                             gtk_editable_get_text (self->replace_entry), -1, NULL);
  sentence = g_strdup_printf (ngettext ("%u match was replaced.", "%u matches were replaced.", n),
                              n);
  gtk_widget_activate_action (widget, "win.toast", "s", sentence);
  update_count (self);
}

/* What is selected is most likely what is looked for, unless it goes over lines. */
static void
take_selection (TlmFindBar *self)
{
  GtkTextIter start, end;
  g_autofree char *words = NULL;

  if (!gtk_text_buffer_get_selection_bounds (get_buffer (self), &start, &end)
      || gtk_text_iter_get_line (&start) != gtk_text_iter_get_line (&end))
    return;
  words = gtk_text_buffer_get_text (get_buffer (self), &start, &end, TRUE);
  gtk_editable_set_text (self->find_entry, words);
}

/**
 * tlm_find_bar_open:
 * @replace: whether with the entry for what takes the place of a match
 *
 * Takes the focus.
 */
void
tlm_find_bar_open (TlmFindBar *self, gboolean replace)
{
  if (self->context == NULL)
    {
      g_autoptr (GtkSourceSearchSettings) settings = gtk_source_search_settings_new ();

      gtk_source_search_settings_set_wrap_around (settings, TRUE);
      self->context = gtk_source_search_context_new (GTK_SOURCE_BUFFER (get_buffer (self)),
                                                     settings);
      g_signal_connect_swapped (self->context, "notify::occurrences-count",
                                G_CALLBACK (update_count), self);
    }
  take_selection (self);
  gtk_widget_set_visible (self->replace_row, replace);
  gtk_widget_set_visible (adw_bin_get_child (ADW_BIN (self)), TRUE);
  find_changed_cb (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->find_entry));
}

/**
 * tlm_find_bar_close:
 *
 * Gives the focus back to the editor, which keeps the match that was found last selected.
 *
 * Returns: whether it was open
 */
gboolean
tlm_find_bar_close (TlmFindBar *self)
{
  gboolean focused = gtk_widget_get_focus_child (GTK_WIDGET (self)) != NULL;

  if (self->context == NULL)
    return FALSE;
  stop_walking (self);
  g_signal_handlers_disconnect_by_data (self->context, self);
  g_clear_object (&self->context);
  update_count (self);
  gtk_widget_set_visible (adw_bin_get_child (ADW_BIN (self)), FALSE);
  if (focused)
    gtk_widget_grab_focus (GTK_WIDGET (self->view));
  return TRUE;
}

static void
close_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tlm_find_bar_close (TLM_FIND_BAR (widget));
}

/**
 * tlm_find_bar_set_view:
 * @view: in which to find; it must live as long as the bar
 */
void
tlm_find_bar_set_view (TlmFindBar *self, GtkSourceView *view)
{
  self->view = view;
}

static void
tlm_find_bar_dispose (GObject *object)
{
  TlmFindBar *self = TLM_FIND_BAR (object);

  stop_walking (self);
  if (self->context != NULL)
    g_signal_handlers_disconnect_by_data (self->context, self);
  g_clear_object (&self->context);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_FIND_BAR);
  G_OBJECT_CLASS (tlm_find_bar_parent_class)->dispose (object);
}

static void
tlm_find_bar_class_init (TlmFindBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_find_bar_dispose;
  g_type_ensure (TLM_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/find-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmFindBar, find_entry);
  gtk_widget_class_bind_template_child (widget_class, TlmFindBar, replace_entry);
  gtk_widget_class_bind_template_child (widget_class, TlmFindBar, replace_row);
  gtk_widget_class_bind_template_child (widget_class, TlmFindBar, count_label);
  gtk_widget_class_bind_template_callback (widget_class, activate_next_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_replace_cb);
  gtk_widget_class_bind_template_callback (widget_class, find_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, tlm_find_bar_close);
  gtk_widget_class_install_action (widget_class, "find.next", NULL, next_cb);
  gtk_widget_class_install_action (widget_class, "find.previous", NULL, previous_cb);
  gtk_widget_class_install_action (widget_class, "find.replace", NULL, replace_cb);
  gtk_widget_class_install_action (widget_class, "find.replace-all", NULL, replace_all_cb);
  gtk_widget_class_install_action (widget_class, "find.close", NULL, close_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_g, GDK_CONTROL_MASK, "find.next",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_g, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "find.previous", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "find.close", NULL);
}

static void
tlm_find_bar_init (TlmFindBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update_count (self);
}
