/* SPDX-License-Identifier: Apache-2.0 */
/* What is made of a reading, what a chat message is taken for, and how replies are composed. The
 * readings here are made by hand, so that no model is needed. */
#include <string.h>

#include "skills/reply.h"
#include "skills/summarize.h"
#include "support.h"

/* Splits @text and gives the content units the probabilities of @p_key in turn, then 0. */
static tl_reading
make_reading (const char  *text,
              const float *p_key,
              gsize        n_p)
{
  tl_reading reading = { 0 };
  tl_unit   *units = NULL;
  size_t     n = 0, next = 0;

  g_assert_true (tl_units_split (text, strlen (text), &units, &n, NULL));
  reading.units = g_new0 (tl_reading_unit, MAX (n, 1));
  reading.n_units = n;
  for (size_t i = 0; i < n; i++)
    {
      reading.units[i].unit = units[i];
      if (tl_unit_is_content (&units[i]) && next < n_p)
        reading.units[i].p_key = p_key[next++];
    }
  free (units);
  return reading;
}

static TlmSummary *
summarize (const char       *text,
           const tl_reading *reading)
{
  TlmFrontMatter front;

  tlm_front_matter_read (text, strlen (text), &front);
  return tlm_skill_summarize (text, strlen (text), &front, (TlmDay) { 2026, 5, 6 }, reading, "test",
                              "00", 1, 2);
}

static void
assert_slice (TlmSummary    *summary,
              const TlmSpan *span,
              const char    *expected)
{
  g_autofree char *slice = tlm_summary_dup_slice (summary, span);

  g_assert_cmpstr (slice, ==, expected);
}

static void
shows_strong_sentences_first (void)
{
  static const char  text[] = "# Head\n\nWeak one here. Strong one there. Another middling sentence. "
                              "Some more words to fill this note up. And even more of them follow.";
  static const float p[] = { 0.01f, 0.8f, 0.4f, 0.05f, 0.02f };
  tl_reading         reading = make_reading (text, p, G_N_ELEMENTS (p));
  g_autoptr (TlmSummary) summary = summarize (text, &reading);
  gsize              n;
  const TlmSpan     *points = tlm_summary_get_keypoints (summary, &n);

  g_assert_false (tlm_summary_get_is_fallback (summary));
  g_assert_cmpuint (n, ==, 2);
  assert_slice (summary, &points[0], "Strong one there.");
  g_assert_cmpint (points[0].confidence, ==, TLM_CONFIDENCE_HIGH);
  assert_slice (summary, &points[1], "Another middling sentence.");
  g_assert_cmpint (points[1].confidence, ==, TLM_CONFIDENCE_MEDIUM);
  g_free (reading.units);
}

static void
falls_back_to_the_longest_and_says_so (void)
{
  static const char  text[] = "Short. This sentence is by far the longest of the whole little note, it is. "
                              "Tiny. Small one. A medium sentence stands here. More words come after that.";
  static const float p[] = { 0.1f, 0.02f, 0.1f, 0.1f, 0.1f, 0.1f };
  tl_reading         reading = make_reading (text, p, G_N_ELEMENTS (p));
  g_autoptr (TlmSummary) summary = summarize (text, &reading);
  gsize              n, total = 0;
  const TlmSpan     *points = tlm_summary_get_keypoints (summary, &n);

  g_assert_true (tlm_summary_get_is_fallback (summary));
  g_assert_cmpuint (n, >, 0);
  assert_slice (summary, &points[0],
                "This sentence is by far the longest of the whole little note, it is.");
  for (gsize i = 0; i < n; i++)
    total += points[i].end - points[i].start;
  g_assert_cmpuint (total, <, strlen (text));
  g_free (reading.units);
}

static void
keeps_one_sentence (void)
{
  static const char      text[] = "Only this.";
  tl_reading             reading = make_reading (text, NULL, 0);
  g_autoptr (TlmSummary) summary = summarize (text, &reading);
  gsize                  n;
  const TlmSpan         *points = tlm_summary_get_keypoints (summary, &n);

  g_assert_cmpuint (n, ==, 1);
  assert_slice (summary, &points[0], "Only this.");
  g_free (reading.units);
}

