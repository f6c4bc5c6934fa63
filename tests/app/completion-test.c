/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a note against what was expected, by the formula of the header, worked out by hand. */
#include "notes/completion.h"

#include <string.h>

#define A ((double) TLM_COMPLETION_PRIOR)

static double
get_p (const TlmCompletions *c, const char *word)
{
  for (gsize i = 0; i < c->n; i++)
    if (g_str_equal (c->items[i].text, word))
      return (double) c->items[i].p;
  return 0;
}

static void
assert_near (double a, double b)
{
  g_assert_cmpfloat_with_epsilon (a, b, 1e-6);
}

static void
counts_with_a_prior (void)
{
  const char *text = "alpha, alpine alpha beta Alto ";
  TlmCompletions c = { .items = { { "alone", 0.5f }, { "alpha", 0.25f } }, .n = 2 };

  tlm_completions_add_note (&c, text, strlen (text), "al");
  assert_near (get_p (&c, "alpha"), (2 + 0.25 * A) / (3 + A));
  assert_near (get_p (&c, "alpine"), 1 / (3 + A));
  assert_near (get_p (&c, "alone"), 0.5 * A / (3 + A));
  g_assert_cmpfloat (get_p (&c, "Alto"), ==, 0); /* another word than what is typed */
  g_assert_cmpstr (tlm_completions_get_best (&c)->text, ==, "alpha");
}

static void
keeps_the_likeliest (void)
{
  g_autoptr (GString) text = g_string_new ("sand sand ");
  TlmCompletions c = { 0 };

  for (char letter = 'a'; letter <= 'z'; letter++)
    g_string_append_printf (text, "s%c ", letter);
  g_string_append (text, "sand ");
  tlm_completions_add_note (&c, text->str, text->len, "s");
  g_assert_cmpuint (c.n, ==, G_N_ELEMENTS (c.items));
  g_assert_cmpstr (tlm_completions_get_best (&c)->text, ==, "sand");
  assert_near (get_p (&c, "sand"), 3 / (29 + A));
}

static void
says_nothing_of_nothing (void)
{
  TlmCompletions c = { 0 };

  tlm_completions_add_note (&c, "", 0, "x");
  tlm_completions_add_note (&c, "über überall", strlen ("über überall"), "x");
  g_assert_null (tlm_completions_get_best (&c));
  tlm_completions_add_note (&c, "über überall", strlen ("über überall"), "ü");
  assert_near (get_p (&c, "überall"), 1 / (2 + A));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/completion/counts-with-a-prior", counts_with_a_prior);
  g_test_add_func ("/app/completion/keeps-the-likeliest", keeps_the_likeliest);
  g_test_add_func ("/app/completion/says-nothing-of-nothing", says_nothing_of_nothing);
  return g_test_run ();
}
