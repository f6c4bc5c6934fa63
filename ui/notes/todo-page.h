/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be done, from all notes, as one list to tick off. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_TODO_PAGE (tlm_todo_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmTodoPage, tlm_todo_page, TLM, TODO_PAGE, AdwBin)

void tlm_todo_page_set_services (TlmTodoPage *self, TlmServices *services);

G_END_DECLS
