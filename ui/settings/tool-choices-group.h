/* SPDX-License-Identifier: Apache-2.0 */
/* The tools that the person chose for messages, each of which can be forgotten. */
#pragma once

#include <adwaita.h>

#include "store/store.h"

G_BEGIN_DECLS

GtkWidget *tlm_tool_choices_group_new (TlmStore *store);

G_END_DECLS
