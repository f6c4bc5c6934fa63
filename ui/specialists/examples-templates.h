/* SPDX-License-Identifier: Apache-2.0 */
/* Common jobs that a set of examples can begin with. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* All words in the person's language. */
typedef struct
{
  const char *kind;          /* as the store keeps it; "" for any other job */
  const char *title;
  const char *about;         /* one sentence */
  const char *input, *output; /* what the columns hold */
  const char *samples[3][2]; /* NULL: none */
} TlmExampleTemplate;

/* The last is the empty one. */
guint              tlm_example_templates_count (void);
TlmExampleTemplate tlm_example_templates_get   (guint i);
TlmExampleTemplate tlm_example_templates_find  (const char *kind); /* else the empty one */

G_END_DECLS
