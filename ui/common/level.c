/* SPDX-License-Identifier: Apache-2.0 */
/* The three levels; color plays no part in them. */
#include "level.h"

#include <glib/gi18n.h>

/**
 * tlm_level_word:
 *
 * Returns: (transfer none): how sure the reader is that a sentence matters, for a person
 */
const char *
tlm_level_word (TlmConfidence level)
{
  switch (level)
    {
    case TLM_CONFIDENCE_HIGH:
      /* Translators: how sure the reader is that a sentence is a key sentence, in three levels. */
      return C_("key sentence", "Strong");
    case TLM_CONFIDENCE_MEDIUM:
      return C_("key sentence", "Possible");
    case TLM_CONFIDENCE_LOW:
      return C_("key sentence", "Weak");
    }
  g_assert_not_reached ();
}

/**
 * tlm_level_word_for_answer:
 *
 * Returns: (transfer none): how sure an answer is, for a person
 */
const char *
tlm_level_word_for_answer (TlmConfidence level)
{
  switch (level)
    {
    case TLM_CONFIDENCE_HIGH:
      /* Translators: how sure an answer is, in three levels. */
      return C_("answer", "Strong");
    case TLM_CONFIDENCE_MEDIUM:
      return C_("answer", "Possible");
    case TLM_CONFIDENCE_LOW:
      return C_("answer", "Weak");
    }
  g_assert_not_reached ();
}

/**
 * tlm_level_icon_name:
 *
 * Returns: (transfer none): an icon that is one of the program's own
 */
const char *
tlm_level_icon_name (TlmConfidence level)
{
  switch (level)
    {
    case TLM_CONFIDENCE_HIGH:
      return "tlm-confidence-high-symbolic";
    case TLM_CONFIDENCE_MEDIUM:
      return "tlm-confidence-medium-symbolic";
    case TLM_CONFIDENCE_LOW:
      return "tlm-confidence-low-symbolic";
    }
  g_assert_not_reached ();
}
