/* SPDX-License-Identifier: Apache-2.0 */
/* Two programs must not go on with the same training: each would write over the other's checkpoint.
 * Who trains holds the lock of a file beside it. */
#include "specialist-private.h"

#include "core/errors.h"
#include "core/file-lock.h"

#include <glib/gi18n-lib.h>

static char *
dup_path (const char *out_path)
{
  return g_strconcat (out_path, ".lock", NULL);
}

gboolean
tlm_specialist_lock (const char *out_path,
                     int        *lock,
                     GError    **error)
{
  g_autofree char *path = dup_path (out_path);

  if (tlm_file_lock (path, lock))
    return TRUE;
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_BUSY,
                       _("Another program goes on with this training. Wait until it is done, or "
                         "stop it there."));
  return FALSE;
}

void
tlm_specialist_unlock (const char *out_path,
                       int         lock)
{
  g_autofree char *path = dup_path (out_path);

  tlm_file_unlock (path, lock);
}