static void
counts_from_the_first_byte_of_the_file (void)
{
  static const char      text[] = "\xef\xbb\xbfOnly this.";
  tl_reading             reading = make_reading (text + 3, NULL, 0);
  g_autoptr (TlmSummary) summary = summarize (text, &reading);
  gsize                  n;
  const TlmSpan         *points = tlm_summary_get_keypoints (summary, &n);
  const TlmSpan         *units = tlm_summary_get_units (summary, &n);

  g_assert_cmpuint (points[0].start, ==, 3);
  g_assert_cmpuint (units[0].start, ==, 3);
  assert_slice (summary, &points[0], "Only this.");
  g_free (reading.units);
}

static void
takes_check_boxes_at_their_word (void)
{
  static const char  text[] = "- [ ] open box\n- [x] ticked box\n- likely action\n- unlikely action\n";
  tl_reading         reading = make_reading (text, NULL, 0);
  g_autoptr (TlmSummary) summary = NULL;
  gsize              n;
  const TlmAction   *actions;

  g_assert_cmpuint (reading.n_units, ==, 4);
  reading.units[1].p_action = 0.9f;
  reading.units[2].p_action = 0.9f;
  reading.units[3].p_action = 0.1f;
  summary = summarize (text, &reading);
  actions = tlm_summary_get_actions (summary, &n);
  g_assert_cmpuint (n, ==, 2);
  assert_slice (summary, &actions[0].sentence, "open box");
  assert_slice (summary, &actions[1].sentence, "likely action");
  g_assert_cmpuint (actions[0].owner.start, ==, actions[0].owner.end);
  g_free (reading.units);
}

/* The reader left the day out of its due words. */
static void
takes_the_day_before_a_month (void)
{
  static const char      text[] = "- [ ] bis 31. Mai zahlen\n";
  tl_reading             reading = make_reading (text, NULL, 0);
  g_autoptr (TlmSummary) summary = NULL;
  g_autofree char       *days = NULL;
  gsize                  n, start = (gsize) (strstr (text, "Mai") - text);

  reading.units[0].due = (tl_span) { start, start + 3, 0.9f };
  summary = summarize (text, &reading);
  days = tlm_days_dup_iso (&tlm_summary_get_actions (summary, &n)[0].due_days);
  g_assert_cmpstr (days, ==, "2026-05-31");
  g_free (reading.units);
}

