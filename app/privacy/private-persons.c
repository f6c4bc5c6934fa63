/* SPDX-License-Identifier: Apache-2.0 */
/* Names have no form of their own. Their surroundings give them away: a form of address, kin, a
 * greeting, a signature, what somebody said; else a list of first names (data/private/names.txt);
 * else a capital where the language would not put one, which is the weakest sign. */
#include "private-rules.h"
#include "private-names.h"

/* Where a word with a capital is no name: what a sentence begins with, the calendar, short forms
 * such as VAT, and what everybody knows: countries, great cities, languages, systems. */
#define COMMON_WORDS \
  "I|I['’]\\w{1,3}|A|An|The|This|That|These|Those|There|Then|Here|He|She|It|We|You|They|My|Your|" \
  "His|Her|Our|Their|Its|What|Who|When|Where|Why|How|Which|Is|Are|Was|Were|Do|Does|Did|Can|Could|" \
  "Should|Would|Will|Please|Dear|Hello|Hi|Thanks|Thank|Yes|No|Not|And|But|Or|So|If|As|At|By|For|" \
  "From|In|Of|On|To|With|After|Before|Ask|Call|Draft|Email|Give|Go|Learn|Make|Plan|Ring|Send|" \
  "Tell|Translate|Write|Sir|Madam|Ladies|Gentlemen|Kind|Best|Regards|Today|Tomorrow|Yesterday|" \
  "Internet|PS|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|" \
  "April|May|June|July|August|September|October|November|December|Ich|Wir|Sie|Er|Es|Der|Die|Das|" \
  "Ein|Eine|Mein|Meine|Meinem|Meiner|Dein|Deine|Unser|Unsere|Und|Aber|Bitte|Hallo|Liebe|Lieber|" \
  "Viele|Grüße|Grüßen|Sehr|Le|La|Les|Un|Une|Je|Mon|Ma|Mes|Nous|Vous|Il|Elle|Merci|Bonjour|El|Los|" \
  "Las|Yo|Mi|Minutes|Meeting|Present|Attendees|Subject|From|To|Re|Invoice|Order|Patient|Passport|" \
  "Policy|Account|Number|Name|Address|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|Montag|" \
  "Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|Uhr|Grad|Phone|Email|Mail|Server|Reset|" \
  "Signed|Yours|Love|Cheers|Sincerely|Summarise|Summarize|Explain|Compare|Who|Whose|Rewrite|Find|" \
  "Help|Check|Add|Fix|Let|Also|Because|Since|While|During|Every|Each|Some|Any|All|Both|Many|Most|" \
  "Two|Three|Four|Betreff|Kundennummer|Rechnung|Anwesend|Kannst|Können|Könnten|Was|Wie|Wann|Wer|" \
  "Warum|Wo|Welche|Welcher|Darf|Soll|Muss|Ist|Sind|Hat|Haben|Wird|Wenn|Weil|Dass|Mit|Von|Für|Bei|" \
  "Nach|Aus|Auf|Im|In|Am|An|Zum|Zur|Dies|Diese|Dieser|Dieses|Unser|Euer|Eure|Ihr|Ihre|Ihrem|" \
  "Ihren|Ihrer|Seine|Sein|Kein|Keine|Alle|Beste|Besten|Freundliche|Herzliche|Lieber|Danke|" \
  "Schreibe|Erkläre|Fasse|Gib|Nenne|Antworte|Hilf|Übersetze|Que|Qui|Quoi|Quel|Quelle|Quels|" \
  "Quelles|Comment|Pourquoi|Quand|Où|Est|Ce|Cette|Ces|Cet|Son|Sa|Ses|Notre|Votre|Leur|Sur|Dans|" \
  "Pour|Par|Avec|Sans|Chez|Si|Mais|Et|Ou|Réunion|Bonsoir|Salut|Coucou|Cher|Chère|Cordialement|" \
  "Bises|Peux|Pouvez|Puis|Commande|Facture|Virement|Réponds|Parle|Écris|Quanto|Quante|Quale|" \
  "Quali|Come|Cosa|Chi|Che|Dove|Perché|Quando|Il|Lo|Gli|Uno|Una|Un|Nel|Nella|Del|Della|Dal|Dalla|" \
  "Per|Con|Tra|Fra|Sono|Ho|Hai|Ha|Abbiamo|Buongiorno|Buonasera|Gentile|Grazie|Verbale|Pratica|" \
  "Scrivi|Rispondi|Qué|Quién|Cómo|Cuándo|Cuánto|Cuántos|Dónde|Por|Para|Pero|Con|Sin|Su|Sus|Tu|" \
  "Tus|Nuestro|Nuestra|Este|Esta|Estimado|Estimada|Querido|Querida|Gracias|Buenos|Buenas|Saludos|" \
  "Acta|Factura|Vivo|Haz|Dame|Resume|Escribe|Meu|Minha|Olá|Obrigado|Het|Een|Ik|Mijn|Beste|" \
  "Groeten|Hej|Jag|Hola|Ciao|Mio|Mia[ ]\\p{Ll}|[DL]['’]\\p{Ll}\\w{0,30}"
