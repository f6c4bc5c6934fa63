/* SPDX-License-Identifier: Apache-2.0 */
/* The widgets that are made of nothing but themselves: pages, rows, and what these are made of. */
#pragma once

#include "notes/ask-bar.h"
#include "settings/bin-page.h"
#include "settings/bin-row.h"
#include "chats/chat-page.h"
#include "chats/chat-settings-page.h"
#include "chats/code-block.h"
#include "compat/compat.h"
#include "chats/composer.h"
#include "notes/coverage-strip.h"
#include "specialists/examples-columns.h"
#include "specialists/examples-editor.h"
#include "specialists/examples-page.h"
#include "specialists/examples-row.h"
#include "notes/find-bar.h"
#include "chats/handoff-page.h"
#include "settings/help-page.h"
#include "notes/hit-row.h"
#include "common/item-list.h"
#include "common/item-row.h"
#include "settings/licenses-page.h"
#include "chats/markdown-view.h"
#include "chats/message-editor.h"
#include "chats/message-failure.h"
#include "chats/message-row.h"
#include "chats/message-versions.h"
#include "settings/models-page.h"
#include "notes/note-page.h"
#include "common/page.h"
#include "settings/preferences.h"
#include "settings/privacy-page.h"
#include "sidebar.h"
#include "notes/span-row.h"
#include "specialists/specialist-page.h"
#include "specialists/specialist-run-view.h"
#include "specialists/specialist-setup.h"
#include "specialists/specialist-verdict.h"
#include "specialists/specialist-vote.h"
#include "specialists/specialists-page.h"
#include "notes/summary-pane.h"
#include "notes/summary-receipt.h"
#include "specialists/teach-page.h"
#include "notes/todo-page.h"
#include "notes/todo-row.h"

static const struct
{
  const char *name;
  GType (*get_type) (void);
} widget_types[] = {
  { "ask-bar", tlm_ask_bar_get_type },
  { "bin-page", tlm_bin_page_get_type },
  { "bin-row", tlm_bin_row_get_type },
  { "chat-page", tlm_chat_page_get_type },
  { "chat-settings-page", tlm_chat_settings_page_get_type },
  { "code-block", tlm_code_block_get_type },
  { "composer", tlm_composer_get_type },
  { "coverage-strip", tlm_coverage_strip_get_type },
  { "examples-editor", tlm_examples_editor_get_type },
  { "examples-page", tlm_examples_page_get_type },
  { "examples-row", tlm_examples_row_get_type },
  { "find-bar", tlm_find_bar_get_type },
  { "handoff-page", tlm_handoff_page_get_type },
  { "teach-page", tlm_teach_page_get_type },
  { "help-page", tlm_help_page_get_type },
  { "hit-row", tlm_hit_row_get_type },
  { "item-list", tlm_item_list_get_type },
  { "item-row", tlm_item_row_get_type },
  { "licenses-page", tlm_licenses_page_get_type },
  { "models-page", tlm_models_page_get_type },
  { "markdown-view", tlm_markdown_view_get_type },
  { "message-editor", tlm_message_editor_get_type },
  { "message-failure", tlm_message_failure_get_type },
  { "message-row", tlm_message_row_get_type },
  { "message-versions", tlm_message_versions_get_type },
  { "note-page", tlm_note_page_get_type },
  { "page", tlm_page_get_type },
  { "preferences", tlm_preferences_get_type },
  { "privacy-page", tlm_privacy_page_get_type },
  { "side-pane", tlm_side_pane_get_type },
  { "sidebar", tlm_sidebar_get_type },
  { "span-row", tlm_span_row_get_type },
  { "specialist-page", tlm_specialist_page_get_type },
  { "specialist-run-view", tlm_specialist_run_view_get_type },
  { "specialist-setup", tlm_specialist_setup_get_type },
  { "specialist-verdict", tlm_specialist_verdict_get_type },
  { "specialist-vote", tlm_specialist_vote_get_type },
  { "specialists-page", tlm_specialists_page_get_type },
  { "split-view", tlm_split_view_get_type },
  { "summary-pane", tlm_summary_pane_get_type },
  { "summary-receipt", tlm_summary_receipt_get_type },
  { "todo-page", tlm_todo_page_get_type },
  { "todo-row", tlm_todo_row_get_type },
  { "toolbar-view", tlm_toolbar_view_get_type },
};