static void
routes_messages (void)
{
  static const struct
  {
    const char *message;
    TlmIntent   intent;
    const char *text; /* NULL: none */
  } cases[] = {
    { "hi", TLM_INTENT_HELP, NULL },
    { "What is the capital of France?", TLM_INTENT_HELP, NULL },
    { "Summarize this", TLM_INTENT_SUMMARY, NULL },
    { "Summarize: the roof leaks and the bank is closed today", TLM_INTENT_SUMMARY,
      "the roof leaks and the bank is closed today" },
    { "Give me a title for this\n\nthe roof leaks and the bank is closed", TLM_INTENT_TITLE,
      "the roof leaks and the bank is closed" },
    { "the roof leaks and the bank is closed\ntags please", TLM_INTENT_TAGS,
      "the roof leaks and the bank is closed" },
    { "What are the action items?\nAnna calls the bank. Ben mends the roof by May.",
      TLM_INTENT_ACTIONS, "Anna calls the bank. Ben mends the roof by May." },
    { "Fasse das zusammen:\nDas Dach ist undicht und die Bank hat heute zu.", TLM_INTENT_SUMMARY,
      "Das Dach ist undicht und die Bank hat heute zu." },
    { "Résume ceci :\n\nLe toit fuit et la banque est fermée.", TLM_INTENT_SUMMARY, "Le toit" },
    { "Quelles sont les tâches ?\nAnna appelle la banque avant la fin du mois.", TLM_INTENT_ACTIONS,
      "Anna" },
    { "Dame un título:\nEl tejado gotea y el banco está cerrado.", TLM_INTENT_TITLE, "El tejado" },
    { "¿Qué queda pendiente?\nAna llama al banco antes de fin de mes.", TLM_INTENT_ACTIONS, "Ana" },
    { "Riassumi questo:\nIl tetto perde e la banca oggi è chiusa.", TLM_INTENT_SUMMARY, "Il tetto" },
    { "palavras-chave, por favor\nO telhado pinga e o banco hoje está fechado.", TLM_INTENT_TAGS,
      "O telhado" },
    { "请总结一下：屋顶漏水，银行今天关门，明天再去。", TLM_INTENT_SUMMARY, "屋顶" },
    { "请给这段文字起一个合适的标题\n屋顶漏水，银行今天关门，明天再去。", TLM_INTENT_TITLE, "屋顶" },
    { "このテキストからやるべきことを見つけてください：\n\n月末までにアンナが銀行に電話する。",
      TLM_INTENT_ACTIONS, "月末" },
    { "لخِّص هذا النص:\nالسقف يسرب الماء والبنك مغلق اليوم.", TLM_INTENT_SUMMARY, "السقف" },
    { "ما هي المهام؟\nتتصل آنا بالبنك قبل نهاية هذا الشهر.", TLM_INTENT_ACTIONS, "تتصل" },
    /* "tag" stands inside other words, and a long paragraph is a text even if it says "title". */
    { "heritage", TLM_INTENT_HELP, NULL },
    { "The title of the book that we talked about at the meeting of the club last week was not the one "
      "that I remember, so I will look for it in the library tomorrow and tell you then, if they are "
      "open.", TLM_INTENT_SUMMARY, "The title" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TlmRoute route;

      tlm_route_message (cases[i].message, &route);
      g_test_message ("%s", cases[i].message);
      g_assert_cmpint (route.intent, ==, cases[i].intent);
      g_assert_cmpint (route.end > route.start, ==, cases[i].text != NULL);
      if (cases[i].text != NULL)
        g_assert_true (g_str_has_prefix (cases[i].message + route.start, cases[i].text));
    }
}

static void
sends_to_a_skill_without_a_word_for_it (void)
{
  TlmRoute    route;
  const char *message = "Gwna grynodeb o hyn:\n\nMae'r to yn gollwng ac mae'r banc ar gau heddiw.";

  tlm_route_message (message, &route);
  g_assert_cmpint (route.intent, ==, TLM_INTENT_HELP);
  for (int i = TLM_INTENT_SUMMARY; i < TLM_N_INTENTS; i++)
    {
      tlm_route_to_skill (message, (TlmIntent) i, &route);
      g_assert_cmpint (route.intent, ==, i);
      g_assert_true (g_str_has_prefix (message + route.start, "Mae'r to"));
      g_assert_cmpint (tlm_intent_find (tlm_intent_names[i]), ==, i);
    }
  tlm_route_to_skill ("Gwna grynodeb o hyn:\n\n", TLM_INTENT_SUMMARY, &route);
  g_assert_cmpuint (route.start, ==, route.end);
}

static void
routes_any_bytes_inside_the_message (void)
{
  GRand *rand = g_rand_new_with_seed (3);

  for (int i = 0; i < 2000; i++)
    {
      static const char *const parts[] = { "tag", ":", "\n", "\n\n", " ", "ü", "日", "：", "title", "word ", "" };
      g_autoptr (GString)      message = g_string_new (NULL);
      TlmRoute                 route;

      for (int n = g_rand_int_range (rand, 0, 30); n > 0; n--)
        g_string_append (message, parts[g_rand_int_range (rand, 0, G_N_ELEMENTS (parts))]);
      tlm_route_message (message->str, &route);
      g_assert_cmpuint (route.start, <=, route.end);
      g_assert_cmpuint (route.end, <=, message->len);
      g_assert_true (g_utf8_validate (message->str + route.start, -1, NULL));
    }
  g_rand_free (rand);
}

static void
quotes_markdown_in_replies (void)
{
  static const char      text[] = "Use *stars* and [links](x)\tand <b>tags</b>.";
  tl_reading             reading = make_reading (text, NULL, 0);
  g_autoptr (TlmSummary) summary = summarize (text, &reading);
  g_autofree char       *reply = tlm_reply_from_summary (TLM_INTENT_SUMMARY, summary);

  g_assert_nonnull (strstr (reply, "\\*stars\\* and \\[links\\](x) and \\<b\\>tags\\</b\\>."));
  g_assert_nonnull (strstr (reply, "Nothing stands out"));
  g_free (reading.units);
}

static void
says_what_was_not_found (void)
{
  static const char      text[] = "Only this.";
  static const TlmIntent intents[] = { TLM_INTENT_TAGS, TLM_INTENT_ACTIONS };
  tl_reading             reading = make_reading (text, NULL, 0);
  g_autoptr (TlmSummary) summary = summarize (text, &reading);

  for (gsize i = 0; i < G_N_ELEMENTS (intents); i++)
    {
      g_autofree char *reply = tlm_reply_from_summary (intents[i], summary);

      g_assert_true (g_str_has_prefix (reply, "I found no"));
    }
  g_free (reading.units);
}

/* Eight words at most; a byte order mark, front matter and a bullet's mark are none of them. */
static void
takes_the_title_from_the_first_line (void)
{
  static const struct
  {
    const char *text, *title; /* NULL: none */
  } cases[] = {
    { "# Weekly sync\n\nWe talked.", "Weekly sync" },
    { "\xef\xbb\xbf- one two three four five six seven eight nine",
      "one two three four five six seven eight" },
    { "---\ndate: today\n---\n\nOil the gate.", "Oil the gate" },
    { "---\ndate: today\n---\n", NULL },
    { "---\ntitle: \"The gate\"\n---\n\nOil the gate.", "The gate" },
    { "+++\ntitle = 'The gate'\n+++\nOil the gate.", "The gate" },
    { "#+TITLE: The gate\n#+DATE: <2026-05-03 Sun>\nOil it.", "The gate" },
    { "---\nnot closed\n\nOil the gate.", "not closed" },
    { "3. Mai\n\nOil the gate.", "3. Mai" },
    /* Between two rules stands a text, not front matter, where no key comes first. */
    { "---\n\nWe met at 10:30.\n\n---\nOil the gate.", "We met at 10:30" },
    { "---\nWho came: Ann\n\n---\nOil the gate.", "Who came: Ann" },
    { "+++\nWe met\n\n+++\nOil the gate.", "We met" },
    { "---\n---\nOil the gate.", "Oil the gate" },
    { "---\n\ntitle: The gate\n---\nOil it.", "The gate" },
    { "---\n# the wiki's\ntitle: The gate\n---\nOil it.", "The gate" },
    { "---\ndate created: today\ntags:\n- roof\ntitle: The gate\n---\nOil it.", "The gate" },
    { "---\ntitle : The gate\n\n---\nOil it.", "The gate" },
    { "---\n# Minutes\n\nPresent: Ann\n---\nOil it.", "Minutes" },
    { "+++\n# Hugo\n\ntitle = 'The gate'\n+++\nOil it.", "The gate" },
    { "+++\n[params]\ntitle = 'The gate'\n+++\nOil it.", "The gate" },
    /* Brackets, commas and signs are the title's own, and one pair of quotes is not. */
    { "---\ntitle: [roof-team] Minutes of Monday [final]\nfrom: Ann\n---\nOil it.",
      "[roof-team] Minutes of Monday [final]" },
    { "---\ntitle: #1234 is done,\n---\nOil it.", "#1234 is done," },
    { "---\ntitle: '\"The gate\" closed'\n---\nOil it.", "\"The gate\" closed" },
    { "---\ntitle: \"The gate\" and 'the roof'\n---\nOil it.", "\"The gate\" and 'the roof'" },
    { "---\ntitle: \"\n---\nOil it.", "\"" },
    /* The lines below. */
    { "---\ntitle: >-\n  The gate:\n\n  [oiled]\ntags: roof\n  old\n---\nOil it.",
      "The gate:\n\n  [oiled]" },
    { "---\ntitle: |\n  The gate\n# of the garden\n  old\n---\nOil it.", "The gate" },
    { "---\ntitle: |2\n  The gate\n---\nOil it.", "The gate" },
    { "---\ntitle: >2-\n  The gate\n---\nOil it.", "The gate" },
    { "---\ntitle: >+1\n The gate\n---\nOil it.", "The gate" },
    { "---\ntitle: >22\n---\nOil it.", ">22" },
    { "---\ntitle: >\ntags: roof\n---\nOil it.", "Oil it" },
    /* Of a link, the words that are read count; the slice is of the text as it is. */
    { "See [[a b c d e f g|one two]] three four five six seven eight.",
      "See [[a b c d e f g|one two]] three four five six seven" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char            *text = cases[i].text;
      TlmFrontMatter         front;
      tl_reading             reading;
      g_autoptr (TlmSummary) summary = NULL;

      g_test_message ("%s", text);
      tlm_front_matter_read (text, strlen (text), &front);
      reading = make_reading (text + front.end, NULL, 0);
      summary = summarize (text, &reading);
      if (cases[i].title != NULL)
        assert_slice (summary, tlm_summary_get_title (summary), cases[i].title);
      else
        g_assert_null (tlm_summary_get_title (summary));
      g_free (reading.units);
    }
}

/* The first line tells it by one whole date with its year that is not ahead. */
static void
tells_the_day_of_writing (void)
{
  static const struct
  {
    const char *text, *day;
  } cases[] = {
    { "# Minutes of 3 May 2026\n\nWe met.", "2026-05-03" },
    { "Friday 8 May 2026\nWe met.", "2026-05-08" },
    { "---\ndate: 2026-04-02\n---\n# Minutes of 3 May 2026", "2026-04-02" },
    { "The 5 goals of 2026", "2026-06-01" },
    { "# Budget 2026: due Friday", "2026-06-01" },
    { "# Trip to Rome 2026, in three weeks", "2026-06-01" },
    { "# Plan for May 2026", "2026-06-01" },
    { "Submit thesis by 1 September 2026.", "2026-06-01" },
    { "We met.\n3 May 2026", "2026-06-01" },
  };
  g_autoptr (GDateTime) written = g_date_time_new_local (2026, 6, 1, 12, 0, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char      *text = cases[i].text;
      TlmFrontMatter   front;
      g_autofree char *day = NULL;

      g_test_message ("%s", text);
      tlm_front_matter_read (text, strlen (text), &front);
      day = tlm_day_dup_iso (tlm_note_day (text, strlen (text), &front,
                                           g_date_time_to_unix (written)));
      g_assert_cmpstr (day, ==, cases[i].day);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/summarize/shows-strong-sentences-first", shows_strong_sentences_first);
  g_test_add_func ("/app/summarize/takes-the-title-from-the-first-line",
                   takes_the_title_from_the_first_line);
  g_test_add_func ("/app/summarize/tells-the-day-of-writing", tells_the_day_of_writing);
  g_test_add_func ("/app/summarize/falls-back-to-the-longest", falls_back_to_the_longest_and_says_so);
  g_test_add_func ("/app/summarize/keeps-one-sentence", keeps_one_sentence);
  g_test_add_func ("/app/summarize/counts-from-the-first-byte", counts_from_the_first_byte_of_the_file);
  g_test_add_func ("/app/summarize/takes-check-boxes-at-their-word", takes_check_boxes_at_their_word);
  g_test_add_func ("/app/summarize/takes-the-day-before-a-month", takes_the_day_before_a_month);
  g_test_add_func ("/app/route/routes-messages", routes_messages);
  g_test_add_func ("/app/route/sends-to-a-skill", sends_to_a_skill_without_a_word_for_it);
  g_test_add_func ("/app/route/stays-inside-the-message", routes_any_bytes_inside_the_message);
  g_test_add_func ("/app/reply/quotes-markdown", quotes_markdown_in_replies);
  g_test_add_func ("/app/reply/says-what-was-not-found", says_what_was_not_found);
  return g_test_run ();
}
