/* SPDX-License-Identifier: Apache-2.0 */
/* The bin: what was moved to it, for TLM_BIN_DAYS days. Notes and chats come back through
 * tlm_notes_restore_async() and tlm_chats_restore_async(). Main thread. */
#pragma once

#include <gio/gio.h>

#include "store.h"

G_BEGIN_DECLS

/* How long the bin keeps things. */
#define TLM_BIN_DAYS 30

#define TLM_TYPE_BIN_ITEM (tlm_bin_item_get_type ())
G_DECLARE_FINAL_TYPE (TlmBinItem, tlm_bin_item, TLM, BIN_ITEM, GObject)

typedef enum
{
  TLM_BIN_NOTE,
  TLM_BIN_CHAT,
  TLM_BIN_EXAMPLES,
  TLM_BIN_SPECIALIST,
  TLM_BIN_LICENSE,
  TLM_BIN_MODEL,
} TlmBinKind;

TlmBinKind  tlm_bin_item_get_kind  (TlmBinItem *self);
const char *tlm_bin_item_get_title (TlmBinItem *self); /* of a license key: its number */
guint64     tlm_bin_item_get_size  (TlmBinItem *self); /* of a model's file in bytes, else 0 */
/* Whether both are one thing, under the same title, that was moved here at the same time. */
gboolean    tlm_bin_item_same      (TlmBinItem *self, TlmBinItem *other);
/* (transfer none) (nullable): a TlmNote or TlmChat, with its title and time; NULL for other kinds */
GObject *tlm_bin_item_get_item      (TlmBinItem *self);
/* Until it is deleted, rounded up; @now: Unix seconds */
guint    tlm_bin_item_get_days_left (TlmBinItem *self, gint64 now);

/* (transfer full): a list of TlmBinItem, what came last first */
void        tlm_bin_load_async    (TlmStore *store, GCancellable *c, GAsyncReadyCallback cb,
                                   gpointer data);
GListModel *tlm_bin_load_finish   (TlmStore *store, GAsyncResult *r, GError **error);

/* For good. @item: (nullable): NULL for all that is in the bin now; one that was restored meanwhile
 * stays */
void        tlm_bin_delete_async  (TlmStore *store, TlmBinItem *item, GCancellable *c,
                                   GAsyncReadyCallback cb, gpointer data);
gboolean    tlm_bin_delete_finish (TlmStore *store, GAsyncResult *r, GError **error);

/* Takes what is neither note nor chat back in the store; its list is then to be loaded anew. */
void        tlm_bin_restore_async  (TlmStore *store, TlmBinItem *item, GCancellable *c,
                                    GAsyncReadyCallback cb, gpointer data);
gboolean    tlm_bin_restore_finish (TlmStore *store, GAsyncResult *r, GError **error);

G_END_DECLS
