/* SPDX-License-Identifier: Apache-2.0 */
/* Says when another day begins: at midnight, when a machine wakes that slept over it, and when the clock
 * was set. */
#include "today.h"

#include "core/alarm.h"

#define TLM_TYPE_TODAY (tlm_today_get_type ())
G_DECLARE_FINAL_TYPE (TlmToday, tlm_today, TLM, TODAY, GObject)

struct _TlmToday
{
  GObject parent_instance;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (TlmToday, tlm_today, G_TYPE_OBJECT)

static void
tlm_today_class_init (TlmTodayClass *klass)
{
  changed_signal = g_signal_new ("changed", TLM_TYPE_TODAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
tlm_today_init (TlmToday *self)
{
}

static gint64
next_midnight (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) morrow = g_date_time_add_days (now, 1);
  g_autoptr (GDateTime) midnight = g_date_time_new_local (g_date_time_get_year (morrow),
                                                          g_date_time_get_month (morrow),
                                                          g_date_time_get_day_of_month (morrow), 0, 0, 0);

  return g_date_time_to_unix (midnight) * G_USEC_PER_SEC;
}

static gboolean
midnight_cb (gpointer user_data)
{
  tlm_alarm_add_real (next_midnight (), midnight_cb, user_data);
  g_signal_emit (user_data, changed_signal, 0);
  return G_SOURCE_REMOVE;
}

/**
 * tlm_today_watch:
 * @widget: (transfer none): a GObject, which need not disconnect
 * @changed: called with it alone when what "today" means has changed
 */
void
tlm_today_watch (gpointer widget, GCallback changed)
{
  static TlmToday *today;

  if (today == NULL)
    {
      today = g_object_new (TLM_TYPE_TODAY, NULL);
      tlm_alarm_add_real (next_midnight (), midnight_cb, today);
    }
  g_signal_connect_object (today, "changed", changed, widget, G_CONNECT_SWAPPED);
}
