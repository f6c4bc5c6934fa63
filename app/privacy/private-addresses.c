/* SPDX-License-Identifier: Apache-2.0 */
/* Where somebody lives: the words for a street in the languages of Western Europe, each where it
 * stands there, and postcodes with their town. A street without a number may be a famous one. */
#include "private-rules.h"

#define CAP "\\p{Lu}[\\p{L}\\p{M}'’.-]{1,30}"
#define ROAD \
  "(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Way|" \
  "Close|Crescent|Row|Boulevard|Blvd|Gardens|Grove|Hill|Mews|Park|View|Walk|Yard|Quay|Wharf|" \
  "Green|Rise|Parade|Circle|Cir|Trail|Parkway|Pkwy|Highway|Hwy|Loop|Alley|Cottages|Villas|" \
  "Heights|Path|Bank|Vale|Drove|Broadway)"
#define SMALL_ROAD "(?:street|road|rd|avenue|ave|lane|drive|court|close|crescent|terrace|gardens|" \
  "grove|mews|blvd|boulevard|square)"
#define NO_ROAD \
  "(?:the|a|an|this|that|our|my|your|his|her|their|per|to|by|on|in|of|no|one|way|minutes?|miles?|" \
  "years?|hours?|people|metres?|meters?|km|more|cars?|houses?|from|at|and|down)"
#define FLAT \
  "(?:(?i:flat|apt|apartment|unit|suite|room|house|no)\\.?[ ][0-9A-Za-z]{1,5},?[ ])?"
#define HOUSE "[ ][0-9]{1,4}(?:[ ]?[a-zA-Z])?(?:[ ]?[-/][ ]?[0-9]{1,4})?(?![\\w%€$])"
#define GERMAN_ROAD \
  "(?i:straße|strasse|str\\.|str|weg|gasse|platz|allee|ufer|damm|ring|steig|stieg|graben|" \
  "chaussee|promenade|hof|berg|straat|laan|gracht|kade|plein|singel|gatan|vägen|gränd|torget|" \
  "gade|vej|veien|gata)"
#define ROMAN_ROAD \
  "(?i:rue|avenue|av\\.?|boulevard|bd\\.?|place|impasse|chemin|allée|quai|cours|route|cité|" \
  "sentier|square|passage|ruelle|résidence|lotissement|via|viale|v\\.le|piazza|piazzale|p\\.zza|" \
  "corso|largo|vicolo|strada|contrada|calle|c/|avenida|avda\\.?|paseo|plaza|pza\\.?|camino|" \
  "carretera|travesía|ronda|callejón|rua|travessa|praça|estrada|ulica|ul\\.|al\\.|os\\.)"
#define OF "(?:(?:de|du|des|della|dello|dei|degli|delle|del|di|la|le|les|los|las|da|do|dos|das|" \
  "l['’])[ ]?){0,2}"
#define ROMAN_NAME OF "(?:d['’]|l['’])?(?:" CAP "|[0-9]{1,2}(?=[ ]\\p{Ll}))(?:[ ](?:" OF ")" CAP \
  "){0,3}"
#define FLOOR "(?:,?[ ](?:[0-9]{1,2}(?![0-9])[º°ªo.]{0,2}(?:[ ][A-Z0-9]{1,4}\\b)?|(?i:int|scala|" \
  "esc|bajo|ático|piso|étage|bât)\\.?[ ]?[A-Z0-9]{0,4}\\b)){0,3}"

