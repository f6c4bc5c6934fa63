/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications of the desktop. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void tlm_notify (const char *id, const char *title, const char *body, const char *place);

G_END_DECLS
