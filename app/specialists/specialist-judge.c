/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict on a specialist, with the interval that so few examples leave. */
#include "specialist-judge.h"

#include "base/rng.h"
#include "core/errors.h"

#include <math.h>
#include <string.h>

/* Fewer held-out examples than these cannot tell: 8 right of 8 leave a lower bound of .63 (Wilson).
 * */
#define MIN_HELD_OUT 8

/* Resamples of the paired differences (Efron 1979). */
#define RESAMPLES 2000

/* Whoever is not asked back gets a right answer so often, on the held-out examples. */
#define SURE 0.95

/* An output may be so much longer than the longest wanted one, in tokens. */
#define SLACK 8

/* An example and its output; of the former no more than 512 tokens are learned. */
#define CONTEXT 1024

typedef struct
{
  const TlmForm           *form;
  const TlmExample *const *held_out;
  gsize                    n;
  guint                    max_tokens;
  tl_cancel_func           cancel;
  gpointer                 cancel_data;
} Exam;

const char *
tlm_verdict_get_word (TlmVerdictKind kind)
{
  static const char *const words[] = { "too few examples", "wins", "does not win" };

  return words[kind];
}

/* ---- scores ---- */

static guint
common_words (char **a,
              char **b)
{
  guint             n = g_strv_length (b);
  g_autofree guint *row = g_new0 (guint, n + 1);

  for (; *a != NULL; a++)
    for (guint j = 0, diagonal = 0; j < n; j++)
      {
        guint above = row[j + 1];

        row[j + 1] = g_str_equal (*a, b[j]) ? diagonal + 1 : MAX (above, row[j]);
        diagonal = above;
      }
  return row[n];
}

/* F1 of the longest common subsequence of words. */
static double
rouge_l (const char *wanted,
         const char *got)
{
  g_autofree char *low_wanted = g_utf8_casefold (wanted, -1);
  g_autofree char *low_got = g_utf8_casefold (got, -1);
  g_auto (GStrv)   a = g_strsplit_set (low_wanted, " \n\t", -1);
  g_auto (GStrv)   b = g_strsplit_set (low_got, " \n\t", -1);
  guint            n = g_strv_length (a) + g_strv_length (b);

  return n > 0 ? 2.0 * common_words (a, b) / n : 0;
}

static guint
find_label (const TlmForm *form,
            const char    *label)
{
  guint i = 0;

  while (i < form->labels->len && !g_str_equal (form->labels->pdata[i], label))
    i++;
  return i;
}

static double
score_output (const TlmForm *form,
              const char    *wanted,
              const char    *got)
{
  return form->labels->len > 0 ? g_str_equal (wanted, got) : rouge_l (wanted, got);
}

guint32
tlm_judge_get_context (const tl_model *model)
{
  return MIN (tl_model_get_info (model)->n_ctx_train, CONTEXT);
}

/* @scores: (out): [n]; @p: (out): [n, labels] at temperature 1; @exact: (out): a mean */
static gboolean
sit (const Exam           *exam,
     const tl_model       *model,
     const tl_adapter_use *uses,
     gsize                 n_uses,
     tl_pool              *pool,
     double               *scores,
     double               *p,
     double               *exact,
     tl_error             *err)
{
  guint       n_labels = exam->form->labels->len;
  tl_session *session = tl_session_new (model, tlm_judge_get_context (model), pool, err);
  gboolean    good = session != NULL && tl_session_set_adapters (session, uses, n_uses, err);

  *exact = 0;
  for (gsize i = 0; good && i < exam->n; i++)
    {
      const TlmExample *e = exam->held_out[i];
      g_autofree char  *text = NULL;

      if (exam->cancel != NULL && exam->cancel (exam->cancel_data))
        good = tl_error_set (err, TL_ERROR_CANCELLED, "cancelled");
      else if (n_labels > 0)
        {
          const GPtrArray *labels = exam->form->labels;

          good = tlm_form_classify (exam->form, session, model, e->input, e->turns, 1, exam->cancel,
                                    exam->cancel_data, p + i * n_labels, NULL, err);
          if (good)
            text = g_strdup (
                labels->pdata[tlm_labels_find_likeliest (labels, p + i * n_labels)]);
        }
      else
        good = (text = tlm_form_write_output (exam->form, session, model, e->input, e->turns,
                                              exam->max_tokens, exam->cancel, exam->cancel_data,
                                              NULL, err)) != NULL;
      if (!good)
        break;
      scores[i] = score_output (exam->form, e->output, text);
      *exact += (double) g_str_equal (e->output, text) / (double) exam->n;
    }
  tl_session_free (session);
  return good;
}

