/* SPDX-License-Identifier: Apache-2.0 */
/* A million damaged model files, the same ones each time: million COUNT SEED FILE... takes one of
 * the good FILEs, damages it where a GGUF file has its structure (numbers that overflow, lengths,
 * types, offsets, parts that are cut out, doubled or taken from another file), sometimes makes all
 * of it up, and gives it to the target it is linked with. It tells how far they came, how long the
 * slowest took and the most memory that was resident; one that takes ten seconds ends it. */
#include "fuzz.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/rng.h"
#include "model/model.h"

#define MAX_FILES 32
#define MAX_DAMAGES 3
#define MAX_RANDOM 4096
#define SECONDS 10

typedef struct
{
  uint8_t *bytes;
  size_t   size;
} blob;

static blob files[MAX_FILES];
static size_t n_files;
static tl_rng rng;

static size_t
below (size_t n)
{
  return n > 0 ? tl_rng_below (&rng, (uint32_t) n) : 0;
}

static void
read_file (const char *path)
{
  FILE *file = fopen (path, "rb");
  blob *b = &files[n_files++];

  FUZZ_CHECK (file != NULL && n_files <= MAX_FILES && fseek (file, 0, SEEK_END) == 0);
  b->size = (size_t) ftell (file);
  b->bytes = malloc (b->size);
  rewind (file);
  FUZZ_CHECK (b->bytes != NULL && b->size > 8 && fread (b->bytes, 1, b->size, file) == b->size);
  fclose (file);
}

/* A number that breaks careless code, over four or eight bytes. */
static void
put_number (blob *b)
{
  const uint64_t numbers[] = { 0, 1, 2, 31, 255, 65536, INT32_MAX, UINT32_MAX,
                               (uint64_t) UINT32_MAX + 1, INT64_MAX, (uint64_t) INT64_MAX + 1,
                               UINT64_MAX, UINT64_MAX / 4 + 1, b->size, b->size - 1 };
  uint64_t number = numbers[below (sizeof numbers / sizeof numbers[0])];
  size_t width = below (2) == 0 ? 4 : 8;

  if (b->size > width)
    memcpy (b->bytes + below (b->size - width), &number, width);
}

/* The lengths, types and dimensions of a file are small numbers: one of them becomes another. */
static void
nudge (blob *b)
{
  for (int tries = 0; tries < 64 && b->size > 8; tries++)
    {
      uint32_t number;
      uint8_t *at = b->bytes + below (b->size - 4);

      memcpy (&number, at, 4);
      if (number == 0 || number >= 1024)
        continue;
      number = below (2) == 0 ? number + 1 - (uint32_t) below (3) : (uint32_t) below (64);
      memcpy (at, &number, 4);
      return;
    }
}

static void
flip (blob *b)
{
  b->bytes[below (b->size)] ^= (uint8_t) (1 << below (8));
}

static void
cut_out (blob *b)
{
  size_t at = below (b->size), n = below (b->size - at < 64 ? b->size - at : 64);

  memmove (b->bytes + at, b->bytes + at + n, b->size - at - n);
  b->size -= n;
}

static void
take_from_another (blob *b)
{
  const blob *from = &files[below (n_files)];
  size_t n = below (64), at = below (b->size), place = below (from->size);

  if (at + n <= b->size && place + n <= from->size)
    memcpy (b->bytes + at, from->bytes + place, n);
}

static void
damage (blob *b)
{
  static void (*const ways[]) (blob *b) = { put_number, nudge, nudge, nudge, flip, flip,
                                            cut_out, take_from_another };
  size_t whole = b->size, structure = whole < 2048 ? whole : 2048;

  /* Most of it is weights, of which any are good: nearly all damage is done in front of them. */
  for (size_t n = 1 + below (MAX_DAMAGES); n > 0; n--)
    {
      blob part = { b->bytes, below (8) == 0 ? b->size : structure < b->size ? structure : b->size };
      size_t before = part.size;

      ways[below (sizeof ways / sizeof ways[0])] (&part);
      if (part.size < before)
        memmove (b->bytes + part.size, b->bytes + before, b->size - before);
      b->size -= before - part.size;
    }
  if (below (20) == 0)
    b->size = below (b->size);
}

static void
make_up (blob *b)
{
  b->size = below (MAX_RANDOM);
  for (size_t i = 0; i < b->size; i++)
    b->bytes[i] = (uint8_t) (below (3) == 0 ? below (256) : below (4));
  if (b->size >= 8)
    memcpy (b->bytes, "GGUF\3\0\0\0", 8);
}

/* How far it comes: 0 it is no GGUF file, 1 it is, 2 it is a model. */
static int
judge (const blob *b)
{
  tl_model_info info;
  tl_gguf *g = tl_gguf_open_memory (b->bytes, b->size, NULL);

  return g == NULL ? 0 : tl_model_examine (g, &info, NULL) ? 2 : 1;
}

static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static void
run (unsigned long count)
{
  double slowest = 0, begin = now ();
  unsigned long outcomes[3] = { 0 };
  struct rusage usage;

  for (unsigned long i = 0; i < count; i++)
    {
      const blob *good = &files[below (n_files)];
      blob b = { malloc (good->size + MAX_RANDOM), good->size };
      double start = now (), took;

      FUZZ_CHECK (b.bytes != NULL);
      memcpy (b.bytes, good->bytes, good->size);
      if (below (50) == 0)
        make_up (&b);
      else
        damage (&b);
      alarm (SECONDS);
      outcomes[judge (&b)]++;
      LLVMFuzzerTestOneInput (b.bytes, b.size);
      took = now () - start;
      slowest = took > slowest ? took : slowest;
      free (b.bytes);
    }
  getrusage (RUSAGE_SELF, &usage);
  printf ("%lu files, of which %lu no GGUF, %lu no model and %lu computed, in %.0f s (%.0f s of "
          "processor time); the slowest took %.3f s; at most %ld MiB resident\n", count, outcomes[0],
          outcomes[1], outcomes[2], now () - begin,
          (double) usage.ru_utime.tv_sec + (double) usage.ru_stime.tv_sec, slowest,
          usage.ru_maxrss / 1024);
  /* Or it would look at less than it says. */
  FUZZ_CHECK (outcomes[0] > count / 100 && outcomes[1] > count / 100 && outcomes[2] > count / 100);
}

int
main (int argc, char **argv)
{
  if (argc < 4)
    {
      fprintf (stderr, "Usage: %s COUNT SEED FILE...\n", argv[0]);
      return 2;
    }
  tl_rng_init (&rng, strtoull (argv[2], NULL, 10));
  for (int i = 3; i < argc; i++)
    read_file (argv[i]);
  run (strtoul (argv[1], NULL, 10));
  return 0;
}
