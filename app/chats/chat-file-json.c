/* SPDX-License-Identifier: Apache-2.0 */
/* Chats in JSON. The programs differ in little, so members are looked for by all their names:
 *
 *   ours           a chat a line; what export-chats.c wrote, taken over whole
 *   Alpaca         [{"role", "content": "…" or [{"type": "text", "text"}, …], "date", "model"}, …],
 *                  or a message a line; once {"NAME": {"messages": {"ID": {…}}}}
 *   Jan            thread.json {"title", "created"}; messages.jsonl, a line {"role", "created_at",
 *                  "content": [{"type": "text", "text": {"value"}}]}
 *   LM Studio      {"name", "createdAt", "pinned", "systemPrompt", "messages": [{"versions": [{"role",
 *                  "content": [{"text"}] or "steps": [{"content": [{"text"}]}]}],
 *                  "currentlySelected"}]}
 *
 * [{"messages": […]}, …], which training data is in, is read as well. */
#include "chat-file-private.h"

#include "core/errors.h"
#include "core/json.h"

#include <glib/gi18n-lib.h>
#include <string.h>


/* ---- Members ---- */

static JsonNode *
find (JsonObject        *object,
      const char *const *names)
{
  for (; *names != NULL; names++)
    {
      JsonNode *node = json_object_get_member (object, *names);

      if (node != NULL && !JSON_NODE_HOLDS_NULL (node))
        return node;
    }
  return NULL;
}

#define FIND(object, ...) find (object, (const char *const[]) { __VA_ARGS__, NULL })

/* (nullable) */
static const char *
as_string (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
             && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
}

