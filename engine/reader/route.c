/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing a label for a request and saying what spoke for it; the router's file. */
#include "reader/route.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gguf/gguf.h"
#include "reader/route-private.h"

#define ARCHITECTURE "tinylm-router"
#define VERSION 2 /* of the features: a file of another version means other buckets */

const char *const tl_route_names[TL_ROUTE_N_LABELS] = {
  "plain", "keypoints", "title", "actions", "tags", "ask",
  "classify", "extract", "rewrite", "write", "chat", "broad",
};

const char *const tl_attach_names[TL_N_ATTACH]
  = { "unknown", "none", "note", "selection", "file", "chat" };

static int
find_name (const char *const *names, int n, const char *name)
{
  for (int i = 0; name != NULL && i < n; i++)
    if (strcmp (names[i], name) == 0)
      return i;
  return -1;
}

int
tl_route_find_label (const char *name)
{
  return find_name (tl_route_names, TL_ROUTE_N_LABELS, name);
}

int
tl_route_find_attach (const char *name)
{
  return find_name (tl_attach_names, TL_N_ATTACH, name);
}

void
route_score (const tl_router *router, const route_view *view, float *y)
{
  float max = -INFINITY, sum = 0.0f;

  memset (y, 0, ROUTE_N_OUTPUTS * sizeof *y);
  for (size_t i = 0; i < view->n_features; i++)
    for (size_t o = 0; o < ROUTE_N_OUTPUTS; o++)
      y[o] += router->weights[view->features[i].bucket][o] * view->features[i].value;
  for (size_t o = 0; o < TL_ROUTE_N_LABELS; o++)
    max = fmaxf (max, y[o]);
  for (size_t o = 0; o < TL_ROUTE_N_LABELS; o++)
    sum += y[o] = expf (y[o] - max);
  for (size_t o = 0; o < TL_ROUTE_N_LABELS; o++)
    y[o] /= sum;
  y[TL_ROUTE_N_LABELS] = 1.0f / (1.0f + expf (-y[TL_ROUTE_N_LABELS]));
}

/* How much each word speaks for the label: its weights less the mean of all labels. */
static void
find_reasons (const tl_router *router, const route_view *view, tl_routing *r)
{
  float words[ROUTE_MAX_WORDS] = { 0 }, attached = 0.0f;

  for (size_t i = 0; i < view->n_features; i++)
    {
      const route_feature *f = &view->features[i];
      const float *w = router->weights[f->bucket];
      float mean = 0.0f, more;

      for (size_t o = 0; o < TL_ROUTE_N_LABELS; o++)
        mean += w[o] / TL_ROUTE_N_LABELS;
      more = (w[r->label] - mean) * f->value;
      if (f->word >= 0)
        words[f->word] += more;
      else if (f->word == ROUTE_ATTACHED)
        attached += more;
    }
  for (r->n_reasons = 0; r->n_reasons < TL_ROUTE_MAX_REASONS; r->n_reasons++)
    {
      size_t best = 0;

      for (size_t w = 1; w < view->n_words; w++)
        if (words[w] > words[best])
          best = w;
      if (r->n_reasons == 0)
        r->by_attachment = attached > 0.0f && attached >= words[best];
      if (words[best] <= 0.0f)
        break;
      words[best] = 0.0f;
      r->reasons[r->n_reasons].start = view->words[best].start;
      r->reasons[r->n_reasons].end = view->words[best].end;
    }
}

void
tl_router_route (const tl_router *router, const tl_request *request, tl_routing *routing)
{
  float y[ROUTE_N_OUTPUTS];
  route_view view;

  route_view_fill (&view, request);
  route_score (router, &view, y);
  *routing = (tl_routing) { .p_high_risk = y[TL_ROUTE_N_LABELS] };
  memcpy (routing->p, y, sizeof routing->p);
  for (int o = 1; o < TL_ROUTE_N_LABELS; o++)
    if (y[o] > y[routing->label])
      routing->label = (tl_route_label) o;
  find_reasons (router, &view, routing);
}

