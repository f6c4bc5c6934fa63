/* SPDX-License-Identifier: Apache-2.0 */
/* The engine alone, without GLib, for machines where nothing else runs:
 *   engine-probe PATH write MODEL N PROMPT   N greedy tokens: a line of ids, then the text; over a cache of
 *                                         halves, and over one of Q8_0
 *   engine-probe PATH read READER NOTE         the titles and key sentences of the file NOTE
 *   engine-probe PATH complete MODEL TEXT TYPED  the words that may stand behind TEXT and begin with TYPED
 * PATH is the kernel table that must be taken, "c" or the best that there is. Times go to standard
 * error. */
#include "base/file.h"
#include "kernels/kernels.h"
#include "tinylm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_KEYS 5
#define MAX_WORDS 3
#define COMPLETE_CTX 256 /* as engine/web/module.c and the window have it */

static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static int32_t
likeliest (const float *logits, uint32_t n)
{
  uint32_t best = 0;

  for (uint32_t i = 1; i < n; i++)
    if (logits[i] > logits[best])
      best = i;
  return (int32_t) best;
}

static bool
write_tokens (tl_session *s, const tl_model *m, const int32_t *prompt, size_t n_prompt, size_t n,
              tl_error *err)
{
  uint32_t n_vocab = tl_model_get_info (m)->n_vocab;
  const tl_tokenizer *tokenizer = tl_model_get_tokenizer (m);
  int32_t *ids = malloc ((n + 1) * sizeof *ids);
  char *piece = malloc (tl_tokenizer_get_max_piece (tokenizer) + 1);
  tl_decoder decoder = { 0 };
  double start = now (), prefilled;
  bool ok = ids != NULL && piece != NULL && tl_session_prefill (s, prompt, n_prompt, NULL, NULL, err);

  prefilled = now ();
  for (size_t i = 0; ok && i < n; i++)
    {
      ids[i] = likeliest (tl_session_get_logits (s), n_vocab);
      printf ("%s%d", i > 0 ? " " : "", (int) ids[i]);
      ok = tl_session_decode (s, ids[i], err);
    }
  if (ok)
    fprintf (stderr, "prefill %.0f, decode %.0f tokens a second\n",
             (double) n_prompt / (prefilled - start), (double) n / (now () - prefilled));
  printf ("\n");
  for (size_t i = 0; ok && i < n; i++)
    fwrite (piece, 1, tl_tokenizer_decode (tokenizer, &decoder, ids[i], piece), stdout);
  printf ("\n");
  free (ids);
  free (piece);
  return ok;
}

static bool
write_text (const char *path, tl_type cache, size_t n, const char *text, tl_error *err)
{
  tl_model *m = tl_model_open (path, err);
  tl_session *s = m != NULL ? tl_session_new_with_cache (m, 0, cache, NULL, err) : NULL;
  int32_t *ids = NULL;
  size_t n_ids;
  bool ok = s != NULL
            && tl_tokenizer_encode (tl_model_get_tokenizer (m), text, strlen (text),
                                    TL_TOKENIZE_ADD_BOS, &ids, &n_ids, err)
            && write_tokens (s, m, ids, n_ids, n, err);

  free (ids);
  tl_session_free (s);
  tl_model_close (m);
  return ok;
}

static void
print_reading (const tl_reading *reading, const char *text)
{
  size_t chosen[MAX_KEYS], n = tl_reading_choose_keys (reading, text, MAX_KEYS, chosen);

  for (size_t i = 0; i < reading->n_titles; i++)
    printf ("title %zu-%zu %.3f %.*s\n", reading->titles[i].start, reading->titles[i].end,
            (double) reading->titles[i].p, (int) (reading->titles[i].end - reading->titles[i].start),
            text + reading->titles[i].start);
  for (size_t i = 0; i < n; i++)
    {
      const tl_reading_unit *u = &reading->units[chosen[i]];

      printf ("key %zu-%zu %.3f %.*s\n", u->unit.start, u->unit.end, (double) u->p_key,
              (int) (u->unit.end - u->unit.start), text + u->unit.start);
    }
}

static bool
read_note (const char *path, const char *note_path, tl_error *err)
{
  tl_reader *reader = tl_reader_open (path, err);
  tl_reading *reading = NULL;
  tl_map note = { 0 };
  double start = now ();

  if (reader != NULL && tl_map_open (&note, note_path, err))
    reading = tl_reader_read (reader, (const char *) note.data, note.size, NULL, NULL, err);
  if (reading != NULL)
    {
      fprintf (stderr, "read in %.1f ms\n", 1e3 * (now () - start));
      print_reading (reading, (const char *) note.data);
    }
  tl_reading_free (reading);
  tl_map_close (&note);
  tl_reader_close (reader);
  return reading != NULL;
}

static bool
complete (const char *path, const char *text, const char *typed, tl_error *err)
{
  tl_model *model = tl_model_open (path, err);
  tl_session *s = model != NULL ? tl_session_new (model, COMPLETE_CTX, NULL, err) : NULL;
  tl_completion words[MAX_WORDS];
  size_t n = 0;
  bool ok = s != NULL
            && tl_complete_word (s, tl_model_get_tokenizer (model), text, strlen (text), typed,
                                 strlen (typed), words, MAX_WORDS, &n, err);

  for (size_t i = 0; i < n; i++)
    printf ("%s %.3f\n", words[i].text, (double) words[i].p);
  tl_session_free (s);
  tl_model_close (model);
  return ok;
}

int
main (int argc, char **argv)
{
  tl_error err = { 0 };
  bool ok;

  if (argc > 1 && strcmp (argv[1], "c") == 0)
    tl_cpu_set_mask (0);
  if (argc > 1 && strcmp (argv[1], tl_kernels_get ()->name) != 0)
    ok = tl_error_set (&err, TL_ERROR_ARGUMENT, "%s is not the best path here, which is %s", argv[1],
                       tl_kernels_get ()->name);
  else if (argc == 6 && strcmp (argv[2], "write") == 0)
    ok = write_text (argv[3], TL_TYPE_F16, strtoul (argv[4], NULL, 10), argv[5], &err)
         && write_text (argv[3], TL_TYPE_Q8_0, strtoul (argv[4], NULL, 10), argv[5], &err);
  else if (argc == 5 && strcmp (argv[2], "read") == 0)
    ok = read_note (argv[3], argv[4], &err);
  else if (argc == 6 && strcmp (argv[2], "complete") == 0)
    ok = complete (argv[3], argv[4], argv[5], &err);
  else
    ok = tl_error_set (&err, TL_ERROR_ARGUMENT,
                       "usage: engine-probe PATH write MODEL N PROMPT | read READER NOTE"
                       " | complete MODEL TEXT TYPED");
  if (!ok)
    fprintf (stderr, "engine-probe: %s\n", err.message);
  return ok ? 0 : 1;
}
