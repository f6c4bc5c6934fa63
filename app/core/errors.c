/* SPDX-License-Identifier: Apache-2.0 */
/* The error domain, and the way from the engine's errors to it. */
#include "errors.h"

#include <glib/gi18n-lib.h>

G_DEFINE_QUARK (tlm-error-quark, tlm_error)

gboolean
tlm_error_from_engine (GError        **error,
                       const tl_error *engine_error)
{
  if (engine_error->code == TL_ERROR_CANCELLED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The work was stopped."));
  else if (engine_error->code == TL_ERROR_MEMORY)
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_FAILED,
                         _("There is not enough memory for this. Close other programs and try "
                           "again."));
  else
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_MODEL, engine_error->message);
  return FALSE;
}

/* The engine's own sentence is English; the person reads first in their language what it comes to. "" where
 * the engine says it best. */
static const char *
kind_words (tl_error_code code)
{
  switch (code)
    {
    case TL_ERROR_IO:
      return _("Its file could not be read: ");
    case TL_ERROR_FORMAT:
      return _("Its file is damaged, or it is no model: ");
    case TL_ERROR_UNSUPPORTED:
      return _("This program does not support models of this kind: ");
    case TL_OK:
    case TL_ERROR_MEMORY:
    case TL_ERROR_ARGUMENT:
    case TL_ERROR_CANCELLED:
      break;
    }
  return "";
}

gboolean
tlm_error_from_model (GError        **error,
                      const char     *path,
                      const tl_error *engine_error)
{
  g_autofree char *name = g_filename_display_basename (path);

  tlm_error_from_engine (error, engine_error);
  g_prefix_error (error, "%s", kind_words (engine_error->code));
  /* Translators: what follows is the reason, at its end in English, as "blk.0.attn_q.weight: missing". */
  g_prefix_error (error, _("The model “%s” cannot be used. "), name);
  return FALSE;
}

gboolean
tlm_error_is_trouble (const GError *error)
{
  return g_error_matches (error, TLM_ERROR, TLM_ERROR_STORE_NEWER)
         || g_error_matches (error, TLM_ERROR, TLM_ERROR_STORE_DAMAGED);
}
