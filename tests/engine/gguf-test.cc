/* SPDX-License-Identifier: Apache-2.0 */
/* GGUF: what the writer writes is what the reader reads, and each malformed file is refused with a
 * sentence that names the place. */
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

#include "gguf-bytes.h"

extern "C" {
#include "gguf/gguf-copy.h"
}

static std::string
temporary_path ()
{
  const testing::TestInfo *test = testing::UnitTest::GetInstance ()->current_test_info ();

  return testing::TempDir () + "tinylm-" + std::to_string (getpid ()) + test->name () + ".gguf";
}

/* A file with each kind of value, written by the engine's writer. */
class Written : public testing::Test
{
protected:
  std::string path;
  tl_gguf    *gguf = nullptr;
  float       matrix[6] = { 1, 2, 3, 4, 5, 6 };
  float       vector[1] = { 7 };

  void
  SetUp () override
  {
    const tl_str strings[] = { { "a", 1 }, { "", 0 }, { "b\0c", 3 } };
    const int32_t ints[] = { -1, 0, INT32_MAX };
    const float floats[] = { 0.5f, -2.0f };
    const uint64_t dims[] = { 3, 2 }, one[] = { 1 };
    tl_gguf_writer *w = tl_gguf_writer_new ();
    tl_error err = {};

    path = temporary_path ();
    tl_gguf_writer_string (w, "general.architecture", "test");
    tl_gguf_writer_u32 (w, "u32", 4000000000u);
    tl_gguf_writer_u64 (w, "u64", UINT64_MAX);
    tl_gguf_writer_f32 (w, "f32", 0.25f);
    tl_gguf_writer_bool (w, "yes", true);
    tl_gguf_writer_bool (w, "no", false);
    tl_gguf_writer_strings (w, "strings", strings, 3);
    tl_gguf_writer_i32s (w, "ints", ints, 3);
    tl_gguf_writer_f32s (w, "floats", floats, 2);
    tl_gguf_writer_i32s (w, "none", nullptr, 0);
    tl_gguf_writer_tensor (w, "matrix", TL_TYPE_F32, 2, dims, matrix);
    tl_gguf_writer_tensor (w, "vector", TL_TYPE_F32, 1, one, vector);
    ASSERT_TRUE (tl_gguf_writer_save (w, path.c_str (), &err)) << err.message;
    tl_gguf_writer_free (w);
    gguf = tl_gguf_open (path.c_str (), &err);
    ASSERT_NE (gguf, nullptr) << err.message;
  }

  void
  TearDown () override
  {
    tl_gguf_close (gguf);
    remove (path.c_str ());
  }
};

TEST_F (Written, scalars_come_back)
{
  uint64_t u = 0;
  double d = 0;
  bool b = false;
  tl_str s;

  EXPECT_TRUE (tl_gguf_get_u64 (gguf, "u32", &u));
  EXPECT_EQ (u, 4000000000u);
  EXPECT_TRUE (tl_gguf_get_u64 (gguf, "u64", &u));
  EXPECT_EQ (u, UINT64_MAX);
  EXPECT_TRUE (tl_gguf_get_f64 (gguf, "f32", &d));
  EXPECT_EQ (d, 0.25);
  EXPECT_TRUE (tl_gguf_get_f64 (gguf, "u32", &d));
  EXPECT_EQ (d, 4e9);
  EXPECT_TRUE (tl_gguf_get_bool (gguf, "yes", &b));
  EXPECT_TRUE (b);
  EXPECT_TRUE (tl_gguf_get_bool (gguf, "no", &b));
  EXPECT_FALSE (b);
  EXPECT_TRUE (tl_gguf_get_string (gguf, "general.architecture", &s));
  EXPECT_EQ (std::string (s.data, s.len), "test");
}

