/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the reader share: a note made ready (units, words, tokens, features), its
 * labels when one trains, where each tensor lies in the one flat parameter array, and how a head
 * adds its loss. Inference and training run the same code over the same f32 array; a file holds it
 * as Q8_0. */
#pragma once

#include "reader/reader.h"
#include "text/tokenizer.h"
#include "train/blocks.h"

#define TL_READER_MAX_UNITS 192 /* rows that one window takes: about ten pages of notes */
#define TL_READER_N_EMBD 96     /* d: token vectors and trunk rows alike */
#define TL_READER_N_FEATURES 96 /* columns of tl_note.features, a multiple of 32 */
#define TL_READER_N_HASH 16384  /* buckets of the wide part (hashed words and bigrams) */

/* A word of a unit: a run of letters, digits and inner apostrophes or hyphens; a CJK character is a
 * word by itself. Other characters are in no word. */
typedef struct
{
  uint32_t start, end; /* bytes of the note */
  uint32_t hash;       /* of the case-folded bytes; equal words have equal hashes in every unit */
  uint16_t classes;    /* TL_WORD_*: what the lexicon knows of it */
  uint8_t  shape;      /* TL_SHAPE_* */
} tl_word;

enum
{
  TL_SHAPE_UPPER = 1 << 0, /* begins with a capital */
  TL_SHAPE_CAPS = 1 << 1,  /* two capitals or more and no small letter */
  TL_SHAPE_DIGIT = 1 << 2, /* holds a digit */
};

/* Word classes of the lexicon (lexicon.c), in English, German, French, Spanish, Italian, Portuguese
 * and Dutch. */
enum
{
  TL_WORD_STOP = 1 << 0,
  TL_WORD_DECIDE = 1 << 1,  /* decided, agreed, approved, beschlossen, ... */
  TL_WORD_REVERSE = 1 << 2, /* but, however, instead, actually, doch, ... */
  TL_WORD_NEGATE = 1 << 3,  /* not, no, never, without, ... */
  TL_WORD_DUTY = 1 << 4,    /* must, need, should, will, to, please, ... */
  TL_WORD_TIME = 1 << 5,    /* days, months, tomorrow, deadline, ... */
  TL_WORD_MONEY = 1 << 6,   /* euro, pounds, cost, pay, price, ... */
  TL_WORD_RESULT = 1 << 7,  /* result, because, therefore, main, lesson, important, ... */
  TL_WORD_PRONOUN = 1 << 8, /* he, she, it, this, ... at a sentence's start: leans back */
  TL_WORD_SELF = 1 << 9,    /* I, me, we, us, my, our, ich, je, yo, ... */
  TL_WORD_RISK = 1 << 10, /* urgent, warning, allergic, broken, failed, danger, ... */
  TL_WORD_ACT = 1 << 11,    /* verbs that open a to-do: call, ask, send, buy, ... */
  TL_WORD_HEDGE = 1 << 12,  /* maybe, perhaps, someday, somebody, idea, wish, ... */
  TL_WORD_DONE = 1 << 13,   /* done, sent, was, were, yesterday, ago, ... */
  TL_WORD_NUMBER = 1 << 14, /* one, two, dozen, hundred, ... */
};

/* One window of a note, ready to be read. Row i of every matrix is units[i]; all kinds of unit are
 * there, but only content is ever chosen. */
typedef struct
{
  const char *text; /* borrowed: the whole note, to which all offsets refer */
  size_t      len;
  bool        first_window;
  tl_unit    *units;          /* [n_units], at most TL_READER_MAX_UNITS */
  size_t      n_units;
  tl_word    *words;          /* [unit_words[n_units]] */
  uint32_t *unit_words; /* [n_units + 1]: unit i has words unit_words[i] to unit_words[i + 1] - 1 */
  int32_t    *tokens;         /* [unit_tokens[n_units]]: BPE of " " + the case-folded unit */
  uint32_t *token_starts; /* byte of the note at which each token begins (never before its unit) */
  uint32_t   *unit_tokens;    /* [n_units + 1] */
  uint32_t   *buckets;        /* [unit_buckets[n_units]]: wide features, < TL_READER_N_HASH */
  uint32_t   *unit_buckets;   /* [n_units + 1] */
  float      *features;       /* [n_units, TL_READER_N_FEATURES], about unit variance */
  float      *textrank;       /* [n_units]: 0 for structure, else sums to 1 */
} tl_note;

/**
 * tl_note_new:
 * @units: [n] as tl_units_split() gives them, of one window
 * Returns: (transfer full) (nullable)
 */
tl_note *tl_note_new  (const tl_tokenizer *tokenizer, const char *text, size_t len,
                       const tl_unit *units, size_t n, bool first_window, tl_error *err);
