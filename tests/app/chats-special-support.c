/* SPDX-License-Identifier: Apache-2.0 */
#include "chats-special-support.h"

#include "models/adapters.h"
#include "models/model-hash.h"
#include "random-adapter.h"
#include "support.h"

TlmForm *
new_form (gboolean labels,
          gboolean chat)
{
  TlmForm *form = tlm_form_new ();

  if (labels)
    {
      g_ptr_array_add (form->labels, g_strdup ("*bill"));
      g_ptr_array_add (form->labels, g_strdup ("*mail"));
    }
  form->chat = chat;
  form->system = chat ? g_strdup ("Count.") : NULL;
  return form;
}

char *
make_adapter (Special       *s,
              const char    *name,
              const TlmForm *form)
{
  char *path = g_build_filename (s->chats.folder, name, NULL);

  tlm_test_make_adapter (path, s->model, form);
  return path;
}

char *
add_specialist (Special       *s,
                const char    *name,
                const TlmForm *form)
{
  g_autofree char *sql = NULL;
  char            *path = make_adapter (s, name, form);

  sql = g_strdup_printf ("INSERT INTO trainings (set_id, name, base, out, rank, alpha, dropout, rate, "
                         "targets, epochs, minutes, seed, finished, used) VALUES (0, '%s', '%s', '%s', "
                         "2, 4.0, 0.0, 0.0, 0, 0, 0.0, 0, 1, 1)", name, s->model, path);
  tlm_test_exec (s->chats.store, sql);
  return path;
}

void
choose_for_chat (Special    *s,
                 const char *path)
{
  g_autoptr (GPtrArray) chosen = tlm_adapters_new ();
  g_autofree char      *sha256 = tlm_model_hash (path, NULL), *text = NULL;
  TlmChatSettings       settings = { (char *) "", 0.8, 0.95, 7, 12, FALSE };

  tlm_adapters_add (chosen, path, 1, sha256);
  settings.specialists = text = tlm_adapters_dup_text (chosen);
  save_settings (&s->chats, s->chat, &settings);
}

TlmMessage *
ask (Special    *s,
     const char *text)
{
  g_assert_true (send_message (&s->chats, s->chat, text, NULL));
  return get_message (s->chat, g_list_model_get_n_items (G_LIST_MODEL (s->chat)) - 1);
}

void
choose_tool (Special *s,
             TlmTool  tool)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_choose_tool_async (s->chats.chats, s->chat, get_message (s->chat, 1), tool, NULL,
                               tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_send_finish (s->chats.chats, result, NULL));
}

void
set_up_special (Special      *s,
                gconstpointer data)
{
  set_up (&s->chats, data);
  s->model = make_model (&s->chats);
  s->chat = create (&s->chats);
}

void
tear_down_special (Special      *s,
                   gconstpointer data)
{
  g_object_unref (s->chat);
  g_free (s->model);
  tear_down (&s->chats, data);
}
