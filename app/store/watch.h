/* SPDX-License-Identifier: Apache-2.0 */
/* Sees what other programs, another window or tinylm-cli, write into the database that is open here.
 * Signal "changed" (guint): the TlmWatched that may be other than they were, some time after the other
 * program has written. Main thread. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

typedef enum
{
  TLM_WATCHED_NOTES = 1 << 0,
  TLM_WATCHED_CHATS = 1 << 1, /* always: a chat has too much to be compared at each change */
  TLM_WATCHED_LICENSES = 1 << 2,
  TLM_WATCHED_MODELS = 1 << 3,
  TLM_WATCHED_TRAINED = 1 << 4,
  TLM_WATCHED_EXAMPLES = 1 << 5,
  TLM_WATCHED_FOLDERS = 1 << 6,
  TLM_WATCHED_ALL = (1 << 7) - 1,
} TlmWatched;

#define TLM_TYPE_WATCH (tlm_watch_get_type ())
G_DECLARE_FINAL_TYPE (TlmWatch, tlm_watch, TLM, WATCH, GObject)

/* @store: (transfer none). (transfer full) */
TlmWatch *tlm_watch_new (TlmStore *store);

/* Behind the opening of the store and before the first reading, so that nothing is missed between. Where
 * the store stays closed, or is in memory, it does nothing. */
void      tlm_watch_begin (TlmWatch *self);

/* Looks now, as the system's word that the file has changed makes it do. For tests, and for places where
 * the system has none. */
void      tlm_watch_look (TlmWatch *self);

G_END_DECLS
