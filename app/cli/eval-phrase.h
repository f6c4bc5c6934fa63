/* SPDX-License-Identifier: Apache-2.0 */
/* A phrase as its words, for the measures that compare what a model points at with what a person
 * gave. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TLM_PHRASE_MAX_WORDS 64

/* The folded words of a phrase, by their hashes. */
typedef struct
{
  guint32 hashes[TLM_PHRASE_MAX_WORDS];
  gsize   n;
} TlmPhrase;

TlmPhrase tlm_phrase_of    (const char *s, gsize len);
/* At most so many words from the beginning of [s, s + len). */
TlmPhrase tlm_phrase_first (const char *s, gsize len, gsize max);
TlmPhrase tlm_phrase_without_stop_words (const TlmPhrase *p);

/* F1 of the longest common subsequence: Lin 2004, ROUGE-L. */
double    tlm_phrase_rouge_l (const TlmPhrase *a, const TlmPhrase *b);
/* F1 of the words as bags; two empty ones agree. */
double    tlm_phrase_f1      (const TlmPhrase *a, const TlmPhrase *b);
/* Whether @b stands in @a, in one piece. */
gboolean  tlm_phrase_holds   (const TlmPhrase *a, const TlmPhrase *b);
gboolean  tlm_phrase_equal   (const TlmPhrase *a, const TlmPhrase *b);

G_END_DECLS
