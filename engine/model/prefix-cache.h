/* SPDX-License-Identifier: Apache-2.0 */
/* Sequences that a session had on its timeline, with their keys and values, so that a text which
 * begins like one of them need not be computed again: a chat beside another, a system prompt, a
 * note seen before. Bounded; the one that was not used for the longest time goes first. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct tl_session;

typedef struct tl_prefix tl_prefix;

struct tl_prefix
{
  tl_prefix *next;
  uint32_t   n, n_batched; /* tokens; see the session's own */
  size_t     n_bytes;      /* all of it */
  int32_t    ids[];        /* [n], and behind them each layer's and head's keys, in whole blocks,
                              and values */
};

typedef struct
{
  tl_prefix *first; /* used last */
  size_t     n_bytes, max_bytes;
} tl_prefix_cache;

void tl_prefix_cache_limit (tl_prefix_cache *c, size_t max_bytes);
void tl_prefix_cache_clear (tl_prefix_cache *c);
void tl_prefix_cache_touch (tl_prefix_cache *c, tl_prefix *p);

/**
 * tl_prefix_cache_keep:
 * @s: whose timeline is copied
 * @used: (nullable): a sequence that must stay
 *
 * Does nothing when it is too large for the limit beside @used, or when there is no memory: it can
 * be computed again. A kept beginning of it is replaced by it.
 */
void tl_prefix_cache_keep (tl_prefix_cache *c, const struct tl_session *s, const tl_prefix *used);

/* Puts @p, of this session, on the timeline in place of what is there. */
void tl_prefix_restore (const tl_prefix *p, struct tl_session *s);
