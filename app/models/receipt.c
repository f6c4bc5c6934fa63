/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts as JSON. A seed is a string, as JSON's numbers have 53 bits; a prompt that is not UTF-8
 * is kept in base64. */
#include "receipt.h"

#include "core/errors.h"
#include "core/json.h"
#include "kernels/kernels.h"
#include "model-hash.h"
#include "notes/summary-json.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = { "generate", "summarize" };

TlmReceipt *
tlm_receipt_new (TlmReceiptKind kind,
                 const char    *model_path,
                 GError       **error)
{
  g_autofree char      *sha256 = tlm_model_hash (model_path, error);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  TlmReceipt           *self;

  if (sha256 == NULL)
    return NULL;
  self = g_new0 (TlmReceipt, 1);
  self->kind = kind;
  self->adapters = tlm_adapters_new ();
  self->version = g_strdup (TLM_VERSION);
  self->cpu = g_strdup (tl_kernels_get ()->name);
  self->model_path = g_canonicalize_filename (model_path, NULL);
  self->model_sha256 = g_steal_pointer (&sha256);
  self->made_at = g_date_time_format_iso8601 (now);
  return self;
}

void
tlm_receipt_free (TlmReceipt *self)
{
  g_free (self->version);
  g_free (self->cpu);
  g_free (self->model_path);
  g_free (self->model_sha256);
  g_free (self->made_at);
  g_free (self->prompt);
  g_clear_pointer (&self->adapters, g_ptr_array_unref);
  g_free (self->input_sha256);
  g_free (self->day);
  g_free (self->output_sha256);
  g_free (self);
}

void
tlm_receipt_take_summary (TlmReceipt *self,
                          TlmSummary *summary)
{
  g_autofree char *result = tlm_summary_dup_result (summary);

  self->input_sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256,
                                                      tlm_summary_get_text (summary), -1);
  self->day = tlm_day_dup_iso (tlm_summary_get_day (summary));
  self->output_sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, result, -1);
  self->output_bytes = strlen (result);
  self->ms = tlm_summary_get_total_ms (summary);
}

/* ---- writing ---- */

static void
add_string (JsonBuilder *b,
            const char  *name,
            const char  *value)
{
  json_builder_set_member_name (b, name);
  json_builder_add_string_value (b, value);
}

static void
add_int (JsonBuilder *b,
         const char  *name,
         gint64       value)
{
  json_builder_set_member_name (b, name);
  json_builder_add_int_value (b, value);
}

static void
add_double (JsonBuilder *b,
            const char  *name,
            double       value)
{
  json_builder_set_member_name (b, name);
  json_builder_add_double_value (b, value);
}

static void
open_member (JsonBuilder *b,
             const char  *name)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_object (b);
}

/* Bytes that a person can read where they are text. */
static void
add_bytes (JsonBuilder *b,
           const char  *name,
           const char  *bytes)
{
  g_autofree char *base64 = NULL;
  g_autofree char *base64_name = g_strconcat (name, "_base64", NULL);

  if (g_utf8_validate (bytes, -1, NULL))
    {
      add_string (b, name, bytes);
      return;
    }
  base64 = g_base64_encode ((const guchar *) bytes, strlen (bytes));
  add_string (b, base64_name, base64);
}

static void
add_settings (JsonBuilder      *b,
              const TlmReceipt *self)
{
  const TlmGenerateRequest *r = &self->request;
  g_autofree char          *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, r->seed);

  open_member (b, "settings");
  add_int (b, "max_tokens", r->max_tokens);
  add_double (b, "temperature", (double) r->temperature);
  add_int (b, "top_k", r->top_k);
  add_double (b, "top_p", (double) r->top_p);
  add_double (b, "min_p", (double) r->min_p);
  add_double (b, "repeat_penalty", (double) r->repeat_penalty);
  add_int (b, "context", self->context);
  add_string (b, "kv", tl_type_get_info (self->cache)->name);
  add_int (b, "threads", self->n_threads);
  add_string (b, "seed", seed);
  json_builder_end_object (b);
}

