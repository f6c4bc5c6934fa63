/* SPDX-License-Identifier: Apache-2.0 */
/* Goes on with a text: example MODEL.gguf "Once upon a time"
 *   cc -std=c11 example.c -o example $(pkg-config --cflags --libs tinylm-0) */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinylm.h>

/* The session stands behind the prompt. */
static bool
write_on (tl_session *session, tl_sampler *sampler, const tl_tokenizer *words, char *piece, tl_error *err)
{
  tl_decoder decoder = { 0 };
  for (int i = 0; i < 24; i++)
    {
      int32_t id = tl_sampler_sample (sampler, tl_session_get_logits (session), NULL, 0);

      if (tl_tokenizer_is_end (words, id))
        break;
      fwrite (piece, 1, tl_tokenizer_decode (words, &decoder, id, piece), stdout);
      tl_sampler_accept (sampler, id);
      if (!tl_session_decode (session, id, err))
        return false;
    }
  fwrite (piece, 1, tl_tokenizer_decode_finish (&decoder, piece), stdout);
  return true;
}

int
main (int argc, char **argv)
{
  tl_error err = { 0 };
  tl_model *model = NULL;
  const tl_tokenizer *words = NULL;
  tl_session *session = NULL;
  tl_sampler *sampler = NULL;
  tl_sampler_params greedy;
  int32_t *ids = NULL;
  size_t n_ids;
  char *piece = NULL;

  tl_sampler_params_init (&greedy);
  bool good = (argc == 3 || tl_error_set (&err, TL_ERROR_ARGUMENT, "usage: %s MODEL.gguf TEXT", argv[0]))
    && (model = tl_model_open (argv[1], &err))
    && ((words = tl_model_get_tokenizer (model)) || tl_error_set (&err, TL_ERROR_FORMAT, "no tokenizer"))
    && (session = tl_session_new (model, 0, NULL, &err))
    && (sampler = tl_sampler_new (&greedy, tl_model_get_info (model)->n_vocab, &err))
    && ((piece = malloc (tl_tokenizer_get_max_piece (words))) || tl_error_set_errno (&err, ENOMEM, "text"))
    && tl_tokenizer_encode (words, argv[2], strlen (argv[2]), TL_TOKENIZE_ADD_BOS, &ids, &n_ids, &err)
    && tl_session_prefill (session, ids, n_ids, NULL, NULL, &err)
    && write_on (session, sampler, words, piece, &err);
  fprintf (good ? stdout : stderr, "%s\n", err.message);
  free (piece);
  free (ids);
  tl_sampler_free (sampler);
  tl_session_free (session);
  tl_model_close (model);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
