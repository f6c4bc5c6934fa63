/* SPDX-License-Identifier: Apache-2.0 */
/* Dates in words. The expected days were read off a calendar of 2026 and 2027, by hand. */
#include "skills/dates.h"

#include <string.h>

/*        May 2026                June 2026
 *  Mo Tu We Th Fr Sa Su    Mo Tu We Th Fr Sa Su
 *               1  2  3     1  2  3  4  5  6  7
 *   4  5  6  7  8  9 10     8  9 10 11 12 13 14 */
typedef struct
{
  const char *words;
  const char *first, *last; /* NULL: none; last NULL: the same day */
} Case;

/* Written on Wednesday 6 May 2026. */
static const Case on_a_wednesday[] = {
  /* days near by */
  { "today", "2026-05-06", NULL }, { "by EOD", "2026-05-06", NULL },
  { "tonight", "2026-05-06", NULL }, { "end of day", "2026-05-06", NULL },
  { "by the end of the day", "2026-05-06", NULL }, { "COB", "2026-05-06", NULL },
  { "this afternoon", "2026-05-06", NULL }, { "tomorrow", "2026-05-07", NULL },
  { "by tomorrow morning", "2026-05-07", NULL }, { "tomorrow at 9am", "2026-05-07", NULL },
  { "EOD tomorrow", NULL, NULL }, { "the day after tomorrow", "2026-05-08", NULL },
  { "heute", "2026-05-06", NULL }, { "bis heute Abend", "2026-05-06", NULL },
  { "morgen", "2026-05-07", NULL }, { "bis morgen früh", "2026-05-07", NULL },
  { "übermorgen", "2026-05-08", NULL }, { "Übermorgen", "2026-05-08", NULL },
  { "aujourd'hui", "2026-05-06", NULL }, { "aujourd’hui", "2026-05-06", NULL },
  { "ce soir", "2026-05-06", NULL }, { "demain", "2026-05-07", NULL },
  { "après-demain", "2026-05-08", NULL }, { "hoy", "2026-05-06", NULL },
  { "mañana", "2026-05-07", NULL }, { "pasado mañana", "2026-05-08", NULL },
  { "esta noche", "2026-05-06", NULL }, { "mañana por la mañana", "2026-05-07", NULL },
  /* weekdays */
  { "by Friday", "2026-05-08", NULL }, { "Friday", "2026-05-08", NULL },
  { "before Friday", "2026-05-08", NULL }, { "Friday 5pm", "2026-05-08", NULL },
  { "Fri 17:00", "2026-05-08", NULL }, { "by Friday's standup", "2026-05-08", NULL },
  { "Friday latest", "2026-05-08", NULL }, { "on Tues", "2026-05-12", NULL },
  { "Monday morning", "2026-05-11", NULL }, { "first thing Monday", "2026-05-11", NULL },
  { "Sunday", "2026-05-10", NULL }, { "thurs", "2026-05-07", NULL },
  { "Wednesday", NULL, NULL }, { "this Wednesday", "2026-05-06", NULL },
  { "this Friday", "2026-05-08", NULL }, { "this Monday", NULL, NULL },
  { "next Tues", "2026-05-12", NULL }, { "next Wednesday", "2026-05-13", NULL },
  { "next Friday", NULL, NULL }, { "bis Freitag", "2026-05-08", NULL },
  { "am Montag", "2026-05-11", NULL }, { "nächsten Dienstag", "2026-05-12", NULL },
  { "nächsten Freitag", NULL, NULL }, { "Freitag morgen", "2026-05-08", NULL },
  { "Freitagabend", "2026-05-08", NULL }, { "am Freitagnachmittag", "2026-05-08", NULL },
  { "Mittwochvormittag", NULL, NULL }, { "Montagvormittag", "2026-05-11", NULL },
  { "vendredi après-midi", "2026-05-08", NULL }, { "demain après-midi", "2026-05-07", NULL },
  { "no later than Friday", "2026-05-08", NULL }, { "later on Friday", NULL, NULL },
  { "Mittag", NULL, NULL }, { "diesen Freitag um 9 Uhr", "2026-05-08", NULL },
  { "vendredi", "2026-05-08", NULL }, { "avant vendredi", "2026-05-08", NULL },
  { "lundi prochain", "2026-05-11", NULL }, { "vendredi prochain", NULL, NULL },
  { "lundi à 14h30", "2026-05-11", NULL }, { "el viernes", "2026-05-08", NULL },
  { "antes del lunes", "2026-05-11", NULL }, { "el próximo martes", "2026-05-12", NULL },
  { "el lunes que viene", "2026-05-11", NULL }, { "el lunes por la mañana", "2026-05-11", NULL },
  { "sábado", "2026-05-09", NULL }, { "sa\xcc\x81" "bado", "2026-05-09", NULL },
  { "Friday next week", "2026-05-15", NULL }, { "Friday of next week", "2026-05-15", NULL },
  { "next week Friday", "2026-05-15", NULL }, { "Freitag nächster Woche", "2026-05-15", NULL },
  { "lundi de la semaine prochaine", "2026-05-11", NULL },
  /* days of a month */
  { "3 May", "2026-05-03", NULL }, { "by 20 May", "2026-05-20", NULL },
  { "May 20", "2026-05-20", NULL }, { "May 20th", "2026-05-20", NULL },
  { "20th of May", "2026-05-20", NULL }, { "the 20th of May", "2026-05-20", NULL },
  { "May 20, 2027", "2027-05-20", NULL }, { "May 20th, 2027", "2027-05-20", NULL },
  { "20 May 2027", "2027-05-20", NULL }, { "3 January", "2027-01-03", NULL },
  { "Dec 31", "2026-12-31", NULL }, { "1 Sept", "2026-09-01", NULL },
  { "20. Mai", "2026-05-20", NULL }, { "bis zum 20. Mai 2027", "2027-05-20", NULL },
  { "am 1. März", "2026-03-01", NULL }, { "le 20 mai", "2026-05-20", NULL },
  { "le 1er juin", "2026-06-01", NULL }, { "avant le 1er août 2027", "2027-08-01", NULL },
  { "el 20 de mayo", "2026-05-20", NULL }, { "el 3 de junio de 2027", "2027-06-03", NULL },
  { "30 February", NULL, NULL }, { "31 April", NULL, NULL },
  { "29 February 2028", "2028-02-29", NULL }, { "29 February 2027", NULL, NULL },
  { "the 14th", "2026-05-14", NULL }, { "by the 5th", "2026-06-05", NULL },
  { "by the 6th", "2026-05-06", NULL }, { "the 31st", "2026-05-31", NULL },
  { "bis zum 14.", "2026-05-14", NULL }, { "le 14", "2026-05-14", NULL },
  { "avant le 5", "2026-06-05", NULL }, { "el 14", "2026-05-14", NULL },
  { "Friday 8 May", "2026-05-08", NULL }, { "Friday, May 8", "2026-05-08", NULL },
  { "Friday 9 May", NULL, NULL }, { "Friday the 8th", "2026-05-08", NULL },
  { "Freitag, den 8. Mai", "2026-05-08", NULL }, { "vendredi 8 mai", "2026-05-08", NULL },
  { "viernes 8 de mayo", "2026-05-08", NULL }, { "Friday 2026-05-08", "2026-05-08", NULL },
  /* digits */
  { "2026-05-03", "2026-05-03", NULL }, { "by 2026-05-20", "2026-05-20", NULL },
  { "2026/05/20", "2026-05-20", NULL }, { "20.5.2026", "2026-05-20", NULL },
  { "03.04.2027", "2027-04-03", NULL }, { "3.6.", "2026-06-03", NULL },
  { "am 03.06.26", "2026-06-03", NULL }, { "25/12", "2026-12-25", NULL },
  { "12/25", "2026-12-25", NULL }, { "25/12/2027", "2027-12-25", NULL },
  { "12/25/2027", "2027-12-25", NULL }, { "06/06", "2026-06-06", NULL },
  { "03/04", NULL, NULL }, { "03/04/2026", NULL, NULL }, { "04-05-2026", NULL, NULL },
  { "25-12-2026", "2026-12-25", NULL }, { "2026-13-01", NULL, NULL },
  { "2026-02-30", NULL, NULL }, { "32/12", NULL, NULL }, { "2.5", NULL, NULL },
  /* counted */
  { "in two weeks", "2026-05-20", NULL }, { "in 10 days", "2026-05-16", NULL },
  { "within a week", "2026-05-13", NULL }, { "within 3 days", "2026-05-09", NULL },
  { "in a fortnight", "2026-05-20", NULL }, { "two weeks from now", "2026-05-20", NULL },
  { "a week from today", "2026-05-13", NULL }, { "in a month", "2026-06-06", NULL },
  { "in the next two weeks", "2026-05-20", NULL }, { "in zwei Wochen", "2026-05-20", NULL },
  { "in 3 Tagen", "2026-05-09", NULL }, { "innerhalb von 10 Tagen", "2026-05-16", NULL },
  { "in einem Monat", "2026-06-06", NULL }, { "dans deux semaines", "2026-05-20", NULL },
  { "dans 15 jours", "2026-05-21", NULL }, { "d'ici 3 jours", "2026-05-09", NULL },
  { "dans un mois", "2026-06-06", NULL }, { "dans un an", "2027-05-06", NULL },
  { "en dos semanas", "2026-05-20", NULL }, { "dentro de 3 días", "2026-05-09", NULL },
  { "en un mes", "2026-06-06", NULL }, { "a week from Friday", NULL, NULL },
  { "two weeks before 20 May", NULL, NULL }, { "Friday week", NULL, NULL },
  /* periods */
  { "this week", "2026-05-04", "2026-05-10" }, { "next week", "2026-05-11", "2026-05-17" },
  { "nächste Woche", "2026-05-11", "2026-05-17" }, { "diese Woche", "2026-05-04", "2026-05-10" },
  { "la semaine prochaine", "2026-05-11", "2026-05-17" },
  { "cette semaine", "2026-05-04", "2026-05-10" },
  { "la semana que viene", "2026-05-11", "2026-05-17" },
  { "la próxima semana", "2026-05-11", "2026-05-17" },
  { "next month", "2026-06-01", "2026-06-30" }, { "nächsten Monat", "2026-06-01", "2026-06-30" },
  { "le mois prochain", "2026-06-01", "2026-06-30" }, { "el mes que viene", "2026-06-01", "2026-06-30" },
  { "in June", "2026-06-01", "2026-06-30" }, { "in March", "2027-03-01", "2027-03-31" },
  { "May 2027", "2027-05-01", "2027-05-31" }, { "next year", "2027-01-01", "2027-12-31" },
  { "at the weekend", "2026-05-09", "2026-05-10" }, { "this weekend", "2026-05-09", "2026-05-10" },
  { "am Wochenende", "2026-05-09", "2026-05-10" }, { "ce week-end", "2026-05-09", "2026-05-10" },
  { "el fin de semana", "2026-05-09", "2026-05-10" }, { "next weekend", NULL, NULL },
  { "Q3", "2026-07-01", "2026-09-30" }, { "by Q1", "2027-01-01", "2027-03-31" },
  { "the week of 18 May", "2026-05-18", "2026-05-24" },
  { "week of May 20", "2026-05-18", "2026-05-24" },
  { "before June", "2026-05-31", NULL }, { "before the weekend", "2026-05-08", NULL },
  { "before next week", "2026-05-10", NULL }, { "before 18-20 May", "2026-05-17", NULL },
  { "vor dem Wochenende", "2026-05-08", NULL }, { "avant juin", "2026-05-31", NULL },
  { "antes de junio", "2026-05-31", NULL }, { "antes del fin de semana", "2026-05-08", NULL },
  { "before this week", NULL, NULL }, { "in June, before the fair", "2026-06-01", "2026-06-30" },
  { "before the end of June", "2026-06-30", NULL },
  /* what is "before" something else has its own period */
  { "before the board meeting in June", "2026-06-01", "2026-06-30" },
  { "Send the slides to Tom before the board meeting in June.", "2026-06-01", "2026-06-30" },
  { "before the meeting next week", "2026-05-11", "2026-05-17" },
  { "before we leave next week", "2026-05-11", "2026-05-17" },
  { "avant la réunion de juin", "2026-06-01", "2026-06-30" },
  { "antes de la reunión de junio", "2026-06-01", "2026-06-30" },
  { "vor Ort im Juni", "2026-06-01", "2026-06-30" }, { "before, in June", "2026-06-01", "2026-06-30" },
  { "before 5pm in June", "2026-06-01", "2026-06-30" }, { "before the June", "2026-05-31", NULL },
  /* ends */
  { "end of week", "2026-05-08", NULL }, { "EOW", "2026-05-08", NULL },
  { "by the end of the week", "2026-05-08", NULL }, { "end of next week", "2026-05-15", NULL },
  { "Ende der Woche", "2026-05-08", NULL }, { "Ende nächster Woche", "2026-05-15", NULL },
  { "fin de la semaine prochaine", "2026-05-15", NULL },
  { "end of month", "2026-05-31", NULL }, { "by the end of the month", "2026-05-31", NULL },
  { "EOM", "2026-05-31", NULL }, { "end of next month", "2026-06-30", NULL },
  { "Monatsende", "2026-05-31", NULL }, { "bis Ende des Monats", "2026-05-31", NULL },
  { "Ende nächsten Monats", "2026-06-30", NULL }, { "fin du mois", "2026-05-31", NULL },
  { "a fin de mes", "2026-05-31", NULL }, { "end of May", "2026-05-31", NULL },
  { "Ende Juni", "2026-06-30", NULL }, { "fin juin", "2026-06-30", NULL },
  { "a finales de junio", "2026-06-30", NULL }, { "end of February 2028", "2028-02-29", NULL },
  { "end of the quarter", "2026-06-30", NULL }, { "end of Q3", "2026-09-30", NULL },
  { "end of the year", "2026-12-31", NULL }, { "EOY", "2026-12-31", NULL },
  { "Jahresende", "2026-12-31", NULL }, { "end of 2027", "2027-12-31", NULL },
  /* ranges */
  { "18-20 May", "2026-05-18", "2026-05-20" }, { "18–20 May", "2026-05-18", "2026-05-20" },
  { "May 18-20", "2026-05-18", "2026-05-20" }, { "May 18 to 20", "2026-05-18", "2026-05-20" },
  { "between 18 and 20 May", "2026-05-18", "2026-05-20" },
  { "18.-20. Mai", "2026-05-18", "2026-05-20" }, { "vom 18. bis 20. Mai", "2026-05-18", "2026-05-20" },
  { "vom 18. bis zum 20. Mai", "2026-05-18", "2026-05-20" },
  { "du 18 au 20 mai", "2026-05-18", "2026-05-20" },
  { "del 18 al 20 de mayo", "2026-05-18", "2026-05-20" },
  { "18 May - 2 June", "2026-05-18", "2026-06-02" }, { "May 18 to June 2", "2026-05-18", "2026-06-02" },
  { "from Thursday to Saturday", "2026-05-07", "2026-05-09" }, { "Mon-Wed", "2026-05-11", "2026-05-13" },
  { "2026-05-18 to 2026-05-20", "2026-05-18", "2026-05-20" },
  { "28 December - 3 January", "2026-12-28", "2027-01-03" }, { "20-18 May", NULL, NULL },
  { "28 May to 2 June 2027", "2027-05-28", "2027-06-02" },
  { "3 May - 5 May 2027", "2027-05-03", "2027-05-05" },
  { "28 December to 3 January 2028", "2027-12-28", "2028-01-03" },
  { "3.5. - 5.6.2027", "2027-05-03", "2027-06-05" }, { "May to June 2027", "2027-05-01", "2027-06-30" },
  { "29 February to 2 March 2027", NULL, NULL }, { "5 June 2027 - 3 May 2027", NULL, NULL },
  { "Friday 28 May to 2 June 2027", "2027-05-28", "2027-06-02" },
  { "Fri 28 May - Wed 2 June 2027", "2027-05-28", "2027-06-02" },
  { "Thursday 28 May to 2 June 2027", NULL, NULL }, { "Fri 28 May - Tue 2 June 2027", NULL, NULL },
  { "Tue 28 December - Mon 3 January 2028", "2027-12-28", "2028-01-03" },
  { "29 February to 2 March 2028", "2028-02-29", "2028-03-02" },
  { "29.2. - 2.3.2028", "2028-02-29", "2028-03-02" }, { "29.2. - 2.3.2027", NULL, NULL },
  { "Q2 to Q3 2027", "2027-04-01", "2027-09-30" },
  { "28 May 2026 to 2 June 2027", "2026-05-28", "2027-06-02" },
  { "between May 18 and 20", "2026-05-18", "2026-05-20" },
  /* years of ends and of "next" */
  { "by the end of the year 2027", "2027-12-31", NULL }, { "EOY 2027", "2027-12-31", NULL },
  { "bis Ende des Jahres 2027", "2027-12-31", NULL }, { "Jahresende 2027", "2027-12-31", NULL },
  { "fin de l'année 2027", "2027-12-31", NULL }, { "next May", "2027-05-01", "2027-05-31" },
  { "nächsten Mai", "2027-05-01", "2027-05-31" }, { "mai prochain", "2027-05-01", "2027-05-31" },
  { "mayo que viene", "2027-05-01", "2027-05-31" }, { "this May", "2026-05-01", "2026-05-31" },
  { "next April", "2027-04-01", "2027-04-30" }, { "next June", NULL, NULL },
  { "in May our next meeting", "2026-05-01", "2026-05-31" },
  { "in May next meeting", "2026-05-01", "2026-05-31" },
  { "juin prochain", "2026-06-01", "2026-06-30" }, { "im kommenden Juni", "2026-06-01", "2026-06-30" },
  { "el próximo junio", "2026-06-01", "2026-06-30" }, { "junio que viene", "2026-06-01", "2026-06-30" },
  { "im kommenden Mai", "2027-05-01", "2027-05-31" }, { "nächsten Juni", NULL, NULL },
  { "kommendes Jahr", "2027-01-01", "2027-12-31" },
  { "next 3 May", NULL, NULL }, { "next May 3", NULL, NULL }, { "le 3 mai prochain", NULL, NULL },
  { "le 8 mai prochain", "2026-05-08", NULL }, { "el 3 de mayo que viene", NULL, NULL },
  { "this April", NULL, NULL }, { "end of next May", "2027-05-31", NULL },
  { "next Q2", "2027-04-01", "2027-06-30" }, { "next Q3", NULL, NULL },
  /* weekdays that are not the coming ones */
  { "Easter Sunday", NULL, NULL }, { "by Easter Monday", NULL, NULL },
  { "before Good Friday", NULL, NULL }, { "Black Friday", NULL, NULL },
  { "the Easter weekend", NULL, NULL }, { "Bank Holiday Monday", NULL, NULL },
  { "vendredi saint", NULL, NULL }, { "avant le lundi de Pâques", NULL, NULL },
  { "Viernes Santo", NULL, NULL }, { "Ash Wednesday", NULL, NULL }, { "Mardi gras", NULL, NULL },
  { "bis Ostersonntag", NULL, NULL }, { "Karfreitag", NULL, NULL },
  { "the Friday before the fair", NULL, NULL }, { "Friday before Easter", NULL, NULL },
  { "Freitag vor dem Fest", NULL, NULL }, { "vendredi avant la fête", NULL, NULL },
  { "Monday following the vote", NULL, NULL }, { "the following Friday", NULL, NULL },
  { "el viernes siguiente", NULL, NULL }, { "the previous Friday", NULL, NULL },
  { "this past Friday", NULL, NULL }, { "übernächsten Freitag", NULL, NULL },
  { "le vendredi précédent", NULL, NULL }, { "la veille du vendredi", NULL, NULL },
  { "Thanksgiving Thursday", NULL, NULL }, { "Good Friday, 3 April 2027", NULL, NULL },
  { "lundi de l’Ascension", NULL, NULL },
  { "Good Friday, 26 March 2027", "2027-03-26", NULL },
  { "Friday before noon", "2026-05-08", NULL }, { "Friday before 5pm", "2026-05-08", NULL },
  { "by Friday before 5pm, please", "2026-05-08", NULL }, { "Friday before 5, Tom", "2026-05-08", NULL },
  { "bis Freitag vor 12 Uhr bezahlen", "2026-05-08", NULL }, { "Montag vor Ort", "2026-05-11", NULL },
  { "Freitag vor Mittag", "2026-05-08", NULL }, { "Freitag vor dem Mittag", "2026-05-08", NULL },
  { "Freitag vor dem Mittagessen", "2026-05-08", NULL },
  { "el viernes antes de las 17:00", "2026-05-08", NULL },
  { "vendredi avant 17 h si possible", "2026-05-08", NULL },
  { "by Friday, any questions to Tom", "2026-05-08", NULL },
  { "by Friday, following the vote", "2026-05-08", NULL },
  { "Call the bank Friday", "2026-05-08", NULL }, { "is Friday good?", "2026-05-08", NULL }, { "Fri eve", "2026-05-08", NULL },
  { "Friday before a holiday", NULL, NULL }, { "Friday before 5 June", NULL, NULL },
  { "Freitag vor zwei Wochen", NULL, NULL }, { "Good Friday to 8 May", NULL, NULL },
  { "the Friday before", NULL, NULL }, { "Monday bank holiday", NULL, NULL },
  { "the bank holiday on Monday", "2026-05-11", NULL },
  /* several */
  { "3 or 4 May", NULL, NULL }, { "am 3. oder 4. Mai", NULL, NULL }, { "le 3 ou 4 mai", NULL, NULL },
  { "el 3 o 4 de mayo", NULL, NULL }, { "the 3rd or the 4th of May", NULL, NULL },
  { "May 3 or 4", NULL, NULL }, { "3 and 4 May", NULL, NULL }, { "3 & 4 May", NULL, NULL },
  { "in 2 or 3 weeks", NULL, NULL }, { "this or next Tuesday", NULL, NULL },
  { "Friday or so", NULL, NULL }, { "by Friday or we lose it", "2026-05-08", NULL },
  { "2 or 3 copies by Friday", "2026-05-08", NULL }, { "5 or 6 people by Friday", "2026-05-08", NULL },
  { "5 and 6 copies by Friday", "2026-05-08", NULL }, { "in 2 or 3 days", NULL, NULL },
  { "le 3 ou 4", NULL, NULL },
  { "Anna and a friend, by Friday", "2026-05-08", NULL },
  /* nothing to be told */
  { "", NULL, NULL }, { "soon", NULL, NULL }, { "ASAP", NULL, NULL }, { "2026", NULL, NULL },
  { "early May", NULL, NULL }, { "mid-May", NULL, NULL }, { "Anfang Juni", NULL, NULL },
  { "début juin", NULL, NULL }, { "a principios de junio", NULL, NULL },
  { "every Friday", NULL, NULL }, { "jeden Montag", NULL, NULL }, { "chaque lundi", NULL, NULL },
  { "cada lunes", NULL, NULL }, { "Mondays", NULL, NULL }, { "last Friday", NULL, NULL },
  { "two weeks ago", NULL, NULL }, { "after Friday", NULL, NULL }, { "since Monday", NULL, NULL },
  { "Monday or Friday", NULL, NULL }, { "Monday and Tuesday", NULL, NULL },
  { "first Monday in June", NULL, NULL }, { "in 20 minutes", NULL, NULL },
  { "at 5", NULL, NULL }, { "by 17:00", NULL, NULL }, { "when the roof is done", NULL, NULL },
  { "30000-01-01", NULL, NULL }, { "9999-12-31", "9999-12-31", NULL },
  { "le 99", NULL, NULL }, { "99999999999999999999/1", NULL, NULL }, { "\xff\xfe Friday", "2026-05-08", NULL },
};