/* null where there are none. */
static void
add_adapters (JsonBuilder     *b,
              const GPtrArray *adapters)
{
  json_builder_set_member_name (b, "adapter");
  if (adapters->len == 0)
    {
      json_builder_add_null_value (b);
      return;
    }
  json_builder_begin_array (b);
  for (guint i = 0; i < adapters->len; i++)
    {
      const TlmAdapterChoice *choice = adapters->pdata[i];

      json_builder_begin_object (b);
      add_bytes (b, "file", choice->path);
      add_string (b, "sha256", choice->sha256);
      add_double (b, "scale", (double) choice->scale);
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
}

static JsonNode *
to_json (const TlmReceipt *self)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  add_string (b, "receipt", kinds[self->kind]);
  add_string (b, "tinylm", self->version);
  add_string (b, "cpu", self->cpu);
  add_string (b, "time", self->made_at);
  add_double (b, "ms", self->ms);
  open_member (b, "model");
  add_bytes (b, "file", self->model_path);
  add_string (b, "sha256", self->model_sha256);
  json_builder_end_object (b);
  add_adapters (b, self->adapters);
  if (self->kind == TLM_RECEIPT_GENERATE)
    {
      add_bytes (b, "prompt", self->prompt);
      add_settings (b, self);
    }
  else
    {
      open_member (b, "input");
      add_string (b, "sha256", self->input_sha256);
      add_string (b, "day", self->day);
      json_builder_end_object (b);
    }
  open_member (b, "output");
  add_int (b, "bytes", (gint64) self->output_bytes);
  add_string (b, "sha256", self->output_sha256);
  json_builder_end_object (b);
  json_builder_end_object (b);
  return json_builder_get_root (b);
}

/* Into a pipe or a device, of which no file may take the place. */
static gboolean
write_into (const char *path,
            const char *text,
            GError    **error)
{
  FILE    *file = g_fopen (path, "we");
  gboolean done = file != NULL && fputs (text, file) >= 0;

  done = (file == NULL || fclose (file) == 0) && done;
  if (!done)
    g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (errno), "%s: %s", path,
                 g_strerror (errno));
  return done;
}

