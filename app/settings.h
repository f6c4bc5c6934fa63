/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of the window, for those who may run without it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full) (nullable): NULL where the schema is not installed */
GSettings *tlm_settings_open (void);

G_END_DECLS
