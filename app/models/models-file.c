/* SPDX-License-Identifier: Apache-2.0 */
/* The work on files of a change to the installed models; on the models' thread, so it may take its
 * time. A file of ours is written under a name that ends in ".part" and gets its own when it is
 * whole and on the disk. */
#include "models-private.h"

#include "core/errors.h"
#include "model-hash.h"
#include "core/paths.h"
#include "specialists/specialist.h"
#include "train/quantize.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define CHUNK_BYTES (1u << 20)
#define PART ".part"
#define TEMPORARY ".tmp" /* of tl_file_replace() */

/* ---- copying ---- */

/* "/a/model.gguf" to "model". */
static char *
dup_base (const char *path)
{
  char *name = g_path_get_basename (path);

  if (g_str_has_suffix (name, ".gguf"))
    name[strlen (name) - strlen (".gguf")] = '\0';
  return name;
}

static gboolean
fail_copy (int      errnum,
           GError **error)
{
  if (errnum == ENOSPC || errnum == EDQUOT)
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
                         _("The disk became full. Nothing was kept; make room, or use the model "
                           "where its file lies."));
  else
    g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED, _("The model could not be copied (%s)."),
                 g_strerror (errnum));
  return FALSE;
}

static gboolean
write_all (int           fd,
           const guint8 *bytes,
           gsize         n)
{
  while (n > 0)
    {
      ssize_t written = write (fd, bytes, n);

      if (written < 0 && errno != EINTR)
        return FALSE;
      if (written > 0)
        {
          bytes += written;
          n -= (gsize) written;
        }
    }
  return TRUE;
}

static gboolean
fail_stopped (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The work was stopped."));
  return FALSE;
}

/* Digests what it copies, so that what is on the disk is what was read. */
static gboolean
copy_bytes (TlmModelChange *change,
            int             in,
            int             out,
            guint64         size,
            GError        **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8    *bytes = g_malloc (CHUNK_BYTES);
  ssize_t               n;

  change->size = 0;
  while ((n = read (in, bytes, CHUNK_BYTES)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 || !write_all (out, bytes, (gsize) n))
        return fail_copy (errno, error);
      if (tlm_model_change_is_stopped (change))
        return fail_stopped (error);
      g_checksum_update (sum, bytes, n);
      change->size += (guint64) n;
      tlm_model_change_tell (change, MIN (1.0, (double) change->size / (double) MAX (size, 1)));
    }
  change->sha256 = g_strdup (g_checksum_get_string (sum));
  return fsync (out) == 0 || fail_copy (errno, error);
}

/* A file beside @to whose lock says that somebody writes it. @part: (out) (transfer full). Returns: -1 when it
 * cannot be made */
static int
open_part (const char *to,
           char      **part)
{
  for (;;)
    {
      char    *name = g_strconcat (to, ".XXXXXX" PART, NULL);
      int      out = g_mkstemp_full (name, O_WRONLY | O_CLOEXEC, 0600);
      GStatBuf info;

      *part = name;
      if (out < 0
          || (flock (out, LOCK_EX | LOCK_NB) == 0 ? fstat (out, &info) == 0 && info.st_nlink > 0
                                                  : errno != EWOULDBLOCK))
        return out; /* locked, or on a file system without locks */
      close (out); /* another process swept it before it was locked */
      g_free (name);
    }
}

/* What nobody writes any more: the program ended in the middle of it. */
static void
sweep_part (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);

  if (fd < 0)
    return;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    g_unlink (path);
  close (fd);
}

gboolean
tlm_model_change_sweep (TlmModelChange *change,
                        GError        **error)
{
  g_autofree char  *folder = tlm_paths_dup_models ();
  g_autoptr (GDir)  dir = g_dir_open (folder, 0, NULL);
  const char       *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_suffix (name, PART) || g_str_has_suffix (name, TEMPORARY))
        sweep_part (path);
    }
  return TRUE;
}

/* Without this the name may be lost with the power, after the store knows it. */
static void
flush_folder_of (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int              fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
}

/* The file is looked at once more as a copy: the source may have changed meanwhile. The lock goes with
 * the descriptor, so it is kept until the copy has its own name. */
static gboolean
copy_file (TlmModelChange *change,
           const char     *from,
           const char     *to,
           guint64         size,
           GError        **error)
{
  g_autofree char           *part = NULL;
  g_autoptr (TlmModelFacts)  facts = NULL;
  int                        in = g_open (from, O_RDONLY | O_CLOEXEC, 0);
  int                        out = in >= 0 ? open_part (to, &part) : -1;
  gboolean                   good = out >= 0;

  if (!good)
    fail_copy (errno, error);
  good = good && copy_bytes (change, in, out, size, error);
  if (in >= 0)
    close (in);
  good = good && (facts = tlm_model_facts_read (part, error)) != NULL;
  if (good && g_rename (part, to) != 0)
    good = fail_copy (errno, error);
  if (good)
    flush_folder_of (to);
  else if (out >= 0)
    g_unlink (part);
  if (out >= 0)
    close (out);
  return good;
}

