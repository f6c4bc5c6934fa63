/* SPDX-License-Identifier: Apache-2.0 */
/* The Help page in the window: topics lead to texts, texts to one another, and the way leads back. */
#include "support.h"

#include "settings/help-page.h"
#include "core/help.h"
#include "common/page.h"

#include <libintl.h>
#include <locale.h>

extern int _nl_msg_cat_cntr; /* gettext's own: that it looks for its catalogues again */

static GtkWidget *
show_page (Fixture *fixture)
{
  wait_until (tlm_services_get_ready (fixture->services));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-help", NULL);
  wait_until (find_widget (fixture->window, TLM_TYPE_HELP_PAGE, NULL) != NULL);
  return find_widget (fixture->window, TLM_TYPE_HELP_PAGE, NULL);
}

static char *
dup_title (GtkWidget *page)
{
  char *title;

  g_object_get (gtk_widget_get_ancestor (page, TLM_TYPE_PAGE), "title", &title, NULL);
  return title;
}

static void
test_shows_topics (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = show_page (fixture), *row;
  g_autofree char *title = dup_title (page), *below = NULL, *above = NULL;

  g_assert_cmpstr (title, ==, "Help");
  row = find_row (page, "A specialist in five steps");
  gtk_widget_activate (row);
  below = dup_title (page);
  g_assert_cmpstr (below, ==, "A specialist in five steps");
  g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, "Only one that wins is switched on"));
  g_assert_null (find_widget (page, ADW_TYPE_ACTION_ROW, NULL));

  gtk_widget_activate_action (page, "help.up", NULL);
  above = dup_title (page);
  g_assert_cmpstr (above, ==, "Help");
  g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, "The command line"));
}

static void
test_follows_links (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = show_page (fixture), *label;
  g_autofree char *title = NULL;
  gboolean handled = FALSE;

  gtk_widget_activate_action (page, "help.show", "s", "chats");
  label = find_widget (page, GTK_TYPE_LABEL, "built-in tools only");
  g_assert_nonnull (label);
  g_signal_emit_by_name (label, "activate-link", "tinylm:help/models", &handled);
  title = dup_title (page);
  g_assert_true (handled);
  g_assert_cmpstr (title, ==, "Which model to choose");
}

/* As if the desktop spoke it. */
static void
speak (const char *language)
{
  if (setlocale (LC_ALL, "en_US.UTF-8") == NULL) /* newer glibc translates nothing in C.UTF-8 */
    setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("TINYLM_LOCALE_DIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_setenv ("LANGUAGE", language, TRUE);
  _nl_msg_cat_cntr++;
}

static void
speak_english (void)
{
  g_unsetenv ("LANGUAGE");
  setlocale (LC_ALL, "C");
  _nl_msg_cat_cntr++;
}

static void
test_speaks_the_language (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page;
  g_autofree char *title = NULL;

  speak ("de_AT");
  page = show_page (fixture);
  g_assert_nonnull (find_row (page, "Ein Spezialist in fünf Schritten"));
  g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, "Modelle und Spezialisten"));
  gtk_widget_activate_action (page, "help.show", "s", "terminal");
  title = dup_title (page);
  g_assert_cmpstr (title, ==, "Die Befehlszeile");
  g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, "was das Fenster tut"));
  speak_english ();
}

/* Where Markdown's rules for spaces and punctuation take a mark for none, it stands in the text. */
static void
test_shows_no_marks (Fixture *fixture, gconstpointer data)
{
  static const char *const languages[] = { "ar", "de", "es", "fr", "it", "ja", "pt_BR", "zh_CN" };
  static const char *const topics[] = { "ask", "chats", "folders", "import-model", "models", "private",
                                        "specialists", "terminal", "why" };
  GtkWidget *page = show_page (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (languages) * G_N_ELEMENTS (topics); i++)
    {
      speak (languages[i % G_N_ELEMENTS (languages)]);
      gtk_widget_activate_action (page, "help.show", "s", topics[i / G_N_ELEMENTS (languages)]);
      g_assert_null (find_widget (page, GTK_TYPE_LABEL, "*"));
      g_assert_null (find_widget (page, GTK_TYPE_LABEL, "`"));
    }
  speak_english ();
}

