/* SPDX-License-Identifier: Apache-2.0 */
/* Errors, files, the generator, functions and UTF-8. Expected numbers of the generator are the
 * published ones of its authors' C code and of SplitMix64's description, not this engine's. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

extern "C" {
#include "base/error.h"
#include "base/file.h"
#include "base/maths.h"
#include "base/rng.h"
#include "base/utf8.h"
}

static std::string
read_file (const std::string &path)
{
  std::ifstream in (path, std::ios::binary);

  return { std::istreambuf_iterator<char> (in), {} };
}

/* A folder of its own for one test, gone afterwards. */
class File : public testing::Test
{
protected:
  std::string folder;

  void
  SetUp () override
  {
    std::string pattern = testing::TempDir () + "tinylm-base-XXXXXX";

    ASSERT_NE (mkdtemp (pattern.data ()), nullptr);
    folder = pattern + "/";
  }

  void
  TearDown () override
  {
    std::string command = "rm -rf '" + folder + "'";

    EXPECT_EQ (system (command.c_str ()), 0);
  }
};

TEST (Error, null_is_allowed_and_false_comes_back)
{
  EXPECT_FALSE (tl_error_set (nullptr, TL_ERROR_IO, "%s", "x"));
  EXPECT_FALSE (tl_error_set_errno (nullptr, ENOENT, "%s", "x"));
}

TEST (Error, long_sentences_are_cut_to_fit)
{
  tl_error err;
  std::string text (2000, 'a');

  tl_error_set (&err, TL_ERROR_FORMAT, "%s", text.c_str ());
  EXPECT_EQ (err.code, TL_ERROR_FORMAT);
  EXPECT_EQ (std::string (err.message), text.substr (0, sizeof err.message - 1));
  tl_error_set_errno (&err, ENOENT, "%s", text.c_str ());
  EXPECT_EQ (std::string (err.message), text.substr (0, sizeof err.message - 1));
}

TEST (Error, errno_is_said_in_words)
{
  tl_error err;

  tl_error_set_errno (&err, ENOENT, "%s", "a.gguf");
  EXPECT_EQ (err.code, TL_ERROR_IO);
  EXPECT_STREQ (err.message, "a.gguf: No such file or directory");
}

TEST (Error, names_from_a_file_cannot_spoil_the_sentence)
{
  tl_error err;

  tl_error_set (&err, TL_ERROR_FORMAT, "%s: %s", "a\n\xff\x1b" "b\xc3\xa9", "\xe2\x82");
  EXPECT_STREQ (err.message, "a???b\xc3\xa9: ??");
}

TEST_F (File, maps_what_was_written)
{
  std::string path = folder + "a", text ("some\0bytes", 10);
  tl_map map;
  tl_error err;

  ASSERT_TRUE (tl_file_replace (path.c_str (), text.data (), text.size (), &err)) << err.message;
  ASSERT_TRUE (tl_map_open (&map, path.c_str (), &err)) << err.message;
  EXPECT_EQ (std::string ((const char *) map.data, map.size), text);
  tl_map_close (&map);
  EXPECT_EQ (map.data, nullptr);
  tl_map_close (&map);
}

/* Resident bytes of mapped files: the third number of /proc/self/statm, in pages. */
static long
resident_file_bytes ()
{
  std::ifstream in ("/proc/self/statm");
  long size, resident, shared;

  in >> size >> resident >> shared;
  return shared * sysconf (_SC_PAGESIZE);
}

/* What looks at a page that is gone would end by SIGBUS. */
TEST_F (File, a_map_of_a_file_that_is_cut_reads_as_zeros)
{
  std::string path = folder + "cut", content (100000, 'x');
  tl_error err = {};
  tl_map map, other;

  ASSERT_TRUE (tl_file_replace (path.c_str (), content.data (), content.size (), &err));
  ASSERT_TRUE (tl_map_open (&map, path.c_str (), &err)) << err.message;
  ASSERT_TRUE (tl_map_open (&other, path.c_str (), &err)) << err.message;
  EXPECT_TRUE (tl_map_is_whole (&map));
  ASSERT_EQ (truncate (path.c_str (), 10), 0);
  EXPECT_EQ (map.data[99999], 0);
  EXPECT_EQ (map.data[70000], 0);
  EXPECT_EQ (map.data[9], 'x') << "what the file still has stays";
  EXPECT_FALSE (tl_map_is_whole (&map));
  EXPECT_FALSE (tl_map_is_whole (&other)) << "nothing of it was looked at, but it may be";
  tl_map_close (&map);
  tl_map_close (&other);
}

