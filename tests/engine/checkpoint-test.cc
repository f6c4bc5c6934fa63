/* SPDX-License-Identifier: Apache-2.0 */
/* A checkpoint comes back bit for bit, refuses what is not its own, and is whole whenever the
 * process dies or the disk is full. */
#include <cmath>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

extern "C" {
#include "train/checkpoint.h"
}

namespace {

/* A run of @n parameters whose content follows from @step. */
class TrainingRun
{
public:
  tl_checkpoint_state state{};
  std::vector<float>  params;
  tl_adamw            adamw{};

  explicit TrainingRun (size_t n, uint64_t step = 0) : params (n)
  {
    tl_adamw_init (&adamw, n, nullptr);
    state.config_hash = 0x123456789abcdef0u;
    state.best_valid = INFINITY;
    Fill (step);
  }
  ~TrainingRun () { tl_adamw_clear (&adamw); }

  void Fill (uint64_t step)
  {
    state.step = step;
    state.data_pos = step * 16384;
    state.seconds = (double) step / 3.0;
    adamw.step = step;
    tl_rng_init (&state.rng, step);
    for (size_t i = 0; i < params.size (); i++)
      {
        params[i] = (float) step + (float) i * 1e-3f;
        adamw.m[i] = -params[i];
        adamw.v[i] = params[i] * params[i];
      }
  }

  bool Save (const std::string &path, tl_error *err = nullptr)
  {
    return tl_checkpoint_save (path.c_str (), &state, params.data (), &adamw, err);
  }

  bool Load (const std::string &path, tl_error *err = nullptr,
             uint64_t hash = 0x123456789abcdef0u)
  {
    return tl_checkpoint_load (path.c_str (), &state, hash, params.data (), &adamw, err);
  }

  void ExpectEqual (const TrainingRun &other) const
  {
    size_t bytes = params.size () * sizeof (float);

    EXPECT_EQ (state.step, other.state.step);
    EXPECT_EQ (state.data_pos, other.state.data_pos);
    EXPECT_EQ (state.seconds, other.state.seconds);
    EXPECT_EQ (state.best_valid, other.state.best_valid);
    EXPECT_EQ (adamw.step, other.adamw.step);
    EXPECT_EQ (memcmp (&state.rng, &other.state.rng, sizeof state.rng), 0);
    EXPECT_EQ (params, other.params);
    EXPECT_EQ (memcmp (adamw.m, other.adamw.m, bytes), 0);
    EXPECT_EQ (memcmp (adamw.v, other.adamw.v, bytes), 0);
  }
};

class CheckpointTest : public ::testing::Test
{
protected:
  std::filesystem::path dir;
  std::string           path;

