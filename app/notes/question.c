/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of words, each between spaces; one that ends in a star stands for all that begin so. */
#include "question.h"

#include "reader/words.h"

#include <string.h>

#define MAX_WORD_BYTES 24

/* Decided, said, learned, happened, changed, matters, wrong, new. */
static const char frames[] =
  " decide* agree* say says said tell told learn* know known knew find found happen* realis* realiz* think "
  "thought mean means meant matter* point plan plans wrong went go goes going new news about concerning "
  "regarding change* talk* discuss* want* need* happening latest status thesis reason "
  "entsch* beschl* gesagt sagte sagen gelernt erfahren passiert* geschah geändert neu neues wichtig* "
  "décid* dit appris passé* changé* nouveau nouvelle* important* "
  "decid* dijo dicho aprend* pasó pasado cambi* nuevo nueva* "
  "decis* detto impar* success* nuov* "
  "disse* acontec* mudou novo novidade* ";

/* What they ask for is a name, a day, a place or a number. */
static const char slots[] =
  " when where which wann wo wohin welche* quand où quel* cuándo cuando dónde donde cuál* quando dove qual* "
  "onde much many long often old far tall big late early time day date number address wieviel viele "
  "combien cuánto* cuanto* quanto* quanti* quante* cost costs price kostet coûte cuesta costa custa ";

static const char whys[] = " why warum wieso weshalb pourquoi perché porquê ";

/* Words after "what" or "how" with which somebody's doing or state is asked for. */
static const char doings[] = " did do does have has should will am are were can ";

static const char *const marks[] = { "?", "？", "؟" };

static gboolean
is_listed (const char *list,
           const char *word,
           gsize       len)
{
  char  folded[MAX_WORD_BYTES + 1] = { 0 };
  gsize n;

  if (len > MAX_WORD_BYTES)
    return FALSE;
  tl_text_fold (folded, word, len);
  for (const char *p = list + 1; *p != '\0'; p += n + 1)
    {
      n = strcspn (p, " ");
      if (p[n - 1] == '*' ? len >= n - 1 && memcmp (folded, p, n - 1) == 0
                          : len == n && memcmp (folded, p, n) == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
tlm_question_is_frame (const char *word,
                       gsize       len)
{
  return is_listed (frames, word, len) || is_listed (slots, word, len);
}

gboolean
tlm_question_is_asked (const char *text)
{
  static const char first[] = " who whose whom what when where which why how is are was were did does do "
                              "wer wem wen wessen was wann wo wohin welche* wie warum qui que quoi quand où "
                              "quel* comment pourquoi quién qué cuándo dónde cuál* cómo chi che cosa quando "
                              "dove qual* come perché quem onde como porquê ";
  gsize  len = strlen (text);
  size_t pos = 0, start;

  while (len > 0 && g_ascii_isspace (text[len - 1]))
    len--;
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (len >= strlen (marks[i]) && memcmp (text + len - strlen (marks[i]), marks[i], strlen (marks[i])) == 0)
      return TRUE;
  return tl_word_next (text, len, &pos, &start) && is_listed (first, text + start, pos - start);
}

gboolean
tlm_question_is_broad (const char *question)
{
  gsize    len = strlen (question);
  size_t   pos = 0, start;
  gboolean broad = FALSE, what = FALSE, how = FALSE;

  for (guint i = 0; tl_word_next (question, len, &pos, &start); i++)
    {
      const char *word = question + start;
      gsize       n = pos - start;

      if (is_listed (slots, word, n))
        return FALSE;
      broad |= is_listed (whys, word, n) || tlm_question_is_frame (word, n)
               || (i == 1 && what && is_listed (doings, word, n))
               || (i == 1 && how && is_listed (" is are was were did does do ", word, n));
      what = i == 0 && is_listed (" what ", word, n);
      how = i == 0 && is_listed (" how ", word, n);
    }
  return broad;
}
