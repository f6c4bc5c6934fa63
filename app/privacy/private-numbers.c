/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that belong to somebody. Papers of many countries have a form of their own; others are
 * given away by the word before them. What is left is a run of digits too long for a count or a year. */
#include "private-rules.h"

guint
tlm_private_take_digits (const char *s, gsize len, char *digits, guint max)
{
  guint n = 0;

  for (gsize i = 0; i < len && n < max; i++)
    if (g_ascii_isdigit (s[i]))
      digits[n++] = s[i];
  return n;
}

/* Seven digits at least; shorter ones are counts, prices and years. */
static gboolean
is_phone (const char *match, gsize len)
{
  char  digits[20];
  guint n = tlm_private_take_digits (match, len, digits, sizeof digits);

  return n >= 7 && n <= 15;
}

/* 1.000.000 or 45 138 000, not 12 345 678 903 */
static gboolean
is_round (const char *match, gsize len)
{
  g_autofree char *run = g_strndup (match, len);

  return g_regex_match_simple ("^[0-9]{1,3}(?:[ .][0-9]{3}){0,3}[ .]000$", run, 0, 0);
}

static gboolean
has_five_digits (const char *match, gsize len)
{
  char digits[5];

  return tlm_private_take_digits (match, len, digits, 5) == 5 && !is_round (match, len);
}

/* Behind a word that says so fewer will do, but no year. */
static gboolean
is_reference (const char *match, gsize len)
{
  char     digits[5];
  guint    n = tlm_private_take_digits (match, len, digits, 5);
  gboolean year = len == 4 && n == 4
                  && (g_str_has_prefix (match, "19") || g_str_has_prefix (match, "20"));

  return !year && (n >= 4 || (n >= 2 && len >= 5));
}

#define MONTHS \
  "(?:jan|jui|jun|feb|mar|mär|apr|may|mai|jul|aug|sep|set|oct|okt|nov|dec|dez|ene|abr|ago|dic|" \
  "fév|avr|août|déc|gen|giu|lug|ott|mag|out|maj|fev)[\\p{L}]{0,8}\\.?"
#define NO_UNIT \
  "(?![ ]?(?:(?:[kKMGT]i?B|bytes?|rows?|lines?|people|users?|inhabitants|Einwohner|habitants?|" \
  "habitantes|abitanti|[kcm]?m|k?g|mg|ml|l|Hz|kW|kWh|EUR|USD|GBP|CHF|euros?|dollars?|pounds?|" \
  "words|tokens|steps|times|miles|Zeilen|Wörter|Euro|Schritte)\\b|[€$£%°元円원万萬億亿만억人명年個个件歳岁]))"
/* What has a number, in the words of several languages. */
#define PAPER \
  "(?i:order|booking|reservation|invoice|account|acct|policy|claim|case|docket|file|passport|" \
  "licen[cs]e|permit|visa|plate|registration|reg|customer|client|member(?:ship)?|patient|student|" \
  "staff|employee|employer|payroll|serial|tracking|parcel|ticket|reference|ref|meter|contract|" \
  "mrn|nhs|ssn|social security|national insurance|ni|ein|imei|vat|tax|id|sort code|routing|bic|" \
  "swift|pnr|card|badge|locker|prescription|insurance|crn|urn|vin|\\p{L}{0,30}nummer|" \
  "\\p{L}{0,30}-?nr|\\p{L}{2,30}zeichen|\\p{L}{2,30}kennung|\\p{L}{2,30}-id|rechnung|auftrag|" \
  "vertrag|bestellung|vorgang|kundin|kunde|ausweis|reisepass|commande|dossier|facture|contrat|" \
  "réf(?:érence)?|immatriculation|plaque|client|adhérent|siret|sécurité sociale|allocataire|" \
  "passeport|permis|dni|nie|nif|cif|expediente|factura|pedido|póliza|matrícula|contrato|" \
  "referencia|pasaporte|seguridad social|codice fiscale|partita iva|p\\.? ?iva|pratica|fattura|" \
  "targa|ordine|polizza|tessera|passaporto|contratto|cpf|cnpj|processo|bsn|klantnummer|" \
  "personnummer|pesel|nip)"