#define KNOWN_PLACES \
  "Africa|America|Asia|Australia|Austria|Belgium|Brazil|Britain|Canada|China|Denmark|Egypt|" \
  "England|Europe|Finland|France|Germany|Greece|India|Ireland|Italy|Japan|Kingdom|Mexico|" \
  "Netherlands|Norway|Poland|Portugal|Russia|Scotland|Spain|Sweden|Switzerland|Turkey|Ukraine|" \
  "United|States|Wales|Athens|Beijing|Berlin|Brussels|Lisbon|London|Madrid|Milan|Moscow|Munich|" \
  "Paris|Prague|Rome|Tokyo|Venice|Vienna|Zurich|Deutschland|Österreich|Schweiz|Hamburg|München|" \
  "Wien|Köln|Italia|Roma|Milano|Firenze|Venezia|Napoli|Torino|España|Barcelona|Sevilla|Lyon|" \
  "Marseille|Suisse|Allemagne|Espagne|Italie|English|German|French|Spanish|Italian|Japanese|" \
  "Chinese|Russian|Python|Java|JavaScript|Linux|Dutch|Polish|Portuguese|Swedish|Arabic|Turkish|" \
  "Latin|Greek|American|British|European|Danish|Korean|Nigeria|Pakistan|Argentina|Chile|Colombia|" \
  "Peru|Cuba|Kenya|Ghana|Morocco|Iran|Iraq|Israel|Korea|Vietnam|Thailand|Indonesia|Hungary|" \
  "Romania|Bulgaria|Croatia|Serbia|Iceland|Estonia|Latvia|Lithuania|Luxembourg|Budapest|Warsaw|" \
  "Dublin|Edinburgh|Glasgow|Manchester|Amsterdam|Copenhagen|Stockholm|Oslo|Helsinki|Istanbul|" \
  "Cairo|Delhi|Mumbai|Shanghai|Seoul|Sydney|Toronto|Boston|Chicago|California|Texas|Florida|" \
  "Washington|Frankfurt|Stuttgart|Düsseldorf|Leipzig|Dresden|Bremen|Hannover|Nürnberg|Zürich|" \
  "Genf|Bayern|Sachsen|Hessen|Frankreich|Italien|Spanien|Europa|Amerika|Bologna|Toscana|Sicilia|" \
  "Francia|Alemania|Italien|Bretagne|Normandie|Provence|Bordeaux|Toulouse|Christmas|Easter|" \
  "Ramadan|Weihnachten|Ostern|Noël|Navidad|Natale|Pasqua|God|Bible|Ubuntu|Debian|Fedora|Firefox|" \
  "Chrome|Google|Apple|Microsoft|Amazon|Facebook|WhatsApp|Instagram|YouTube|Twitter|Netflix|" \
  "PayPal|eBay|iPhone|Mac|Rust|Go|Kotlin|TypeScript|Docker|Nginx|Git|GitHub|SQLite|Parmesan|Wi|" \
  "WiFi|Windows|Android|Excel|Word|PowerPoint|Outlook"