gboolean
tlm_receipt_save (const TlmReceipt *self,
                  const char       *path,
                  GError          **error)
{
  g_autoptr (JsonNode) root = to_json (self);
  g_autofree char     *json = json_to_string (root, TRUE);
  g_autofree char     *text = g_strconcat (json, "\n", NULL), *target = realpath (path, NULL);
  GStatBuf             info;

  if (g_stat (path, &info) == 0 && !S_ISREG (info.st_mode) && !S_ISDIR (info.st_mode))
    return write_into (path, text, error);
  return g_file_set_contents_full (target != NULL ? target : path, text, -1,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/* ---- reading ---- */

/* The first member that is missing or not what it should be fails the whole. */
typedef struct
{
  const char *wrong;
} Reader;

static JsonNode *
get (Reader     *r,
     JsonObject *object,
     const char *name,
     GType       type)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;
  gboolean  good = node != NULL && JSON_NODE_HOLDS_VALUE (node);

  if (good && type == G_TYPE_DOUBLE && json_node_get_value_type (node) == G_TYPE_INT64)
    return node;
  if (good && json_node_get_value_type (node) == type)
    return node;
  if (r->wrong == NULL)
    r->wrong = name;
  return NULL;
}

static char *
get_string (Reader     *r,
            JsonObject *object,
            const char *name)
{
  JsonNode *node = get (r, object, name, G_TYPE_STRING);

  return node != NULL ? json_node_dup_string (node) : NULL;
}

static char *
get_bytes (Reader     *r,
           JsonObject *object,
           const char *name)
{
  g_autofree char *base64_name = g_strconcat (name, "_base64", NULL);
  g_autofree char *base64 = NULL;
  GByteArray      *bytes;
  guchar          *decoded;
  gsize            len;

  if (object == NULL || !json_object_has_member (object, base64_name))
    return get_string (r, object, name);
  base64 = get_string (r, object, base64_name);
  if (base64 == NULL)
    {
      r->wrong = name;
      return NULL;
    }
  decoded = g_base64_decode (base64, &len);
  bytes = g_byte_array_new_take (decoded, len);
  g_byte_array_append (bytes, (const guchar *) "", 1);
  return (char *) g_byte_array_free (bytes, FALSE);
}

static gint64
get_int (Reader     *r,
         JsonObject *object,
         const char *name,
         gint64      max)
{
  JsonNode *node = get (r, object, name, G_TYPE_INT64);
  gint64    value = node != NULL ? json_node_get_int (node) : 0;

  if ((value < 0 || value > max) && r->wrong == NULL)
    r->wrong = name;
  return value;
}

/* JSON has no word for what is too much for a float. */
static double
get_double (Reader     *r,
            JsonObject *object,
            const char *name)
{
  JsonNode *node = get (r, object, name, G_TYPE_DOUBLE);
  double    value = node != NULL ? json_node_get_double (node) : 0;

  if (!isfinite ((float) value) && r->wrong == NULL)
    r->wrong = name;
  return value;
}

static JsonObject *
get_object (Reader     *r,
            JsonObject *object,
            const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  if (r->wrong == NULL)
    r->wrong = name;
  return NULL;
}

/* Receipts of before there was a choice have none. */
static tl_type
read_cache (Reader     *r,
            JsonObject *settings)
{
  g_autofree char    *name = NULL;
  const tl_type_info *type;

  if (settings == NULL || !json_object_has_member (settings, "kv"))
    return TL_TYPE_F16;
  name = get_string (r, settings, "kv");
  type = name != NULL ? tl_type_find (name) : NULL;
  if (type == NULL)
    r->wrong = "kv";
  return type != NULL ? type->type : TL_TYPE_F16;
}

static void
read_settings (Reader     *r,
               JsonObject *settings,
               TlmReceipt *self)
{
  TlmGenerateRequest *request = &self->request;
  g_autofree char    *seed = get_string (r, settings, "seed");

  tlm_generate_request_init (request);
  request->max_tokens = (guint) get_int (r, settings, "max_tokens", G_MAXINT);
  request->temperature = (float) get_double (r, settings, "temperature");
  request->top_k = (guint) get_int (r, settings, "top_k", G_MAXINT);
  request->top_p = (float) get_double (r, settings, "top_p");
  request->min_p = (float) get_double (r, settings, "min_p");
  request->repeat_penalty = (float) get_double (r, settings, "repeat_penalty");
  self->context = (guint) get_int (r, settings, "context", G_MAXINT);
  self->n_threads = (guint) get_int (r, settings, "threads", 1024);
  self->cache = read_cache (r, settings);
  if (r->wrong == NULL
      && !g_ascii_string_to_unsigned (seed, 10, 0, G_MAXUINT64, &request->seed, NULL))
    r->wrong = "seed";
}

static void
read_adapters (Reader     *r,
               JsonObject *root,
               GPtrArray  *adapters)
{
  JsonNode  *node = json_object_get_member (root, "adapter");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                  : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode        *item = json_array_get_element (array, i);
      JsonObject      *object = JSON_NODE_HOLDS_OBJECT (item) ? json_node_get_object (item) : NULL;
      g_autofree char *path = get_bytes (r, object, "file");
      g_autofree char *sha256 = get_string (r, object, "sha256");

      if (path != NULL)
        tlm_adapters_add (adapters, path, (float) get_double (r, object, "scale"), sha256);
    }
  if (array == NULL && (node == NULL || !JSON_NODE_HOLDS_NULL (node)) && r->wrong == NULL)
    r->wrong = "adapter";
}