/* @path: becomes the copy's */
static gboolean
copy_to_folder (TlmModelChange *change,
                const char     *base,
                guint64         size,
                GError        **error)
{
  int              lock;
  g_autofree char *place = tlm_model_change_make_place (base, size, &lock, error);
  gboolean         good = place != NULL && copy_file (change, change->path, place, size, error);

  if (place != NULL)
    tlm_specialist_unlock (place, lock);
  if (!good)
    return FALSE;
  g_free (change->path);
  change->path = g_steal_pointer (&place);
  return TRUE;
}

/* ---- the changes ---- */

static gboolean
is_regular (const char *path,
            GError    **error)
{
  g_autofree char *name = g_filename_display_name (path);
  GStatBuf         info;

  if (g_stat (path, &info) == 0 && S_ISREG (info.st_mode))
    return TRUE;
  g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL,
               _("“%s” is no file that can be read. Choose a GGUF file."), name);
  return FALSE;
}

static gboolean
check_language_model (const char          *path,
                      const TlmModelFacts *facts,
                      GError             **error)
{
  g_autofree char *name = g_filename_display_basename (path);

  if (facts->n_ctx > 0)
    return TRUE;
  g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL,
               _("“%s” reads notes and writes nothing; only language models can be added."), name);
  return FALSE;
}

/* A copy of the first file alone would be no model. */
static gboolean
check_is_one_file (const char          *path,
                   const TlmModelFacts *facts,
                   GError             **error)
{
  g_autofree char *name = g_filename_display_basename (path);

  if (facts->n_files == 1)
    return TRUE;
  g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL,
               _("“%s” is a model in several files, of which no copy can be kept. Use it where its "
                 "files lie."), name);
  return FALSE;
}

static gboolean
hash_file (TlmModelChange *change,
           GError        **error)
{
  change->sha256 = tlm_model_hash_until (change->path, tlm_model_change_is_stopped, change, error);
  return change->sha256 != NULL;
}

gboolean
tlm_model_change_import (TlmModelChange *change,
                         GError        **error)
{
  g_autoptr (TlmModelFacts) facts = NULL;
  g_autofree char          *base = dup_base (change->path), *size = NULL;

  if (!is_regular (change->path, error)
      || (facts = tlm_model_facts_read (change->path, error)) == NULL
      || !check_language_model (change->path, facts, error)
      || (change->copy && !check_is_one_file (change->path, facts, error)))
    return FALSE;
  change->name = tlm_model_dup_shown (base, strlen (base));
  change->size = facts->size;
  if (change->copy)
    {
      if (!copy_to_folder (change, base, facts->size, error))
        return FALSE;
    }
  else if (!hash_file (change, error))
    return FALSE;
  size = g_format_size (change->size);
  change->sentence = change->copy
                       /* Translators: the name of a model and the size of its file. */
                       ? g_strdup_printf (_("“%s” is added: a copy of %s."), change->name, size)
                       : g_strdup_printf (_("“%s” is added; it is used where its file lies."),
                                          change->name);
  return TRUE;
}

gboolean
tlm_model_change_adopt (TlmModelChange *change,
                        GError        **error)
{
  g_autoptr (TlmModelFacts) facts = tlm_model_facts_read (change->path, error);
  g_autofree char          *base = dup_base (change->path);

  if (facts == NULL || !check_language_model (change->path, facts, error))
    return FALSE;
  change->name = tlm_model_dup_shown (base, strlen (base));
  change->size = facts->size;
  return hash_file (change, error);
}

gboolean
tlm_model_change_remove (TlmModelChange *change,
                         GError        **error)
{
  const TlmModelState *state = tlm_model_get_state (change->model);

  if (state->kind != TLM_MODEL_COPY)
    {
      change->sentence = g_strdup_printf (_("“%s” is off the list; its file stays where it is."),
                                          state->name);
      return TRUE;
    }
  change->for_good |= !g_file_test (state->path, G_FILE_TEST_EXISTS);
  if (change->for_good && g_unlink (state->path) != 0 && errno != ENOENT)
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED, _("The model could not be deleted (%s)."),
                   g_strerror (errno));
      return FALSE;
    }
  change->sentence = g_strdup_printf (change->for_good ? _("“%s” is deleted.")
                                                       : _("“%s” is in the bin."), state->name);
  return TRUE;
}

