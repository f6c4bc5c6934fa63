/* SPDX-License-Identifier: Apache-2.0 */
/* A toast that can take back what it tells of. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* @sentence: Pango markup. "button-clicked" is Undo; it stays twice as long as others, for who reads
 * slowly or hears it. (transfer full) */
AdwToast *tlm_undo_toast_new (const char *sentence);

G_END_DECLS
