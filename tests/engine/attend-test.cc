/* SPDX-License-Identifier: Apache-2.0 */
/* Attention and its steps on every path: against sums in double precision, over head sizes, numbers
 * of queries and all kinds of cache; and a query's result whatever is computed beside it. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "cpu-path.h"

extern "C" {
#include "model/attention.h"
}

namespace
{

struct Shape
{
  size_t  n_heads, n_kv_heads, head_dim;
  tl_type type;
};

const Shape shapes[] = {
  { 4, 2, 64, TL_TYPE_F16 },  { 9, 3, 64, TL_TYPE_F16 }, { 3, 3, 16, TL_TYPE_F16 },
  { 8, 4, 8, TL_TYPE_F32 },   { 7, 1, 80, TL_TYPE_F16 }, { 2, 2, 6, TL_TYPE_F32 },
  { 2, 1, 100, TL_TYPE_F16 }, { 5, 5, 64, TL_TYPE_F32 }, { 9, 3, 64, TL_TYPE_Q8_0 },
  { 4, 4, 32, TL_TYPE_Q8_0 }, { 7, 1, 96, TL_TYPE_Q8_0 }, { 4, 2, 256, TL_TYPE_Q8_0 },
};

/* Bytes at a 64-byte boundary. */
class Memory
{
public:
  void *data = nullptr;

  explicit Memory (size_t n)
  {
    EXPECT_EQ (posix_memalign (&data, 64, n + 1), 0);
    memset (data, 0xff, n + 1); /* what was never stored is NaN, also as a half */
  }
  ~Memory () { free (data); }
  Memory (const Memory &) = delete;
  Memory &operator= (const Memory &) = delete;
};

/* A cache of @n_slots positions and the keys and values that were stored. */
class Cache
{
  std::mt19937 rng { 3 }; /* first: the other members draw from it */

public:
  tl_kv_layer        layer;
  std::vector<float> keys, values; /* [positions, n_kv_heads, head_dim], as the cache rounds them */

  Cache (const tl_kernels *kernels, const Shape &s, size_t n)
    : layer { nullptr, nullptr, nullptr, s.type, tl_kv_slots ((uint32_t) n), s.n_kv_heads, s.head_dim },
      keys (draw (n * s.n_kv_heads * s.head_dim)), values (draw (keys.size ())),
      k (size_of (0)), v (size_of (1)), v_scale (size_of (2))
  {
    size_t row = s.n_kv_heads * s.head_dim;

    layer.k = k.data;
    layer.v = v.data;
    layer.v_scale = v_scale.data;
    for (size_t pos = 0; pos < n; pos++)
      tl_kv_store (kernels, &layer, pos, 0, s.n_kv_heads, &keys[pos * row], &values[pos * row]);
    for (std::vector<float> *x : { &keys, &values })
      round (*x);
  }

  std::vector<float>
  draw (size_t n)
  {
    std::normal_distribution<float> d;
    std::vector<float>              x (n);

    for (float &f : x)
      f = d (rng);
    return x;
  }

private:
  Memory k, v, v_scale;

  size_t
  size_of (size_t part) const
  {
    tl_kv_strips parts[TL_KV_PARTS];

    tl_kv_describe (&layer, layer.n_slots, parts);
    return parts[part].n * parts[part].stride;
  }

  void
  round (std::vector<float> &x) const
  {
    const tl_type_info  *type = tl_type_get_info (layer.type);
    std::vector<uint8_t> bytes (tl_type_row_bytes (layer.type, x.size ()));

    type->quantize (bytes.data (), x.data (), nullptr, x.size ());
    type->dequantize (x.data (), bytes.data (), x.size ());
  }
};

class Attend : public OnCpuPath
{
protected:
  const tl_kernels *kernels = nullptr;

  void
  SetUp () override
  {
    OnCpuPath::SetUp ();
    kernels = tl_kernels_get ();
  }

  std::vector<float>
  run (const Shape &s, const Cache &c, const std::vector<float> &q, size_t n, size_t pos,
       tl_pool *p, size_t window)
  {
    std::vector<float> y (n * s.n_heads * s.head_dim, NAN);
    std::vector<float> scratch (2 * tl_attention_scratch (&c.layer), NAN);
    tl_attention       a = { kernels, &c.layer, q.data (), y.data (), scratch.data (), n, s.n_heads,
                             pos, 1.0f / std::sqrt ((float) s.head_dim), window };

    tl_attention_run (&a, p);
    return y;
  }
};

