/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over a formula, which is read as LaTeX reads it: a command, a group in braces, or one
 * character at a time. Formulas are found in Markdown before that is parsed, since both use the same
 * signs for other things; what comes out is escaped for it. */
#include "latex.h"

#include "core/text-input.h"

#include <string.h>

#define MAX_DEPTH 32      /* of groups; deeper ones stay as they were typed */
#define MAX_FORMULA 4096  /* bytes between the dollars; longer is no formula but a lost dollar */

typedef struct
{
  const char *p;
  gboolean    display;
  int         depth;
} Reader;

static void read_until (Reader *r, GString *out, const char *end);

/* ---- Arguments ---- */

/* The next group, command or character, as text. (transfer full) */
static char *
read_argument (Reader *r)
{
  GString *out = g_string_new (NULL);

  while (*r->p == ' ')
    r->p++;
  if (*r->p == '{')
    {
      r->p++;
      read_until (r, out, "}");
    }
  else if (*r->p == '\\')
    {
      Reader one = { r->p, r->display, r->depth };
      gsize name = strspn (r->p + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
      const char *end = name == 0 && r->p[1] != '\0' ? g_utf8_next_char (r->p + 1) : r->p + 1 + name;
      g_autofree char *command = g_strndup (r->p, (gsize) (end - r->p));

      one.p = command;
      read_until (&one, out, NULL);
      r->p += strlen (command);
    }
  else if (*r->p != '\0')
    {
      g_string_append_unichar (out, g_utf8_get_char (r->p));
      r->p = g_utf8_next_char (r->p);
    }
  return g_string_free (out, FALSE);
}

/* The text between braces as it stands, for names. (transfer full) */
static char *
read_name (Reader *r)
{
  const char *end = *r->p == '{' ? strchr (r->p, '}') : NULL;
  char *name;

  if (end == NULL)
    return g_strdup ("");
  name = g_strndup (r->p + 1, (gsize) (end - r->p - 1));
  r->p = end + 1;
  return name;
}

static gboolean
is_compound (const char *text)
{
  return strpbrk (text, " +-/=·×") != NULL;
}

static void
append_operand (GString *out, const char *text)
{
  gboolean compound = is_compound (text);

  g_string_append_printf (out, "%s%s%s", compound ? "(" : "", text, compound ? ")" : "");
}

/* All of it in raised or lowered signs, or none: "x²", "x^(a/b)". */
static void
append_script (GString *out, const char *text, gboolean raised)
{
  g_autoptr (GString) signs = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gunichar sign = raised ? tlm_latex_get_raised (c) : tlm_latex_get_lowered (c);

      if (sign == 0)
        {
          g_string_append_printf (out, g_utf8_strlen (text, -1) > 1 ? "%c(%s)" : "%c%s",
                                  raised ? '^' : '_', text);
          return;
        }
      g_string_append_unichar (signs, sign);
    }
  g_string_append (out, signs->str);
}

/* ---- Commands ---- */

static void
append_fraction (Reader *r, GString *out)
{
  g_autofree char *above = read_argument (r), *below = read_argument (r);

  append_operand (out, above);
  g_string_append_c (out, '/');
  append_operand (out, below);
}

static void
append_root (Reader *r, GString *out)
{
  g_autoptr (GString) degree = g_string_new (NULL);
  g_autofree char *inner = NULL;

  if (*r->p == '[')
    {
      r->p++;
      read_until (r, degree, "]");
    }
  inner = read_argument (r);
  if (g_str_equal (degree->str, "3"))
    g_string_append (out, "∛");
  else if (g_str_equal (degree->str, "4"))
    g_string_append (out, "∜");
  else
    {
      append_script (out, degree->str, TRUE);
      g_string_append (out, "√");
    }
  if (g_utf8_strlen (inner, -1) > 1)
    g_string_append_printf (out, "(%s)", inner);
  else
    g_string_append (out, inner);
}

static void
append_double_struck (Reader *r, GString *out)
{
  static const char *const signs[] = { "Cℂ", "Hℍ", "Nℕ", "Pℙ", "Qℚ", "Rℝ", "Zℤ" };
  g_autofree char *letter = read_argument (r);

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (letter[0] == signs[i][0] && letter[1] == '\0')
      {
        g_string_append (out, signs[i] + 1);
        return;
      }
  g_string_append (out, letter);
}

