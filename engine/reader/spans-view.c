/* SPDX-License-Identifier: Apache-2.0 */
/* The view of a note that all span candidates share: which unit a word stands in, what stands
 * before it, how often its like occurs and where, and what the trunk thinks of the units that hold
 * it. */
#include "reader/spans-internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static float
sigmoid (float z)
{
  return 1.0f / (1.0f + expf (-z));
}

static tl_gap
gap_of_char (uint32_t c)
{
  switch (c)
    {
    case ' ': case '\t': case '\n': case '\r': case '*': case '_': case '`': case '#':
    case 0x00a0: case 0x202f:
      return TL_GAP_SPACE;
    case ',': case 0x3001: case 0xff0c:
      return TL_GAP_COMMA;
    case ':': case 0xff1a:
      return TL_GAP_COLON;
    case '"': case '\'': case 0x00ab: case 0x00bb: case 0x2018: case 0x2019: case 0x201a:
    case 0x201c: case 0x201d: case 0x201e:
      return TL_GAP_QUOTE;
    case '(': case ')': case '[': case ']': case '{': case '}': case '<': case '>':
      return TL_GAP_PAREN;
    case '@':
      return TL_GAP_AT;
    case '.': case '!': case '?': case ';': case 0x2026: case 0x3002: case 0xff01: case 0xff1f:
      return TL_GAP_STOP;
    default:
      return TL_GAP_DASH;
    }
}

/* The strongest mark between two words: the enum is in that order. */
static uint8_t
gap_between (const char *text, size_t start, size_t end)
{
  tl_gap gap = TL_GAP_SPACE;

  while (start < end)
    {
      uint32_t c;
      tl_gap g;

      start += tl_utf8_next (text + start, end - start, &c);
      g = gap_of_char (c);
      if (g > gap)
        gap = g;
    }
  return (uint8_t) gap;
}

static void
fill_words (tl_span_view *v)
{
  const tl_note *note = v->note;

  for (size_t u = 0; u < note->n_units; u++)
    for (size_t w = note->unit_words[u]; w < note->unit_words[u + 1]; w++)
      {
        const tl_word *word = &note->words[w];

        v->unit_of[w] = (uint32_t) u;
        v->time[w] = tl_span_time_classes (note->text + word->start, word->end - word->start);
        v->gaps[w] = w == note->unit_words[u]
                       ? TL_GAP_EDGE
                       : gap_between (note->text, word[-1].end, word->start);
      }
  v->gaps[v->n_words] = TL_GAP_EDGE;
}

static void
fill_tokens (tl_span_view *v)
{
  const tl_note *note = v->note;

  for (size_t u = 0; u < note->n_units && note->tokens != NULL; u++)
    {
      size_t t = note->unit_tokens[u];

      for (size_t w = note->unit_words[u]; w < note->unit_words[u + 1]; w++)
        {
          while (t < note->unit_tokens[u + 1] && note->token_starts[t] + 1 < note->words[w].start)
            t++;
          v->token_of[w] = (uint32_t) t;
          while (t < note->unit_tokens[u + 1] && note->token_starts[t] < note->words[w].end)
            t++;
          v->token_of[w + 1] = (uint32_t) t;
        }
    }
}

/* Tokens are numbered in the order in which the vocabulary learned them, so a high number, or
 * several tokens for one word, mean a rare word. 8.32 = log 4096. */
static void
fill_rarity (tl_span_view *v)
{
  const int32_t *tokens = v->note->tokens;

  for (size_t w = 0; w < v->n_words && tokens != NULL; w++)
    {
      float best = 0.0f, n = (float) (v->token_of[w + 1] - v->token_of[w]);

      for (size_t t = v->token_of[w]; t < v->token_of[w + 1]; t++)
        best = fmaxf (best, logf (1.0f + (float) tokens[t]));
      v->rarity[w] = best / 8.32f * 0.7f + 0.1f * fminf (n, 3.0f);
    }
}

static tl_span_word *
find_entry (tl_span_view *v, uint32_t *table, size_t mask, uint32_t hash)
{
  size_t i = hash & mask;

  while (table[i] != UINT32_MAX && v->entries[table[i]].hash != hash)
    i = (i + 1) & mask;
  if (table[i] == UINT32_MAX)
    {
      tl_span_word *e = &v->entries[v->n_entries];

      *e = (tl_span_word){ .hash = hash, .last_unit = UINT32_MAX, .first_word = UINT32_MAX };
      table[i] = (uint32_t) v->n_entries++;
    }
  return &v->entries[table[i]];
}

static void
count_word (tl_span_view *v, tl_span_word *e, size_t w)
{
  const tl_note *note = v->note;
  uint32_t u = v->unit_of[w];
  const tl_unit *unit = &note->units[u];
  bool upper = (note->words[w].shape & TL_SHAPE_UPPER) != 0;
  bool opens = v->gaps[w] == TL_GAP_EDGE || v->gaps[w] == TL_GAP_STOP;

  e->count++;
  if (e->first_word == UINT32_MAX)
    e->first_word = (uint32_t) w;
  if (e->last_unit != u)
    {
      e->n_units++;
      e->last_unit = u;
      e->key_max = fmaxf (e->key_max, v->p_key[u]);
      e->key_sum += v->p_key[u];
    }
  e->n_upper += upper && !opens;
  e->n_owner += upper && opens;
  e->n_speaker += upper && w == note->unit_words[u] && tl_span_gap_after (v, w) == TL_GAP_COLON;
  e->in_heading |= unit->kind == TL_UNIT_HEADING;
  e->in_first_lines |= u < 2;
}

