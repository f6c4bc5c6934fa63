// SPDX-License-Identifier: Apache-2.0
// The span heads: what they may propose, that gradients are those of the loss, and that nothing
// they give is anything but whole characters of the note, whatever the note holds.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

extern "C" {
#include "base/rng.h"
#include "base/utf8.h"
#include "reader/lexicon.h"
#include "reader/reader-internal.h"
#include "reader/spans-internal.h"
#include "reader/words.h"
}

namespace
{

// A note made ready without a tokenizer: the span heads must do without tokens too.
struct Note
{
  explicit Note (const std::string &s) : text (s)
  {
    tl_error err = {};
    size_t n = 0;

    EXPECT_TRUE (tl_units_split (text.data (), text.size (), &units, &n, &err)) << err.message;
    if (n > TL_READER_MAX_UNITS)
      n = TL_READER_MAX_UNITS;
    for (size_t u = 0; u < n; u++)
      {
        size_t pos = 0, start = 0;
        const char *from = text.data () + units[u].start;

        bounds.push_back ((uint32_t) words.size ());
        while (tl_word_next (from, units[u].end - units[u].start, &pos, &start))
          words.push_back (make_word (units[u].start + start, units[u].start + pos));
      }
    bounds.push_back ((uint32_t) words.size ());
    no_tokens.assign (n + 1, 0);
    logits.assign (2 * n + 2, 0.0f);
    note.text = text.data ();
    note.len = text.size ();
    note.first_window = true;
    note.units = units;
    note.n_units = n;
    note.words = words.data ();
    note.unit_words = bounds.data ();
    note.unit_tokens = no_tokens.data ();
  }
  ~Note () { free (units); }
  Note (const Note &) = delete;
  Note &operator= (const Note &) = delete;

  tl_word make_word (size_t start, size_t end) const
  {
    tl_word w = {};
    uint32_t cp;

    tl_utf8_next (text.data () + start, end - start, &cp);
    w.start = (uint32_t) start;
    w.end = (uint32_t) end;
    w.hash = tl_word_hash (text.data () + start, end - start);
    w.classes = tl_lexicon_get_classes (w.hash);
    w.shape = tl_cp_is_upper (cp) ? TL_SHAPE_UPPER : 0;
    if (cp >= '0' && cp <= '9')
      w.shape |= TL_SHAPE_DIGIT;
    return w;
  }

