/* SPDX-License-Identifier: Apache-2.0 */
/* A text of 10 MB comes into the composer as it does when it is pasted or dropped: it is set aside,
 * kept as part of the draft, and sent whole. */
#include "support.h"

#include "chats/composer.h"
#include "core/text-input.h"

#include <string.h>

#define LINE "Pasted text, "

static char *
new_text (gsize bytes)
{
  char *text = g_malloc (bytes + 1);

  for (gsize i = 0; i < bytes; i++)
    text[i] = i % 6 == 5 ? ' ' : 'x';
  text[bytes] = '\0';
  return text;
}

static TlmComposer *
open_chat (Fixture *fixture)
{
  GtkWidget *composer = NULL;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until ((composer = find_widget (fixture->window, TLM_TYPE_COMPOSER, NULL)) != NULL);
  return TLM_COMPOSER (composer);
}

static GtkTextBuffer *
get_buffer (TlmComposer *composer)
{
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (find_widget (composer, GTK_TYPE_TEXT_VIEW, NULL)));
}

static void
insert (TlmComposer *composer, gsize bytes)
{
  g_autofree char *text = new_text (bytes);

  gtk_text_buffer_insert_at_cursor (get_buffer (composer), text, -1);
}

static void
test_sets_aside (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer = open_chat (fixture);

  gtk_text_buffer_insert_at_cursor (get_buffer (composer), "Short", -1);
  insert (composer, 10 << 20);
  g_assert_cmpint (gtk_text_buffer_get_char_count (get_buffer (composer)), ==, 5);
  wait_until (find_widget (composer, GTK_TYPE_LABEL, LINE) != NULL);
  g_assert_null (find_widget (composer, GTK_TYPE_BUTTON, "Insert"));
  gtk_widget_activate_action (GTK_WIDGET (composer), "composer.remove-text", "u", 0);
  g_assert_null (find_widget (composer, GTK_TYPE_LABEL, LINE));
}

static void
test_puts_in (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer = open_chat (fixture);

  insert (composer, 100 << 10);
  wait_until (find_widget (composer, GTK_TYPE_LABEL, LINE) != NULL);
  click (composer, "Insert");
  g_assert_cmpint (gtk_text_buffer_get_char_count (get_buffer (composer)), ==, 100 << 10);
  g_assert_null (find_widget (composer, GTK_TYPE_LABEL, LINE));
}

/* (transfer full) */
static TlmChat *
get_chat (Fixture *fixture)
{
  return g_list_model_get_item (G_LIST_MODEL (tlm_services_get_chats (fixture->services)), 0);
}

static void
test_is_kept (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer = open_chat (fixture);
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (TlmChat) chat = NULL;

  gtk_text_buffer_insert_at_cursor (get_buffer (composer), "Summarize this:", -1);
  insert (composer, 1 << 20);
  before = tlm_composer_dup_text (composer);
  fixture_restart (fixture);
  chat = get_chat (fixture);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.open-chat", "x",
                              tlm_chat_get_id (chat));
  wait_until ((composer = (TlmComposer *) find_widget (fixture->window, TLM_TYPE_COMPOSER, NULL))
              != NULL);
  wait_until (find_widget (composer, GTK_TYPE_LABEL, LINE) != NULL);
  after = tlm_composer_dup_text (composer);
  g_assert_cmpstr (after, ==, before);
}

static void
press_send (TlmComposer *composer)
{
  GtkWidget *written = find_widget (composer, GTK_TYPE_OVERLAY, NULL);
  GtkWidget *stop = gtk_widget_get_last_child (gtk_widget_get_parent (written));

  g_signal_emit_by_name (gtk_widget_get_prev_sibling (stop), "clicked");
}

static void
test_is_sent_whole (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer = open_chat (fixture);
  g_autofree char *text = new_text (1 << 20), *whole = g_strconcat ("Hello\n\n", text, NULL);
  g_autoptr (TlmChat) chat = get_chat (fixture);
  g_autoptr (TlmMessage) message = NULL;

  gtk_text_buffer_insert_at_cursor (get_buffer (composer), "Hello", -1);
  insert (composer, 1 << 20);
  press_send (composer);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (chat)) > 0);
  message = g_list_model_get_item (G_LIST_MODEL (chat), 0);
  g_assert_cmpstr (tlm_message_get_text (message), ==, whole);
  wait_until (find_widget (composer, GTK_TYPE_LABEL, LINE) == NULL);
  wait_until (!tlm_chat_get_busy (chat));
}

static void
test_refuses_too_much (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer = open_chat (fixture);

  gtk_text_buffer_insert_at_cursor (get_buffer (composer), "Short", -1);
  insert (composer, TLM_TEXT_MAX_BYTES);
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "A message takes up to") != NULL);
  g_assert_null (find_widget (composer, GTK_TYPE_LABEL, LINE));
  g_assert_cmpint (gtk_text_buffer_get_char_count (get_buffer (composer)), ==, 5);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/ui/composer/sets-aside", Fixture, NULL, fixture_set_up, test_sets_aside,
              fixture_tear_down);
  g_test_add ("/ui/composer/puts-in", Fixture, NULL, fixture_set_up, test_puts_in,
              fixture_tear_down);
  g_test_add ("/ui/composer/is-kept", Fixture, NULL, fixture_set_up, test_is_kept,
              fixture_tear_down);
  g_test_add ("/ui/composer/is-sent-whole", Fixture, NULL, fixture_set_up, test_is_sent_whole,
              fixture_tear_down);
  g_test_add ("/ui/composer/refuses-too-much", Fixture, NULL, fixture_set_up,
              test_refuses_too_much, fixture_tear_down);
  return g_test_run ();
}
