/* SPDX-License-Identifier: Apache-2.0 */
/* What the window does with long chats: the time from the wish to the first frame with messages, the
 * processor time of the frames while it scrolls, the memory, and the frames while an answer grows by
 * 1,000 tokens a second. The times are the main thread's own, which other programs disturb little;
 * drawing is by software, as the display here has no graphics card. A word as argument runs one part
 * alone: chats, text, table, code or paste. */
#include "support.h"

#include "chats/chat-private.h"
#include "chats/composer.h"
#include "chats/markdown-view.h"
#include "chats/message-list.h"
#include "chats/message-row.h"
#include "window-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N_FRAMES 240       /* four seconds of scrolling */
#define STEP_PX 160        /* a frame: a brisk flick, 9,600 px a second */
#define N_GROWING 120      /* two seconds */
#define TOKENS_A_FRAME 17  /* 1,000 a second at 60 frames */
#define PASTE_BYTES (10 << 20)

static double
cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static double
resident_mb (void)
{
  g_autofree char *text = NULL;
  long pages = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%*d %ld", &pages);
  return (double) pages * 4096 / (1 << 20);
}

/* ---- Frames ---- */

static guint n_painted;

static void
painted_cb (void)
{
  n_painted++;
}

/* All that the main loop does until a frame is drawn. */
static double
draw_frame (Fixture *fixture)
{
  double start = cpu_ms ();
  guint before = n_painted;

  gtk_widget_queue_draw (GTK_WIDGET (fixture->window));
  while (n_painted == before)
    g_main_context_iteration (NULL, TRUE);
  return cpu_ms () - start;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static void
print_frames (const char *what, double *ms, int n)
{
  qsort (ms, (size_t) n, sizeof *ms, compare);
  printf ("%s: frame median %.1f ms, 95 of 100 %.1f ms, longest %.1f ms\n", what, ms[n / 2],
          ms[n * 95 / 100], ms[n - 1]);
}

/* ---- A long chat ---- */

static void
import_chat (Fixture *fixture, int n)
{
  g_autofree char *path = g_build_filename (fixture->folder, "long.jsonl", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GString) lines = g_string_new (NULL);
  GListModel *chats = G_LIST_MODEL (tlm_services_get_chats (fixture->services));

  for (int i = 0; i < n / 2; i++)
    g_string_append_printf (lines,
                            "{\"role\": \"user\", \"content\": \"Question %d: when does the ferry to"
                            " the island leave, and who has the tickets?\"}\n{\"role\": \"assistant\","
                            " \"content\": \"**Answer** %d: the ferry leaves at nine.\\n\\n- Ann has"
                            " the tickets\\n- Ben brings the bread\\n\\n```c\\nint n = %d;\\n```\"}\n",
                            i, i, i);
  g_file_set_contents (path, lines->str, (gssize) lines->len, NULL);
  tlm_window_open_file (fixture->window, file);
  wait_until (g_list_model_get_n_items (chats) == 1);
}

static void
open_chat (Fixture *fixture, int n)
{
  GListModel *chats = G_LIST_MODEL (tlm_services_get_chats (fixture->services));
  g_autoptr (TlmChat) chat = g_list_model_get_item (chats, 0);
  double memory = resident_mb (), cpu = cpu_ms ();
  gint64 start = g_get_monotonic_time ();

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.open-chat", "x",
                              tlm_chat_get_id (chat));
  while (find_widget (fixture->window, TLM_TYPE_MESSAGE_ROW, NULL) == NULL)
    g_main_context_iteration (NULL, TRUE);
  draw_frame (fixture);
  printf ("%d messages: first frame after %.0f ms (%.0f ms of the main thread)", n,
          (double) (g_get_monotonic_time () - start) / 1000, cpu_ms () - cpu);
  for (int i = 0; i < 30; i++)
    draw_frame (fixture);
  printf (", %.0f MB more\n", resident_mb () - memory);
}

static void
scroll (Fixture *fixture, int n)
{
  GtkWidget *list = find_widget (fixture->window, TLM_TYPE_MESSAGE_LIST, NULL);
  GtkWidget *scroller = find_widget (list, GTK_TYPE_SCROLLED_WINDOW, NULL);
  GtkAdjustment *place = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  double memory = resident_mb (), ms[N_FRAMES];
  g_autofree char *what = g_strdup_printf ("%d messages, scrolled up", n);

  for (int i = 0; i < N_FRAMES; i++)
    {
      gtk_adjustment_set_value (place, gtk_adjustment_get_value (place) - STEP_PX);
      ms[i] = draw_frame (fixture);
    }
  print_frames (what, ms, N_FRAMES);
  printf ("%d messages: %.0f MB more after it\n", n, resident_mb () - memory);
}

static void
bench_long_chat (int n)
{
  Fixture fixture = { 0 };

  fixture_set_up (&fixture, NULL);
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (fixture.window)), "after-paint",
                    painted_cb, NULL);
  import_chat (&fixture, n);
  open_chat (&fixture, n);
  scroll (&fixture, n);
  fixture_tear_down (&fixture, NULL);
}

/* ---- An answer that grows ---- */

/* The word at @i of an answer with paragraphs, lists and code. */
static const char *
get_word (int i)
{
  static const char *const words[] = { "The ", "harbour ", "opens ", "**early** ", "in ", "May. " };

  if (i % 97 == 96)
    return "\n\n- ";
  if (i % 61 == 60)
    return "\n\n";
  return words[i % G_N_ELEMENTS (words)];
}

