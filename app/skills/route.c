/* SPDX-License-Identifier: Apache-2.0 */
/* Routing by rules. A message is an instruction, a text, or both: a short first or last paragraph
 * (or what stands before a first colon) that names a skill is the instruction, the rest is the
 * text. */
#include "skills/reply.h"

#include <string.h>

/* An instruction is one short sentence: longer paragraphs are text even if they say "summary". */
#define MAX_INSTRUCTION_WORDS 16
#define MAX_INSTRUCTION_BYTES 1024 /* sixteen very long words */
/* A text without an instruction is summarised from this length on; below it is small talk. */
#define MIN_TEXT_WORDS 40
/* After an instruction less is enough. */
#define MIN_ASKED_WORDS 6

#define WIDE_COLON "：" /* of Chinese and Japanese */

/* Each stands at the start of a word, in lower case and without vowel signs and other marks. By language:
 * English, German, French, Spanish, Italian, Portuguese; Chinese, Japanese, Arabic. */
static const char *const title_words[] = {
  "title", "headline", "heading", "subject", "call this",
  "titel", "überschrift", "titre", "intitul", "titul", "títul", "encabeza", "titol",
  "标题", "題目", "题目", "標題", "タイトル", "題名", "表題", "見出し", "件名",
  "عنوان", "العنوان", "عنونة", NULL,
};
static const char *const tag_words[] = {
  "tag", "keyword", "hashtag", "label",
  "schlagw", "mot-cl", "mots-cl", "mot cl", "mots cl", "étiquet", "etiquet", "palabra clave",
  "palabras clave", "etichett", "parola chiave", "parole chiave", "palavra-chave", "palavras-chave",
  "标签", "標籤", "关键词", "关键字", "關鍵詞", "タグ", "キーワード",
  "وسوم", "الوسوم", "وسما", "كلمات مفتاحية", "الكلمات المفتاحية", NULL,
};
static const char *const action_words[] = {
  "action", "to-do", "todo", "to do", "task", "deadline", "follow-up",
  "aufgabe", "zu tun", "tâche", "à faire", "tarea", "pendient", "por hacer", "acciones", "attività",
  "compiti", "azioni", "da fare", "tarefa", "pendent", "pendência", "por fazer", "a fazer", "ações",
  "待办", "待辦", "任务", "任務", "行动项", "やること", "やるべき", "タスク", "アクション",
  "مهام", "المهام", "إجراءات", "الإجراءات", "بنود العمل", NULL,
};
static const char *const summary_words[] = {
  "summar", "key point", "keypoint", "key sentence", "main point", "important", "tl;dr", "tldr", "gist",
  "highlights",
  "zusammenfass", "fass", "kernpunkt", "kernaussage", "wichtigst", "résum", "resum", "essential",
  "essentiel", "points clés", "synthèse", "synthétis", "esencial", "puntos clave",
  "puntos principales", "sintetiz", "síntesis", "riassu", "sintesi", "sintetizz", "riepilog",
  "punti chiave", "punti principali", "síntese", "pontos-chave", "pontos principais",
  "总结", "總結", "摘要", "概括", "归纳", "要点", "重点", "要約", "まとめ", "要旨", "ポイント",
  "لخص", "تلخيص", "ملخص", "الملخص", "خلاصة", "الخلاصة", "أهم النقاط", "النقاط الرئيسية", NULL,
};

/* The first that is named wins, so the narrow skills come first. */
static const struct
{
  TlmIntent          intent;
  const char *const *words;
} skills[] = {
  { TLM_INTENT_TITLE, title_words },
  { TLM_INTENT_TAGS, tag_words },
  { TLM_INTENT_ACTIONS, action_words },
  { TLM_INTENT_SUMMARY, summary_words },
};

const char *const tlm_intent_names[TLM_N_INTENTS] = { "", "summary", "title", "tags", "actions" };

TlmIntent
tlm_intent_find (const char *name)
{
  for (int i = TLM_INTENT_SUMMARY; i < TLM_N_INTENTS; i++)
    if (g_str_equal (name, tlm_intent_names[i]))
      return (TlmIntent) i;
  return TLM_INTENT_HELP;
}

/* Whether there are @n words; what follows them is not read, as it may be long. A wide character (Chinese,
 * Japanese, Korean) is about half as much as a word. */