TEST_F (Written, a_wrong_kind_leaves_the_default)
{
  uint64_t u = 5;
  double d = 5;
  bool b = true;
  tl_str s = { "x", 1 };
  size_t n = 5;
  tl_gguf_type type;

  EXPECT_FALSE (tl_gguf_get_u64 (gguf, "f32", &u));
  EXPECT_FALSE (tl_gguf_get_u64 (gguf, "yes", &u));
  EXPECT_FALSE (tl_gguf_get_u64 (gguf, "missing", &u));
  EXPECT_FALSE (tl_gguf_get_f64 (gguf, "strings", &d));
  EXPECT_FALSE (tl_gguf_get_bool (gguf, "u32", &b));
  EXPECT_FALSE (tl_gguf_get_string (gguf, "u32", &s));
  EXPECT_FALSE (tl_gguf_get_array (gguf, "u32", &type, &n));
  EXPECT_EQ (u, 5u);
  EXPECT_EQ (d, 5);
  EXPECT_TRUE (b);
  EXPECT_EQ (s.len, 1u);
  EXPECT_EQ (n, 5u);
  EXPECT_TRUE (tl_gguf_has (gguf, "no"));
  EXPECT_FALSE (tl_gguf_has (gguf, "n"));
}

TEST_F (Written, arrays_come_back)
{
  tl_gguf_type type;
  size_t n;
  int64_t i = 0;
  double d = 0;
  tl_str s;

  ASSERT_TRUE (tl_gguf_get_array (gguf, "strings", &type, &n));
  EXPECT_EQ (type, TL_GGUF_STRING);
  ASSERT_EQ (n, 3u);
  s = tl_gguf_array_string (gguf, "strings", 2);
  EXPECT_EQ (std::string (s.data, s.len), std::string ("b\0c", 3));
  EXPECT_EQ (tl_gguf_array_string (gguf, "strings", 1).len, 0u);
  EXPECT_NE (tl_gguf_array_string (gguf, "strings", 1).data, nullptr);
  EXPECT_EQ (tl_gguf_array_string (gguf, "strings", 3).data, nullptr);
  EXPECT_EQ (tl_gguf_array_string (gguf, "ints", 0).data, nullptr);
  EXPECT_TRUE (tl_gguf_array_i64 (gguf, "ints", 0, &i));
  EXPECT_EQ (i, -1);
  EXPECT_TRUE (tl_gguf_array_f64 (gguf, "ints", 2, &d));
  EXPECT_EQ (d, INT32_MAX);
  EXPECT_FALSE (tl_gguf_array_i64 (gguf, "ints", 3, &i));
  EXPECT_FALSE (tl_gguf_array_i64 (gguf, "floats", 0, &i));
  EXPECT_FALSE (tl_gguf_array_f64 (gguf, "strings", 0, &d));
  EXPECT_TRUE (tl_gguf_array_f64 (gguf, "floats", 1, &d));
  EXPECT_EQ (d, -2);
  EXPECT_TRUE (tl_gguf_get_array (gguf, "none", &type, &n));
  EXPECT_EQ (n, 0u);
}

TEST_F (Written, tensors_come_back_aligned_and_in_order)
{
  const tl_tensor_info *t = tl_gguf_find_tensor (gguf, "matrix");

  ASSERT_EQ (tl_gguf_get_n_tensors (gguf), 2u);
  ASSERT_EQ (t, tl_gguf_get_tensor (gguf, 0));
  EXPECT_STREQ (t->name, "matrix");
  EXPECT_EQ (t->n_dims, 2u);
  EXPECT_EQ (t->dims[0], 3u);
  EXPECT_EQ (t->dims[1], 2u);
  EXPECT_EQ (t->dims[2], 1u);
  ASSERT_EQ (t->size, sizeof matrix);
  EXPECT_EQ (memcmp (t->data, matrix, sizeof matrix), 0);
  t = tl_gguf_get_tensor (gguf, 1);
  EXPECT_EQ ((uintptr_t) t->data % 32, 0u);
  EXPECT_EQ (*(const float *) t->data, 7.0f);
  EXPECT_EQ (tl_gguf_get_tensor (gguf, 2), nullptr);
  EXPECT_EQ (tl_gguf_find_tensor (gguf, "matri"), nullptr);
}

TEST_F (Written, is_the_specification_to_the_byte)
{
  GgufBytes expected;
  tl_gguf_writer *w = tl_gguf_writer_new ();
  const uint64_t dims[] = { 2 };
  const float data[] = { 1, 2 };
  tl_error err = {};

  tl_gguf_writer_u32 (w, "k", 9);
  tl_gguf_writer_tensor (w, "t", TL_TYPE_F32, 1, dims, data);
  ASSERT_TRUE (tl_gguf_writer_save (w, path.c_str (), &err)) << err.message;
  tl_gguf_writer_free (w);
  expected.header (1, 1).key ("k", 4).put<uint32_t> (9).tensor ("t", { 2 }, 0, 0).data (0);
  expected.put (1.0f).put (2.0f).data (0);
  std::ifstream in (path, std::ios::binary);
  EXPECT_EQ (std::string (std::istreambuf_iterator<char> (in), {}), expected.bytes);
}

