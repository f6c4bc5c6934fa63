/* SPDX-License-Identifier: Apache-2.0 */
/* Features, one block of columns a subject: position, kind, length, centrality, cue words, looks,
 * section, neighbours. The order of the columns is part of the file format: a change makes older
 * readers meaningless, so TL_READER_FEATURES_VERSION in reader-file.h must then be raised. */
#include "reader/features.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "reader/words.h"

#define N_CLASSES 15

/* First columns of the blocks. */
enum
{
  F_POSITION = 0,
  F_KIND = 12,
  F_LENGTH = 20,
  F_CENTRAL = 29,
  F_CUES = 39,
  F_FIRST_WORD = F_CUES + N_CLASSES,
  F_LOOKS = F_FIRST_WORD + N_CLASSES - 1,
  F_SECTION = 86,
  F_NEIGHBOURS = 91,
  F_END = 96,
};
_Static_assert (F_LOOKS + 18 == F_SECTION, "the looks fill their block");
_Static_assert (F_END == TL_READER_N_FEATURES, "all columns are named");

/* What is true of the whole note, worked out once. */
typedef struct
{
  const tl_note *note;
  const tl_rank *rank;
  size_t         content[TL_READER_MAX_UNITS]; /* unit index of the i-th content unit */
  size_t         n_content;
  float          mean_words;
  int32_t        last_section;
} context;

static uint32_t
n_words (const tl_note *note, size_t u)
{
  return note->unit_words[u + 1] - note->unit_words[u];
}

static void
context_init (context *c, const tl_note *note, const tl_rank *rank)
{
  float total = 0.0f;

  *c = (context) { .note = note, .rank = rank, .last_section = -1 };
  for (size_t u = 0; u < note->n_units; u++)
    if (tl_unit_is_content (&note->units[u]))
      {
        c->content[c->n_content++] = u;
        total += (float) n_words (note, u);
        c->last_section = note->units[u].section;
      }
  c->mean_words = c->n_content > 0 ? total / (float) c->n_content : 1.0f;
}

/* Share of content units that have a smaller value: 1 for the largest. */
static float
rank_of (const context *c, const float *values, size_t u)
{
  size_t below = 0;

  for (size_t i = 0; i < c->n_content; i++)
    below += values[c->content[i]] < values[u];
  return c->n_content > 1 ? (float) below / (float) (c->n_content - 1) : 1.0f;
}

static void
fill_position (const context *c, size_t i, float *f)
{
  const tl_unit *units = c->note->units;
  size_t u = c->content[i], n = c->n_content, first, last;

  for (first = i; first > 0 && units[c->content[first - 1]].paragraph == units[u].paragraph;
       first--)
    ;
  for (last = i; last + 1 < n && units[c->content[last + 1]].paragraph == units[u].paragraph;
       last++)
    ;
  f[0] = i == 0;
  f[1] = i == 1;
  f[2] = n > 1 ? 2.0f * (float) i / (float) (n - 1) - 1.0f : 0.0f;
  f[3] = expf (-(float) i / 3.0f);
  f[4] = i + 1 == n;
  f[5] = i + 3 >= n;
  f[6] = logf ((float) n) - 3.0f; /* the median note has 26 units */
  f[7] = i == first;
  f[8] = i == last;
  f[9] = first == last;
  f[10] = last > first ? (float) (i - first) / (float) (last - first) : 0.0f;
  f[11] = u > 0 && !tl_unit_is_content (&units[u - 1]);
  f[F_NEIGHBOURS + 4] = logf ((float) (last - first + 1)) - 1.0f;
}

static void
fill_kind (const tl_unit *unit, float *f)
{
  f += F_KIND;
  f[0] = unit->kind == TL_UNIT_BULLET;
  f[1] = unit->kind == TL_UNIT_BULLET && unit->level > 0;
  f[2] = unit->check == TL_CHECK_OPEN;
  f[3] = unit->check == TL_CHECK_DONE;
  f[4] = unit->kind == TL_UNIT_HEADING;
  f[5] = unit->kind == TL_UNIT_LABEL;
  f[6] = unit->kind == TL_UNIT_TABLE;
  f[7] = unit->kind == TL_UNIT_CODE || unit->kind == TL_UNIT_FRONT_MATTER;
}

