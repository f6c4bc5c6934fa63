/* SPDX-License-Identifier: Apache-2.0 */
/* A run's state to and from a GGUF file of architecture "tinylm-checkpoint". The file is read whole
 * before anything of the caller's is changed. */
#include "train/checkpoint.h"

#include "gguf/gguf.h"

#include <inttypes.h>
#include <string.h>

#define ARCHITECTURE "tinylm-checkpoint"

static const char *const rng_keys[4] = { "train.rng.0", "train.rng.1", "train.rng.2",
                                         "train.rng.3" };

bool
tl_checkpoint_save (const char *path, const tl_checkpoint_state *st, const float *params,
                    const tl_adamw *o, tl_error *err)
{
  tl_gguf_writer *w = tl_gguf_writer_new ();
  const uint64_t  n = o->n;
  uint64_t        seconds;
  bool            ok;

  if (w == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "%s: no memory for a checkpoint", path);
  memcpy (&seconds, &st->seconds, sizeof seconds); /* exactly: the writer knows no doubles */
  tl_gguf_writer_string (w, "general.architecture", ARCHITECTURE);
  tl_gguf_writer_u64 (w, "train.config_hash", st->config_hash);
  tl_gguf_writer_u64 (w, "train.step", st->step);
  tl_gguf_writer_u64 (w, "train.data_pos", st->data_pos);
  for (int i = 0; i < 4; i++)
    tl_gguf_writer_u64 (w, rng_keys[i], st->rng.s[i]);
  tl_gguf_writer_f32 (w, "train.best_valid", st->best_valid);
  tl_gguf_writer_u64 (w, "train.best_step", st->best_step);
  tl_gguf_writer_u64 (w, "train.seconds_bits", seconds);
  tl_gguf_writer_u64 (w, "train.adamw.step", o->step);
  tl_gguf_writer_tensor (w, "params", TL_TYPE_F32, 1, &n, params);
  tl_gguf_writer_tensor (w, "adamw.m", TL_TYPE_F32, 1, &n, o->m);
  tl_gguf_writer_tensor (w, "adamw.v", TL_TYPE_F32, 1, &n, o->v);
  if (st->kept != NULL)
    tl_gguf_writer_tensor (w, "kept", TL_TYPE_F32, 1, &n, st->kept);
  ok = tl_gguf_writer_save (w, path, err);
  tl_gguf_writer_free (w);
  return ok;
}

static bool
read_u64 (const tl_gguf *g, const char *path, const char *key, uint64_t *value, tl_error *err)
{
  return tl_gguf_get_u64 (g, key, value)
         || tl_error_set (err, TL_ERROR_FORMAT, "%s: the checkpoint has no key %s", path, key);
}

static bool
read_state (const tl_gguf *g, const char *path, tl_checkpoint_state *st, uint64_t *adamw_step,
            tl_error *err)
{
  tl_str   arch = { "", 0 };
  uint64_t seconds = 0;
  double   best;

  tl_gguf_get_string (g, "general.architecture", &arch);
  if (arch.len != strlen (ARCHITECTURE) || memcmp (arch.data, ARCHITECTURE, arch.len) != 0)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "%s: not a checkpoint of a training run", path);
  if (!read_u64 (g, path, "train.config_hash", &st->config_hash, err)
      || !read_u64 (g, path, "train.step", &st->step, err)
      || !read_u64 (g, path, "train.data_pos", &st->data_pos, err)
      || !read_u64 (g, path, "train.seconds_bits", &seconds, err)
      || !read_u64 (g, path, "train.adamw.step", adamw_step, err))
    return false;
  for (int i = 0; i < 4; i++)
    {
      if (!read_u64 (g, path, rng_keys[i], &st->rng.s[i], err))
        return false;
    }
  if (!tl_gguf_get_f64 (g, "train.best_valid", &best))
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: the checkpoint has no key train.best_valid",
                         path);
  st->best_valid = (float) best;
  tl_gguf_get_u64 (g, "train.best_step", &st->best_step); /* older files have none */
  memcpy (&st->seconds, &seconds, sizeof seconds);
  return true;
}

static const float *
find_floats (const tl_gguf *g, const char *path, const char *name, size_t n, tl_error *err)
{
  const tl_tensor_info *t = tl_gguf_find_tensor (g, name);

  if (t == NULL || t->type != TL_TYPE_F32)
    {
      tl_error_set (err, TL_ERROR_FORMAT, "%s: the checkpoint has no F32 tensor %s", path, name);
      return NULL;
    }
  if (t->size != n * sizeof (float))
    {
      tl_error_set (err, TL_ERROR_ARGUMENT, "%s: %s: this run has %zu parameters, the file %zu",
                    path, name, n, t->size / sizeof (float));
      return NULL;
    }
  return t->data;
}

static bool
load_from (const tl_gguf *g, const char *path, tl_checkpoint_state *st, uint64_t config_hash,
           float *params, tl_adamw *o, tl_error *err)
{
  tl_checkpoint_state loaded = { 0 };
  uint64_t            adamw_step = 0;
  const float        *p, *m, *v, *kept = NULL;

  if (!read_state (g, path, &loaded, &adamw_step, err))
    return false;
  if (loaded.config_hash != config_hash)
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "%s: a checkpoint of another model or run (%016" PRIx64
                         ", this is %016" PRIx64 ")",
                         path, loaded.config_hash, config_hash);
  if ((p = find_floats (g, path, "params", o->n, err)) == NULL
      || (m = find_floats (g, path, "adamw.m", o->n, err)) == NULL
      || (v = find_floats (g, path, "adamw.v", o->n, err)) == NULL
      || (st->kept != NULL && (kept = find_floats (g, path, "kept", o->n, err)) == NULL))
    return false;

  memcpy (params, p, o->n * sizeof *params);
  memcpy (o->m, m, o->n * sizeof *o->m);
  memcpy (o->v, v, o->n * sizeof *o->v);
  o->step = adamw_step;
  if (kept != NULL)
    memcpy (st->kept, kept, o->n * sizeof *kept);
  loaded.kept = st->kept;
  *st = loaded;
  return true;
}

bool
tl_checkpoint_load (const char *path, tl_checkpoint_state *st, uint64_t config_hash, float *params,
                    tl_adamw *o, tl_error *err)
{
  tl_gguf *g = tl_gguf_open (path, err);
  bool     ok = g != NULL && load_from (g, path, st, config_hash, params, o, err);

  tl_gguf_close (g);
  return ok;
}