/* Rows of a matrix: below each other where the formula stands by itself, else with ";". */
static void
append_rows (Reader *r, GString *out)
{
  g_autofree char *kind = read_name (r);
  g_autofree char *end = g_strdup_printf ("\\end{%s}", kind);
  gboolean grid = strstr (kind, "matrix") != NULL;
  g_autoptr (GString) rows = g_string_new (NULL);
  const char *open = grid ? (*kind == 'b' ? "[" : *kind == 'v' ? "|" : "(") : "";
  const char *close = grid ? (*kind == 'b' ? "]" : *kind == 'v' ? "|" : ")") : "";
  g_auto (GStrv) lines = NULL;

  if (g_str_equal (kind, "array"))
    g_free (read_name (r)); /* how the columns stand */
  read_until (r, rows, end);
  lines = g_strsplit (rows->str, "\n", -1);
  if (g_str_equal (kind, "cases"))
    open = "{ ";
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_strstrip (lines[i]);
      if (*lines[i] == '\0')
        continue;
      if (r->display)
        g_string_append_printf (out, "%s%s%s%s", i > 0 ? "\n" : "", open, lines[i], close);
      else
        g_string_append_printf (out, "%s%s", i > 0 ? "; " : open, lines[i]);
    }
  if (!r->display)
    g_string_append (out, close);
}

static void
append_accent (Reader *r, GString *out, const char *name)
{
  static const char *const accents[][2] = {
    { "hat", "\u0302" },   { "bar", "\u0304" },  { "overline", "\u0304" }, { "vec", "\u20d7" },
    { "tilde", "\u0303" }, { "dot", "\u0307" },  { "ddot", "\u0308" },
  };
  g_autofree char *inner = read_argument (r);

  g_string_append (out, inner);
  for (guint i = 0; i < G_N_ELEMENTS (accents); i++)
    if (g_str_equal (accents[i][0], name) && g_utf8_strlen (inner, -1) == 1)
      g_string_append (out, accents[i][1]);
}

static gboolean
is_one_of (const char *name, const char *const *names)
{
  return g_strv_contains (names, name);
}

#define IS_ONE_OF(name, ...) is_one_of (name, (const char *const[]) { __VA_ARGS__, NULL })

/* A command that takes arguments. FALSE: it is not known */
static gboolean
append_structure (Reader *r, GString *out, const char *name)
{
  g_autofree char *inner = NULL;

  if (IS_ONE_OF (name, "frac", "dfrac", "tfrac"))
    append_fraction (r, out);
  else if (g_str_equal (name, "sqrt"))
    append_root (r, out);
  else if (g_str_equal (name, "mathbb"))
    append_double_struck (r, out);
  else if (g_str_equal (name, "begin"))
    append_rows (r, out);
  else if (IS_ONE_OF (name, "hat", "bar", "overline", "vec", "tilde", "dot", "ddot"))
    append_accent (r, out, name);
  else if (IS_ONE_OF (name, "text", "mathrm", "textbf", "operatorname", "mbox"))
    g_string_append (out, inner = read_name (r));
  else if (IS_ONE_OF (name, "mathbf", "mathit", "mathcal", "mathsf", "boldsymbol", "boxed"))
    g_string_append (out, inner = read_argument (r));
  else
    return FALSE;
  return TRUE;
}

static void
read_command (Reader *r, GString *out)
{
  const char *name = r->p + 1;
  gsize len = strspn (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
  g_autofree char *word = NULL;
  const char *sign;

  if (len == 0 && *name != '\0')
    len = (gsize) (g_utf8_next_char (name) - name);
  word = g_strndup (name, len);
  r->p = name + len;
  sign = tlm_latex_find_symbol (word, len);
  if (g_str_equal (word, "\\"))
    g_string_append_c (out, '\n');
  else if (sign != NULL)
    g_string_append (out, sign);
  else if (!append_structure (r, out, word))
    g_string_append_printf (out, "\\%s", word);
}

static void
read_script (Reader *r, GString *out, gboolean raised)
{
  g_autofree char *text = NULL;

  r->p++;
  text = read_argument (r);
  append_script (out, text, raised);
}

/* @end: (nullable): is read too */
static void
read_until (Reader *r, GString *out, const char *end)
{
  gboolean deep = ++r->depth > MAX_DEPTH;

  while (*r->p != '\0' && (end == NULL || !tlm_text_begins (r->p, end)))
    {
      if (*r->p == '\\' && !deep)
        read_command (r, out);
      else if ((*r->p == '^' || *r->p == '_') && !deep)
        read_script (r, out, *r->p == '^');
      else if (*r->p == '{' && !deep)
        {
          r->p++;
          read_until (r, out, "}");
        }
      else
        {
          g_string_append_unichar (out, strchr ("&~\n", *r->p) != NULL ? ' ' : g_utf8_get_char (r->p));
          r->p = g_utf8_next_char (r->p);
        }
    }
  if (end != NULL && *r->p != '\0')
    r->p += strlen (end);
  r->depth--;
}

char *
tlm_latex_to_text (const char *latex, gboolean display)
{
  Reader reader = { latex, display, 0 };
  GString *out = g_string_new (NULL);

  read_until (&reader, out, NULL);
  return g_strstrip (g_string_free (out, FALSE));
}

/* ---- In Markdown ---- */

/* What may mean something to Markdown does not; a line that ends is a line. */
static void
append_escaped (GString *out, const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\n' || strchr ("\\`*_[]<>#&|~!", *p) != NULL)
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }
}

