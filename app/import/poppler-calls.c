/* SPDX-License-Identifier: Apache-2.0 */
/* Loads Poppler. The name is that of the library's interface since 0.18 (2011), so whatever version
 * is there fits the headers that this was built with. It stays loaded, as its types cannot be taken
 * back. */
#include "import/poppler-calls.h"

#include <dlfcn.h>
#include <glib/gi18n-lib.h>

#include "core/errors.h"

#define LIBRARY "libpoppler-glib.so.8"

static gboolean
find_all (void *library, PopplerCalls *calls)
{
  const struct
  {
    const char *name;
    void       *call;
  } all[] = {
    { "poppler_document_get_n_pages", &calls->document_get_n_pages },
    { "poppler_document_get_page", &calls->document_get_page },
    { "poppler_document_new_from_bytes", &calls->document_new_from_bytes },
    { "poppler_error_quark", &calls->error_quark },
    { "poppler_page_get_label", &calls->page_get_label },
    { "poppler_page_get_text", &calls->page_get_text },
    { "poppler_page_get_text_layout", &calls->page_get_text_layout },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      void *call = dlsym (library, all[i].name);

      if (call == NULL)
        return FALSE;
      *(void **) all[i].call = call;
    }
  return TRUE;
}

const PopplerCalls *
tlm_poppler_get_calls (GError **error)
{
  static PopplerCalls calls;
  static gsize        state; /* 1: loaded, 2: missing */

  if (g_once_init_enter (&state))
    {
      void *library = dlopen (LIBRARY, RTLD_LAZY | RTLD_LOCAL);

      g_once_init_leave (&state, library != NULL && find_all (library, &calls) ? 1 : 2);
    }
  if (state == 1)
    return &calls;
  g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
               _("PDF documents need Poppler, and %s is missing here. Install it, or save the "
                 "text as TXT, DOCX or ODT."), LIBRARY);
  return NULL;
}
