/* SPDX-License-Identifier: Apache-2.0 */
/* Only the messages near the viewport have rows, so that a chat of ten thousand costs what a few
 * screens of it cost. Above and below the rows are two spaces, as high as the other messages are
 * thought to be. A row that comes in above takes its own height from the space there, so what is in
 * sight stays where it is. Rows come and go between two frames, as many as part of a frame allows.
 * The view follows an answer that grows as long as the reader is at the end. */
#include "message-list.h"

#include "message-row.h"

#define END_SLACK 24       /* px that still count as "at the end" */
#define PAGES_AHEAD 1      /* that have rows on either side of the view, for a flick to meet */
#define PAGES_KEPT 1.5     /* beyond them rows go: one that comes in above restyles all below it */
#define PAGES_JUMPED 3     /* without rows, after which they begin anew instead of catching up */
#define FILL_US 4000       /* of a frame's 16,667; the rest is for laying out and drawing */
#define FIRST_GUESS 120    /* px of a message, before one was measured */
#define MIN_GUESS 40       /* px: no row is lower */
#define FIRST_PAGE 600     /* px of the view, before it was laid out */

/* A row and the height that the spaces were reckoned with. */
typedef struct
{
  GtkWidget *widget;
  int        height;
} Row;

struct _TlmMessageList
{
  AdwBin      parent_instance;
  GtkWidget  *scroller;
  GtkWidget  *above, *list, *below;
  TlmChat    *chat;
  GArray     *rows;        /* of Row: the messages from first on */
  guint       first;
  int         above_px;
  gint64      sum_px;      /* of rows that were measured, and how many: */
  guint       n_measured;
  TlmMessage *marked;
  gboolean    at_end;
  double      wanted;      /* where the view is to be after the next layout; < 0: where it is */
  guint       tick;
};

G_DEFINE_FINAL_TYPE (TlmMessageList, tlm_message_list, ADW_TYPE_BIN)

static GtkAdjustment *
get_adjustment (TlmMessageList *self)
{
  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
}

static guint
get_n_messages (TlmMessageList *self)
{
  return self->chat != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->chat)) : 0;
}

/* The message after the last that has a row. */
static guint
get_last (TlmMessageList *self)
{
  return self->first + self->rows->len;
}

static Row *
get_row (TlmMessageList *self, guint i)
{
  return &g_array_index (self->rows, Row, i);
}

static int
guess_height (TlmMessageList *self)
{
  return self->n_measured > 0 ? (int) (self->sum_px / self->n_measured) : FIRST_GUESS;
}

static int
sum_heights (TlmMessageList *self)
{
  int sum = 0;

  for (guint i = 0; i < self->rows->len; i++)
    sum += get_row (self, i)->height;
  return sum;
}

/* ---- Rows ---- */

static void
update_mark (TlmMessageList *self, GtkWidget *widget)
{
  if (tlm_message_row_get_message (TLM_MESSAGE_ROW (widget)) == self->marked)
    gtk_widget_add_css_class (widget, "marked");
  else
    gtk_widget_remove_css_class (widget, "marked");
}

static int
insert_row (TlmMessageList *self, guint i)
{
  g_autoptr (TlmMessage) message = g_list_model_get_item (G_LIST_MODEL (self->chat),
                                                          self->first + i);
  Row row = { tlm_message_row_new (message), 0 };
  int width = gtk_widget_get_width (self->list);

  update_mark (self, row.widget);
  gtk_list_box_insert (GTK_LIST_BOX (self->list), row.widget, (int) i);
  /* As GtkListBox will: the least for its width. */
  gtk_widget_measure (row.widget, GTK_ORIENTATION_VERTICAL, width > 0 ? width : -1, &row.height,
                      NULL, NULL, NULL);
  g_array_insert_val (self->rows, i, row);
  self->sum_px += row.height;
  self->n_measured++;
  return row.height;
}