static void
fill_length (const context *c, size_t u, float *f)
{
  uint32_t n = n_words (c->note, u);
  size_t longer = 0, shorter = 0;

  for (size_t i = 0; i < c->n_content; i++)
    {
      longer += n_words (c->note, c->content[i]) > n;
      shorter += n_words (c->note, c->content[i]) < n;
    }
  f += F_LENGTH;
  f[0] = 1.5f * (logf ((float) n + 1.0f) - 2.4f); /* the median unit has ten words */
  f[1] = fminf ((float) n / (c->mean_words + 1.0f), 4.0f) - 1.0f;
  f[2] = c->n_content > 1 ? (float) shorter / (float) (c->n_content - 1) : 1.0f;
  f[3] = n < 4;
  f[4] = n < 7;
  f[5] = n >= 15;
  f[6] = n >= 25;
  f[7] = longer < 3;
  f[8] = longer == 0;
}

/* Share of the words of @heading (stop words aside) that stand in unit @u. */
static float
heading_overlap (const tl_note *note, size_t u, int32_t heading)
{
  size_t shared = 0, n = 0;

  if (heading < 0 || (size_t) heading >= note->n_units || (size_t) heading == u)
    return 0.0f;
  for (uint32_t h = note->unit_words[heading]; h < note->unit_words[heading + 1]; h++)
    {
      bool found = false;

      if (note->words[h].classes & TL_WORD_STOP)
        continue;
      for (uint32_t w = note->unit_words[u]; w < note->unit_words[u + 1] && !found; w++)
        found = note->words[w].hash == note->words[h].hash;
      shared += found;
      n++;
    }
  return n > 0 ? (float) shared / (float) n : 0.0f;
}

static void
fill_centrality (const context *c, size_t i, float *f)
{
  const tl_rank *r = c->rank;
  size_t u = c->content[i];

  f += F_CENTRAL;
  f[0] = 3.0f * r->centroid[u] - 1.0f;
  f[1] = rank_of (c, r->centroid, u);
  f[2] = fminf (r->textrank[u] * (float) c->n_content, 4.0f) - 1.0f;
  f[3] = rank_of (c, r->textrank, u);
  f[4] = 3.0f * r->common[u];
  f[5] = 2.0f * heading_overlap (c->note, u, c->note->units[u].section);
  f[6] = 2.0f * heading_overlap (c->note, u, 0);
  f[7] = i > 0 ? 4.0f * tl_rank_similarity (r, u, c->content[i - 1]) : 0.0f;
  f[8] = i + 1 < c->n_content ? 4.0f * tl_rank_similarity (r, u, c->content[i + 1]) : 0.0f;
  f[9] = 4.0f * r->nearest[u];
}

/* Counts of each class, damped; and the classes of the first word (a stop word says
 * nothing there). */
static void
fill_cues (const tl_note *note, size_t u, float *f)
{
  uint32_t first = note->unit_words[u];

  for (uint32_t w = first; w < note->unit_words[u + 1]; w++)
    for (unsigned k = 0; k < N_CLASSES; k++)
      f[F_CUES + k] += (note->words[w].classes >> k) & 1;
  f[F_CUES] = 2.0f * f[F_CUES] / ((float) n_words (note, u) + 1.0f);
  for (unsigned k = 1; k < N_CLASSES; k++)
    f[F_CUES + k] = fminf (f[F_CUES + k], 3.0f);
  if (n_words (note, u) > 0)
    for (unsigned k = 1; k < N_CLASSES; k++)
      f[F_FIRST_WORD + k - 1] = (note->words[first].classes >> k) & 1;
}

/* Marks that a pass over the characters finds. */
typedef struct
{
  unsigned money, percent, clock, colon, question, exclaim, quote, paren, dash, comma, equals, bold;
  bool     speaker, ends, trails_off;
} looks;

