/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel tests share: kinds of values, lengths, paths, error bounds and guarded vectors. */
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "cpu-path.h"

namespace
{

constexpr double unit = 0x1p-24;         /* half an ulp of 1 */
constexpr double underflow = 0x1p-149;   /* twice the error of a result below the normal range */
constexpr float  infinity = std::numeric_limits<float>::infinity ();

inline double
gamma_n (size_t n)
{
  return n * unit / (1 - n * unit);
}

enum class Values
{
  normal,
  tiny,     /* products fall below the normal range */
  huge,     /* sums of products stay below FLT_MAX */
  denormal,
  mixed,    /* magnitudes over twelve decades */
  integers, /* -8 to 8: every sum here is exact */
};

const Values all_values[] = { Values::normal,   Values::tiny,  Values::huge,
                              Values::denormal, Values::mixed, Values::integers };
const char *const value_names[] = { "Normal", "Tiny", "Huge", "Denormal", "Mixed", "Integers" };

inline const std::vector<size_t> &
lengths ()
{
  static const std::vector<size_t> all = [] {
    std::vector<size_t> v;

    for (size_t n = 0; n <= 70; n++)
      v.push_back (n);
    v.insert (v.end (), { 96, 128, 256, 1000, 4096 + 3 });
    return v;
  }();

  return all;
}

inline const tl_kernels *
get_path (const CpuPath &p)
{
  const tl_kernels *k;

  tl_cpu_set_mask (p.mask);
  k = tl_kernels_get ();
  tl_cpu_set_mask (~0u);
  return k;
}

/* A vector of exactly @n elements that starts @offset elements after an aligned address, with guards
 * on both sides, so that a write outside is seen; the sanitizer build sees reads outside. */
template <typename T> class Guarded
{
public:
  Guarded (size_t n, size_t offset) : n_ (n), start_ (guard + offset)
  {
    bytes_.assign ((start_ + n + guard) * sizeof (T), 0xa5);
  }

  T *data () { return reinterpret_cast<T *> (bytes_.data ()) + start_; }
  T &operator[] (size_t i) { return data ()[i]; }
  size_t size () const { return n_; }

  bool
  guards_are_intact () const
  {
    for (size_t i = 0; i < bytes_.size (); i++)
      {
        if ((i < start_ * sizeof (T) || i >= (start_ + n_) * sizeof (T)) && bytes_[i] != 0xa5)
          return false;
      }
    return true;
  }

private:
  static constexpr size_t guard = 32;
  size_t n_, start_;
  std::vector<uint8_t> bytes_;
};

} /* namespace */