void     tl_note_free (tl_note *note);

/* What a person said about a note; offsets are bytes of the note. */
typedef struct
{
  bool     counted; /* the unit stands for a unit that the person saw; others teach nothing */
  float    key;     /* target: 1 key, between 0 and 1 acceptable, 0 not */
  uint8_t  rank;    /* 1: the most important, 0: not key */
  bool     action;
  tl_span  owner, due; /* of an action; {0}: the person said that none is given */
} tl_unit_label;

typedef struct
{
  tl_unit_label     *units; /* [n_units] */
  const char *const *titles; /* best first; any is right */
  size_t             n_titles;
  const char *const *tags;
  size_t             n_tags;
  float              weight;       /* of the note in the loss */
  bool               has_actions;  /* false: actions, owners, dues were not labelled */
  bool               has_titles, has_tags;
} tl_note_labels;

/* A tensor of the flat array. Matrices are [rows, cols] row-major, y = W x; cols is a multiple of
 * 32 wherever it is to be stored as Q8_0, else the file holds F32. */
typedef struct
{
  char   name[48];
  size_t offset, rows, cols; /* in floats, from the beginning of its group */
  float  init;               /* standard deviation of the initial normal draw; 0: zeros */
  bool   decay;              /* weight decay applies */
  bool   q8;                 /* stored as Q8_0 */
} tl_reader_tensor;

typedef struct
{
  tl_blocks_config blocks;
  uint32_t         n_vocab;
  size_t           embed;        /* [n_vocab, d] token vectors */
  size_t           token_gate;   /* [n_vocab] logit of a token's weight in the pooled mean */
  size_t           pool;         /* [d, d] */
  size_t           feature;      /* [d, F] */
  size_t           feature_bias; /* [d] */
  size_t           head;         /* [2, d] key and action */
  size_t           head_bias;    /* [2] */
  size_t           skip;         /* [2, F] */
  size_t           wide;         /* [2, TL_READER_N_HASH] */
  size_t           spans;        /* the span heads' group; see tl_spans_tensor() */
  size_t           trunk;        /* the blocks' group */
  size_t           n_params;     /* of everything */
} tl_reader_layout;

void             tl_reader_layout_init (tl_reader_layout *l, uint32_t n_vocab);
size_t           tl_reader_n_tensors   (const tl_reader_layout *l);
tl_reader_tensor tl_reader_get_tensor  (const tl_reader_layout *l, size_t i); /* absolute offset */

#define TL_ASK_N_PAIR 32 /* features of a unit beside a question: ask.c */
#define TL_ASK_N_UNIT (TL_ASK_N_PAIR + TL_READER_N_FEATURES) /* and of the unit by itself */
#define TL_ASK_N_NONE 17 /* features of "the note does not say" */
#define TL_ASK_N_WEIGHTS (TL_ASK_N_UNIT + TL_ASK_N_NONE)

/* ---- the span heads: spans*.c ---- */

size_t           tl_spans_n_params  (void);
size_t           tl_spans_n_tensors (void);
tl_reader_tensor tl_spans_tensor    (size_t i); /* offset from tl_reader_layout.spans */

/* What the heads say of one window; arrays are malloc()ed and best first. owner and
 * due: [n_units]. */
typedef struct
{
  tl_span *titles, *tags, *owners, *dues;
  size_t   n_titles, n_tags;
} tl_spans;

/* @calibration: [TL_SPANS_N_CALIBRATION] as tl_spans_train() made it. */
#define TL_SPANS_N_CALIBRATION 8
bool tl_spans_read  (const tl_reader_layout *l, const float *params, const float *calibration,
                     const tl_note *note, const float *logits, tl_spans *out, tl_error *err);
void tl_spans_clear (tl_spans *s);

/* A note that the trunk has judged; all borrowed. */
typedef struct
{
  const tl_note        *note;
  const tl_note_labels *labels;
  const float          *h;      /* [n_units, d] rows of the trunk whose parameters these are */
  const float          *logits; /* [n_units, 2] of a trunk that had not seen the note */
} tl_spans_example;

/**
 * tl_spans_train:
 * @params: the whole flat array; only the span heads' part is changed
 * @calibration: (out): [TL_SPANS_N_CALIBRATION] fitted on notes held out inside
 *
 * Starts the heads anew and trains them on @examples [n]. Deterministic for @seed.
 */
bool tl_spans_train (const tl_reader_layout *l, float *params, const tl_spans_example *examples,
                     size_t n, uint64_t seed, float *calibration, tl_cancel_func cancel,
                     void *cancel_data, tl_error *err);