/* (transfer full) (nullable): of the first page, in the language of the catalogue that is found */
static char *
dup_first_title (const char *languages)
{
  g_autoptr (GBytes) mallard = NULL;
  g_autoptr (TlmHelpText) text = NULL;

  speak (languages);
  mallard = tlm_help_load_translation ("index");
  speak_english ();
  text = mallard != NULL ? tlm_help_text_read (mallard) : NULL;
  return text != NULL ? g_strdup (text->title) : NULL;
}

static void
test_has_each_language (void)
{
  static const struct { const char *languages, *title; } cases[] = {
    { "ar_EG", "مساعدة TinyLM" },
    { "de", "Hilfe zu TinyLM" },
    { "es_MX", "Ayuda de TinyLM" },
    { "fr_CA", "Aide de TinyLM" },
    { "it", "Aiuto di TinyLM" },
    { "ja", "TinyLM のヘルプ" },
    { "pt_BR", "Ajuda do TinyLM" },
    { "zh_CN", "TinyLM 帮助" },
    { "xx:de", "Hilfe zu TinyLM" },
    { "xx", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *title = dup_first_title (cases[i].languages);

      g_assert_cmpstr (title, ==, cases[i].title);
    }
}

static void
test_ends_marks_between_letters (void)
{
  static const char mallard[] = "<page xmlns='http://projectmallard.org/1.0/' id='x'><title>x</title>"
                                "<p><gui>追加…</gui>を、<gui>削除</gui>を</p></page>";
  g_autoptr (GBytes) bytes = g_bytes_new_static (mallard, sizeof mallard - 1);
  g_autoptr (TlmHelpText) text = tlm_help_text_read (bytes);

  g_assert_cmpstr (text->markdown, ==, "**追加…\342\201\240**を、**削除**を\n\n");
}

static void
test_reads_mallard (void)
{
  static const char mallard[] =
    "<page xmlns='http://projectmallard.org/1.0/' id='x'><info><desc>What\n it is.</desc></info><title>A  title</title>"
    "<p>Press <keyseq><key>Ctrl</key><key>K</key></keyseq> or <gui>New_Note</gui>, 2*3,\n see "
    "<link xref='y'>there</link>.</p><steps><item><p>One</p></item><item><p>Two</p></item></steps>"
    "<list><item><p>Dot</p></item></list><section id='s'><title>More</title><screen>$ ls *</screen>"
    "<note><p>Careful.</p></note></section></page>";
  g_autoptr (GBytes) bytes = g_bytes_new_static (mallard, sizeof mallard - 1);
  g_autoptr (TlmHelpText) text = tlm_help_text_read (bytes);

  g_assert_cmpstr (text->title, ==, "A title");
  g_assert_cmpstr (text->summary, ==, "What it is.");
  g_assert_cmpstr (text->markdown, ==,
                   "Press `Ctrl`+`K` or **New\\_Note**, 2\\*3, see [there](tinylm:help/y).\n\n"
                   "1. One\n2. Two\n\n- Dot\n\n## More\n\n```\n$ ls *\n```\n\n> Careful.\n\n");
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/ui/help-page/shows-topics", Fixture, NULL, fixture_set_up, test_shows_topics,
              fixture_tear_down);
  g_test_add ("/ui/help-page/follows-links", Fixture, NULL, fixture_set_up, test_follows_links,
              fixture_tear_down);
  g_test_add ("/ui/help-page/speaks-the-language", Fixture, NULL, fixture_set_up,
              test_speaks_the_language, fixture_tear_down);
  g_test_add ("/ui/help-page/shows-no-marks", Fixture, NULL, fixture_set_up, test_shows_no_marks,
              fixture_tear_down);
  g_test_add_func ("/ui/help-page/has-each-language", test_has_each_language);
  g_test_add_func ("/ui/help-page/reads-mallard", test_reads_mallard);
  g_test_add_func ("/ui/help-page/ends-marks-between-letters", test_ends_marks_between_letters);
  return g_test_run ();
}
