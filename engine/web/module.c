/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of module.h over the engine. What went wrong last is the one thing that the module keeps
 * outside of the objects: an instance has one thread. */
#include "web/module.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "reader/name.h"
#include "tinylm.h"

/* Likelier than not, as in the window. */
#define P_ACTION 0.5f
#define ALIGNMENT 16
#define WORDS_CTX 256 /* tokens; as the window gives */

struct tlw_model
{
  void       *bytes;
  tl_model   *model;
  tl_session *words; /* of tlw_complete(): what it has read is used again; NULL before the first */
};

struct tlw_word
{
  tl_completion completion;
};

struct tlw_text
{
  const tl_model *model;
  tl_session     *session;
  tl_sampler     *sampler;
  tl_decoder      decoder;
  int32_t         id; /* chosen, and not yet decoded; -1 before the first */
  char           *piece;
};

static tl_error error;

void *
tlw_alloc (size_t size)
{
  void *memory = NULL;

  if (posix_memalign (&memory, ALIGNMENT, size > 0 ? size : 1) != 0)
    tl_error_set (&error, TL_ERROR_MEMORY, "no memory for %zu bytes", size);
  return memory;
}

void
tlw_free (void *memory)
{
  free (memory);
}

const char *
tlw_error (void)
{
  return error.message;
}

const char *
tlw_path (void)
{
  return tl_kernels_get ()->name;
}

tlw_reader *
tlw_reader_open (const void *bytes, size_t size)
{
  return tl_reader_open_memory (bytes, size, &error);
}

void
tlw_reader_close (tlw_reader *reader)
{
  tl_reader_close (reader);
}

/* Spans being collected, with room for all. */
typedef struct
{
  tlw_span *spans;
  size_t    n;
} collection;

static void
add (collection *c, tlw_kind kind, size_t start, size_t end, float p)
{
  c->spans[c->n++] = (tlw_span) { kind, (uint32_t) start, (uint32_t) end, p };
}

static void
add_spans (collection *c, tlw_kind kind, const tl_span *spans, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (spans[i].end > spans[i].start)
      add (c, kind, spans[i].start, spans[i].end, spans[i].p);
}

/* An open check box says itself that something is to be done, and a ticked one that nothing is. */
static bool
is_action (const tl_reading_unit *u)
{
  if (!tl_unit_is_content (&u->unit) || u->unit.check == TL_CHECK_DONE)
    return false;
  return u->unit.check == TL_CHECK_OPEN || u->p_action >= P_ACTION;
}

static void
add_actions (collection *c, const tl_reading *reading)
{
  for (size_t i = 0; i < reading->n_units; i++)
    {
      const tl_reading_unit *u = &reading->units[i];

      if (!is_action (u))
        continue;
      add (c, TLW_ACTION, u->unit.start, u->unit.end, u->p_action);
      add_spans (c, TLW_OWNER, &u->owner, 1);
      add_spans (c, TLW_DUE, &u->due, 1);
    }
}

static void
add_keys (collection *c, const tl_reading *reading, const size_t *keys, size_t n)
{
  for (size_t i = 0; i < n; i++)
    {
      const tl_reading_unit *u = &reading->units[keys[i]];

      add (c, TLW_KEY, u->unit.start, u->unit.end, u->p_key);
    }
}

static tlw_span *
collect (const tl_reading *reading, const char *text, size_t max_keys, size_t *n)
{
  size_t n_units = reading->n_units;
  size_t max = reading->n_titles + reading->n_tags + 5 * n_units + 1; /* key, action of three, all; name */
  collection c = { tlw_alloc (max * sizeof (tlw_span)), 0 };
  size_t *keys = tlw_alloc (n_units * sizeof *keys);
  tl_span name;

  if (c.spans == NULL || keys == NULL)
    {
      free (c.spans);
      free (keys);
      return NULL;
    }
  add_spans (&c, TLW_TITLE, reading->titles, reading->n_titles);
  add_keys (&c, reading, keys,
            tl_reading_choose_keys (reading, text, max_keys < n_units ? max_keys : n_units, keys));
  add_actions (&c, reading);
  add_spans (&c, TLW_TAG, reading->tags, reading->n_tags);
  if (tl_reading_find_name (reading, text, &name))
    add_spans (&c, TLW_NAME, &name, 1);
  for (size_t i = 0; i < n_units; i++)
    if (tl_unit_is_content (&reading->units[i].unit))
      add (&c, TLW_SENTENCE, reading->units[i].unit.start, reading->units[i].unit.end,
           reading->units[i].p_key);
  free (keys);
  *n = c.n;
  return c.spans;
}

tlw_span *
tlw_read (const tlw_reader *reader, const char *text, size_t len, size_t max_keys, size_t *n)
{
  tl_reading *reading = tl_reader_read (reader, text, len, NULL, NULL, &error);
  tlw_span *spans = reading != NULL ? collect (reading, text, max_keys, n) : NULL;

  tl_reading_free (reading);
  return spans;
}

