/* SPDX-License-Identifier: Apache-2.0 */
/* The Privacy page. */
#include "privacy-page.h"

struct _TlmPrivacyPage
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (TlmPrivacyPage, tlm_privacy_page, ADW_TYPE_BIN)

static void
tlm_privacy_page_class_init (TlmPrivacyPageClass *klass)
{
}

static void
tlm_privacy_page_init (TlmPrivacyPage *self)
{
}