  std::string text;
  tl_unit *units = nullptr;
  std::vector<tl_word> words;
  std::vector<uint32_t> bounds, no_tokens;
  std::vector<float> logits;
  tl_note note = {};
};

struct Heads
{
  Heads ()
  {
    tl_rng rng;

    layout.embed = 0;
    layout.spans = 0;
    params.resize (tl_spans_n_params ());
    tl_rng_init (&rng, 5);
    for (float &p : params)
      p = 0.1f * tl_rng_normal (&rng);
  }
  tl_reader_layout layout = {};
  std::vector<float> params;
  float calibration[TL_SPANS_N_CALIBRATION] = { 1, 0, 1, 0, 1, 0, 1, 0 };
};

std::vector<std::string>
proposed (const Note &n, tl_span_kind kind, size_t unit)
{
  Heads heads;
  tl_span_scorer scorer;
  tl_span_scored s;
  std::vector<std::string> out;

  EXPECT_TRUE (tl_span_scorer_init (&scorer, &heads.layout, heads.params.data (), &n.note,
                                    n.logits.data ()));
  EXPECT_TRUE (tl_span_scorer_propose (&scorer, kind, unit, &s));
  for (size_t i = 0; i < s.candidates.n; i++)
    out.push_back (n.text.substr (s.candidates.items[i].start,
                                  s.candidates.items[i].end - s.candidates.items[i].start));
  tl_span_scored_clear (&s);
  tl_span_scorer_clear (&scorer);
  return out;
}

std::string
told_owner (const Note &n)
{
  tl_span_view view;
  tl_candidates c = {};
  std::string name;

  EXPECT_TRUE (tl_span_view_init (&view, &n.note, n.logits.data ()));
  tl_span_owners (&view, 0, &c);
  const tl_candidate &owner = c.items[tl_span_told_owner (&view, 0, &c)];
  name = n.text.substr (owner.start, owner.end - owner.start);
  tl_candidates_clear (&c);
  tl_span_view_clear (&view);
  return name;
}

bool
has (const std::vector<std::string> &list, const std::string &s)
{
  for (const std::string &item : list)
    if (item == s)
      return true;
  return false;
}

bool
is_boundary (const std::string &s, size_t at)
{
  return at == s.size () || ((unsigned char) s[at] & 0xc0) != 0x80;
}

void
expect_span_of (const std::string &text, const tl_span &span)
{
  ASSERT_LE (span.start, span.end);
  ASSERT_LE (span.end, text.size ());
  EXPECT_TRUE (is_boundary (text, span.start) && is_boundary (text, span.end));
  EXPECT_TRUE (span.p >= 0.0f && span.p <= 1.0f);
}

void
expect_spans_of (const std::string &text)
{
  Note n (text);
  Heads heads;
  tl_spans spans;
  tl_error err = {};

  ASSERT_TRUE (tl_spans_read (&heads.layout, heads.params.data (), heads.calibration, &n.note,
                              n.logits.data (), &spans, &err)) << err.message;
  for (size_t i = 0; i < spans.n_titles; i++)
    expect_span_of (n.text, spans.titles[i]);
  for (size_t i = 0; i < spans.n_tags; i++)
    expect_span_of (n.text, spans.tags[i]);
  for (size_t u = 0; u < n.note.n_units; u++)
    for (const tl_span *s : { &spans.owners[u], &spans.dues[u] })
      {
        expect_span_of (n.text, *s);
        if (s->start < s->end)
          {
            EXPECT_GE (s->start, n.units[u].start);
            EXPECT_LE (s->end, n.units[u].end);
          }
      }
  tl_spans_clear (&spans);
}

TEST (Spans, ProposesDueWordsInSeveralLanguages)
{
  const struct
  {
    const char *text, *due;
  } cases[] = {
    { "Send the form by Thursday noon please", "by Thursday noon" },
    { "Book it before the end of the month", "before the end of the month" },
    { "Call him tomorrow", "tomorrow" },
    { "Report due 2026-05-14", "2026-05-14" },
    { "Pay the rest on 14 May", "on 14 May" },
    { "Ring the builder at 14:00 today", "at 14:00 today" },
    { "Fetch the boat once the water is down", "once the water is down" },
    { "Milena ruft am Freitag an", "am Freitag" },
    { "Bericht bis 14. Mai schicken", "bis 14. Mai" },
    { "Envoyer la lettre avant lundi", "avant lundi" },
    { "Llamar antes del viernes", "antes del viernes" },
    { "Chiamare il medico entro domani", "entro domani" },
    { "Sleutels ophalen voor maandag", "voor maandag" },
    { "Enviar o recibo até sexta-feira", "até sexta-feira" },
  };

  for (const auto &c : cases)
    {
      Note n (c.text);

      EXPECT_TRUE (has (proposed (n, TL_SPAN_DUE, 0), c.due)) << c.text;
    }
}

TEST (Spans, ProposesOwners)
{
  const struct
  {
    const char *text, *owner;
  } cases[] = {
    { "Tunde changes the rounding", "Tunde" },
    { "letter to the parents: Mr Haldane", "Mr Haldane" },
    { "ask again next week (@Ilse)", "Ilse" },
    { "Haruki + Tiago ring at the flats", "Haruki + Tiago" },
    { "caretaker: weekly from now on", "caretaker" },
    { "contracts out tomorrow, the night turn helps", "night turn" },
  };

  for (const auto &c : cases)
    {
      Note n (c.text);
      std::vector<std::string> list = proposed (n, TL_SPAN_OWNER, 0);

      EXPECT_TRUE (has (list, c.owner)) << c.text;
      EXPECT_EQ (list[0], "") << "none comes first";
    }
}

TEST (Spans, SeesANameThatIsToldToAct)
{
  const struct
  {
    const char *text, *owner;
  } cases[] = {
    { "Ruth will call the plumber by Friday", "Ruth" },
    { "Ana Ruiz needs to send the report", "Ana Ruiz" },
    { "Ruth called the plumber", "" },
    { "The parcel will be sent", "" },
    { "Tomorrow will call for umbrellas", "" },
    { "Somebody must call the plumber", "" },
    { "Call and send the report", "" },
    { "Decided to sell the wetsuit", "" },
  };

  for (const auto &c : cases)
    {
      Note n (c.text);

      EXPECT_EQ (told_owner (n), c.owner) << c.text;
    }
}

TEST (Spans, TitlesStayInsideASentence)
{
  Note n ("The depot goes ahead. Two bids came in, the cheaper one wins.");

  for (const std::string &s : proposed (n, TL_SPAN_TITLE, 0))
    {
      EXPECT_EQ (s.find (". "), std::string::npos) << s;
      EXPECT_NE (s.find (' '), std::string::npos) << "at least two words";
    }
}

TEST (Spans, TagsOfOnePhraseAreOne)
{
  Note n ("- tax rounding is wrong\n- Tax rounding again\n- the tax rounding error");
  size_t n_same = 0;

  for (const std::string &s : proposed (n, TL_SPAN_TAG, 0))
    n_same += s == "tax rounding" || s == "Tax rounding";
  EXPECT_EQ (n_same, 1u);
}

TEST (Spans, TagsShownDoNotHoldEachOther)
{
  Note n ("# Pump\n- The old pump leaks\n- Old pump sold\n- New pump on order\n- pump room is wet");
  Heads heads;
  tl_spans spans;

  ASSERT_TRUE (tl_spans_read (&heads.layout, heads.params.data (), heads.calibration, &n.note,
                              n.logits.data (), &spans, nullptr));
  ASSERT_GE (spans.n_tags, 2u);
  for (size_t i = 0; i < spans.n_tags; i++)
    for (size_t j = 0; j < spans.n_tags; j++)
      if (i != j)
        {
          std::string a = n.text.substr (spans.tags[i].start, spans.tags[i].end - spans.tags[i].start);
          std::string b = n.text.substr (spans.tags[j].start, spans.tags[j].end - spans.tags[j].start);

          EXPECT_EQ ((" " + a + " ").find (" " + b + " "), std::string::npos) << a << " / " << b;
        }
  tl_spans_clear (&spans);
}

TEST (Spans, HostileNotesGiveSpansOfThemselves)
{
  for (const char *text : { "", " \n\t\n", "a", "…", "....", "- \n- \n-", "::::", "會議改到週四下午三點。請帶資料。",
                            "مرحبا بالعالم الاجتماع غدا", "👩‍👩‍👧 picnic 🎉 on Friday 🎉",
                            "@ @ @ : : :",
                            "\"\"\"(((", "1 2 3 4 5 6 7 8 9 10 11 12", "é è ê ë", "by by by by before until" })
    expect_spans_of (text);
}

TEST (Spans, MutatedNotesGiveSpansOfThemselves)
{
  const std::string base = "# Checkout weekly, Tue 14 Oct\n\nPresent: Soraya, Ilse\n\n- Tunde fixes the "
                           "rounding by 22 Oct\n- Über Bücher am Freitag – Zoë ruft an\n- 会议改到周四。\n";
  const char *pieces[] = { " ", "\n", "- ", "é", "—", "会", "@", ":", ".", "by Friday", "Ilse", "\"", "12" };
  tl_rng rng;

  tl_rng_init (&rng, 9);
  for (int round = 0; round < 150; round++)
    {
      std::string text = base;

      for (int k = 0; k < 12; k++)
        {
          size_t at = tl_rng_below (&rng, (uint32_t) text.size ());

          while (!is_boundary (text, at))
            at--;
          if (tl_rng_below (&rng, 2) == 0)
            text.insert (at, pieces[tl_rng_below (&rng, sizeof pieces / sizeof *pieces)]);
          else
            {
              size_t end = at + 1;

              while (!is_boundary (text, end))
                end++;
              text.erase (at, end - at);
            }
        }
      expect_spans_of (text);
    }
}

TEST (Spans, LongNotesAreCapped)
{
  std::string text;

  for (int i = 0; i < 128; i++)
    {
      text += "- ";
      for (int w = 0; w < 150; w++)
        text += "w" + std::to_string (i * 150 + w) + " ";
      text += "\n";
    }
  Note n (text);

  EXPECT_LE (proposed (n, TL_SPAN_TITLE, 0).size (), 4104u);
  EXPECT_LE (proposed (n, TL_SPAN_TAG, 0).size (), 2048u);
}

// d loss / d parameter against a central difference, for parameters of all kinds of head.
TEST (Spans, GradientsAreThoseOfTheLoss)
{
  Note n ("# Pump committee\n- Ilse orders the new pump by Friday\n- The old pump leaks\n- Fence later");
  Heads heads;
  std::vector<tl_unit_label> units (n.note.n_units + 1);
  const char *titles[] = { "New pump ordered" }, *tags[] = { "pump", "Fence" };
  size_t owner = n.text.find ("Ilse"), due = n.text.find ("by Friday");
  tl_note_labels labels = {};
  tl_spans_example example = {};
  std::vector<float> grads (heads.params.size ());
  const float step = 1e-2f;
  size_t n_checked = 0;

  units[1].action = true;
  units[1].owner = { owner, owner + 4, 1.0f };
  units[1].due = { due, due + 9, 1.0f };
  labels.units = units.data ();
  labels.titles = titles;
  labels.n_titles = 1;
  labels.tags = tags;
  labels.n_tags = 2;
  labels.weight = 1.0f;
  labels.has_actions = labels.has_titles = labels.has_tags = true;
  example.note = &n.note;
  example.labels = &labels;
  example.logits = n.logits.data ();
  ASSERT_TRUE (std::isfinite (
    tl_spans_loss (&heads.layout, heads.params.data (), grads.data (), &example, nullptr)));
  for (size_t i = 0; i < grads.size (); i += 23)
    {
      float keep = heads.params[i], up, down;

      if (std::fabs (grads[i]) < 0.02f) // below this the difference drowns in float rounding
        continue;
      heads.params[i] = keep + step;
      up = tl_spans_loss (&heads.layout, heads.params.data (), nullptr, &example, nullptr);
      heads.params[i] = keep - step;
      down = tl_spans_loss (&heads.layout, heads.params.data (), nullptr, &example, nullptr);
      heads.params[i] = keep;
      EXPECT_NEAR (grads[i], (up - down) / (2.0f * step), 0.02f * std::fabs (grads[i]) + 2e-3f) << i;
      n_checked++;
    }
  EXPECT_GT (n_checked, 20u);
}

TEST (Spans, TrainingPrefersWhatIsRight)
{
  Note n ("# Pump committee\n- Ilse orders the new pump by Friday\n- The old pump leaks\n- Fence later");
  Heads heads;
  std::vector<tl_unit_label> units (n.note.n_units + 1);
  const char *titles[] = { "Pump committee" }, *tags[] = { "pump", "Fence" };
  size_t owner = n.text.find ("Ilse"), due = n.text.find ("by Friday");
  tl_note_labels labels = {};
  tl_spans spans;
  tl_error err = {};

  units[1].action = true;
  units[1].owner = { owner, owner + 4, 1.0f };
  units[1].due = { due, due + 9, 1.0f };
  labels.units = units.data ();
  labels.titles = titles;
  labels.n_titles = 1;
  labels.tags = tags;
  labels.n_tags = 2;
  labels.weight = 1.0f;
  labels.has_actions = labels.has_titles = labels.has_tags = true;
  std::vector<tl_spans_example> examples (
    40, tl_spans_example { &n.note, &labels, nullptr, n.logits.data () });
  ASSERT_TRUE (tl_spans_train (&heads.layout, heads.params.data (), examples.data (), examples.size (), 3,
                               heads.calibration, nullptr, nullptr, &err)) << err.message;
  ASSERT_TRUE (tl_spans_read (&heads.layout, heads.params.data (), heads.calibration, &n.note,
                              n.logits.data (), &spans, &err)) << err.message;
  ASSERT_GT (spans.n_titles, 0u);
  EXPECT_EQ (n.text.substr (spans.titles[0].start, spans.titles[0].end - spans.titles[0].start),
             "Pump committee");
  EXPECT_EQ (spans.owners[1].start, owner);
  EXPECT_EQ (spans.owners[1].end, owner + 4);
  EXPECT_EQ (spans.dues[1].start, due);
  EXPECT_EQ (spans.dues[1].end, due + 9);
  tl_spans_clear (&spans);
}

TEST (Spans, TrainingCanBeStopped)
{
  Note n ("Call Ilse tomorrow");
  Heads heads;
  std::vector<tl_unit_label> units (n.note.n_units + 1);
  tl_note_labels labels = {};
  tl_error err = {};

  labels.units = units.data ();
  labels.weight = 1.0f;
  std::vector<tl_spans_example> examples (
    16, tl_spans_example { &n.note, &labels, nullptr, n.logits.data () });
  EXPECT_FALSE (tl_spans_train (&heads.layout, heads.params.data (), examples.data (), examples.size (),
                                3, heads.calibration, [] (void *) { return true; }, nullptr, &err));
  EXPECT_EQ (err.code, TL_ERROR_CANCELLED);
}

TEST (Spans, TimeWordsAreFoundWhateverTheirCase)
{
  EXPECT_TRUE (tl_span_time_classes ("MONDAY", 6) & TL_TIME_DAY);
  EXPECT_TRUE (tl_span_time_classes ("'til", 4) & TL_TIME_DEADLINE); // the first of the sorted table
  EXPECT_TRUE (tl_span_time_classes ("übermorgen", strlen ("übermorgen")) & TL_TIME_RELATIVE);
  EXPECT_TRUE (tl_span_time_classes ("Übermorgen", strlen ("Übermorgen")) & TL_TIME_RELATIVE);
  EXPECT_TRUE (tl_span_time_classes ("SÁBADO", strlen ("SÁBADO")) & TL_TIME_DAY);
  EXPECT_TRUE (tl_span_time_classes ("d’ici", strlen ("d’ici")) & TL_TIME_DEADLINE);
  EXPECT_TRUE (tl_span_time_classes ("’til", strlen ("’til")) & TL_TIME_DEADLINE);
  EXPECT_EQ (tl_span_time_classes ("’’’’’’’", strlen ("’’’’’’’")), 0);
  EXPECT_TRUE (tl_span_time_classes ("20th", 4) & TL_TIME_NUMBER);
  EXPECT_EQ (tl_span_time_classes ("pump", 4), 0);
  EXPECT_EQ (tl_span_time_classes ("", 0), 0);
}

} // namespace