/* Written on Sunday 31 January 2027, a Sunday as 31 October 2027 is one. */
static const Case on_a_sunday[] = {
  { "in a month", "2027-02-28", NULL }, { "end of month", "2027-01-31", NULL },
  { "end of next month", "2027-02-28", NULL }, { "tomorrow", "2027-02-01", NULL },
  { "Friday", "2027-02-05", NULL }, { "next Friday", "2027-02-05", NULL },
  { "this weekend", "2027-01-30", "2027-01-31" }, { "next weekend", "2027-02-06", "2027-02-07" },
  { "the 30th", "2027-03-30", NULL }, { "30 December", "2026-12-30", NULL },
  { "this week", "2027-01-25", "2027-01-31" }, { "EOW", NULL, NULL },
  { "Ende der Woche", NULL, NULL }, { "end of next week", "2027-02-05", NULL },
  { "next quarter", "2027-04-01", "2027-06-30" }, { "this month", "2027-01-01", "2027-01-31" },
};

/* What is nothing but a date, and what says its year. */
static void
tells_dates_from_what_holds_them (void)
{
  static const struct
  {
    const char *words;
    gboolean    alone, dated;
  } cases[] = {
    { "it on 3 May 2027", TRUE, TRUE },    { "am 3. Mai", TRUE, FALSE },
    { "of next Tuesday", TRUE, FALSE },    { "in two weeks", TRUE, FALSE },
    { "2026-05-03", TRUE, TRUE },          { "the end of 2027", TRUE, TRUE },
    { "May 2027", TRUE, TRUE },            { "28 May to 2 June 2027", TRUE, TRUE },
    { "the meeting on Friday", FALSE, FALSE }, { "the 2nd meeting", FALSE, FALSE },
    { "3 May in 2027", FALSE, FALSE },     { "Trip to Rome 2026, in three weeks", FALSE, FALSE },
    { "The 5 goals of 2026", FALSE, FALSE }, { "Minutes of 3 May 2026", TRUE, TRUE },
    { "the date for Friday", TRUE, FALSE }, { "for Friday", TRUE, FALSE },
    { "in two weeks' time", TRUE, FALSE },   { "Friday evening", TRUE, FALSE },
    { "Friday morning", TRUE, FALSE },       { "Christmas, 25 December", TRUE, FALSE },
    { "my birthday on 3 June", TRUE, FALSE }, { "my birthday in June", FALSE, FALSE },
    { "the 2nd meeting in 2027, 3 June", FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *words = cases[i].words;
      TlmDays     days;

      g_test_message ("%s", words);
      g_assert_cmpint (tlm_days_parse_alone (words, strlen (words), (TlmDay) { 2026, 5, 6 }, &days), ==,
                       cases[i].alone);
      g_assert_cmpint (tlm_days_parse_dated (words, strlen (words), &days), ==, cases[i].dated);
    }
}

/* A weekday's name may lie outside the words that were found. */
static void
looks_around_a_weekday (void)
{
  static const struct
  {
    const char *before, *words, *after, *day;
  } cases[] = {
    { "Pay", "by Friday", ", please.", "2026-05-08" },
    { "Pay", "by the Friday", "before the fair", NULL },
    { "Pay", "by Friday", "before noon", "2026-05-08" },
    { "Envoyer", "avant vendredi", "saint.", NULL },
    { "on Good", "Friday", "", NULL },
    { "every", "Friday", "", NULL },
    { "It was good. Pay", "by Friday", "after all", "2026-05-08" },
    { "Pay by", "the Friday", "after the fair", NULL }, { "", "on Friday", "after Easter", NULL },
    { "", "Friday", "after next", NULL }, { "", "el viernes", "después de comer", "2026-05-08" },
    { "Good luck: pay on", "Friday 8 May", "before Easter", "2026-05-08" },
    { "By all that is good:", "Friday", "", "2026-05-08" },
    { "Start", "Monday", "with the roof.", "2026-05-11" },
    { "", "on Friday", "after lunch", "2026-05-08" },
    { "", "am Freitag", "nach dem Mittagessen", "2026-05-08" },
    { "", "lundi", "après le déjeuner", "2026-05-11" },
    { "", "lundi", "au début de la réunion", "2026-05-11" },
    { "", "Friday", ", start with Tom", "2026-05-08" },
    { "Ship it", "by Friday", ", after that we are closed.", "2026-05-08" },
    { "Send it", "by Friday", ", any questions to Tom", "2026-05-08" },
    { "Call the bank", "Friday", "", "2026-05-08" },
    { "Tell Ann", "Friday", "about the roof", "2026-05-08" },
    { "Send it", "Friday", "to each member", "2026-05-08" },
    { "Pay", "by Friday", "before 5pm, please", "2026-05-08" },
    { "we went", "on Friday", "last week", NULL },
    { "depuis", "vendredi", "dernier", NULL }, { "", "vendredi", "de la semaine dernière", NULL },
    { "the last", "Friday", "", NULL }, { "after", "Friday", "", NULL },
    { "Bank holiday", "Monday", "", NULL },
    { "Good news: pay", "in two weeks", "", "2026-05-20" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TlmDays          days = { 0 };
      g_autofree char *day = NULL;

      g_test_message ("%s|%s|%s", cases[i].before, cases[i].words, cases[i].after);
      tlm_days_parse_within (cases[i].before, cases[i].words, cases[i].after,
                             (TlmDay) { 2026, 5, 6 }, &days);
      day = tlm_days_dup_iso (&days);
      g_assert_cmpstr (day, ==, cases[i].day);
    }
}

static void
check (const Case *c, TlmDay today)
{
  TlmDays          days = { 0 };
  gboolean         found = tlm_days_parse (c->words, strlen (c->words), today, &days);
  g_autofree char *first = found ? tlm_day_dup_iso (days.first) : NULL;
  g_autofree char *last = found ? tlm_day_dup_iso (days.last) : NULL;

  if (g_strcmp0 (first, c->first) != 0
      || g_strcmp0 (last, c->last != NULL ? c->last : c->first) != 0)
    {
      g_test_message ("“%s”: expected %s to %s, got %s to %s", c->words, c->first, c->last, first,
                      last);
      g_test_fail ();
    }
}

static void
reads_dates (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (on_a_wednesday); i++)
    check (&on_a_wednesday[i], (TlmDay) { 2026, 5, 6 });
}

static void
reads_dates_at_the_edges_of_months (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (on_a_sunday); i++)
    check (&on_a_sunday[i], (TlmDay) { 2027, 1, 31 });
}

