/* SPDX-License-Identifier: Apache-2.0 */
/* Greedy merging over a doubly linked list of symbols with a binary heap of candidates. A candidate
 * whose symbols have changed since it was entered is not sought but skipped when it surfaces. */
#include "text/merger.h"

#include <string.h>

#include "text/table.h"

bool
tl_merger_add (tl_merger *m, uint32_t len, int32_t id)
{
  void *grown = tl_grow (m->symbols, &m->symbols_capacity, m->n_symbols + 1, sizeof *m->symbols);
  uint32_t i = (uint32_t) m->n_symbols;
  tl_symbol *s;

  if (!grown)
    return false;
  m->symbols = grown;
  s = &m->symbols[i];
  *s = (tl_symbol) { .len = len, .prev = TL_NO_SYMBOL, .next = TL_NO_SYMBOL, .id = id };
  if (i > 0)
    {
      s->start = s[-1].start + s[-1].len;
      s->prev = i - 1;
      s[-1].next = i;
    }
  m->n_symbols++;
  return true;
}

void
tl_merger_reset (tl_merger *m)
{
  m->n_symbols = 0;
}

void
tl_merger_clear (tl_merger *m)
{
  free (m->symbols);
  free (m->heap);
  memset (m, 0, sizeof *m);
}

static inline bool
precedes (tl_candidate a, tl_candidate b)
{
  return a.priority != b.priority ? a.priority > b.priority : a.left < b.left;
}

static bool
push (tl_merger *m, tl_candidate c)
{
  void *grown = tl_grow (m->heap, &m->heap_capacity, m->n_heap + 1, sizeof *m->heap);
  size_t i = m->n_heap;

  if (!grown)
    return false;
  m->heap = grown;
  m->n_heap++;
  for (; i > 0 && precedes (c, m->heap[(i - 1) / 2]); i = (i - 1) / 2)
    m->heap[i] = m->heap[(i - 1) / 2];
  m->heap[i] = c;
  return true;
}

static tl_candidate
pop (tl_merger *m)
{
  tl_candidate top = m->heap[0], last = m->heap[--m->n_heap];
  size_t i = 0, child;

  for (; (child = 2 * i + 1) < m->n_heap; i = child)
    {
      if (child + 1 < m->n_heap && precedes (m->heap[child + 1], m->heap[child]))
        child++;
      if (!precedes (m->heap[child], last))
        break;
      m->heap[i] = m->heap[child];
    }
  m->heap[i] = last;
  return top;
}

/* Enters the pair of which @left is the left one, if it may be merged. */
static bool
consider (tl_merger *m, uint32_t left, tl_pair_func func, const void *user_data)
{
  const tl_symbol *l = &m->symbols[left], *r;
  tl_candidate c = { .left = left };

  if (l->next == TL_NO_SYMBOL)
    return true;
  r = &m->symbols[l->next];
  c.len = l->len + r->len;
  return !func (user_data, l, r, &c.priority, &c.id) || push (m, c);
}

/* Merges the pair unless it has changed; a symbol only grows, so equal sums mean equal symbols. */
static bool
merge (tl_merger *m, tl_candidate c)
{
  tl_symbol *l = &m->symbols[c.left], *r;

  if (l->len == 0 || l->next == TL_NO_SYMBOL)
    return false;
  r = &m->symbols[l->next];
  if (l->len + r->len != c.len)
    return false;
  l->len = c.len;
  l->id = c.id;
  l->next = r->next;
  if (r->next != TL_NO_SYMBOL)
    m->symbols[r->next].prev = c.left;
  r->len = 0;
  return true;
}

bool
tl_merger_run (tl_merger *m, tl_pair_func func, const void *user_data)
{
  m->n_heap = 0;
  for (size_t i = 0; i < m->n_symbols; i++)
    if (!consider (m, (uint32_t) i, func, user_data))
      return false;
  while (m->n_heap > 0)
    {
      tl_candidate c = pop (m);
      uint32_t prev = m->symbols[c.left].prev;

      if (!merge (m, c))
        continue;
      if (prev != TL_NO_SYMBOL && !consider (m, prev, func, user_data))
        return false;
      if (!consider (m, c.left, func, user_data))
        return false;
    }
  return true;
}