/* The keyboard does not fall out of the page with a row that had it. */
static void
remove_row (TlmMessageList *self, guint i)
{
  GtkWidget *widget = get_row (self, i)->widget;

  if (gtk_widget_get_focus_child (self->list) == widget)
    gtk_widget_grab_focus (self->scroller);
  gtk_list_box_remove (GTK_LIST_BOX (self->list), widget);
  g_array_remove_index (self->rows, i);
}

static void
remove_rows_from (TlmMessageList *self, guint i)
{
  while (self->rows->len > i)
    remove_row (self, self->rows->len - 1);
}

/* A height may differ from what was measured, since code is laid out a moment later, and it changes
 * with the width. What has changed above the view moves nothing in it. */
static void
take_real_heights (TlmMessageList *self)
{
  double value = gtk_adjustment_get_value (get_adjustment (self));
  int y = self->above_px, shift = 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = get_row (self, i);
      int height = gtk_widget_get_height (row->widget);

      y += row->height;
      if (height == 0 || height == row->height)
        continue;
      if (y <= value)
        shift += height - row->height;
      row->height = height;
    }
  self->above_px -= shift;
}

/* ---- Filling ---- */

typedef struct
{
  double value, page;
} View;

/* What is in sight, once the rows are laid out. */
static View
get_view (TlmMessageList *self)
{
  double laid_out = gtk_adjustment_get_page_size (get_adjustment (self));
  double page = laid_out > 0 ? laid_out : FIRST_PAGE;
  double below = (double) (get_n_messages (self) - get_last (self)) * guess_height (self);
  double end = self->above_px + sum_heights (self) + below - page;

  if (self->at_end)
    return (View) { end, page };
  return (View) { self->wanted >= 0 ? self->wanted
                                    : gtk_adjustment_get_value (get_adjustment (self)), page };
}

/* No row is left; the next ones are made around the message at @position, which stands at @y. */
static void
begin_at (TlmMessageList *self, guint position, int y)
{
  remove_rows_from (self, 0);
  self->first = position;
  self->above_px = y;
}

static void
begin_at_end (TlmMessageList *self)
{
  guint n = get_n_messages (self);

  begin_at (self, n, (int) n * guess_height (self));
}

/* The scroll bar was drawn, or a key pressed, to where there are no rows. */
static void
jump (TlmMessageList *self)
{
  View view = get_view (self);
  double top = self->above_px, bottom = top + sum_heights (self);
  double position;

  if (view.value <= bottom + PAGES_JUMPED * view.page
      && view.value + view.page >= top - PAGES_JUMPED * view.page)
    return;
  position = view.value < top ? view.value / MAX (top / MAX (self->first, 1), 1)
                              : get_last (self) + (view.value - bottom) / guess_height (self);
  begin_at (self, (guint) CLAMP (position, 0, get_n_messages (self) - 1), (int) view.value);
}

/* Returns: whether a row was still to be made */
static gboolean
add_one (TlmMessageList *self, double pages_ahead)
{
  View view = get_view (self);
  double ahead = pages_ahead * view.page;

  if (self->first > 0 && self->above_px > view.value - ahead)
    {
      self->first--;
      self->above_px -= insert_row (self, 0);
      return TRUE;
    }
  if (get_last (self) == get_n_messages (self)
      || self->above_px + sum_heights (self) > view.value + view.page + ahead)
    return FALSE;
  insert_row (self, self->rows->len);
  return TRUE;
}

static void
drop_far_rows (TlmMessageList *self)
{
  View view = get_view (self);
  double kept = PAGES_KEPT * view.page;

  while (self->rows->len > 1 && self->above_px + get_row (self, 0)->height < view.value - kept)
    {
      self->above_px += get_row (self, 0)->height;
      remove_row (self, 0);
      self->first++;
    }
  while (self->rows->len > 1
         && self->above_px + sum_heights (self) - get_row (self, self->rows->len - 1)->height
              > view.value + view.page + kept)
    remove_row (self, self->rows->len - 1);
}