/* It raises no signal. */
TEST_F (File, a_map_of_a_file_that_is_cut_in_its_last_page_is_not_whole)
{
  std::string path = folder + "cut", content (100000, 'x');
  tl_error err = {};
  tl_map map;

  ASSERT_TRUE (tl_file_replace (path.c_str (), content.data (), content.size (), &err));
  ASSERT_TRUE (tl_map_open (&map, path.c_str (), &err)) << err.message;
  ASSERT_EQ (truncate (path.c_str (), 99999), 0);
  EXPECT_EQ (map.data[99999], 0);
  EXPECT_FALSE (tl_map_is_whole (&map));
  tl_map_close (&map);
}

TEST_F (File, reading_brings_no_page_of_the_map_into_memory)
{
  const size_t size = 8 << 20;
  std::string path = folder + "a", text (size, 'x'), got (size - 200, '\0');
  tl_map map;
  tl_error err;

  text[100] = 'a';
  text[size - 101] = 'z';
  ASSERT_TRUE (tl_file_replace (path.c_str (), text.data (), size, &err)) << err.message;
  ASSERT_TRUE (tl_map_open (&map, path.c_str (), &err)) << err.message;
  long before = resident_file_bytes ();
  EXPECT_TRUE (tl_map_read (&map, &got[0], map.data + 100, got.size ()));
  EXPECT_LE (resident_file_bytes (), before + (1 << 20));
  EXPECT_EQ (got, text.substr (100, got.size ()));
  ASSERT_EQ (truncate (path.c_str (), 1000), 0);
  EXPECT_FALSE (tl_map_read (&map, &got[0], map.data + 100, got.size ())) << "the file was cut";
  tl_map_close (&map);
}

TEST_F (File, says_why_it_cannot_map)
{
  std::string empty = folder + "empty", missing = folder + "missing";
  tl_map map;
  tl_error err;

  std::ofstream (empty).close ();
  EXPECT_FALSE (tl_map_open (&map, empty.c_str (), &err));
  EXPECT_EQ (err.message, empty + ": the file is empty");
  EXPECT_FALSE (tl_map_open (&map, folder.c_str (), &err));
  EXPECT_EQ (err.message, folder + ": not a regular file");
  EXPECT_FALSE (tl_map_open (&map, missing.c_str (), &err));
  EXPECT_EQ (err.message, missing + ": No such file or directory");
  EXPECT_EQ (map.data, nullptr);
}

TEST_F (File, a_pipe_is_refused_without_waiting)
{
  std::string pipe = folder + "pipe";
  tl_map map;
  tl_error err;

  ASSERT_EQ (mkfifo (pipe.c_str (), 0600), 0);
  EXPECT_FALSE (tl_map_open (&map, pipe.c_str (), &err));
  EXPECT_EQ (err.message, pipe + ": not a regular file");
}

/* More than is written at once, in pieces of any size, one of them of a map that was cut. */
TEST_F (File, pieces_are_written_one_behind_the_other)
{
  std::string path = folder + "a", cut = folder + "cut", large (700001, 'l'), content (100000, 'x');
  tl_error err = {};
  tl_map map;

  ASSERT_TRUE (tl_file_replace (cut.c_str (), content.data (), content.size (), &err));
  ASSERT_TRUE (tl_map_open (&map, cut.c_str (), &err)) << err.message;
  ASSERT_EQ (truncate (cut.c_str (), 0), 0);
  const tl_piece pieces[] = { { "ab", 2 }, { large.data (), large.size () }, { "", 0 },
                              { map.data, map.size }, { "z", 1 } };
  ASSERT_TRUE (tl_file_replace_pieces (path.c_str (), pieces, 5, nullptr, nullptr, &err))
    << err.message;
  EXPECT_EQ (read_file (path), "ab" + large + std::string (100000, '\0') + "z");
  EXPECT_FALSE (tl_map_is_whole (&map));
  tl_map_close (&map);
}

