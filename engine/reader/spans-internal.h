/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the span heads: a view of the note that all four kinds of span share, the
 * candidates that plain code proposes with their features, and the one small head that scores
 * them. */
#pragma once

#include "reader/reader-internal.h"

typedef enum
{
  TL_SPAN_TITLE,
  TL_SPAN_TAG,
  TL_SPAN_OWNER,
  TL_SPAN_DUE,
  TL_SPAN_N_KINDS
} tl_span_kind;

#define TL_SPAN_N_FEATURES 64 /* dense features of a candidate, a multiple of 32 */
#define TL_SPAN_N_HASHES 20   /* at most so many hashed features a candidate */
#define TL_SPAN_N_BUCKETS 4096 /* weights for hashed features, for each kind */
#define TL_SPAN_N_HIDDEN 24

/* What stands between a word and the one before it. */
typedef enum
{
  TL_GAP_SPACE,
  TL_GAP_COMMA,
  TL_GAP_COLON,
  TL_GAP_DASH, /* dash, slash, arrow, plus and the like */
  TL_GAP_QUOTE,
  TL_GAP_PAREN,
  TL_GAP_AT,
  TL_GAP_STOP, /* . ! ? ; … */
  TL_GAP_EDGE, /* the unit's edge */
  TL_GAP_N
} tl_gap;

/* All occurrences of one word in the note. */
typedef struct
{
  uint32_t hash;
  uint32_t count;
  uint32_t n_units;    /* units that hold it */
  uint32_t last_unit;  /* while counting */
  uint32_t first_word; /* its first occurrence */
  uint32_t n_upper;    /* capitalised inside a sentence, where a capital means something */
  uint32_t n_speaker;  /* "Name:" at a unit's start */
  uint32_t n_owner;    /* capitalised at a unit's start */
  bool     in_heading, in_first_lines;
  float    key_max, key_sum; /* of the probability of the units that hold it */
} tl_span_word;

typedef struct
{
  const tl_note *note;
  size_t         n_words;
  uint32_t      *unit_of;   /* [n_words] */
  uint8_t       *gaps;      /* [n_words + 1] tl_gap before the word */
  uint32_t      *entry_of;  /* [n_words] index into entries */
  uint16_t      *time;      /* [n_words] TL_TIME_* */
  uint32_t      *token_of;  /* [n_words + 1] the first token that begins in or after the word */
  float         *rarity;    /* [n_words] 0 common to 1 rare, from the vocabulary's order */
  tl_span_word  *entries;
  size_t         n_entries;
  float         *p_key, *p_action; /* [n_units] */
  float         *key_rank;         /* [n_units] 1 for the most probable unit, falling to 0 */
  uint32_t       first_content;    /* unit; n_units when there is none */
  uint32_t       n_content;
} tl_span_view;

bool tl_span_view_init  (tl_span_view *v, const tl_note *note, const float *logits);
void tl_span_view_clear (tl_span_view *v);

/* Words that tell time (spans-time.c). */
enum
{
  TL_TIME_DAY = 1 << 0,      /* Monday, Fri, Samstag */
  TL_TIME_MONTH = 1 << 1,    /* May, Okt */
  TL_TIME_RELATIVE = 1 << 2, /* today, tonight, morgen, now, soon */
  TL_TIME_UNIT = 1 << 3,     /* week, evening, noon, Ende */
  TL_TIME_FEAST = 1 << 4,    /* Easter, Weihnachten */
  TL_TIME_DEADLINE = 1 << 5, /* by, before, until, bis, avant */
  TL_TIME_AT = 1 << 6,       /* on, at, in, from, am, le */
  TL_TIME_WHICH = 1 << 7,    /* next, this, every, first, the, of */
  TL_TIME_CLAUSE = 1 << 8,   /* once, when, as soon: a clause follows */
  TL_TIME_NUMBER = 1 << 9,   /* 14, 20th, 14:00, noon is a unit */
};
uint16_t tl_span_time_classes (const char *word, size_t len);

/* A span that may be the answer. */
typedef struct
{
  uint32_t unit;
  uint32_t first, last; /* words of the note, half open; first == last: "none" */
  uint32_t start, end;  /* bytes of the note */
  uint32_t n_hashes;
  uint32_t hashes[TL_SPAN_N_HASHES]; /* buckets */
  float    x[TL_SPAN_N_FEATURES];
} tl_candidate;

typedef struct
{
  tl_candidate *items;
  size_t        n, room;
  bool          failed; /* for want of memory */
} tl_candidates;

/* Appends one, cleared; NULL for want of memory, which is also remembered. */
tl_candidate *tl_candidates_add   (tl_candidates *c, const tl_span_view *v, size_t unit,
                                   size_t first, size_t last);
void          tl_candidates_clear (tl_candidates *c);
void          tl_candidate_hash   (tl_candidate *c, uint32_t salt, uint32_t hash);