static bool
count_words (tl_span_view *v)
{
  size_t size = 16;
  uint32_t *table;

  while (size < 2 * v->n_words + 2)
    size *= 2;
  table = malloc (size * sizeof *table);
  if (table == NULL)
    return false;
  memset (table, 0xff, size * sizeof *table);
  for (size_t w = 0; w < v->n_words; w++)
    {
      tl_span_word *e = find_entry (v, table, size - 1, v->note->words[w].hash);

      v->entry_of[w] = (uint32_t) (e - v->entries);
      count_word (v, e, w);
    }
  free (table);
  return true;
}

static void
fill_units (tl_span_view *v, const float *logits)
{
  const tl_note *note = v->note;

  v->first_content = (uint32_t) note->n_units;
  for (size_t u = 0; u < note->n_units; u++)
    {
      bool content = tl_unit_is_content (&note->units[u]);

      v->p_key[u] = content ? sigmoid (logits[2 * u]) : 0.0f;
      v->p_action[u] = content ? sigmoid (logits[2 * u + 1]) : 0.0f;
      v->n_content += content;
      if (content && v->first_content == note->n_units)
        v->first_content = (uint32_t) u;
    }
  for (size_t u = 0; u < note->n_units; u++)
    {
      size_t above = 0;

      for (size_t i = 0; i < note->n_units; i++)
        above += v->p_key[i] > v->p_key[u];
      v->key_rank[u] = tl_unit_is_content (&note->units[u]) ? 1.0f / (1.0f + (float) above) : 0.0f;
    }
}

bool
tl_span_view_init (tl_span_view *v, const tl_note *note, const float *logits)
{
  size_t n = note->unit_words[note->n_units], n_units = note->n_units;

  *v = (tl_span_view){ .note = note, .n_words = n };
  v->unit_of = calloc (n + 1, sizeof *v->unit_of);
  v->gaps = calloc (n + 1, sizeof *v->gaps);
  v->entry_of = calloc (n + 1, sizeof *v->entry_of);
  v->time = calloc (n + 1, sizeof *v->time);
  v->token_of = calloc (n + 1, sizeof *v->token_of);
  v->rarity = calloc (n + 1, sizeof *v->rarity);
  v->entries = calloc (n + 1, sizeof *v->entries);
  v->p_key = calloc (n_units + 1, sizeof *v->p_key);
  v->p_action = calloc (n_units + 1, sizeof *v->p_action);
  v->key_rank = calloc (n_units + 1, sizeof *v->key_rank);
  if (v->unit_of == NULL || v->gaps == NULL || v->entry_of == NULL || v->time == NULL
      || v->token_of == NULL || v->rarity == NULL || v->entries == NULL
      || v->p_key == NULL || v->p_action == NULL
      || v->key_rank == NULL)
    {
      tl_span_view_clear (v);
      return false;
    }
  fill_units (v, logits);
  fill_words (v);
  fill_tokens (v);
  fill_rarity (v);
  if (!count_words (v))
    {
      tl_span_view_clear (v);
      return false;
    }
  return true;
}

void
tl_span_view_clear (tl_span_view *v)
{
  free (v->unit_of);
  free (v->gaps);
  free (v->entry_of);
  free (v->time);
  free (v->token_of);
  free (v->rarity);
  free (v->entries);
  free (v->p_key);
  free (v->p_action);
  free (v->key_rank);
  *v = (tl_span_view){ 0 };
}

uint8_t
tl_span_gap_after (const tl_span_view *v, size_t word)
{
  const tl_note *note = v->note;
  size_t u = v->unit_of[word], end = note->words[word].end;

  if (word + 1 < note->unit_words[u + 1])
    return gap_between (note->text, end, note->words[word + 1].start);
  /* A mark that closes the unit still tells a label or a question. */
  for (size_t i = end; i < note->units[u].end; i++)
    if (note->text[i] == ':')
      return TL_GAP_COLON;
  return TL_GAP_EDGE;
}

/* FNV-1a, 32 bits (Fowler, Noll & Vo). */
uint32_t
tl_span_suffix (const tl_span_view *v, size_t word)
{
  const tl_word *w = &v->note->words[word];
  size_t from = w->end - w->start > 3 ? w->end - 3 : w->start;
  uint32_t h = 2166136261u;

  for (size_t i = from; i < w->end; i++)
    {
      char c = v->note->text[i];

      h = (h ^ (uint8_t) (c >= 'A' && c <= 'Z' ? c + 32 : c)) * 16777619u;
    }
  return h;
}

tl_candidate *
tl_candidates_add (tl_candidates *c, const tl_span_view *v, size_t unit, size_t first, size_t last)
{
  tl_candidate *item;

  if (c->n == c->room)
    {
      size_t room = c->room > 0 ? 2 * c->room : 64;
      tl_candidate *items = realloc (c->items, room * sizeof *items);

      if (items == NULL)
        {
          c->failed = true;
          return NULL;
        }
      c->items = items;
      c->room = room;
    }
  item = &c->items[c->n++];
  memset (item, 0, sizeof *item);
  item->unit = (uint32_t) unit;
  item->first = (uint32_t) first;
  item->last = (uint32_t) last;
  if (first < last)
    {
      item->start = v->note->words[first].start;
      item->end = v->note->words[last - 1].end;
    }
  return item;
}

void
tl_candidates_clear (tl_candidates *c)
{
  free (c->items);
  *c = (tl_candidates){ 0 };
}

/* @salt keeps the same word in another role apart. Mixing: the finaliser of MurmurHash3. */
void
tl_candidate_hash (tl_candidate *c, uint32_t salt, uint32_t hash)
{
  hash = (hash ^ (salt * 0x9e3779b9u)) * 0x85ebca6bu;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
  hash ^= hash >> 16;
  if (c->n_hashes < TL_SPAN_N_HASHES)
    c->hashes[c->n_hashes++] = hash % TL_SPAN_N_BUCKETS;
}
