/* SPDX-License-Identifier: Apache-2.0 */
/* Formulas as text, and what is no formula left alone. */
#include "chats/latex.h"

#include <string.h>

static void
test_signs (void)
{
  static const char *const pairs[][2] = {
    { "\\alpha + \\beta \\leq \\pi", "α + β ≤ π" },
    { "E = mc^2", "E = mc²" },
    { "x_{i+1}", "xᵢ₊₁" },
    { "\\frac{a+b}{2}", "(a+b)/2" },
    { "\\frac12", "1/2" },
    { "\\sqrt{2}", "√2" },
    { "\\sqrt[3]{x+1}", "∛(x+1)" },
    { "\\sum_{i=1}^{n} i^2", "∑ᵢ₌₁ⁿ i²" },
    { "e^{-x/2}", "e^(-x/2)" },
    { "x \\in \\mathbb{R}", "x ∈ ℝ" },
    { "\\hat{y}", "y\u0302" },
    { "\\sin x", "sin x" },
    { "\\text{if } x", "if  x" },
    { "\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}", "(a   b; c   d)" },
    { "\\unknown{x}", "\\unknownx" },
    { "a \\to", "a →" },
    { "\\", "\\" },
    { "\\frac", "/" },
    { "a^\\é", "a^(\\é)" },
    { "{{{", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *text = tlm_latex_to_text (pairs[i][0], FALSE);

      g_assert_cmpstr (text, ==, pairs[i][1]);
    }
}

static void
test_in_markdown (void)
{
  static const char *const pairs[][2] = {
    { "so $x^2$ is", "so x² is" },
    { "\\(\\alpha\\) and \\[\\beta\\]", "α and β" },
    { "$$\\begin{matrix} 1 & 2 \\\\ 3 & 4 \\end{matrix}$$", "(1   2)\\\n(3   4)" },
    { "a price of $5 and $10", "a price of $5 and $10" },
    { "$5 or 10$ more", "$5 or 10$ more" },
    { "$HOME is not $PATH", "$HOME is not $PATH" },
    { "the point $n$ is", "the point n is" },
    { "`$x^2$` stays", "`$x^2$` stays" },
    { "```\n$x^2$\n```", "```\n$x^2$\n```" },
    { "```\n$x^2$", "```\n$x^2$" },
    { "open $x^2", "open $x^2" },
    { "\\$x^2\\$", "\\$x^2\\$" },
    { "$a\n\nb^2$", "$a\n\nb^2$" },
    { "$x * y_1 * z$", "x \\* y₁ \\* z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *text = tlm_latex_replace (pairs[i][0]);

      g_assert_cmpstr (text, ==, pairs[i][1]);
    }
}

static void
test_survives_anything (void)
{
  static const char *const starts[] = { "{", "\\frac{", "^", "\\begin{matrix}", "\\sqrt[", "_{^" };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      g_autoptr (GString) tower = g_string_new (NULL);
      g_autofree char *text = NULL;

      for (int n = 0; n < 2000; n++)
        g_string_append (tower, starts[i]);
      text = tlm_latex_to_text (tower->str, TRUE);
      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
}

/* Of a text of 4 MB each place is asked about once: to measure all that follows at each takes minutes. */
static void
test_long_text (void)
{
  gsize n = 4 << 20;
  g_autofree char *text = g_strnfill (n, 'a'), *read = tlm_latex_replace (text);

  g_assert_cmpstr (read, ==, text);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/latex/signs", test_signs);
  g_test_add_func ("/ui/latex/in-markdown", test_in_markdown);
  g_test_add_func ("/ui/latex/survives-anything", test_survives_anything);
  g_test_add_func ("/ui/latex/long-text", test_long_text);
  return g_test_run ();
}