/* The space above is guessed: it may be used up too early, or be left over at the first message. */
static void
set_spaces (TlmMessageList *self)
{
  int n_below = (int) (get_n_messages (self) - get_last (self));
  int right = self->above_px;
  double value = get_view (self).value;

  if (self->first == 0)
    right = 0;
  else if (right < (int) self->first * MIN_GUESS)
    right = (int) self->first * guess_height (self);
  if (right != self->above_px && !self->at_end)
    self->wanted = MAX (value + right - self->above_px, 0);
  self->above_px = right;
  gtk_widget_set_size_request (self->above, -1, right);
  gtk_widget_set_size_request (self->below, -1, n_below * guess_height (self));
}

/* What is in sight, at once: for the first frame, and for the keyboard. */
static void
fill_view (TlmMessageList *self)
{
  if (get_n_messages (self) == 0)
    return;
  take_real_heights (self);
  jump (self);
  while (add_one (self, 0))
    ;
  set_spaces (self);
}

/* What is near, as far as the time allows. Returns: whether there is more to do */
static gboolean
fill_more (TlmMessageList *self)
{
  gint64 end = g_get_monotonic_time () + FILL_US;
  gboolean more = TRUE;

  fill_view (self);
  while (g_get_monotonic_time () < end && (more = add_one (self, PAGES_AHEAD)))
    ;
  drop_far_rows (self);
  set_spaces (self);
  return more;
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TlmMessageList *self = TLM_MESSAGE_LIST (widget);

  if (get_n_messages (self) > 0 && fill_more (self))
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

/* ---- What changes ---- */

/* A layout that lowers the end moves a view that was beyond it, and resized_cb() then to where it is
 * wanted: that was not the reader. */
static void
scrolled_cb (TlmMessageList *self)
{
  GtkAdjustment *adjustment = get_adjustment (self);
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  double value = gtk_adjustment_get_value (adjustment);

  if (self->wanted >= 0 && value >= end)
    return;
  self->wanted = -1;
  self->at_end = get_last (self) == get_n_messages (self) && value >= end - END_SLACK;
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

  gtk_adjustment_set_value (get_adjustment (self), value);
  at.y = -(int) gtk_adjustment_get_value (get_adjustment (self));
  gtk_widget_size_allocate (held, &at, -1);
}

static void
resized_cb (TlmMessageList *self)
{
  GtkAdjustment *adjustment = get_adjustment (self);
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
  if (position < get_last (self))
    remove_rows_from (self, MAX (position, self->first) - self->first);
  if (self->rows->len == 0 && self->at_end)
    begin_at_end (self);
  else if (self->rows->len == 0 && self->first > position)
    begin_at (self, position, (int) position * guess_height (self));
  fill_view (self);
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
  begin_at_end (self);
  fill_view (self);
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
  if (get_last (self) < get_n_messages (self))
    begin_at_end (self);
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
    update_mark (self, get_row (self, i)->widget);
}

/**
 * tlm_message_list_show:
 * @position: of a message, which is brought into sight and marked
 */
void
tlm_message_list_show (TlmMessageList *self, guint position)
{
  GtkWidget *row;
  int y = (int) position * guess_height (self);

  mark (self, position);
  self->at_end = FALSE;
  begin_at (self, position, y);
  self->wanted = MAX (0, y - gtk_adjustment_get_page_size (get_adjustment (self)) / 4);
  fill_view (self);
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
  if (position < self->first || position >= get_last (self))
    return NULL;
  return get_row (self, position - self->first)->widget;
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
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  self->wanted = -1;
  g_signal_connect_object (get_adjustment (self), "value-changed", G_CALLBACK (scrolled_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_adjustment (self), "changed", G_CALLBACK (resized_cb), self,
                           G_CONNECT_SWAPPED);
}
