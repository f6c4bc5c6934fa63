/* SPDX-License-Identifier: Apache-2.0 */
/* Confidence as it is shown: a word and an icon of one to three dots, never a bare percentage. */
#pragma once

#include "notes/summary.h"

G_BEGIN_DECLS

const char *tlm_level_word            (TlmConfidence level);
const char *tlm_level_word_for_answer (TlmConfidence level);
const char *tlm_level_icon_name       (TlmConfidence level);

G_END_DECLS
