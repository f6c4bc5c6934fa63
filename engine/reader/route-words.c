/* SPDX-License-Identifier: Apache-2.0 */
/* Words that name what is wanted, as concepts that six languages share: what is learnt of
 * "summarise" then holds for "résume" too. An entry ends with "*" where only the word's beginning
 * counts. Written from what people call these things, not from counts. */
#include <string.h>

#include "reader/route-private.h"

static const char *const concepts[] = {
  /* gist */
  " summar* recap* gist tldr tl;dr tl synopsis digest overview nutshell upshot takeaway* essence "
  "essential* highlight* abstract zusammenfass* zusammengefasst fass fasse kernauss* kernpunkt* "
  "resum* résum* riassum* riepilog* sintesi synthèse essentiel síntesis sintetiz* boil* condense* "
  "brief outline 要約 要点 まとめ* ",
  /* point */
  " point* punkt* hauptpunkt* stichpunkt* matter* important* wichtig* main key bullet* argument* "
  "passage* sentence* sätze gedanke* message idea* central core crux idée* punto* pontos importante* "
  "principal* ",
  /* title */
  " title* headline* heading* subject caption name rename filename titel* überschrift* betreff* "
  "dateiname titre* objet título* titol* oggetto asunto assunto nombre nom nome call* タイトル 題名 件名 ",
  /* task */
  " task* todo* to-do* action* deadline* due duty duties responsib* chore* homework obligation* "
  "follow-up* followup* checklist* assign* owner* owes owe commit* promis* agreed volunteered "
  "aufgabe* pflicht* frist* zuständig* tâche* échéance* tarea* pendiente* compit* scadenz* tarefa* "
  "prazo* jobs job タスク 担当 期限 やること ",
  /* tag */
  " tag* keyword* label* hashtag* categor* topic* theme* file filed filing archive* folder* shelf "
  "drawer index* schlagw* stichwort* kategorie* ablegen thema themen mot-clé* mots-clés étiquet* "
  "etiquet* ranger classer clave parole temas argomenti palavras-chave タグ キーワード ",
  /* choice */
  " or oder ou o either which whether versus vs classify class* classif* sort rate rating priority "
  "urgent* urgency sentiment positive negative neutral spam category einordnen einstufen kategorie "
  "dringend positiv* negativ* decide pick choose grade score level ",
  /* field */
  " extract* pull list* names name date dates amount* total* address* number* phone email* iban "
  "invoice* reference account* birth contact* details field* fields fill table csv json column* "
  "verbatim copy url* link* price* sum sender recipient postcode zip rechnungsnummer nummer* "
  "betrag* datum adresse* namen telefonnummer* extrai* extraire montant* coordonn* extra* fecha* "
  "importe* dirección* data importo indirizz* numero* número* valor* endereço* 抽出 日付 金額 ",
  /* rewrite */
  " rewrite* reword* rephrase* paraphras* shorten* shorter correct* fix proofread* polish* improve* "
  "translate* translat* edit* tone formal* informal* politer polite* friendl* softer simpl* clearer "
  "typo* spelling grammar wording smooth* tighten* trim cut less more half better sound* umformul* "
  "korrigier* kürz* kürzer übersetz* verbesser* höflich* freundlich* reformul* corrig* traduis* "
  "traduc* raccourc* tradui* mejor* correg* traduc* riscriv* tradu* corregg* reescrev* corrij* "
  "english french german spanish portuguese italian japanese deutsch englisch* französisch* anglais "
  "allemand inglés inglese inglês 書き直* 翻訳* 直し* ",
  /* write */
  " write* draft* compose* letter* mail reply* respond* answer* poem* story speech* toast* verse* "
  "limerick* song lyrics invitation* invite* card message* text post* essay* script* function* "
  "python bash regex sql code macro template* announce* apolog* thank-you congratulat* schreib* "
  "brief* entwurf antworte* antwort gedicht* rede einladung* écris* rédige* réponds* lettre* poème* "
  "discours escrib* redact* carta* poema* respond* scriv* lettera poesia escrev* 書い* メール 返事 ",
  /* greeting */
  " hi hello hey thanks thank thx ty good morning evening night bye hallo moin danke guten servus "
  "tschüss bonjour salut merci coucou hola gracias buenas ciao grazie buongiorno olá obrigad* oi ok "
  "okay cool great nice wow sorry lol haha bored tired lonely sad ありがとう こんにちは おはよう ",
  /* self */
  " you your yourself are du dich dir dein* bist tu toi es ton tú te eres usted lei sei voi você "
  "internet offline online model* app program* assistant settings privacy server cloud memory ",
  /* stored */
  " my our we i'd noted wrote written mein* unser* wir mes notre mon ma mis nuestr* mi mia nostr* "
  "meu minha nosso* noted notes notiz* notiert again last said told mention* decided ",
  /* asks */
  " what when where who whose whom which why how was wann wo wer wessen welche* warum wie quand où "
  "qui quel* pourquoi comment qué cuándo dónde quién cuál* cómo cosa quando dove chi quale perché "
  "come que quem onde qual como 何 いつ どこ 誰 ",
  /* count */
  " count* many much sum total average mean percent* prozent* plus minus times divided multiply "
  "days weeks months hours minutes tage* wochen* stunden jours semaines días semanas giorni "
  "settimane dias between until since ago long add subtract convert* celsius fahrenheit miles km kg "
  "grams litres ounces inches feet pounds cm wieviel* viele combien cuánt* quant* umrechn* "
  "calcul* rechne* square vat tip root ",
  /* find */
  " find show search* filter* sort* list* open replace* delete* remove* duplicate* alphabetical* "
  "newest oldest latest overdue contains containing with tagged before after words characters lines "
  "rows zeig* such* finde* suche* alle sortier* lösch* ersetz* cherche* montre* trouve* trie* busca* "
  "muestra* ordena* cerca* mostra* trova* ordin* procur* 検索 ",
  /* world */
  " best cheapest latest news weather president capital population rate exchange stock share shares "
  "price market election* history war recommend* should explain* teach difference pros cons plan "
  "world country city today's current* law legal illegal allowed invest* buy worth why meaning of "
  "learn recipe* travel trip flight* hotel* restaurant* wetter hauptstadt erklär* soll* darf kaufen "
  "actualités météo capitale explique* dois noticias tiempo capital debo explica* notizie meteo "
  "dovrei notícias devo ニュース 天気 ",
  /* health */
  " doctor* pill* dose* doses medicine* medic* tablet* pain hurts fever pregnan* blood symptom* "
  "vomit* allerg* rash swallow* drank poison* chest headache* ibuprofen paracetamol aspirin "
  "antibiotic* diabet* insulin cancer suicid* die bite bitten infect* wound arzt schmerz* fieber "
  "tablette* schwanger* blutdruck médicament* médecin fièvre douleur* enceinte dolor fiebre "
  "embarazada médico febbre dolore medico incinta febre dor grávida 薬 熱 痛い ",
  /* law, money, safety */
  " landlord* tenant* evict* sue court lawyer* contract* notice dismiss* fired tax taxes visa "
  "residence police fine custody divorce will inherit* loan* mortgage* debt* pension* salary wage* "
  "insurance bank invest* savings crypto bitcoin rent deposit benefit* gas smell wiring fuse "
  "electric* bleach drunk drive mold mould vermieter* miete kündig* steuer* gericht anwalt kredit* "
  "vertrag* loyer propriétaire impôt* avocat crédit contrat* alquiler impuesto* abogado despid* "
  "affitto tasse avvocato contratto aluguel imposto* advogado ",
  /* judging: what only somebody who knows should say */
  " ok okay danger* dangerous safe unsafe safely harmless serious* normal worr* bad wrong fair legal* "
  "illegal* lawful* unlawful* allowed permitted may should must correct* risky risk* lethal fatal deadly "
  "trust* sign signing scam genuine advis* advice recommend* rights valid binding liable enough opinion "
  "serious cure* hospital emergency gefährlich schlimm erlaubt normal rechtens richtig unterschreiben "
  "dangereux grave normal légal droit devrais peligroso grave legal debería pericoloso legale dovrei "
  "perigoso devia 大丈夫 危険 違法 ",
  /* who may come to harm */
  " baby toddler child children kid kids son daughter year-old old mother father mum dad mom nan husband "
  "wife cat dog ate eaten swallow* drank fell fallen unconscious alone bruise* mg ml dose* kg kind* enfant* "
  "niñ* bambin* criança* mutter vater mère père madre padre mãe pai 子供 父 母 ",
  /* "this" */
  " this it these that attached selection selected above below note file letter mail page pdf scan "
  "thread paragraph text dies* das diese* den ce cet cette ceci ça este esta esto questo questa "
  "isto これ この document minutes report chat conversation ",
};

_Static_assert (sizeof concepts / sizeof *concepts <= 64, "one bit each");

static bool
is_in (const char *list, const char *s, size_t len)
{
  for (const char *p = list + 1; *p != '\0'; p++)
    {
      size_t n = strcspn (p, " ");
      bool prefix = p[n - 1] == '*';
      size_t n_word = n - prefix;

      if ((prefix ? len >= n_word : len == n_word) && memcmp (p, s, n_word) == 0)
        return true;
      p += n;
    }
  return false;
}

uint64_t
route_concepts (const char *s, size_t len)
{
  uint64_t found = 0;

  for (size_t c = 0; c < sizeof concepts / sizeof *concepts; c++)
    if (is_in (concepts[c], s, len))
      found |= UINT64_C (1) << c;
  return found;
}
