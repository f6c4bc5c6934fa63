/* SPDX-License-Identifier: Apache-2.0 */
/* A text as the rules of private details read it: every blank is U+0020, every hyphen "-", every
 * digit an ASCII one, and what is not seen is left out. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TLM_PRIVATE_PLAIN,
  TLM_PRIVATE_PARTED, /* a blank where a script writes none before digits: "电话13800138000" */
  TLM_PRIVATE_JOINED, /* a tab, a run of blanks and a line's end in a paragraph are a blank each;
                      * between figures in columns a tab, in rows a line's end */
} TlmPrivateReading;

typedef struct
{
  TlmPrivateReading reading;
  gboolean          changed; /* unlike the plain one */
  const char       *source;  /* the caller's */
  char             *text;    /* [len], and a NUL byte */
  gsize             len;
  gsize            *places;  /* [len + 1] for each byte, where its character begins in @source */
} TlmPrivateCopy;

/* @text: [len] valid UTF-8, which must live as long
 *
 * Clear it with tlm_private_copy_clear(). */
void tlm_private_copy_init (TlmPrivateCopy *copy, const char *text, gsize len,
                            TlmPrivateReading reading);

/* Where what ends before byte @end of @copy ends in its source, without what is not seen there. */
gsize tlm_private_copy_get_end (const TlmPrivateCopy *copy, gsize end);

void tlm_private_copy_clear (TlmPrivateCopy *copy);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TlmPrivateCopy, tlm_private_copy_clear)

G_END_DECLS
