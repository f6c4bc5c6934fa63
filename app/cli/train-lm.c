/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli train lm: trains a llama-family model from scratch on a text, from checkpoints, and
 * writes it as a GGUF. Progress is one JSON object a line on standard output. */
#include "cli/commands.h"
#include "cli/corpus.h"
#include "cli/options.h"
#include "text/bpe-train.h"
#include "train/lm-train.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  char   *text, *vocab, *checkpoint, *init, *teacher, *out, *type, *embedding_type, *name, *qat;
  int     n_embd, n_layers, n_heads, n_kv_heads, head_dim, n_ff;
  int     seq_len, batch, steps, warmup, hold, every, threads, seed, save_minutes;
  int     qat_start, qat_ramp, valid;
  gboolean qat_tensor_scale;
  double  lr, weight_decay, final_factor, minutes, muon_lr, teacher_weight, temperature;
} Options;

static volatile sig_atomic_t stopped;

static void
stop (int signal_number)
{
  (void) signal_number;
  stopped = 1;
}

/* Returns: -1 to go on, else the exit status */
static int
parse (Options *o, int *argc, char ***argv)
{
  GOptionEntry entries[] = {
    { "text", 0, 0, G_OPTION_ARG_FILENAME, &o->text,
      "Text to learn from (.txt, .xz, .gz)", "FILE" },
    { "vocab", 0, 0, G_OPTION_ARG_FILENAME, &o->vocab, "GGUF whose tokenizer is used", "FILE" },
    { "checkpoint", 0, 0, G_OPTION_ARG_FILENAME, &o->checkpoint,
      "Kept here, and resumed from", "FILE" },
    { "init", 0, 0, G_OPTION_ARG_FILENAME, &o->init,
      "Weights to start from when there is no checkpoint", "GGUF" },
    { "qat", 0, 0, G_OPTION_ARG_STRING, &o->qat,
      "Train for quantised weights: ternary or binary", "KIND" },
    { "qat-start", 0, 0, G_OPTION_ARG_INT, &o->qat_start, "The step from which on (0)", "N" },
    { "qat-ramp", 0, 0, G_OPTION_ARG_INT, &o->qat_ramp, "Steps from float to quantised (0)", "N" },
    { "qat-tensor-scale", 0, 0, G_OPTION_ARG_NONE, &o->qat_tensor_scale,
      "One scale a tensor instead of one for 256 weights", NULL },
    { "teacher", 0, 0, G_OPTION_ARG_FILENAME, &o->teacher,
      "A model whose answers are learned too", "GGUF" },
    { "teacher-weight", 0, 0, G_OPTION_ARG_DOUBLE, &o->teacher_weight,
      "Of the teacher's part of the loss (0.5)", "X" },
    { "temperature", 0, 0, G_OPTION_ARG_DOUBLE, &o->temperature,
      "Softens the teacher's answers (1)", "X" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &o->out, "The model to write", "FILE" },
    { "type", 0, 0, G_OPTION_ARG_STRING, &o->type,
      "Of the matrices: F32, F16, Q8_0, ... (F32)", "TYPE" },
    { "embedding-type", 0, 0, G_OPTION_ARG_STRING, &o->embedding_type,
      "Of the embedding (as --type)", "TYPE" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &o->name, "The model's name (meeny)", "NAME" },
    { "embd", 0, 0, G_OPTION_ARG_INT, &o->n_embd, "Width (256)", "N" },
    { "layers", 0, 0, G_OPTION_ARG_INT, &o->n_layers, "Blocks (6)", "N" },
    { "heads", 0, 0, G_OPTION_ARG_INT, &o->n_heads, "Query heads (4)", "N" },
    { "kv-heads", 0, 0, G_OPTION_ARG_INT, &o->n_kv_heads, "Key and value heads (2)", "N" },
    { "head-dim", 0, 0, G_OPTION_ARG_INT, &o->head_dim, "Width of a head (64)", "N" },
    { "ff", 0, 0, G_OPTION_ARG_INT, &o->n_ff, "Width of the feed-forward (768)", "N" },
    { "seq", 0, 0, G_OPTION_ARG_INT, &o->seq_len, "Tokens a sequence (256)", "N" },
    { "batch", 0, 0, G_OPTION_ARG_INT, &o->batch, "Tokens a step (8192)", "N" },
    { "steps", 0, 0, G_OPTION_ARG_INT, &o->steps, "Steps of the schedule (2000)", "N" },
    { "warmup", 0, 0, G_OPTION_ARG_INT, &o->warmup, "Steps of warm-up (4 % of steps)", "N" },
    { "hold", 0, 0, G_OPTION_ARG_INT, &o->hold, "Steps at the full rate (36 %)", "N" },
    { "lr", 0, 0, G_OPTION_ARG_DOUBLE, &o->lr, "Learning rate (1.5e-3)", "X" },
    { "muon-lr", 0, 0, G_OPTION_ARG_DOUBLE, &o->muon_lr,
      "Of the matrices by Muon; 0: AdamW for all (0)", "X" },
    { "final", 0, 0, G_OPTION_ARG_DOUBLE, &o->final_factor, "Of the rate at the end (0.07)", "X" },
    { "decay", 0, 0, G_OPTION_ARG_DOUBLE, &o->weight_decay, "Weight decay (0.05)", "X" },
    { "every", 0, 0, G_OPTION_ARG_INT, &o->every, "One document in N is held out (100)", "N" },
    { "valid", 0, 0, G_OPTION_ARG_INT, &o->valid,
      "Held-out sequences of the final figure (2000)", "N" },
    { "minutes", 0, 0, G_OPTION_ARG_DOUBLE, &o->minutes,
      "Stop after so long, to go on later", "X" },
    { "save-minutes", 0, 0, G_OPTION_ARG_INT, &o->save_minutes, "Between checkpoints (5)", "N" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o->threads, "Threads (all processors)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &o->seed, "Of the parameters and batches (1)", "N" },
    { NULL },
  };
  int status = tlm_cli_parse (argc, argv, entries, "", "Trains a language model from scratch.");

  if (status >= 0)
    return status;
  if (o->text == NULL || o->vocab == NULL || o->checkpoint == NULL)
    tlm_cli_fail ("--text, --vocab and --checkpoint are needed.");
  else if (o->qat != NULL && !g_str_equal (o->qat, "ternary") && !g_str_equal (o->qat, "binary"))
    tlm_cli_fail ("--qat is ternary or binary.");
  else
    return -1;
  return 2;
}

static tl_qat_config
make_quant (const Options *o)
{
  tl_qat_config quant = { .kind = TL_QAT_NONE, .tensor_scale = o->qat_tensor_scale,
                          .start_step = (uint64_t) MAX (o->qat_start, 0),
                          .ramp_steps = (uint64_t) MAX (o->qat_ramp, 0) };

  if (o->qat != NULL)
    quant.kind = g_str_equal (o->qat, "binary") ? TL_QAT_BINARY : TL_QAT_TERNARY;
  return quant;
}

static tl_lm_train_config
make_config (const Options *o, const tl_tokenizer *tokenizer)
{
  guint64 warmup = o->warmup >= 0 ? (guint64) o->warmup : (guint64) o->steps / 25;
  guint64 hold = o->hold >= 0 ? (guint64) o->hold : (guint64) o->steps * 9 / 25;

  return (tl_lm_train_config) {
    .blocks = { .n_embd = (uint32_t) o->n_embd, .n_layers = (uint32_t) o->n_layers,
                .n_heads = (uint32_t) o->n_heads, .n_kv_heads = (uint32_t) o->n_kv_heads,
                .head_dim = (uint32_t) o->head_dim, .n_ff = (uint32_t) o->n_ff,
                .rms_eps = 1e-5f, .rope_base = 10000.0f, .causal = true },
    .n_vocab = (uint32_t) tl_tokenizer_get_n_tokens (tokenizer),
    .tied = true,
    .seq_len = (uint32_t) o->seq_len,
    .batch_tokens = (uint32_t) o->batch,
    .adamw = { .lr = (float) o->lr, .beta1 = 0.9f, .beta2 = 0.95f, .eps = 1e-8f,
               .weight_decay = (float) o->weight_decay, .clip_norm = 1.0f },
    .muon = { .lr = (float) o->muon_lr, .momentum = 0.95f,
              .weight_decay = (float) o->weight_decay },
    .schedule = { .kind = TL_SCHEDULE_LINEAR, .warmup_steps = warmup, .hold_steps = hold,
                  .total_steps = (uint64_t) o->steps, .final_factor = (float) o->final_factor },
    .seed = (uint64_t) o->seed,
    .quant = make_quant (o),
  };
}

/* Bits a byte on the held-out text: mean loss x tokens / bytes / ln 2, over at most @max_seqs whole
 * sequences. Each is read without what stands before it, so the figure is an upper bound. */
static double
bits_per_byte (tl_lm_trainer *trainer, const TlmCorpus *corpus, const tl_lm_train_config *c,
               gsize max_seqs)
{
  gsize n_seqs = corpus->n_valid > 0 ? (corpus->n_valid - 1) / c->seq_len : 0;
  gsize per_call = MAX (c->batch_tokens / c->seq_len, 1), stride, done = 0;
  g_autofree int32_t *inputs = g_new (int32_t, per_call * c->seq_len);
  g_autofree int32_t *targets = g_new (int32_t, per_call * c->seq_len);
  double sum = 0;

  if (n_seqs == 0)
    return NAN;
  stride = MAX (n_seqs / max_seqs, 1);
  n_seqs = MIN (n_seqs / stride, max_seqs);
  while (done < n_seqs)
    {
      gsize n = MIN (per_call, n_seqs - done);

      for (gsize i = 0; i < n; i++)
        {
          const int32_t *from = corpus->valid + (done + i) * stride * c->seq_len;

          memcpy (inputs + i * c->seq_len, from, c->seq_len * sizeof *from);
          memcpy (targets + i * c->seq_len, from + 1, c->seq_len * sizeof *from);
        }
      sum += (double) tl_lm_trainer_loss (trainer, inputs, targets, n, false) * (double) n;
      done += n;
    }
  return sum / (double) n_seqs * (double) corpus->n_valid / (double) corpus->valid_bytes / M_LN2;
}

static gboolean
save (tl_lm_trainer *trainer, const Options *o)
{
  tl_error err = { 0 };

  if (tl_lm_trainer_save (trainer, o->checkpoint, &err))
    return TRUE;
  g_printerr ("tinylm-cli train: %s\n", err.message);
  return FALSE;
}

/* Trains until the schedule's end, the time's end or a signal; returns whether the state is saved.
 * */
static gboolean
run (tl_lm_trainer *trainer, const TlmCorpus *corpus, const tl_lm_train_config *c, const Options *o)
{
  gint64 start = g_get_monotonic_time (), saved = start, told = start;
  guint64 step = tl_lm_trainer_get_step (trainer), first = step;
  double loss = 0;

  while (step < c->schedule.total_steps && !stopped)
    {
      double now_loss = tl_lm_trainer_step (trainer, corpus->train, corpus->n_train);
      gint64 now = g_get_monotonic_time ();

      step = tl_lm_trainer_get_step (trainer);
      loss = loss == 0 || !isfinite (loss) ? now_loss : 0.98 * loss + 0.02 * now_loss;
      if (now - told > 10 * G_USEC_PER_SEC)
        {
          double tokens = (double) (step - first) * c->batch_tokens;

          g_print ("{\"step\": %" G_GUINT64_FORMAT
                   ", \"loss\": %.4f, \"tokens_per_second\": %.0f}\n",
                   step, loss, tokens * G_USEC_PER_SEC / (double) (now - start));
          told = now;
        }
      if (now - saved > o->save_minutes * 60 * G_USEC_PER_SEC)
        {
          if (!save (trainer, o))
            return FALSE;
          g_print ("{\"step\": %" G_GUINT64_FORMAT ", \"bits_per_byte\": %.4f}\n", step,
                   bits_per_byte (trainer, corpus, c, 200));
          saved = now;
        }
      if (o->minutes > 0 && (double) (now - start) > o->minutes * 60 * G_USEC_PER_SEC)
        break;
    }
  return save (trainer, o);
}

static gboolean
parse_type (const char *name, tl_type *type, GError **error)
{
  const tl_type_info *info = tl_type_find (name);

  if (info != NULL)
    {
      *type = info->type;
      return TRUE;
    }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "There is no type %s", name);
  return FALSE;
}

