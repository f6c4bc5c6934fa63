/* SPDX-License-Identifier: Apache-2.0 */
/* A language model of random weights that writes letters without end, for tests of chats. */
#pragma once

#include <glib.h>

/* Writes a GGUF of the llama family to @path: about 54 MB, so that its 512 tokens of a reply take
 * long enough to be stopped. @chat_template: (nullable): its file asks for conversations so. Fails
 * the test when it cannot. */
void tlm_test_make_model (const char *path, const char *chat_template);
