/* SPDX-License-Identifier: Apache-2.0 */
/* Only the messages near the viewport have rows, so that a chat of ten thousand costs what a few
 * screens of it cost. Above and below the rows are two spaces, as high as the other messages are
 * thought to be. A row that comes in above takes its own height from the space there, so what is in
 * sight stays where it is. Rows come and go between two frames, as many as part of a frame allows. */
#include "message-list-private.h"

#include "message-row.h"

#define PAGES_AHEAD 1      /* that have rows on either side of the view, for a flick to meet */
#define PAGES_KEPT 1.5     /* beyond them rows go: one that comes in above restyles all below it */
#define PAGES_JUMPED 3     /* without rows, after which they begin anew instead of catching up */
#define FILL_US 4000       /* of a frame's 16,667; the rest is for laying out and drawing */
#define FIRST_GUESS 120    /* px of a message, before one was measured */
#define MIN_GUESS 40       /* px: no row is lower */
#define FIRST_PAGE 600     /* px of the view, before it was laid out */

/**
 * tlm_message_list_get_adjustment:
 *
 * Returns: (transfer none): of the view
 */
GtkAdjustment *
tlm_message_list_get_adjustment (TlmMessageList *self)
{
  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
}

/**
 * tlm_message_list_get_n_messages:
 *
 * Returns: how many there are to show
 */
guint
tlm_message_list_get_n_messages (TlmMessageList *self)
{
  return self->chat != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->chat)) : 0;
}

/**
 * tlm_message_list_get_last:
 *
 * Returns: the message after the last that has a row
 */
guint
tlm_message_list_get_last (TlmMessageList *self)
{
  return self->first + self->rows->len;
}

static TlmMessageListRow *
get_row (TlmMessageList *self, guint i)
{
  return &g_array_index (self->rows, TlmMessageListRow, i);
}

/**
 * tlm_message_list_guess_height:
 *
 * Returns: px of a message that has no row
 */
int
tlm_message_list_guess_height (TlmMessageList *self)
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

/**
 * tlm_message_list_update_mark:
 * @widget: a row
 */
void
tlm_message_list_update_mark (TlmMessageList *self, GtkWidget *widget)
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
  TlmMessageListRow row = { tlm_message_row_new (message), 0 };
  int width = gtk_widget_get_width (self->list);

  tlm_message_list_update_mark (self, row.widget);
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

/**
 * tlm_message_list_remove_rows_from:
 * @i: of the rows that there are
 */
void
tlm_message_list_remove_rows_from (TlmMessageList *self, guint i)
{
  while (self->rows->len > i)
    remove_row (self, self->rows->len - 1);
}

/* A height may differ from what was measured, since code is laid out a moment later, and it changes
 * with the width. What has changed above the view moves nothing in it. */
static void
take_real_heights (TlmMessageList *self)
{
  double value = gtk_adjustment_get_value (tlm_message_list_get_adjustment (self));
  int y = self->above_px, shift = 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      TlmMessageListRow *row = get_row (self, i);
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
  GtkAdjustment *adjustment = tlm_message_list_get_adjustment (self);
  double laid_out = gtk_adjustment_get_page_size (adjustment);
  double page = laid_out > 0 ? laid_out : FIRST_PAGE;
  guint n_below = tlm_message_list_get_n_messages (self) - tlm_message_list_get_last (self);
  double below = (double) n_below * tlm_message_list_guess_height (self);
  double end = self->above_px + sum_heights (self) + below - page;

  if (self->at_end)
    return (View) { end, page };
  return (View) { self->wanted >= 0 ? self->wanted : gtk_adjustment_get_value (adjustment), page };
}

/**
 * tlm_message_list_begin_at:
 * @position: of the message around which the next rows are made; none is left
 * @y: where it stands
 */
void
tlm_message_list_begin_at (TlmMessageList *self, guint position, int y)
{
  tlm_message_list_remove_rows_from (self, 0);
  self->first = position;
  self->above_px = y;
}

/**
 * tlm_message_list_begin_at_end:
 *
 * As it, behind the last message.
 */
void
tlm_message_list_begin_at_end (TlmMessageList *self)
{
  guint n = tlm_message_list_get_n_messages (self);

  tlm_message_list_begin_at (self, n, (int) n * tlm_message_list_guess_height (self));
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
                              : tlm_message_list_get_last (self)
                                  + (view.value - bottom) / tlm_message_list_guess_height (self);
  position = CLAMP (position, 0, tlm_message_list_get_n_messages (self) - 1);
  tlm_message_list_begin_at (self, (guint) position, (int) view.value);
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
  if (tlm_message_list_get_last (self) == tlm_message_list_get_n_messages (self)
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
  int n_below = (int) (tlm_message_list_get_n_messages (self) - tlm_message_list_get_last (self));
  int right = self->above_px;
  double value = get_view (self).value;

  if (self->first == 0)
    right = 0;
  else if (right < (int) self->first * MIN_GUESS)
    right = (int) self->first * tlm_message_list_guess_height (self);
  if (right != self->above_px && !self->at_end)
    self->wanted = MAX (value + right - self->above_px, 0);
  self->above_px = right;
  gtk_widget_set_size_request (self->above, -1, right);
  gtk_widget_set_size_request (self->below, -1, n_below * tlm_message_list_guess_height (self));
}

/**
 * tlm_message_list_fill_view:
 *
 * Makes what is in sight, at once: for the first frame, and for the keyboard.
 */
void
tlm_message_list_fill_view (TlmMessageList *self)
{
  if (tlm_message_list_get_n_messages (self) == 0)
    return;
  take_real_heights (self);
  jump (self);
  while (add_one (self, 0))
    ;
  set_spaces (self);
}

/**
 * tlm_message_list_fill_more:
 *
 * Makes what is near, as far as the time allows.
 *
 * Returns: whether there is more to do
 */
gboolean
tlm_message_list_fill_more (TlmMessageList *self)
{
  gint64 end = g_get_monotonic_time () + FILL_US;
  gboolean more = TRUE;

  tlm_message_list_fill_view (self);
  while (g_get_monotonic_time () < end && (more = add_one (self, PAGES_AHEAD)))
    ;
  drop_far_rows (self);
  set_spaces (self);
  return more;
}