static gboolean
parse_types (const Options *o, tl_type *type, tl_type *embedding_type, GError **error)
{
  const char *name = o->type != NULL ? o->type : "F32";

  return parse_type (name, type, error)
         && parse_type (o->embedding_type != NULL ? o->embedding_type : name, embedding_type, error);
}

static gboolean
export (tl_lm_trainer *trainer, const tl_gguf *vocab, const Options *o, GError **error)
{
  tl_error err = { 0 };
  tl_type type, embedding_type;

  if (!parse_types (o, &type, &embedding_type, error))
    return FALSE;
  if (tl_lm_trainer_export (trainer, vocab, type, embedding_type, o->name ? o->name : "meeny",
                            o->out, &err))
    return TRUE;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, err.message);
  return FALSE;
}

/* The state of the checkpoint, or of --init when there is none yet. */
static gboolean
load (tl_lm_trainer *trainer, const Options *o, tl_error *err)
{
  tl_gguf *gguf;
  gboolean ok;

  if (g_file_test (o->checkpoint, G_FILE_TEST_EXISTS))
    return tl_lm_trainer_load (trainer, o->checkpoint, err);
  if (o->init == NULL)
    return TRUE;
  gguf = tl_gguf_open (o->init, err);
  ok = gguf != NULL && tl_lm_trainer_import (trainer, gguf, err);
  tl_gguf_close (gguf);
  return ok;
}