TEST_F (File, replacing_follows_a_link)
{
  std::string path = folder + "a", link = folder + "link";
  struct stat st;
  tl_error err = {};

  ASSERT_TRUE (tl_file_replace (path.c_str (), "old", 3, &err)) << err.message;
  ASSERT_EQ (symlink ("a", link.c_str ()), 0);
  ASSERT_TRUE (tl_file_replace (link.c_str (), "new", 3, &err)) << err.message;
  EXPECT_EQ (read_file (path), "new");
  ASSERT_EQ (lstat (link.c_str (), &st), 0);
  EXPECT_TRUE (S_ISLNK (st.st_mode));
}

TEST_F (File, replaces_no_pipe)
{
  std::string pipe = folder + "pipe";
  struct stat st;
  tl_error err = {};

  ASSERT_EQ (mkfifo (pipe.c_str (), 0600), 0);
  EXPECT_FALSE (tl_file_replace (pipe.c_str (), "new", 3, &err));
  EXPECT_EQ (err.message, pipe + ": not a regular file");
  ASSERT_EQ (stat (pipe.c_str (), &st), 0);
  EXPECT_TRUE (S_ISFIFO (st.st_mode));
}

TEST_F (File, replacing_keeps_the_mode_and_leaves_nothing_beside)
{
  std::string path = folder + "a", command = "test \"$(ls -A '" + folder + "')\" = a";
  struct stat st;
  tl_error err;

  std::ofstream (path) << "old";
  ASSERT_EQ (chmod (path.c_str (), 0640), 0);
  ASSERT_TRUE (tl_file_replace (path.c_str (), "new", 3, &err)) << err.message;
  EXPECT_EQ (read_file (path), "new");
  ASSERT_EQ (stat (path.c_str (), &st), 0);
  EXPECT_EQ (st.st_mode & 07777, 0640u);
  EXPECT_EQ (system (command.c_str ()), 0);
}

TEST_F (File, a_failed_replacement_changes_nothing)
{
  std::string sub = folder + "sub", missing = folder + "no/a";
  std::string command = "test \"$(ls -A '" + folder + "')\" = sub";
  tl_error err;

  ASSERT_EQ (mkdir (sub.c_str (), 0700), 0);
  EXPECT_FALSE (tl_file_replace (sub.c_str (), "x", 1, &err)) << "a folder cannot be replaced";
  EXPECT_EQ (err.code, TL_ERROR_IO);
  EXPECT_FALSE (tl_file_replace (missing.c_str (), "x", 1, &err));
  EXPECT_EQ (err.message, missing + ": cannot be written: No such file or directory");
  EXPECT_EQ (system (command.c_str ()), 0) << "a temporary file was left";
}

TEST_F (File, what_is_refused_once_it_is_written_changes_nothing)
{
  std::string path = folder + "a", command = "test \"$(ls -A '" + folder + "')\" = a";
  const tl_piece piece = { "new", 3 };
  tl_error err = {};

  std::ofstream (path) << "old";
  EXPECT_FALSE (tl_file_replace_pieces (path.c_str (), &piece, 1,
                                        [] (const void *data, tl_error *e) {
                                          return tl_error_set (e, TL_ERROR_FORMAT, "%s",
                                                               (const char *) data);
                                        }, "no", &err));
  EXPECT_STREQ (err.message, "no");
  EXPECT_EQ (read_file (path), "old");
  EXPECT_EQ (system (command.c_str ()), 0) << "a temporary file was left";
}

/* A limit of the file size stands in for a full disk: the write fails in the middle. */
TEST_F (File, a_write_that_ends_halfway_leaves_the_old_file)
{
  std::string path = folder + "a", command = "test \"$(ls -A '" + folder + "')\" = a";
  std::string large (100000, 'n');
  struct rlimit old, small;
  tl_error err;

  std::ofstream (path) << "old";
  signal (SIGXFSZ, SIG_IGN);
  ASSERT_EQ (getrlimit (RLIMIT_FSIZE, &old), 0);
  small = old;
  small.rlim_cur = 50000;
  ASSERT_EQ (setrlimit (RLIMIT_FSIZE, &small), 0);
  EXPECT_FALSE (tl_file_replace (path.c_str (), large.data (), large.size (), &err));
  ASSERT_EQ (setrlimit (RLIMIT_FSIZE, &old), 0);
  EXPECT_EQ (err.message, path + ": cannot be written: File too large");
  EXPECT_EQ (read_file (path), "old");
  EXPECT_EQ (system (command.c_str ()), 0);
}

