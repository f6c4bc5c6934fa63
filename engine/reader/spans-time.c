/* SPDX-License-Identifier: Apache-2.0 */
/* The words that tell when: days, months, feasts, "tomorrow", and the small words that lead into a
 * time, in English, German, French, Spanish, Italian, Portuguese and Dutch. No dates are computed
 * here; the due words of an action are shown as they stand. A word that means something else in
 * another language is kept only where the head has context enough to tell. */
#include "reader/spans-internal.h"
#include "reader/words.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  const char *word; /* folded */
  uint16_t    classes;
} time_word;

#define DAY TL_TIME_DAY
#define MONTH TL_TIME_MONTH
#define REL TL_TIME_RELATIVE
#define UNIT TL_TIME_UNIT
#define FEAST TL_TIME_FEAST
#define DEAD TL_TIME_DEADLINE
#define AT TL_TIME_AT
#define WHICH TL_TIME_WHICH
#define CLAUSE TL_TIME_CLAUSE
#define NUMBER TL_TIME_NUMBER

/* Sorted by bytes, as strcmp() does. */
static const time_word time_words[] = {
  {"'til", DEAD}, {"a", AT | WHICH}, {"ab", AT}, {"abend", UNIT}, {"abends", UNIT}, {"about", AT},
  {"abril", MONTH}, {"acht", NUMBER}, {"advent", FEAST}, {"after", AT | CLAUSE},
  {"afternoon", UNIT}, {"afterwards", REL}, {"agora", REL}, {"agosto", MONTH}, {"ahora", REL},
  {"al", AT}, {"all", WHICH}, {"alla", AT}, {"am", UNIT | AT}, {"amanhã", REL}, {"an", UNIT | AT},
  {"anfang", UNIT}, {"anno", UNIT}, {"année", UNIT}, {"ano", UNIT}, {"another", WHICH},
  {"antes", DEAD}, {"août", MONTH}, {"apr", MONTH}, {"april", MONTH}, {"aprile", MONTH},
  {"après", AT}, {"après-demain", REL}, {"après-midi", UNIT}, {"around", AT}, {"as", AT},
  {"as-soon", CLAUSE}, {"asap", REL}, {"at", AT}, {"até", DEAD}, {"au", AT}, {"aug", MONTH},
  {"august", MONTH}, {"augustus", MONTH}, {"aujourd'hui", REL}, {"automne", UNIT},
  {"autumn", UNIT}, {"avant", DEAD}, {"avond", UNIT}, {"avril", MONTH}, {"año", UNIT},
  {"b4", DEAD}, {"bald", REL}, {"bedtime", UNIT}, {"before", DEAD | CLAUSE}, {"begin", UNIT},
  {"beginning", UNIT}, {"bevor", CLAUSE}, {"bientôt", REL}, {"binnen", DEAD}, {"birthday", FEAST},
  {"bis", DEAD}, {"break", UNIT}, {"breakfast", UNIT}, {"by", DEAD}, {"cada", WHICH},
  {"ce", WHICH}, {"ce-soir", REL}, {"cette", WHICH}, {"chaque", WHICH}, {"christmas", FEAST},
  {"cinco", NUMBER}, {"cinq", NUMBER}, {"cinque", NUMBER}, {"cob", UNIT}, {"coming", WHICH},
  {"cuando", CLAUSE}, {"cuatro", NUMBER}, {"d'ici", DEAD}, {"da", AT | WHICH}, {"dag", UNIT},
  {"dagen", UNIT}, {"daily", REL}, {"dal", AT}, {"dans", AT}, {"das", WHICH}, {"date", UNIT},
  {"day", UNIT | WHICH}, {"days", UNIT}, {"de", WHICH}, {"deadline", UNIT}, {"dec", MONTH},
  {"december", MONTH}, {"del", WHICH}, {"della", WHICH}, {"dem", WHICH}, {"demain", REL},
  {"den", WHICH}, {"der", WHICH}, {"des", WHICH}, {"desde", AT}, {"deux", NUMBER},
  {"dez", MONTH | NUMBER}, {"deze", WHICH}, {"dezember", MONTH}, {"dezembro", MONTH},
  {"di", DAY | WHICH}, {"dia", UNIT}, {"dias", UNIT}, {"dicembre", MONTH}, {"diciembre", MONTH},
  {"dieci", NUMBER}, {"dienstag", DAY}, {"diese", WHICH}, {"diesen", WHICH}, {"dieser", WHICH},
  {"dieses", WHICH}, {"diez", NUMBER}, {"dimanche", DAY}, {"dinner", UNIT}, {"dinsdag", DAY},
  {"dit", WHICH}, {"diwali", FEAST}, {"dix", NUMBER}, {"do", DAY | WHICH}, {"dois", NUMBER},
  {"domani", REL}, {"domenica", DAY}, {"domingo", DAY}, {"donderdag", DAY}, {"donnerstag", DAY},
  {"dopo", AT}, {"dopodomani", REL}, {"dos", WHICH | NUMBER}, {"drei", NUMBER}, {"drie", NUMBER},
  {"du", WHICH}, {"due", NUMBER}, {"durante", AT}, {"during", AT}, {"dès", AT | CLAUSE},
  {"début", UNIT}, {"décembre", MONTH}, {"día", UNIT}, {"días", UNIT}, {"each", WHICH},
  {"early", WHICH}, {"easter", FEAST}, {"eid", FEAST}, {"eight", NUMBER}, {"eind", UNIT},
  {"einde", UNIT}, {"eins", NUMBER}, {"el", AT}, {"eleven", NUMBER}, {"elf", NUMBER},
  {"elke", WHICH}, {"em", AT}, {"en", AT}, {"end", UNIT}, {"ende", UNIT}, {"enero", MONTH},
  {"entro", DEAD}, {"eod", UNIT}, {"eom", UNIT}, {"eow", UNIT}, {"epiphany", FEAST},
  {"esta", WHICH}, {"este", WHICH}, {"evening", UNIT}, {"evenings", UNIT}, {"every", WHICH},
  {"fall", UNIT}, {"feb", MONTH}, {"febbraio", MONTH}, {"febrero", MONTH}, {"februar", MONTH},
  {"februari", MONTH}, {"february", MONTH}, {"feierabend", UNIT}, {"ferie", FEAST},
  {"ferien", FEAST}, {"ferragosto", FEAST}, {"fevereiro", MONTH}, {"fifth", NUMBER},
  {"fim", UNIT}, {"fin", UNIT}, {"final", UNIT}, {"finales", UNIT}, {"fine", UNIT},
  {"fino", DEAD}, {"first", AT | NUMBER}, {"five", NUMBER}, {"following", WHICH}, {"for", AT},
  {"four", NUMBER}, {"fourth", NUMBER}, {"fr", DAY}, {"freitag", DAY}, {"freitags", DAY},
  {"fri", DAY}, {"friday", DAY}, {"fridays", DAY}, {"frist", UNIT}, {"from", AT}, {"früh", UNIT},
  {"frühling", UNIT}, {"férias", FEAST}, {"février", MONTH}, {"fünf", NUMBER}, {"gennaio", MONTH},
  {"giorni", UNIT}, {"giorno", UNIT}, {"giovedì", DAY}, {"giugno", MONTH},
  {"half", UNIT | NUMBER}, {"halloween", FEAST}, {"hasta", DEAD}, {"heden", REL},
  {"herbst", UNIT}, {"herfst", UNIT}, {"het", WHICH}, {"heure", UNIT}, {"heures", UNIT},
  {"heute", REL}, {"hiver", UNIT}, {"hoje", REL}, {"holiday", FEAST}, {"holidays", UNIT},
  {"hora", UNIT}, {"horas", UNIT}, {"hour", UNIT}, {"hours", UNIT}, {"hoy", REL},
  {"huit", NUMBER}, {"if", CLAUSE}, {"il", AT | WHICH}, {"im", AT}, {"immediately", REL},
  {"in", AT}, {"inizio", UNIT}, {"innerhalb", DEAD}, {"inverno", UNIT}, {"invierno", UNIT},
  {"início", UNIT}, {"jaar", UNIT}, {"jahr", UNIT}, {"jahre", UNIT}, {"jahres", UNIT},
  {"jan", MONTH}, {"janeiro", MONTH}, {"januar", MONTH}, {"januari", MONTH}, {"january", MONTH},
  {"janvier", MONTH}, {"jede", WHICH}, {"jeden", WHICH}, {"jedes", WHICH}, {"jetzt", REL},
  {"jeudi", DAY}, {"jour", UNIT}, {"jours", UNIT}, {"jueves", DAY}, {"juillet", MONTH},
  {"juin", MONTH}, {"jul", MONTH}, {"julho", MONTH}, {"juli", MONTH}, {"julio", MONTH},
  {"july", MONTH}, {"jun", MONTH}, {"june", MONTH}, {"junho", MONTH}, {"juni", MONTH},
  {"junio", MONTH}, {"jusqu'au", DEAD}, {"jusqu'à", DEAD}, {"jänner", MONTH}, {"kerst", FEAST},
  {"komende", WHICH}, {"kommende", WHICH}, {"kommenden", WHICH}, {"la", WHICH}, {"las", WHICH},
  {"last", WHICH}, {"late", WHICH}, {"later", REL}, {"latest", DEAD}, {"le", AT}, {"lent", FEAST},
  {"les", WHICH}, {"lo", WHICH}, {"logo", REL}, {"lorsque", CLAUSE}, {"los", WHICH},
  {"luglio", MONTH}, {"lunch", UNIT}, {"lunchtime", UNIT}, {"lundi", DAY}, {"lunedì", DAY},
  {"lunes", DAY}, {"maand", UNIT}, {"maandag", DAY}, {"maanden", UNIT}, {"maart", MONTH},
  {"maggio", MONTH}, {"mai", MONTH}, {"maintenant", REL}, {"maio", MONTH}, {"manhã", UNIT},
  {"mar", MONTH}, {"march", MONTH}, {"mardi", DAY}, {"mars", MONTH}, {"martedì", DAY},
  {"martes", DAY}, {"marzo", MONTH}, {"março", MONTH}, {"matin", UNIT}, {"mattina", UNIT},
  {"mattino", UNIT}, {"may", MONTH}, {"mayo", MONTH}, {"mañana", REL}, {"mediodía", UNIT},
  {"mei", MONTH}, {"meio-dia", UNIT}, {"mercoledì", DAY}, {"mercredi", DAY}, {"mes", UNIT},
  {"mese", UNIT}, {"meses", UNIT}, {"mesi", UNIT}, {"mezzogiorno", UNIT}, {"mi", DAY},
  {"michaelmas", FEAST}, {"mid", UNIT}, {"middag", UNIT}, {"middle", UNIT}, {"midi", UNIT},
  {"midnight", UNIT}, {"min", UNIT}, {"mins", UNIT}, {"minute", UNIT}, {"minutes", UNIT},
  {"mittag", UNIT}, {"mittags", UNIT}, {"mitte", UNIT}, {"mittwoch", DAY}, {"miércoles", DAY},
  {"mo", DAY}, {"mois", UNIT}, {"mon", DAY}, {"monat", UNIT}, {"monate", UNIT},
  {"monatlich", REL}, {"monats", UNIT}, {"monday", DAY}, {"mondays", DAY}, {"montag", DAY},
  {"montags", DAY}, {"month", UNIT}, {"monthly", REL}, {"months", UNIT}, {"morgen", REL},
  {"morgenochtend", REL}, {"morning", UNIT}, {"mornings", UNIT}, {"märz", MONTH}, {"mês", UNIT},
  {"na", AT}, {"nach", AT}, {"nachher", REL}, {"nachmittag", UNIT}, {"nacht", UNIT},
  {"natal", FEAST}, {"natale", FEAST}, {"navidad", FEAST}, {"negen", NUMBER}, {"nel", AT},
  {"neuf", NUMBER}, {"neujahr", FEAST}, {"neun", NUMBER}, {"next", WHICH}, {"night", UNIT},
  {"nightly", REL}, {"nights", UNIT}, {"nine", NUMBER}, {"no", AT}, {"noche", UNIT},
  {"nochebuena", FEAST}, {"noite", UNIT}, {"noon", UNIT}, {"nov", MONTH}, {"nove", NUMBER},
  {"november", MONTH}, {"novembre", MONTH}, {"novembro", MONTH}, {"noviembre", MONTH},
  {"now", REL}, {"noël", FEAST}, {"nu", REL}, {"nueve", NUMBER}, {"nuit", UNIT},
  {"nächste", WHICH}, {"nächsten", WHICH}, {"nächster", WHICH}, {"nächstes", WHICH}, {"o", WHICH},
  {"o'clock", UNIT}, {"ocho", NUMBER}, {"ochtend", UNIT}, {"oct", MONTH}, {"october", MONTH},
  {"octobre", MONTH}, {"octubre", MONTH}, {"of", WHICH}, {"oggi", REL}, {"ogni", WHICH},
  {"oito", NUMBER}, {"okt", MONTH}, {"oktober", MONTH}, {"om", AT}, {"on", AT},
  {"once", WHICH | CLAUSE}, {"one", NUMBER}, {"op", AT}, {"ora", UNIT}, {"ore", UNIT},
  {"ostern", FEAST}, {"otoño", UNIT}, {"otto", NUMBER}, {"ottobre", MONTH}, {"outono", UNIT},
  {"outubro", MONTH}, {"over", AT}, {"overmorgen", REL}, {"para", AT}, {"pascua", FEAST},
  {"pasen", FEAST}, {"pasqua", FEAST}, {"pentecost", FEAST}, {"per", AT}, {"pfingsten", FEAST},
  {"pinksteren", FEAST}, {"pm", UNIT}, {"pomeriggio", UNIT}, {"pour", AT}, {"presto", REL},
  {"prima", DEAD}, {"primavera", UNIT}, {"principios", UNIT}, {"printemps", UNIT},
  {"prochain", WHICH}, {"prochaine", WHICH}, {"pronto", REL}, {"prossima", WHICH},
  {"prossimo", WHICH}, {"próxima", WHICH}, {"próximo", WHICH}, {"páscoa", FEAST},
  {"pâques", FEAST}, {"quand", CLAUSE}, {"quando", CLAUSE}, {"quarta", DAY},
  {"quarta-feira", DAY}, {"quarter", UNIT}, {"quatre", NUMBER}, {"quatro", NUMBER},
  {"quattro", NUMBER}, {"que", WHICH}, {"questa", WHICH}, {"questo", WHICH}, {"quinta", DAY},
  {"quinta-feira", DAY}, {"ramadan", FEAST}, {"sa", DAY}, {"sabato", DAY}, {"same", WHICH},
  {"samedi", DAY}, {"samstag", DAY}, {"sat", DAY}, {"saturday", DAY}, {"saturdays", DAY},
  {"season", UNIT}, {"sechs", NUMBER}, {"second", WHICH | NUMBER}, {"segunda", DAY},
  {"segunda-feira", DAY}, {"sei", NUMBER}, {"seis", NUMBER}, {"seit", AT}, {"semaine", UNIT},
  {"semaines", UNIT}, {"semana", UNIT}, {"semanas", UNIT}, {"semester", UNIT}, {"sep", MONTH},
  {"sept", MONTH | NUMBER}, {"september", MONTH}, {"septembre", MONTH}, {"septiembre", MONTH},
  {"sera", UNIT}, {"session", UNIT}, {"setembro", MONTH}, {"sette", NUMBER}, {"settembre", MONTH},
  {"settimana", UNIT}, {"settimane", UNIT}, {"seven", NUMBER}, {"sexta", DAY},
  {"sexta-feira", DAY}, {"sieben", NUMBER}, {"siete", NUMBER}, {"silvester", FEAST},
  {"since", AT}, {"six", NUMBER}, {"so", DAY}, {"sobald", CLAUSE}, {"sofort", REL},
  {"soir", UNIT}, {"sommer", UNIT}, {"sonnabend", DAY}, {"sonntag", DAY}, {"sonst", CLAUSE},
  {"soon", REL}, {"spring", UNIT}, {"spätestens", DEAD}, {"start", UNIT}, {"starting", AT},
  {"stasera", REL}, {"straightaway", REL}, {"straks", REL}, {"stunde", UNIT}, {"stunden", UNIT},
  {"subito", REL}, {"summer", UNIT}, {"sun", DAY}, {"sunday", DAY}, {"sundays", DAY},
  {"sunrise", UNIT}, {"sunset", UNIT}, {"supper", UNIT}, {"sábado", DAY}, {"tag", UNIT},
  {"tage", UNIT}, {"tagen", UNIT}, {"tarde", UNIT}, {"ten", NUMBER}, {"tenth", NUMBER},
  {"term", UNIT}, {"terça", DAY}, {"terça-feira", DAY}, {"thanksgiving", FEAST}, {"that", WHICH},
  {"the", WHICH}, {"then", REL}, {"third", WHICH | NUMBER}, {"this", WHICH},
  {"three", WHICH | NUMBER}, {"thu", DAY}, {"thur", DAY}, {"thurs", DAY}, {"thursday", DAY},
  {"thursdays", DAY}, {"tien", NUMBER}, {"til", DEAD}, {"till", DEAD | CLAUSE}, {"tmr", REL},
  {"tmrw", REL}, {"to", AT}, {"today", REL}, {"tomorrow", REL}, {"tomoz", REL}, {"tonight", REL},
  {"tot", DEAD}, {"toussaint", FEAST}, {"tras", AT}, {"tre", NUMBER}, {"tres", NUMBER},
  {"trois", NUMBER}, {"três", NUMBER}, {"tue", DAY}, {"tues", DAY}, {"tuesday", DAY},
  {"tuesdays", DAY}, {"twee", NUMBER}, {"twelve", NUMBER}, {"twentieth", NUMBER},
  {"twice", WHICH}, {"two", WHICH | NUMBER}, {"täglich", REL}, {"uhr", UNIT}, {"uiterlijk", DEAD},
  {"um", AT}, {"until", DEAD | CLAUSE}, {"uur", UNIT}, {"vacaciones", FEAST}, {"vacances", FEAST},
  {"vakantie", FEAST}, {"van", WHICH}, {"vanaf", AT}, {"vanavond", REL}, {"vandaag", REL},
  {"vendredi", DAY}, {"venerdì", DAY}, {"verano", UNIT}, {"verão", UNIT}, {"viene", WHICH},
  {"vier", NUMBER}, {"viernes", DAY}, {"vijf", NUMBER}, {"volgende", WHICH}, {"voor", DEAD},
  {"vor", DEAD}, {"vormittag", UNIT}, {"vrijdag", DAY}, {"wanneer", CLAUSE}, {"wed", DAY},
  {"wednesday", DAY}, {"wednesdays", DAY}, {"weds", DAY}, {"week", UNIT}, {"week-end", UNIT},
  {"weekend", UNIT}, {"weekends", UNIT}, {"weekly", REL}, {"weeks", UNIT}, {"weihnachten", FEAST},
  {"weken", UNIT}, {"wenn", CLAUSE}, {"when", CLAUSE}, {"whenever", CLAUSE}, {"whitsun", FEAST},
  {"winter", UNIT}, {"within", DEAD}, {"wknd", UNIT}, {"woche", UNIT}, {"wochen", UNIT},
  {"wochenende", UNIT}, {"woensdag", DAY}, {"während", AT}, {"wöchentlich", REL}, {"xmas", FEAST},
  {"year", UNIT}, {"yearly", REL}, {"years", UNIT}, {"zaterdag", DAY}, {"zehn", NUMBER},
  {"zes", NUMBER}, {"zeven", NUMBER}, {"zodra", CLAUSE}, {"zomer", UNIT}, {"zondag", DAY},
  {"zum", AT}, {"zur", AT}, {"zwei", NUMBER}, {"zwölf", NUMBER}, {"à", AT}, {"été", UNIT},
  {"übermorgen", REL},
};