static JsonArray *
as_array (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static JsonObject *
as_object (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static guint
length (JsonArray *array)
{
  return array != NULL ? json_array_get_length (array) : 0;
}

/* The time of day here, unless it names its zone: Alpaca's does not. */
static gint64
parse_time (const char *text)
{
  g_autofree char      *iso = g_strdelimit (g_strdup (text), "/", '-');
  g_autoptr (GTimeZone) here = g_time_zone_new_local ();
  g_autoptr (GDateTime) time = NULL;

  time = g_date_time_new_from_iso8601 (iso, here);
  return time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC : 0;
}

/* Seconds, milliseconds or microseconds since 1970, told apart by size: all three hold the years
 * 1973 to 5138 apart. 0 for none. */
static gint64
as_time (JsonNode *node)
{
  double value;

  if (as_string (node) != NULL)
    return parse_time (as_string (node));
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return 0;
  value = json_node_get_double (node);
  if (!(value > 0) || value > 1e17)
    return 0;
  return (gint64) (value < 1e11 ? value * 1e6 : value < 1e14 ? value * 1e3 : value);
}

/* ---- Messages ---- */

static gboolean
is_thought (JsonObject *part)
{
  JsonObject *style = as_object (FIND (part, "style"));

  return style != NULL && g_strcmp0 (as_string (FIND (style, "type")), "thinking") == 0;
}

/* A part of a message is text, or is left out. */
static void
append_part (TlmChatFile *self,
             GString     *text,
             JsonNode    *node)
{
  JsonObject *part = as_object (node);
  JsonNode   *inner = part != NULL ? FIND (part, "text") : node;
  const char *kind = part != NULL ? as_string (FIND (part, "type")) : NULL;
  const char *words = as_string (inner);

  if (words == NULL && as_object (inner) != NULL)
    words = as_string (FIND (as_object (inner), "value"));
  if (words == NULL || (kind != NULL && !g_str_equal (kind, "text")))
    self->n_left_out++;
  else
    g_string_append_printf (text, "%s%s", text->len > 0 && *words != '\0' ? "\n\n" : "", words);
}

static void
append_content (TlmChatFile *self,
                GString     *text,
                JsonNode    *content)
{
  JsonArray *parts = as_array (content);

  if (as_string (content) != NULL)
    g_string_append (text, as_string (content));
  for (guint i = 0; i < length (parts); i++)
    append_part (self, text, json_array_get_element (parts, i));
}

/* What a model did for one answer, step by step. */
static void
append_steps (TlmChatFile *self,
              GString     *text,
              JsonArray   *steps)
{
  for (guint i = 0; i < length (steps); i++)
    {
      JsonObject *step = as_object (json_array_get_element (steps, i));

      if (step == NULL || is_thought (step) || as_array (FIND (step, "content")) == NULL)
        self->n_left_out++;
      else
        append_content (self, text, FIND (step, "content"));
    }
}

static const char *
find_author (JsonObject *message)
{
  JsonObject *sender = as_object (FIND (message, "senderInfo"));
  JsonNode   *name = sender != NULL ? FIND (sender, "senderName") : FIND (message, "model");

  return as_string (name);
}

static gint64
add_message (TlmChatFile *self,
             JsonObject  *chat,
             gint64       parent,
             JsonObject  *message)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char         *role = as_string (FIND (message, "role"));

  append_content (self, text, FIND (message, "content"));
  append_steps (self, text, as_array (FIND (message, "steps")));
  if (as_array (FIND (message, "images")) != NULL)
    self->n_left_out++;
  return tlm_chat_file_add_message (self, chat, parent, role != NULL ? role : "", text->str,
                                    find_author (message),
                                    as_time (FIND (message, "created_at", "date", "createdAt")));
}

/* Of the versions of a message the chat goes on from the selected one. */
static gint64
add_versions (TlmChatFile *self,
              JsonObject  *chat,
              gint64       parent,
              JsonObject  *message)
{
  JsonArray *versions = as_array (FIND (message, "versions"));
  gint64     selected = json_object_get_int_member_with_default (message, "currentlySelected", 0);
  gint64     last = parent;

  for (guint i = 0; i < length (versions); i++)
    {
      JsonObject *version = as_object (json_array_get_element (versions, i));
      gint64      id = version != NULL ? add_message (self, chat, parent, version) : parent;

      if (i == selected)
        last = id;
    }
  return last;
}

static gint64
add_any (TlmChatFile *self,
         JsonObject  *chat,
         gint64       parent,
         JsonNode    *node)
{
  JsonObject *message = as_object (node);

  if (message == NULL)
    return parent;
  return json_object_has_member (message, "versions") ? add_versions (self, chat, parent, message)
                                                      : add_message (self, chat, parent, message);
}

static void
add_messages (TlmChatFile *self,
              JsonObject  *chat,
              JsonNode    *messages)
{
  JsonObject    *by_id = as_object (messages);
  JsonArray     *list = as_array (messages);
  JsonObjectIter iter;
  const char    *id;
  JsonNode      *node;
  gint64         last = 0;

  for (guint i = 0; i < length (list); i++)
    last = add_any (self, chat, last, json_array_get_element (list, i));
  if (by_id != NULL)
    json_object_iter_init_ordered (&iter, by_id);
  while (by_id != NULL && json_object_iter_next_ordered (&iter, &id, &node))
    last = add_any (self, chat, last, node);
  json_object_set_int_member (chat, "leaf", last);
}

/* ---- Chats ---- */

static void
add_chat (TlmChatFile *self,
          JsonObject  *object,
          const char  *name)
{
  JsonNode   *title = FIND (object, "title", "name");
  JsonNode   *instructions = FIND (object, "systemPrompt");
  JsonObject *chat;

  if (json_object_has_member (object, "leaf"))
    {
      g_ptr_array_add (self->chats, json_object_ref (object));
      return;
    }
  chat = tlm_chat_file_add_chat (self, as_string (title) != NULL ? as_string (title) : name,
                                 as_time (FIND (object, "created", "createdAt", "created_at")));
  if (as_string (instructions) != NULL)
    json_object_set_string_member (chat, "instructions", as_string (instructions));
  if (json_object_get_boolean_member_with_default (object, "pinned", FALSE))
    json_object_set_int_member (chat, "place", 1);
  add_messages (self, chat, FIND (object, "messages"));
}

static gboolean
is_chat (JsonObject *object)
{
  JsonNode *messages = object != NULL ? FIND (object, "messages") : NULL;

  return as_array (messages) != NULL || as_object (messages) != NULL;
}

static gboolean
is_message (JsonObject *object)
{
  return object != NULL && as_string (FIND (object, "role")) != NULL;
}

static void
add_named_chats (TlmChatFile *self,
                 JsonObject  *object)
{
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (is_chat (as_object (node)))
      add_chat (self, as_object (node), name);
}

/* @messages: of one chat; @thread: (nullable) */
static void
add_conversation (TlmChatFile *self,
                  JsonArray   *messages,
                  JsonObject  *thread)
{
  JsonNode   *node = json_node_init_array (json_node_alloc (), messages);
  JsonNode   *title = thread != NULL ? FIND (thread, "title") : NULL;
  JsonNode   *created = thread != NULL ? FIND (thread, "created", "created_at") : NULL;
  JsonObject *chat = tlm_chat_file_add_chat (self, as_string (title), as_time (created));

  add_messages (self, chat, node);
  json_node_unref (node);
}

static void
add_list (TlmChatFile *self,
          JsonArray   *list,
          JsonObject  *thread)
{
  g_autoptr (JsonArray) messages = json_array_new ();

  for (guint i = 0; i < length (list); i++)
    {
      JsonObject *object = as_object (json_array_get_element (list, i));

      if (is_chat (object))
        add_chat (self, object, NULL);
      else if (is_message (object))
        json_array_add_object_element (messages, json_object_ref (object));
    }
  if (length (messages) > 0)
    add_conversation (self, messages, thread);
}

/* A file of messages, a line each, may have one line. */
static void
add_only_message (TlmChatFile *self,
                  JsonObject  *message,
                  JsonObject  *thread)
{
  g_autoptr (JsonArray) messages = json_array_new ();

  json_array_add_object_element (messages, json_object_ref (message));
  add_conversation (self, messages, thread);
}

static void
add_root (TlmChatFile *self,
          JsonNode    *root,
          JsonObject  *thread)
{
  JsonObject *object = as_object (root);

  if (is_chat (object))
    add_chat (self, object, NULL);
  else if (is_message (object))
    add_only_message (self, object, thread);
  else if (object != NULL)
    add_named_chats (self, object);
  else
    add_list (self, as_array (root), thread);
}

/* ---- Text ---- */

/* (nullable) */
static JsonNode *
parse (const char *text,
       gsize       len)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (!tlm_json_load (parser, text, len))
    return NULL;
  return json_parser_steal_root (parser);
}