/* Of any length: a chat template is longer than a line. */
TEST_F (Written, keys_are_copied_as_they_are)
{
  const std::string  text (5000, 'x');
  const char *const  keys[] = { "text", "missing", "strings", "ints", "u64", "no", nullptr };
  tl_gguf_writer    *w = tl_gguf_writer_new ();
  std::string        copy = path + ".copy";
  tl_str             s = {};
  uint64_t           u64 = 0;
  bool               no = true;
  tl_gguf_type       type;
  size_t             n = 0;
  tl_error           err = {};

  tl_gguf_writer_copy (w, gguf, keys);
  tl_gguf_writer_string (w, "text", text.c_str ());
  ASSERT_TRUE (tl_gguf_writer_save (w, copy.c_str (), &err)) << err.message;
  tl_gguf_writer_free (w);
  tl_gguf *first = tl_gguf_open (copy.c_str (), &err);
  ASSERT_NE (first, nullptr) << err.message;
  w = tl_gguf_writer_new ();
  tl_gguf_writer_copy (w, first, keys);
  tl_gguf_close (first);
  ASSERT_TRUE (tl_gguf_writer_save (w, copy.c_str (), &err)) << err.message;
  tl_gguf_writer_free (w);
  tl_gguf *second = tl_gguf_open (copy.c_str (), &err);
  remove (copy.c_str ());
  ASSERT_NE (second, nullptr) << err.message;
  ASSERT_TRUE (tl_gguf_get_string (second, "text", &s));
  EXPECT_EQ (std::string (s.data, s.len), text);
  EXPECT_TRUE (tl_gguf_get_u64 (second, "u64", &u64) && u64 == UINT64_MAX);
  EXPECT_TRUE (tl_gguf_get_bool (second, "no", &no) && !no);
  EXPECT_TRUE (tl_gguf_get_array (second, "ints", &type, &n) && type == TL_GGUF_I32 && n == 3);
  EXPECT_TRUE (tl_gguf_get_array (second, "strings", &type, &n) && type == TL_GGUF_STRING && n == 3);
  EXPECT_FALSE (tl_gguf_has (second, "f32"));
  EXPECT_FALSE (tl_gguf_has (second, "missing"));
  tl_gguf_close (second);
}

TEST (Writer, says_that_it_cannot_write)
{
  tl_gguf_writer *w = tl_gguf_writer_new ();
  tl_error err = {};

  EXPECT_FALSE (tl_gguf_writer_save (w, "/dev/null/x.gguf", &err));
  EXPECT_STREQ (err.message, "/dev/null/x.gguf: cannot be written: Not a directory");
  tl_gguf_writer_free (w);
  tl_gguf_writer_free (nullptr);
}

TEST (Reader, every_integer_width_is_a_number)
{
  GgufBytes g;
  tl_error err = {};
  const int64_t large = 1LL << 62;
  int64_t expected[] = { 200, -100, 50000, -30000, 4000000000, -2000000000, large, -large };

  g.header (0, 8);
  g.key ("0", TL_GGUF_U8).put<uint8_t> (200).key ("1", TL_GGUF_I8).put<int8_t> (-100);
  g.key ("2", TL_GGUF_U16).put<uint16_t> (50000).key ("3", TL_GGUF_I16).put<int16_t> (-30000);
  g.key ("4", TL_GGUF_U32).put<uint32_t> (4000000000);
  g.key ("5", TL_GGUF_I32).put<int32_t> (-2000000000);
  g.key ("6", TL_GGUF_U64).put<uint64_t> (large).key ("7", TL_GGUF_I64).put<int64_t> (-large);
  ExactCopy copy (g.bytes);
  tl_gguf *gguf = tl_gguf_open_memory (copy.data, copy.size, &err);
  ASSERT_NE (gguf, nullptr) << err.message;
  for (size_t i = 0; i < 8; i++)
    {
      std::string key = std::to_string (i);
      uint64_t u;
      double d;

      EXPECT_TRUE (tl_gguf_get_f64 (gguf, key.c_str (), &d));
      EXPECT_EQ (d, (double) expected[i]);
      EXPECT_EQ (tl_gguf_get_u64 (gguf, key.c_str (), &u), expected[i] >= 0);
    }
  tl_gguf_close (gguf);
}