/* Returns: (transfer full): a trainer that is only asked; NULL without --teacher too. */
static tl_lm_trainer *
load_teacher (tl_lm_trainer *student, const tl_lm_train_config *c, const Options *o, tl_pool *pool,
              tl_error *err)
{
  tl_gguf *gguf = o->teacher != NULL ? tl_gguf_open (o->teacher, err) : NULL;
  tl_lm_train_config config = *c;
  tl_lm_trainer *teacher = NULL;

  config.quant.kind = TL_QAT_NONE;
  if (gguf != NULL && tl_lm_train_config_from_gguf (&config, gguf, err))
    teacher = tl_lm_trainer_new (&config, pool, err);
  if (teacher != NULL
      && (!tl_lm_trainer_import (teacher, gguf, err)
          || !tl_lm_trainer_set_teacher (student, teacher, (float) o->teacher_weight,
                                         (float) o->temperature, err)))
    g_clear_pointer (&teacher, tl_lm_trainer_free);
  tl_gguf_close (gguf);
  return teacher;
}

static gboolean
check_size (const TlmCorpus *corpus, const Options *o, GError **error)
{
  if (corpus->n_train > (gsize) o->seq_len)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "%s has %zu tokens to train on, fewer than one sequence of %d: give it more text, or "
               "shorter sequences with --seq",
               o->text, corpus->n_train, o->seq_len);
  return FALSE;
}