JsonNode *
tlm_chat_file_parse_line (const char *line)
{
  if (!g_utf8_validate (line, -1, NULL) || !tlm_json_is_shallow (line))
    return NULL;
  return parse (line, strlen (line));
}

gboolean
tlm_chat_file_is_blank (const char *line)
{
  return line[strspn (line, " \t\r\n")] == '\0';
}

/* A value a line, all of which must be whole. NULL and @line: the first that is not */
static JsonArray *
parse_lines (const char *text,
             guint      *line)
{
  g_autoptr (JsonArray) list = json_array_new ();

  *line = 0;
  while (*text != '\0')
    {
      gsize     len = strcspn (text, "\n");
      JsonNode *node = NULL;

      ++*line;
      if (strspn (text, " \t\r") < len && (node = parse (text, len)) == NULL)
        return NULL;
      if (node != NULL)
        json_array_add_element (list, node);
      text += len + (text[len] == '\n' ? 1 : 0);
    }
  return g_steal_pointer (&list);
}

static gboolean
read_lines (TlmChatFile *self,
            const char  *text,
            JsonObject  *thread,
            GError     **error)
{
  guint                 line;
  g_autoptr (JsonArray) list = parse_lines (text, &line);

  if (list == NULL)
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_BINARY,
                   _("Line %u of the file is no whole JSON. It may have been cut off; export the "
                     "chats again."), line);
      return FALSE;
    }
  add_list (self, list, thread);
  return TRUE;
}

/* JSONL when the first line is a value of its own and others follow. */
static gboolean
read_text (TlmChatFile *self,
           const char  *text,
           JsonObject  *thread,
           GError     **error)
{
  gsize     len = strcspn (text, "\n");
  JsonNode *first = parse (text, len), *root = NULL;
  gboolean  lines = first != NULL && !tlm_chat_file_is_blank (text + len);

  g_clear_pointer (&first, json_node_unref);
  if (lines)
    return read_lines (self, text, thread, error);
  root = parse (text, strlen (text));
  if (root == NULL)
    return tlm_chat_file_fail (error, NULL);
  add_root (self, root, thread);
  json_node_unref (root);
  return TRUE;
}

gboolean
tlm_chat_file_read_json (TlmChatFile *self,
                         const char  *text,
                         const char  *thread,
                         GError     **error)
{
  g_autoptr (JsonNode) about = NULL;

  text += strspn (text, " \t\r\n");
  if (*text == '\0')
    return TRUE;
  if (!tlm_json_is_shallow (text) || (thread != NULL && !tlm_json_is_shallow (thread)))
    return tlm_chat_file_fail (error, NULL);
  about = thread != NULL ? parse (thread, strlen (thread)) : NULL;
  return read_text (self, text, as_object (about), error);
}
