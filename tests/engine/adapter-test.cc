/* SPDX-License-Identifier: Apache-2.0 */
/* Adapters in inference: the sum that they are, the same bits for a token alone and among others,
 * changed without a trace of the one before; and files that are refused by what is wrong in them.
 * */
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <deque>
#include <functional>
#include <limits>
#include <string>
#include <unistd.h>
#include <vector>

#include "tiny-model.h"

extern "C" {
#include "base/rng.h"
#include "model/adapter.h"
}

namespace
{

/* An adapter file in memory, of the default tiny model. */
struct Shape
{
  std::string type = "adapter", kind = "lora", arch = "llama";
  uint64_t    rank_a = 3, rank_b = 3, cols = 64, rows = 64;
  float       alpha = 6, poison = 0;
  bool        has_a = true, has_b = true, head = false;
  std::string matrix = "blk.1.attn_q.weight";
  uint64_t    seed = 1;
};

class File
{
public:
  std::deque<std::vector<float>> floats;
  tl_gguf_writer                *w = tl_gguf_writer_new ();
  std::vector<uint64_t>          bytes;
  size_t                         size = 0;

  explicit File (const Shape &s)
  {
    tl_rng rng;
    std::string path = testing::TempDir () + "tinylm-adapter-" + std::to_string (getpid ());
    tl_error err = {};

    tl_rng_init (&rng, s.seed);
    tl_gguf_writer_string (w, "general.type", s.type.c_str ());
    tl_gguf_writer_string (w, "general.architecture", s.arch.c_str ());
    tl_gguf_writer_string (w, "adapter.type", s.kind.c_str ());
    tl_gguf_writer_f32 (w, "adapter.lora.alpha", s.alpha);
    if (s.has_a)
      add (s.matrix + ".lora_a", s.rank_a, s.cols, &rng, s.poison);
    if (s.has_b)
      add (s.matrix + ".lora_b", s.rows, s.rank_b, &rng, 0);
    if (s.head)
      {
        add ("output.weight.lora_a", 2, 64, &rng, 0);
        add ("output.weight.lora_b", 97, 2, &rng, 0);
      }
    EXPECT_TRUE (tl_gguf_writer_save (w, path.c_str (), &err)) << err.message;
    tl_gguf_writer_free (w);
    read (path);
  }

  tl_gguf *
  Open ()
  {
    return tl_gguf_open_memory (bytes.data (), size, nullptr);
  }

private:
  void
  add (const std::string &name, uint64_t rows, uint64_t cols, tl_rng *rng, float poison)
  {
    const uint64_t dims[] = { cols, rows };
    std::vector<float> &x = floats.emplace_back (rows * cols);

    for (float &v : x)
      v = 0.2f * tl_rng_normal (rng);
    x[x.size () / 2] += poison;
    tl_gguf_writer_tensor (w, name.c_str (), TL_TYPE_F32, 2, dims, x.data ());
  }

  void
  read (const std::string &path)
  {
    FILE *f = fopen (path.c_str (), "rb");

    fseek (f, 0, SEEK_END);
    size = (size_t) ftell (f);
    rewind (f);
    bytes.resize (size / 8 + 1);
    EXPECT_EQ (fread (bytes.data (), 1, size, f), size);
    fclose (f);
    remove (path.c_str ());
  }
};

class Adapter : public testing::TestWithParam<tl_type>
{
protected:
  tl_error err = {};
  TinyModel tiny{ [] (tl_type type)
                  {
                    TinyShape s;

                    s.type = type;
                    return s;
                  }(GetParam ()) };
  tl_session *session = tl_session_new_with_cache (tiny.model, 0, TL_TYPE_F32, nullptr, &err);
  std::vector<int32_t> ids = tiny_tokens (30, 97);

  void TearDown () override { tl_session_free (session); }

  std::deque<File> files;

  tl_adapter *
  Open (const Shape &s)
  {
    tl_adapter *a = tl_adapter_open_gguf (files.emplace_back (s).Open (), tiny.model, &err);

    EXPECT_NE (a, nullptr) << err.message;
    return a;
  }

  void
  Use (std::vector<std::pair<tl_adapter *, float>> uses)
  {
    std::vector<tl_adapter_use> list;

    for (auto &[adapter, scale] : uses)
      list.push_back ({ adapter, scale });
    ASSERT_TRUE (tl_session_set_adapters (session, list.data (), list.size (), &err))
      << err.message;
  }

  /* After all ids, the last @n_steps of which come singly. */
  std::vector<float>
  Logits (size_t n_steps = 0)
  {
    size_t n = ids.size () - n_steps;

    tl_session_truncate (session, 0);
    EXPECT_TRUE (tl_session_prefill (session, ids.data (), n, nullptr, nullptr, &err));
    for (size_t i = n; i < ids.size (); i++)
      EXPECT_TRUE (tl_session_decode (session, ids[i], &err));
    const float *logits = tl_session_get_logits (session);
    return { logits, logits + 97 };
  }

