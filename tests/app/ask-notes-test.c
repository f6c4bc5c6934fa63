/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to all notes: the right passages are found, the chat answers with a link to the place, says
 * when the notes do not, and remembers which tool a person chose. */
#include <string.h>

#include "notes/ask-notes.h"
#include "chats-support.h"
#include "notes/question.h"
#include "chats/router.h"
#include "support.h"
#include "chats/tool-choices.h"

#define NOTE(id, title, text) \
  "INSERT INTO notes (id, title, text, created, updated) VALUES (" #id ", '" title "', '" text \
  "', 1, " #id ");"

static const char notes[]
  = NOTE (1, "Bakery", "# Bakery\n\nWe talked about the weather.\n\nThe oven will be repaired by Halloran on 3 June.\n")
    NOTE (2, "Garden", "Beans by the fence, tomatoes under the roof.\n\nThe gate is painted green.\n")
    NOTE (3, "Gone", "The oven was sold to Halloran.\n")
    "UPDATE notes SET trashed = 1 WHERE id = 3;"
    NOTE (4, "日本", "金曜日に会議があります。");

/* ---- passages ---- */

static TlmNotesAnswer *
ask (Fixture *f, const char *question)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  TlmNotesAnswer          *answer;

  tlm_ask_notes_async (f->store, f->engine, question, 0, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  answer = tlm_ask_notes_finish (f->store, result, &error);
  g_assert_no_error (error);
  return answer;
}

static void
points_at_the_sentence_of_the_right_note (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmNotesAnswer) answer = NULL;
  const TlmPassage *passage;

  tlm_test_exec (f->store, notes);
  answer = ask (f, "When will Halloran repair the oven?");
  passage = answer->passages->pdata[answer->place];
  g_assert_cmpint (passage->id, ==, 1);
  g_assert_cmpuint (answer->answer.start, <, answer->answer.end);
  g_assert_true (g_str_has_prefix (passage->text + answer->answer.start, "The oven will be repaired"));
  for (guint i = 0; i < answer->passages->len; i++) /* what is in the bin is not asked */
    g_assert_cmpint (((TlmPassage *) answer->passages->pdata[i])->id, !=, 3);
}

static void
finds_nothing_where_nothing_is (Fixture *f, gconstpointer data)
{
  static const char *const questions[] = { "Who plays the violin in Vienna?", "", "the of and", "\"*\" OR",
                                           "\xff\xfe" };

  tlm_test_exec (f->store, notes);
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      g_autoptr (TlmNotesAnswer) answer = ask (f, questions[i]);

      g_assert_cmpuint (answer->passages->len, ==, 0);
      g_assert_cmpuint (answer->answer.start, ==, answer->answer.end);
    }
}

static void
finds_texts_without_spaces (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmNotesAnswer) answer = NULL;

  tlm_test_exec (f->store, notes);
  answer = ask (f, "会議はいつですか");
  g_assert_cmpuint (answer->passages->len, ==, 1);
  g_assert_cmpint (((TlmPassage *) answer->passages->pdata[0])->id, ==, 4);
}

/* More newer notes than are looked at have one of the words, and more newer messages are questions to
 * the notes with all of them. */
static void
finds_old_texts_without_spaces (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmNotesAnswer) answer = NULL;
  const TlmPassage *first, *second;

  tlm_test_exec (f->store, notes);
  tlm_test_exec (f->store,
                 "WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 90)"
                 "INSERT INTO notes (id, title, text, created, updated)"
                 "SELECT i, '社', '社は' || i || '階です。', 1, i FROM n;"
                 "INSERT INTO chats (id, title, created, updated) VALUES (1, '話', 1, 1);"
                 "INSERT INTO messages (id, chat_id, role, state, text, route, elapsed_ms, created)"
                 " VALUES (1, 1, 0, 0, '会議を金曜日にします。', '', 0.0, 1);"
                 "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 2 FROM n WHERE i < 90)"
                 "INSERT INTO messages (id, chat_id, role, state, text, route, elapsed_ms, created,"
                 " parent, tool)"
                 "SELECT i, 1, 0, 0, '会議は何曜日ですか', '', 0.0, 1, NULL, '' FROM n"
                 " UNION ALL SELECT i + 1, 1, 1, 0, '会議は', '', 0.0, 1, i, 'retrieval' FROM n;");
  answer = ask (f, "会議は何曜日ですか");
  g_assert_cmpuint (answer->passages->len, >=, 2);
  first = answer->passages->pdata[0];
  second = answer->passages->pdata[1];
  g_assert_cmpint (MIN (first->message_id, second->message_id), ==, 0);
  g_assert_cmpint (MAX (first->message_id, second->message_id), ==, 1);
  g_assert_cmpint (first->message_id == 0 ? first->id : second->id, ==, 4);
}

