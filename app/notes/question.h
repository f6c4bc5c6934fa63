/* SPDX-License-Identifier: Apache-2.0 */
/* What sort of question is put to the notes. One that asks for a slot ("When is the fair?") is answered by a
 * span; a broad one ("What did we decide about the roof?") only by what matters in the notes about it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether @text is a question at all: by its mark or its first word. Any thread. */
gboolean tlm_question_is_asked (const char *text);

/* Plain rules in six languages; a question that none of them knows is not broad. @question: any text. Any
 * thread. */
gboolean tlm_question_is_broad (const char *question);

/* Whether [@word, @word + @len) frames a question rather than names its matter: "decide" of "What did we
 * decide about the roof?", "time" of "What time does it close?". Any thread. */
gboolean tlm_question_is_frame (const char *word, gsize len);

G_END_DECLS
