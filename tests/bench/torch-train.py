#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""PyTorch (Debian's python3-torch) on the shapes of train-bench, alternating with it.

Both train the same llama graph with AdamW and clipping on batches of the same size. PyTorch's
attention is the plain masked form, since this version has no fused one for the CPU. One JSON line
a case with the medians over the rounds, as tests/bench/run prints them, and what our arithmetic
comes to a core. Install libopenblas0 too: without it PyTorch falls back on the reference BLAS,
which is 40 times slower. tests/bench/run --training builds what this needs and makes a table.

Usage: torch-train.py TRAIN-BENCH [ROUNDS [SECONDS [THREADS [NAME]]]]"""
import json
import math
import os
import statistics
import subprocess
import sys
import time

import torch
from torch import nn

# embd, layers, heads, kv heads, head_dim, ff, vocab, seq_len, batch: as in train-bench.c
SHAPES = {
  "lm-1.0M": (128, 4, 4, 2, 32, 320, 2048, 256, 4096),
  "lm-5.77M": (256, 6, 4, 2, 64, 768, 4096, 256, 4096),
}
MICRO = 2  # sequences a forward, as in our trainer: 16 was half as fast for PyTorch (1.0 M, Zen 5)


class RmsNorm(nn.Module):
  def __init__(self, n):
    super().__init__()
    self.gain = nn.Parameter(torch.ones(n))

  def forward(self, x):
    return self.gain * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5)


class Block(nn.Module):
  def __init__(self, embd, heads, kv_heads, head_dim, ff, rope, mask):
    super().__init__()
    self.heads, self.kv_heads, self.head_dim, self.rope, self.mask = (
      heads, kv_heads, head_dim, rope, mask)
    self.norm1, self.norm2 = RmsNorm(embd), RmsNorm(embd)
    self.qkv = nn.Linear(embd, (heads + 2 * kv_heads) * head_dim, bias=False)
    self.out = nn.Linear(heads * head_dim, embd, bias=False)
    self.gate_up = nn.Linear(embd, 2 * ff, bias=False)
    self.down = nn.Linear(ff, embd, bias=False)

  def turn(self, x):
    cosine, sine = self.rope
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cosine - b * sine, a * sine + b * cosine), -1).flatten(-2)

  def attention(self, x):
    batch, length, _ = x.shape
    qkv = self.qkv(x).view(batch, length, -1, self.head_dim).transpose(1, 2)
    q, k, v = qkv.split((self.heads, self.kv_heads, self.kv_heads), 1)
    group = self.heads // self.kv_heads
    k = self.turn(k).repeat_interleave(group, 1)
    v = v.repeat_interleave(group, 1)
    scores = self.turn(q) @ k.transpose(2, 3) / math.sqrt(self.head_dim) + self.mask
    return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, -1))

  def forward(self, x):
    x = x + self.attention(self.norm1(x))
    gate, up = self.gate_up(self.norm2(x)).chunk(2, -1)
    return x + self.down(nn.functional.silu(gate) * up)


class Model(nn.Module):
  def __init__(self, embd, layers, heads, kv_heads, head_dim, ff, vocab, seq_len, _batch):
    super().__init__()
    angle = torch.arange(seq_len)[:, None] * 10000.0 ** (
      -torch.arange(0, head_dim, 2) / head_dim)
    mask = torch.full((seq_len, seq_len), -math.inf).triu(1)
    self.embedding = nn.Embedding(vocab, embd)
    nn.init.normal_(self.embedding.weight, std=0.02)
    self.blocks = nn.ModuleList(
      Block(embd, heads, kv_heads, head_dim, ff, (angle.cos(), angle.sin()), mask)
      for _ in range(layers))
    self.norm = RmsNorm(embd)

  def forward(self, ids):
    x = self.embedding(ids)
    for block in self.blocks:
      x = block(x)
    return self.norm(x) @ self.embedding.weight.T


class TorchRun:
  def __init__(self, shape):
    self.vocab, self.seq_len, self.batch = shape[6:9]
    self.model = Model(*shape)
    self.optimizer = torch.optim.AdamW(self.model.parameters(), 1e-3, (0.9, 0.95),
                                       weight_decay=0.05, foreach=True)
    self.step()

  def step(self):
    n_seqs = self.batch // self.seq_len
    ids = torch.randint(self.vocab, (n_seqs, self.seq_len + 1))
    self.optimizer.zero_grad(set_to_none=True)
    for part in ids.split(MICRO):
      logits = self.model(part[:, :-1])
      loss = nn.functional.cross_entropy(logits.flatten(0, 1), part[:, 1:].flatten())
      (loss * len(part) / n_seqs).backward()
    nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
    self.optimizer.step()

  def measure(self, limit):
    tokens, wall, cpu = 0, time.monotonic(), time.process_time()
    while tokens == 0 or time.monotonic() - wall < limit:
      self.step()
      tokens += self.batch
    return tokens / (time.monotonic() - wall), tokens / (time.process_time() - cpu)


def ours(program, limit, threads, name):
  line = json.loads(subprocess.run([program, str(limit), str(threads), name], check=True,
                                   capture_output=True, text=True).stdout)
  return line["tokens_per_s"], line["tokens_per_cpu_s"], line["gflops_per_cpu_s"]


def main():
  program = sys.argv[1]
  rounds, limit, threads = (float(a) for a in (sys.argv[2:5] + ["5", "5", "1"][len(sys.argv) - 2:]))
  torch.set_num_threads(int(threads))
  for name, shape in SHAPES.items():
    if len(sys.argv) > 5 and sys.argv[5] != name:
      continue
    peer, pairs = TorchRun(shape), []
    for _ in range(int(rounds)):
      pairs.append((ours(program, limit, int(threads), name), peer.measure(limit)))
    # Processor time for one thread, since a shared machine disturbs it less; else wall time.
    which = 1 if threads == 1 else 0
    ratios = [a[which] / b[which] for a, b in pairs]
    ratio = statistics.median(ratios)
    print(json.dumps({
      "name": f"train {name} / {int(threads)} thread{'s' if threads > 1 else ''}",
      "unit": "tokens/s", "clock": ("wall", "cpu")[which],
      "ours": round(statistics.median(a[which] for a, _ in pairs)),
      "theirs": round(statistics.median(b[which] for _, b in pairs)),
      "ratio": round(ratio, 3), "spread": round((max(ratios) - min(ratios)) / ratio, 3),
      "gflops_per_core": round(statistics.median(a[2] for a, _ in pairs), 1),
      "pairs": len(pairs), "load_average": round(os.getloadavg()[0], 1)}), flush=True)


main()
