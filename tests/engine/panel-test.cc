/* SPDX-License-Identifier: Apache-2.0 */
/* Products over panels: against the plain product of the dequantised weights and activations, on
 * every path, for every packed type, and for shapes with a panel that is not full. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "cpu-path.h"

namespace
{

/* A type, and where its blocks keep their halves: the scale, and the scale of the minima or -1. */
struct Packed
{
  tl_type type;
  int     d_at, min_at;
};

const Packed packed_types[] = {
  { TL_TYPE_Q4_0, 0, -1 },   { TL_TYPE_Q4_1, 0, 2 },    { TL_TYPE_Q5_0, 0, -1 },
  { TL_TYPE_Q5_1, 0, 2 },    { TL_TYPE_Q8_0, 0, -1 },   { TL_TYPE_Q2_K, 80, 82 },
  { TL_TYPE_Q3_K, 108, -1 }, { TL_TYPE_Q4_K, 0, 2 },    { TL_TYPE_Q5_K, 0, 2 },
  { TL_TYPE_Q6_K, 208, -1 }, { TL_TYPE_IQ4_NL, 0, -1 }, { TL_TYPE_TQ1_0, 52, -1 },
  { TL_TYPE_TQ2_0, 64, -1 },
};

const size_t row_counts[] = { 1, 15, 16, 17, 32, 64, 75 };

/* Bytes at a 64-byte boundary, exactly as many as asked for, so that the sanitizer sees more. */
class Aligned
{
public:
  explicit Aligned (size_t n) { EXPECT_EQ (posix_memalign (&memory_, 64, n), 0); }
  ~Aligned () { free (memory_); }
  Aligned (const Aligned &) = delete;
  Aligned &operator= (const Aligned &) = delete;
  uint8_t *data () { return static_cast<uint8_t *> (memory_); }

private:
  void *memory_ = nullptr;
};

struct Acts
{
  std::vector<int8_t>  q;
  std::vector<float>   scale;
  std::vector<int32_t> sum;
  tl_acts              acts;

  Acts (size_t n, size_t cols, size_t group)
    : q (n * cols), scale (n * cols / group), sum (n * cols / group),
      acts { cols, group, q.data (), scale.data (), sum.data () }
  {
  }

  double at (size_t t, size_t i) const
  {
    size_t k = t * acts.cols + i;

    return (double) q[k] * (double) scale[k / acts.group];
  }
};

class Panels : public testing::TestWithParam<std::tuple<CpuPath, Packed>>
{
protected:
  const tl_kernels   *k = nullptr;
  const tl_type_info *type = nullptr;
  tl_panel_form       form = TL_PANEL_U8;
  Packed              packed = {};
  std::mt19937        rng { 1 };

  void
  SetUp () override
  {
    const CpuPath &path = std::get<0> (GetParam ());

    tl_cpu_set_mask (path.mask);
    k = tl_kernels_get ();
    tl_cpu_set_mask (~0u);
    if (std::string (k->name) != path.name)
      GTEST_SKIP () << "this processor has no " << path.name;
    packed = std::get<1> (GetParam ());
    type = tl_type_get_info ((uint32_t) packed.type);
    ASSERT_TRUE (tl_panel_form_of (type->type, &form));
  }

  std::vector<float>
  gauss (size_t n)
  {
    std::normal_distribution<float> d;
    std::vector<float>              x (n);

    for (float &v : x)
      v = d (rng);
    return x;
  }

  void
  set_halves (uint8_t *block, uint16_t value)
  {
    memcpy (block + packed.d_at, &value, 2);
    if (packed.min_at >= 0)
      memcpy (block + packed.min_at, &value, 2);
  }

  /* Any bits are valid levels; scales are made finite. */
  std::vector<uint8_t>
  random_blocks (size_t rows, size_t cols)
  {
    std::vector<uint8_t> blocks (rows * tl_type_row_bytes (type->type, cols));

    for (size_t at = 0; at < blocks.size (); at += type->block_bytes)
      {
        for (size_t i = 0; i < type->block_bytes; i++)
          blocks[at + i] = (uint8_t) rng ();
        set_halves (&blocks[at], tl_f32_to_f16 (0.01f + 0.001f * (float) (rng () % 100)));
      }
    return blocks;
  }

  void
  check (size_t rows, size_t cols, size_t n)
  {
    std::vector<uint8_t> blocks = random_blocks (rows, cols);
    std::vector<float>   w (rows * cols), x = gauss (n * cols), y (n * (rows + 3), NAN);
    Acts                 a (n, cols, tl_panel_group (form));
    tl_panels            p;
    size_t               bytes = tl_panels_init (&p, form, rows, cols);
    Aligned              memory (bytes);
    float                largest = 0;

    type->dequantize (w.data (), blocks.data (), rows * cols);
    tl_panels_pack (&p, memory.data (), 0, p.n_panels, type->type, blocks.data ());
    p.data = memory.data ();
    for (size_t t = 0; t < n; t++)
      k->quantize_acts (&a.acts, t, &x[t * cols]);
    k->mul_panels (&p, 0, p.n_panels, &a.acts, n, y.data (), rows + 3);
    for (float v : w)
      largest = std::fmax (largest, std::fabs (v));
    for (size_t t = 0; t < n; t++)
      for (size_t r = 0; r < rows; r++)
        {
          double sum = 0, magnitude = 0, sum_x = 0;

          for (size_t i = 0; i < cols; i++)
            {
              sum += (double) w[r * cols + i] * a.at (t, i);
              magnitude += std::fabs ((double) w[r * cols + i] * a.at (t, i));
              sum_x += std::fabs (a.at (t, i));
            }
          /* Scaled levels and offsets are summed apart: either is at most twice a weight there can be. */
          if (tl_panel_has_offsets (form))
            magnitude = 4 * largest * sum_x;
          /* Integers are exact; each group's two scales and its addition round: three roundings of
           * 2^-24 of its magnitude, and one of the sum for each later group (two with offsets). */
          double bound = magnitude * 0x1p-24 * (3 + 2 * (double) (cols / a.acts.group));
          ASSERT_NEAR (y[t * (rows + 3) + r], sum, bound) << "row " << r << " token " << t;
        }
    for (size_t t = 0; t < n; t++)
      for (size_t r = rows; r < rows + 3; r++)
        ASSERT_TRUE (std::isnan (y[t * (rows + 3) + r])) << "written beyond the rows";
  }
};

