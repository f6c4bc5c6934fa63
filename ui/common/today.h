/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

void tlm_today_watch (gpointer widget, GCallback changed);

G_END_DECLS
