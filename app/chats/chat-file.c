/* SPDX-License-Identifier: Apache-2.0 */
/* What a file is, a folder or a zip with several of them, and the chats that come of it. */
#include "chat-file-private.h"

#include "core/errors.h"
#include "core/text-input.h"
#include "notes/titles.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_MEMBERS 100000 /* files of a folder or zip: a chat a day for two lives */
#define MAX_DEPTH 8        /* of folders; Jan's data folder has 2 */
#define MAX_UNPACKED (1u << 30) /* of a zip, all members together: a bomb stops here */

typedef struct archive Archive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_read_free)

void
tlm_chat_file_free (TlmChatFile *self)
{
  g_clear_pointer (&self->chats, g_ptr_array_unref);
  g_free (self);
}

gboolean
tlm_chat_file_fail (GError    **error,
                    const char *name)
{
  if (name == NULL)
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_BINARY,
                         _("The file is damaged, or holds no chats in a form that TinyLM knows: its "
                           "own export, or one of Alpaca, Jan, LM Studio or GPT4All."));
  else
    g_set_error (error, TLM_ERROR, TLM_ERROR_BINARY,
                 _("There are no chats in “%s” in a form that TinyLM knows: its own export, or one "
                   "of Alpaca, Jan, LM Studio or GPT4All."), name);
  return FALSE;
}

const char *
tlm_chat_file_get_string (JsonObject *object,
                          const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
             && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : "";
}

JsonObject *
tlm_chat_file_add_chat (TlmChatFile *self,
                        const char  *title,
                        gint64       created)
{
  JsonObject *chat = json_object_new ();

  json_object_set_string_member (chat, "title", title != NULL ? title : "");
  json_object_set_int_member (chat, "created", created);
  json_object_set_int_member (chat, "updated", created);
  json_object_set_array_member (chat, "messages", json_array_new ());
  g_ptr_array_add (self->chats, chat);
  return chat;
}

static void
add_instructions (JsonObject *chat,
                  const char *text)
{
  const char      *before = tlm_chat_file_get_string (chat, "instructions");
  g_autofree char *both = g_strconcat (before, *before != '\0' ? "\n\n" : "", text, NULL);

  if (!g_str_equal (before, text)) /* LM Studio and Alpaca may have it twice */
    json_object_set_string_member (chat, "instructions", both);
}

static void
note_time (JsonObject *chat,
           gint64      created)
{
  if (json_object_get_int_member (chat, "created") == 0)
    json_object_set_int_member (chat, "created", created);
  if (json_object_get_int_member (chat, "updated") < created)
    json_object_set_int_member (chat, "updated", created);
}

gint64
tlm_chat_file_add_message (TlmChatFile *self,
                           JsonObject  *chat,
                           gint64       parent,
                           const char  *role,
                           const char  *text,
                           const char  *route,
                           gint64       created)
{
  JsonArray  *messages = json_object_get_array_member (chat, "messages");
  JsonObject *message;
  gint64      id = (gint64) json_array_get_length (messages) + 1;
  gboolean    user = g_str_equal (role, "user");

  if (g_str_equal (role, "system"))
    add_instructions (chat, text);
  else if (!user && !g_str_equal (role, "assistant"))
    self->n_left_out++;
  if (!user && !g_str_equal (role, "assistant"))
    return parent;
  message = json_object_new ();
  json_object_set_int_member (message, "id", id);
  if (parent != 0)
    json_object_set_int_member (message, "parent", parent);
  json_object_set_string_member (message, "role", role);
  json_object_set_string_member (message, "content", text);
  if (!user && route != NULL)
    json_object_set_string_member (message, "route", route);
  json_object_set_int_member (message, "created", created);
  json_array_add_object_element (messages, message);
  json_object_set_int_member (chat, "leaf", id);
  note_time (chat, created);
  return id;
}

/* ---- Kinds of files ---- */

/* @thread: (nullable): of Jan, beside it */
static gboolean
read_bytes (TlmChatFile  *self,
            const guint8 *bytes,
            gsize         len,
            const char   *thread,
            GError      **error)
{
  g_autofree char *text = NULL;
  const char      *begin;

  if (tlm_chat_file_is_gpt4all (bytes, len))
    return tlm_chat_file_read_gpt4all (self, bytes, len, error);
  text = tlm_text_decode (len > 0 ? (const char *) bytes : "", len, NULL, NULL, error);
  if (text == NULL)
    return FALSE;
  begin = g_str_has_prefix (text, TLM_TEXT_BOM) ? text + 3 : text;
  if (!tlm_chat_file_is_markdown (begin))
    return tlm_chat_file_read_json (self, begin, thread, error);
  tlm_chat_file_read_markdown (self, begin);
  return TRUE;
}