gboolean
tlm_model_change_verify (TlmModelChange *change,
                         GError        **error)
{
  const TlmModelState      *state = tlm_model_get_state (change->model);
  g_autoptr (TlmModelFacts) facts = tlm_model_facts_read (state->path, error);

  if (facts == NULL)
    return FALSE;
  tlm_model_hash_forget (state->path); /* every byte is read anew */
  if (!tlm_model_hash_check (state->path, tlm_model_change_is_stopped, change, error))
    return FALSE;
  change->sentence = state->kind == TLM_MODEL_BUILT_IN
                       ? g_strdup_printf (_("“%s” is whole."), state->name)
                       : g_strdup_printf (_("“%s” is whole, and every byte is as it was added."),
                                          state->name);
  return TRUE;
}

/* ---- a smaller type ---- */

static const tl_type smaller_types[] = { TL_TYPE_Q8_0, TL_TYPE_Q6_K, TL_TYPE_Q4_K };

static double
bits_of (const tl_type_info *info)
{
  return 8.0 * (double) info->block_bytes / (double) info->block_len;
}

static const tl_type_info *
find_type (const char *name)
{
  for (guint32 i = 0; i < 64; i++)
    if (tl_type_get_info (i) != NULL && g_strcmp0 (tl_type_get_info (i)->name, name) == 0)
      return tl_type_get_info (i);
  return NULL;
}

char **
tlm_models_list_types (TlmModel *model)
{
  const TlmModelState       *state = tlm_model_get_state (model);
  g_autoptr (GStrvBuilder)   builder = g_strv_builder_new ();
  const tl_type_info        *now = NULL;

  if (state->kind != TLM_MODEL_BUILT_IN && state->facts != NULL)
    now = find_type (state->facts->quantisation);
  for (gsize i = 0; now != NULL && i < G_N_ELEMENTS (smaller_types); i++)
    {
      const tl_type_info *info = tl_type_get_info (smaller_types[i]);

      if (bits_of (info) < bits_of (now))
        g_strv_builder_add (builder, info->name);
    }
  return g_strv_builder_end (builder);
}

typedef struct
{
  TlmModelChange *change;
  gsize           n, n_tensors;
} Shrinking;

static void
tell_tensor (void       *data,
             const char *tensor,
             tl_type     from,
             tl_type     to,
             bool        unfit)
{
  Shrinking *shrinking = data;

  tlm_model_change_tell (shrinking->change,
                         (double) ++shrinking->n / (double) MAX (shrinking->n_tensors, 1));
}

static bool
is_stopped (void *data)
{
  return tlm_model_change_is_stopped (((Shrinking *) data)->change);
}

static gboolean
shrink (TlmModelChange *change,
        const char     *from,
        tl_type         type,
        const char     *to,
        GError        **error)
{
  tl_error  err = { 0 };
  tl_gguf  *gguf = tl_gguf_open (from, &err);
  Shrinking shrinking = { change, 0, gguf != NULL ? tl_gguf_get_n_tensors (gguf) : 0 };
  tl_quantize_options options = { type, type, NULL, tell_tensor, &shrinking, is_stopped };
  gboolean  good = gguf != NULL && tl_quantize_gguf (gguf, &options, to, &err);

  tl_gguf_close (gguf);
  return good || tlm_error_from_engine (error, &err);
}

gboolean
tlm_model_change_shrink (TlmModelChange *change,
                         GError        **error)
{
  const TlmModelState *state = tlm_model_get_state (change->model);
  const tl_type_info  *type = find_type (change->type);
  g_autofree char     *base = dup_base (state->path), *size = NULL, *name = NULL;
  GStatBuf             info;
  gboolean             good;
  int                  lock;

  if (!tlm_model_hash_check (state->path, tlm_model_change_is_stopped, change, error))
    return FALSE;
  name = g_strconcat (base, "-", type->name, NULL);
  change->path = tlm_model_change_make_place (name, state->facts != NULL ? state->facts->size : 0,
                                              &lock, error);
  good = change->path != NULL && shrink (change, state->path, type->type, change->path, error);
  if (change->path != NULL)
    tlm_specialist_unlock (change->path, lock);
  if (!good)
    return FALSE;
  if (!hash_file (change, error) || g_stat (change->path, &info) != 0)
    {
      g_unlink (change->path);
      return FALSE;
    }
  change->size = (guint64) info.st_size;
  change->name = g_strdup_printf ("%s %s", state->name, type->name);
  size = g_format_size (change->size);
  /* Translators: the name of the new model and the size of its file. */
  change->sentence = g_strdup_printf (_("“%s” is added beside it: %s. Try it; a smaller type may "
                                        "answer less well."), change->name, size);
  return TRUE;
}
