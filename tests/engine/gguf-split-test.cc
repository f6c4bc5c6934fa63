/* SPDX-License-Identifier: Apache-2.0 */
/* Models that were cut into several files. */
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <unistd.h>

extern "C" {
#include "gguf/gguf.h"
}

namespace
{

/* A model of one tensor in each of three files, t1, t2 and t3, with one float, its number. */
class Split : public testing::Test
{
protected:
  tl_error    err = {};
  std::string base = testing::TempDir () + "tinylm-split-" + std::to_string (getpid ());

  std::string
  path (int number)
  {
    return base + "-0000" + std::to_string (number) + "-of-00003.gguf";
  }

  void
  write (int number, const std::string &where)
  {
    tl_gguf_writer *w = tl_gguf_writer_new ();
    float           value = (float) number;
    const uint64_t  n = 1;

    if (number == 1)
      tl_gguf_writer_string (w, "general.name", "whole");
    tl_gguf_writer_u32 (w, "split.no", (uint32_t) number - 1);
    tl_gguf_writer_u32 (w, "split.count", 3);
    tl_gguf_writer_tensor (w, ("t" + std::to_string (number)).c_str (), TL_TYPE_F32, 1, &n, &value);
    ASSERT_TRUE (tl_gguf_writer_save (w, where.c_str (), &err)) << err.message;
    tl_gguf_writer_free (w);
  }

  void
  SetUp () override
  {
    for (int i = 1; i <= 3; i++)
      write (i, path (i));
  }

  void
  TearDown () override
  {
    for (int i = 1; i <= 3; i++)
      remove (path (i).c_str ());
  }

  void
  expect_refusal (const std::string &opened, const std::string &reason)
  {
    EXPECT_EQ (tl_gguf_open (opened.c_str (), &err), nullptr);
    EXPECT_NE (std::string (err.message).find (reason), std::string::npos) << err.message;
  }
};

TEST_F (Split, is_opened_by_its_first_file)
{
  tl_gguf *g = tl_gguf_open (path (1).c_str (), &err);

  ASSERT_NE (g, nullptr) << err.message;
  EXPECT_EQ (tl_gguf_get_n_tensors (g), 3u);
  for (int i = 1; i <= 3; i++)
    {
      const tl_tensor_info *t = tl_gguf_find_tensor (g, ("t" + std::to_string (i)).c_str ());

      ASSERT_NE (t, nullptr);
      EXPECT_EQ (*(const float *) t->data, (float) i);
      std::vector<float> read (t->size / sizeof (float));

      EXPECT_EQ (tl_gguf_read (g, read.data (), t->data, t->size), read.data ());
      EXPECT_EQ (memcmp (read.data (), t->data, t->size), 0);
    }
  EXPECT_TRUE (tl_gguf_has (g, "general.name"));
  tl_gguf_close (g);
}

TEST_F (Split, says_which_file_is_missing)
{
  remove (path (3).c_str ());
  expect_refusal (path (1), "cut into 3 files that belong side by side, of which number 3");
}

TEST_F (Split, sends_to_the_first_file)
{
  expect_refusal (path (2), "this is part 2 of a model in 3 files; open the first, whose name ends "
                            "in \"-00001-of-00003.gguf\"");
}

TEST_F (Split, does_not_take_a_renamed_file)
{
  rename (path (1).c_str (), base.c_str ());
  expect_refusal (base, "whose name ends in \"-00001-of-00003.gguf\"");
  remove (base.c_str ());
}

TEST_F (Split, does_not_take_one_part_for_another)
{
  write (3, path (2));
  expect_refusal (path (1), "its name says that it is part 2, it is 3");
}

TEST_F (Split, refuses_a_tensor_that_two_files_have)
{
  tl_gguf_writer *w = tl_gguf_writer_new ();
  float           value = 0;
  const uint64_t  n = 1;

  tl_gguf_writer_u32 (w, "split.no", 2);
  tl_gguf_writer_tensor (w, "t1", TL_TYPE_F32, 1, &n, &value);
  ASSERT_TRUE (tl_gguf_writer_save (w, path (3).c_str (), &err)) << err.message;
  tl_gguf_writer_free (w);
  expect_refusal (path (1), "t1: the tensor is there twice");
}

TEST_F (Split, is_written_as_one_file)
{
  std::string        whole = base + "-whole.gguf";
  const char *const  except[] = { nullptr };
  tl_gguf           *g = tl_gguf_open (path (1).c_str (), &err);
  tl_gguf_writer    *w = tl_gguf_writer_new ();

  ASSERT_NE (g, nullptr) << err.message;
  tl_gguf_writer_keys (w, g, except);
  for (size_t i = 0; i < 3; i++)
    {
      const tl_tensor_info *t = tl_gguf_get_tensor (g, i);

      tl_gguf_writer_tensor (w, t->name, t->type, t->n_dims, t->dims, t->data);
    }
  ASSERT_TRUE (tl_gguf_writer_save (w, whole.c_str (), &err)) << err.message;
  tl_gguf_writer_free (w);
  tl_gguf_close (g);
  g = tl_gguf_open (whole.c_str (), &err);
  remove (whole.c_str ());
  ASSERT_NE (g, nullptr) << err.message;
  EXPECT_EQ (tl_gguf_get_n_tensors (g), 3u);
  EXPECT_TRUE (tl_gguf_has (g, "general.name"));
  EXPECT_FALSE (tl_gguf_has (g, "split.count"));
  tl_gguf_close (g);
}

} // namespace
