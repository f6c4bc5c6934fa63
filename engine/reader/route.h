/* SPDX-License-Identifier: Apache-2.0 */
/* Which kind of tool a request asks for. A linear choice among twelve labels, and beside it the
 * probability that a wrong answer could hurt:
 *   p (label) = softmax (W x), p (high risk) = sigmoid (v . x)
 * x is sparse: words, pairs of words and pieces of words of two to five characters, each hashed
 * (Weinberger et al. 2009, arXiv:0902.2206); the concepts that a small list of words in six
 * languages names; the shape of the text; and what is attached. What stands inside quotation marks
 * is material, not the request, and only its length counts. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef enum
{
  TL_ROUTE_PLAIN,     /* dates, counts, arithmetic, finding: plain code */
  TL_ROUTE_KEYPOINTS, /* the important sentences */
  TL_ROUTE_TITLE,
  TL_ROUTE_ACTIONS,   /* tasks, owners, deadlines */
  TL_ROUTE_TAGS,
  TL_ROUTE_ASK,       /* a fact that stands in what is stored */
  TL_ROUTE_CLASSIFY,  /* into classes that the request gives */
  TL_ROUTE_EXTRACT,   /* named fields */
  TL_ROUTE_REWRITE,
  TL_ROUTE_WRITE,
  TL_ROUTE_CHAT,      /* small talk, questions about the program */
  TL_ROUTE_BROAD,     /* wide knowledge, advice: beyond small models */
  TL_ROUTE_N_LABELS
} tl_route_label;

typedef enum
{
  TL_ATTACH_UNKNOWN,
  TL_ATTACH_NONE,
  TL_ATTACH_NOTE,
  TL_ATTACH_SELECTION,
  TL_ATTACH_FILE,
  TL_ATTACH_CHAT,
  TL_N_ATTACH
} tl_attach;

#define TL_ROUTE_MAX_REASONS 3

typedef struct
{
  const char *text; /* [len] valid UTF-8 */
  size_t      len;
  tl_attach   attach; /* what is open or goes with it */
} tl_request;

typedef struct
{
  tl_route_label label;       /* the most probable */
  float          p[TL_ROUTE_N_LABELS];
  float          p_high_risk; /* health, law, money, safety */
  /* The words that spoke most for the label, best first: slices of the request's text. */
  struct { size_t start, end; } reasons[TL_ROUTE_MAX_REASONS];
  size_t n_reasons;
  bool   by_attachment; /* what is attached spoke for it at least as much as the first reason */
} tl_routing;

typedef struct tl_router tl_router;

extern const char *const tl_route_names[TL_ROUTE_N_LABELS]; /* "plain", "keypoints", … */
extern const char *const tl_attach_names[TL_N_ATTACH];      /* "unknown", "none", "note", … */

/* The index of @name, or -1. NULL is no name. */
int tl_route_find_label  (const char *name);
int tl_route_find_attach (const char *name);

/**
 * tl_router_open:
 * Returns: (transfer full) (nullable): immutable, so shareable between threads
 */
tl_router *tl_router_open (const char *path, tl_error *err);
void       tl_router_free (tl_router *router);

/**
 * tl_router_route:
 * Reads the first and the last kilobyte of a longer text: a request stands before or behind the
 * material. Allocates nothing, always answers. Thread-safe.
 */
void tl_router_route (const tl_router *router, const tl_request *request, tl_routing *routing);

/* A request and what it is. One whose label is TL_ROUTE_N_LABELS teaches the risk alone: the
 * labels' weights are the same, to the bit, as without it. */
typedef struct
{
  tl_request     request;
  tl_route_label label;
  bool           high_risk;
} tl_route_example;

/**
 * tl_router_train:
 * @seed: of the order of the examples
 * Returns: (transfer full) (nullable): the same for the same examples and seed
 */
tl_router *tl_router_train (const tl_route_example *examples, size_t n, uint64_t seed,
                            tl_error *err);

/* Weights become Q8_0. */
bool tl_router_save (const tl_router *router, const char *path, tl_error *err);
