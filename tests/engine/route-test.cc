// SPDX-License-Identifier: Apache-2.0
// The router: that it learns, keeps what it learnt in a file, says which words spoke, and takes any
// text.
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

extern "C" {
#include "gguf/gguf.h"
#include "reader/route.h"
}

namespace
{

struct RouterFree
{
  void operator() (tl_router *router) const { tl_router_free (router); }
};

using Router = std::unique_ptr<tl_router, RouterFree>;

tl_request
RequestOf (const std::string &text, tl_attach attach = TL_ATTACH_NONE)
{
  return { text.data (), text.size (), attach };
}

// Forty small requests of two kinds, one of them risky.
const std::vector<std::string> &
Texts ()
{
  static const std::vector<std::string> texts = [] {
    const char *const things[] = { "roof", "garden", "meeting", "lease", "choir",
                                   "car", "school", "kitchen", "budget", "trip" };
    std::vector<std::string> all;

    for (const char *thing : things)
      {
        all.push_back (std::string ("summarise the ") + thing + " note");
        all.push_back (std::string ("shorter heading for the ") + thing);
        all.push_back (std::string ("what dose of the ") + thing + " pills is safe?");
        all.push_back (std::string ("hello, nice ") + thing);
      }
    return all;
  }();

  return texts;
}

std::vector<tl_route_example>
Examples ()
{
  const tl_route_label labels[] = { TL_ROUTE_KEYPOINTS, TL_ROUTE_TITLE, TL_ROUTE_BROAD,
                                    TL_ROUTE_CHAT };
  std::vector<tl_route_example> examples;

  for (size_t i = 0; i < Texts ().size (); i++)
    examples.push_back ({ RequestOf (Texts ()[i]), labels[i % 4], i % 4 == 2 });
  return examples;
}

Router
Train (uint64_t seed)
{
  std::vector<tl_route_example> examples = Examples ();
  tl_error err = {};
  Router router (tl_router_train (examples.data (), examples.size (), seed, &err));

  EXPECT_TRUE (router) << err.message;
  return router;
}

tl_routing
Route (const Router &router, const std::string &text, tl_attach attach = TL_ATTACH_NONE)
{
  tl_request request = RequestOf (text, attach);
  tl_routing routing;

  tl_router_route (router.get (), &request, &routing);
  return routing;
}

TEST (Router, LearnsWhatWordsAskFor)
{
  Router router = Train (1);
  tl_routing r = Route (router, "what dose of the cough syrup is safe?");

  EXPECT_EQ (r.label, TL_ROUTE_BROAD);
  EXPECT_GT (r.p_high_risk, 0.5f);
  r = Route (router, "please summarise the minutes");
  EXPECT_EQ (r.label, TL_ROUTE_KEYPOINTS);
  EXPECT_LT (r.p_high_risk, 0.2f);
  ASSERT_GT (r.n_reasons, 0u);
  EXPECT_EQ (std::string ("please summarise the minutes").substr (r.reasons[0].start,
                                                                  r.reasons[0].end
                                                                    - r.reasons[0].start),
             "summarise");
}

TEST (Router, GivesProbabilities)
{
  Router router = Train (1);

  for (const std::string &text : Texts ())
    {
      tl_routing r = Route (router, text);
      float sum = 0.0f;

      for (float p : r.p)
        {
          EXPECT_GE (p, 0.0f);
          EXPECT_LE (p, r.p[r.label]);
          sum += p;
        }
      EXPECT_NEAR (sum, 1.0f, 1e-5f);
    }
}

TEST (Router, IsTheSameForASeed)
{
  Router a = Train (7), b = Train (7), c = Train (8);
  tl_routing first = Route (a, "summarise it"), same = Route (b, "summarise it"),
             other = Route (c, "summarise it");

  EXPECT_EQ (first.p[TL_ROUTE_KEYPOINTS], same.p[TL_ROUTE_KEYPOINTS]);
  EXPECT_NE (first.p[TL_ROUTE_KEYPOINTS], other.p[TL_ROUTE_KEYPOINTS]);
}

TEST (Router, LearnsTheRiskAlone)
{
  const std::string complaints[] = { "my pills box is late", "what box is late?", "the box tore" };
  const std::string dangers[] = { "the box is on fire", "it is on fire", "what is on fire here?" };
  std::vector<tl_route_example> examples = Examples ();
  tl_error err = {};
  Router without = Train (3);

  for (const std::string &text : complaints)
    examples.insert (examples.begin (), { RequestOf (text), TL_ROUTE_N_LABELS, false });
  for (const std::string &text : dangers)
    examples.push_back ({ RequestOf (text), TL_ROUTE_N_LABELS, true });
  Router with (tl_router_train (examples.data (), examples.size (), 3, &err));
  ASSERT_TRUE (with) << err.message;
  for (const std::string &text : { Texts ()[2], std::string ("is the box on fire?") })
    {
      tl_routing a = Route (without, text), b = Route (with, text);

      for (int o = 0; o < TL_ROUTE_N_LABELS; o++)
        EXPECT_EQ (a.p[o], b.p[o]) << text;
    }
  EXPECT_GT (Route (with, "my pills are on fire").p_high_risk, 0.5f);
  EXPECT_LT (Route (with, "the pills box is late").p_high_risk, 0.3f);
  EXPECT_GT (Route (without, "what pills box is late").p_high_risk,
             Route (with, "what pills box is late").p_high_risk);
}

TEST (Router, ChoosesTheSameFromItsFile)
{
  const std::string path = testing::TempDir () + "/router-test.gguf";
  Router router = Train (1);
  tl_error err = {};

  ASSERT_TRUE (tl_router_save (router.get (), path.c_str (), &err)) << err.message;
  Router opened (tl_router_open (path.c_str (), &err));
  ASSERT_TRUE (opened) << err.message;
  for (const std::string &text : Texts ())
    {
      tl_routing a = Route (router, text), b = Route (opened, text);

      EXPECT_EQ (a.label, b.label) << text;
      EXPECT_NEAR (a.p[a.label], b.p[a.label], 0.05f) << text; // int8 against float
    }
  remove (path.c_str ());
}

TEST (Router, RefusesOtherFiles)
{
  const std::string path = testing::TempDir () + "/no-router.gguf";
  tl_error err = {};
  tl_gguf_writer *w = tl_gguf_writer_new ();

  tl_gguf_writer_string (w, "general.architecture", "llama");
  ASSERT_TRUE (tl_gguf_writer_save (w, path.c_str (), &err));
  tl_gguf_writer_free (w);
  EXPECT_EQ (tl_router_open (path.c_str (), &err), nullptr);
  EXPECT_EQ (err.code, TL_ERROR_UNSUPPORTED);
  EXPECT_EQ (tl_router_open ("/nowhere/router.gguf", &err), nullptr);
  remove (path.c_str ());
}

TEST (Router, TakesAnyText)
{
  Router router = Train (1);
  std::string many;

  for (int i = 0; i < 20000; i++)
    many += "w" + std::to_string (i) + " ";
  for (const std::string &text :
       { std::string (), std::string ("\n"), std::string (100000, 'a'), std::string (100000, '"'),
         std::string (3000, '('), many, "“" + many, std::string ("\xE3\x81\x82") })
    {
      tl_routing r = Route (router, text, TL_ATTACH_FILE);

      for (size_t i = 0; i < r.n_reasons; i++)
        {
          EXPECT_LT (r.reasons[i].start, r.reasons[i].end);
          EXPECT_LE (r.reasons[i].end, text.size ());
        }
    }
}

/* A mark of inches, or of a quotation that ends, hides nothing of what is asked. */
TEST (Router, ReadsWhatStandsInNoQuotation)
{
  Router router = Train (1);
  const std::string material (3400, 'x'), question = "what dose of the cough syrup is safe?";

  for (const std::string &text :
       { "The 2\" burn is red, " + question, "the word \"café\" and " + question,
         "use \"cafe…\" and \"tea…\": " + question, "„Halt\" " + question,
         "\"" + material + ".\" " + question, "“" + material + "” " + question,
         material + "\" of it: " + question })
    EXPECT_GT (Route (router, text).p_high_risk, 0.5f) << text.substr (0, 40);
  EXPECT_LT (Route (router, "translate \"" + question + "\"").p_high_risk, 0.5f);
  EXPECT_LT (Route (router, "translate \"" + material + question + "\"").p_high_risk, 0.5f);
}

TEST (Router, FindsNames)
{
  EXPECT_EQ (tl_route_find_label ("broad"), TL_ROUTE_BROAD);
  EXPECT_EQ (tl_route_find_label ("nonsense"), -1);
  EXPECT_EQ (tl_route_find_attach ("file"), TL_ATTACH_FILE);
}

} // namespace