static gboolean
has_words (const char *text,
           gsize       len,
           guint       n)
{
  guint    halves = 0;
  gboolean in_word = FALSE;

  for (const char *p = text; p < text + len && (halves + 1) / 2 < n; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean wide = g_unichar_iswide (c), word = g_unichar_isalnum (c) || g_unichar_ismark (c);

      if (word && wide)
        halves++;
      else if (word && !in_word)
        halves += 2;
      in_word = word && !wide;
    }
  return (halves + 1) / 2 >= n;
}

/* Scripts of wide characters have no spaces: there a word may begin anywhere. */
static gboolean
stands_at_word_start (const char *text,
                      const char *word)
{
  gboolean anywhere = g_unichar_iswide (g_utf8_get_char (word));

  for (const char *p = strstr (text, word); p != NULL; p = strstr (p + 1, word))
    if (anywhere || p == text || !g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (p))))
      return TRUE;
  return FALSE;
}

/* (transfer full): composed, in lower case, without the marks that are left, such as Arabic vowel signs */
static char *
dup_plain (const char *text,
           gsize       len)
{
  g_autofree char *composed = g_utf8_normalize (text, (gssize) len, G_NORMALIZE_DEFAULT_COMPOSE);
  g_autofree char *lower = composed != NULL ? g_utf8_strdown (composed, -1) : g_strdup ("");
  GString         *plain = g_string_new (NULL);

  for (const char *p = lower; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_ismark (g_utf8_get_char (p)))
      g_string_append_len (plain, p, g_utf8_next_char (p) - p);
  return g_string_free (plain, FALSE);
}

/* HELP when no skill is named. */
static TlmIntent
find_intent (const char *text,
             gsize       len)
{
  g_autofree char *plain = NULL;

  if (len > MAX_INSTRUCTION_BYTES || has_words (text, len, MAX_INSTRUCTION_WORDS + 1))
    return TLM_INTENT_HELP;
  plain = dup_plain (text, len);
  for (gsize i = 0; i < G_N_ELEMENTS (skills); i++)
    for (const char *const *word = skills[i].words; *word != NULL; word++)
      if (stands_at_word_start (plain, *word))
        return skills[i].intent;
  return TLM_INTENT_HELP;
}

static gsize
find_break (const char *message,
            gsize       len)
{
  const char *blank = g_strstr_len (message, (gssize) len, "\n\n");
  const char *line = memchr (message, '\n', len);
  const char *colon = memchr (message, ':', len);
  const char *wide_colon = g_strstr_len (message, (gssize) len, WIDE_COLON);
  const char *end = blank != NULL ? blank : line;

  if (colon != NULL && (end == NULL || colon < end))
    end = colon + 1;
  if (wide_colon != NULL && (end == NULL || wide_colon < end))
    end = wide_colon + strlen (WIDE_COLON);
  return end != NULL ? (gsize) (end - message) : len;
}

static gboolean
route_leading (const char *message,
               gsize       len,
               TlmRoute   *route)
{
  gsize split = find_break (message, len);

  route->intent = find_intent (message, split);
  if (route->intent == TLM_INTENT_HELP)
    return FALSE;
  route->start = split;
  route->end = len;
  return TRUE;
}

static gboolean
route_trailing (const char *message,
                gsize       len,
                TlmRoute   *route)
{
  const char *last = g_strrstr_len (message, (gssize) len, "\n");

  if (last == NULL)
    return FALSE;
  route->intent = find_intent (last, len - (gsize) (last - message));
  if (route->intent == TLM_INTENT_HELP)
    return FALSE;
  route->start = 0;
  route->end = (gsize) (last - message);
  return TRUE;
}

/* Without the space before the text; a text that is too short is none. */
static void
trim (const char *message,
      TlmRoute   *route)
{
  while (route->start < route->end && g_ascii_isspace (message[route->start]))
    route->start++;
  if (!has_words (message + route->start, route->end - route->start, MIN_ASKED_WORDS))
    route->end = route->start;
}

void
tlm_route_message (const char *message,
                   TlmRoute   *route)
{
  gsize len = strlen (message);

  if (!route_leading (message, len, route) && !route_trailing (message, len, route))
    {
      gboolean text = has_words (message, len, MIN_TEXT_WORDS);

      route->intent = text ? TLM_INTENT_SUMMARY : TLM_INTENT_HELP;
      route->start = 0;
      route->end = text ? len : 0;
    }
  trim (message, route);
}

void
tlm_route_to_skill (const char *message,
                    TlmIntent   intent,
                    TlmRoute   *route)
{
  route->intent = intent;
  route->end = strlen (message);
  route->start = find_break (message, route->end);
  trim (message, route);
}
