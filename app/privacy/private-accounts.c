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

#define MAIL "[\\w.+%'-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,6}"
#define PASSWORD \
  "(?i:passcode|passphrase|pwd|passwor[td]|kennwort|mot de passe|contraseña|senha|wachtwoord|" \
  "lösenord|hasło)"
#define KEY "(?:" PASSWORD "|(?i:api[ -]?key|secret|token|pin))"
#define IS "(?i:is|was|are|ist|lautet|war|est|es|è|era|é|to|now)"
#define EQUALS "[\"'*]{0,2}[ ]?[:=][*]{0,2}[ ]?"
#define QUOTE "[\"'“„«]"
/* Up to white space, as a password may hold any sign; but a mail address has its own rule. */
#define VALUE \
  "(?!" MAIL "[.,;!?)]{0,3}(?:\\s|\\z))[^\\s\"”“»]{3,}[^\\s\"'”“»,;.!?)]"
/* What else follows on "password:", and on "the password is": the usual words of some languages, as
 * no list of them is complete. One that is missing is taken for a password, which loses less than a
 * password that is left. */
#define NO_VALUE \
  "(?!(?i:the|an?|see|ask|use|please|not?|none|your|required|optional|forgotten|lost|changed|" \
  "minimum|min|must|siehe|steht|bitte|nicht|kein\\w{0,2}|der|die|das|vergessen|geändert|voir|pas|le|la|" \
  "oubli\\w{1,4}|ver|no|vedi|non)\\b)"
#define STATE \
  "(?!(?i:wrong|right|correct|incorrect|valid|invalid|weak|strong|safe|secure|secret|old|new|" \
  "empty|blank|gone|lost|unknown|known|different|same|long|short|too|very|still|here|there|below|" \
  "above|simple|easy|hard|good|fine|important|mandatory|reset|case|falsch|richtig|korrekt|sicher|schwach|" \
  "stark|leer|geheim|kurz|lang|hier|dort|noch|unten|oben|faux|fausse|bon|bonne|sûr|ici|trop|" \
  "correcto|incorrecto|segur[oa]|nuev[oa]|aquí|giust[oa]|sicur[oa]|" \
  "\\p{L}{1,20}(?:ed|ing|en|able|ible|lich|bar|ig|iert|ée?|[aio]d[oa]|[aiu]t[oa])|" \
  "(?:ge|ver|er)\\p{L}{2,20}t)\\b)"
#define USER \
  "(?i:user ?names?|user|login|log-in|handle|nick(?:name)?|benutzer(?:name)?|utilisateur|" \
  "identifiant|usuario|utente|gebruikersnaam)"

const TlmPrivateRule tlm_private_accounts[] = {
  { TLM_PRIVATE_URL, TLM_RULE_SURE,
    "(?i:https?|ftp|ssh|sftp|file)://[^\\s<>\"]{2,}[^\\s<>\".,;:!?)]", NULL },
  { TLM_PRIVATE_URL, TLM_RULE_SURE, "\\bwww\\.[^\\s<>\"]{3,}[^\\s<>\".,;:!?)]", NULL },
  { TLM_PRIVATE_SECRET, TLM_RULE_SURE, /* password: x9, password is x9: a digit or sign in it */
    "\\b" KEY "(?:" EQUALS "|[ ]" IS ":?[ ])" QUOTE "?\\K(?=\\S{0,40}[\\p{N}!$%&#@_*+-])" VALUE,
    NULL },
  { TLM_PRIVATE_SECRET, TLM_RULE_SURE, /* password: x */
    "\\b" PASSWORD EQUALS QUOTE "?\\K" NO_VALUE VALUE, NULL },
  { TLM_PRIVATE_SECRET, TLM_RULE_SURE, "\\b" PASSWORD "[ ]" IS "[ ]" QUOTE "\\K" VALUE, NULL },
  { TLM_PRIVATE_SECRET, TLM_RULE_SURE, /* the password is x. */
    "\\b" PASSWORD "[ ](?i:is|ist|lautet|est|es|è|é)[ ]\\K" STATE
    "\\p{L}{4,30}(?=\\s{0,9}\\z|[.!,;](?:\\s|\\z)|\\n)", NULL },
  { TLM_PRIVATE_SECRET, TLM_RULE_SURE, /* password x9 */
    "\\b" KEY "[ ]\\K(?=\\S{0,40}[0-9])(?=\\S{6})" VALUE, NULL },
  { TLM_PRIVATE_MAIL, TLM_RULE_SURE, MAIL, NULL },
  { TLM_PRIVATE_SECRET, TLM_RULE_SURE,
    "\\b(?:sk|pk|rk|ghp|gho|glpat|xox[abp]|AKIA|AIza|eyJ)[\\w-]{12,}(?:\\.[\\w-]{2,}){0,2}",
    has_letters_and_digits },
  { TLM_PRIVATE_IBAN, TLM_RULE_SURE, "\\b[A-Z]{2}[0-9]{2}(?:[ ]?[A-Z0-9]{1,4}){3,8}\\b", is_iban },
  { TLM_PRIVATE_IBAN, TLM_RULE_SURE, /* in cells */
    "\\b[A-Z]{2}[0-9]{2}(?:\t[A-Z0-9]{4}){2,7}(?:\t[A-Z0-9]{1,3})?\\b", is_iban },
  { TLM_PRIVATE_IBAN, TLM_RULE_SURE,
    "\\b(?i:iban)[: ]{1,3}\\K[A-Za-z]{2}[0-9]{2}(?:[ ]?[A-Z0-9]{1,4}){2,8}\\b",
    NULL },
  { TLM_PRIVATE_CARD, TLM_RULE_SURE, "(?<![\\w.])[0-9](?:[ -]?[0-9]){12,18}(?!\\w)", is_card },
  { TLM_PRIVATE_CARD, TLM_RULE_SURE, /* in cells, which a table of years has, too */
    "(?<![\\w.])(?<![0-9]\t)(?:[3-6][0-9]{3}|2[2-7][0-9]{2})(?:\t[0-9]{4}){3}(?!\\w|\t[0-9])", is_card },
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
  { TLM_PRIVATE_SECRET, TLM_RULE_WEAK, "\\b[A-Za-z0-9_-]{24,}\\b", has_letters_and_digits },
  { .pattern = NULL },
};