static void
read_kind (Reader     *r,
           JsonObject *root,
           TlmReceipt *self)
{
  g_autofree char *kind = get_string (r, root, "receipt");

  if (g_strcmp0 (kind, kinds[TLM_RECEIPT_GENERATE]) == 0)
    {
      self->kind = TLM_RECEIPT_GENERATE;
      self->prompt = get_bytes (r, root, "prompt");
      read_settings (r, get_object (r, root, "settings"), self);
      read_adapters (r, root, self->adapters);
    }
  else if (g_strcmp0 (kind, kinds[TLM_RECEIPT_SUMMARIZE]) == 0)
    {
      self->kind = TLM_RECEIPT_SUMMARIZE;
      self->input_sha256 = get_string (r, get_object (r, root, "input"), "sha256");
      self->day = get_string (r, get_object (r, root, "input"), "day");
    }
  else
    r->wrong = "receipt";
}

static TlmReceipt *
from_json (JsonObject  *root,
           const char **wrong)
{
  Reader                 r = { NULL };
  g_autoptr (TlmReceipt) self = g_new0 (TlmReceipt, 1);
  JsonObject            *model, *output;

  self->adapters = tlm_adapters_new ();
  read_kind (&r, root, self);
  model = get_object (&r, root, "model");
  output = get_object (&r, root, "output");
  self->version = get_string (&r, root, "tinylm");
  self->cpu = get_string (&r, root, "cpu");
  self->made_at = get_string (&r, root, "time");
  self->ms = get_double (&r, root, "ms");
  self->model_path = get_bytes (&r, model, "file");
  self->model_sha256 = get_string (&r, model, "sha256");
  self->output_bytes = (gsize) get_int (&r, output, "bytes", G_MAXINT64);
  self->output_sha256 = get_string (&r, output, "sha256");
  *wrong = r.wrong;
  return r.wrong == NULL ? g_steal_pointer (&self) : NULL;
}

TlmReceipt *
tlm_receipt_load (const char *path,
                  GError    **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char       *shown = g_filename_display_name (path);
  const char            *wrong = NULL;
  TlmReceipt            *self = NULL;
  g_autofree char       *text = NULL;
  JsonNode              *root;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  root = tlm_json_parse (parser, text);
  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    self = from_json (json_node_get_object (root), &wrong);
  if (self == NULL && wrong != NULL)
    g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
                 _("“%s” is no receipt that this version can replay: its member “%s” is missing or "
                   "makes no sense."), shown, wrong);
  else if (self == NULL)
    g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
                 _("“%s” is no receipt: it is not a JSON object."), shown);
  return self;
}

/* ---- comparing ---- */

char *
tlm_receipt_explain (const TlmReceipt *self,
                     const TlmReceipt *again)
{
  g_autoptr (GString) why = g_string_new (NULL);

  if (self->output_bytes == again->output_bytes
      && g_str_equal (self->output_sha256, again->output_sha256))
    return NULL;
  if (!g_str_equal (self->model_sha256, again->model_sha256))
    g_string_append_printf (why, _("It was made by another model (SHA-256 %.12s…) than the one that is "
                                   "there now (%.12s…)."),
                            self->model_sha256, again->model_sha256);
  else if (!g_str_equal (self->cpu, again->cpu))
    g_string_append_printf (why, _("It was made on the processor path “%s”, now it was “%s”."),
                            self->cpu, again->cpu);
  if (!g_str_equal (self->version, again->version))
    {
      g_string_append (why, why->len > 0 ? " " : "");
      /* Translators: two versions of the program. */
      g_string_append_printf (why, _("It was made by version %s, this is version %s."),
                              self->version, again->version);
    }
  if (why->len == 0)
    g_string_append (why, _("Model, settings, version and processor path are those of the receipt: "
                            "the receipt was changed, or this is an error of the program."));
  return g_string_free (g_steal_pointer (&why), FALSE);
}