#define LINK \
  "(?:[ ]?(?:[:#=]|(?i:no|nr|n|nº|num|núm)[.°º]?|№|[(]|(?i:number|nummer|numéro|numero|número|" \
  "code|id|is|ist|lautet|est|es|è|é|was|le|la|el|il|die|of|to|should be|" \
  "de))(?![\\p{L}])){0,4}[ ]?"
#define VALUE \
  "(?=[A-Z0-9/. -]{0,12}[0-9])[A-Z0-9][A-Z0-9]{0,30}(?:[ ./-](?:[A-Z]{1,4}(?![\\p{L}])|" \
  "[A-Z0-9]{0,20}[0-9][A-Z0-9]{0,20})){0,9}(?![\\p{Ll}@])"
#define BORN \
  "(?i:born|d\\.?o\\.?b\\.?|birth(?:day|date)?|date of birth|geb\\.?|geboren|geburtstag|" \
  "geburtsdatum|née?|naissance|nacid[oa]|nací|nacimiento|nat[oa]|nascita|nascid[oa]|" \
  "geboortedatum|född)"

const TlmPrivateRule tlm_private_numbers[] = {
  { TLM_PRIVATE_DATE, TLM_RULE_WEAK,
    "(?<![\\w.])[0-9]{1,2}[./-][ ]?[0-9]{1,2}[./-][ ]?(?:[0-9]{4}|"
    "[0-9]{2})(?![\\w-])(?<![0-9]{2}-[0-9]{2}-[0-9]{2})", NULL },
  { TLM_PRIVATE_DATE, TLM_RULE_WEAK,
    "(?<![\\w-])[0-9]{4}[-./年][0-9]{1,2}[-./月][0-9]{1,2}日?(?![0-9])", NULL },
  { TLM_PRIVATE_DATE, TLM_RULE_WEAK,
    "(?i)(?<!\\w)[0-9]{1,2}(?:st|nd|rd|th|er|[.°º])?[ ]?(?:de[ ]|of[ ])?" MONTHS ",?[ ](?:de[ ]|"
    "del[ ])?[0-9]{4}\\b", NULL },
  { TLM_PRIVATE_DATE, TLM_RULE_WEAK, "(?i)\\b" MONTHS "[ ][0-9]{1,2}(?:st|nd|rd|"
    "th)?,?[ ][0-9]{4}\\b", NULL },
  { TLM_PRIVATE_DATE, TLM_RULE_SURE, /* a birthday without a year, or the year alone */
    "\\b" BORN "[:,]?[ ](?:(?i:on|in|am|im|le|el|il|em|the|is|was|"
    "ist)[ ]){0,3}\\K(?i:[0-9]{1,2}(?:st|nd|rd|th|er|[.°º])?[ ](?:de[ ]|of[ ])?" MONTHS
    "|" MONTHS "[ ][0-9]{1,2}|[0-9]{4})\\b", NULL },
  { TLM_PRIVATE_PHONE, TLM_RULE_SURE, "(?<![\\w+])(?:\\+|"
    "00)[1-9](?:[ ()./-]{0,3}[0-9]){6,14}(?!\\w)", is_phone },
  { TLM_PRIVATE_PHONE, TLM_RULE_SURE,
    "(?<![\\w.,])\\([0-9]{2,5}\\)[ ]?[0-9]{2,8}(?:[ ./-][0-9]{2,8}){0,4}(?!\\w)", is_phone },
  { TLM_PRIVATE_PHONE, TLM_RULE_SURE, /* said so */
    "\\b(?i:tel(?:ephone|efon|éfono|éphone|efono)?|phone|call|ring|mobile|cell|fax|whatsapp|handy|"
    "mobil|portable|móvil|cellulare|anruf\\p{L}{0,3})"
    "[.:]{0,2}[ ](?:(?i:me|us|on|at|is|ist|est|au|al|"
    "unter)[ ]){0,3}\\K[(+]?[0-9](?:[ ()./-]{0,2}[0-9]){5,14}(?!\\w)", NULL },
  { TLM_PRIVATE_NUMBER, TLM_RULE_SURE, "(?<![\\w-])(?:[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{2}-[0-9]{7}|"
    "[0-9]{2}-[0-9]{2}-[0-9]{2})(?![\\w-])",
    NULL }, /* of the US: SSN, EIN; of the UK: sort code */
  { TLM_PRIVATE_NUMBER, TLM_RULE_SURE, "(?<!\\w)[A-Z]{2}[ ]?(?:[0-9]{2}[ ]?){3}[A-D](?!\\w)",
    NULL }, /* UK: NI */
  { TLM_PRIVATE_NUMBER, TLM_RULE_SURE, "(?<!\\w)(?:[0-9]{8}-?|[XYZ]-?[0-9]{7}-?)[A-Z](?!\\w)",
    NULL }, /* ES: DNI, NIE */
  { TLM_PRIVATE_NUMBER, TLM_RULE_SURE,
    "(?i)(?<!\\w)[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z](?!\\w)", NULL }, /* IT */
  { TLM_PRIVATE_NUMBER, TLM_RULE_SURE, /* FR: NIR */
    "(?<!\\w)[1-4][ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[0-9][0-9AB][ ]?[0-9]{3}[ ]?[0-9]{3}(?:[ ]?"
    "[0-9]{2})?(?!\\w)", NULL },
  { TLM_PRIVATE_NUMBER, TLM_RULE_SURE, /* DE: pension insurance, health insurance, tax; BR: CPF */
    "(?<!\\w)(?:[0-9]{2}[ ]?[0-9]{6}[ ]?[A-Z][ ]?[0-9]{3}|[A-Z][0-9]{9}|"
    "[0-9]{2,3}/[0-9]{3}/[0-9]{4,5}|(?:[0-9]{3}\\.){2}[0-9]{3}-[0-9]{2})(?!\\w)", NULL },
  { TLM_PRIVATE_NUMBER, TLM_RULE_SURE, /* plates: DE, UK, FR, IT */
    "(?<![\\w-])(?:[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}[ ]?[0-9]{1,4}[EH]?|[A-Z]{2}[0-9]{2}[ ]?[A-Z]{3}|"
    "[A-Z]{2}-?[0-9]{3}-?[A-Z]{2})(?![\\w-])", NULL },
  { TLM_PRIVATE_NUMBER, TLM_RULE_WEAK, "(?<!\\w)[0-9]{4}[ ]?[B-DF-HJ-NP-TV-Z]{3}(?!\\w)", NULL },
    /* ES */
  { TLM_PRIVATE_NUMBER, TLM_RULE_SURE, "\\b" PAPER "(?![\\p{L}])" LINK "\\K"
    VALUE NO_UNIT, is_reference },
  { TLM_PRIVATE_PHONE, TLM_RULE_SURE,
    "(?<![\\w.,])(?<![0-9][ ])\\(?0[0-9]{1,5}\\)?(?:[ ./-]{1,3}[0-9]{2,8}){1,5}(?!\\w)", is_phone },
  { TLM_PRIVATE_PHONE, TLM_RULE_SURE,
    "(?<![\\w.,])\\(?[0-9]{3}\\)?[ .-][0-9]{3,4}[ .-][0-9]{3,4}(?!\\w)", is_phone },
  { .pattern = NULL },
};

const TlmPrivateRule tlm_private_runs[] = {
  { TLM_PRIVATE_NUMBER, TLM_RULE_WEAK,
    "(?<![\\w.,/$€£-])(?![0-9]{1,3}/[0-9]{1,3}(?![0-9/])|"
    "[0-9]{1,2}\\.[0-9]{1,3}\\b)(?:[A-Z]{1,5}[ /-]?)?[0-9][A-Z0-9]{0,20}"
    "(?:(?:" NO_UNIT "[ ]|[./-])[A-Z0-9]{1,12}){0,6}(?![\\w/-])(?!,[0-9])"
    NO_UNIT, has_five_digits },
  { TLM_PRIVATE_NUMBER, TLM_RULE_WEAK, "\\b[A-Z]{1,8}[0-9][A-Z0-9]{4,20}\\b", has_five_digits },
  { .pattern = NULL },
};
