/* SPDX-License-Identifier: Apache-2.0 */
/* The list of messages as it is looked at. The view follows an answer that grows as long as the reader is
 * at the end, and goes to where it is wanted once the rows there are laid out. */
#include "message-list-private.h"

#include "message-row.h"

#define END_SLACK 24 /* px that still count as "at the end" */

G_DEFINE_FINAL_TYPE (TlmMessageList, tlm_message_list, ADW_TYPE_BIN)

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TlmMessageList *self = TLM_MESSAGE_LIST (widget);

  if (tlm_message_list_get_n_messages (self) > 0 && tlm_message_list_fill_more (self))
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
queue_fill (TlmMessageList *self)
{
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

/* A layout that lowers the end moves a view that was beyond it, and resized_cb() then to where it is
 * wanted: that was not the reader. */
static void
scrolled_cb (TlmMessageList *self)
{
  GtkAdjustment *adjustment = tlm_message_list_get_adjustment (self);
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  double value = gtk_adjustment_get_value (adjustment);

  if (self->wanted >= 0 && value >= end)
    return;
  self->wanted = -1;
  self->at_end = tlm_message_list_get_last (self) == tlm_message_list_get_n_messages (self)
                 && value >= end - END_SLACK;
  queue_fill (self);
}

/* The viewport is in the middle of its layout. It has placed what it holds by the old value, and forgets
 * when it is done that it was asked to place it again. */
static void
move_to (TlmMessageList *self, double value)
{
  GtkWidget *viewport = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (self->scroller));
  GtkWidget *held = gtk_viewport_get_child (GTK_VIEWPORT (viewport));
  GtkAllocation at = { 0, 0, gtk_widget_get_width (held), gtk_widget_get_height (held) };

  gtk_adjustment_set_value (tlm_message_list_get_adjustment (self), value);
  at.y = -(int) gtk_adjustment_get_value (tlm_message_list_get_adjustment (self));
  gtk_widget_size_allocate (held, &at, -1);
}

static void
resized_cb (TlmMessageList *self)
{
  GtkAdjustment *adjustment = tlm_message_list_get_adjustment (self);
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  double wanted = self->wanted;

  self->wanted = -1;
  if (self->at_end)
    move_to (self, end);
  else if (wanted >= 0)
    move_to (self, wanted);
  queue_fill (self);
}

/* What stands before @position keeps its rows. Those in sight come at once, for the keyboard. */
static void
items_changed_cb (TlmMessageList *self, guint position, guint n_removed, guint n_added)
{
  if (position < tlm_message_list_get_last (self))
    tlm_message_list_remove_rows_from (self, MAX (position, self->first) - self->first);
  if (self->rows->len == 0 && self->at_end)
    tlm_message_list_begin_at_end (self);
  else if (self->rows->len == 0 && self->first > position)
    tlm_message_list_begin_at (self, position, (int) position * tlm_message_list_guess_height (self));
  tlm_message_list_fill_view (self);
  queue_fill (self);
}

/**
 * tlm_message_list_set_chat:
 * @chat: (nullable): its messages are shown, from the last one up
 */
void
tlm_message_list_set_chat (TlmMessageList *self, TlmChat *chat)
{
  if (self->chat == chat)
    return;
  if (self->chat != NULL)
    g_signal_handlers_disconnect_by_data (self->chat, self);
  g_clear_object (&self->marked);
  g_set_object (&self->chat, chat);
  self->sum_px = 0;
  self->n_measured = 0;
  if (chat != NULL)
    g_signal_connect_swapped (chat, "items-changed", G_CALLBACK (items_changed_cb), self);
  self->at_end = TRUE;
  tlm_message_list_begin_at_end (self);
  tlm_message_list_fill_view (self);
  queue_fill (self);
}

/**
 * tlm_message_list_follow:
 *
 * Shows the end, and stays there while it grows.
 */
void
tlm_message_list_follow (TlmMessageList *self)
{
  self->at_end = TRUE;
  self->wanted = -1;
  if (tlm_message_list_get_last (self) < tlm_message_list_get_n_messages (self))
    tlm_message_list_begin_at_end (self);
  gtk_widget_queue_resize (self->list);
  queue_fill (self);
}

/**
 * tlm_message_list_stay:
 *
 * Follows no more until the reader goes to the end.
 */
void
tlm_message_list_stay (TlmMessageList *self)
{
  self->at_end = FALSE;
}

static void
mark (TlmMessageList *self, guint position)
{
  g_clear_object (&self->marked);
  self->marked = g_list_model_get_item (G_LIST_MODEL (self->chat), position);
  for (guint i = 0; i < self->rows->len; i++)
    tlm_message_list_update_mark (self, g_array_index (self->rows, TlmMessageListRow, i).widget);
}

/**
 * tlm_message_list_show:
 * @position: of a message, which is brought into sight and marked
 */
void
tlm_message_list_show (TlmMessageList *self, guint position)
{
  GtkAdjustment *adjustment = tlm_message_list_get_adjustment (self);
  GtkWidget *row;
  int y = (int) position * tlm_message_list_guess_height (self);

  mark (self, position);
  self->at_end = FALSE;
  tlm_message_list_begin_at (self, position, y);
  self->wanted = MAX (0, y - gtk_adjustment_get_page_size (adjustment) / 4);
  tlm_message_list_fill_view (self);
  gtk_widget_queue_resize (self->list);
  queue_fill (self);
  row = tlm_message_list_get_row (self, position);
  if (row != NULL)
    gtk_widget_grab_focus (row);
}

/**
 * tlm_message_list_get_row:
 *
 * Returns: (transfer none) (nullable): the row of the message at @position, when it has one
 */
GtkWidget *
tlm_message_list_get_row (TlmMessageList *self, guint position)
{
  if (position < self->first || position >= tlm_message_list_get_last (self))
    return NULL;
  return g_array_index (self->rows, TlmMessageListRow, position - self->first).widget;
}

static void
tlm_message_list_dispose (GObject *object)
{
  TlmMessageList *self = TLM_MESSAGE_LIST (object);

  if (self->list != NULL)
    tlm_message_list_set_chat (self, NULL);
  adw_bin_set_child (ADW_BIN (self), NULL); /* which the template would take away behind its back */
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_MESSAGE_LIST);
  G_OBJECT_CLASS (tlm_message_list_parent_class)->dispose (object);
}

static void
tlm_message_list_finalize (GObject *object)
{
  g_array_unref (TLM_MESSAGE_LIST (object)->rows);
  G_OBJECT_CLASS (tlm_message_list_parent_class)->finalize (object);
}

static void
tlm_message_list_class_init (TlmMessageListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_message_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = tlm_message_list_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/message-list.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmMessageList, scroller);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageList, above);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageList, list);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageList, below);
}

static void
tlm_message_list_init (TlmMessageList *self)
{
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_array_new (FALSE, FALSE, sizeof (TlmMessageListRow));
  self->wanted = -1;
  adjustment = tlm_message_list_get_adjustment (self);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (scrolled_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (resized_cb), self, G_CONNECT_SWAPPED);
}