static void
look_at (const char *s, size_t len, looks *l)
{
  uint32_t before = 0, cp = 0;

  memset (l, 0, sizeof *l);
  for (size_t i = 0; i < len;)
    {
      size_t n = tl_utf8_next (s + i, len - i, &cp);

      l->money += cp == '$' || cp == 0xa3 || cp == 0x20ac || cp == 0xa5;
      l->percent += cp == '%';
      l->clock += (cp == ':' || cp == '.') && before >= '0' && before <= '9' && i + 1 < len
                  && s[i + 1] >= '0' && s[i + 1] <= '9';
      l->colon += cp == ':' && (i + 1 >= len || s[i + 1] == ' ');
      l->speaker |= cp == ':' && i < 24 && i > 0 && i + 1 < len && s[i + 1] == ' ';
      l->question += cp == '?';
      l->exclaim += cp == '!';
      l->quote += cp == '"' || cp == 0x201c || cp == 0x201e || cp == 0xab;
      l->paren += cp == '(';
      l->dash += cp == 0x2013 || cp == 0x2014 || (cp == '-' && before == ' ');
      l->comma += cp == ',' || cp == ';';
      l->equals += cp == '=' || cp == '>' || cp == 0x2192;
      l->bold += cp == '*' && before == '*';
      before = cp;
      i += n;
    }
  l->ends = cp == '.' || cp == '!' || cp == '?' || cp == 0x3002;
  l->trails_off = cp == 0x2026 || (len >= 3 && memcmp (s + len - 3, "...", 3) == 0);
}

static void
fill_looks (const tl_note *note, size_t u, float *f)
{
  const tl_unit *unit = &note->units[u];
  unsigned upper = 0, caps = 0, digits = 0;
  uint32_t first = note->unit_words[u];
  looks l;

  look_at (note->text + unit->start, unit->end - unit->start, &l);
  for (uint32_t w = first; w < note->unit_words[u + 1]; w++)
    {
      upper += w > first && (note->words[w].shape & TL_SHAPE_UPPER);
      caps += (note->words[w].shape & TL_SHAPE_CAPS) != 0;
      digits += (note->words[w].shape & TL_SHAPE_DIGIT) != 0;
    }
  f += F_LOOKS;
  f[0] = fminf ((float) upper, 4.0f) / 2.0f;
  f[1] = fminf ((float) caps, 3.0f);
  f[2] = fminf ((float) digits, 4.0f) / 2.0f;
  f[3] = fminf ((float) l.money, 2.0f);
  f[4] = fminf ((float) l.percent, 2.0f);
  f[5] = fminf ((float) l.clock, 2.0f);
  f[6] = fminf ((float) l.colon, 2.0f);
  f[7] = l.speaker;
  f[8] = fminf ((float) l.question, 2.0f);
  f[9] = fminf ((float) l.exclaim, 2.0f);
  f[10] = fminf ((float) l.quote, 2.0f);
  f[11] = fminf ((float) l.paren, 2.0f);
  f[12] = fminf ((float) l.dash, 2.0f);
  f[13] = fminf ((float) l.comma, 4.0f) / 2.0f;
  f[14] = fminf ((float) l.equals, 2.0f);
  f[15] = l.bold > 0;
  f[16] = l.ends;
  f[17] = l.trails_off;
}

static uint16_t
classes_of_unit (const tl_note *note, size_t u)
{
  uint16_t classes = 0;

  for (uint32_t w = note->unit_words[u]; w < note->unit_words[u + 1]; w++)
    classes |= note->words[w].classes;
  return classes;
}

static void
fill_section (const context *c, size_t u, float *f)
{
  int32_t section = c->note->units[u].section;
  uint16_t classes = section >= 0 ? classes_of_unit (c->note, (size_t) section) : 0;

  f += F_SECTION;
  f[0] = (classes & TL_WORD_DECIDE) != 0;
  f[1] = (classes & (TL_WORD_ACT | TL_WORD_DUTY)) != 0;
  f[2] = (classes & (TL_WORD_RISK | TL_WORD_RESULT)) != 0;
  f[3] = section >= 0 && section == c->last_section;
  f[4] = section >= 0;
}