static gboolean
train (const Options *o, GError **error)
{
  tl_error err = { 0 };
  tl_gguf *vocab = tl_gguf_open (o->vocab, &err);
  tl_tokenizer *tokenizer = vocab != NULL ? tl_tokenizer_new_from_gguf (vocab, &err) : NULL;
  tl_pool *pool = tokenizer != NULL ? tl_pool_new ((unsigned) MAX (o->threads, 0), &err) : NULL;
  tl_lm_trainer *trainer = NULL, *teacher = NULL;
  TlmCorpus corpus = { 0 };
  gboolean ok = FALSE;

  if (pool != NULL && tlm_corpus_load (&corpus, o->text, tokenizer, (guint) o->every, error)
      && check_size (&corpus, o, error))
    {
      tl_lm_train_config config = make_config (o, tokenizer);

      trainer = tl_lm_trainer_new (&config, pool, &err);
      if (trainer != NULL && load (trainer, o, &err)
          && (o->teacher == NULL
              || (teacher = load_teacher (trainer, &config, o, pool, &err)) != NULL))
        {
          g_print ("{\"params\": %zu, \"train_tokens\": %zu, \"valid_tokens\": %zu, "
                   "\"step\": %" G_GUINT64_FORMAT "}\n",
                   tl_lm_trainer_n_params (trainer), corpus.n_train, corpus.n_valid,
                   tl_lm_trainer_get_step (trainer));
          ok = run (trainer, &corpus, &config, o);
          g_print ("{\"step\": %" G_GUINT64_FORMAT ", \"bits_per_byte\": %.4f, \"final\": true}\n",
                   tl_lm_trainer_get_step (trainer),
                   bits_per_byte (trainer, &corpus, &config, (gsize) MAX (o->valid, 1)));
          ok = ok && (o->out == NULL || export (trainer, vocab, o, error));
        }
    }
  if (!ok && error != NULL && *error == NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         err.message[0] ? err.message : "the checkpoint could not be saved");
  tl_lm_trainer_free (trainer);
  tl_lm_trainer_free (teacher);
  tlm_corpus_clear (&corpus);
  tl_pool_free (pool);
  tl_tokenizer_free (tokenizer);
  tl_gguf_close (vocab);
  return ok;
}

int
tlm_cli_train_lm (int argc, char **argv)
{
  Options o = { .n_embd = 256, .n_layers = 6, .n_heads = 4, .n_kv_heads = 2, .head_dim = 64,
                .n_ff = 768, .seq_len = 256, .batch = 8192, .steps = 2000, .warmup = -1,
                .hold = -1, .every = 100, .seed = 1,
                .save_minutes = 5, .lr = 1.5e-3, .weight_decay = 0.05, .final_factor = 0.07,
                .valid = 2000, .teacher_weight = 0.5, .temperature = 1 };
  g_autoptr (GError) error = NULL;
  tl_type type, embedding_type;
  int status;

  signal (SIGINT, stop);
  signal (SIGTERM, stop);
  setvbuf (stdout, NULL, _IOLBF, 0);
  status = parse (&o, &argc, &argv);
  if (status < 0 && !parse_types (&o, &type, &embedding_type, &error))
    {
      tlm_cli_fail ("%s", error->message);
      status = 2;
    }
  else if (status < 0)
    status = train (&o, &error) ? 0 : tlm_cli_fail ("%s", error->message);
  g_free (o.text);
  g_free (o.vocab);
  g_free (o.checkpoint);
  g_free (o.init);
  g_free (o.teacher);
  g_free (o.embedding_type);
  g_free (o.qat);
  g_free (o.out);
  g_free (o.type);
  g_free (o.name);
  return status;
}
