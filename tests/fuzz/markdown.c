/* SPDX-License-Identifier: Apache-2.0 */
/* What a model or a person wrote, as blocks that a label shows: each text block is markup that a
 * GtkLabel takes, whatever stands in it. */
#include "fuzz-app.h"

#include "chats/markdown.h"

/* Pango's own elements and a GtkLabel's link. */
static void
check_element (GMarkupParseContext *context, const char *element, const char **names,
               const char **values, gpointer data, GError **error)
{
  static const char *const known[] = { "a", "b", "i", "markup", "s", "span", "tt", "u", NULL };

  FUZZ_CHECK (g_strv_contains (known, element));
}

static void
check_markup (const char *markup)
{
  const GMarkupParser parser = { .start_element = check_element };
  GMarkupParseContext *context = g_markup_parse_context_new (&parser, 0, NULL, NULL);

  FUZZ_CHECK (g_markup_parse_context_parse (context, "<markup>", -1, NULL));
  FUZZ_CHECK (g_markup_parse_context_parse (context, markup, -1, NULL));
  FUZZ_CHECK (g_markup_parse_context_parse (context, "</markup>", -1, NULL));
  FUZZ_CHECK (g_markup_parse_context_end_parse (context, NULL));
  g_markup_parse_context_free (context);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  size_t len;
  g_autofree char *text = fuzz_utf8 (data, size, &len);
  g_autoptr (GPtrArray) blocks = NULL;

  fuzz_app_init ();
  blocks = tlm_markdown_parse (text);
  for (guint i = 0; i < blocks->len; i++)
    {
      const TlmBlock *block = blocks->pdata[i];

      FUZZ_CHECK (block->indent <= 6 && block->level <= 6);
      FUZZ_CHECK (block->text == NULL || g_utf8_validate (block->text, -1, NULL));
      if (block->kind == TLM_BLOCK_TEXT)
        check_markup (block->text);
      FUZZ_CHECK ((block->kind == TLM_BLOCK_TABLE) == (block->cells != NULL));
      for (guint j = 0; block->cells != NULL && j < block->cells->len; j++)
        check_markup (block->cells->pdata[j]);
    }
  return 0;
}
