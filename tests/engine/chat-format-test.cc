// SPDX-License-Identifier: Apache-2.0
// Conversations as each format writes them. The expected texts were rendered by Jinja2 from the
// templates that models of these formats carry; the short templates here only bear their marks.
#include <algorithm>
#include <ostream>

#include "tokenizer-fixture.h"

extern "C" {
#include "text/chat-format.h"
}

namespace
{

struct Turn
{
  tl_chat_role role;
  std::string text;
};

struct Format
{
  const char *name, *marks, *expected;
};

void
PrintTo (const Format &format, std::ostream *os)
{
  *os << format.name;
}

const std::vector<Turn> conversation = { { TL_CHAT_SYSTEM, "Be brief." },
                                         { TL_CHAT_USER, "Hi" },
                                         { TL_CHAT_ASSISTANT, "Hello." },
                                         { TL_CHAT_USER, "Bye" } };

const char *const control[] = {
  "<s>", "</s>", "<|im_start|>", "<|im_end|>", "<|im_sep|>", "<|start_header_id|>",
  "<|end_header_id|>", "<|eot_id|>", "<start_of_turn>", "<end_of_turn>", "<|start_of_role|>",
  "<|end_of_role|>", "<|end_of_text|>", "<|user|>", "<|system|>", "<|assistant|>", "<|end|>",
  "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]",
};

// Bytes, and after them the control tokens of all formats, as files call them: of @type.
Vocabulary
ChatVocabulary (int32_t type)
{
  Vocabulary v = ByteLevelVocabulary ();

  v.types.assign (v.tokens.size (), 1);
  v.bos = (int64_t) v.tokens.size ();
  v.eos = v.bos + 1;
  for (const char *token : control)
    {
      v.tokens.push_back (token);
      v.types.push_back (type);
    }
  return v;
}

// A file with a vocabulary and a template, as models come.
class Chat
{
public:
  explicit Chat (const std::string &marks, int32_t type = 3)
  {
    TemporaryFile file;
    tl_error err = {};
    tl_gguf_writer *w = tl_gguf_writer_new ();

    tl_gguf_writer_string (w, "tokenizer.chat_template", marks.c_str ());
    EXPECT_TRUE (tl_gguf_writer_save (w, file.path (), &err)) << err.message;
    tl_gguf_writer_free (w);
    gguf_.reset (tl_gguf_open (file.path (), &err));
    EXPECT_TRUE (gguf_) << err.message;
    vocabulary_ = ChatVocabulary (type);
    tokenizer_ = vocabulary_.Load (&err);
    EXPECT_TRUE (tokenizer_) << err.message;
    tl_chat_template_read (gguf_.get (), &chat);
  }

  Ids Encode (const std::vector<Turn> &turns) const
  {
    std::vector<tl_chat_turn> list;
    int32_t *ids = nullptr;
    size_t n = 0;
    tl_error err = {};

    for (const Turn &turn : turns)
      list.push_back ({ turn.role, turn.text.data (), turn.text.size () });
    EXPECT_TRUE (tl_chat_encode (tokenizer_.get (), &chat, list.data (), list.size (), &ids, &n,
                                 &err)) << err.message;
    Ids result (ids, ids + n);
    free (ids);
    return result;
  }

  // What the ids spell, control tokens too.
  std::string Spell (const Ids &ids) const
  {
    std::string text;

    for (int32_t id : ids)
      text += id < 256 ? std::string (1, (char) id) : vocabulary_.tokens[(size_t) id];
    return text;
  }

  bool IsEnd (const char *token) const
  {
    auto at = std::find (vocabulary_.tokens.begin (), vocabulary_.tokens.end (), token);

    return tl_tokenizer_is_end (tokenizer_.get (), (int32_t) (at - vocabulary_.tokens.begin ()));
  }

  std::string Render (const std::vector<Turn> &turns) const { return Spell (Encode (turns)); }