static gboolean
may_hold_chats (const char *name)
{
  return g_str_has_suffix (name, ".json") || g_str_has_suffix (name, ".jsonl")
         || g_str_has_suffix (name, ".chat");
}

/* ---- Several files: paths and what they hold, from a folder or a zip ---- */

typedef GTree Files; /* path -> GBytes, so that the order is the same everywhere */

static Files *
files_new (void)
{
  return g_tree_new_full ((GCompareDataFunc) (void (*) (void)) g_strcmp0, NULL, g_free,
                          (GDestroyNotify) g_bytes_unref);
}

static GBytes *
find_beside (Files      *files,
             const char *path,
             const char *name)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *other = g_build_filename (folder, name, NULL);

  return g_tree_lookup (files, g_str_has_prefix (other, "./") ? other + 2 : other);
}

typedef struct
{
  TlmChatFile *file;
  Files       *files;
  GError      *error;
} Walk;

/* thread.json is read with its messages. */
static gboolean
is_passed_over (Walk       *walk,
                const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  return g_str_equal (name, "thread.json")
         && find_beside (walk->files, path, "messages.jsonl") != NULL;
}

/* Settings lie beside chats, some with comments that JSON knows nothing of. What names a role was a
 * chat. */
static gboolean
is_no_chat (const char   *path,
            const guint8 *bytes,
            gsize         len)
{
  return g_str_has_suffix (path, ".json")
         && g_strstr_len ((const char *) bytes, (gssize) len, "\"role\"") == NULL;
}

/* Returns: whether to stop */
static gboolean
read_one (gpointer path,
          gpointer bytes,
          gpointer data)
{
  Walk            *walk = data;
  GBytes          *thread = find_beside (walk->files, path, "thread.json");
  g_autofree char *about = NULL;
  gsize            len;
  const guint8    *content = g_bytes_get_data (bytes, &len);

  if (is_passed_over (walk, path))
    return FALSE;
  if (thread != NULL && g_str_has_suffix (path, "messages.jsonl"))
    about = g_strndup (g_bytes_get_data (thread, NULL), g_bytes_get_size (thread));
  if (read_bytes (walk->file, content, len, about, &walk->error))
    return FALSE;
  if (is_no_chat (path, content, len))
    {
      g_clear_error (&walk->error);
      return FALSE;
    }
  g_prefix_error (&walk->error, "%s: ", (char *) path);
  return TRUE;
}

static gboolean
read_files (TlmChatFile *self,
            Files       *files,
            GError     **error)
{
  Walk walk = { self, files, NULL };

  g_tree_foreach (files, read_one, &walk);
  if (walk.error == NULL)
    return TRUE;
  g_propagate_error (error, walk.error);
  return FALSE;
}

/* ---- A folder ---- */

static gboolean walk_folder (Files *files, GFile *folder, const char *path, int depth,
                             GCancellable *c, GError **error);

static gboolean
visit (Files        *files,
       GFile        *folder,
       GFileInfo    *info,
       const char   *path,
       int           depth,
       GCancellable *c,
       GError      **error)
{
  const char       *name = g_file_info_get_name (info);
  g_autoptr (GFile) child = g_file_get_child (folder, name);
  g_autofree char  *below = *path != '\0' ? g_build_filename (path, name, NULL) : g_strdup (name);
  GBytes           *bytes;

  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    return depth >= MAX_DEPTH || walk_folder (files, child, below, depth + 1, c, error);
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR || !may_hold_chats (name)
      || g_tree_nnodes (files) >= MAX_MEMBERS)
    return TRUE;
  bytes = tlm_text_load_file (child, c, error);
  if (bytes != NULL)
    g_tree_replace (files, g_steal_pointer (&below), bytes);
  return bytes != NULL;
}

static gboolean
walk_folder (Files        *files,
             GFile        *folder,
             const char   *path,
             int           depth,
             GCancellable *c,
             GError      **error)
{
  g_autoptr (GFileEnumerator) list
    = g_file_enumerate_children (folder,
                                 G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                                 G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, c, error);
  GFileInfo                  *info = NULL;

  if (list == NULL)
    return FALSE;
  while (g_file_enumerator_iterate (list, &info, NULL, c, error) && info != NULL)
    if (!visit (files, folder, info, path, depth, c, error))
      return FALSE;
  return error == NULL || *error == NULL;
}

/* ---- A zip ---- */

