/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of LaTeX that are one sign or word, sorted for a binary search, and the raised and
 * lowered signs that Unicode has (blocks "Superscripts and Subscripts", "Phonetic Extensions"). */
#include "latex.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  const char *name, *sign;
} Symbol;

/* In the order of strcmp (). */
static const Symbol symbols[] = {
  { " ", " " }, { "!", "" }, { "#", "#" }, { "$", "$" }, { "%", "%" }, { "&", "&" },
  { ",", " " }, { ":", " " }, { ";", " " }, { "Big", "" }, { "Bigg", "" }, { "Delta", "Δ" },
  { "Gamma", "Γ" }, { "Im", "ℑ" }, { "Lambda", "Λ" }, { "Leftarrow", "⇐" },
  { "Leftrightarrow", "⇔" }, { "Omega", "Ω" }, { "Phi", "Φ" }, { "Pi", "Π" }, { "Pr", "Pr" },
  { "Psi", "Ψ" }, { "Re", "ℜ" }, { "Rightarrow", "⇒" }, { "Sigma", "Σ" }, { "Theta", "Θ" },
  { "Upsilon", "Υ" }, { "Vert", "‖" }, { "Xi", "Ξ" }, { "_", "_" }, { "aleph", "ℵ" },
  { "alpha", "α" }, { "angle", "∠" }, { "approx", "≈" }, { "arccos", "arccos" },
  { "arcsin", "arcsin" }, { "arctan", "arctan" }, { "arg", "arg" }, { "ast", "∗" },
  { "because", "∵" }, { "beta", "β" }, { "big", "" }, { "bigg", "" }, { "bmod", "mod" },
  { "bot", "⊥" }, { "bullet", "•" }, { "cap", "∩" }, { "cdot", "·" }, { "cdots", "⋯" },
  { "chi", "χ" }, { "circ", "∘" }, { "colon", ":" }, { "cong", "≅" }, { "coprod", "∐" },
  { "cos", "cos" }, { "cosh", "cosh" }, { "cot", "cot" }, { "csc", "csc" }, { "cup", "∪" },
  { "dagger", "†" }, { "ddots", "⋱" }, { "deg", "deg" }, { "degree", "°" }, { "delta", "δ" },
  { "det", "det" }, { "dim", "dim" }, { "displaystyle", "" }, { "div", "÷" }, { "dots", "…" },
  { "downarrow", "↓" }, { "ell", "ℓ" }, { "emptyset", "∅" }, { "epsilon", "ε" },
  { "equiv", "≡" }, { "eta", "η" }, { "exists", "∃" }, { "exp", "exp" }, { "forall", "∀" },
  { "gamma", "γ" }, { "gcd", "gcd" }, { "ge", "≥" }, { "geq", "≥" }, { "gets", "←" },
  { "gg", "≫" }, { "hbar", "ℏ" }, { "hom", "hom" }, { "iff", "⟺" }, { "iiint", "∭" },
  { "iint", "∬" }, { "implies", "⟹" }, { "in", "∈" }, { "inf", "inf" }, { "infty", "∞" },
  { "int", "∫" }, { "iota", "ι" }, { "kappa", "κ" }, { "ker", "ker" }, { "lVert", "‖" },
  { "lambda", "λ" }, { "land", "∧" }, { "langle", "⟨" }, { "lbrace", "{" }, { "lceil", "⌈" },
  { "ldots", "…" }, { "le", "≤" }, { "left", "" }, { "leftarrow", "←" },
  { "leftrightarrow", "↔" }, { "leq", "≤" }, { "lfloor", "⌊" }, { "lg", "lg" }, { "lim", "lim" },
  { "liminf", "liminf" }, { "limits", "" }, { "limsup", "limsup" }, { "ll", "≪" },
  { "ln", "ln" }, { "lnot", "¬" }, { "log", "log" }, { "longrightarrow", "⟶" }, { "lor", "∨" },
  { "lvert", "|" }, { "mapsto", "↦" }, { "max", "max" }, { "mid", "∣" }, { "min", "min" },
  { "models", "⊨" }, { "mp", "∓" }, { "mu", "μ" }, { "nabla", "∇" }, { "ne", "≠" },
  { "neg", "¬" }, { "neq", "≠" }, { "nexists", "∄" }, { "ni", "∋" }, { "nolimits", "" },
  { "notin", "∉" }, { "nu", "ν" }, { "odot", "⊙" }, { "oint", "∮" }, { "omega", "ω" },
  { "ominus", "⊖" }, { "oplus", "⊕" }, { "otimes", "⊗" }, { "parallel", "∥" },
  { "partial", "∂" }, { "perp", "⊥" }, { "phi", "φ" }, { "pi", "π" }, { "pm", "±" },
  { "prime", "′" }, { "prod", "∏" }, { "propto", "∝" }, { "psi", "ψ" }, { "qquad", "   " },
  { "quad", "  " }, { "rVert", "‖" }, { "rangle", "⟩" }, { "rbrace", "}" }, { "rceil", "⌉" },
  { "rfloor", "⌋" }, { "rho", "ρ" }, { "right", "" }, { "rightarrow", "→" },
  { "rightleftharpoons", "⇌" }, { "rvert", "|" }, { "sec", "sec" }, { "setminus", "∖" },
  { "sigma", "σ" }, { "sim", "∼" }, { "simeq", "≃" }, { "sin", "sin" }, { "sinh", "sinh" },
  { "star", "⋆" }, { "subset", "⊂" }, { "subseteq", "⊆" }, { "sum", "∑" }, { "sup", "sup" },
  { "supset", "⊃" }, { "supseteq", "⊇" }, { "tan", "tan" }, { "tanh", "tanh" }, { "tau", "τ" },
  { "therefore", "∴" }, { "theta", "θ" }, { "times", "×" }, { "to", "→" }, { "top", "⊤" },
  { "triangle", "△" }, { "uparrow", "↑" }, { "upsilon", "υ" }, { "varepsilon", "ε" },
  { "varnothing", "∅" }, { "varphi", "φ" }, { "varpi", "ϖ" }, { "varrho", "ϱ" },
  { "varsigma", "ς" }, { "vartheta", "ϑ" }, { "vdash", "⊢" }, { "vdots", "⋮" }, { "vee", "∨" },
  { "vert", "|" }, { "wedge", "∧" }, { "xi", "ξ" }, { "zeta", "ζ" }, { "{", "{" }, { "|", "‖" },
  { "}", "}" },
};

