/* SPDX-License-Identifier: Apache-2.0 */
/* A model that was cut into several files, "NAME-00001-of-00003.gguf" and so on, as one: the first
 * holds the keys, and each its share of the tensors. Names and keys are those of llama-gguf-split. */
#include "gguf/gguf-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PARTS 99999u /* five digits */
#define SUFFIX_LEN 20u   /* "-00001-of-00003.gguf" */

static void
format_suffix (char suffix[SUFFIX_LEN + 1], unsigned number, unsigned n_parts)
{
  snprintf (suffix, SUFFIX_LEN + 1, "-%05u-of-%05u.gguf", number % (MAX_PARTS + 1),
            n_parts % (MAX_PARTS + 1));
}

/* The tensors of all files in one table. */
static bool
join_tensors (tl_gguf *g, tl_error *err)
{
  size_t n = g->n_tensors;
  tl_gguf_tensor *all;

  for (size_t i = 0; i < g->n_parts; i++)
    n += g->parts[i]->n_tensors;
  all = malloc ((n > 0 ? n : 1) * sizeof *all);
  free (g->by_name);
  g->by_name = calloc (n > 0 ? n : 1, sizeof *g->by_name);
  if (all == NULL || g->by_name == NULL)
    {
      free (all);
      return tl_error_set (err, TL_ERROR_MEMORY, "out of memory for %zu tensors", n);
    }
  memcpy (all, g->tensors, g->n_tensors * sizeof *all);
  for (size_t i = 0; i < g->n_parts; i++)
    {
      memcpy (all + g->n_tensors, g->parts[i]->tensors, g->parts[i]->n_tensors * sizeof *all);
      g->n_tensors += g->parts[i]->n_tensors;
    }
  for (size_t i = 0; i < n; i++)
    all[i].info.name = all[i].name;
  free (g->tensors);
  g->tensors = all;
  return tl_gguf_index_tensors (g, err);
}

/* Opens file @number of @n_parts; @path ends like the first one. */
static bool
open_part (tl_gguf *g, char *path, unsigned number, unsigned n_parts, tl_error *err)
{
  char *end = path + strlen (path) - SUFFIX_LEN;
  tl_error why = { 0 };
  uint64_t index = 0;
  tl_gguf *part;

  format_suffix (end, number, n_parts);
  part = tl_gguf_open_one (path, &why);
  if (part == NULL)
    return tl_error_set (err, why.code,
                         "the model is cut into %u files that belong side by side, of which number "
                         "%u cannot be used: %s", n_parts, number, why.message);
  g->parts[g->n_parts++] = part;
  tl_gguf_get_u64 (part, "split.no", &index);
  return index + 1 == number
         || tl_error_set (err, TL_ERROR_FORMAT, "%s: its name says that it is part %u, it is %llu",
                          path, number, (unsigned long long) index + 1);
}

static bool
open_parts (tl_gguf *g, const char *first, unsigned n_parts, tl_error *err)
{
  char *path = malloc (strlen (first) + 1);
  bool ok = true;

  g->parts = calloc (n_parts - 1, sizeof (tl_gguf *));
  if (path == NULL || g->parts == NULL)
    {
      free (path);
      return tl_error_set (err, TL_ERROR_MEMORY, "out of memory for %u files", n_parts);
    }
  strcpy (path, first);
  for (unsigned i = 2; ok && i <= n_parts; i++)
    ok = open_part (g, path, i, n_parts, err);
  free (path);
  return ok && join_tensors (g, err);
}

bool
tl_gguf_open_rest (tl_gguf *g, const char *path, tl_error *err)
{
  uint64_t n_parts = 1, index = 0;
  size_t len = strlen (path);
  char suffix[SUFFIX_LEN + 1];

  tl_gguf_get_u64 (g, "split.count", &n_parts);
  tl_gguf_get_u64 (g, "split.no", &index);
  if (n_parts <= 1)
    return true;
  if (n_parts > MAX_PARTS || index >= n_parts)
    return tl_error_set (err, TL_ERROR_FORMAT, "split.count: %llu files cannot be",
                         (unsigned long long) n_parts);
  format_suffix (suffix, 1, (unsigned) n_parts);
  if (index > 0 || len < SUFFIX_LEN || strcmp (path + len - SUFFIX_LEN, suffix) != 0)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                         "this is part %llu of a model in %llu files; open the first, whose name "
                         "ends in \"%s\"", (unsigned long long) index + 1,
                         (unsigned long long) n_parts, suffix);
  return open_parts (g, path, (unsigned) n_parts, err);
}