const TlmPrivateRule tlm_private_addresses[] = {
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE,
    FLAT "(?<![\\w.])[0-9]{1,5}[A-Za-z]?(?:[ ]?[-/][ ]?[0-9]{1,4})?,?[ ](?:" CAP "[ ]){1,4}" ROAD
    "\\b\\.?"
    "(?:,?[ ](?:Flat|Apt|Apartment|Unit|Suite|Room|#)\\.?[ ]?[0-9A-Za-z]{1,5}\\b)?", NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE, /* typed in haste */
    "(?<![\\w.,])[0-9]{1,5}[a-z]?[ ](?:(?!" NO_ROAD "\\b)[\\p{L}'’]{2,20}[ ]){1,2}(?i:" SMALL_ROAD
    ")\\b", NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE, /* and what follows: town, region */
    "(?i:p\\.?[ ]?o\\.?[ ]?box|postfach|boîte postale|apartado(?: de correos)?|casella postale|"
    "postbus)[ ]\\K[0-9][0-9 ]{0,8}[0-9]\\b"
    "(?:,[ ](?:[0-9]{4,5}[ ])?" CAP "(?:,?[ ][A-Z]{2}[ ][0-9]{5})?)?", NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE, "\\b" CAP "(?:[ ]" CAP
    "){0,2},[ ][A-Z]{2}[ ][0-9]{5}(?:-[0-9]{4})?(?!\\w)", NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE,
    "\\b[\\p{L}][\\p{L}\\p{M}.-]{2,30}" GERMAN_ROAD HOUSE, NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE,
    "\\b\\p{Lu}[\\p{L}\\p{M}.-]{2,30}(?:[ ]\\p{Lu}[\\p{L}\\p{M}.-]{1,30})?[ -](?:Straße|Strasse|"
    "Str\\.|Allee|Platz|Weg|Ring|Damm|Ufer|Gasse|Chaussee|Hof|Berg)"
    HOUSE, NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE,
    "\\b(?:Am|An der|An den|Im|In der|In den|Auf der|Auf dem|Unter den|Zum|Zur|Hinter der|"
    "Hinter dem|Beim|Bei der|Vor dem|Vor der)"
    "(?:[ ](?:Alten|Neuen|Hohen|Langen|Großen|Kleinen))?[ ]"
    "(?!(?i:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|"
    "montag|dienstag|mittwoch|donnerstag|"
    "freitag|samstag|sonntag|jahr|kapitel|abschnitt|raum|preis|tag|durchschnitt|schnitt|"
    "alter)\\w{0,3}\\b)"
    "\\p{Lu}[\\p{L}-]{2,30}[ ][0-9]{1,3}[a-z]?\\b(?![.:]?[ ]?(?:Uhr|€|Euro|%|Prozent|Personen|"
    "[0-9]))", NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE, /* number first: French */
    "(?:\\b(?i:résidence|bâtiment|appartement|appt?)[.]?[ ]" CAP "(?:[ ]" CAP
    "){0,2},[ ])?(?<![\\w.])[0-9]{1,4}(?:[ ]?(?:bis|ter|[a-zA-Z]))?,?[ ]" ROMAN_ROAD "[ ]?" OF
    "(?:[dl]['’])?[\\p{L}][\\p{L}\\p{M}'’-]{1,30}(?:[ ]\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}){0,3}",
    NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE, /* number last */
    "(?<!\\w)" ROMAN_ROAD "[ ]?" ROMAN_NAME ",?(?:[ ](?:n[.º°]|n\\.[º°]|nº|núm\\.?|num\\.?|"
    "numero))?[ ][0-9]{1,4}(?:[ ]?[a-zA-Z]\\b)?(?!\\w)" FLOOR, NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE, /* the same typed in haste */
    "(?<!\\w)(?:rue|calle|avenida|via|viale|corso|rua|chemin|"
    "impasse)[ ](?:[\\p{Ll}'’]{2,20}[ ]){1,3}[0-9]{1,4}(?!\\w)", NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_WEAK, "(?<!\\w)(?i:rue|avenue|boulevard|impasse|chemin|quai|via|"
    "viale|piazza|corso|calle|avenida|paseo|plaza|rua|praça)[ ]" ROMAN_NAME, NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE, /* postcode and town */
    "\\b(?:[A-Z]{1,2}-)?[0-9]{5}[ ](?!(?:Euro|Dollar|Einwohner|Stück|Menschen|Personen|Mark|"
    "Franken)\\b)\\p{Lu}[\\p{L}\\p{M}'’-]{2,30}"
    "(?:[ ](?:(?:am|an der|im|la|le|les|de|sur|del|di)[ ])?\\p{Lu}[\\p{L}'’-]{2,30})?", NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE, "\\b(?:[0-9]{4}[ ][A-Z]{2}|[0-9]{2}-[0-9]{3}|"
    "[0-9]{3}[ ][0-9]{2})[ ]\\p{Lu}\\p{Ll}[\\p{L}-]{1,30}", NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE, "(?:(?<=[,\n] )|(?<=[,\n]))(?!19|"
    "20)[1-9][0-9]{3}[ ]\\p{Lu}\\p{Ll}[\\p{L}-]{2,30}\\b", NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE,
    "\\b[A-Z]{1,2}[0-9][A-Z0-9]?[ ]?[0-9][A-Z]{2}\\b(?:[ ]\\p{Lu}[\\p{L}-]{2,30})?", NULL },
  { TLM_PRIVATE_ADDRESS, TLM_RULE_SURE, "\\b[A-Z]{2}[ ][0-9]{5}(?:-[0-9]{4})?(?![\\w/-])", NULL },
  { .pattern = NULL },
};