static int
compare (const void *key, const void *item)
{
  return strcmp (key, ((const time_word *) item)->word);
}

static bool
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* 14, 20th, 3pm, 14h, 2026-05-14, 1er: digits first, then at most a short tail of letters. */
static bool
is_number (const char *word, size_t len)
{
  size_t i = 0, letters = 0;

  if (!is_digit (word[0]))
    return false;
  for (; i < len; i++)
    letters += !is_digit (word[i]) && word[i] != '-' && word[i] != '.' && word[i] != ':';
  return letters <= 3;
}

uint16_t
tl_span_time_classes (const char *word, size_t len)
{
  char folded[24], *apostrophe;
  const time_word *found;

  if (len == 0 || len >= sizeof folded)
    return 0;
  if (is_number (word, len))
    return NUMBER;
  tl_text_fold (folded, word, len);
  folded[len] = '\0';
  while ((apostrophe = strstr (folded, "’")) != NULL)
    {
      *apostrophe = '\'';
      memmove (apostrophe + 1, apostrophe + strlen ("’"), strlen (apostrophe + strlen ("’")) + 1);
    }
  found = bsearch (folded, time_words, sizeof time_words / sizeof *time_words, sizeof *time_words,
                   compare);
  return found != NULL ? found->classes : 0;
}