/* Weights and values in double precision; 1e-5 is some 80 roundings of values of about 1. Bytes of
 * queries and weights are within 1/254 of the largest of their 32: measured, the results were off by
 * 0.029 at most. */
TEST_P (Attend, is_softmax_of_scores_times_values)
{
  for (const Shape &s : shapes)
    for (const auto &[n, window] : std::vector<std::pair<size_t, size_t>> {
           { 1, 0 }, { 3, 0 }, { 11, 0 }, { 3, 1 }, { 11, 2 }, { 11, 7 }, { 11, 75 } })
      {
        const size_t       pos = 70, row = s.n_kv_heads * s.head_dim;
        Cache              c (kernels, s, pos + n);
        std::vector<float> q = c.draw (n * s.n_heads * s.head_dim);
        std::vector<float> y = run (s, c, q, n, pos, pool, window);

        for (size_t i = 0; i < n * s.n_heads; i++)
          {
            size_t              kv_head = i % s.n_heads / (s.n_heads / s.n_kv_heads);
            std::vector<double> weights, mixed (s.head_dim);
            double              total = 0;
            size_t              seen = pos + i / s.n_heads + 1;

            for (size_t p = window > 0 && seen > window ? seen - window : 0; p < seen; p++)
              {
                double dot = 0;

                for (size_t d = 0; d < s.head_dim; d++)
                  dot += (double) q[i * s.head_dim + d] * c.keys[p * row + kv_head * s.head_dim + d];
                weights.push_back (std::exp (dot / std::sqrt ((double) s.head_dim)));
                total += weights.back ();
                for (size_t d = 0; d < s.head_dim; d++)
                  mixed[d] += weights.back () * c.values[p * row + kv_head * s.head_dim + d];
              }
            for (size_t d = 0; d < s.head_dim; d++)
              ASSERT_NEAR (y[i * s.head_dim + d], mixed[d] / total,
                           s.type == TL_TYPE_Q8_0 ? 0.04 : 1e-5)
                << "dim " << s.head_dim << " query " << i << " of " << n << " window " << window;
          }
      }
}

TEST_P (Attend, a_token_does_not_depend_on_the_others_or_the_threads)
{
  for (const auto &[s, window] : std::vector<std::pair<Shape, size_t>> {
         { shapes[0], 0 }, { shapes[1], 0 }, { shapes[2], 0 }, { shapes[3], 0 }, { shapes[4], 0 },
         { shapes[5], 0 }, { shapes[6], 0 }, { shapes[7], 0 }, { shapes[8], 0 }, { shapes[10], 0 },
         { shapes[0], 3 }, { shapes[4], 50 }, { shapes[8], 50 } })
    {
      const size_t       n = 40, pos = 100, row = s.n_heads * s.head_dim;
      Cache              c (kernels, s, pos + n);
      std::vector<float> q = c.draw (n * row), single;
      std::vector<float> together = run (s, c, q, n, pos, pool, window);

      for (size_t t = 0; t < n; t++)
        {
          std::vector<float> one (q.begin () + (long) (t * row), q.begin () + (long) ((t + 1) * row));
          std::vector<float> y = run (s, c, one, 1, pos + t, nullptr, window);

          single.insert (single.end (), y.begin (), y.end ());
        }
      EXPECT_EQ (together, single) << "dim " << s.head_dim;
    }
}

TEST_P (Attend, rotation_keeps_lengths_and_turns_by_the_angle)
{
  for (size_t n : { 2, 6, 8, 16, 18, 64, 66 })
    {
      std::vector<float> x (n + 4, 7.0f), before, cs (n);

      for (size_t i = 0; i < n; i += 2)
        {
          cs[i] = std::cos (0.1f * (float) (i + 1));
          cs[i + 1] = std::sin (0.1f * (float) (i + 1));
          x[i] = (float) i - 3;
          x[i + 1] = 0.5f * (float) i;
        }
      before = x;
      kernels->rope (x.data (), cs.data (), n);
      for (size_t i = 0; i < n; i += 2)
        {
          double a = before[i], b = before[i + 1];

          EXPECT_NEAR (x[i], a * cs[i] - b * cs[i + 1], 2e-5);
          EXPECT_NEAR (x[i + 1], a * cs[i + 1] + b * cs[i], 2e-5);
        }
      for (size_t i = n; i < n + 4; i++)
        EXPECT_EQ (x[i], 7.0f);
    }
}

ON_EVERY_CPU_PATH (Attend);

} // namespace