  void SetUp () override
  {
    std::string name = (std::filesystem::temp_directory_path () / "tinylm-XXXXXX").string ();

    ASSERT_NE (mkdtemp (name.data ()), nullptr);
    dir = name;
    path = dir / "run.gguf";
  }
  void TearDown () override { std::filesystem::remove_all (dir); }
};

TEST_F (CheckpointTest, ComesBackBitForBit)
{
  TrainingRun saved (1000, 7);
  TrainingRun loaded (1000, 0);

  saved.state.best_valid = 2.71828f;
  ASSERT_TRUE (saved.Save (path));
  ASSERT_TRUE (loaded.Load (path));
  loaded.ExpectEqual (saved);
}

TEST_F (CheckpointTest, KeepsInfinity)
{
  TrainingRun saved (3, 1), loaded (3);

  loaded.state.best_valid = 1.0f;
  ASSERT_TRUE (saved.Save (path));
  ASSERT_TRUE (loaded.Load (path));
  EXPECT_EQ (loaded.state.best_valid, INFINITY);
}

TEST_F (CheckpointTest, RefusesAnotherRunAndChangesNothing)
{
  tl_error err{};
  TrainingRun saved (10, 5), other_size (11, 2), other_hash (10, 2);
  TrainingRun same_size (11, 2), same_hash (10, 2);

  ASSERT_TRUE (saved.Save (path));
  EXPECT_FALSE (other_size.Load (path, &err));
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  EXPECT_NE (strstr (err.message, "params"), nullptr) << err.message;
  other_size.ExpectEqual (same_size);
  EXPECT_FALSE (other_hash.Load (path, &err, 1));
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  other_hash.ExpectEqual (same_hash);
}

TEST_F (CheckpointTest, RefusesEveryTruncation)
{
  TrainingRun saved (40, 5), loaded (40, 2), untouched (40, 2);
  std::string bytes, cut = dir / "cut.gguf";

  ASSERT_TRUE (saved.Save (path));
  std::ifstream in (path, std::ios::binary);
  bytes.assign (std::istreambuf_iterator<char> (in), {});
  ASSERT_GT (bytes.size (), 480u);
  for (size_t n = 0; n < bytes.size (); n++)
    {
      tl_error err{};

      std::ofstream (cut, std::ios::binary) << bytes.substr (0, n);
      if (loaded.Load (cut, &err))
        {
          /* Only padding behind the last tensor may be missing. */
          EXPECT_GE (n + 32, bytes.size ());
          loaded.Fill (2);
          loaded.state.best_valid = INFINITY;
          continue;
        }
      EXPECT_NE (err.code, TL_OK);
      EXPECT_STRNE (err.message, "");
    }
  loaded.ExpectEqual (untouched);
}

TEST_F (CheckpointTest, SaysWhatIsMissing)
{
  tl_error err{};
  TrainingRun run (3);

  EXPECT_FALSE (run.Load (dir / "absent.gguf", &err));
  EXPECT_EQ (err.code, TL_ERROR_IO);
  std::ofstream (path) << "no checkpoint at all, but some text that is long enough for a header";
  EXPECT_FALSE (run.Load (path, &err));
  EXPECT_EQ (err.code, TL_ERROR_FORMAT);
}

/* The child saves in a loop and reports each save; the parent lets it get to a random place in the
 * next one, ends it, and finds a whole file of that save or of the next. */
TEST_F (CheckpointTest, IsWholeAfterAKillAtAnyMoment)
{
  const size_t n = 40000; /* half a megabyte: a save takes long enough to be hit */
  tl_rng rng;

  tl_rng_init (&rng, 1);
  for (int round = 0; round < 40; round++)
    {
      int      pipe_fd[2], status;
      uint64_t last = 0;
      uint32_t n_saves = 1 + tl_rng_below (&rng, 3);

      ASSERT_EQ (pipe (pipe_fd), 0);
      pid_t child = fork ();
      ASSERT_GE (child, 0);
      if (child == 0)
        {
          TrainingRun run (n);

          for (uint64_t step = 1;; step++)
            {
              run.Fill (step);
              if (!run.Save (path) || write (pipe_fd[1], &step, sizeof step) != sizeof step)
                _exit (1);
            }
        }
      close (pipe_fd[1]);
      for (uint32_t i = 0; i < n_saves; i++)
        ASSERT_EQ (read (pipe_fd[0], &last, sizeof last), (ssize_t) sizeof last);
      usleep (tl_rng_below (&rng, 3000));
      kill (child, SIGKILL);
      ASSERT_EQ (waitpid (child, &status, 0), child);
      ASSERT_TRUE (WIFSIGNALED (status)) << "a save failed";
      while (read (pipe_fd[0], &last, sizeof last) == (ssize_t) sizeof last)
        ;
      close (pipe_fd[0]);

      TrainingRun loaded (n), expected (n);
      tl_error err{};

      ASSERT_TRUE (loaded.Load (path, &err)) << err.message;
      ASSERT_TRUE (loaded.state.step == last || loaded.state.step == last + 1);
      expected.Fill (loaded.state.step);
      loaded.ExpectEqual (expected);
    }
}

/* A file-size limit stands for a full disk: the write fails in the middle. */
TEST_F (CheckpointTest, AFullDiskLeavesTheOldOne)
{
  TrainingRun   old (20000, 3), loaded (20000);
  int   status;
  pid_t child;

  ASSERT_TRUE (old.Save (path));
  child = fork ();
  ASSERT_GE (child, 0);
  if (child == 0)
    {
      const rlimit limit = { 100000, 100000 };
      tl_error err{};
      TrainingRun      next (20000, 4);

      signal (SIGXFSZ, SIG_IGN);
      setrlimit (RLIMIT_FSIZE, &limit);
      _exit (!next.Save (path, &err) && err.code == TL_ERROR_IO ? 0 : 1);
    }
  ASSERT_EQ (waitpid (child, &status, 0), child);
  EXPECT_EQ (status, 0) << "the save did not fail as an I/O error";
  ASSERT_TRUE (loaded.Load (path));
  loaded.ExpectEqual (old);
  EXPECT_EQ (std::distance (std::filesystem::directory_iterator (dir), {}), 1)
    << "a temporary file was left";
}

} // namespace
