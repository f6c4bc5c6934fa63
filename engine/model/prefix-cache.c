/* SPDX-License-Identifier: Apache-2.0 */
/* A list of sequences, the one used last at its head. Copies are pieces of the cache's layout,
 * see tl_kv_describe(). */
#include "model/prefix-cache.h"

#include "model/session-private.h"

#include <stdlib.h>
#include <string.h>

static void
drop (tl_prefix_cache *c, tl_prefix **link)
{
  tl_prefix *p = *link;

  *link = p->next;
  c->n_bytes -= p->n_bytes;
  free (p);
}

/* Drops the last ones, but not @used. Returns: whether @room bytes more are within the limit. */
static bool
make_room (tl_prefix_cache *c, size_t room, const tl_prefix *used)
{
  while (c->n_bytes > c->max_bytes || room > c->max_bytes - c->n_bytes)
    {
      tl_prefix **link = &c->first, **last = NULL;

      for (; *link != NULL; link = &(*link)->next)
        if (*link != used)
          last = link;
      if (last == NULL)
        return false;
      drop (c, last);
    }
  return true;
}

void
tl_prefix_cache_limit (tl_prefix_cache *c, size_t max_bytes)
{
  c->max_bytes = max_bytes;
  make_room (c, 0, NULL);
}

void
tl_prefix_cache_clear (tl_prefix_cache *c)
{
  while (c->first != NULL)
    drop (c, &c->first);
}

void
tl_prefix_cache_touch (tl_prefix_cache *c, tl_prefix *p)
{
  tl_prefix **link = &c->first;

  while (*link != p)
    link = &(*link)->next;
  *link = p->next;
  p->next = c->first;
  c->first = p;
}

static bool
begins_with (const int32_t *ids, uint32_t n, const tl_prefix *p)
{
  return p->n <= n && memcmp (ids, p->ids, p->n * sizeof *ids) == 0;
}

/* Copies the first @n positions of one layer from the cache to @kept, or back. Returns: the end. */
static char *
copy_layer (const tl_kv_layer *kv, uint32_t n, char *kept, bool back)
{
  char *caches[TL_KV_PARTS] = { kv->k, kv->v, kv->v_scale };
  tl_kv_strips parts[TL_KV_PARTS];

  tl_kv_describe (kv, n, parts);
  for (size_t i = 0; i < TL_KV_PARTS; i++)
    for (size_t j = 0; j < parts[i].n; j++)
      {
        char *live = caches[i] + j * parts[i].stride;

        memcpy (back ? live : kept, back ? kept : live, parts[i].bytes);
        kept += parts[i].bytes;
      }
  return kept;
}

static size_t
kv_bytes (const tl_session *s, uint32_t n)
{
  tl_kv_strips parts[TL_KV_PARTS];
  size_t bytes = 0;

  tl_kv_describe (&s->kv[0], n, parts);
  for (size_t i = 0; i < TL_KV_PARTS; i++)
    bytes += parts[i].n * parts[i].bytes;
  return s->model->info.n_layers * bytes;
}

static tl_prefix *
copy_timeline (const tl_session *s, size_t n_bytes)
{
  tl_prefix *p = malloc (n_bytes);
  char *kv;

  if (p == NULL)
    return NULL;
  kv = (char *) (p->ids + s->pos);
  p->n = s->pos;
  p->n_batched = s->n_batched;
  p->n_bytes = n_bytes;
  memcpy (p->ids, s->ids, s->pos * sizeof *s->ids);
  for (uint32_t l = 0; l < s->model->info.n_layers; l++)
    kv = copy_layer (&s->kv[l], s->pos, kv, false);
  return p;
}

void
tl_prefix_cache_keep (tl_prefix_cache *c, const tl_session *s, const tl_prefix *used)
{
  size_t n_bytes = sizeof (tl_prefix) + kv_bytes (s, s->pos) + s->pos * sizeof *s->ids;
  tl_prefix *p;

  if (n_bytes > c->max_bytes)
    return;
  for (tl_prefix **link = &c->first; *link != NULL;)
    {
      if ((*link)->n >= s->pos && memcmp ((*link)->ids, s->ids, s->pos * sizeof *s->ids) == 0)
        return;
      if (*link != used && begins_with (s->ids, s->pos, *link))
        drop (c, link);
      else
        link = &(*link)->next;
    }
  if (!make_room (c, n_bytes, used))
    return;
  p = copy_timeline (s, n_bytes);
  if (p == NULL)
    return;
  p->next = c->first;
  c->first = p;
  c->n_bytes += n_bytes;
}

void
tl_prefix_restore (const tl_prefix *p, tl_session *s)
{
  char *kept = (char *) (uintptr_t) (p->ids + p->n);

  for (uint32_t l = 0; l < s->model->info.n_layers; l++)
    kept = copy_layer (&s->kv[l], p->n, kept, true);
  memcpy (s->ids, p->ids, p->n * sizeof *p->ids);
  s->pos = p->n;
  s->n_batched = p->n_batched;
  s->has_logits = false;
  s->n_ahead = 0;
  tl_lookup_reset (&s->lookup);
}
