/* SPDX-License-Identifier: Apache-2.0 */
/* Products over panels for x86-64 without AVX, compiled twice. SSSE3 multiplies unsigned by signed
 * bytes and adds pairs in 16 bits, which saturate: the runs are so short that none does. SSE2, all
 * that the oldest have, multiplies pairs of 16 bits into 32. Both are exact in integers and add
 * floats in one order, so both give the same bits. */
#include "kernels/x86/vector-sse2.h"

#define MAX_P 1
#ifdef __SSSE3__
#define MAX_T 2
#else
#define MAX_T 1
#endif

#include "kernels/panel-operands.h"
#include "kernels/x86/sse2-private.h"

#ifdef __SSSE3__
#include <tmmintrin.h>

#define ZERO_OF_BYTES 0 /* signed before they are multiplied */

/* A pair is at most 2 * 128 * 127 = 32512 for bytes, 2 * 63 * 127 = 16002 for six bits, and 7874 for
 * five: of these one, two and four fit, the latter two from one and two vectors of nibbles. */
#define BYTES 1
#define FIVES 2
#define SIXES 1

typedef __m128i products; /* [4 rows, 2 pairs of columns] of 16 bits */

TILE products
no_products (void)
{
  return _mm_setzero_si128 ();
}

/* Bytes: w x = |w| (sign (w) x). */
TILE products
add_products (tl_panel_form form, products p, quarter w, quarter x)
{
  __m128i levels = (__m128i) w, acts = (__m128i) x;

  if (form == TL_PANEL_U8 || form == TL_PANEL_B8)
    {
      acts = _mm_sign_epi8 (acts, levels);
      levels = _mm_abs_epi8 (levels);
    }
  return _mm_add_epi16 (p, _mm_maddubs_epi16 (levels, acts));
}

TILE ivec
sum_products (products p)
{
  return _mm_madd_epi16 (p, _mm_set1_epi16 (1));
}

#else

#define ZERO_OF_BYTES 128 /* unsigned bytes are widened with less */
#define BYTES 8
#define FIVES 4
#define SIXES 2

typedef struct
{
  __m128i low, high; /* [2 rows, 2 pairs of columns] each */
} products;

TILE products
no_products (void)
{
  return (products) { _mm_setzero_si128 (), _mm_setzero_si128 () };
}

TILE products
add_products (tl_panel_form form, products p, quarter w, quarter x)
{
  const __m128i zero = _mm_setzero_si128 (), levels = (__m128i) w;
  const __m128i acts = _mm_srai_epi16 (_mm_unpacklo_epi8 (zero, (__m128i) x), 8);

  (void) form; /* levels of all are unsigned */
  return (products) {
    _mm_add_epi32 (p.low, _mm_madd_epi16 (_mm_unpacklo_epi8 (levels, zero), acts)),
    _mm_add_epi32 (p.high, _mm_madd_epi16 (_mm_unpackhi_epi8 (levels, zero), acts)),
  };
}

TILE ivec
sum_products (products p)
{
  __m128 low = _mm_castsi128_ps (p.low), high = _mm_castsi128_ps (p.high);
  __m128 even = _mm_shuffle_ps (low, high, _MM_SHUFFLE (2, 0, 2, 0));
  __m128 odd = _mm_shuffle_ps (low, high, _MM_SHUFFLE (3, 1, 3, 1));

  return _mm_add_epi32 (_mm_castps_si128 (even), _mm_castps_si128 (odd));
}

#endif

#include "kernels/panel-quarters.h"

#include "kernels/panel-body.h"

#ifdef __SSSE3__
void
tl_kernels_fill_ssse3 (tl_kernels *k)
{
  k->name = "ssse3";
  fill_panel (k);
}
#else
void
tl_kernels_fill_sse2_panel (tl_kernels *k)
{
  fill_panel (k);
}
#endif