TEST_P (Panels, product_is_that_of_the_blocks)
{
  for (size_t rows : row_counts)
    for (size_t n : { 1, 2, 3, 5, 7, 14 })
      {
        SCOPED_TRACE (std::to_string (rows) + " rows");
        check (rows, 256, n);
      }
  check (33, 768, 6);
  if (type->block_len == 32)
    check (48, 96, 4);
}

/* What speculation and the prefix cache rest on. */
TEST_P (Panels, a_tokens_result_does_not_depend_on_the_others_or_the_range)
{
  const size_t         rows = 150, cols = 512, n = 23;
  std::vector<uint8_t> blocks = random_blocks (rows, cols);
  std::vector<float>   x = gauss (n * cols), all (n * rows), one (n * rows);
  Acts                 a (n, cols, tl_panel_group (form));
  tl_panels            p;
  Aligned              memory (tl_panels_init (&p, form, rows, cols));

  tl_panels_pack (&p, memory.data (), 0, p.n_panels, type->type, blocks.data ());
  p.data = memory.data ();
  for (size_t t = 0; t < n; t++)
    k->quantize_acts (&a.acts, t, &x[t * cols]);
  k->mul_panels (&p, 0, p.n_panels, &a.acts, n, all.data (), rows);
  for (size_t t = 0; t < n; t++)
    {
      tl_acts single = a.acts;

      single.q += t * cols;
      single.scale += t * cols / single.group;
      single.sum += t * cols / single.group;
      for (size_t panel = 0; panel < p.n_panels; panel += 1 + t % 3)
        k->mul_panels (&p, panel, std::min (panel + 1 + t % 3, p.n_panels), &single, 1,
                       &one[t * rows], rows);
    }
  EXPECT_EQ (all, one);
}

/* The largest levels and activations: no intermediate sum saturates. */
TEST_P (Panels, extremes_do_not_saturate)
{
  const size_t         rows = 16, cols = 256;
  std::vector<uint8_t> blocks (rows * tl_type_row_bytes (type->type, cols));
  tl_panels            p;
  Aligned              memory (tl_panels_init (&p, form, rows, cols));

  for (uint8_t level : { 0x00, 0x7f, 0x80, 0xff })
    for (float value : { 1.0f, -1.0f })
      {
        Acts               a (1, cols, tl_panel_group (form));
        std::vector<float> x (cols, value), w (rows * cols), y (rows);
        double             sum = 0;

        for (size_t at = 0; at < blocks.size (); at += type->block_bytes)
          {
            memset (&blocks[at], level, type->block_bytes);
            set_halves (&blocks[at], 0x3c00);
          }
        type->dequantize (w.data (), blocks.data (), rows * cols);
        tl_panels_pack (&p, memory.data (), 0, p.n_panels, type->type, blocks.data ());
        p.data = memory.data ();
        k->quantize_acts (&a.acts, 0, x.data ());
        k->mul_panels (&p, 0, 1, &a.acts, 1, y.data (), rows);
        for (size_t i = 0; i < cols; i++)
          sum += (double) w[i] * a.at (0, i);
        for (float v : y)
          EXPECT_NEAR (v, sum, 4e-6 * std::fabs (sum));
      }
}

TEST_P (Panels, activations_are_the_same_on_every_path)
{
  const float        inf = std::numeric_limits<float>::infinity ();
  std::vector<float> x = gauss (512);
  Acts               a (1, 512, tl_panel_group (form)), b (1, 512, tl_panel_group (form));

  for (float odd : { 0.0f, 1e-40f, 1e30f, inf, NAN })
    {
      x[3] = odd;
      x[300] = -odd;
      tl_cpu_set_mask (0);
      tl_kernels_get ()->quantize_acts (&a.acts, 0, x.data ());
      tl_cpu_set_mask (~0u);
      k->quantize_acts (&b.acts, 0, x.data ());
      EXPECT_EQ (a.q, b.q) << odd;
      EXPECT_EQ (memcmp (a.scale.data (), b.scale.data (), a.scale.size () * 4), 0) << odd;
      EXPECT_EQ (a.sum, b.sum) << odd;
      for (size_t i = 0; i < x.size () && std::isfinite (odd); i++)
        EXPECT_NEAR (b.at (0, i), x[i], 0.501 * b.scale[i / b.acts.group] + 0x1p-126) << i;
    }
}

INSTANTIATE_TEST_SUITE_P (
  engine, Panels, testing::Combine (testing::ValuesIn (cpu_paths), testing::ValuesIn (packed_types)),
  [] (const testing::TestParamInfo<std::tuple<CpuPath, Packed>> &info) {
    return std::string (std::get<0> (info.param).name) + "_"
           + tl_type_get_info ((uint32_t) std::get<1> (info.param).type)->name;
  });

} // namespace