static GBytes *
read_member (Archive      *archive,
             gsize        *left,
             GCancellable *c,
             GError      **error)
{
  g_autoptr (GByteArray) into = g_byte_array_new ();
  guint8                 chunk[1 << 14];
  gssize                 n;

  while ((n = archive_read_data (archive, chunk, sizeof chunk)) > 0)
    {
      g_byte_array_append (into, chunk, (guint) n);
      if (g_cancellable_set_error_if_cancelled (c, error))
        return NULL;
      if (into->len > TLM_TEXT_MAX_BYTES || (gsize) n > *left)
        {
          g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
                       _("The archive holds a file of more than %u MB, or more than %u MB in all, "
                         "which is more than this program reads."), TLM_TEXT_MAX_BYTES >> 20,
                       MAX_UNPACKED >> 20);
          return NULL;
        }
      *left -= (gsize) n;
    }
  if (n == 0)
    return g_byte_array_free_to_bytes (g_steal_pointer (&into));
  tlm_chat_file_fail (error, NULL);
  return NULL;
}

static gboolean
unpack (Files        *files,
        const guint8 *bytes,
        gsize         len,
        GCancellable *c,
        GError      **error)
{
  g_autoptr (Archive)   archive = archive_read_new ();
  struct archive_entry *entry;
  gsize                 left = MAX_UNPACKED;
  int                   status = ARCHIVE_OK;

  archive_read_support_format_zip (archive);
  if (archive_read_open_memory (archive, bytes, len) != ARCHIVE_OK)
    return tlm_chat_file_fail (error, NULL);
  for (int i = 0; i < MAX_MEMBERS
                  && (status = archive_read_next_header (archive, &entry)) >= ARCHIVE_WARN
                  && status != ARCHIVE_EOF; i++)
    {
      const char *path = archive_entry_pathname_utf8 (entry);
      GBytes     *member;

      if (path == NULL || archive_entry_filetype (entry) != AE_IFREG || !may_hold_chats (path))
        continue;
      member = read_member (archive, &left, c, error);
      if (member == NULL)
        return FALSE;
      g_tree_replace (files, g_strdup (path), member);
    }
  return status == ARCHIVE_EOF || status == ARCHIVE_OK || tlm_chat_file_fail (error, NULL);
}

/* ---- Any of them ---- */

static gboolean
read_file (TlmChatFile  *self,
           GFile        *file,
           GCancellable *c,
           GError      **error)
{
  g_autoptr (GBytes) bytes = tlm_text_load_file (file, c, error);
  g_autoptr (GTree) files = NULL;
  gsize              len = 0;
  const guint8      *content = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;

  if (bytes == NULL)
    return FALSE;
  if (len < 4 || memcmp (content, "PK\3\4", 4) != 0)
    return read_bytes (self, content, len, NULL, error);
  files = files_new ();
  return unpack (files, content, len, c, error) && read_files (self, files, error);
}

static gboolean
read_folder (TlmChatFile  *self,
             GFile        *folder,
             GCancellable *c,
             GError      **error)
{
  g_autoptr (GTree) files = files_new ();

  return walk_folder (files, folder, "", 0, c, error) && read_files (self, files, error);
}

/* Of our own, where nothing was sent yet. */
static gboolean
holds_draft (JsonObject *chat)
{
  return json_object_has_member (chat, "leaf")
         && (*tlm_chat_file_get_string (chat, "draft") != '\0'
             || *tlm_chat_file_get_string (chat, "draft_texts") != '\0');
}

gboolean
tlm_chat_file_tidy_up (JsonObject *chat)
{
  JsonNode        *node = json_object_get_member (chat, "messages");
  JsonArray       *messages = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                          : NULL;
  JsonNode        *first = messages != NULL && json_array_get_length (messages) > 0
                             ? json_array_get_element (messages, 0)
                             : NULL;
  g_autofree char *title = tlm_title_tidy (tlm_chat_file_get_string (chat, "title"));
  g_autofree char *made = NULL;

  if (first == NULL && (messages == NULL || !holds_draft (chat)))
    return FALSE;
  if (*title == '\0' && first != NULL && JSON_NODE_HOLDS_OBJECT (first))
    made = tlm_title_of_message (tlm_chat_file_get_string (json_node_get_object (first), "content"));
  json_object_set_string_member (chat, "title", made != NULL ? made : title);
  return TRUE;
}

TlmChatFile *
tlm_chat_file_read (GFile        *file,
                    GCancellable *c,
                    GError      **error)
{
  g_autoptr (TlmChatFile) self = g_new0 (TlmChatFile, 1);
  g_autofree char        *name = g_file_get_parse_name (file);
  gboolean                folder;

  self->chats = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  folder = g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, c) == G_FILE_TYPE_DIRECTORY;
  if (!(folder ? read_folder : read_file) (self, file, c, error))
    return NULL;
  for (guint i = self->chats->len; i-- > 0;)
    if (!tlm_chat_file_tidy_up (self->chats->pdata[i]))
      g_ptr_array_remove_index (self->chats, i);
  if (self->chats->len > 0)
    return g_steal_pointer (&self);
  tlm_chat_file_fail (error, name);
  return NULL;
}
