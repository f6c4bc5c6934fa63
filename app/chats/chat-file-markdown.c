/* SPDX-License-Identifier: Apache-2.0 */
/* Chats in the Markdown that export-chats.c writes: a title, a heading before each message, and below a
 * rule the other branches, each with what it comes after. A heading in a fenced block is part of a
 * message, unless the fence is never closed. */
#include "chat-file-private.h"

#include "core/text-input.h"
#include "export/export-chats.h"

#include <string.h>

#define BRANCH      "*Another branch, "
#define AFTER       BRANCH "after “"

typedef struct
{
  TlmChatFile *file;
  JsonObject  *chat;   /* NULL before the first */
  GString     *text;   /* of the message that is read */
  const char  *role;   /* its own; NULL between messages */
  gint64       parent; /* what it follows */
  gint64       leaf;   /* the end of the branch that is shown; 0 while that is read */
  GHashTable  *quotes; /* what messages of the chat begin with -> a GArray of their ids */
  TlmFence     open;   /* no marks: none is */
  gsize        unclosed[2]; /* of ` and ~: so many marks or more are not closed below; 0: not known */
} Reader;

static gsize
line_length (const char *p)
{
  return strcspn (p, "\n");
}

static gboolean
is_line (const char *p,
         const char *line)
{
  gsize len = strlen (line);

  return strncmp (p, line, len) == 0 && strspn (p + len, " \r") == line_length (p + len);
}

static const char *
next_line (const char *p)
{
  p += line_length (p);
  return *p == '\n' ? p + 1 : p;
}

static const char *
role_of (const char *p)
{
  return is_line (p, "## You") ? "user" : is_line (p, "## TinyLM") ? "assistant" : NULL;
}

static const char *
skip_blank (const char *p)
{
  while (*p != '\0' && is_line (p, ""))
    p = next_line (p);
  return p;
}

/* A title, and the heading of a message below it. */
static gboolean
begins_chat (const char *p)
{
  return tlm_text_begins (p, "# ") && role_of (skip_blank (next_line (p))) != NULL;
}

gboolean
tlm_chat_file_is_markdown (const char *text)
{
  return begins_chat (skip_blank (text));
}

static void
note_quote (Reader     *r,
            const char *text,
            gint64      id)
{
  g_autofree char *quote = tlm_export_dup_quote (text);
  GArray          *ids = g_hash_table_lookup (r->quotes, quote);

  if (ids == NULL)
    {
      ids = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_hash_table_insert (r->quotes, g_steal_pointer (&quote), ids);
    }
  g_array_append_val (ids, id);
}

/* A blank line stands above the text, and another below it unless the file ends there. */
static void
end_message (Reader  *r,
             gboolean at_end)
{
  const char *text;
  gsize       len = r->text->len;

  if (r->role == NULL)
    return;
  for (int i = at_end ? 1 : 0; i < 2 && len > 0 && r->text->str[len - 1] == '\n'; i++)
    g_string_truncate (r->text, --len);
  text = is_line (r->text->str, "") ? next_line (r->text->str) : r->text->str;
  r->parent = tlm_chat_file_add_message (r->file, r->chat, r->parent, r->role, text, NULL, 0);
  note_quote (r, text, r->parent);
  r->role = NULL;
}

static void
end_chat (Reader  *r,
          gboolean at_end)
{
  end_message (r, at_end);
  if (r->chat != NULL && r->leaf > 0)
    json_object_set_int_member (r->chat, "leaf", r->leaf);
  r->leaf = r->parent = 0;
  g_hash_table_remove_all (r->quotes);
}

/* @end: of the quote; " (2)" behind it says which of those that begin so, else it is the last. 0 for
 * none. */
static gint64
find_quoted (Reader     *r,
             const char *quote,
             const char *end)
{
  g_autofree char *words = g_strndup (quote, (gsize) (end - quote));
  GArray          *ids = g_hash_table_lookup (r->quotes, words);
  const char      *behind = end + strlen ("”");
  guint64          n = ids != NULL ? ids->len : 0;

  if (tlm_text_begins (behind, " ("))
    n = MIN (n, g_ascii_strtoull (behind + 2, NULL, 10));
  return n > 0 ? g_array_index (ids, gint64, n - 1) : 0;
}

static void
begin_branch (Reader     *r,
              const char *p)
{
  gsize       len = line_length (p);
  const char *end = g_strrstr_len (p, (gssize) len, "”");

  end_message (r, FALSE);
  if (r->leaf == 0)
    r->leaf = r->parent;
  r->parent = tlm_text_begins (p, AFTER) && end != NULL ? find_quoted (r, p + strlen (AFTER), end)
                                                         : 0;
}

/* A rule, and behind a line the words on a branch; NULL for none. */
static const char *
find_branch (const char *p)
{
  const char *words = is_line (p, "---") ? skip_blank (next_line (p)) : "";

  return tlm_text_begins (words, BRANCH) && role_of (skip_blank (next_line (words))) != NULL
           ? words
           : NULL;
}

/* Whether a line below @p, which holds @open, closes it. Looked for once for each length. */
static gboolean
is_closed (Reader         *r,
           const char     *p,
           const TlmFence *open)
{
  gsize   *unclosed = &r->unclosed[open->mark == '~'];
  TlmFence fence;

  if (*unclosed > 0 && open->n >= *unclosed)
    return FALSE;
  for (p = next_line (p); *p != '\0'; p = next_line (p))
    if (tlm_fence_read (p, &fence) && tlm_fence_closes (&fence, open))
      return TRUE;
  *unclosed = open->n;
  return FALSE;
}

static void
watch_fence (Reader     *r,
             const char *p)
{
  TlmFence fence;

  if (!tlm_fence_read (p, &fence))
    return;
  if (r->open.n == 0 && is_closed (r, p, &fence))
    r->open = fence;
  else if (r->open.n > 0 && tlm_fence_closes (&fence, &r->open))
    r->open.n = 0;
}

void
tlm_chat_file_read_markdown (TlmChatFile *self,
                             const char  *text)
{
  Reader r = { .file = self, .text = g_string_new (NULL) };

  r.quotes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  for (const char *p = text, *next; *p != '\0'; p = next)
    {
      const char *role = r.open.n == 0 ? role_of (p) : NULL;
      const char *branch = r.open.n == 0 ? find_branch (p) : NULL;

      next = next_line (p);
      if (r.open.n == 0 && begins_chat (p))
        {
          g_autofree char *title = g_strstrip (g_strndup (p + 2, line_length (p) - 2));

          end_chat (&r, FALSE);
          r.chat = tlm_chat_file_add_chat (self, title, 0);
        }
      else if (role != NULL && r.chat != NULL)
        {
          end_message (&r, FALSE);
          g_string_truncate (r.text, 0);
          r.role = role;
        }
      else if (branch != NULL && r.chat != NULL)
        {
          begin_branch (&r, branch);
          next = next_line (branch);
        }
      else if (r.role != NULL)
        {
          watch_fence (&r, p);
          g_string_append_len (r.text, p, next - p);
        }
    }
  end_chat (&r, TRUE);
  g_string_free (r.text, TRUE);
  g_hash_table_unref (r.quotes);
}
