/* SPDX-License-Identifier: Apache-2.0 */
/* What the Privacy page makes of findings: one verdict, a row for each, and red with its sentence. */
#include "settings/privacy-page.h"

#include "privacy/privacy.h"

static gboolean
holds_text (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (holds_text (child, text))
      return TRUE;
  return FALSE;
}

static guint
count_marks (GtkWidget *widget, const char *name, const char *style)
{
  guint n = GTK_IS_IMAGE (widget) && gtk_widget_has_css_class (widget, style)
            && g_strcmp0 (gtk_image_get_icon_name (GTK_IMAGE (widget)), name) == 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_marks (child, name, style);
  return n;
}

static void
show (TlmPrivacyPage *page, TlmFinding *findings, guint n)
{
  g_autoptr (GPtrArray) array = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (array, &findings[i]);
  tlm_privacy_page_show (page, array);
}

static void
test_turns_red (void)
{
  TlmFinding findings[] = {
    { TLM_FINDINGS_NETWORK, TLM_FINDING_HOLDS, "socket", "Sockets", "Refused & gone." },
    { TLM_FINDINGS_SANDBOX, TLM_FINDING_BROKEN, "shared", "Shared", "Added: network." },
  };
  TlmPrivacyPage *page = g_object_ref_sink (g_object_new (TLM_TYPE_PRIVACY_PAGE, NULL));

  show (page, findings, 1);
  g_assert_true (holds_text (GTK_WIDGET (page), "Refused & gone."));
  g_assert_cmpuint (count_marks (GTK_WIDGET (page), "object-select-symbolic", "success"), ==, 2);
  g_assert_cmpuint (count_marks (GTK_WIDGET (page), "dialog-error-symbolic", "error"), ==, 0);
  show (page, findings, 2);
  g_assert_true (holds_text (GTK_WIDGET (page), "1 protection does not hold."));
  g_assert_true (holds_text (GTK_WIDGET (page), "Shared: Added: network."));
  g_assert_cmpuint (count_marks (GTK_WIDGET (page), "dialog-error-symbolic", "error"), ==, 2);
  g_object_unref (page);
}

/* A heading of data/privacy.md. */
static void
test_says_what_is_defended (void)
{
  TlmPrivacyPage *page = g_object_ref_sink (g_object_new (TLM_TYPE_PRIVACY_PAGE, NULL));

  g_assert_true (holds_text (GTK_WIDGET (page), "What is not defended"));
  g_object_unref (page);
}

/* The headings, the list items and the marks of code of what the page loads in that language. */
static void
count_parts (const char *name, guint *n_headings, guint *n_items, guint *n_marks)
{
  g_autofree char *path = g_strconcat ("/com/sprapp/TinyLM/", name, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, 0, NULL);
  g_auto (GStrv) lines = g_strsplit (g_bytes_get_data (bytes, NULL), "\n", -1);

  *n_headings = *n_items = *n_marks = 0;
  for (guint i = 0; lines[i] != NULL; i++)
    {
      for (const char *c = lines[i]; *c != '\0'; c++)
        *n_marks += *c == '`';
      *n_headings += *lines[i] == '#';
      *n_items += *lines[i] == '-';
    }
}

/* A change of one without the other shows in the number of its parts. */
static void
test_says_the_same_in_each_language (void)
{
  static const char *const translations[] = { "ar", "de", "es", "fr", "it", "ja", "pt_BR", "zh_CN" };
  guint n_headings, n_items, n_marks;

  count_parts ("privacy.md", &n_headings, &n_items, &n_marks);
  g_assert_cmpuint (n_headings, >, 3);
  for (guint i = 0; i < G_N_ELEMENTS (translations); i++)
    {
      g_autofree char *name = g_strdup_printf ("privacy.%s.md", translations[i]);
      guint n_headings_there, n_items_there, n_marks_there;

      count_parts (name, &n_headings_there, &n_items_there, &n_marks_there);
      g_assert_cmpuint (n_headings_there, ==, n_headings);
      g_assert_cmpuint (n_items_there, ==, n_items);
      g_assert_cmpuint (n_marks_there, ==, n_marks);
    }
}

static gboolean
page_holds (const char *languages, const char *text)
{
  TlmPrivacyPage *page;
  gboolean found;

  g_setenv ("LANGUAGE", languages, TRUE);
  page = g_object_ref_sink (g_object_new (TLM_TYPE_PRIVACY_PAGE, NULL));
  found = holds_text (GTK_WIDGET (page), text);
  g_object_unref (page);
  g_unsetenv ("LANGUAGE");
  return found;
}

static void
test_follows_the_language (void)
{
  g_assert_true (page_holds ("de_AT", "Was nicht geschützt ist"));
  g_assert_true (page_holds ("nl:de", "Was nicht geschützt ist"));
  g_assert_true (page_holds ("fr_CA", "Ce qui n’est pas protégé"));
  g_assert_true (page_holds ("zh_CN", "不防护的内容"));
  g_assert_true (page_holds ("en_GB:de", "Was nicht geschützt ist"));
  g_assert_true (page_holds ("en_GB", "What is not defended"));
  g_assert_true (page_holds ("nl", "What is not defended"));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/ui/privacy-page/turns-red", test_turns_red);
  g_test_add_func ("/ui/privacy-page/says-what-is-defended", test_says_what_is_defended);
  g_test_add_func ("/ui/privacy-page/says-the-same-in-each-language", test_says_the_same_in_each_language);
  g_test_add_func ("/ui/privacy-page/follows-the-language", test_follows_the_language);
  return g_test_run ();
}