TEST (Reader, closing_nothing_is_harmless)
{
  tl_gguf_close (nullptr);
}

struct Malformed
{
  const char   *name;
  GgufBytes     file;
  tl_error_code code;
  const char   *message;
};

class MalformedGguf : public testing::TestWithParam<Malformed>
{
};

TEST_P (MalformedGguf, is_refused_with_its_reason)
{
  ExactCopy copy (GetParam ().file.bytes);
  tl_error err = {};

  EXPECT_EQ (tl_gguf_open_memory (copy.data, copy.size, &err), nullptr);
  EXPECT_EQ (err.code, GetParam ().code);
  EXPECT_STREQ (err.message, GetParam ().message);
  EXPECT_EQ (tl_gguf_open_memory (copy.data, copy.size, nullptr), nullptr);
}

static std::vector<Malformed>
malformed_files ()
{
  const tl_error_code format = TL_ERROR_FORMAT, unsupported = TL_ERROR_UNSUPPORTED;
  const uint64_t huge = UINT64_MAX;
  auto g = [] { return GgufBytes (); };
  auto t = [] { return GgufBytes ().header (1, 0); };

  return {
    { "not_gguf", g ().put<uint32_t> (0x04034b50), format, "not a GGUF file" },
    { "three_bytes", g ().put<uint16_t> (0x4747).put<uint8_t> ('U'), format, "not a GGUF file" },
    { "version_1", g ().header (0, 0, 1), unsupported, "GGUF version 1; 2 and 3 can be read" },
    { "version_4", g ().header (0, 0, 4), unsupported, "GGUF version 4; 2 and 3 can be read" },
    { "big_endian", g ().header (0, 0, 0x03000000), unsupported, "a big-endian GGUF file" },
    { "huge_key_count", g ().header (0, huge), format,
      "the file is too short for its number of keys" },
    { "huge_tensor_count", g ().header (huge, 0), format,
      "the file is too short for its number of tensors" },
    { "huge_key", g ().header (0, 1).put (huge).put (huge), format,
      "the file ends inside its keys" },
    { "huge_string", g ().header (0, 1).key ("abc", TL_GGUF_STRING).put (huge), format,
      "abc: the file ends inside it" },
    { "cut_scalar", g ().header (0, 1).key ("abc", TL_GGUF_U32).put<uint16_t> (1), format,
      "abc: the file ends inside it" },
    { "unknown_value_type", g ().header (0, 1).key ("abc", 13).put (huge), format,
      "abc: 13 is not a type of value" },
    { "third_truth", g ().header (0, 1).key ("abc", TL_GGUF_BOOL).put<uint8_t> (2), format,
      "abc: 2 is neither true nor false" },
    { "duplicate_key",
      g ().header (0, 2).key ("a", TL_GGUF_U32).put (1).key ("a", TL_GGUF_U32).put (1), format,
      "a: the key is there twice" },
    { "unprintable_key", g ().header (0, 1).key ("a\n\xff", TL_GGUF_U32), format,
      "a??: the file ends inside it" },
    { "huge_array",
      g ().header (0, 1).key ("abc", TL_GGUF_ARRAY).put<uint32_t> (TL_GGUF_U64).put (huge / 8 + 2),
      format, "abc: the file ends inside it" },
    { "huge_string_array",
      g ().header (0, 1).key ("abc", TL_GGUF_ARRAY).put<uint32_t> (TL_GGUF_STRING).put (huge / 16),
      format, "abc: the file ends inside it" },
    { "cut_string_array",
      g ().header (0, 1).key ("abc", TL_GGUF_ARRAY).put<uint32_t> (TL_GGUF_STRING).put<uint64_t> (2)
          .string ("x").put<uint64_t> (1), format, "abc: the file ends inside it" },
    { "array_of_arrays",
      g ().header (0, 1).key ("abc", TL_GGUF_ARRAY).put<uint32_t> (TL_GGUF_ARRAY).put<uint64_t> (1),
      unsupported, "abc: an array of type 9 cannot be read" },
    { "no_dimensions", t ().tensor ("w", {}, 0, 0).data (64), format,
      "w: 0 dimensions, expected 1 to 4" },
    { "five_dimensions", t ().tensor ("w", { 1, 1, 1, 1, 1 }, 0, 0).data (64), format,
      "w: 5 dimensions, expected 1 to 4" },
    { "empty_dimension", t ().tensor ("w", { 4, 0 }, 0, 0).data (64), format,
      "w: dimension 1 is 0" },
    { "unknown_weight_type", t ().tensor ("w", { 4 }, 4, 0).data (64), unsupported,
      "w: weights of type 4 cannot be read" },
    { "half_a_block", t ().tensor ("w", { 33 }, TL_TYPE_Q8_0, 0).data (64), format,
      "w: rows of 33 are not whole blocks of Q8_0" },
    { "row_overflow", t ().tensor ("w", { 1ULL << 62 }, 0, 0).data (64), format,
      "w: the shape is beyond any memory" },
    { "product_overflow", t ().tensor ("w", { 1ULL << 31, 1ULL << 31, 4 }, 0, 0).data (64), format,
      "w: the shape is beyond any memory" },
    { "wrapping_product", t ().tensor ("w", { 1ULL << 32, 1ULL << 30 }, 0, 0).data (64), format,
      "w: the shape is beyond any memory" },
    { "beyond_the_end", t ().tensor ("w", { 17 }, 0, 0).data (64), format,
      "w: its data reaches beyond the file's end" },
    { "no_data_section", t ().tensor ("w", { 1 }, 0, 0), format,
      "w: its data reaches beyond the file's end" },
    { "huge_offset", t ().tensor ("w", { 1 }, 0, huge / 32 * 32).data (64), format,
      "w: its data reaches beyond the file's end" },
    { "odd_offset", t ().tensor ("w", { 1 }, 0, 4).data (64), format,
      "w: its data is not aligned to 32 bytes" },
    { "duplicate_tensor",
      g ().header (2, 0).tensor ("w", { 1 }, 0, 0).tensor ("w", { 1 }, 0, 32).data (64), format,
      "w: the tensor is there twice" },
    { "unprintable_tensor", t ().tensor (std::string ("w\0x", 3), { 1 }, 0, 0).data (64), format,
      "w?x: not a name for a tensor" },
    { "long_tensor_name", t ().tensor (std::string (65, 'w'), { 1 }, 0, 0).data (64), format,
      "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
      ": not a name for a tensor" },
    { "alignment_of_text",
      g ().header (0, 1).key ("general.alignment", TL_GGUF_STRING).string ("32"), format,
      "general.alignment: not a whole number" },
    { "alignment_of_0", g ().header (0, 1).key ("general.alignment", TL_GGUF_U32).put (0), format,
      "general.alignment: 0 is not a power of two from 8 to 2^30" },
    { "alignment_of_24", g ().header (0, 1).key ("general.alignment", TL_GGUF_U32).put (24), format,
      "general.alignment: 24 is not a power of two from 8 to 2^30" },
    { "huge_alignment",
      g ().header (0, 1).key ("general.alignment", TL_GGUF_U64).put<uint64_t> (1ULL << 63), format,
      "general.alignment: 9223372036854775808 is not a power of two from 8 to 2^30" },
  };
}

INSTANTIATE_TEST_SUITE_P (Files, MalformedGguf, testing::ValuesIn (malformed_files ()),
                          [] (const auto &info) { return info.param.name; });

TEST (Reader, memory_must_be_aligned)
{
  alignas (8) uint8_t bytes[64] = { 0 };
  tl_error err = {};

  EXPECT_EQ (tl_gguf_open_memory (bytes + 1, 32, &err), nullptr);
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
}

TEST (Reader, the_longest_name_is_read)
{
  std::string name (64, 'n');
  GgufBytes g;
  tl_error err = {};

  g.header (1, 0).tensor (name, { 1 }, 0, 0).data (4);
  ExactCopy copy (g.bytes);
  tl_gguf *gguf = tl_gguf_open_memory (copy.data, copy.size, &err);
  ASSERT_NE (gguf, nullptr) << err.message;
  EXPECT_NE (tl_gguf_find_tensor (gguf, name.c_str ()), nullptr);
  tl_gguf_close (gguf);
}
