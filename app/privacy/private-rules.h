/* SPDX-License-Identifier: Apache-2.0 */
/* What the tables of rules have in common: a class of details has a file with its patterns, and
 * private-details.c runs them over a text. They read a copy of it (private-copy.h), in which a blank
 * is U+0020 and a hyphen "-". Each quantifier is bounded, but for one class that runs to white space,
 * so that no text makes a pattern slow; what stands before \K belongs to the surroundings. */
#pragma once

#include "private-details.h"

G_BEGIN_DECLS

typedef enum
{
  TLM_RULE_SURE = 0,
  TLM_RULE_WEAK = 1 << 0,     /* "perhaps" in a text that is about nobody in particular */
  TLM_RULE_NO_GERMAN = 1 << 2, /* where each noun has a capital: left out */
  TLM_RULE_HASTY = 1 << 3,    /* only for a text without capitals */
} TlmRuleFlags;

typedef struct
{
  TlmPrivateKind kind;
  TlmRuleFlags   flags;
  const char    *pattern;
  gboolean     (*check) (const char *match, gsize len); /* (nullable) */
} TlmPrivateRule;

/* Each ends with a rule that has no pattern. In the order in which they are asked: what an earlier
 * one has taken, a later one leaves. */
extern const TlmPrivateRule tlm_private_accounts[];  /* mail, links, bank accounts, passwords */
extern const TlmPrivateRule tlm_private_numbers[];   /* dates, telephones, papers with a number */
extern const TlmPrivateRule tlm_private_addresses[];
extern const TlmPrivateRule tlm_private_runs[];      /* any other long run of digits */
extern const TlmPrivateRule tlm_private_persons[];   /* names that their surroundings give away */
extern const TlmPrivateRule tlm_private_capitals[];  /* names that a capital gives away */

/* A word that may be one of a name; group 1: a name that stands behind another in a list. */
extern const char tlm_private_word[], tlm_private_beside[];

/* The digits among @len bytes, at most @max of them. Returns how many. */
guint tlm_private_take_digits (const char *s, gsize len, char *digits, guint max);

G_END_DECLS