/* The word at @i of a table of four columns, with a few words in each cell. */
static const char *
get_word_of_table (int i)
{
  static const char *const words[] = { "harbour ", "**early** ", "in ", "May ", "| " };

  if (i == 0)
    return "| Place | When | Who | What |\n|---|---|---:|---|\n| ";
  return i % 20 == 0 ? "|\n| " : words[i % G_N_ELEMENTS (words)];
}

/* The word at @i of a block of code, ten words a line. */
static const char *
get_word_of_code (int i)
{
  static const char *const words[] = { "int ", "harbour ", "= open ", "(\"early\", ", "12); ",
                                       "/* in May */ ", "if ", "(harbour ", "> 0) ", "return;\n" };

  return i == 0 ? "```c\n" : words[i % (int) G_N_ELEMENTS (words)];
}

/* The letters in the labels and views under @widget. */
static gsize
count_shown (GtkWidget *widget)
{
  gsize n = GTK_IS_LABEL (widget)       ? strlen (gtk_label_get_text (GTK_LABEL (widget)))
            : GTK_IS_TEXT_VIEW (widget) ? (gsize) gtk_text_buffer_get_char_count (
                gtk_text_view_get_buffer (GTK_TEXT_VIEW (widget)))
                                        : 0;
  GtkWidget *child = gtk_widget_get_first_child (widget);

  for (; child != NULL; child = gtk_widget_get_next_sibling (child))
    n += count_shown (child);
  return n;
}

/* The row shows what has come thirty times a second, so in most frames there is nothing new. */
static void
bench_growing (const char *(*get) (int i), const char *what_grows, int n_words)
{
  Fixture fixture = { 0 };
  g_autoptr (TlmChat) chat = tlm_chat_new (1, "", 0, "");
  TlmMessage *answer = tlm_message_new (1, TLM_ROLE_ASSISTANT, TLM_MESSAGE_STREAMING, "", NULL, "", 0);
  g_autofree char *what = g_strdup_printf ("%s at 1,000 tokens a second after %d words", what_grows,
                                           n_words);
  g_autofree char *with_text = g_strconcat (what, ", frames with text", NULL);
  double ms[N_GROWING], text_ms[N_GROWING];
  GtkWidget *view;
  int word = 0, n_with_text = 0;

  fixture_set_up (&fixture, NULL);
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (fixture.window)), "after-paint",
                    painted_cb, NULL);
  tlm_chat_fill (chat, g_ptr_array_new (), 0);
  tlm_chat_append (chat, answer);
  tlm_window_show_chat (fixture.window, chat);
  while (word < n_words)
    tlm_message_append (answer, get (word++));
  for (int i = 0; i < 30; i++)
    draw_frame (&fixture);
  view = find_widget (fixture.window, TLM_TYPE_MARKDOWN_VIEW, NULL);
  for (int i = 0; i < N_GROWING; i++)
    {
      gsize n_shown = count_shown (view);
      double start = cpu_ms ();

      for (int j = 0; j < TOKENS_A_FRAME; j++)
        tlm_message_append (answer, get (word++));
      ms[i] = cpu_ms () - start + draw_frame (&fixture);
      if (count_shown (view) != n_shown)
        text_ms[n_with_text++] = ms[i];
    }
  print_frames (what, ms, N_GROWING);
  print_frames (with_text, text_ms, n_with_text);
  fixture_tear_down (&fixture, NULL);
  g_object_unref (answer);
}

/* ---- A paste ---- */

static void
bench_paste (gboolean lines)
{
  g_autofree char *text = g_malloc (PASTE_BYTES + 1);
  Fixture fixture = { 0 };
  GtkWidget *composer;
  double start;

  for (int i = 0; i < PASTE_BYTES; i++)
    text[i] = lines && i % 80 == 79 ? '\n' : i % 6 == 5 ? ' ' : 'x';
  text[PASTE_BYTES] = '\0';
  fixture_set_up (&fixture, NULL);
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (fixture.window)), "after-paint",
                    painted_cb, NULL);
  gtk_widget_activate_action (GTK_WIDGET (fixture.window), "win.new-chat", NULL);
  wait_until ((composer = find_widget (fixture.window, TLM_TYPE_COMPOSER, NULL)) != NULL);
  start = cpu_ms ();
  tlm_composer_set_text (TLM_COMPOSER (composer), text);
  draw_frame (&fixture);
  printf ("10 MB in the composer, %s: drawn after %.0f ms\n",
          lines ? "in lines of 80" : "in one line", cpu_ms () - start);
  fixture_tear_down (&fixture, NULL);
}

static void
bench_chats (void)
{
  bench_long_chat (10);
  bench_long_chat (1000);
  bench_long_chat (10000);
}

static void
bench_answers (void)
{
  bench_growing (get_word, "text", 100);
  bench_growing (get_word, "text", 1000);
  bench_growing (get_word, "text", 5000);
}

static void
bench_tables (void)
{
  bench_growing (get_word_of_table, "a table", 1000);
  bench_growing (get_word_of_table, "a table", 3900); /* to the last that is shown as one */
  bench_growing (get_word_of_table, "a table that is too large", 6100);
}

static void
bench_code (void)
{
  bench_growing (get_word_of_code, "code", 1000);
  bench_growing (get_word_of_code, "code", 5000);
}

static void
bench_pastes (void)
{
  bench_paste (TRUE);
  bench_paste (FALSE);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*run) (void); } parts[] = {
    { "chats", bench_chats }, { "text", bench_answers }, { "table", bench_tables },
    { "code", bench_code },   { "paste", bench_pastes },
  };

  adw_init ();
  setvbuf (stdout, NULL, _IOLBF, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (argc < 2 || g_str_equal (argv[1], parts[i].name))
      parts[i].run ();
  return 0;
}
