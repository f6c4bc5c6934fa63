/* SPDX-License-Identifier: Apache-2.0 */
/* One row of the list of things to do: a box to tick, who and until when, and the way to its note. */
#pragma once

#include <adwaita.h>

#include "notes/todo.h"

G_BEGIN_DECLS

#define TLM_TYPE_TODO_ROW (tlm_todo_row_get_type ())
G_DECLARE_FINAL_TYPE (TlmTodoRow, tlm_todo_row, TLM, TODO_ROW, AdwBin)

void tlm_todo_row_set_todo (TlmTodoRow *self, TlmTodo *todo); /* NULL: the row is used again later */

G_END_DECLS
