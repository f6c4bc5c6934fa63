/* SPDX-License-Identifier: Apache-2.0 */
/* The reasons are measured, not guessed: app and engine have read the sentence again without each kind
 * of feature. Here they get words, and only those that move the reader are named. */
#include "why-popover.h"

#include "common/level.h"
#include "skills/skill.h"
#include "core/words.h"

#include <glib/gi18n.h>

/* In log-odds: .15 moves a probability of .50 to .54; what is below a person would not call a reason. */
#define COUNTS 0.15f
#define MAX_REASONS 3 /* on each side */

struct _TlmWhyPopover
{
  GtkPopover parent_instance;
  GtkWidget *title_label, *verdict_label, *level_box, *level_icon, *level_label, *reasons_label;
};

G_DEFINE_FINAL_TYPE (TlmWhyPopover, tlm_why_popover, GTK_TYPE_POPOVER)

/* Part of a list behind "For it:" and "Against it:". */
static const char *
reason_words (tl_reason reason)
{
  switch (reason)
    {
    case TL_REASON_PLACE:
      return _("where it stands");
    case TL_REASON_FORM:
      return _("that it is a list item or check box");
    case TL_REASON_LENGTH:
      return _("its length");
    case TL_REASON_TOPIC:
      return _("how its words relate to the rest of the note");
    case TL_REASON_DECISION:
      return _("words of decision");
    case TL_REASON_TURN:
      return _("words such as “but” and “not”");
    case TL_REASON_DUTY:
      return _("words of duty or request");
    case TL_REASON_TIME:
      return _("days and times");
    case TL_REASON_NUMBER:
      return _("numbers and amounts");
    case TL_REASON_RESULT:
      return _("words of reason, result or risk");
    case TL_REASON_VAGUE:
      return _("vague, personal or backward-looking words");
    case TL_REASON_NAMES:
      return _("names and capitals");
    case TL_REASON_MARKS:
      return _("its punctuation");
    case TL_REASON_SECTION:
      return _("the heading above it");
    case TL_REASON_WORDS:
      return _("its words");
    case TL_N_REASONS:
      break;
    }
  g_assert_not_reached ();
}

/* The kind that weighs most on one side (@sign 1 or -1) and is not in @used; TL_N_REASONS for none. */
static tl_reason
find_strongest (const float *weights, float sign, guint used)
{
  tl_reason best = TL_N_REASONS;

  for (int k = 0; k < TL_N_REASONS; k++)
    if ((used >> k & 1) == 0 && sign * weights[k] >= COUNTS
        && (best == TL_N_REASONS || sign * weights[k] > sign * weights[best]))
      best = (tl_reason) k;
  return best;
}

/* NULL for none. */
static char *
dup_side (const float *weights, float sign)
{
  const char *list[MAX_REASONS + 1] = { NULL };
  guint used = 0;
  tl_reason next;

  for (int i = 0; i < MAX_REASONS; i++)
    {
      next = find_strongest (weights, sign, used);
      if (next == TL_N_REASONS)
        break;
      used |= 1u << next;
      list[i] = reason_words (next);
    }
  return list[0] != NULL ? tlm_words_join (list) : NULL;
}

/* Why a line is kept out of what is chosen from; NULL for a sentence. */
static const char *
structure_words (tl_unit_kind kind)
{
  switch (kind)
    {
    case TL_UNIT_SENTENCE:
    case TL_UNIT_BULLET:
      return NULL;
    case TL_UNIT_HEADING:
      return _("This is a heading. It orders the note; only what stands below it can be a key point.");
    case TL_UNIT_LABEL:
      return _("This line introduces what follows. It is no key point itself.");
    case TL_UNIT_TABLE:
      return _("This is a table. Tables are kept out of the summary: a row means little alone.");
    case TL_UNIT_CODE:
      return _("This is code. Code is kept out of the summary.");
    case TL_UNIT_FRONT_MATTER:
      return _("This stands above the note and is about it: front matter or a summary that was put in. "
               "It is not read; title, tags and date are taken from it.");
    }
  g_assert_not_reached ();
}

static void
append_sentence (GString *out, const char *sentence)
{
  g_autofree char *both = tlm_words_follow (out->str, sentence);

  g_string_assign (out, both);
}

/**
 * tlm_why_dup_verdict:
 *
 * Returns: (transfer full): what became of the sentence
 */
