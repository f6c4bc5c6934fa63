/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of one date over the tokens of dates-words.h. */
#pragma once

#include "skills/dates-calendar.h"

G_BEGIN_DECLS

/* What the rules know beside the tokens, which are closed by two of kind OTHER. */
typedef struct
{
  GDate    today;
  gboolean between; /* "and" joins the ends of a range */
  int      year;    /* of a day or month that says none; 0: the coming one */
} TlmDateReader;

/* Whether a token joins the ends of a range. */
gboolean tlm_date_is_to (const TlmDateReader *reader, const TlmDateToken *token);

/* "prochain", "que viene": said behind what it is said of, as "next" is not */
gboolean tlm_date_is_coming (const TlmDateToken *token);

/* The date that begins at @token. Returns the token behind it, or NULL when none begins there; @days
 * without a first one is a date that is not to be told. */
const TlmDateToken *tlm_date_read (const TlmDateReader *reader, const TlmDateToken *token,
                                   TlmDays *days);

G_END_DECLS
