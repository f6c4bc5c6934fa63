/* SPDX-License-Identifier: Apache-2.0 */
/* What is told for some seconds, in plain text. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* (transfer full) */
AdwToast *tlm_toast_new      (const char *sentence);

/* One that can take back what it tells of: "button-clicked" is Undo. It stays twice as long as others,
 * for who reads slowly or hears it. (transfer full) */
AdwToast *tlm_undo_toast_new (const char *sentence);

/* In the preferences that @widget stands in; where they were closed meanwhile, in the window in front. */
void      tlm_toast_in_preferences (GtkWidget *widget, const char *sentence);

G_END_DECLS
