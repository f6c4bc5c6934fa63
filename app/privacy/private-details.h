/* SPDX-License-Identifier: Apache-2.0 */
/* What of a text tells who somebody is or how to reach them: found by plain rules before the person
 * takes the text elsewhere. Rules miss things and mark too much; so the person sees the marks and
 * decides. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TLM_PRIVATE_MAIL,
  TLM_PRIVATE_URL,     /* any: a path or query may hold a token */
  TLM_PRIVATE_IBAN,
  TLM_PRIVATE_CARD,    /* 13 to 19 digits with a check digit */
  TLM_PRIVATE_DATE,    /* with day, month and year: a day of birth, perhaps */
  TLM_PRIVATE_PHONE,
  TLM_PRIVATE_IP,
  TLM_PRIVATE_ADDRESS, /* street and number, postcode and town */
  TLM_PRIVATE_NUMBER,  /* any other run of five digits or more, also with letters in it */
  TLM_PRIVATE_NAME,
  TLM_PRIVATE_SECRET,  /* a password or key */
  TLM_N_PRIVATE
} TlmPrivateKind;

typedef struct
{
  TlmPrivateKind kind;
  gsize          start, end; /* UTF-8 bytes of the text */
  gboolean       perhaps;    /* a capital or a date, in a text that is about nobody in particular */
} TlmPrivateDetail;

extern const char *const tlm_private_names[TLM_N_PRIVATE]; /* "mail", "url", … */

/* @text: [len] valid UTF-8. (element-type TlmPrivateDetail) (transfer full): in order, apart */
GArray *tlm_private_find (const char *text, gsize len);

/* What stands in its place, e.g. "[name]". (transfer none): translated */
const char *tlm_private_get_placeholder (TlmPrivateKind kind);

/* The text with a placeholder for each of @details. (transfer full) */
char *tlm_private_replace (const char *text, const GArray *details);

G_END_DECLS
