/* SPDX-License-Identifier: Apache-2.0 */
/* TF-IDF over the units of one note, and TextRank on the graph of their cosines. Words are merged
 * by hash; stop words weigh nothing. A unit is a sorted list of (word, weight), so a cosine is one
 * merge. */
#include "reader/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAMPING 0.85f     /* Brin & Page 1998, as TextRank uses it */
#define N_ITERATIONS 30   /* changes are below 1e-3 by then: 0.85^30 */
#define N_COMMON 10

typedef struct
{
  uint32_t hash;
  uint32_t unit;
  uint32_t word;  /* index in note->words */
  float    weight;
} entry;

/* The public part, and the sorted lists of each unit behind it. */
typedef struct
{
  tl_rank   pub;
  entry    *entries;      /* by unit, then hash; equal ones merged */
  uint32_t *unit_entries; /* [n_units + 1] */
  float     memory[];
} rank;

static int
by_hash_then_unit (const void *a, const void *b)
{
  const entry *x = a, *y = b;

  if (x->hash != y->hash)
    return x->hash < y->hash ? -1 : 1;
  return x->unit < y->unit ? -1 : x->unit > y->unit;
}

static int
by_unit_then_hash (const void *a, const void *b)
{
  const entry *x = a, *y = b;

  if (x->unit != y->unit)
    return x->unit < y->unit ? -1 : 1;
  return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* Counts words of content units; returns how many entries there are. */
static size_t
gather (const tl_note *note, entry *entries)
{
  size_t n = 0;

  for (size_t u = 0; u < note->n_units; u++)
    if (tl_unit_is_content (&note->units[u]))
      for (uint32_t w = note->unit_words[u]; w < note->unit_words[u + 1]; w++)
        if (!(note->words[w].classes & TL_WORD_STOP))
          entries[n++] = (entry) { note->words[w].hash, (uint32_t) u, w, 1.0f };
  return n;
}

/* The count from which a word is among the N_COMMON commonest that occur twice or more. */
static size_t
common_threshold (const size_t *histogram, size_t n)
{
  size_t seen = 0;

  for (size_t count = n; count >= 2; count--)
    {
      seen += histogram[count];
      if (seen >= N_COMMON)
        return count;
    }
  return 2;
}

/* Walks the entries word by word: sets idf, the weights, and the shares of rare and
 * common words. */
static bool
weigh (const tl_note *note, rank *r, entry *entries, size_t n, size_t n_content)
{
  size_t *histogram = calloc (n + 1, sizeof *histogram);
  size_t common;

  if (histogram == NULL)
    return false;
  for (size_t i = 0, end; i < n; i = end)
    {
      for (end = i; end < n && entries[end].hash == entries[i].hash; end++)
        ;
      histogram[end - i]++;
    }
  common = common_threshold (histogram, n);
  free (histogram);
  for (size_t i = 0, end; i < n; i = end)
    {
      size_t n_in_units = 0;
      float idf;

      for (end = i; end < n && entries[end].hash == entries[i].hash; end++)
        n_in_units += end == i || entries[end].unit != entries[end - 1].unit;
      idf = logf ((1.0f + (float) n_content) / (0.5f + (float) n_in_units));
      for (size_t k = i; k < end; k++)
        {
          entries[k].weight = idf;
          r->pub.idf[entries[k].word] = idf;
          r->pub.rare[entries[k].unit] += n_in_units == 1;
          r->pub.common[entries[k].unit] += end - i >= common;
        }
    }
  for (size_t u = 0; u < note->n_units; u++)
    {
      float n_words = (float) (note->unit_words[u + 1] - note->unit_words[u]) + 1e-6f;

      r->pub.rare[u] /= n_words;
      r->pub.common[u] /= n_words;
    }
  return true;
}

/* Merges equal words of a unit and makes each unit's list a unit vector. */
static void
make_lists (const tl_note *note, rank *r, size_t n)
{
  size_t k = 0, i = 0;

  for (size_t u = 0; u < note->n_units; u++)
    {
      size_t begin = k;
      float norm = 0.0f;

      r->unit_entries[u] = (uint32_t) k;
      for (; i < n && r->entries[i].unit == u; i++)
        if (k > begin && r->entries[k - 1].hash == r->entries[i].hash)
          r->entries[k - 1].weight += r->entries[i].weight;
        else
          r->entries[k++] = r->entries[i];
      for (size_t e = begin; e < k; e++)
        norm += r->entries[e].weight * r->entries[e].weight;
      for (size_t e = begin; e < k; e++)
        r->entries[e].weight /= sqrtf (norm) + 1e-9f;
    }
  r->unit_entries[note->n_units] = (uint32_t) k;
}

float
tl_rank_similarity (const tl_rank *pub, size_t a, size_t b)
{
  const rank *r = (const rank *) pub;
  uint32_t i = r->unit_entries[a], j = r->unit_entries[b];
  float sum = 0.0f;

  while (i < r->unit_entries[a + 1] && j < r->unit_entries[b + 1])
    if (r->entries[i].hash == r->entries[j].hash)
      sum += r->entries[i++].weight * r->entries[j++].weight;
    else if (r->entries[i].hash < r->entries[j].hash)
      i++;
    else
      j++;
  return sum;
}

/* centroid[u] = v_u . sum_w v_w / |sum_w v_w|, from the cosines alone. */
static void
fill_centroid (const float *sim, size_t n, float *centroid)
{
  float norm = 0.0f;

  for (size_t u = 0; u < n; u++)
    for (size_t w = 0; w < n; w++)
      {
        centroid[u] += sim[u * n + w];
        norm += sim[u * n + w];
      }
  for (size_t u = 0; u < n; u++)
    centroid[u] /= sqrtf (norm) + 1e-9f;
}

/* score = (1 - d) / n + d * sum over neighbours of their score times the edge's share. */
static void
fill_textrank (const tl_note *note, const float *sim, size_t n, size_t n_content, float *scratch,
               float *scores)
{
  float *out = scratch, *next = scratch + n, *share = scratch + 2 * n, sum = 1e-9f;

  for (size_t u = 0; u < n; u++)
    {
      out[u] = 1e-9f;
      for (size_t w = 0; w < n; w++)
        out[u] += w == u ? 0.0f : sim[u * n + w];
      scores[u] = tl_unit_is_content (&note->units[u]) ? 1.0f / (float) n_content : 0.0f;
    }
  for (size_t step = 0; step < N_ITERATIONS; step++)
    {
      for (size_t u = 0; u < n; u++)
        share[u] = scores[u] / out[u];
      for (size_t u = 0; u < n; u++)
        {
          float in = -share[u] * sim[u * n + u];

          for (size_t w = 0; w < n; w++)
            in += share[w] * sim[u * n + w];
          next[u] = tl_unit_is_content (&note->units[u])
                      ? (1.0f - DAMPING) / (float) n_content + DAMPING * in : 0.0f;
        }
      memcpy (scores, next, n * sizeof *scores);
    }
  for (size_t u = 0; u < n; u++)
    sum += scores[u];
  for (size_t u = 0; u < n; u++)
    scores[u] /= sum;
}

static bool
fill_graph (const tl_note *note, rank *r, size_t n_content)
{
  size_t n = note->n_units;
  float *sim = calloc (n * n + 3 * n, sizeof *sim);

  if (sim == NULL)
    return false;
  for (size_t a = 0; a < n; a++)
    for (size_t b = a; b < n; b++)
      {
        float s = tl_rank_similarity (&r->pub, a, b);

        sim[a * n + b] = sim[b * n + a] = s;
        if (a != b && s > r->pub.nearest[a])
          r->pub.nearest[a] = s;
        if (a != b && s > r->pub.nearest[b])
          r->pub.nearest[b] = s;
      }
  fill_centroid (sim, n, r->pub.centroid);
  fill_textrank (note, sim, n, n_content, sim + n * n, r->pub.textrank);
  free (sim);
  return true;
}

static rank *
rank_alloc (const tl_note *note)
{
  size_t n = note->n_units, n_words = note->unit_words[n];
  rank *r = calloc (1, sizeof *r + (5 * n + n_words) * sizeof (float));

  if (r == NULL)
    return NULL;
  r->pub.centroid = r->memory;
  r->pub.textrank = r->memory + n;
  r->pub.nearest = r->memory + 2 * n;
  r->pub.rare = r->memory + 3 * n;
  r->pub.common = r->memory + 4 * n;
  r->pub.idf = r->memory + 5 * n;
  r->entries = malloc ((n_words + 1) * sizeof *r->entries);
  r->unit_entries = malloc ((n + 1) * sizeof *r->unit_entries);
  return r;
}

tl_rank *
tl_rank_new (const tl_note *note, tl_error *err)
{
  rank *r = rank_alloc (note);
  size_t n_content = 0, n;

  for (size_t u = 0; u < note->n_units; u++)
    n_content += tl_unit_is_content (&note->units[u]);
  if (r == NULL || r->entries == NULL || r->unit_entries == NULL)
    goto no_memory;
  n = gather (note, r->entries);
  qsort (r->entries, n, sizeof *r->entries, by_hash_then_unit);
  if (!weigh (note, r, r->entries, n, n_content))
    goto no_memory;
  qsort (r->entries, n, sizeof *r->entries, by_unit_then_hash);
  make_lists (note, r, n);
  if (!fill_graph (note, r, n_content > 0 ? n_content : 1))
    goto no_memory;
  return &r->pub;

no_memory:
  if (r != NULL)
    tl_rank_free (&r->pub);
  tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to rank %zu units", note->n_units);
  return NULL;
}

void
tl_rank_free (tl_rank *pub)
{
  rank *r = (rank *) pub;

  if (r == NULL)
    return;
  free (r->entries);
  free (r->unit_entries);
  free (r);
}