char *
tlm_why_dup_verdict (const TlmWhy *why, const TlmWhyPlace *place)
{
  const char *structure = structure_words (why->unit.kind);
  GString *out = g_string_new (structure);
  g_autofree char *rank = NULL;

  if (structure != NULL)
    return g_string_free (out, FALSE);
  if (place->rank > 0)
    {
      /* Translators: the place of a sentence when all of the note are ordered by how much they matter. */
      rank = g_strdup_printf (_("Its rank among the sentences: %zu of %zu."), place->rank,
                              place->n_sentences);
      append_sentence (out, rank);
    }
  if (place->is_action)
    append_sentence (out, why->unit.check == TL_CHECK_OPEN
                            ? _("An open check box makes it an action item.")
                            : _("It reads as something still to be done: an action item."));
  if (why->unit.check == TL_CHECK_DONE)
    append_sentence (out, _("Its box is ticked, so there is nothing left to do."));
  return g_string_free (out, FALSE);
}

/**
 * tlm_why_dup_reasons:
 * @is_action: whether it is about being an action item rather than a key point
 *
 * Returns: (transfer full): what spoke for and against it; "" for structure
 */
char *
tlm_why_dup_reasons (const TlmWhy *why, gboolean is_action)
{
  const float *weights = is_action ? why->action : why->key;
  g_autofree char *pro = dup_side (weights, 1), *contra = dup_side (weights, -1);
  GString *out = g_string_new (NULL);

  if (structure_words (why->unit.kind) != NULL)
    return g_string_free (out, FALSE);
  if (pro != NULL)
    /* Translators: a list of reasons for choosing a sentence. */
    g_string_append_printf (out, _("For it: %s."), pro);
  if (pro != NULL && contra != NULL)
    g_string_append_c (out, '\n');
  if (contra != NULL)
    /* Translators: a list of reasons against choosing a sentence. */
    g_string_append_printf (out, _("Against it: %s."), contra);
  if (out->len == 0)
    g_string_append (out, _("Nothing about it stands out."));
  return g_string_free (out, FALSE);
}

static const char *
title_words (const TlmWhy *why, const TlmWhyPlace *place)
{
  if (structure_words (why->unit.kind) != NULL)
    /* Translators: the title over a heading or table of the note: key points are not chosen among these. */
    return _("Not Chosen From");
  if (place->keypoint > 0)
    return _("A Key Point");
  return place->is_action ? _("An Action Item") : _("Not Chosen");
}

/**
 * tlm_why_popover_show:
 * @why: of the sentence
 *
 * Where it points is set before; the focus goes into it and, when it closes, back.
 */
void
tlm_why_popover_show (TlmWhyPopover *self, const TlmWhy *why, const TlmWhyPlace *place)
{
  g_autofree char *verdict = tlm_why_dup_verdict (why, place);
  g_autofree char *reasons = tlm_why_dup_reasons (why, place->is_action && place->keypoint == 0);
  gboolean content = structure_words (why->unit.kind) == NULL;
  TlmConfidence level = tlm_confidence_from_p (why->p_key);

  gtk_label_set_text (GTK_LABEL (self->title_label), title_words (why, place));
  gtk_label_set_text (GTK_LABEL (self->verdict_label), verdict);
  gtk_widget_set_visible (self->verdict_label, *verdict != '\0');
  gtk_image_set_from_icon_name (GTK_IMAGE (self->level_icon), tlm_level_icon_name (level));
  gtk_label_set_text (GTK_LABEL (self->level_label), tlm_level_word (level));
  gtk_widget_set_visible (self->level_box, content);
  gtk_label_set_text (GTK_LABEL (self->reasons_label), reasons);
  gtk_widget_set_visible (self->reasons_label, content);
  gtk_popover_popup (GTK_POPOVER (self));
}

static void
tlm_why_popover_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_WHY_POPOVER);
  G_OBJECT_CLASS (tlm_why_popover_parent_class)->dispose (object);
}

static void
tlm_why_popover_class_init (TlmWhyPopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_why_popover_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/why-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmWhyPopover, title_label);
  gtk_widget_class_bind_template_child (widget_class, TlmWhyPopover, verdict_label);
  gtk_widget_class_bind_template_child (widget_class, TlmWhyPopover, level_box);
  gtk_widget_class_bind_template_child (widget_class, TlmWhyPopover, level_icon);
  gtk_widget_class_bind_template_child (widget_class, TlmWhyPopover, level_label);
  gtk_widget_class_bind_template_child (widget_class, TlmWhyPopover, reasons_label);
}

static void
tlm_why_popover_init (TlmWhyPopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