#define TITLES \
  "Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Professora|Doctor|Nurse|Sister|Father|Rev|Captain|Officer|" \
  "Judge|Sir|Dame|Lady|Lord|Herr|Herrn|Frau|Familie|Fam|Dipl|Ing|Monsieur|Madame|Mme|Mlle|Maître|" \
  "Docteur|Dre|Famille|Señor|Señora|Señorita|Sr|Sra|Srta|Doctora|Don|Doña|Familia|Sig|Signor|" \
  "Signora|Signorina|Dott|Dottor|Dottore|Dottoressa|Avv|Avvocato|Avvocata|Geom|Prof[.]ssa|" \
  "Mevrouw|Meneer|Mevr|Dhr|Pan|Pani|Senhor|Senhora|Fru|Herre"
#define NO_NAME "(?!(?:" COMMON_WORDS "|" TITLES "|" KNOWN_PLACES "|\\p{Lu}{2,5})\\b)"
#define CAPPED NO_NAME "\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}"
#define PARTICLE "(?i:van der|van den|van de|von der|van|von|de la|de los|de|der|den|da|di|do|" \
  "dos|du|el|al|bin|ibn|la|le|lo|zu|ter|ten)"
/* What may follow the first word of a name. */
#define MORE "(?:[ ](?:\\p{Lu}\\.[ ]?|" PARTICLE "[ ]){0,2}" CAPPED "){0,3}"
/* Behind which a name stands. */
#define KIN \
  "(?i:aunt|auntie|uncle|boyfriend|girlfriend|brother|sister|colleague|dad|mum|mom|father|mother|" \
  "daughter|son|husband|wife|neighbou?r|nephew|niece|partner|cousin|friend|mate|ex|boss|manager|" \
  "landlord|landlady|tenant|teacher|coach|lawyer|accountant|therapist|doctor|nurse|patient|" \
  "client|customer|passenger|employee|student|pupil|child|grandmother|grandfather|grandma|" \
  "grandpa|granny|roommate|flatmate|nanny|applicant|sender|recipient|contact|name|surname|Bruder|" \
  "Cousin|Cousine|Freund|Freundin|Kollege|Kollegin|Mama|Mann|Mutter|Nachbar|Nachbarin|Neffen?|" \
  "Nichte|Oma|Onkel|Opa|Papa|Schwester|Sohn|Tante|Tochter|Vater|Enkel|Enkelin|Chef|Chefin|" \
  "Vermieter|Vermieterin|Mieter|Mieterin|Arzt|Ärztin|Lehrer|Lehrerin|Anwalt|Anwältin|Patient|" \
  "Patientin|Kunde|Kundin|Schüler|Schülerin|Ehefrau|Ehemann|Baby|Pfarrer|Hausmeister|Betreuer|" \
  "Betreuerin|frère|sœur|soeur|mère|père|maman|fils|fille|mari|femme|oncle|tante|cousine|neveu|" \
  "nièce|ami|amie|copain|copine|voisin|voisine|collègue|conjoint|propriétaire|patron|patronne|" \
  "locataire|hermano|hermana|madre|padre|hijo|hija|marido|mujer|esposa|esposo|tío|tía|tia|primo|" \
  "prima|sobrino|sobrina|amigo|amiga|novio|novia|vecino|vecina|abuelo|abuela|jefe|jefa|casero|" \
  "casera|compañero|compañera|paciente|fratello|sorella|figlio|figlia|marito|moglie|zio|zia|" \
  "cugino|cugina|nipote|amico|amica|vicino|vicina|nonno|nonna|mamma|papà|collega|suocera|suocero|" \
  "fidanzato|fidanzata|padrone|maestra|maestro|filho|filha|irmão|irmã|mãe|pai|avó|avô|professora|" \
  "zoon|dochter|broer|zus|vrouw|moeder|vader|buurman|buurvrouw)"
#define ENGLISH_SAID "said|says|will|wants|called|told|asked|has|had|is|was|keeps|thinks|wrote|" \
  "writes|needs|refuses|refused|joins|works|lives|lived|likes|does|did|can|could|would|should|" \
  "might|came|comes|went|goes|got|gets|gave|gives|sent|sends|paid|pays|left|leaves|moved|moves|" \
  "brings|brought|makes|made|knows|knew|objects|presents|reports|agrees|agreed|and[ ]\\p{Lu}"
