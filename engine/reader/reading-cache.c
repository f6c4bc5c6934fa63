/* SPDX-License-Identifier: Apache-2.0 */
/* A small table of windows: the oldest one makes room. A key is 128 bits of FNV-1a from two bases: it
 * need not stand up to an enemy, who could only spoil his own note's summary. */
#include "reader/reading-cache.h"

#include <stdlib.h>
#include <string.h>

/* Windows of 192 units: 64 are a note of about 170,000 words, and 2 MB. */
#define N_WINDOWS 64

struct tl_reading_cache
{
  tl_window_key      keys[N_WINDOWS];
  tl_window_findings findings[N_WINDOWS];
  uint64_t           used[N_WINDOWS]; /* the clock when it was; 0: empty */
  uint64_t           clock;
};

tl_reading_cache *
tl_reading_cache_new (void)
{
  return calloc (1, sizeof (tl_reading_cache));
}

void
tl_reading_cache_free (tl_reading_cache *cache)
{
  if (cache == NULL)
    return;
  for (size_t i = 0; i < N_WINDOWS; i++)
    tl_window_findings_clear (&cache->findings[i]);
  free (cache);
}

static void
mix (tl_window_key *key, const void *data, size_t size)
{
  const unsigned char *bytes = data;

  for (size_t i = 0; i < size; i++)
    {
      key->a = (key->a ^ bytes[i]) * 0x100000001b3u; /* FNV-1a's prime */
      key->b = (key->b ^ bytes[i] ^ 0xa5u) * 0x100000001b3u;
    }
}

tl_window_key
tl_window_key_of (const char *text, size_t len, const tl_unit *units, size_t n, size_t begin,
                  size_t end)
{
  tl_window_key key = { 0xcbf29ce484222325u, 0x84222325cbf29ce4u };
  size_t base = units[begin].start;
  size_t from = begin > 0 ? units[begin - 1].end : 0, to = end < n ? units[end].start : len;
  uint64_t place[2] = { begin == 0, base - from };

  mix (&key, place, sizeof place);
  for (size_t i = begin; i < end; i++)
    {
      const tl_unit *u = &units[i];
      uint64_t v[6] = { u->start - base, u->end - base, u->kind, u->check, u->level,
                        u->paragraph - units[begin].paragraph };
      int64_t section = u->section >= (int32_t) begin ? u->section - (int32_t) begin : -1;

      mix (&key, v, sizeof v);
      mix (&key, &section, sizeof section);
    }
  mix (&key, text + from, to - from);
  return key;
}

static size_t
find (const tl_reading_cache *cache, tl_window_key key)
{
  for (size_t i = 0; i < N_WINDOWS; i++)
    if (cache->used[i] > 0 && cache->keys[i].a == key.a && cache->keys[i].b == key.b)
      return i;
  return N_WINDOWS;
}

const tl_window_findings *
tl_reading_cache_get (tl_reading_cache *cache, tl_window_key key)
{
  size_t i = cache != NULL ? find (cache, key) : N_WINDOWS;

  if (i == N_WINDOWS)
    return NULL;
  cache->used[i] = ++cache->clock;
  return &cache->findings[i];
}

void
tl_reading_cache_put (tl_reading_cache *cache, tl_window_key key, tl_window_findings *findings)
{
  size_t oldest = 0;

  if (cache == NULL)
    {
      tl_window_findings_clear (findings);
      return;
    }
  for (size_t i = 1; i < N_WINDOWS; i++)
    if (cache->used[i] < cache->used[oldest])
      oldest = i;
  tl_window_findings_clear (&cache->findings[oldest]);
  cache->keys[oldest] = key;
  cache->used[oldest] = ++cache->clock;
  cache->findings[oldest] = *findings;
  memset (findings, 0, sizeof *findings);
}

void
tl_window_findings_clear (tl_window_findings *findings)
{
  free (findings->units);
  free (findings->titles);
  free (findings->tags);
  memset (findings, 0, sizeof *findings);
}