/* ---- labels ---- */

/* p^(1/T) again, from probabilities at temperature 1. */
static double
soften (const double *p,
        guint         n,
        guint         label,
        double        temperature)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += pow (p[i], 1 / temperature);
  return sum > 0 && label < n ? pow (p[label], 1 / temperature) / sum : 0;
}

/* The temperature of the highest likelihood (Guo et al. 2017, arXiv:1706.04599), by trial, since it
 * needs no more than two digits. Of n answers even one that all are right leaves a doubt of 1 / (n
 * + 2) (Platt 1999), or few right answers would promise certainty. */
static double
find_temperature (const Exam   *exam,
                  const double *p)
{
  guint  n_labels = exam->form->labels->len;
  double doubt = 1.0 / (double) (exam->n + 2), best = 1, best_nll = INFINITY;

  for (double t = 0.25; t < 16; t *= 1.05)
    {
      double nll = 0;

      for (gsize i = 0; i < exam->n; i++)
        {
          double right = soften (p + i * n_labels, n_labels,
                                 find_label (exam->form, exam->held_out[i]->output), t);

          nll -= (1 - doubt) * log (right + 1e-9) + doubt * log (1 - right + 1e-9);
        }
      if (nll < best_nll)
        {
          best_nll = nll;
          best = t;
        }
    }
  return best;
}

typedef struct
{
  double p, score;
} Answer;

static int
compare_answers (gconstpointer a,
                 gconstpointer b)
{
  const Answer *x = a, *y = b;

  return (x->p < y->p) - (x->p > y->p);
}

/* The lowest probability from which on at least SURE of the answers are right; @answers are sorted,
 * the surest first. */
static double
find_threshold (const Answer *answers,
                gsize         n,
                gsize        *n_sure)
{
  double right = 0;

  *n_sure = 0;
  for (gsize i = 0; i < n; i++)
    {
      right += answers[i].score;
      if (right >= SURE * (double) (i + 1) && (i + 1 == n || answers[i + 1].p < answers[i].p))
        *n_sure = i + 1;
    }
  return *n_sure > 0 ? answers[*n_sure - 1].p : 1;
}

static double
calibration_error (const Answer *answers,
                   gsize         n)
{
  double p[10] = { 0 }, right[10] = { 0 }, error = 0;

  for (gsize i = 0; i < n; i++)
    {
      int bin = MIN ((int) (answers[i].p * 10), 9);

      p[bin] += answers[i].p / (double) n;
      right[bin] += answers[i].score / (double) n;
    }
  for (int i = 0; i < 10; i++)
    error += fabs (p[i] - right[i]);
  return error;
}

/* Makes the form's probabilities mean what they say, and sets its threshold. */
static void
calibrate (const Exam   *exam,
           TlmForm      *form,
           const double *p,
           const double *scores,
           TlmVerdict   *verdict)
{
  guint              n_labels = form->labels->len;
  g_autofree Answer *answers = g_new (Answer, exam->n);
  gsize              n_sure;

  form->temperature = find_temperature (exam, p);
  for (gsize i = 0; i < exam->n; i++)
    {
      answers[i] = (Answer) { 0, scores[i] };
      for (guint j = 0; j < n_labels; j++)
        answers[i].p = MAX (answers[i].p, soften (p + i * n_labels, n_labels, j,
                                                  form->temperature));
    }
  verdict->calibration_error = calibration_error (answers, exam->n);
  qsort (answers, exam->n, sizeof *answers, compare_answers);
  form->threshold = find_threshold (answers, exam->n, &n_sure);
  verdict->asked = 1 - (double) n_sure / (double) exam->n;
  verdict->right_when_sure = n_sure > 0 ? 0 : 1;
  for (gsize i = 0; i < n_sure; i++)
    verdict->right_when_sure += answers[i].score / (double) n_sure;
}

