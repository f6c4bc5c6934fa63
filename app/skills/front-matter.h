/* SPDX-License-Identifier: Apache-2.0 */
/* What stands above a note and is about it: YAML between "---", TOML between "+++", the "#+KEY:"
 * lines of org. It is kept out of what is read; title, tags and date are taken from it. Any
 * thread. */
#pragma once

#include "notes/summary.h"

G_BEGIN_DECLS

#define TLM_FRONT_MATTER_MAX_TAGS 16

/* Around a summary that a person put at the top of the note: comments of Markdown and HTML. It is kept
 * out of what is read, and replaced by the next one. */
#define TLM_SUMMARY_BLOCK_BEGIN "<!-- TinyLM summary -->"
#define TLM_SUMMARY_BLOCK_END "<!-- /TinyLM summary -->"

typedef struct
{
  gsize   start, end; /* bytes of the note: behind the byte order mark, and where the note begins */
  gsize   block;      /* where an inserted summary begins; it reaches to the end */
  TlmSpan title;      /* start == end: none */
  TlmSpan tags[TLM_FRONT_MATTER_MAX_TAGS];
  gsize   n_tags;
  TlmDay  day; /* year 0: none */
} TlmFrontMatter;

/* @text: [len] valid UTF-8. A block that is not closed is none, and neither is one that holds
 * something but begins with no key. */
void tlm_front_matter_read (const char *text, gsize len, TlmFrontMatter *front);

#define TLM_WRITTEN_UNKNOWN (-1)

/**
 * tlm_note_day:
 * @written_at: Unix seconds of the file; 0: now; or TLM_WRITTEN_UNKNOWN: no day where the note has none
 *
 * The day on which a note was written: as its front matter says, or else its first line when that
 * holds one whole date with its year, no later than @written_at, or else that of @written_at.
 */
TlmDay tlm_note_day (const char *text, gsize len, const TlmFrontMatter *front, gint64 written_at);

G_END_DECLS