/* The sentence that answers says only "it", and is shown with the one before. */
static void
knows_what_it_stands_for (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  TlmMessage *reply;

  tlm_test_exec (f->store, NOTE (1, "Harbour", "Bring coins for the ferry. The harbour fair comes back. It is on 12 June. "
                                               "The fish stand needs a new tent."));
  g_assert_true (send_message (f, chat, "When is the harbour fair?", NULL));
  reply = get_message (chat, 1);
  g_assert_nonnull (strstr (tlm_message_get_text (reply),
                            "**“The harbour fair comes back. It is on 12 June.”**"));
  g_assert_nonnull (strstr (tlm_message_get_text (reply), "](tinylm:note/1/46/The%20harbour"));
  g_assert_true (send_message (f, chat, "When is the tent of the fish stand repaired?", NULL));
  g_assert_null (strstr (tlm_message_get_text (get_message (chat, 3)), "12 June.”**"));
}

/* A text of any length is cut into pieces that are its own, on characters. */
static void
cuts_long_texts (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (TlmNotesAnswer) answer = NULL;
  g_autofree char *sql = NULL;

  for (int i = 0; i < 3000; i++)
    g_string_append (text, i == 2500 ? "Zacharias öffnet " : "äöü ");
  sql = g_strdup_printf (NOTE (1, "Long", "%s"), text->str);
  tlm_test_exec (f->store, sql);
  answer = ask (f, "Zacharias öffnet?");
  g_assert_cmpuint (answer->passages->len, ==, 1);
  g_assert_true (g_utf8_validate (((TlmPassage *) answer->passages->pdata[0])->text, -1, NULL));
  g_assert_nonnull (strstr (((TlmPassage *) answer->passages->pdata[0])->text, "Zacharias"));
}

/* Thousands of newer notes have the other words. */
static void
finds_an_old_note_by_its_rare_word (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmNotesAnswer) answer = NULL;

  tlm_test_exec (f->store, notes);
  tlm_test_exec (f->store, "WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                           "INSERT INTO notes (id, title, text, created, updated)"
                           "SELECT i, 'Oven ' || i, 'We will repair the oven of day ' || i || '.', 1, i FROM n");
  answer = ask (f, "When will Halloran repair the oven?");
  g_assert_cmpint (((TlmPassage *) answer->passages->pdata[0])->id, ==, 1);
}

/* ---- in the chat ---- */

static void
answers_in_the_chat_with_a_link (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  TlmMessage *reply;

  tlm_test_exec (f->store, notes);
  g_assert_true (send_message (f, chat, "When is Halloran coming for the oven?", NULL));
  reply = get_message (chat, 1);
  g_assert_cmpstr (tlm_message_get_tool (reply), ==, "retrieval");
  g_assert_cmpstr (tlm_message_get_why (reply), !=, "");
  g_assert_nonnull (strstr (tlm_message_get_text (reply), "**“The oven will be repaired"));
  g_assert_nonnull (strstr (tlm_message_get_text (reply), "](tinylm:note/1/"));
  /* The question itself and its answer are no place to look. */
  g_assert_true (send_message (f, chat, "When is Halloran coming for the oven?", NULL));
  reply = get_message (chat, 3);
  g_assert_null (strstr (tlm_message_get_text (reply), "tinylm:chat/"));
}

