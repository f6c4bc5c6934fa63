/* SPDX-License-Identifier: Apache-2.0 */
/* Products over panels in NEON, compiled twice. With the dot-product extension sdot adds four
 * products of bytes to each 32-bit sum, one sum a row. Without, products are added up in 16 bits
 * over a run of vectors that cannot overflow, and then widened. Both are exact in integers and add
 * floats in one order, so both give the same bits. */
#include "kernels/arm/vector-neon.h"

/* 24 sums, four vectors of weights and a broadcast: products take two registers each without sdot. */
#define MAX_P 1
#ifdef __ARM_FEATURE_DOTPROD
#define MAX_T 3
#else
#define MAX_T 2
#endif

#include "kernels/arm/neon-private.h"
#include "kernels/panel-operands.h"

#define ZERO_OF_BYTES 0
#define FIVES 4
#define SIXES 2

#ifdef __ARM_FEATURE_DOTPROD

#define BYTES 8

typedef int32x4_t products;

TILE products
no_products (void)
{
  return vdupq_n_s32 (0);
}

TILE products
add_products (tl_panel_form form, products p, uint8x16_t w, uint8x16_t x)
{
  (void) form; /* the levels of all fit into signed bytes */
  return vdotq_s32 (p, vreinterpretq_s8_u8 (w), vreinterpretq_s8_u8 (x));
}

TILE int32x4_t
sum_products (products p)
{
  return p;
}

#else

#define BYTES 2

typedef struct
{
  int16x8_t low, high; /* [2 rows, 4 columns] each */
} products;

TILE products
no_products (void)
{
  return (products) { vdupq_n_s16 (0), vdupq_n_s16 (0) };
}

TILE products
add_products (tl_panel_form form, products p, uint8x16_t w, uint8x16_t x)
{
  int8x16_t ws = vreinterpretq_s8_u8 (w), xs = vreinterpretq_s8_u8 (x);

  (void) form; /* the levels of all fit into signed bytes */
  return (products) { vmlal_s8 (p.low, vget_low_s8 (ws), vget_low_s8 (xs)),
                      vmlal_high_s8 (p.high, ws, xs) };
}

TILE int32x4_t
sum_products (products p)
{
  return vpaddq_s32 (vpaddlq_s16 (p.low), vpaddlq_s16 (p.high));
}

#endif

#include "kernels/panel-quarters.h"

#include "kernels/panel-body.h"

#ifdef __ARM_FEATURE_DOTPROD
void
tl_kernels_fill_dotprod (tl_kernels *k)
{
  k->name = "dotprod";
  fill_panel (k);
}
#else
void
tl_kernels_fill_neon_panel (tl_kernels *k)
{
  fill_panel (k);
}
#endif