#define SAID ENGLISH_SAID "|dit|veut|va|peut|doit|refuse|appelle|est|a[ ]|envoie|réserve|rédige|" \
  "dice|quiere|es|está|tiene|va|ha|puede|no[ ]|è|vuole|può|deve|chiama|scrive|disse|diz|quer|" \
  "está|y[ ]\\p{Lu}|et[ ]\\p{Lu}|e[ ]\\p{Lu}"

const TlmPrivateRule tlm_private_persons[] = {
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, /* addressed */
    "(?:\\b(?:" TITLES "|M(?=\\.))\\.?[ ]){1,3}\\K(?!(?:" TITLES
    ")\\b)\\p{Lu}[\\p{L}\\p{M}'’.-]{0,30}(?:[ ](?:" PARTICLE "[ ]){0,2}"
    NO_NAME "\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}){0,3}(?<![.])", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE,
    "\\b(?:don|doña|sr|sra|señor|señora|doctora?|docteur|maître|madame|monsieur|mme|dottor|"
    "dottoressa|avvocat[oa]|signora?|signorina|professor|professoressa|"
    "professora|mevrouw|meneer|dhr|mevr|pani?|senhora?|dona|herr|frau|mr|mrs|ms|nurse|father|"
    "sister|abate|padre|suor)\\.?[ ]\\K" CAPPED MORE, NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_HASTY,
    "\\b(?:herrn?|frau|mr|mrs|ms|miss|mme|monsieur|madame|doña|don|dr|signora?|señora?|tante|onkel|"
    "aunt|uncle)\\.?[ ]\\K\\p{L}{3,30}\\b", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, "[\\p{Han}\\p{Katakana}ー]{1,6}(?:さん|様|先生|氏|くん|ちゃん)", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, /* whoever says so */
    "\\b(?:(?i:my name is|my name['’]s|i am called|i['’]m called|is called|was called|name is|"
    "named|ich hei(?:ß|ss)e|hei(?:ß|ss)t|mein name ist|namens|je m['’]appelle|"
    "s['’]appelle|nommée?|je soussignée?|me llamo|se llama|llamad[oa]|a nombre de|mi chiamo|"
    "si chiama|intestat[oa] a|meu nome é|me chamo|chama-se|mijn naam is|ik heet|"
    "jag heter|nazywam się|mam na imię)|меня зовут)[ ]\\K(?!(?i:a|an|the|by|to|der|die|das|ein|"
    "eine|un|une|le|la|el|il|after)\\b)[\\p{L}\\p{M}'’-]{2,30}"
    "(?:[ ](?:" PARTICLE "[ ]){0,2}" CAPPED "){0,3}", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, /* introduced */
    "\\b(?:I am|I['’]m|[Tt]his is|[Ii]ch bin|[Hh]ier ist|[Hh]ier spricht|[Jj]e suis|[Cc]['’]est|"
    "[Ss]oy|[Ss]ono|[Ss]ou)[ ]\\K" CAPPED MORE
    "(?=[ ]?[,.;!\\n]|[ ](?i:from|and|aus|und|de|et|y|e)[ ])", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, "\\b" KIN "(?:,|:|[ ](?i:is|was|heißt|ist))?[ ]\\K"
    CAPPED MORE "\\b", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, /* SURNAME/FIRST */
    "\\b(?i:passengers?|passagiere?|passager|pasajero|passeggero|"
    "name)[: ]{1,2}\\K\\p{Lu}{2,30}/\\p{Lu}{2,30}", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, /* T. Marlowe */
    "(?<![\\w.])(?:\\p{Lu}\\.[ ]?){1,3}(?:" PARTICLE "[ ])?" NO_NAME
    "\\p{Lu}\\p{Ll}[\\p{L}'’-]{1,30}", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, /* greeted */
    "(?i)\\b(?:hi|hey|hello|hallo|salut|coucou|ciao|hola|dear|liebe|lieber|chère?|querid[oa]|"
    "car[oa]|beste|hej|cześć|oi|olá|bonjour|moin)[ ]\\K(?!(?:all|everyone|everybody|"
    "folks|guys|team|there|sirs?|madam|friends?|colleagues?|committee|hiring|customer|neighbou?rs?|"
    "mum|mom|dad|diary|santa|kolleg\\w{0,8}|freund\\w{0,8}|nachbar\\w{0,6}|eltern|"
    "gäste|zusammen|alle|leute|mama|papa|oma|opa|tante|onkel|frau|herr|mevrouw|meneer|señora?|"
    "signora?|senhora?|monsieur|madame|mesdames|buenas|todos|todas|tous|toutes|tutti|tutte|"
    "collegh?[ei]|amic[oi]|ami\\w{0,2}s|collègues|compañer\\w{0,3}|"
    "world|welt|monde|mundo|mondo|quero|a|à|ja|it|that|to|grüße|uncle|aunt|mr|mrs|ms|"
    "dr)\\b)\\p{L}{2,30}(?=[ ]?[,!:\\n]|[ ]\\p{Lu}[\\p{L}-]{1,30},)", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_HASTY, /* called to in haste */
    "\\b(?:it['’]?s|its|this is|dis (?:à|a)|di a|dile a|tell|ask|sag)[ ]\\K(?!(?:me|him|her|them|"
    "us|the|my|a|your|not|so|in|on|from|about|mir|ihm|ihr|all)\\b)\\p{Ll}{3,30}\\b", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, /* signed */
    "\\b(?i:yours|regards|wishes|sincerely|faithfully|truly|love|cheers|thanks|signed|grüßen?|"
    "gruss|gruß|lg|vg|mfg|cordialement|salutations|bises|bisous|amitiés|saludos|abrazo|"
    "atentamente|saluti|abbracci|groeten|groet|abraço|cumprimentos|hälsningar|your|deine?|euere?|"
    "ihre?|tu|ta|ton|tua|tuo)(?:,|!|:)?\\s{1,3}\\K" CAPPED MORE "(?=[,.]?[ ]?(?:[(+0-9\\n]|\\z|"
    ",[ ]\\p{Ll}))", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, "(?<=\\n)" CAPPED MORE "(?=\\s{0,9}\\z)", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, /* at the end, behind a full stop */
    "(?<=[.!?…] )" CAPPED "(?:[ ]" CAPPED ")?(?=\\s{0,9}\\z)", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, "\\b" CAPPED MORE "\\b", tlm_private_is_first_name },
  { TLM_PRIVATE_NAME, TLM_RULE_SURE, "(?<![\\w.@/-])\\p{Ll}{3,30}\\b(?![@/-])"
    , tlm_private_is_small_name },
  { .pattern = NULL },
};