/* The candidates of a kind; of one unit for owner and due, where "none" comes first. */
void tl_span_titles (const tl_span_view *v, tl_candidates *c);
void tl_span_tags   (const tl_span_view *v, tl_candidates *c);
void tl_span_owners (const tl_span_view *v, size_t unit, tl_candidates *c);
void tl_span_dues   (const tl_span_view *v, size_t unit, tl_candidates *c);

/* Among the owners of @unit the name that plainly is told to act; 0, "none", without one. */
size_t tl_span_told_owner (const tl_span_view *v, size_t unit, const tl_candidates *c);

/* What several of them need. */
uint8_t  tl_span_gap_after (const tl_span_view *v, size_t word);
uint32_t tl_span_suffix    (const tl_span_view *v, size_t word); /* hash of the last three bytes */

/* ROUGE-L's F1 of two spans of the note (spans-label.c). */
float tl_span_rouge (const tl_span_view *v, const tl_candidate *a, const tl_candidate *b);

/* What a head reads beside the candidates, already projected to its hidden layer; either may be
 * NULL. Forward, words[w] is the sum over the note's words before w, so it has n_words + 1 rows;
 * backward, words[w] is the gradient of word w itself. */
typedef struct
{
  float *units; /* [n_units, TL_SPAN_N_HIDDEN] */
  float *words; /* [n_words + 1, TL_SPAN_N_HIDDEN] */
} tl_span_inputs;

/* The head of one kind (spans-head.c); @params and @grads are of that kind. Gradients are added. */
size_t           tl_span_head_n_params  (void);
size_t           tl_span_head_n_tensors (void);
tl_reader_tensor tl_span_head_tensor    (size_t i);

/* out[i] = W rows[i], [n, TL_SPAN_N_HIDDEN] from token vectors [n, TL_READER_N_EMBD]. */
void tl_span_head_project          (const float *params, const float *rows, size_t n, float *out);
void tl_span_head_project_backward (float *grads, const float *rows, size_t n, const float *d_out);

/**
 * tl_span_head_forward:
 * @words: [n_words + 1, TL_SPAN_N_HIDDEN] sums of the projected words before each
 * @hidden: (out): [n, TL_SPAN_N_HIDDEN] before the activation, for the backward pass
 * @scores: (out): [n]
 */
void tl_span_head_forward  (const float *params, const tl_candidate *items, size_t n,
                            const float *words, float *hidden, float *scores);
/* @d_words: (nullable): += [n_words, TL_SPAN_N_HIDDEN], of each word itself */
void tl_span_head_backward (const float *params, float *grads, const tl_candidate *items, size_t n,
                            const float *hidden, const float *d_scores, float *d_words);

/* All heads over one note (spans-score.c). */
typedef struct
{
  tl_span_view   view;
  const float   *params;    /* of the span heads, all kinds */
  float         *word_rows; /* [n_words, TL_READER_N_EMBD] mean token vectors */
  float         *words[TL_SPAN_N_KINDS]; /* as the heads take them */
} tl_span_scorer;

/* Candidates with their scores; owned by the caller, cleared with tl_span_scored_clear(). */
typedef struct
{
  tl_candidates candidates;
  float        *hidden, *scores;
  float        *rewards; /* [2 n]: zeros at first; the second half is scratch of a loss */
} tl_span_scored;

bool tl_span_scorer_init  (tl_span_scorer *s, const tl_reader_layout *l, const float *params,
                           const tl_note *note, const float *logits);
void tl_span_scorer_clear (tl_span_scorer *s);
/* Proposes; @unit is read only for owner and due. False for want of memory. */
bool tl_span_scorer_propose (const tl_span_scorer *s, tl_span_kind kind, size_t unit,
                             tl_span_scored *out);
void tl_span_scorer_score   (const tl_span_scorer *s, tl_span_kind kind, tl_span_scored *out);
void tl_span_scored_clear   (tl_span_scored *s);

/* Choosing (spans-choose.c). Titles and tags: returns how many, at most TL_SPAN_MAX_SHOWN, best
 * first; the titles' scores become their expected ROUGE-L. */
#define TL_SPAN_MAX_SHOWN 5
size_t tl_span_choose_titles (const tl_span_view *v, tl_span_scored *s, uint32_t *chosen);
size_t tl_span_choose_tags   (const tl_span_view *v, const tl_span_scored *s, uint32_t *chosen);
/* The best candidate, and the logit of its probability. */
size_t tl_span_choose_words  (const tl_span_scored *s, float *logit);
float  tl_span_logit         (float p);

/* One note's losses (spans-loss.c): the gradient is added to @grads (of the span heads), each
 * kind's by itself. @rng: (nullable): draws what is left out. Returns: the loss in nats; NAN for
 * want of memory. */
float tl_spans_loss  (const tl_reader_layout *l, const float *params, float *grads,
                      const tl_spans_example *e, tl_rng *rng);
/* How right each candidate is (spans-label.c), as s->rewards from 0 to 1: a title by ROUGE-L
 * against the best given one; a tag when it equals a given one, half when one holds the other as
 * whole words; an owner or due words when they read the same. */
void  tl_span_label  (const tl_span_view *v, tl_span_kind kind, size_t unit,
                      const tl_note_labels *labels, tl_span_scored *s);
