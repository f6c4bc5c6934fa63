/* SPDX-License-Identifier: Apache-2.0 */
/* The order that notes and chats share, newest first, over a GPtrArray that belongs to a
 * GListModel. Each change tells the model's watchers the smallest true change. Main thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Microseconds by which an item is ordered; in a tie the greater id comes first, as in SQL. */
typedef gint64 (*TlmOrderFunc) (gpointer item);

typedef struct
{
  GListModel  *model; /* (transfer none): emits items-changed */
  GPtrArray   *items;
  TlmOrderFunc get_time;
  TlmOrderFunc get_id;
} TlmOrderedList;

void tlm_ordered_list_init  (TlmOrderedList *list, GListModel *model, TlmOrderFunc get_time,
                             TlmOrderFunc get_id);
void tlm_ordered_list_clear (TlmOrderedList *list);

/* @items: (transfer container): already in order */
void     tlm_ordered_list_replace (TlmOrderedList *list, GPtrArray *items);
void     tlm_ordered_list_insert  (TlmOrderedList *list, gpointer item); /* takes a reference */
/* The same of any number, with one signal. */
void     tlm_ordered_list_insert_all (TlmOrderedList *list, GPtrArray *items);
gboolean tlm_ordered_list_remove  (TlmOrderedList *list, gpointer item);
/* What was read anew. An item that was there already stays the object it is: @take brings it up to date,
 * from the one that was read. @gone: (nullable): told of each that was not read any more, which has
 * left the list. */
typedef void (*TlmTakeFunc) (gpointer item, gpointer fresh, gpointer data);
typedef void (*TlmGoneFunc) (gpointer item, gpointer data);
void     tlm_ordered_list_merge   (TlmOrderedList *list, GPtrArray *fresh, TlmTakeFunc take,
                                   TlmGoneFunc gone, gpointer data);
/* After the time of @item has changed. */
void     tlm_ordered_list_move    (TlmOrderedList *list, gpointer item);
gpointer tlm_ordered_list_find    (TlmOrderedList *list, gint64 id); /* (transfer none) */

G_END_DECLS
