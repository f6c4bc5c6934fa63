/* SPDX-License-Identifier: Apache-2.0 */
/* The environment variable that limits the instruction set. */
#include "cpu-choice.h"

#include "core/errors.h"
#include "kernels/cpu.h"

#include <glib/gi18n-lib.h>

static const struct
{
  const char *name;
  uint32_t    mask;
} choices[] = {
  { "c", 0 },
  { "sse2", TL_CPU_SSE2 },
  { "ssse3", TL_CPU_SSE2 | TL_CPU_SSSE3 },
  { "avx2", TL_CPU_AVX2 },
  { "avx512", TL_CPU_AVX2 | TL_CPU_AVX512 },
  { "avx512vnni", TL_CPU_AVX2 | TL_CPU_AVX512 | TL_CPU_AVX512_VNNI },
  { "neon", TL_CPU_NEON },
  { "dotprod", TL_CPU_NEON | TL_CPU_DOTPROD },
};

gboolean
tlm_cpu_choice_set (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    if (g_str_equal (name, choices[i].name))
      {
        tl_cpu_set_mask (choices[i].mask);
        return TRUE;
      }
  return FALSE;
}

gboolean
tlm_cpu_choice_apply (GError **error)
{
  const char *name = g_getenv ("TINYLM_CPU");

  if (name == NULL || *name == '\0' || tlm_cpu_choice_set (name))
    return TRUE;
  g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
               _("TINYLM_CPU is “%s”, but may be c, sse2, ssse3, avx2, avx512, avx512vnni, neon or "
                 "dotprod."), name);
  return FALSE;
}