TEST (Rng, seeds_by_splitmix64)
{
  tl_rng rng;

  tl_rng_init (&rng, 1234567);
  EXPECT_EQ (rng.s[0], 6457827717110365317u);
  EXPECT_EQ (rng.s[1], 3203168211198807973u);
  EXPECT_EQ (rng.s[2], 9817491932198370423u);
  EXPECT_EQ (rng.s[3], 4593380528125082431u);
}

TEST (Rng, is_xoshiro256starstar)
{
  tl_rng rng = { { 1, 2, 3, 4 } };
  const uint64_t expected[] = { 11520u, 0u, 1509978240u, 1215971899390074240u,
                                1216172134540287360u, 607988272756665600u,
                                16172922978634559625u, 8476171486693032832u };

  for (uint64_t e : expected)
    EXPECT_EQ (tl_rng_next (&rng), e);
}

TEST (Rng, below_is_even)
{
  tl_rng rng;
  int counts[7] = { 0 };
  double chi2 = 0;

  tl_rng_init (&rng, 1);
  for (int i = 0; i < 70000; i++)
    counts[tl_rng_below (&rng, 7)]++;
  for (int c : counts)
    chi2 += (c - 10000.0) * (c - 10000.0) / 10000.0;
  EXPECT_LT (chi2, 22.46); /* chi-squared of 6 degrees of freedom, 1 in 1000 */
  for (int i = 0; i < 100; i++)
    EXPECT_EQ (tl_rng_below (&rng, 1), 0u);
}

TEST (Rng, uniform_and_normal_have_their_moments)
{
  tl_rng rng;
  const int n = 200000;
  double sum = 0, sum_n = 0, sum_n2 = 0;

  tl_rng_init (&rng, 2);
  for (int i = 0; i < n; i++)
    {
      float u = tl_rng_uniform (&rng), x = tl_rng_normal (&rng);

      ASSERT_TRUE (u >= 0.0f && u < 1.0f && std::isfinite (x));
      sum += u;
      sum_n += x;
      sum_n2 += x * x;
    }
  /* Five standard errors each: sqrt (1/12/n), sqrt (1/n), sqrt (2/n). */
  EXPECT_NEAR (sum / n, 0.5, 5 * std::sqrt (1.0 / 12 / n));
  EXPECT_NEAR (sum_n / n, 0.0, 5 * std::sqrt (1.0 / n));
  EXPECT_NEAR (sum_n2 / n, 1.0, 5 * std::sqrt (2.0 / n));
}

static uint32_t
bits_of (float x)
{
  uint32_t bits;

  memcpy (&bits, &x, sizeof bits);
  return bits;
}

/* The bits come from decimal arithmetic of 80 digits, rounded to float once. */
TEST (Maths, exp_has_the_same_bits_everywhere)
{
  const std::pair<float, uint32_t> known[] = {
    { -0x1.99999ap-4f, 0x3f67a36d },
    { -0x1p-1f, 0x3f1b4598 },
    { -0x1.5bf0a8p+1f, 0x3d8724bd },
    { -0x1.921fb6p+3f, 0x366a0811 },
    { -0x1.4p+4f, 0x310da433 },
    { -0x1.5d589ep+6f, 0x00800026 },
    { -0x1.9c0000p+6f, 0x00000001 },
    { 0x1p-30f, 0x3f800000 },
    { 0x1.4p+2f, 0x431469c5 },
    { 0x1.62e42ep+6f, 0x7f7fff84 },
  };

  for (auto [x, bits] : known)
    EXPECT_EQ (bits_of (tl_exp (x)), bits) << x;
}

TEST (Maths, cosine_and_sine_have_the_same_bits_everywhere)
{
  const std::tuple<float, uint32_t, uint32_t> known[] = {
    { 0x1p-20f, 0x3f800000, 0x35800000 },
    { 0x1p0f, 0x3f0a5140, 0x3f576aa4 },
    { 0x1.921fb6p-1f, 0x3f3504f3, 0x3f3504f3 },
    { 0x1.921fb6p+0f, 0xb33bbd2e, 0x3f800000 },
    { 0x1.921fb6p+1f, 0xbf800000, 0xb3bbbd2e },
    { -0x1.8p+2f, 0x3f75cdb8, 0x3e8f0f8c },
    { 0x1.f4p+9f, 0x3f0ff813, 0x3f53ae61 },
    { 0x1.fffp+11f, 0x3ed7495d, 0xbf6844e2 },
    { 0x1.86a02p+16f, 0xbf7efb32, 0xbdb68742 },
    { 0x1.e8480ep+19f, 0x3f7f2ebc, 0x3da388c8 },
  };

  for (auto [x, cosine_bits, sine_bits] : known)
    {
      float cosine, sine;

      tl_cos_sin (x, &cosine, &sine);
      EXPECT_EQ (bits_of (cosine), cosine_bits) << x;
      EXPECT_EQ (bits_of (sine), sine_bits) << x;
    }
}

