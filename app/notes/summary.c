/* SPDX-License-Identifier: Apache-2.0 */
/* The immutable result of one reading. Nothing changes after tlm_summary_new(), so any thread may
 * read it. */
#include "summary-private.h"

#include "shown.h"

struct _TlmSummary
{
  GObject         parent_instance;
  TlmSummaryParts parts;
};

G_DEFINE_FINAL_TYPE (TlmSummary, tlm_summary, G_TYPE_OBJECT)

static void
tlm_summary_finalize (GObject *object)
{
  TlmSummaryParts *parts = &TLM_SUMMARY (object)->parts;

  g_free (parts->text);
  g_clear_pointer (&parts->found, g_hash_table_unref);
  g_clear_pointer (&parts->actions, g_array_unref);
  g_clear_pointer (&parts->units, g_array_unref);
  g_clear_pointer (&parts->uses, g_array_unref);
  g_free (parts->model_name);
  g_free (parts->model_sha256);
  G_OBJECT_CLASS (tlm_summary_parent_class)->finalize (object);
}

static void
tlm_summary_class_init (TlmSummaryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_summary_finalize;
}

static void
tlm_summary_init (TlmSummary *self)
{
}

TlmSummary *
tlm_summary_new (TlmSummaryParts *parts)
{
  TlmSummary *self = g_object_new (TLM_TYPE_SUMMARY, NULL);

  self->parts = *parts;
  *parts = (TlmSummaryParts) { 0 };
  return self;
}

static gconstpointer
get_array (GArray *array,
           gsize  *n)
{
  *n = array != NULL ? array->len : 0;
  return array != NULL ? array->data : NULL;
}

GArray *
tlm_summary_parts_get_found (const TlmSummaryParts *parts,
                             const char            *skill)
{
  return parts->found != NULL ? g_hash_table_lookup (parts->found, skill) : NULL;
}

void
tlm_summary_parts_add_found (TlmSummaryParts *parts,
                             const char      *skill,
                             GArray          *spans)
{
  if (parts->found == NULL)
    parts->found = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                          (GDestroyNotify) g_array_unref);
  g_hash_table_insert (parts->found, (gpointer) skill, spans);
}

/**
 * tlm_summary_get_found:
 * @skill: the name of a skill
 * @n: (out): how many
 *
 * Returns: (array length=n) (nullable): what it found, best first
 */
const TlmSpan *
tlm_summary_get_found (TlmSummary *self,
                       const char *skill,
                       gsize      *n)
{
  return get_array (tlm_summary_parts_get_found (&self->parts, skill), n);
}

/**
 * tlm_summary_get_text:
 *
 * Returns: the note as it was read, to whose bytes all spans refer
 */
const char *
tlm_summary_get_text (TlmSummary *self)
{
  return self->parts.text;
}

/**
 * tlm_summary_get_title:
 *
 * Returns: (nullable): the words of the note that name it best
 */
const TlmSpan *
tlm_summary_get_title (TlmSummary *self)
{
  gsize n;

  return tlm_summary_get_found (self, "title", &n);
}

/**
 * tlm_summary_get_gist:
 *
 * Returns: (nullable): the one sentence that says most
 */
const TlmSpan *
tlm_summary_get_gist (TlmSummary *self)
{
  gsize n;

  return tlm_summary_get_found (self, "gist", &n);
}

TlmDay
tlm_summary_get_day (TlmSummary *self)
{
  return self->parts.day;
}

/**
 * tlm_summary_get_keypoints:
 * @n: (out): how many
 *
 * Returns: (array length=n): most important first
 */
const TlmSpan *
tlm_summary_get_keypoints (TlmSummary *self,
                           gsize      *n)
{
  return tlm_summary_get_found (self, "keypoints", n);
}

const TlmAction *
tlm_summary_get_actions (TlmSummary *self,
                         gsize      *n)
{
  return get_array (self->parts.actions, n);
}

const TlmSpan *
tlm_summary_get_tags (TlmSummary *self,
                      gsize      *n)
{
  return tlm_summary_get_found (self, "tags", n);
}

/**
 * tlm_summary_get_units:
 * @n: (out): how many
 *
 * Returns: (array length=n): every sentence, bullet and line of structure in the note's order, for
 * the coverage strip; p is that of being a key sentence
 */
const TlmSpan *
tlm_summary_get_units (TlmSummary *self,
                       gsize      *n)
{
  return get_array (self->parts.units, n);
}

/**
 * tlm_summary_get_unit_use:
 * @i: a unit's index
 *
 * Returns: what was done with it; nothing of a note is without an answer
 */
TlmUnitUse
tlm_summary_get_unit_use (TlmSummary *self,
                          gsize       i)
{
  g_return_val_if_fail (self->parts.uses != NULL && i < self->parts.uses->len, TLM_UNIT_SKIPPED);
  return g_array_index (self->parts.uses, TlmUnitUse, i);
}

gboolean
tlm_summary_get_is_fallback (TlmSummary *self)
{
  return self->parts.is_fallback;
}

gboolean
tlm_summary_get_is_english (TlmSummary *self)
{
  return self->parts.is_english;
}

gboolean
tlm_summary_get_is_of_unknown_script (TlmSummary *self)
{
  return self->parts.is_of_unknown_script;
}

const char *
tlm_summary_get_model_name (TlmSummary *self)
{
  return self->parts.model_name;
}

const char *
tlm_summary_get_model_sha256 (TlmSummary *self)
{
  return self->parts.model_sha256;
}

double
tlm_summary_get_load_ms (TlmSummary *self)
{
  return self->parts.load_ms;
}

double
tlm_summary_get_total_ms (TlmSummary *self)
{
  return self->parts.total_ms;
}

char *
tlm_summary_dup_slice (TlmSummary    *self,
                       const TlmSpan *span)
{
  return g_strndup (self->parts.text + span->start, span->end - span->start);
}

/**
 * tlm_summary_dup_shown:
 *
 * Returns: (transfer full): the slice for the screen or a terminal
 */
char *
tlm_summary_dup_shown (TlmSummary    *self,
                       const TlmSpan *span)
{
  return tlm_shown_dup (self->parts.text, -1, span->start, span->end);
}
