/* SPDX-License-Identifier: Apache-2.0 */
/* The three levels; colour plays no part in them. */
#include "level.h"

#include <glib/gi18n.h>

/**
 * tlm_level_word:
 *
 * Returns: (transfer none): how sure the reader is, for a person
 */
const char *
tlm_level_word (TlmConfidence level)
{
  switch (level)
    {
    case TLM_CONFIDENCE_HIGH:
      /* Translators: how sure the reader is that a sentence is a key sentence: the first of three. */
      return _("Strong");
    case TLM_CONFIDENCE_MEDIUM:
      /* Translators: how sure the reader is that a sentence is a key sentence: the second of three. */
      return _("Possible");
    case TLM_CONFIDENCE_LOW:
      /* Translators: how sure the reader is that a sentence is a key sentence: the third of three. */
      return _("Weak");
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