const TlmPrivateRule tlm_private_capitals[] = {
  { TLM_PRIVATE_NAME, TLM_RULE_WEAK, /* two or more in a row */
    "\\b" CAPPED "(?:[ ]" CAPPED "){1,3}", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_WEAK | TLM_RULE_NO_GERMAN,
    "\\b" CAPPED "(?:[ ](?:\\p{Lu}\\.[ ]|" PARTICLE "[ ]){0,2}" CAPPED "){1,3}", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_WEAK | TLM_RULE_NO_GERMAN, /* one, inside a sentence */
    "(?<=[\\p{Ll}\\p{N},;:(] )" CAPPED "\\b", NULL },
  { TLM_PRIVATE_NAME, TLM_RULE_WEAK | TLM_RULE_NO_GERMAN, /* one at the beginning that does something */
    "\\b" CAPPED "(?=['’]s\\b|[ ](?:" SAID ")\\b)", NULL },
  { .pattern = NULL },
};

const char tlm_private_word[] = "\\b(?:\\p{Lu}{3,5}|" CAPPED ")\\b";
const char tlm_private_beside[] = "(?:,|[ ](?:und|and|y|et|e|en|och|&))[ ](" CAPPED "(?:[ ]" CAPPED
    ")?)\\b(?=[,.;!?\\n]|[ ]\\p{Ll}|\\z)";
