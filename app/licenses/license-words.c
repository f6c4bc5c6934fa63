/* SPDX-License-Identifier: Apache-2.0 */
/* What a key says, in plain sentences; the page and the command line show the same ones. */
#include "licenses.h"

#include "core/words.h"

#include <glib/gi18n-lib.h>

char *
tlm_license_dup_scope (TlmLicense *license)
{
  const TlmLicenseTerms *terms = tlm_license_get_terms (license);

  return terms->is_domain
           ? g_strdup_printf (_("The domain %s and every host under it"), terms->scope)
           : g_strdup_printf (_("The product “%s”"), terms->scope);
}

char *
tlm_license_dup_models (TlmLicense *license)
{
  if (tlm_license_covers_model (license, "*"))
    return g_strdup (_("All models of the vendor"));
  return tlm_words_join ((const char *const *) tlm_license_get_terms (license)->models);
}

char *
tlm_license_dup_until (TlmLicense *license)
{
  const TlmLicenseTerms *terms = tlm_license_get_terms (license);

  if (terms->updates_until == NULL)
    return g_strdup (_("For life: every version of these models, those to come as well."));
  return g_strdup_printf (_("Versions released until %s. What was released by then may be used in "
                            "the product for ever; a later version needs a new key."),
                          terms->updates_until);
}

char *
tlm_license_dup_not_covered (TlmLicense *license)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char      *joined = NULL;
  gsize                 n;
  const TlmLicensedModel *models = tlm_licensed_models_get (&n);

  for (gsize i = 0; i < n; i++)
    if (!tlm_license_covers_model (license, models[i].name))
      g_ptr_array_add (names, (char *) models[i].name);
  if (names->len == 0)
    return g_strdup (tlm_license_get_terms (license)->is_domain
                       ? _("Other domains, and products outside this domain. Models of other makers "
                           "have terms of their own.")
                       : _("Other products. Models of other makers have terms of their own."));
  g_ptr_array_add (names, NULL);
  joined = tlm_words_join ((const char *const *) names->pdata);
  return g_strdup_printf (tlm_license_get_terms (license)->is_domain
                            ? _("Other domains, products outside this domain, and the models: %s. "
                                "Models of other makers have terms of their own.")
                            : _("Other products, and the models: %s. Models of other makers have "
                                "terms of their own."), joined);
}

char *
tlm_license_verdict_dup_sentence (const TlmLicenseVerdict *verdict)
{
  const TlmLicenseTerms *terms = verdict->license != NULL
                                   ? tlm_license_get_terms (verdict->license) : NULL;

  switch (verdict->state)
    {
    case TLM_LICENSE_STATE_FREE:
      /* Translators: the name of a model; then two prices. */
      return g_strdup_printf (_("No key covers %s here. It is free for personal use, research, "
                                "evaluation and products that earn less than US$10,000 a year; "
                                "beyond that it costs US$%u a year or US$%u for life."),
                              verdict->model->name, verdict->model->usd_year,
                              verdict->model->usd_life);
    case TLM_LICENSE_STATE_TEST:
      /* Translators: the name of a product; then that of a model. */
      return g_strdup_printf (_("Only a test key, for “%s”, covers %s. Test keys allow nothing."),
                              terms->scope, verdict->model->name);
    case TLM_LICENSE_STATE_OUTDATED:
      /* Translators: a product, a model, two dates. */
      return g_strdup_printf (_("The key for “%s” covers versions of %s released until %s; this "
                                "one was released on %s. Use an earlier version, or renew the "
                                "key."), terms->scope, verdict->model->name,
                              terms->updates_until, verdict->model->released);
    case TLM_LICENSE_STATE_LICENSED:
      /* Translators: a model, the name of a person or company, a product. */
      return g_strdup_printf (_("%s is licensed to %s for “%s”."), verdict->model->name,
                              terms->licensee, terms->scope);
    }
  g_assert_not_reached ();
}

char *
tlm_license_verdict_dup_state (const TlmLicenseVerdict *verdict)
{
  const char *scope = verdict->license != NULL ? tlm_license_get_terms (verdict->license)->scope
                                               : NULL;

  switch (verdict->state)
    {
    case TLM_LICENSE_STATE_FREE:
      return g_strdup (_("Free for personal use and evaluation"));
    case TLM_LICENSE_STATE_TEST:
      return g_strdup_printf (_("Free for personal use and evaluation; a test key for “%s” allows "
                                "no more"), scope);
    case TLM_LICENSE_STATE_OUTDATED:
      return g_strdup_printf (_("Free for personal use and evaluation; the key for “%s” covers "
                                "earlier versions"), scope);
    case TLM_LICENSE_STATE_LICENSED:
      return g_strdup_printf (_("Licensed for “%s”; free for personal use and evaluation"), scope);
    }
  g_assert_not_reached ();
}
