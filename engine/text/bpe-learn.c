/* SPDX-License-Identifier: Apache-2.0 */
/* Sennrich, Haddow & Birch 2016 (arXiv:1508.07909), algorithm 1, made fast: each pair keeps its
 * count and the list of words that hold it, so that a merge visits only those, and a heap gives the
 * most frequent pair. A pair's count only falls once the merge that created it is done, so an entry
 * of the heap is either true or too high; what is too high is put back where it belongs when it
 * surfaces. */
#include "text/bpe-learn.h"

#include <string.h>

#include "text/table.h"

typedef struct
{
  tl_bpe_merge key;
  uint64_t     count;
  uint32_t    *words; /* that held the pair once; some no longer do */
  size_t       n_words, words_capacity;
} pair;

typedef struct
{
  uint64_t count;
  uint32_t pair;
} heap_entry;

typedef struct
{
  const tl_counted_word *words;
  size_t                 n_words;
  int32_t               *symbols; /* word i's begin at words[i].start */
  uint32_t              *lens;    /* symbols of each word; merges shorten it */

  pair       *pairs;
  size_t      n_pairs, pairs_capacity;
  uint32_t   *slots; /* index + 1 of a pair; 0 is empty */
  size_t      n_slots;
  heap_entry *heap;
  size_t      n_heap, heap_capacity;
} learner;

static uint32_t *
find_slot (const learner *l, tl_bpe_merge key)
{
  uint64_t packed = (uint64_t) (uint32_t) key.left << 32 | (uint32_t) key.right;
  size_t i = tl_hash_mix (packed) & (l->n_slots - 1);

  for (; l->slots[i] != 0; i = (i + 1) & (l->n_slots - 1))
    {
      const pair *p = &l->pairs[l->slots[i] - 1];

      if (p->key.left == key.left && p->key.right == key.right)
        break;
    }
  return &l->slots[i];
}

static bool
rehash (learner *l)
{
  size_t n_slots = tl_hash_slots (2 * l->n_pairs + 1);
  uint32_t *slots = calloc (n_slots, sizeof *slots);

  if (!slots)
    return false;
  free (l->slots);
  l->slots = slots;
  l->n_slots = n_slots;
  for (size_t i = 0; i < l->n_pairs; i++)
    *find_slot (l, l->pairs[i].key) = (uint32_t) i + 1;
  return true;
}

static pair *
find_or_add_pair (learner *l, tl_bpe_merge key)
{
  uint32_t *slot;
  void *grown;

  if (2 * l->n_pairs >= l->n_slots && !rehash (l))
    return NULL;
  slot = find_slot (l, key);
  if (*slot != 0)
    return &l->pairs[*slot - 1];
  grown = tl_grow (l->pairs, &l->pairs_capacity, l->n_pairs + 1, sizeof *l->pairs);
  if (!grown)
    return NULL;
  l->pairs = grown;
  l->pairs[l->n_pairs++] = (pair) { .key = key };
  *slot = (uint32_t) l->n_pairs;
  return &l->pairs[l->n_pairs - 1];
}

static bool
note_word (pair *p, uint32_t word)
{
  void *grown;

  if (p->n_words > 0 && p->words[p->n_words - 1] == word)
    return true;
  grown = tl_grow (p->words, &p->words_capacity, p->n_words + 1, sizeof *p->words);
  if (!grown)
    return false;
  p->words = grown;
  p->words[p->n_words++] = word;
  return true;
}

/* True when @a is to be merged before @b. */
static bool
precedes (const learner *l, heap_entry a, heap_entry b)
{
  tl_bpe_merge x = l->pairs[a.pair].key, y = l->pairs[b.pair].key;

  if (a.count != b.count)
    return a.count > b.count;
  return x.left != y.left ? x.left < y.left : x.right < y.right;
}

static void
sift_down (learner *l, heap_entry e)
{
  size_t i = 0, child;

  for (; (child = 2 * i + 1) < l->n_heap; i = child)
    {
      if (child + 1 < l->n_heap && precedes (l, l->heap[child + 1], l->heap[child]))
        child++;
      if (!precedes (l, l->heap[child], e))
        break;
      l->heap[i] = l->heap[child];
    }
  l->heap[i] = e;
}

static bool
push (learner *l, heap_entry e)
{
  void *grown = tl_grow (l->heap, &l->heap_capacity, l->n_heap + 1, sizeof *l->heap);
  size_t i = l->n_heap;

  if (!grown)
    return false;
  l->heap = grown;
  l->n_heap++;
  for (; i > 0 && precedes (l, e, l->heap[(i - 1) / 2]); i = (i - 1) / 2)
    l->heap[i] = l->heap[(i - 1) / 2];
  l->heap[i] = e;
  return true;
}

