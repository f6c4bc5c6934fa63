/* SPDX-License-Identifier: Apache-2.0 */
#include "common/undo-toast.h"

#include <glib/gi18n.h>

#define SECONDS 10 /* those of libadwaita have 5 */

AdwToast *
tlm_undo_toast_new (const char *sentence)
{
  AdwToast *toast = adw_toast_new (sentence);

  adw_toast_set_button_label (toast, _("_Undo"));
  adw_toast_set_timeout (toast, SECONDS);
  return toast;
}