  static float
  Distance (const std::vector<float> &a, const std::vector<float> &b)
  {
    float worst = 0;

    for (size_t i = 0; i < a.size (); i++)
      worst = std::max (worst, std::fabs (a[i] - b[i]));
    return worst;
  }
};

TEST_P (Adapter, changes_the_model_and_leaves_no_trace)
{
  std::vector<float> before = Logits ();
  tl_adapter *a = Open ({});

  Use ({ { a, 1.0f } });
  std::vector<float> with = Logits ();
  EXPECT_GT (Distance (before, with), 0.05f);
  Use ({ { a, 0.0f } });
  EXPECT_LT (Distance (before, Logits ()), 1e-4f);
  Use ({});
  EXPECT_EQ (Logits (), before);
  tl_adapter_close (a);
}

TEST_P (Adapter, gives_a_token_the_same_alone_and_among_others)
{
  Shape other;

  other.matrix = "blk.0.ffn_down.weight";
  other.cols = 96;
  other.head = true;
  tl_adapter *a = Open ({}), *b = Open (other);
  Use ({ { a, 1.0f }, { b, -0.5f } });
  tl_adapter_close (a); /* the session has its own copy */
  tl_adapter_close (b);
  std::vector<float> batch = Logits (), single = Logits (25);
  if (GetParam () == TL_TYPE_Q8_0)
    EXPECT_EQ (batch, single);
  else
    EXPECT_LT (Distance (batch, single), 1e-3f);
}

TEST_P (Adapter, sums_up_with_others)
{
  Shape other;

  other.seed = 2;
  other.rank_a = other.rank_b = 5;
  tl_adapter *a = Open ({}), *b = Open (other);
  Use ({ { a, 1.0f }, { b, 1.0f } });
  std::vector<float> both = Logits ();
  Use ({ { b, 1.0f }, { a, 1.0f } });
  EXPECT_LT (Distance (both, Logits ()), 1e-3f);
  Use ({ { a, 0.5f }, { a, 0.5f }, { b, 1.0f } });
  EXPECT_LT (Distance (both, Logits ()), 1e-3f);
  Use ({ { a, 1.0f } });
  EXPECT_GT (Distance (both, Logits ()), 0.02f);
  tl_adapter_close (a);
  tl_adapter_close (b);
}

/* What was computed with one adapter must not be taken up again with another. */
TEST_P (Adapter, forgets_what_another_computed)
{
  tl_adapter *a = Open ({});
  std::vector<float> before = Logits ();

  tl_session_set_kept_bytes (session, 1u << 20);
  Use ({ { a, 1.0f } });
  EXPECT_EQ (tl_session_reuse (session, ids.data (), ids.size ()), 0u);
  EXPECT_EQ (tl_session_get_position (session), 0u);
  Logits ();
  tl_session_truncate (session, 0);
  Use ({});
  EXPECT_EQ (tl_session_reuse (session, ids.data (), ids.size ()), 0u);
  EXPECT_EQ (Logits (), before);
  tl_adapter_close (a);
}

TEST_P (Adapter, refuses_a_scale_that_is_none)
{
  tl_adapter *a = Open ({});
  tl_adapter_use use = { a, std::numeric_limits<float>::quiet_NaN () };

  EXPECT_FALSE (tl_session_set_adapters (session, &use, 1, &err));
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  tl_adapter_close (a);
}

INSTANTIATE_TEST_SUITE_P (Types, Adapter, testing::Values (TL_TYPE_F32, TL_TYPE_Q8_0));

TEST (AdapterFile, is_no_model)
{
  File file (Shape{});
  tl_error err = {};

  EXPECT_EQ (tl_model_open_gguf (file.Open (), &err), nullptr);
  EXPECT_NE (std::strstr (err.message, "is an adapter"), nullptr) << err.message;
}

struct Hostile
{
  const char                    *says;
  std::function<void (Shape &)>  spoil;
};

class HostileAdapter : public testing::TestWithParam<Hostile>
{
};

TEST_P (HostileAdapter, is_refused_by_what_is_wrong)
{
  Shape s;
  TinyModel tiny;
  tl_error err = {};

  GetParam ().spoil (s);
  File file (s);
  EXPECT_EQ (tl_adapter_open_gguf (file.Open (), tiny.model, &err), nullptr);
  EXPECT_NE (std::strstr (err.message, GetParam ().says), nullptr) << err.message;
}

INSTANTIATE_TEST_SUITE_P (
  Files, HostileAdapter,
  testing::Values (
    Hostile{ "general.type", [] (Shape &s) { s.type = "model"; } },
    Hostile{ "adapter.type", [] (Shape &s) { s.kind = "dora"; } },
    Hostile{ "\"qwen2\"", [] (Shape &s) { s.arch = "qwen2"; } },
    Hostile{ "adapter.lora.alpha", [] (Shape &s) { s.alpha = INFINITY; } },
    Hostile{ "lora_b: missing", [] (Shape &s) { s.has_b = false; } },
    Hostile{ "lora_a: missing", [] (Shape &s) { s.has_a = false; } },
    Hostile{ "a rank of 3, and 4", [] (Shape &s) { s.rank_b = 4; } },
    Hostile{ "a rank of 65", [] (Shape &s) { s.rank_a = s.rank_b = 65; } },
    Hostile{ "expected [3, 64], file has [3, 32]", [] (Shape &s) { s.cols = 32; } },
    Hostile{ "expected [64, 3], file has [32, 3]", [] (Shape &s) { s.rows = 32; } },
    Hostile{ "not finite", [] (Shape &s) { s.poison = NAN; } },
    Hostile{ "changes no matrix", [] (Shape &s) { s.matrix = "blk.7.attn_q.weight"; } },
    Hostile{ "only 2 belong", [] (Shape &s) { s.matrix = "token_embd.weight"; s.head = true; } },
    Hostile{ "changes no matrix", [] (Shape &s) { s.has_a = s.has_b = false; } }));

}