static void
fill_neighbours (const context *c, size_t i, float *f)
{
  const tl_note *note = c->note;
  size_t u = c->content[i];

  f += F_NEIGHBOURS;
  f[0] = u > 0 && note->text[note->units[u - 1].end - 1] == ':';
  if (i + 1 < c->n_content && n_words (note, c->content[i + 1]) > 0)
    f[1] = (note->words[note->unit_words[c->content[i + 1]]].classes & TL_WORD_REVERSE) != 0;
  f[2] = 2.0f * c->rank->rare[u] - 1.0f;
  if (i > 0)
    f[3] = note->text[note->units[c->content[i - 1]].end - 1] == '?';
}

void
tl_features_fill (const tl_note *note, const tl_rank *rank, float *features)
{
  context c;

  memset (features, 0, note->n_units * TL_READER_N_FEATURES * sizeof *features);
  context_init (&c, note, rank);
  for (size_t u = 0; u < note->n_units; u++)
    {
      float *f = features + u * TL_READER_N_FEATURES;

      fill_kind (&note->units[u], f);
      fill_length (&c, u, f);
      fill_cues (note, u, f);
      fill_looks (note, u, f);
    }
  for (size_t i = 0; i < c.n_content; i++)
    {
      float *f = features + c.content[i] * TL_READER_N_FEATURES;

      fill_position (&c, i, f);
      fill_centrality (&c, i, f);
      fill_section (&c, c.content[i], f);
      fill_neighbours (&c, i, f);
    }
}

/* Columns [first, end) of a kind of feature. */
typedef struct
{
  tl_reason reason;
  int       first, end;
} columns;

/* Columns of the word class @k: its count, and whether the first word has it. */
#define CUE(reason, k)                                                                             \
  { reason, F_CUES + (k), F_CUES + (k) + 1 }, { reason, F_FIRST_WORD + (k) - 1, F_FIRST_WORD + (k) }

static const columns reason_columns[] = {
  { TL_REASON_PLACE, F_POSITION, F_KIND },
  { TL_REASON_PLACE, F_NEIGHBOURS + 4, F_END },
  { TL_REASON_FORM, F_KIND, F_LENGTH },
  { TL_REASON_LENGTH, F_LENGTH, F_CENTRAL },
  { TL_REASON_TOPIC, F_CENTRAL, F_CUES + 1 },
  { TL_REASON_TOPIC, F_NEIGHBOURS + 2, F_NEIGHBOURS + 3 },
  CUE (TL_REASON_DECISION, 1),
  CUE (TL_REASON_TURN, 2),
  CUE (TL_REASON_TURN, 3),
  CUE (TL_REASON_DUTY, 4),
  CUE (TL_REASON_DUTY, 11),
  CUE (TL_REASON_TIME, 5),
  CUE (TL_REASON_NUMBER, 6),
  CUE (TL_REASON_NUMBER, 14),
  CUE (TL_REASON_RESULT, 7),
  CUE (TL_REASON_RESULT, 10),
  CUE (TL_REASON_VAGUE, 8),
  CUE (TL_REASON_VAGUE, 9),
  CUE (TL_REASON_VAGUE, 12),
  CUE (TL_REASON_VAGUE, 13),
  { TL_REASON_NAMES, F_LOOKS, F_LOOKS + 2 },
  { TL_REASON_NUMBER, F_LOOKS + 2, F_LOOKS + 5 },
  { TL_REASON_TIME, F_LOOKS + 5, F_LOOKS + 6 },
  { TL_REASON_MARKS, F_LOOKS + 6, F_SECTION },
  { TL_REASON_SECTION, F_SECTION, F_NEIGHBOURS },
};

void
tl_features_clear (float *row, tl_reason reason)
{
  for (size_t i = 0; i < sizeof reason_columns / sizeof *reason_columns; i++)
    if (reason_columns[i].reason == reason)
      for (int c = reason_columns[i].first; c < reason_columns[i].end; c++)
        row[c] = 0.0f;
}