tlw_model *
tlw_model_open (void *bytes, size_t size)
{
  tlw_model *m = tlw_alloc (sizeof *m);
  tl_gguf *gguf = m != NULL ? tl_gguf_open_memory (bytes, size, &error) : NULL;

  if (m != NULL)
    *m = (tlw_model) { bytes, gguf != NULL ? tl_model_open_gguf (gguf, &error) : NULL, NULL };
  if (m != NULL && m->model != NULL && tl_model_get_tokenizer (m->model) != NULL)
    return m;
  if (m != NULL && m->model != NULL)
    tl_error_set (&error, TL_ERROR_UNSUPPORTED, "this model has no vocabulary to write with");
  if (m == NULL)
    free (bytes);
  tlw_model_close (m);
  return NULL;
}

void
tlw_model_close (tlw_model *model)
{
  if (model == NULL)
    return;
  tl_session_free (model->words);
  tl_model_close (model->model);
  free (model->bytes);
  free (model);
}

tlw_word *
tlw_complete (tlw_model *model, const char *text, size_t len, size_t typed, size_t max, size_t *n)
{
  tlw_word *words;

  static_assert (sizeof *words == TL_COMPLETE_MAX_WORD + 1 + sizeof (float), "as module.h says");
  if (typed == 0 || typed > len)
    {
      tl_error_set (&error, TL_ERROR_ARGUMENT, "a word is completed from its beginning");
      return NULL;
    }
  words = tlw_alloc (max * sizeof *words);
  if (model->words == NULL)
    model->words = tl_session_new (model->model, WORDS_CTX, NULL, &error);
  if (words != NULL && model->words != NULL
      && tl_complete_word (model->words, tl_model_get_tokenizer (model->model), text, len - typed,
                           text + len - typed, typed, &words->completion, max, n, &error))
    return words;
  free (words);
  return NULL;
}

static bool
prefill (tlw_text *t, const int32_t *ids, size_t n)
{
  if (n == 0)
    return tl_error_set (&error, TL_ERROR_ARGUMENT, "the text needs a beginning of a word or more");
  for (size_t i = 0; i < n; i++)
    tl_sampler_accept (t->sampler, ids[i]);
  return tl_session_prefill (t->session, ids, n, NULL, NULL, &error);
}

/* A cache of bytes is the fastest where halves are not the processor's own, and moves the perplexity of
 * meeny by less than a ten-thousandth; but its blocks must fit the heads. */
static tl_type
cache_of (const tl_model *m)
{
  return tl_session_cache_bytes (tl_model_get_info (m), TL_TYPE_Q8_0) > 0 ? TL_TYPE_Q8_0
                                                                         : TL_TYPE_F16;
}

static bool
begin (tlw_text *t, const char *prompt, size_t len, uint32_t n_ctx, const tl_sampler_params *params)
{
  const tl_tokenizer *tokenizer = tl_model_get_tokenizer (t->model);
  int32_t *ids = NULL;
  size_t n;
  bool ok;

  t->session = tl_session_new_with_cache (t->model, n_ctx, cache_of (t->model), NULL, &error);
  t->sampler = tl_sampler_new (params, tl_model_get_info (t->model)->n_vocab, &error);
  t->piece = tlw_alloc (tl_tokenizer_get_max_piece (tokenizer) + 1);
  ok = t->session != NULL && t->sampler != NULL && t->piece != NULL
       && tl_tokenizer_encode (tokenizer, prompt, len, TL_TOKENIZE_ADD_BOS, &ids, &n, &error)
       && prefill (t, ids, n);
  free (ids);
  return ok;
}

tlw_text *
tlw_text_begin (const tlw_model *model, const char *prompt, size_t len, uint32_t n_ctx,
                float temperature, float top_p, uint32_t seed)
{
  tlw_text *t = tlw_alloc (sizeof *t);
  tl_sampler_params params;

  if (t == NULL)
    return NULL;
  *t = (tlw_text) { .model = model->model, .decoder = { .started = true }, .id = -1 };
  tl_sampler_params_init (&params);
  params.temperature = temperature;
  params.top_p = top_p;
  params.seed = seed;
  if (begin (t, prompt, len, n_ctx, &params))
    return t;
  tlw_text_end (t);
  return NULL;
}

void
tlw_text_end (tlw_text *text)
{
  if (text == NULL)
    return;
  tl_sampler_free (text->sampler);
  tl_session_free (text->session);
  free (text->piece);
  free (text);
}

/* A token is decoded only when the next is asked for: the last one need not be. */
int32_t
tlw_text_next (tlw_text *text)
{
  const tl_tokenizer *tokenizer = tl_model_get_tokenizer (text->model);
  tl_session *s = text->session;

  if (tl_session_get_position (s) == tl_session_get_n_ctx (s)
      || (text->id >= 0 && tl_tokenizer_is_end (tokenizer, text->id)))
    return TLW_FINISHED;
  if (text->id >= 0 && !tl_session_decode (s, text->id, &error))
    return TLW_FAILED;
  text->id = tl_sampler_sample (text->sampler, tl_session_get_logits (s), NULL, 0);
  tl_sampler_accept (text->sampler, text->id);
  if (tl_tokenizer_is_end (tokenizer, text->id))
    return TLW_FINISHED;
  return (int32_t) tl_tokenizer_decode (tokenizer, &text->decoder, text->id, text->piece);
}

const char *
tlw_text_piece (const tlw_text *text)
{
  return text->piece;
}