/* ---- the interval ---- */

static int
compare_doubles (const void *a,
                 const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
bootstrap (const double *differences,
           gsize         n,
           double       *low,
           double       *high)
{
  double means[RESAMPLES];
  tl_rng rng;

  tl_rng_init (&rng, 1);
  for (guint i = 0; i < RESAMPLES; i++)
    {
      means[i] = 0;
      for (gsize j = 0; j < n; j++)
        means[i] += differences[tl_rng_below (&rng, (uint32_t) n)] / (double) n;
    }
  qsort (means, RESAMPLES, sizeof *means, compare_doubles);
  *low = means[RESAMPLES / 40];
  *high = means[RESAMPLES - 1 - RESAMPLES / 40];
}

static double
mean (const double *x,
      gsize         n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += x[i];
  return n > 0 ? sum / (double) n : 0;
}

static void
compare (const Exam   *exam,
         const double *base,
         const double *commonest,
         const double *specialist,
         TlmVerdict   *v)
{
  g_autofree double *differences = g_new (double, exam->n);
  const double      *rival;

  v->n = (guint) exam->n;
  v->base = mean (base, exam->n);
  v->commonest = mean (commonest, exam->n);
  v->specialist = mean (specialist, exam->n);
  rival = v->base >= v->commonest ? base : commonest;
  for (gsize i = 0; i < exam->n; i++)
    differences[i] = specialist[i] - rival[i];
  v->difference = mean (differences, exam->n);
  bootstrap (differences, exam->n, &v->low, &v->high);
  v->kind = exam->n < MIN_HELD_OUT ? TLM_VERDICT_TOO_FEW
            : v->low > 0           ? TLM_VERDICT_WINS
                                   : TLM_VERDICT_DOES_NOT_WIN;
}

gboolean
tlm_judge_measure_outputs (const tl_model          *model,
                           const TlmExample *const *held_out,
                           gsize                    n_held_out,
                           guint                   *max_tokens,
                           tl_error                *err)
{
  *max_tokens = 0;
  for (gsize i = 0; i < n_held_out; i++)
    {
      const char *output = held_out[i]->output;
      int32_t    *ids;
      size_t      n;

      if (!tl_tokenizer_encode (tl_model_get_tokenizer (model), output, strlen (output),
                                TL_TOKENIZE_NONE, &ids, &n, err))
        return FALSE;
      free (ids);
      *max_tokens = MAX (*max_tokens, (guint) n + SLACK);
    }
  return TRUE;
}

gboolean
tlm_judge (TlmForm                 *form,
           const tl_model          *base,
           const tl_model          *model,
           const tl_adapter_use    *uses,
           gsize                    n_uses,
           const TlmExample *const *held_out,
           gsize                    n,
           const char              *commonest,
           tl_pool                 *pool,
           tl_cancel_func           cancel,
           gpointer                 cancel_data,
           TlmVerdict              *verdict,
           GError                 **error)
{
  Exam               exam = { form, held_out, n, 0, cancel, cancel_data };
  g_autofree double *scores = g_new0 (double, 3 * n + 1);
  g_autofree double *p = g_new0 (double, 2 * n * form->labels->len + 1);
  double            *of_base = scores + n, *of_commonest = scores + 2 * n;
  double             base_exact;
  tl_error           err = { 0 };

  *verdict = (TlmVerdict) { 0 };
  if (n == 0)
    return TRUE;
  if (!tlm_judge_measure_outputs (model, held_out, n, &exam.max_tokens, &err)
      || !sit (&exam, base, NULL, 0, pool, of_base, p, &base_exact, &err)
      || !sit (&exam, model, uses, n_uses, pool, scores, p, &verdict->exact, &err))
    return tlm_error_from_engine (error, &err);
  for (gsize i = 0; i < n; i++)
    of_commonest[i] = score_output (form, held_out[i]->output, commonest);
  if (form->labels->len > 0)
    calibrate (&exam, form, p, scores, verdict);
  compare (&exam, of_base, of_commonest, scores, verdict);
  return TRUE;
}