static const tl_tensor_info *
find_weights (const tl_gguf *gguf, tl_error *err)
{
  tl_str architecture = { 0 };
  uint64_t version = 0;
  const tl_tensor_info *t = tl_gguf_find_tensor (gguf, "route.weight");

  if (!tl_gguf_get_string (gguf, "general.architecture", &architecture)
      || architecture.len != strlen (ARCHITECTURE)
      || memcmp (architecture.data, ARCHITECTURE, architecture.len) != 0)
    tl_error_set (err, TL_ERROR_UNSUPPORTED, "This file holds no router; choose router.gguf");
  else if (!tl_gguf_get_u64 (gguf, ARCHITECTURE ".version", &version) || version != VERSION)
    tl_error_set (err, TL_ERROR_UNSUPPORTED,
                  "This router was made by another version of the program; train it again");
  else if (t == NULL || t->type != TL_TYPE_Q8_0 || t->n_dims != 2 || t->dims[0] != ROUTE_N_BUCKETS
           || t->dims[1] != ROUTE_N_OUTPUTS)
    tl_error_set (err, TL_ERROR_FORMAT, "route.weight: expected [%u, %d] in Q8_0", ROUTE_N_BUCKETS,
                  ROUTE_N_OUTPUTS);
  else
    return t;
  return NULL;
}

tl_router *
tl_router_open (const char *path, tl_error *err)
{
  tl_gguf *gguf = tl_gguf_open (path, err);
  const tl_tensor_info *t = gguf != NULL ? find_weights (gguf, err) : NULL;
  tl_router *router = t != NULL ? malloc (sizeof *router) : NULL;
  float *rows = t != NULL ? malloc (sizeof router->weights) : NULL;

  if (router != NULL && rows != NULL)
    {
      tl_type_get_info (TL_TYPE_Q8_0)->dequantize (rows, t->data, ROUTE_N_OUTPUTS * ROUTE_N_BUCKETS);
      for (size_t i = 0; i < ROUTE_N_OUTPUTS * ROUTE_N_BUCKETS; i++)
        router->weights[i % ROUTE_N_BUCKETS][i / ROUTE_N_BUCKETS] = rows[i];
    }
  else if (t != NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to open a router");
      free (router);
      router = NULL;
    }
  free (rows);
  tl_gguf_close (gguf);
  return router;
}

void
tl_router_free (tl_router *router)
{
  free (router);
}

bool
tl_router_save (const tl_router *router, const char *path, tl_error *err)
{
  const size_t n = ROUTE_N_OUTPUTS * ROUTE_N_BUCKETS;
  const uint64_t dims[] = { ROUTE_N_BUCKETS, ROUTE_N_OUTPUTS };
  void *blocks = malloc (tl_type_row_bytes (TL_TYPE_Q8_0, n));
  float *rows = malloc (sizeof router->weights); /* an output's weights are a row of the file */
  tl_gguf_writer *w = tl_gguf_writer_new ();
  bool ok = blocks != NULL && rows != NULL && w != NULL;

  if (ok)
    {
      for (size_t i = 0; i < n; i++)
        rows[i] = router->weights[i % ROUTE_N_BUCKETS][i / ROUTE_N_BUCKETS];
      tl_type_get_info (TL_TYPE_Q8_0)->quantize (blocks, rows, NULL, n);
      tl_gguf_writer_string (w, "general.architecture", ARCHITECTURE);
      tl_gguf_writer_string (w, "general.name", "router");
      tl_gguf_writer_u32 (w, ARCHITECTURE ".version", VERSION);
      tl_gguf_writer_tensor (w, "route.weight", TL_TYPE_Q8_0, 2, dims, blocks);
      ok = tl_gguf_writer_save (w, path, err);
    }
  else
    tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to write a router");
  tl_gguf_writer_free (w);
  free (rows);
  free (blocks);
  return ok;
}
