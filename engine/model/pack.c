/* SPDX-License-Identifier: Apache-2.0 */
/* Repacks the quantised matrices of a model into panels, once, when it is opened: one block of
 * memory beside the mapped file, in the order in which a token meets them. */
#include "model/model-private.h"

#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#define LINE 64u
#define HUGE_PAGE (2u << 20)

/* The matrices that can be packed, each with what describes its panels. */
static size_t
list_matrices (tl_model *m, tl_matrix **list)
{
  size_t n = 0;

  for (uint32_t l = 0; l < m->info.n_layers; l++)
    {
      tl_layer *y = &m->layers[l];
      tl_matrix *of_layer[] = { &y->q, &y->k, &y->v, &y->o, &y->gate, &y->up, &y->down };

      for (size_t i = 0; i < sizeof of_layer / sizeof of_layer[0]; i++)
        list[n++] = of_layer[i];
    }
  list[n++] = &m->output;
  return n;
}

/* Large blocks get large pages where the system has them: fewer misses of the address cache. */
static void *
allocate (size_t size)
{
  void *memory;
  size_t alignment = size >= HUGE_PAGE ? HUGE_PAGE : LINE;

  if (posix_memalign (&memory, alignment, size) != 0)
    return NULL;
#if defined(__linux__)
  if (size >= HUGE_PAGE)
    madvise (memory, size / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
  return memory;
}

static size_t
describe (tl_panels *panels, tl_matrix **list, size_t n)
{
  size_t bytes = 0;

  for (size_t i = 0; i < n; i++)
    {
      tl_panel_form form;

      if (tl_panel_form_of (list[i]->type, &form))
        bytes += tl_panels_init (&panels[i], form, list[i]->rows, list[i]->cols);
    }
  return bytes;
}

static void
pack (tl_panels *panels, tl_matrix **list, size_t n, uint8_t *dst)
{
  for (size_t i = 0; i < n; i++)
    {
      if (panels[i].n_panels == 0)
        continue;
      tl_panels_pack (&panels[i], dst, list[i]->type, list[i]->data);
      list[i]->panels = &panels[i];
      dst += panels[i].n_panels * panels[i].panel_bytes;
    }
}

bool
tl_model_pack (tl_model *m, tl_error *err)
{
  size_t n_max = 7 * (size_t) m->info.n_layers + 1, n;
  tl_matrix **list = calloc (n_max, sizeof (tl_matrix *));
  bool ok = false;

  m->panels = calloc (n_max, sizeof *m->panels);
  if (list == NULL || m->panels == NULL)
    goto out;
  n = list_matrices (m, list);
  m->info.packed_bytes = describe (m->panels, list, n);
  if (m->info.packed_bytes > 0)
    {
      m->packed = allocate (m->info.packed_bytes);
      if (m->packed == NULL)
        goto out;
      pack (m->panels, list, n, m->packed);
    }
  ok = true;
out:
  free (list);
  return ok || tl_error_set (err, TL_ERROR_MEMORY, "out of memory for %.0f MiB of packed weights",
                             (double) m->info.packed_bytes / 1048576.0);
}
