/* SPDX-License-Identifier: Apache-2.0 */
/* Writes one of the small models of family-model.h, for tests/bench/parity; --wide: for train-memory.py.
 * Usage: make-family [NAME TYPE FILE [--wide]]: without arguments, the names, one a line. */
#include "family-model.h"
#include "synthetic-vocab.h"

#include <stdio.h>
#include <string.h>

static bool
find_type (const char *name, tl_type *type)
{
  static const tl_type types[] = { TL_TYPE_F32, TL_TYPE_F16, TL_TYPE_Q8_0 };

  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    if (strcmp (tl_type_get_info (types[i])->name, name) == 0)
      {
        *type = types[i];
        return true;
      }
  return false;
}

int
main (int argc, char **argv)
{
  tl_error err = { 0 };
  bool wide = argc == 5 && strcmp (argv[4], "--wide") == 0;
  tl_type type;

  for (size_t i = 0; argc == 1 && family_model_name (i) != NULL; i++)
    puts (family_model_name (i));
  if (argc == 1)
    return 0;
  if ((argc != 4 && !wide) || !find_type (argv[2], &type))
    {
      fprintf (stderr, "Usage: make-family [NAME F32|F16|Q8_0 FILE [--wide]]\n");
      return 2;
    }
  if (wide ? family_model_write_wide (argv[1], type, write_synthetic_vocab, argv[3], &err)
           : family_model_write (argv[1], type, argv[3], &err))
    return 0;
  fprintf (stderr, "make-family: %s\n", err.message);
  return 1;
}
