/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the list of messages share: message-list.c (where the view is) and
 * message-list-rows.c (which messages have rows). */
#pragma once

#include "message-list.h"

G_BEGIN_DECLS

/* A row and the height that the spaces were reckoned with. */
typedef struct
{
  GtkWidget *widget;
  int        height;
} TlmMessageListRow;

struct _TlmMessageList
{
  AdwBin      parent_instance;
  GtkWidget  *scroller;
  GtkWidget  *above, *list, *below;
  TlmChat    *chat;
  GArray     *rows;        /* of TlmMessageListRow: the messages from first on */
  guint       first;
  int         above_px;
  gint64      sum_px;      /* of rows that were measured, and how many: */
  guint       n_measured;
  TlmMessage *marked;
  gboolean    at_end;
  double      wanted;      /* where the view is to be after the next layout; < 0: where it is */
  guint       tick;
};

GtkAdjustment *tlm_message_list_get_adjustment   (TlmMessageList *self);
guint          tlm_message_list_get_n_messages   (TlmMessageList *self);
guint          tlm_message_list_get_last         (TlmMessageList *self);
int            tlm_message_list_guess_height     (TlmMessageList *self);
void           tlm_message_list_update_mark      (TlmMessageList *self, GtkWidget *widget);
void           tlm_message_list_remove_rows_from (TlmMessageList *self, guint i);
void           tlm_message_list_begin_at         (TlmMessageList *self, guint position, int y);
void           tlm_message_list_begin_at_end     (TlmMessageList *self);
void           tlm_message_list_fill_view        (TlmMessageList *self);
gboolean       tlm_message_list_fill_more        (TlmMessageList *self);

G_END_DECLS
