/* SPDX-License-Identifier: Apache-2.0 */
/* Which folders are watched, for the preferences. */
#pragma once

#include <adwaita.h>

#include "notes/folders.h"

G_BEGIN_DECLS

GtkWidget *tlm_folders_group_new (TlmFolders *folders); /* (transfer floating) */

G_END_DECLS
