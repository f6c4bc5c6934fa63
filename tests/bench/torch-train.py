#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""PyTorch (Debian's python3-torch) on the shapes of train-bench, alternating with it.

Both train the same llama graph with AdamW and clipping on batches of the same size. PyTorch's
attention is its fused one, where this version has one for the CPU (2.0 and later), else the plain
masked form. One JSON line a case with the medians over the rounds, as tests/bench/run prints them,
and what our arithmetic comes to a core. In a chroot mount /proc: without it PyTorch 2 does not know
the processor and takes none of its wide instructions. Install libopenblas0 too: without it PyTorch
falls back on the reference BLAS, which is 40 times slower. tests/bench/run --training builds what
this needs and makes a table.

The case "lora" trains an adapter of rank 16 beside each matrix of the frozen model, as lora-bench
does beside meeny: sixteen sequences of 64 tokens a step, a loss on the last eight of each.

Usage: torch-train.py TRAIN-BENCH [ROUNDS [SECONDS [THREADS [NAME]]]]"""
import json
import math
import os
import pathlib
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
RANK, LENGTH, LEARNED = 16, 64, 8  # of "lora", as in lora-bench.c
MEENY = pathlib.Path(__file__).resolve().parents[2] / "data/models/meeny.gguf"
FUSED = hasattr(nn.functional, "scaled_dot_product_attention")
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
    if FUSED:
      mixed = nn.functional.scaled_dot_product_attention(self.turn(q), k, v, is_causal=True)
      return self.out(mixed.transpose(1, 2).reshape(batch, length, -1))
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


class Lora(nn.Module):
  """Pairs beside the matrices, of so many @rows, that stand one below the other in @linear."""

  def __init__(self, linear, rows):
    super().__init__()
    self.linear = linear
    self.a = nn.Parameter(torch.randn(len(rows) * RANK, linear.in_features) * 0.02)
    self.b = nn.ParameterList(nn.Parameter(torch.zeros(n, RANK)) for n in rows)

  def forward(self, x):
    low = (x @ self.a.T).split(RANK, -1)
    return self.linear(x) + 2.0 * torch.cat([part @ b.T for part, b in zip(low, self.b)], -1)


class LoraRun(TorchRun):
  def __init__(self, shape):
    embd, _, heads, kv_heads, dim, ff, self.vocab = shape[:7]
    self.batch = 16 * LENGTH
    self.model = Model(*shape[:7], LENGTH, self.batch)
    self.model.requires_grad_(False)
    for block in self.model.blocks:
      block.qkv = Lora(block.qkv, [heads * dim, kv_heads * dim, kv_heads * dim])
      block.out, block.down = Lora(block.out, [embd]), Lora(block.down, [embd])
      block.gate_up = Lora(block.gate_up, [ff, ff])
    self.trained = [p for p in self.model.parameters() if p.requires_grad]
    self.optimizer = torch.optim.AdamW(self.trained, 4e-3, weight_decay=0.0, foreach=True)
    self.step()

  def step(self):
    ids = torch.randint(self.vocab, (self.batch // LENGTH, LENGTH + 1))
    self.optimizer.zero_grad(set_to_none=True)
    x = self.model.embedding(ids[:, :-1])
    for block in self.model.blocks:
      x = block(x)
    logits = self.model.norm(x[:, -LEARNED:]) @ self.model.embedding.weight.T
    nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, -LEARNED:].flatten()).backward()
    nn.utils.clip_grad_norm_(self.trained, 1.0)
    self.optimizer.step()


def ours(command):
  line = json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True,
                                   text=True).stdout)
  return line["tokens_per_s"], line["tokens_per_cpu_s"], line["gflops_per_cpu_s"]


def compare(name, peer, command, rounds, limit, threads):
  pairs = [(ours(command), peer.measure(limit)) for _ in range(rounds)]
  # Processor time for one thread, since a shared machine disturbs it less; else wall time.
  which = 1 if threads == 1 else 0
  ratios = [a[which] / b[which] for a, b in pairs]
  ratio = statistics.median(ratios)
  print(json.dumps({
    "name": f"train {name} / {threads} thread{'s' if threads > 1 else ''}",
    "unit": "tokens/s", "clock": ("wall", "cpu")[which],
    "ours": round(statistics.median(a[which] for a, _ in pairs)),
    "theirs": round(statistics.median(b[which] for _, b in pairs)),
    "ratio": round(ratio, 3), "spread": round((max(ratios) - min(ratios)) / ratio, 3),
    "gflops_per_core": round(statistics.median(a[2] for a, _ in pairs), 1),
    "pairs": len(pairs), "load_average": round(os.getloadavg()[0], 1)}), flush=True)


def main():
  program = pathlib.Path(sys.argv[1])
  rounds, limit, threads = (float(a) for a in (sys.argv[2:5] + ["5", "5", "1"][len(sys.argv) - 2:]))
  threads, wanted = int(threads), sys.argv[5:6]
  torch.set_num_threads(threads)
  for name, shape in SHAPES.items():
    if wanted in ([], [name]):
      compare(name, TorchRun(shape), [program, limit, threads, name], int(rounds), limit, threads)
  if wanted in ([], ["lora"]):
    compare("lora", LoraRun(SHAPES["lm-5.77M"]),
            [program.parent / "lora-bench", MEENY, limit, threads], int(rounds), limit, threads)


main()
