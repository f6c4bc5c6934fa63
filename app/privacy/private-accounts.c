/* SPDX-License-Identifier: Apache-2.0 */
/* What opens something or belongs to somebody by its form alone: addresses of the net, accounts with
 * a check digit, user names, passwords and keys. */
#include "private-rules.h"

/* Luhn's check digit, which cards have (ISO/IEC 7812-1). */
static gboolean
is_card (const char *match, gsize len)
{
  char  digits[20];
  guint n = tlm_private_take_digits (match, len, digits, sizeof digits), sum = 0;

  for (guint i = 0; i < n; i++)
    {
      guint d = (guint) (digits[n - 1 - i] - '0');

      d = i % 2 == 0 ? d : d * 2;
      sum += d > 9 ? d - 9 : d;
    }
  return n >= 13 && n <= 19 && sum % 10 == 0;
}

/* ISO 13616: the country and check digits moved behind, letters as 10 to 35, modulo 97 is 1. */
static gboolean
is_iban (const char *match, gsize len)
{
  char  plain[36];
  guint n = 0, rest = 0;

  for (gsize i = 0; i < len && n < sizeof plain; i++)
    if (g_ascii_isalnum (match[i]))
      plain[n++] = g_ascii_toupper (match[i]);
  for (guint i = 0; i < n; i++)
    {
      char c = plain[(i + 4) % n];

      rest = g_ascii_isdigit (c) ? (rest * 10 + (guint) (c - '0')) % 97
                                 : (rest * 100 + (guint) (c - 'A') + 10) % 97;
    }
  return n >= 15 && rest == 1;
}

/* No word is so long and holds both. */
static gboolean
has_letters_and_digits (const char *match, gsize len)
{
  guint letters = 0, digits = 0;

  for (gsize i = 0; i < len; i++)
    {
      letters += g_ascii_isalpha (match[i]);
      digits += g_ascii_isdigit (match[i]);
    }
  return letters >= 2 && digits >= 2;
}

#define PASSWORD \
  "(?i:password|passcode|passphrase|pwd|passwor[td]|kennwort|mot de passe|contraseña|senha|" \
  "wachtwoord|lösenord|hasło|api[ -]?key|secret|token|pin)"
#define IS "(?i:is|was|are|ist|lautet|war|est|es|è|era|é|to|now)"
#define USER \
  "(?i:user ?names?|user|login|log-in|handle|nick(?:name)?|benutzer(?:name)?|utilisateur|" \
  "identifiant|usuario|utente|gebruikersnaam)"

const TlmPrivateRule tlm_private_accounts[] = {
  { TLM_PRIVATE_MAIL, TLM_RULE_SURE, "[\\w.+%'-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,6}",
    NULL },
  { TLM_PRIVATE_URL, TLM_RULE_SURE, "(?i:https?|ftp|ssh|sftp|"
    "file)://[^\\s<>\"]{2,2000}[^\\s<>\".,;:!?)]",
    NULL },
  { TLM_PRIVATE_URL, TLM_RULE_SURE, "\\bwww\\.[^\\s<>\"]{3,2000}[^\\s<>\".,;:!?)]", NULL },
  { TLM_PRIVATE_SECRET, TLM_RULE_SURE, /* password: x, password is x */
    "\\b" PASSWORD "(?:[ ]?[:=][ ]?|[ ]" IS ":?[ ])[\"'“„«]?\\K(?=\\S{0,40}[\\p{N}!$%&#@_*+-])"
    "[^\\s\"”“»,;]{3,100}[^\\s\"'”“»,;.!?)]", NULL },
  { TLM_PRIVATE_SECRET, TLM_RULE_SURE, "\\b" PASSWORD
    "[ ]\\K(?=\\S{0,40}[0-9])[^\\s\",;]{5,100}[^\\s\"',;.!?)]",
    NULL },
  { TLM_PRIVATE_SECRET, TLM_RULE_SURE, "\\b(?:sk|pk|rk|ghp|gho|glpat|xox[abp]|AKIA|AIza|"
    "eyJ)[\\w-]{12,2000}",
    has_letters_and_digits },
  { TLM_PRIVATE_IBAN, TLM_RULE_SURE, "\\b[A-Z]{2}[0-9]{2}(?:[ ]?[A-Z0-9]{1,4}){3,8}\\b", is_iban },
  { TLM_PRIVATE_IBAN, TLM_RULE_SURE,
    "\\b(?i:iban)[: ]{1,3}\\K[A-Za-z]{2}[0-9]{2}(?:[ ]?[A-Z0-9]{1,4}){2,8}\\b",
    NULL },
  { TLM_PRIVATE_CARD, TLM_RULE_SURE, "(?<![\\w.])[0-9](?:[ -]?[0-9]){12,18}(?!\\w)", is_card },
  { TLM_PRIVATE_IP, TLM_RULE_SURE, "(?<![\\w.])(?:[0-9]{1,3}\\.){3}[0-9]{1,3}(?![\\w.]*[0-9])",
    NULL },
  { TLM_PRIVATE_IP, TLM_RULE_SURE, "(?<![\\w:])(?:[0-9A-Fa-f]{1,4}:){5,7}[0-9A-Fa-f]{1,4}(?![\\w:])",
    NULL },
  { TLM_PRIVATE_IP, TLM_RULE_SURE, /* shortened by :: */
    "(?<![\\w:])(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}(?![\\w:])"
    , has_letters_and_digits },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, /* user: x */
    "\\b" USER "(?:[ ]?[:=][ ]?|[ ]" IS "[ ])[\"'“„«]?\\K[\\w.-]{2,40}\\w", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, "\\b" USER "[ ]\\K[a-z][\\w.-]{0,30}[_.0-9][\\w.-]{0,30}\\w",
    NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, "\\b(?i:for|by|as|for the|als|von|pour|para|por) (?i:user|"
    "benutzer)[ ]\\K[\\w.-]{2,40}\\w",
    NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_WEAK, "(?<![\\w@./])@\\w[\\w.]{1,38}\\w\\b", NULL },
  { TLM_PRIVATE_SECRET, TLM_RULE_WEAK, "\\b[A-Za-z0-9_-]{24,200}\\b", has_letters_and_digits },
  { .pattern = NULL },
};
