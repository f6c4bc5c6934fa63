/* SPDX-License-Identifier: Apache-2.0 */
/* A ring of records under one lock. Three counts move through it: what was pushed, what was taken up,
 * what was written. The thread whose answer is the next writes it, and those behind it that are there. */
#include "cli/batch-queue.h"

#include "core/text-input.h"

#define SLOTS_PER_THREAD 16 /* so that one long record does not leave the other threads idle */

typedef struct
{
  char    *line;
  gsize    len;
  guint64  end;
  GString *answer; /* NULL until it is there */
  gboolean good;
} Slot;

struct TlmBatchQueue
{
  GMutex        lock;
  GCond         room, work;
  Slot         *slots;
  guint64       n_pushed, n_taken, n_written;
  gsize         n_bytes; /* of the lines that are not written */
  gboolean      ended;
  GError       *error;
  TlmBatchWrite write;
  gpointer      data;
  guint         n_slots;
  guint         n_threads;
  GThread     **threads;
  TlmBatchHand **hands;
};

typedef struct
{
  TlmBatchQueue *queue;
  TlmBatchHand  *hand;
} Thread;

static Slot *
get_slot (TlmBatchQueue *self, guint64 i)
{
  return &self->slots[i % self->n_slots];
}

static void
write_ready_locked (TlmBatchQueue *self)
{
  Slot *slot = get_slot (self, self->n_written);

  for (; self->n_written < self->n_taken && slot->answer != NULL;
       slot = get_slot (self, self->n_written))
    {
      if (self->error == NULL)
        self->write (slot->answer, slot->good, slot->end, self->data, &self->error);
      g_string_free (g_steal_pointer (&slot->answer), TRUE);
      self->n_bytes -= slot->len;
      self->n_written++;
    }
  /* Half the ring at a time: whoever is woken for each record gets the processor that answers the next. */
  if (self->n_pushed - self->n_written <= self->n_slots / 2 || self->error != NULL)
    g_cond_signal (&self->room);
}

static GString *
answer (TlmBatchHand *hand, Slot *slot)
{
  g_autoptr (GError) error = NULL;
  GString           *out = tlm_batch_hand_begin (hand, slot->line, slot->len, &error);

  slot->good = tlm_batch_hand_answer (hand, out, error);
  g_clear_pointer (&slot->line, g_free);
  return out;
}

/* A slot that is taken up belongs to its thread until it has an answer. */
static gpointer
run (gpointer data)
{
  Thread        *thread = data;
  TlmBatchQueue *self = thread->queue;

  g_mutex_lock (&self->lock);
  for (;;)
    {
      Slot    *slot;
      GString *out;

      while (self->n_taken == self->n_pushed && !self->ended)
        g_cond_wait (&self->work, &self->lock);
      if (self->n_taken == self->n_pushed)
        break;
      slot = get_slot (self, self->n_taken++);
      g_mutex_unlock (&self->lock);
      out = answer (thread->hand, slot);
      g_mutex_lock (&self->lock);
      slot->answer = out;
      write_ready_locked (self);
    }
  g_mutex_unlock (&self->lock);
  g_free (thread);
  return NULL;
}

static gboolean
open_hands (TlmBatchQueue *self, const TlmBatch *batch, GError **error)
{
  for (guint i = 0; i < self->n_threads; i++)
    if ((self->hands[i] = tlm_batch_hand_new (batch, error)) == NULL)
      return FALSE;
  return TRUE;
}

static void
start (TlmBatchQueue *self)
{
  for (guint i = 0; i < self->n_threads; i++)
    {
      Thread *thread = g_new (Thread, 1);

      *thread = (Thread) { self, self->hands[i] };
      self->threads[i] = g_thread_new ("tinylm-batch", run, thread);
    }
}

static void
queue_free (TlmBatchQueue *self)
{
  for (guint i = 0; i < self->n_threads; i++)
    g_clear_pointer (&self->hands[i], tlm_batch_hand_free);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->room);
  g_cond_clear (&self->work);
  g_free (self->slots);
  g_free (self->threads);
  g_free (self->hands);
  g_free (self);
}

TlmBatchQueue *
tlm_batch_queue_new (const TlmBatch *batch, guint n_threads, TlmBatchWrite write, gpointer data,
                     GError **error)
{
  TlmBatchQueue *self = g_new0 (TlmBatchQueue, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->room);
  g_cond_init (&self->work);
  self->write = write;
  self->data = data;
  self->n_threads = n_threads;
  self->n_slots = n_threads * SLOTS_PER_THREAD;
  self->slots = g_new0 (Slot, self->n_slots);
  self->threads = g_new0 (GThread *, n_threads);
  self->hands = g_new0 (TlmBatchHand *, n_threads);
  if (open_hands (self, batch, error))
    {
      start (self);
      return self;
    }
  queue_free (self);
  return NULL;
}

static gboolean
is_full_locked (const TlmBatchQueue *self, gsize len)
{
  return self->n_pushed - self->n_written == self->n_slots
         || (self->n_bytes > 0 && self->n_bytes + len > TLM_TEXT_MAX_BYTES);
}

gboolean
tlm_batch_queue_push (TlmBatchQueue *self, char *line, gsize len, guint64 end)
{
  gboolean good;

  g_mutex_lock (&self->lock);
  while (is_full_locked (self, len) && self->error == NULL)
    g_cond_wait (&self->room, &self->lock);
  good = self->error == NULL;
  if (good)
    {
      *get_slot (self, self->n_pushed++) = (Slot) { .line = line, .len = len, .end = end };
      self->n_bytes += len;
      g_cond_signal (&self->work);
    }
  g_mutex_unlock (&self->lock);
  if (!good)
    g_free (line);
  return good;
}

gboolean
tlm_batch_queue_finish (TlmBatchQueue *self, GError **error)
{
  GError *failure;

  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  g_cond_broadcast (&self->work);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->n_threads; i++)
    g_thread_join (self->threads[i]);
  failure = self->error;
  queue_free (self);
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}