static bool
push_pairs_since (learner *l, size_t first)
{
  for (size_t i = first; i < l->n_pairs; i++)
    if (!push (l, (heap_entry) { l->pairs[i].count, (uint32_t) i }))
      return false;
  return true;
}

/* The most frequent pair, its entry taken off the heap; NULL when no pair is left. */
static pair *
pop_most_frequent (learner *l)
{
  while (l->n_heap > 0)
    {
      heap_entry top = l->heap[0];
      uint64_t count = l->pairs[top.pair].count;

      if (count > 0 && count < top.count)
        {
          top.count = count;
          sift_down (l, top);
          continue;
        }
      if (--l->n_heap > 0)
        sift_down (l, l->heap[l->n_heap]);
      if (count > 0)
        return &l->pairs[top.pair];
    }
  return NULL;
}

/* Counts the pairs of word @w; notes the word at those that are new with symbol @merged (at all of
 * them when it is negative). */
static bool
count_pairs (learner *l, uint32_t w, int32_t merged)
{
  const int32_t *s = l->symbols + l->words[w].start;

  for (uint32_t i = 0; i + 1 < l->lens[w]; i++)
    {
      pair *p = find_or_add_pair (l, (tl_bpe_merge) { s[i], s[i + 1] });

      if (!p)
        return false;
      p->count += l->words[w].count;
      if ((merged < 0 || s[i] == merged || s[i + 1] == merged) && !note_word (p, w))
        return false;
    }
  return true;
}

static void
uncount_pairs (learner *l, uint32_t w)
{
  const int32_t *s = l->symbols + l->words[w].start;

  for (uint32_t i = 0; i + 1 < l->lens[w]; i++)
    l->pairs[*find_slot (l, (tl_bpe_merge) { s[i], s[i + 1] }) - 1].count -= l->words[w].count;
}

static bool
word_holds (const learner *l, uint32_t w, tl_bpe_merge key)
{
  const int32_t *s = l->symbols + l->words[w].start;

  for (uint32_t i = 0; i + 1 < l->lens[w]; i++)
    if (s[i] == key.left && s[i + 1] == key.right)
      return true;
  return false;
}

static void
replace_in_word (learner *l, uint32_t w, tl_bpe_merge key, int32_t merged)
{
  int32_t *s = l->symbols + l->words[w].start;
  uint32_t n = 0;

  for (uint32_t i = 0; i < l->lens[w]; n++)
    if (i + 1 < l->lens[w] && s[i] == key.left && s[i + 1] == key.right)
      {
        s[n] = merged;
        i += 2;
      }
    else
      s[n] = s[i++];
  l->lens[w] = n;
}

static bool
apply_merge (learner *l, pair *p, int32_t merged)
{
  tl_bpe_merge key = p->key;
  uint32_t *words = p->words;
  size_t n_words = p->n_words, first_new = l->n_pairs;
  bool ok = true;

  /* The list is taken over: counting may move the pairs. */
  p->words = NULL;
  p->n_words = p->words_capacity = 0;
  for (size_t i = 0; i < n_words && ok; i++)
    if (word_holds (l, words[i], key))
      {
        uncount_pairs (l, words[i]);
        replace_in_word (l, words[i], key, merged);
        ok = count_pairs (l, words[i], merged);
      }
  free (words);
  return ok && push_pairs_since (l, first_new);
}

static bool
learner_init (learner *l, const tl_word_counts *counts)
{
  *l = (learner) { .words = counts->words, .n_words = counts->n_words };
  l->symbols = malloc ((counts->n_bytes + 1) * sizeof *l->symbols);
  l->lens = malloc ((l->n_words + 1) * sizeof *l->lens);
  if (!l->symbols || !l->lens)
    return false;
  for (size_t i = 0; i < counts->n_bytes; i++)
    l->symbols[i] = (uint8_t) counts->bytes[i];
  for (size_t w = 0; w < l->n_words; w++)
    {
      l->lens[w] = l->words[w].len;
      if (!count_pairs (l, (uint32_t) w, -1))
        return false;
    }
  return push_pairs_since (l, 0);
}

static void
learner_clear (learner *l)
{
  for (size_t i = 0; i < l->n_pairs; i++)
    free (l->pairs[i].words);
  free (l->pairs);
  free (l->slots);
  free (l->heap);
  free (l->symbols);
  free (l->lens);
}

bool
tl_bpe_learn (const tl_word_counts *counts, size_t n_wanted, tl_bpe_merge *merges, size_t *n_found)
{
  learner l;
  bool ok = learner_init (&l, counts);
  pair *p;

  *n_found = 0;
  while (ok && *n_found < n_wanted && (p = pop_most_frequent (&l)))
    {
      merges[*n_found] = p->key;
      ok = apply_merge (&l, p, (int32_t) (256 + *n_found));
      ++*n_found;
    }
  learner_clear (&l);
  return ok;
}
