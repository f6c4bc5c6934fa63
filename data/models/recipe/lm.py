# SPDX-License-Identifier: Apache-2.0
"""The llama-family model that meeny is, in PyTorch, as the engine's trainer computes it: RMSNorm,
rotation of neighbouring pairs, grouped-query attention, SwiGLU, tied embedding; and what
quantisation-aware training sees of its weights (ternary as in BitNet b1.58, arXiv:2402.17764, or
binary, arXiv:2310.11453; gradients pass straight through). Scales are rounded to bfloat16, whose
values IEEE half holds exactly, so that a file in TQ2_0 stores just what was trained."""
import dataclasses
import math

import torch
import torch.nn.functional as F
from torch import nn

BLOCK = 256  # weights that share a scale


@dataclasses.dataclass
class Config:
    n_embd: int = 256
    n_layers: int = 6
    n_heads: int = 4
    n_kv_heads: int = 2
    head_dim: int = 64
    n_ff: int = 768
    n_vocab: int = 4096
    rope_base: float = 10000.0
    eps: float = 1e-5
    dropout: float = 0.0


def quantise(w, kind, lam):
    """What a product sees of the masters w [rows, cols], cols a multiple of BLOCK or below it."""
    b = w.float().reshape(w.shape[0], -1, min(BLOCK, w.shape[1]))
    s = b.abs().mean(-1, keepdim=True).bfloat16().float()
    if kind == "binary":
        q = torch.where(b >= 0, s, -s)
    else:
        q = torch.where(b.abs() >= 0.5 * s, torch.sign(b) * s, torch.zeros_like(b))
    return w + lam * (q.reshape(w.shape) - w).detach()


def round_int8(x):
    d = x.detach().float().abs().amax(-1, keepdim=True).clamp(min=1e-8) / 127
    return x + ((torch.round(x.detach().float() / d) * d).to(x.dtype) - x.detach())


def rms_norm(x, gain, eps):
    y = x.float()
    return (y * torch.rsqrt(y.square().mean(-1, keepdim=True) + eps) * gain).bfloat16()


def rotate(x, cosine, sine):
    """x [B, H, T, D]; neighbouring pairs, as llama.cpp's NORM rotation."""
    pair = x.float().unflatten(-1, (-1, 2))
    a, b = pair[..., 0], pair[..., 1]
    return torch.stack((a * cosine - b * sine, a * sine + b * cosine), -1).flatten(-2).to(x.dtype)


class Block(nn.Module):
    NAMES = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")

    def __init__(self, c):
        super().__init__()
        q, kv = c.n_heads * c.head_dim, c.n_kv_heads * c.head_dim
        shapes = {"attn_q": (q, c.n_embd), "attn_k": (kv, c.n_embd), "attn_v": (kv, c.n_embd),
                  "attn_output": (c.n_embd, q), "ffn_gate": (c.n_ff, c.n_embd),
                  "ffn_up": (c.n_ff, c.n_embd), "ffn_down": (c.n_embd, c.n_ff)}
        residual = 1 / math.sqrt(2 * c.n_layers)
        for name, shape in shapes.items():
            std = 0.02 * (residual if name in ("attn_output", "ffn_down") else 1)
            setattr(self, name, nn.Parameter(torch.randn(shape) * std))
        self.attn_norm = nn.Parameter(torch.ones(c.n_embd))
        self.ffn_norm = nn.Parameter(torch.ones(c.n_embd))
        self.c, self.kind = c, "none"

    def weight(self, name, lam):
        w = getattr(self, name)
        return (w if self.kind == "none" else quantise(w, self.kind, lam)).bfloat16()

    def seen(self, x):
        return x if self.kind == "none" else round_int8(x)

    def drop(self, x):
        return F.dropout(x, self.c.dropout, self.training) if self.c.dropout > 0 else x

    def attend(self, x, cosine, sine, lam, mask, causal):
        B, T, _ = x.shape
        n = self.seen(rms_norm(x, self.attn_norm, self.c.eps))
        heads = lambda name, h: (n @ self.weight(name, lam).t()).view(B, T, h, -1).transpose(1, 2)
        q = rotate(heads("attn_q", self.c.n_heads), cosine, sine)
        k = rotate(heads("attn_k", self.c.n_kv_heads), cosine, sine)
        v = heads("attn_v", self.c.n_kv_heads)
        group = self.c.n_heads // self.c.n_kv_heads
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask,
                                           is_causal=causal and mask is None)
        y = self.seen(y.transpose(1, 2).reshape(B, T, -1))
        return y @ self.weight("attn_output", lam).t()

    def feed(self, x, lam):
        n = self.seen(rms_norm(x, self.ffn_norm, self.c.eps))
        y = F.silu(n @ self.weight("ffn_gate", lam).t()) * (n @ self.weight("ffn_up", lam).t())
        return self.seen(y) @ self.weight("ffn_down", lam).t()

    def forward(self, x, cosine, sine, lam, mask=None, causal=True):
        x = x + self.drop(self.attend(x, cosine, sine, lam, mask, causal)).float()
        return x + self.drop(self.feed(x, lam)).float()


class LM(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.token_embd = nn.Parameter(torch.randn(c.n_vocab, c.n_embd) * 0.02)
        self.blocks = nn.ModuleList(Block(c) for _ in range(c.n_layers))
        self.output_norm = nn.Parameter(torch.ones(c.n_embd))
        self.register_buffer("lam", torch.zeros(()), persistent=False)
        self.tables = {}

    def rope(self, n, device):
        if n not in self.tables:
            half = torch.arange(self.c.head_dim // 2, device=device, dtype=torch.float64)
            angle = (torch.arange(n, device=device, dtype=torch.float64)[:, None]
                     * self.c.rope_base ** (-2 * half / self.c.head_dim))
            self.tables[n] = (angle.cos().float(), angle.sin().float())
        return self.tables[n]

    def set_kind(self, kind):
        for b in self.blocks:
            b.kind = kind

    def hidden(self, ids, mask=None, causal=True):
        """ids [B, T] -> [B, T, n_embd] after the final norm; mask [B, 1, T, T] bool or None."""
        cosine, sine = self.rope(ids.shape[1], ids.device)
        x = F.embedding(ids, self.token_embd)
        for b in self.blocks:
            x = b(x, cosine, sine, self.lam, mask, causal)
        return rms_norm(x, self.output_norm, self.c.eps)

    def logits(self, ids):
        return self.hidden(ids) @ self.token_embd.bfloat16().t()
