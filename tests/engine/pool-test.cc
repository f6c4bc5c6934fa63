/* SPDX-License-Identifier: Apache-2.0 */
/* The fork-join pool: each part exactly once, its own to each thread, more threads than processors.
 * To be run under ThreadSanitizer too. */
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

extern "C" {
#include "base/file.h"
#include "kernels/pool.h"
}

namespace
{

class Pools : public testing::TestWithParam<unsigned>
{
protected:
  void
  SetUp () override
  {
    tl_error err = {};

    pool = tl_pool_new (GetParam (), &err);
    ASSERT_NE (pool, nullptr) << err.message;
  }

  void TearDown () override { tl_pool_free (pool); }

  tl_pool *pool = nullptr;
};

/* Plain counters: the pool itself must order them. */
struct Counts
{
  std::vector<int> of_part;
  bool             n_parts_is_right = true;
};

void
count_part (void *data, unsigned part, unsigned n_parts)
{
  Counts *c = static_cast<Counts *> (data);

  if (n_parts != c->of_part.size ())
    c->n_parts_is_right = false;
  c->of_part[part]++;
}

#define PART_BYTES 8192 /* a page or more */

#define OTHERS_S   30   /* until another thread has come, on a machine that is busy */

struct Reads
{
  const uint8_t               *data;
  bool                         waits; /* for a second thread */
  std::atomic<unsigned>        n_begun;
  std::vector<uint8_t>         first; /* [n_parts] */
  std::vector<std::thread::id> by;
};

/* Whoever comes first waits until a second one has begun a part beside it. */
void
read_part (void *data, unsigned part, unsigned)
{
  Reads *reads = static_cast<Reads *> (data);
  const auto deadline = std::chrono::steady_clock::now () + std::chrono::seconds (OTHERS_S);

  if (reads->n_begun.fetch_add (1) == 0 && reads->waits)
    while (reads->n_begun < 2 && std::chrono::steady_clock::now () < deadline)
      std::this_thread::sleep_for (std::chrono::milliseconds (1));
  reads->first[part] = reads->data[size_t (part) * PART_BYTES];
  reads->by[part] = std::this_thread::get_id ();
}

/* A helper that kept SIGBUS from itself would end the program. */
TEST_P (Pools, each_thread_reads_a_file_that_was_cut)
{
  const unsigned n_parts = 64;
  const std::string path = testing::TempDir () + "tinylm-pool-" + std::to_string (getpid ());
  const std::string content (n_parts * PART_BYTES, 'x');
  tl_error err = {};
  tl_map map;

  ASSERT_TRUE (tl_file_replace (path.c_str (), content.data (), content.size (), &err));
  ASSERT_TRUE (tl_map_open (&map, path.c_str (), &err)) << err.message;
  ASSERT_EQ (truncate (path.c_str (), 0), 0);
  Reads reads { map.data, GetParam () > 1, { 0 }, std::vector<uint8_t> (n_parts, 'x'),
                std::vector<std::thread::id> (n_parts) };

  tl_pool_share (pool, n_parts, read_part, &reads);
  EXPECT_EQ (reads.first, std::vector<uint8_t> (n_parts, 0));
  EXPECT_EQ (std::set<std::thread::id> (reads.by.begin (), reads.by.end ()).size () > 1,
             GetParam () > 1);
  tl_map_close (&map);
  unlink (path.c_str ());
}

TEST_P (Pools, share_does_each_part_once)
{
  for (unsigned n_parts : { 0, 1, 2, 3, 7, 64, 1000 })
    {
      const int n_runs = 200;
      Counts c { std::vector<int> (n_parts) };

      for (int i = 0; i < n_runs; i++)
        tl_pool_share (pool, n_parts, count_part, &c);
      EXPECT_TRUE (c.n_parts_is_right);
      for (int count : c.of_part)
        EXPECT_EQ (count, n_runs) << n_parts << " parts";
    }
}

/* A helper that is late for a shared run must not take part in the next one twice, nor be lost. */
TEST_P (Pools, runs_of_few_and_of_many_parts_alternate)
{
  const int n_runs = 1000;
  Counts few { std::vector<int> (3) }, many { std::vector<int> (40) };

  for (int i = 0; i < n_runs; i++)
    {
      tl_pool_share (pool, 3, count_part, &few);
      tl_pool_share (pool, 40, count_part, &many);
      tl_pool_share (pool, 3, count_part, &few);
    }
  for (int count : many.of_part)
    EXPECT_EQ (count, n_runs);
  for (int count : few.of_part)
    EXPECT_EQ (count, 2 * n_runs);
}

TEST_P (Pools, several_pools_at_once)
{
  auto use = [] (unsigned n_threads, int *sum) {
    tl_pool *own = tl_pool_new (n_threads, nullptr);
    Counts c { std::vector<int> (n_threads) };

    for (int i = 0; i < 300; i++)
      tl_pool_share (own, n_threads, count_part, &c);
    for (int count : c.of_part)
      *sum += count;
    tl_pool_free (own);
  };
  int sums[2] = { 0, 0 };
  std::thread first (use, GetParam (), &sums[0]), second (use, GetParam (), &sums[1]);

  first.join ();
  second.join ();
  EXPECT_EQ (sums[0], 300 * int (GetParam ()));
  EXPECT_EQ (sums[1], sums[0]);
}

TEST_P (Pools, says_its_threads)
{
  EXPECT_EQ (tl_pool_get_n_threads (pool), GetParam ());
}

/* 2 is what most have; the others are more than this machine's processors, or prime, or one. */
INSTANTIATE_TEST_SUITE_P (engine, Pools, testing::Values (1, 2, 3, 7, 16));

TEST (Pool, none_runs_in_the_caller)
{
  Counts five { std::vector<int> (5) };

  tl_pool_share (nullptr, 5, count_part, &five);
  for (int count : five.of_part)
    EXPECT_EQ (count, 1);
  EXPECT_EQ (tl_pool_get_n_threads (nullptr), 1u);
  tl_pool_free (nullptr);
}

TEST (Pool, zero_means_the_processors)
{
  tl_pool *pool = tl_pool_new (0, nullptr);

  ASSERT_NE (pool, nullptr);
  EXPECT_GE (tl_pool_get_n_threads (pool), 1u);
  EXPECT_LE (tl_pool_get_n_threads (pool), std::max (std::thread::hardware_concurrency (), 1u));
  tl_pool_free (pool);
}

TEST (Pool, refuses_a_mistyped_number)
{
  tl_error err = {};

  EXPECT_EQ (tl_pool_new (1000000, &err), nullptr);
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  EXPECT_NE (std::string (err.message).find ("1000000"), std::string::npos);
}

TEST (Pool, is_freed_unused)
{
  for (int i = 0; i < 50; i++)
    tl_pool_free (tl_pool_new (4, nullptr));
}

} /* namespace */