/* Whatever the words: a day that exists, and the first is not behind the last. */
static void
gives_days_that_exist (void)
{
  static const char *const parts[] = { "31", "2.", "2026", "-", "May", "february", "next", "end",
                                       "of", "week", "in", "the", "Friday", "bis", "/", "\xc3", "0",
                                       "Q1", "12/31", ".", "29th", "99999999", "am", "month", "or",
                                       "Easter", "before", "year", "this", "to" };
  GRand *rand = g_rand_new_with_seed (5);

  for (int i = 0; i < 20000; i++)
    {
      g_autoptr (GString) words = g_string_new (NULL);
      TlmDays             days;

      for (int n = g_rand_int_range (rand, 0, 8); n > 0; n--)
        g_string_append_printf (words, "%s%s", parts[g_rand_int_range (rand, 0, G_N_ELEMENTS (parts))],
                                g_rand_boolean (rand) ? " " : "");
      if (!tlm_days_parse (words->str, words->len, (TlmDay) { 2026, 5, 6 }, &days))
        continue;
      g_assert_true (g_date_valid_dmy (days.first.day, days.first.month, days.first.year));
      g_assert_true (g_date_valid_dmy (days.last.day, days.last.month, days.last.year));
      g_assert_cmpint (days.first.year * 372 + days.first.month * 31 + days.first.day, <=,
                       days.last.year * 372 + days.last.month * 31 + days.last.day);
    }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/dates/reads-dates", reads_dates);
  g_test_add_func ("/app/dates/reads-dates-at-the-edges-of-months", reads_dates_at_the_edges_of_months);
  g_test_add_func ("/app/dates/looks-around-a-weekday", looks_around_a_weekday);
  g_test_add_func ("/app/dates/tells-dates-from-what-holds-them", tells_dates_from_what_holds_them);
  g_test_add_func ("/app/dates/gives-days-that-exist", gives_days_that_exist);
  return g_test_run ();
}