/* "$5 and 10$" and "$HOME is not $PATH" are none. */
static gboolean
is_formula (const char *start, const char *end)
{
  g_autofree char *inner = g_strndup (start, (gsize) (end - start));

  if (g_ascii_isspace (*start) || g_ascii_isspace (end[-1]) || g_ascii_isdigit (end[1]))
    return FALSE;
  if (strpbrk (inner, "\\^_=+<>{}") != NULL)
    return TRUE;
  return !g_ascii_isdigit (*inner) && strchr (inner, ' ') == NULL && strlen (inner) <= 3;
}

/* (nullable): where what began at @p ends. A blank line ends a paragraph, and all in it. */
static const char *
find_close (const char *p, const char *close)
{
  const char *end = g_strstr_len (p, MAX_FORMULA, close);

  if (end == NULL || end == p || g_strstr_len (p, end - p, "\n\n") != NULL)
    return NULL;
  return end;
}

static const char *
append_formula (GString *out, const char *p, const char *end, const char *close)
{
  g_autofree char *latex = g_strndup (p, (gsize) (end - p));
  g_autofree char *text = tlm_latex_to_text (latex, close[0] != '$' ? close[1] == ']'
                                                                    : close[1] == '$');

  append_escaped (out, text);
  return end + strlen (close);
}

/* (nullable): behind the formula that begins at @p */
static const char *
take_formula (GString *out, const char *p)
{
  static const char *const marks[][2] = { { "$$", "$$" }, { "\\[", "\\]" }, { "\\(", "\\)" } };
  const char *end;

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (tlm_text_begins (p, marks[i][0]))
      {
        end = find_close (p + 2, marks[i][1]);
        return end != NULL ? append_formula (out, p + 2, end, marks[i][1]) : NULL;
      }
  end = *p == '$' ? find_close (p + 1, "$") : NULL;
  return end != NULL && is_formula (p + 1, end) ? append_formula (out, p + 1, end, "$") : NULL;
}

/* Behind the code that begins at @p with backticks: a span, or a block up to its fence. */
static const char *
skip_code (const char *p)
{
  gsize n = strspn (p, "`");
  g_autofree char *fence = g_strnfill (n, '`');
  const char *end = strstr (p + n, fence);
  gboolean is_span = n < 3;

  if (end != NULL && !(is_span && g_strstr_len (p + n, end - p - (gssize) n, "\n\n") != NULL))
    return end + n;
  return is_span ? p + n : p + strlen (p); /* a block that is still being written */
}

const char *
tlm_latex_read (const char *markdown, GString *out)
{
  const char *p = markdown;

  for (const char *next; *p != '\0'; p = next)
    {
      if (tlm_text_begins (p, "\n\n"))
        {
          next = p + strspn (p, "\n");
          g_string_append_len (out, p, next - p);
          return next;
        }
      next = *p == '`' ? skip_code (p) : *p == '$' || *p == '\\' ? take_formula (out, p) : NULL;
      if (*p == '`' || next == NULL)
        {
          if (next == NULL)
            next = p + (*p == '\\' && p[1] != '\0' ? 2 : 1);
          g_string_append_len (out, p, next - p);
        }
    }
  return p;
}

char *
tlm_latex_replace (const char *markdown)
{
  GString *out = g_string_new (NULL);

  while (*markdown != '\0')
    markdown = tlm_latex_read (markdown, out);
  return g_string_free (out, FALSE);
}
