/* SPDX-License-Identifier: Apache-2.0 */
/* The lexicon: one line a class and language, written from common knowledge of these languages and
 * of what notes are made of. Seen once, at the first look-up, it becomes a hash table that never
 * changes. The classes only feed the features; what they are worth is learned. */
#include "reader/lexicon.h"

#include <stddef.h>
#include <string.h>

#include "base/once.h"
#include "reader/reader-internal.h"
#include "reader/words.h"

#define N_SLOTS 4096 /* a power of two, several times the number of words */

static const struct
{
  uint16_t    classes;
  const char *words;
} lists[] = {
  { TL_WORD_STOP,
    "a an the and or of in on at to for from by with as is are was were be been being it its "
    "this that these those there here he she they we i you me him her us them my your his our "
    "their so if then than too very just also not no do does did done has have had will would "
    "can could should may might must about into over under after before up down out off again "
    "what which who when where why how all any some more most other such only own same but" },
  { TL_WORD_STOP,
    "der die das und oder ein eine einer einem einen des dem den im in am an auf zu zum zur "
    "von vom mit für bei nach aus als auch ist sind war waren wird werden hat haben ich du er "
    "sie es wir ihr nicht kein keine so wie wenn dass noch nur schon sich man aber um bis über" },
  { TL_WORD_STOP,
    "le la les un une des du de et ou en dans sur sous pour par avec sans au aux ce cette ces "
    "il elle ils elles on je tu nous vous se sa son ses leur leurs est sont était pas ne que "
    "qui où l d c s n qu j m t y plus mais comme si" },
  { TL_WORD_STOP,
    "el los las una unos unas del y o u con por para sin sobre es son era fue no se su sus lo "
    "le que como más pero si ya muy al yo él ella nos mi me te il lo gli uno di da e ed con "
    "per tra fra non che chi si sono era della dello delle dei degli nel nella sul sulla al "
    "alla ma come più anche os as um uma do da dos das no na nos nas em com por para sem não "
    "que se é foi mais het een van en of op te met voor niet dat die is zijn was bij naar uit "
    "om ook maar als aan" },
  { TL_WORD_DECIDE,
    "decide decided decides decision decisions agree agreed agreement approve approved "
    "approval accept accepted vote voted votes unanimous unanimously passed resolved confirm "
    "confirmed settled chosen choose chose picked sign signed final finally ruling ruled "
    "conclusion conclude concluded outcome verdict carried adopted go ahead moves moved "
    "cancelled canceled postponed dropped renewed rejected refused declined" },
  { TL_WORD_DECIDE,
    "beschlossen beschluss entschieden entscheidung einigung vereinbart einig genehmigt "
    "abgestimmt ergebnis décidé décision décidons accord accepté voté adopté retenu convenu "
    "decidido decisión acordado acordamos acuerdo aprobado votado deciso decisione approvato "
    "accordo votato decidido decisão aprovado acordo besloten besluit afgesproken akkoord" },
  { TL_WORD_REVERSE,
    "but however instead actually although though yet rather except unless until despite "
    "otherwise nevertheless anyway changed change changes wrong correction corrected revised "
    "update updated turns turned scrap undone withdrawn reversed longer anymore still now" },
  { TL_WORD_REVERSE,
    "aber doch jedoch sondern trotzdem statt stattdessen doch obwohl jetzt geändert mais "
    "cependant pourtant plutôt sauf finalement changé pero sino aunque excepto ahora cambio "
    "cambiado invece però tuttavia adesso cambiato mas porém embora agora maar echter toch "
    "tenzij nu gewijzigd" },
  { TL_WORD_NEGATE,
    "not no never none nothing nobody nowhere without neither nor cannot can't don't doesn't "
    "didn't won't isn't aren't wasn't weren't hasn't haven't hadn't couldn't shouldn't "
    "wouldn't nicht kein keine keinen nie niemand nichts ohne pas jamais rien aucun aucune "
    "sans ni nunca nada nadie ningún ninguna sin non mai niente nessuno senza não nunca nada "
    "ninguém sem niet geen nooit niets zonder" },
  { TL_WORD_DUTY,
    "must need needs needed should shall will to please todo has have got gotta required "
    "require requires due deadline responsible owner action actions task tasks next promised "
    "promise remember remind reminder don't forget muss müssen soll sollen bitte aufgabe "
    "aufgaben erledigen bis frist doit devons faut devoir merci tâche tâches faire avant debe "
    "deben hay tiene tarea tareas pendiente hacer deve devono bisogna compito fare entro tem "
    "tarefa fazer moet moeten taak taken doen voor graag" },
  { TL_WORD_TIME,
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu thur "
    "thurs fri sat sun january february march april may june july august september october "
    "november december jan feb mar apr jun jul aug sep sept oct nov dec today tomorrow tonight "
    "tmrw tmw week weeks weekend month months year years day days hour hours minutes morning "
    "afternoon evening noon midnight spring summer autumn winter easter christmas deadline "
    "date end before until by" },
  { TL_WORD_TIME,
    "montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni "
    "juli oktober dezember heute morgen woche wochen monat monate jahr tag tage uhr ende lundi "
    "mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril juin juillet "
    "août septembre octobre novembre décembre demain semaine mois jour jours heures lunes "
    "martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio "
    "agosto septiembre octubre noviembre diciembre hoy mañana semana mes día días lunedì "
    "martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio aprile maggio giugno "
    "luglio settembre ottobre dicembre oggi domani settimana mese giorno giorni segunda terça "
    "quarta quinta sexta janeiro fevereiro março maio junho julho setembro outubro dezembro "
    "hoje amanhã maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari "
    "maart juni juli augustus vandaag morgen week maand dag dagen uur" },
  { TL_WORD_MONEY,
    "euro euros eur gbp usd chf pound pounds quid dollar dollars cents pence cost costs price "
    "prices priced pay pays paid payment rent fee fees budget deposit salary loan debt invoice "
    "refund grant fund funding fine bill bills money cash tax levy quote discount cheaper "
    "expensive kosten preis bezahlen miete gebühr rechnung geld coûte prix payer loyer facture "
    "argent cuesta precio pagar alquiler cuota dinero costa prezzo pagare affitto soldi preço "
    "aluguel dinheiro kost prijs betalen huur rekening geld franken k m percent" },
  { TL_WORD_RESULT,
    "result results because therefore thus hence so means meaning main important key point "
    "lesson learned learnt conclusion summary short bottom line cause caused reason reasons "
    "found finding shows showed proves confirmed turned out essential crucial biggest most "
    "best worst never always rule principle definition diagnosis answer total overall deshalb "
    "weil also wichtig fazit grund ursache ergebnis donc car parce important raison résultat "
    "cause porque importante razón resultado causa quindi perché motivo risultato portanto "
    "porque motivo daarom omdat belangrijk reden oorzaak" },
  { TL_WORD_PRONOUN,
    "he she it they this that these those his her its their him them one er sie es dies diese "
    "dieser das il elle ils elles ce cela ça él ella ellos esto eso lui lei loro questo quello "
    "ele ela eles isso isto hij zij ze het dit dat" },
  { TL_WORD_SELF,
    "i me my mine myself we us our ours i'm i'll i'd i've we'll we're we've we'd ich mich mir "
    "mein meine wir uns unser je moi mon ma mes nous notre yo mí mi nosotros nuestro io mio "
    "noi nostro eu meu minha nós nosso ik mij mijn wij we ons onze" },
  { TL_WORD_RISK,
    "urgent warning warn risk risks danger dangerous careful beware caution allergic allergy "
    "emergency broken broke leak leaking failed fails fail failure fault error bug crash "
    "crashed lost stolen missing infected infection pain bleeding mould mold damp fire illegal "
    "overdue late delayed delay blocked blocks blocker stop stopped closed closes closing "
    "cancel ends ended dies died dead resign resigns resigned leaving leaves quit divorce "
    "secret confidential private wrong worse problem problems issue short shortage dringend "
    "achtung gefahr kaputt problem verspätet urgent attention danger cassé urgente peligro "
    "roto problema pericolo rotto perigo quebrado dringend gevaar kapot" },
  { TL_WORD_ACT,
    "call ring phone email mail ask tell send buy book order write check find get bring take "
    "give fix repair clean cancel pay return collect pick drop print read finish prepare draft "
    "update add remove move make talk speak visit try test review submit post invite arrange "
    "organise organize schedule confirm sort chase follow look start stop measure plan learn "
    "practise practice water feed wash change replace set put borrow lend sell renew register "
    "apply share show sign reply answer contact meet fetch hand order pack" },
  { TL_WORD_ACT,
    "anrufen fragen schicken kaufen buchen bestellen schreiben prüfen holen bringen machen "
    "besorgen klären appeler demander envoyer acheter réserver écrire vérifier chercher "
    "apporter payer llamar preguntar enviar comprar reservar escribir revisar buscar traer "
    "pedir llevar chiamare chiedere mandare comprare prenotare scrivere controllare portare "
    "prendere ligar perguntar enviar escrever verificar levar bellen vragen sturen kopen "
    "boeken schrijven controleren halen brengen regelen" },
  { TL_WORD_HEDGE,
    "maybe perhaps possibly probably might could idea ideas wish someday somebody someone "
    "sometime wonder wondering guess suppose seems apparently rumour rumor heard hope hoping "
    "if whether consider option options either unclear unsure vielleicht möglicherweise "
    "irgendwann idee falls peut-être idée quelqu'un si tal vez quizás quizá idea si forse "
    "magari se talvez ideia misschien idee ooit" },
  { TL_WORD_DONE,
    "done sent was were did had went came said told got took made gave ago yesterday last "
    "already finished completed bought paid booked called rang asked earlier since gestern "
    "erledigt war hatte fait hier était avait hecho ayer fue fatto ieri era feito ontem gedaan "
    "gisteren was had" },
  { TL_WORD_NUMBER,
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty "
    "hundred thousand million half third quarter double twice dozen first second once zwei "
    "drei vier fünf sechs sieben acht neun zehn hundert tausend deux trois quatre cinq sept "
    "huit neuf dix cent mille dos tres cuatro cinco seis siete ocho nueve diez cien mil due "
    "tre quattro cinque sei sette otto nove dieci cento dois três quatro sete oito dez twee "
    "drie vier vijf zes zeven acht negen tien honderd" },
};

static struct
{
  uint32_t hash;
  uint16_t classes;
} slots[N_SLOTS];

static void
add_word (uint32_t hash, uint16_t classes)
{
  uint32_t i = hash & (N_SLOTS - 1);

  while (slots[i].classes != 0 && slots[i].hash != hash)
    i = (i + 1) & (N_SLOTS - 1);
  slots[i].hash = hash;
  slots[i].classes |= classes;
}

static void
fill_slots (void)
{
  for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
    for (const char *w = lists[l].words; *w != '\0';)
      {
        size_t n = strcspn (w, " ");

        add_word (tl_word_hash (w, n), lists[l].classes);
        w += n + (w[n] == ' ');
      }
}

uint16_t
tl_lexicon_get_classes (uint32_t hash)
{
  static tl_once once = TL_ONCE_INIT;
  uint32_t i = hash & (N_SLOTS - 1);

  tl_once_run (&once, fill_slots);
  while (slots[i].classes != 0)
    {
      if (slots[i].hash == hash)
        return slots[i].classes;
      i = (i + 1) & (N_SLOTS - 1);
    }
  return 0;
}
