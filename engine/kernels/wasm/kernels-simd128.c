/* SPDX-License-Identifier: Apache-2.0 */
/* The table of WebAssembly's SIMD128: the kernels of floats and attention, and the products over panels
 * with i32x4.dot_i16x8_s. The matrix product is the reference's, which clang makes vectors of. */
#include "kernels/wasm/vector-simd128.h"

#define MAX_P 1
#define MAX_T 1 /* eight registers of products, and what is loaded, of x86-64's sixteen */

#include "kernels/attend-body.h"
#include "kernels/kernels-body.h"
#include "kernels/panel-operands.h"

typedef struct
{
  v128_t low, high; /* [2 rows, 2 pairs of columns] each */
} products;

#define ZERO_OF_BYTES 128 /* unsigned bytes are widened with less */
#define BYTES 8           /* the sums have 32 bits */
#define FIVES 4
#define SIXES 2

TILE products
no_products (void)
{
  return (products) { wasm_i32x4_splat (0), wasm_i32x4_splat (0) };
}

TILE products
add_products (tl_panel_form form, products p, v128_t w, v128_t x)
{
  const v128_t xs = wasm_i16x8_extend_low_i8x16 (x);
  v128_t low = wasm_i32x4_dot_i16x8 (wasm_u16x8_extend_low_u8x16 (w), xs);
  v128_t high = wasm_i32x4_dot_i16x8 (wasm_u16x8_extend_high_u8x16 (w), xs);

  (void) form; /* the levels of all are unsigned */
  return (products) { wasm_i32x4_add (p.low, low), wasm_i32x4_add (p.high, high) };
}

TILE ivec
sum_products (products p)
{
  return wasm_i32x4_add (wasm_i32x4_shuffle (p.low, p.high, 0, 2, 4, 6),
                         wasm_i32x4_shuffle (p.low, p.high, 1, 3, 5, 7));
}

#include "kernels/panel-quarters.h"

#include "kernels/panel-body.h"

void
tl_kernels_fill_simd128 (tl_kernels *k)
{
  k->name = "simd128";
  fill_floats (k);
  fill_attend (k);
  fill_panel (k);
}
