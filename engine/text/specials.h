/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the tokens that are cut out of the text before anything else: user-defined ones always, and
 * control tokens like <|im_start|> where the caller wants them parsed. */
#pragma once

#include "text/vocab.h"

typedef struct
{
  tl_str        piece; /* in the vocabulary */
  int32_t       id;
  tl_token_type type;
} tl_special;

/* The caller owns the struct; it borrows from the vocabulary. */
typedef struct
{
  tl_special *sorted; /* by piece, so that pieces with a common beginning are neighbours */
  size_t      n;
  bool        begins[256]; /* whether a piece begins with this byte */
} tl_specials;

bool tl_specials_init  (tl_specials *s, const tl_vocab *v, tl_error *err);
void tl_specials_clear (tl_specials *s);

/**
 * tl_specials_match:
 * Returns: (nullable): the longest of them that @text begins with; control and unknown tokens only
 * with @control.
 */
const tl_special *tl_specials_match (const tl_specials *s, const char *text, size_t len,
                                     bool control);