static void
remembers_a_chosen_tool (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  g_autoptr (GAsyncResult) result = NULL, listed = NULL, forgotten = NULL;
  g_autoptr (GPtrArray) choices = NULL;

  tlm_test_exec (f->store, notes);
  g_assert_true (send_message (f, chat, "hello gate green hello", NULL));
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 1)), !=, "retrieval");
  tlm_chats_choose_tool_async (f->chats, chat, get_message (chat, 1), TLM_TOOL_RETRIEVAL, NULL,
                               tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_send_finish (f->chats, result, NULL));
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 1)), ==, "retrieval");
  g_assert_cmpuint (tlm_message_get_n_versions (get_message (chat, 1)), ==, 2);
  g_assert_true (send_message (f, chat, "Hello! Gate: green, hello", NULL));
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 3)), ==, "retrieval");
  g_assert_nonnull (strstr (tlm_message_get_why (get_message (chat, 3)), "hello gate"));
  g_assert_true (send_message (f, chat, "Hello you over there, the one with the hat", NULL));
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 5)), !=, "retrieval");

  tlm_tool_choices_list_async (f->store, tlm_test_keep, &listed);
  tlm_test_await (&listed);
  choices = tlm_tool_choices_list_finish (f->store, listed, NULL);
  g_assert_cmpuint (choices->len, ==, 1);
  tlm_tool_choices_forget_async (f->store, ((TlmToolChoice *) choices->pdata[0])->id, tlm_test_keep,
                                 &forgotten);
  tlm_test_await (&forgotten);
  g_assert_true (tlm_tool_choices_forget_finish (f->store, forgotten, NULL));
  g_assert_true (send_message (f, chat, "Hello! Gate: green, hello", NULL));
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 7)), !=, "retrieval");
}

static void
keeps_why_over_a_restart (Fixture *f, gconstpointer data)
{
  TlmChat *chat = create (f);

  g_assert_true (send_message (f, chat, "17 * 23", NULL));
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 1)), ==, "code");
  g_assert_nonnull (strstr (tlm_message_get_why (get_message (chat, 1)), "exactly"));
  g_object_unref (chat);
}

static const char more_notes[]
  = NOTE (11, "Harbour fair", "---\ndate: 2026-02-03\ntags: [fair]\n---\n# Harbour fair\n\nThe harbour fair is on "
              "the second Saturday of June. It opens at ten. Mrs Duarte pays for the stage. The fair is held "
              "on the east quay.\n")
    NOTE (12, "House", "Otto fixed the roof in May. The wifi password is on the back of the router. The "
              "boiler cost 2,300 euros. We parked the car behind the church.\n")
    NOTE (13, "Week", "The ferry to Sandvik costs 12 euros. The dentist appointment is on Thursday at nine. "
              "The library closes at six. The exam is on 14 March. Ines brings the tents.\n")
    NOTE (14, "Cellar", "The keys to the cellar hang on the hook behind the door. The light there is broken.\n");

/* The router alone would hand some of them over. Where the reader misses the sentence, it says so, and the note
 * that holds it is the nearest; what it misses is what it misses today: a row that is answered is progress. */
static void
asks_the_notes_before_it_hands_over (Fixture *f, gconstpointer data)
{
  static const struct { const char *question, *answer, *link; } there[] = {
    { "When is the harbour fair?", "**“The harbour fair is on the second Saturday of June.”**", "note/11/51/" },
    { "When does the harbour fair open?", "**“The harbour fair is on the second Saturday of June.”**", "note/11/51/" },
    { "What is the wifi password?", "**“The wifi password is on the back of the router.”**", "note/12/" },
    { "How much did the boiler cost?", "**“The boiler cost 2,300 euros.”**", "note/12/" },
    { "Where did we park the car?", "**Not in your notes**, it seems.", "note/12/" },
    { "What does the ferry cost?", "**Not in your notes**, it seems.", "note/13/" },
    { "When is the dentist appointment?", "**“The dentist appointment is on Thursday at nine.”**", "note/13/" },
    { "What time does the library close?", "**Not in your notes**, it seems.", "note/13/" },
    { "When is the exam?", "**“The exam is on 14 March.”**", "note/13/" },
    { "Who brings the tents?", "**Not in your notes**, it seems.", "note/13/" },
    { "who fixed the roof", "**“Otto fixed the roof in May.”**", "note/12/" },
    { "where are the keys to the cellar", "**Not in your notes**, it seems.", "note/14/" },
  };

  tlm_test_exec (f->store, more_notes);
  for (gsize i = 0; i < G_N_ELEMENTS (there); i++)
    {
      g_autoptr (TlmChat) chat = create (f);
      const char         *answer;

      g_assert_true (send_message (f, chat, there[i].question, NULL));
      answer = tlm_message_get_text (get_message (chat, 1));
      g_assert_cmpstr (tlm_message_get_route (get_message (chat, 1)), ==, "eeny");
      g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 1)), ==, "retrieval");
      g_assert_true (g_str_has_prefix (answer, there[i].answer));
      g_assert_nonnull (strstr (answer, there[i].link));
      g_assert_null (strstr (answer, "date:"));
    }
}

