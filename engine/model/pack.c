/* SPDX-License-Identifier: Apache-2.0 */
/* Repacks the quantised matrices of a model into panels, once, when it is opened, on all processors:
 * one block of memory, in the order in which a token meets them. The file is read, not looked at where
 * it is mapped: no weight is in memory twice, and no page is brought there only for that. */
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

/* Large blocks get large pages where the system has them: fewer misses of the address cache, and a
 * load of 135 M parameters in Q8_0 costs a quarter. Asking for all of them at once
 * (MADV_POPULATE_WRITE) costs 4 % more than touching them as they are packed. */
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

/* Gives each matrix that can be packed its panels, whose data is not there yet. */
static void
describe (tl_model *m, tl_matrix **list, size_t n)
{
  m->info.resident_bytes = m->info.weight_bytes;
  for (size_t i = 0; i < n; i++)
    {
      tl_panel_form form;

      if (!tl_panel_form_of (list[i]->type, &form))
        continue;
      m->info.packed_bytes += tl_panels_init (&m->panels[i], form, list[i]->rows, list[i]->cols);
      m->info.resident_bytes -= list[i]->rows * list[i]->row_bytes;
      list[i]->panels = &m->panels[i];
    }
  m->info.resident_bytes += m->info.packed_bytes;
}

/* Packed bytes of a part: so small that no thread is left waiting. */
#define PART_BYTES (4u << 20)

/* Read at once: stays in the second-level cache until it is packed. */
#define BUFFER_BYTES (256u << 10)

/* Below this making threads takes longer than packing, about half a millisecond. */
#define POOL_MIN_BYTES (2u << 20)

typedef struct
{
  const tl_model   *m;
  tl_matrix *const *list;
  size_t            n;
} pack_run;

/* The panels of a matrix that begin in the bytes before @end, of which the matrix has the first at
 * @at. */
static size_t
panels_before (const tl_panels *p, size_t at, size_t end)
{
  size_t n = end > at ? (end - at - 1) / p->panel_bytes + 1 : 0;

  return n < p->n_panels ? n : p->n_panels;
}

/* Packs panels by way of a buffer, or where there is none from the map. */
static void
pack_panels (const tl_model *m, const tl_matrix *w, uint8_t *dst, size_t begin, size_t end,
             void *buffer)
{
  size_t panel_src = TL_PANEL_ROWS * w->row_bytes, matrix_end = w->rows * w->row_bytes;
  size_t step = BUFFER_BYTES / panel_src;

  if (buffer == NULL || step == 0)
    step = end - begin;
  for (size_t next; begin < end; begin = next)
    {
      const uint8_t *src = (const uint8_t *) w->data + begin * panel_src;
      size_t size;

      next = begin + step < end ? begin + step : end;
      size = (next * panel_src < matrix_end ? next * panel_src : matrix_end) - begin * panel_src;
      if (buffer != NULL && size <= BUFFER_BYTES)
        src = tl_gguf_read (m->gguf, buffer, src, size);
      tl_panels_pack (w->panels, dst, begin, next, w->type, src);
    }
}

static void
pack_part (void *data, unsigned part, unsigned n_parts)
{
  const pack_run *r = data;
  uint64_t total = r->m->info.packed_bytes;
  size_t first = (size_t) (total * part / n_parts), at = 0;
  size_t last = (size_t) (total * (part + 1) / n_parts);
  void *buffer = malloc (BUFFER_BYTES);

  for (size_t i = 0; i < r->n; i++)
    {
      const tl_panels *p = r->list[i]->panels;
      size_t begin, end;

      if (p == NULL)
        continue;
      begin = panels_before (p, at, first);
      end = panels_before (p, at, last);
      if (begin < end)
        pack_panels (r->m, r->list[i], (uint8_t *) r->m->packed + at, begin, end, buffer);
      at += p->n_panels * p->panel_bytes;
    }
  free (buffer);
}

static void
pack (const tl_model *m, tl_matrix **list, size_t n)
{
  size_t bytes = m->info.packed_bytes, at = 0;
  pack_run r = { m, list, n };
  /* Without helpers, the caller packs alone. */
  tl_pool *pool = bytes >= POOL_MIN_BYTES ? tl_pool_new (0, NULL) : NULL;

  tl_pool_share (pool, (unsigned) ((bytes - 1) / PART_BYTES + 1), pack_part, &r);
  tl_pool_free (pool);
  for (size_t i = 0; i < n; i++)
    if (list[i]->panels != NULL)
      {
        m->panels[i].data = (const uint8_t *) m->packed + at;
        at += m->panels[i].n_panels * m->panels[i].panel_bytes;
      }
}

static tl_matrix **
new_list (const tl_model *m)
{
  return calloc (7 * (size_t) m->info.n_layers + 1, sizeof (tl_matrix *));
}

static bool
fail_memory (const tl_model *m, tl_error *err)
{
  return tl_error_set (err, TL_ERROR_MEMORY, "out of memory for %.0f MiB of packed weights",
                       (double) m->info.packed_bytes / 1048576.0);
}

bool
tl_model_plan_pack (tl_model *m, tl_error *err)
{
  tl_matrix **list = new_list (m);
  bool ok;

  m->panels = calloc (7 * (size_t) m->info.n_layers + 1, sizeof *m->panels);
  ok = list != NULL && m->panels != NULL;
  if (ok)
    describe (m, list, list_matrices (m, list));
  free (list);
  return ok || fail_memory (m, err);
}

bool
tl_model_pack (tl_model *m, tl_error *err)
{
  tl_matrix **list;
  bool ok;

  if (m->info.packed_bytes == 0)
    return true;
  list = new_list (m);
  if (list != NULL && m->info.packed_bytes <= PTRDIFF_MAX)
    m->packed = allocate ((size_t) m->info.packed_bytes);
  ok = m->packed != NULL;
  if (ok)
    pack (m, list, list_matrices (m, list));
  free (list);
  return ok || fail_memory (m, err);
}
