/* SPDX-License-Identifier: Apache-2.0 */
/* Byte-level BPE. The merges, strings in the file, become a hash table from two ids to a third, so
 * that encoding never touches a string. */
#include "text/bpe.h"

#include <stdlib.h>
#include <string.h>

#include "text/byte-map.h"
#include "text/table.h"

#define KEY_MERGES "tokenizer.ggml.merges"

static tl_merge_slot *
find_slot (const tl_merges *m, int32_t left, int32_t right)
{
  uint64_t packed = (uint64_t) (uint32_t) left << 32 | (uint32_t) right;
  size_t i = tl_hash_mix (packed) & (m->n_slots - 1);

  while (m->slots[i].left >= 0 && (m->slots[i].left != left || m->slots[i].right != right))
    i = (i + 1) & (m->n_slots - 1);
  return &m->slots[i];
}

/* Resolves "left right" to ids; @scratch holds line.len bytes. */
static bool
parse_merge (const tl_vocab *v, tl_str line, char *scratch, tl_merge_slot *out)
{
  /* A piece may itself begin with a space where it was written plainly. */
  const char *space = line.len > 2 ? memchr (line.data + 1, ' ', line.len - 1) : NULL;
  size_t n_left, n_right, left_len;

  if (!space)
    return false;
  left_len = (size_t) (space - line.data);
  n_left = tl_byte_map_decode (line.data, left_len, scratch);
  n_right = tl_byte_map_decode (space + 1, line.len - left_len - 1, scratch + n_left);
  out->left = tl_vocab_find (v, scratch, n_left);
  out->right = tl_vocab_find (v, scratch + n_left, n_right);
  out->merged = tl_vocab_find (v, scratch, n_left + n_right);
  return out->left >= 0 && out->right >= 0 && out->merged >= 0;
}

static bool
read_merges (tl_merges *m, const tl_vocab *v, const tl_gguf *gguf, size_t n, char *scratch,
             tl_error *err)
{
  for (size_t i = 0; i < n; i++)
    {
      tl_str line = tl_gguf_array_string (gguf, KEY_MERGES, i);
      tl_merge_slot merge = { .rank = (int32_t) i }, *slot;

      if (!parse_merge (v, line, scratch, &merge))
        return tl_error_set (err, TL_ERROR_FORMAT,
                             KEY_MERGES "[%zu]: \"%.*s\" does not join two tokens to a third", i,
                             (int) (line.len < 80 ? line.len : 80), line.data ? line.data : "");
      slot = find_slot (m, merge.left, merge.right);
      if (slot->left < 0) /* of equal merges the first counts */
        *slot = merge;
    }
  return true;
}

/* The longest merge line: what parse_merge() needs as scratch. */
static size_t
longest_line (const tl_gguf *gguf, size_t n)
{
  size_t longest = 0;

  for (size_t i = 0; i < n; i++)
    {
      size_t len = tl_gguf_array_string (gguf, KEY_MERGES, i).len;

      longest = len > longest ? len : longest;
    }
  return longest;
}

bool
tl_merges_init (tl_merges *m, const tl_vocab *v, const tl_gguf *gguf, tl_error *err)
{
  tl_gguf_type type;
  size_t n;
  char *scratch;
  bool ok;

  memset (m, 0, sizeof *m);
  if (!tl_gguf_get_array (gguf, KEY_MERGES, &type, &n) || type != TL_GGUF_STRING || n > INT32_MAX)
    return tl_error_set (err, TL_ERROR_FORMAT, KEY_MERGES ": expected an array of strings");
  m->n_slots = tl_hash_slots (n);
  m->slots = calloc (m->n_slots, sizeof *m->slots); /* whose product may be beyond size_t */
  scratch = malloc (longest_line (gguf, n) + 1);
  if (m->slots && scratch)
    {
      for (size_t i = 0; i < m->n_slots; i++)
        m->slots[i].left = -1;
      ok = read_merges (m, v, gguf, n, scratch, err);
    }
  else
    ok = tl_error_set (err, TL_ERROR_MEMORY, "No memory for %zu merges", n);
  free (scratch);
  if (!ok)
    tl_merges_clear (m);
  return ok;
}

void
tl_merges_clear (tl_merges *m)
{
  free (m->slots);
  memset (m, 0, sizeof *m);
}

static bool
find_merge (const void *user_data, const tl_symbol *left, const tl_symbol *right, double *priority,
            int32_t *id)
{
  const tl_merge_slot *slot;

  if (left->id < 0 || right->id < 0)
    return false;
  slot = find_slot (user_data, left->id, right->id);
  *priority = -slot->rank;
  *id = slot->merged;
  return slot->left >= 0;
}

bool
tl_bpe_merge_word (const tl_merges *m, const tl_vocab *v, const char *word, size_t len,
                   tl_merger *merger)
{
  tl_merger_reset (merger);
  for (size_t i = 0; i < len; i++)
    if (!tl_merger_add (merger, 1, v->byte_ids[(uint8_t) word[i]]))
      return false;
  return tl_merger_run (merger, find_merge, m);
}