/* A unit of the last place of floats the size of @x. */
static double
ulp_of (double x)
{
  int exponent;

  std::frexp (x, &exponent);
  return std::ldexp (1.0, std::max (exponent - 24, -149));
}

TEST (Maths, is_within_half_an_ulp)
{
  double worst = 0;

  for (float x = -103; x < 88.7f; x += 0.00307f)
    {
      double exact = std::exp ((double) x);

      worst = std::max (worst, std::fabs ((double) tl_exp (x) - exact) / ulp_of (exact));
    }
  EXPECT_LE (worst, 0.5001) << "exp";
  worst = 0;
  for (float x = -5000; x < 1048576; x += x < 5000 ? 0.0731f : 17.3f)
    {
      double cos_exact = std::cos ((double) x), sin_exact = std::sin ((double) x);
      float cosine, sine;

      tl_cos_sin (x, &cosine, &sine);
      worst = std::max ({ worst, std::fabs ((double) cosine - cos_exact) / ulp_of (cos_exact),
                          std::fabs ((double) sine - sin_exact) / ulp_of (sin_exact) });
    }
  EXPECT_LE (worst, 0.5001) << "cosine and sine";
}

TEST (Maths, extremes_have_their_limits)
{
  EXPECT_EQ (tl_exp (0), 1.0f);
  EXPECT_EQ (tl_exp (-0.0f), 1.0f);
  EXPECT_EQ (tl_exp (INFINITY), INFINITY);
  EXPECT_EQ (tl_exp (88.8f), INFINITY);
  EXPECT_EQ (tl_exp (-INFINITY), 0.0f);
  EXPECT_EQ (tl_exp (-104.0f), 0.0f);
  EXPECT_TRUE (std::isnan (tl_exp (NAN)));
  for (float x : { 1e30f, INFINITY, NAN }) /* anything, but not undefined */
    {
      float cosine, sine;

      tl_cos_sin (x, &cosine, &sine);
    }
}

TEST (Utf8, every_character_comes_back)
{
  for (uint32_t cp = 0; cp <= 0x10ffff; cp++)
    {
      char bytes[4];
      uint32_t back = 0;
      size_t n = tl_utf8_put (bytes, cp);

      if (cp >= 0xd800 && cp <= 0xdfff)
        {
          ASSERT_EQ (std::string (bytes, n), "\xef\xbf\xbd");
          continue;
        }
      ASSERT_EQ (n, cp < 0x80 ? 1u : cp < 0x800 ? 2u : cp < 0x10000 ? 3u : 4u);
      ASSERT_EQ (tl_utf8_next (bytes, n, &back), n);
      ASSERT_EQ (back, cp);
      for (size_t cut = 1; cut < n; cut++)
        {
          ASSERT_EQ (tl_utf8_next (bytes, cut, &back), 1u) << "cut after " << cut;
          ASSERT_EQ (back, TL_UTF8_REPLACEMENT);
        }
    }
}

class MalformedUtf8 : public testing::TestWithParam<std::string>
{
};

TEST_P (MalformedUtf8, is_one_bad_byte)
{
  uint32_t cp = 0;

  EXPECT_EQ (tl_utf8_next (GetParam ().data (), GetParam ().size (), &cp), 1u);
  EXPECT_EQ (cp, TL_UTF8_REPLACEMENT);
}

/* RFC 3629, and the cases of the Unicode standard's table 3-7. */
INSTANTIATE_TEST_SUITE_P (Cases, MalformedUtf8,
                          testing::Values ("\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2" "a",
                                           "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80",
                                           "\xed\xbf\xbf", "\xe2\x82" "a", "\xf0\x80\x80\x80",
                                           "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                                           "\xf5\x80\x80\x80", "\xfe", "\xff"));