/* What is asked is not in the notes, or could hurt: the probe lets it pass by. */
static void
hands_over_what_the_notes_do_not_speak_of (Fixture *f, gconstpointer data)
{
  static const char *const questions[] = { "How do I descale a kettle?", "What is the capital of France?",
                                           "who painted the ceiling of the chapel",
                                           "What medicine should I take for the roof of my mouth?" };

  tlm_test_exec (f->store, more_notes);
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      g_autoptr (TlmChat) chat = create (f);

      g_assert_true (send_message (f, chat, questions[i], NULL));
      g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 1)), ==, "hand-over");
      g_assert_null (strstr (tlm_message_get_text (get_message (chat, 1)), "tinylm:"));
    }
}

/* One of its words is no answer; that note may be the nearest, and no more is said of it. */
static void
hands_over_what_the_notes_only_touch (Fixture *f, gconstpointer data)
{
  static const char *const questions[] = { "Who wrote Faust?", "who wrote faust" };

  tlm_test_exec (f->store, more_notes);
  tlm_test_exec (f->store, NOTE (15, "Theatre", "We saw Faust. The seats cost 30 euros.\n"));
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      g_autoptr (TlmChat) chat = create (f);
      TlmMessage *reply;

      g_assert_true (send_message (f, chat, questions[i], NULL));
      reply = get_message (chat, 1);
      g_assert_cmpstr (tlm_message_get_tool (reply), ==, "hand-over");
      g_assert_true (g_str_has_prefix (tlm_message_get_text (reply), "**Not in your notes**"));
    }
}

/* Asked again, it stands in the chat with the model's answer to it: neither is what the notes say. */
static void
finds_no_question_in_itself (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  g_autofree char *model = make_model (f);

  tlm_test_exec (f->store, more_notes);
  tlm_chats_set_model (f->chats, model, NULL);
  g_assert_true (send_message (f, chat, "What is the capital of France?", NULL));
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 1)), ==, "large");
  g_assert_true (regenerate (f, chat, get_message (chat, 1)));
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 1)), ==, "large");
}

static const char roof_notes[]
  = NOTE (21, "Roof of the hall", "# Roof of the hall\n\nThe weather was fine and we had cake. Two firms came to look at "
              "the slates. We decided to repair the roof in spring with the slates of the old barn. "
              "Ngozi pays a third of it and writes to the council. Somebody left an umbrella.\n")
    NOTE (22, "Choir", "We sang the new piece twice. The altos were late. The concert moves to the ninth of May.\n");

