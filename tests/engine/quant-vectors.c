/* SPDX-License-Identifier: Apache-2.0 */
/* Prints quant-vectors.h: blocks of seeded random bytes and what ggml's own to_float makes of them.
 * Not part of the build; where Debian's libggml-dev (forky, sid) is installed:
 *   cc quant-vectors.c -lggml-base && ./a.out > quant-vectors.h */
#include <ggml.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Where the half-precision scales lie, so that they can be given sane values: {at, at, ...}, -1 ends. */
static const struct
{
  enum ggml_type type;
  int            halves[3];
} cases[] = {
  { GGML_TYPE_Q4_0, { 0, -1 } },     { GGML_TYPE_Q4_1, { 0, 2, -1 } },
  { GGML_TYPE_Q5_0, { 0, -1 } },     { GGML_TYPE_Q5_1, { 0, 2, -1 } },
  { GGML_TYPE_Q8_0, { 0, -1 } },     { GGML_TYPE_Q2_K, { 80, 82, -1 } },
  { GGML_TYPE_Q3_K, { 108, -1 } },   { GGML_TYPE_Q4_K, { 0, 2, -1 } },
  { GGML_TYPE_Q5_K, { 0, 2, -1 } },  { GGML_TYPE_Q6_K, { 208, -1 } },
  { GGML_TYPE_IQ4_NL, { 0, -1 } },   { GGML_TYPE_TQ1_0, { 52, -1 } },
  { GGML_TYPE_TQ2_0, { 64, -1 } },
};

static uint32_t
next (void)
{
  static uint32_t state = 2463534242u; /* Marsaglia's xorshift32 and his seed */

  state ^= state << 13;
  state ^= state >> 17;
  return state ^= state << 5;
}

int
main (void)
{
  puts ("/* SPDX-License-Identifier: Apache-2.0 */\n"
        "/* Made by quant-vectors.c with ggml's to_float: random blocks, and their values as float bits. */\n"
        "#pragma once\n#include <cstdint>\n#include <vector>\n\n"
        "struct QuantVector\n{\n  uint32_t type;\n  std::vector<uint8_t> bytes;\n"
        "  std::vector<uint32_t> values;\n};\n\n"
        "static const QuantVector quant_vectors[] = {");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      const struct ggml_type_traits *t = ggml_get_type_traits (cases[i].type);
      uint8_t bytes[512];
      float values[256];

      for (size_t j = 0; j < t->type_size; j++)
        bytes[j] = next () >> 8 & 255;
      for (const int *at = cases[i].halves; *at >= 0; at++)
        bytes[*at + 1] = 0x20 | (bytes[*at + 1] & 0x87); /* +-2^-7 to 2^-6 */
      /* Five ternary digits never reach 243 and more: make bytes that a writer could have made. */
      if (cases[i].type == GGML_TYPE_TQ1_0)
        for (int j = 0; j < 52; j++)
          bytes[j] = (next () % (j < 48 ? 243 : 81) * (j < 48 ? 1 : 3) * 256 + 242) / 243;
      if (cases[i].type == GGML_TYPE_TQ2_0)
        for (int j = 0; j < 64; j++)
          bytes[j] = next () % 3 | next () % 3 << 2 | next () % 3 << 4 | next () % 3 << 6;
      t->to_float (bytes, values, t->blck_size);
      printf ("  { %d, /* %s */\n    {", cases[i].type, t->type_name);
      for (size_t j = 0; j < t->type_size; j++)
        printf ("%s%u,", j % 24 ? " " : "\n      ", bytes[j]);
      printf (" },\n    {");
      for (int j = 0; j < t->blck_size; j++)
        {
          uint32_t bits;

          memcpy (&bits, &values[j], 4);
          printf ("%s0x%08x,", j % 8 ? " " : "\n      ", bits);
        }
      puts (" } },");
    }
  puts ("};");
  return 0;
}