typedef struct
{
  const char *name;
  gsize       len;
} Key;

static int
compare (gconstpointer key, gconstpointer symbol)
{
  const Key *wanted = key;
  const char *name = ((const Symbol *) symbol)->name;
  int order = strncmp (wanted->name, name, wanted->len);

  return order != 0 ? order : wanted->len < strlen (name) ? -1 : 0;
}

const char *
tlm_latex_find_symbol (const char *name, gsize len)
{
  const Key key = { name, len };
  const Symbol *found = bsearch (&key, symbols, G_N_ELEMENTS (symbols), sizeof (Symbol), compare);

  return found != NULL ? found->sign : NULL;
}

/* The character of @to at the place that @c has in @from. */
static gunichar
translate (gunichar c, const char *from, const char *to)
{
  for (; *from != '\0'; from = g_utf8_next_char (from), to = g_utf8_next_char (to))
    if (g_utf8_get_char (from) == c)
      return g_utf8_get_char (to);
  return 0;
}

gunichar
tlm_latex_get_raised (gunichar c)
{
  return translate (c, "0123456789+-−=()abcdefghijklmnoprstuvwxyzT′∘*",
                    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ′°*");
}

gunichar
tlm_latex_get_lowered (gunichar c)
{
  return translate (c, "0123456789+-−=()aehijklmnoprstuvx",
                    "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ");
}