  tl_chat_template chat;

private:
  Gguf gguf_;
  Vocabulary vocabulary_;
  Tokenizer tokenizer_;
};

class ChatFormat : public testing::TestWithParam<Format>
{
};

TEST_P (ChatFormat, IsRecognisedAndWritten)
{
  Chat chat (GetParam ().marks);

  ASSERT_NE (chat.chat.format, nullptr);
  EXPECT_STREQ (tl_chat_format_get_name (chat.chat.format), GetParam ().name);
  EXPECT_EQ (chat.Render (conversation), GetParam ().expected);
}

// Of a file that calls its marks control, words of the user's, or words like any other.
TEST_P (ChatFormat, NeverTakesAMessageForControl)
{
  for (int32_t type : { 3, 4, 1 })
    {
      Chat chat (GetParam ().marks, type);
      std::string hostile;

      for (const char *token : control)
        hostile += token;
      std::vector<Turn> plain = { { TL_CHAT_USER, "x" } }, attack = { { TL_CHAT_USER, hostile } };
      size_t n_plain = 0, n_attack = 0;

      for (int32_t id : chat.Encode (plain))
        n_plain += id >= 256;
      for (int32_t id : chat.Encode (attack))
        n_attack += id >= 256;
      EXPECT_EQ (n_plain, n_attack) << type;
      EXPECT_NE (chat.Render (attack).find (hostile), std::string::npos) << type;
    }
}

TEST_P (ChatFormat, IsWrittenTheSameWhateverAFileCallsItsMarks)
{
  Ids ids = Chat (GetParam ().marks).Encode (conversation);

  EXPECT_EQ (Chat (GetParam ().marks, 4).Encode (conversation), ids);
  EXPECT_EQ (Chat (GetParam ().marks, 1).Encode (conversation), ids);
}

TEST_P (ChatFormat, IsFoundByItsName)
{
  EXPECT_STREQ (tl_chat_format_get_name (tl_chat_format_find (GetParam ().name)),
                GetParam ().name);
}

const Format formats[] = {
  { "ChatML", "{{ '<|im_start|>' + role + x + '<|im_end|>' }}",
    "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
    "<|im_start|>assistant\nHello.<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n"
    "<|im_start|>assistant\n" },
  { "Phi-4", "<|im_start|>{{ role }}<|im_sep|>{{ x }}<|im_end|>",
    "<|im_start|>system<|im_sep|>Be brief.<|im_end|><|im_start|>user<|im_sep|>Hi<|im_end|>"
    "<|im_start|>assistant<|im_sep|>Hello.<|im_end|><|im_start|>user<|im_sep|>Bye<|im_end|>"
    "<|im_start|>assistant<|im_sep|>" },
  { "Llama 3", "{{ bos_token }}<|start_header_id|>{{ role }}<|end_header_id|>{{ x }}<|eot_id|>",
    "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\nHello.<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n" },
  { "BitNet", "{{ bos_token + (role | capitalize) + '<|eot_id|>' + 'Assistant: ' }}",
    "<s>System: Be brief.<|eot_id|>User: Hi<|eot_id|>Assistant: Hello.<|eot_id|>"
    "User: Bye<|eot_id|>Assistant: " },
  { "Gemma", "{{ bos_token }}<start_of_turn>{{ x }}<end_of_turn>",
    "<s><start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>model\n"
    "Hello.<end_of_turn>\n<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n" },
  { "Granite", "<|start_of_role|>{{ role }}<|end_of_role|>{{ x }}<|end_of_text|>",
    "<|start_of_role|>system<|end_of_role|>Be brief.<|end_of_text|>\n"
    "<|start_of_role|>user<|end_of_role|>Hi<|end_of_text|>\n"
    "<|start_of_role|>assistant<|end_of_role|>Hello.<|end_of_text|>\n"
    "<|start_of_role|>user<|end_of_role|>Bye<|end_of_text|>\n"
    "<|start_of_role|>assistant<|end_of_role|>" },
  { "Phi-3", "<|system|><|user|>{{ x }}<|end|><|assistant|>",
    "<|system|>\nBe brief.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\nHello.<|end|>\n"
    "<|user|>\nBye<|end|>\n<|assistant|>\n" },
  { "Phi-3 medium", "{{ '<|user|>' + x + '<|end|>' + '<|assistant|>' }}",
    "<|user|>\nBe brief.\n\nHi<|end|>\n<|assistant|>\nHello.<|end|>\n<|user|>\nBye<|end|>\n"
    "<|assistant|>\n" },
  { "Zephyr", "{{ '<|user|>' + message['content'] + eos_token + '<|assistant|>' }}",
    "<|system|>\nBe brief.</s>\n<|user|>\nHi</s>\n<|assistant|>\nHello.</s>\n<|user|>\nBye</s>\n"
    "<|assistant|>\n" },
  { "Llama 2", "{{ bos_token + '[INST] ' + '<<SYS>>' }}",
    "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello. </s><s>[INST] Bye [/INST]" },
  { "Mistral 0", "{{ bos_token + '[INST] ' + x + ' [/INST]' }}",
    "<s>[INST] Be brief.\n\nHi [/INST]Hello.</s>[INST] Bye [/INST]" },
  { "Mistral 1", "{{ bos_token + ' [INST] ' + x + ' [/INST]' }}",
    "<s> [INST] Be brief.\n\nHi [/INST] Hello.</s> [INST] Bye [/INST]" },
  { "Mistral 3", "{{ \"[AVAILABLE_TOOLS] [\" + \"[INST] \" + x + \"[/INST]\" }}",
    "[INST] Be brief.\n\nHi[/INST] Hello.</s>[INST] Bye[/INST]" },
  { "Mistral 3, Tekken", "{{ \"[AVAILABLE_TOOLS][\" + \"[INST]\" + x + \"[/INST]\" }}",
    "[INST]Be brief.\n\nHi[/INST]Hello.</s>[INST]Bye[/INST]" },
  { "Mistral 7", "[SYSTEM_PROMPT]{{ s }}[/SYSTEM_PROMPT][INST]{{ x }}[/INST]",
    "[SYSTEM_PROMPT]Be brief.[/SYSTEM_PROMPT][INST]Hi[/INST]Hello.</s>[INST]Bye[/INST]" },
};

INSTANTIATE_TEST_SUITE_P (All, ChatFormat, testing::ValuesIn (formats));

TEST (ChatFormats, AreAllTested)
{
  size_t n = 0;

  while (tl_chat_format_at (n))
    n++;
  EXPECT_EQ (n, std::size (formats));
}

TEST (ChatTokens, EndAnswersWhateverAFileCallsItsMarks)
{
  for (const char *end : { "</s>", "<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>" })
    for (int32_t type : { 3, 4, 1 })
      EXPECT_TRUE (Chat ("<|im_start|><|im_end|>", type).IsEnd (end)) << end << " of type " << type;
}

TEST (ChatTemplate, IsNotGuessed)
{
  for (const char *unknown : { "{{ 'USER: ' + x }}", "<|im_start|>{{ x }}<end_of_utterance>",
                               "{{ '<|user|>\\n' + message['content'] + '\\n' }}<|assistant|>"
                               "{{ message['content'] + eos_token }}" })
    {
      Chat chat (unknown);

      EXPECT_TRUE (chat.chat.present);
      EXPECT_EQ (chat.chat.format, nullptr) << unknown;
    }
  EXPECT_FALSE (Chat ("").chat.present);
  EXPECT_EQ (tl_chat_format_find ("no such format"), nullptr);
}

/* A template is compared with those that are known, and never run. */
TEST (ChatTemplate, IsNotRunWhenItLoops)
{
  std::string nested;

  for (int i = 0; i < 100000; i++)
    nested += "{% for i in range (1000000000) %}{{ x * 1000000000 }}";
  for (const std::string &hostile : { std::string ("{% for i in range (10 ** 18) %}x{% endfor %}"),
                                      std::string ("{% macro m () %}{{ m () }}{% endmacro %}{{ m () }}"), nested })
    EXPECT_EQ (Chat (hostile.c_str ()).chat.format, nullptr);
}

TEST (ChatTemplate, SaysWhatItsModelWasTaughtWhenThePersonSaysNothing)
{
  Chat chat ("{% if tools %}{{ '<|im_start|>system\\n' + y }}{% endif %}"
             "{{ '<|im_start|>system\\nYou are Tiny.\\nBe kind.<|im_end|>\\n' }}");

  EXPECT_EQ (chat.Render ({ { TL_CHAT_USER, "Hi" } }),
             "<|im_start|>system\nYou are Tiny.\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
             "<|im_start|>assistant\n");
  EXPECT_EQ (chat.Render ({ { TL_CHAT_SYSTEM, "" }, { TL_CHAT_USER, "Hi" } }),
             "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
}

/* As in SmolLM2's, whose line ends are in the literals as they are. */
TEST (ChatTemplate, SaysSoWhereItsLineEndsAreNotEscaped)
{
  Chat chat ("{% if messages[0]['role'] != 'system' %}"
             "{{ '<|im_start|>system\nYou are Tiny.\nBe kind.<|im_end|>\n' }}{% endif %}");

  EXPECT_EQ (chat.Render ({ { TL_CHAT_USER, "Hi" } }),
             "<|im_start|>system\nYou are Tiny.\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
             "<|im_start|>assistant\n");
}

/* Falcon 3 ends only answers with the end of the text. */
TEST (ChatTemplate, IsToldApartByLineEndsOfBothKinds)
{
  const std::string marks = "<|user|> <|assistant|> message['content'] + eos_token ";

  EXPECT_STREQ (tl_chat_format_get_name (Chat (marks.c_str ()).chat.format), "Zephyr");
  for (const char *end : { "\\n", "\n" })
    EXPECT_NE (Chat ((marks + "message['content'] + '" + end + "'").c_str ()).chat.format,
               tl_chat_format_find ("Zephyr"));
}

TEST (ChatTemplate, LeavesOutEarlierThoughts)
{
  Chat chat ("<|im_start|>{{ x.split('</think>') }}<|im_end|>");

  EXPECT_EQ (chat.Render ({ { TL_CHAT_USER, "1 </think> 2" },
                            { TL_CHAT_ASSISTANT, "<think>\nhm\n</think>\n\nThree." },
                            { TL_CHAT_USER, "x" } }),
             "<|im_start|>user\n1 </think> 2<|im_end|>\n<|im_start|>assistant\nThree.<|im_end|>\n"
             "<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n");
}

TEST (ChatTemplate, LeavesWordsWholeAcrossTheBordersOfTheFormat)
{
  Vocabulary v = ByteLevelVocabulary ();
  tl_error err = {};
  int32_t *ids = nullptr;
  size_t n = 0;

  v.tokens.push_back ("ab");
  v.merges = { "a b" };
  Tokenizer t = v.Load (&err);
  ASSERT_TRUE (t) << err.message;
  const tl_text_run runs[] = { { "xa", 2, true }, { "by", 2, false } };
  ASSERT_TRUE (tl_tokenizer_encode_runs (t.get (), runs, 2, false, &ids, &n, &err)) << err.message;
  EXPECT_EQ (Ids (ids, ids + n), (Ids { 'x', 256, 'y' }));
  free (ids);
}

} // namespace