/* Sentences of the note that is about it, in its order, each with its place; with the words alone it is not. */
static void
shows_what_matters_for_a_broad_question (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  const char *answer, *decided, *pays;

  tlm_test_exec (f->store, roof_notes);
  g_assert_true (send_message (f, chat, "What did we decide about the roof?", NULL));
  answer = tlm_message_get_text (get_message (chat, 1));
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 1)), ==, "retrieval");
  g_assert_true (g_str_has_prefix (answer, "What your notes say about it:\n\n- “"));
  decided = strstr (answer, "- “We decided to repair the roof in spring with the slates of the old barn.” — ["
                            "Roof of the hall](tinylm:note/21/72/We%20decided");
  pays = strstr (answer, "- “Ngozi pays a third of it");
  g_assert_nonnull (decided);
  g_assert_true (pays == NULL || decided < pays);
  g_assert_null (strstr (answer, "tinylm:note/22/"));
  g_assert_true (send_message (f, chat, "What did we decide about the holiday in Portugal?", NULL));
  g_assert_null (strstr (tlm_message_get_text (get_message (chat, 3)), "What your notes say"));
  g_assert_nonnull (strstr (tlm_message_get_text (get_message (chat, 3)), "**Not in your notes**"));
}

static void
knows_broad_questions (void)
{
  static const char *const broad[] = { "What did we decide about the roof?", "what is new with Ngozi?",
                                       "Why do customers cancel?", "How is Grandad's will divided now?",
                                       "Was haben wir über das Dach beschlossen?", "Qu’a-t-on décidé pour le toit ?" };
  static const char *const others[] = { "When did we decide about the roof?", "Who fixed the roof?",
                                        "What is the wifi password?", "How much did they say it costs?",
                                        "Wann ist das Fest?", "", "?", "roof" };

  for (gsize i = 0; i < G_N_ELEMENTS (broad); i++)
    g_assert_true (tlm_question_is_broad (broad[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (tlm_question_is_broad (others[i]));
  g_assert_true (tlm_question_is_asked ("where are the keys to the cellar"));
  g_assert_true (tlm_question_is_asked ("the keys? "));
  g_assert_true (tlm_question_is_asked ("鍵はどこ？"));
  g_assert_false (tlm_question_is_asked ("Write a letter to the landlord"));
  g_assert_false (tlm_question_is_asked (""));
}

static void
hands_over_what_is_too_broad (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);

  g_assert_true (send_message (f, chat, "What medicine should I take against my depression?", NULL));
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 1)), ==, "hand-over");
  g_assert_true (send_message (f, chat, "Write a contract for my tenant", NULL));
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 3)), ==, "hand-over");
  g_assert_true (send_message (f, chat, "Who are you?", NULL));
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 5)), !=, "hand-over");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/ask-notes/points-at-the-sentence-of-the-right-note", points_at_the_sentence_of_the_right_note);
  ADD ("/app/ask-notes/finds-nothing-where-nothing-is", finds_nothing_where_nothing_is);
  ADD ("/app/ask-notes/finds-texts-without-spaces", finds_texts_without_spaces);
  ADD ("/app/ask-notes/finds-old-texts-without-spaces", finds_old_texts_without_spaces);
  ADD ("/app/ask-notes/knows-what-it-stands-for", knows_what_it_stands_for);
  ADD ("/app/ask-notes/cuts-long-texts", cuts_long_texts);
  ADD ("/app/ask-notes/finds-an-old-note-by-its-rare-word", finds_an_old_note_by_its_rare_word);
  ADD ("/app/ask-notes/answers-in-the-chat-with-a-link", answers_in_the_chat_with_a_link);
  ADD ("/app/ask-notes/remembers-a-chosen-tool", remembers_a_chosen_tool);
  ADD ("/app/ask-notes/keeps-why-over-a-restart", keeps_why_over_a_restart);
  ADD ("/app/ask-notes/hands-over-what-the-notes-only-touch", hands_over_what_the_notes_only_touch);
  ADD ("/app/ask-notes/finds-no-question-in-itself", finds_no_question_in_itself);
  ADD ("/app/ask-notes/asks-the-notes-before-it-hands-over", asks_the_notes_before_it_hands_over);
  ADD ("/app/ask-notes/hands-over-what-is-too-broad", hands_over_what_is_too_broad);
  ADD ("/app/ask-notes/hands-over-what-the-notes-do-not-speak-of", hands_over_what_the_notes_do_not_speak_of);
  ADD ("/app/ask-notes/shows-what-matters-for-a-broad-question", shows_what_matters_for_a_broad_question);
  g_test_add_func ("/app/ask-notes/knows-broad-questions", knows_broad_questions);
  return g_test_run ();
}
