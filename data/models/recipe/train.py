# SPDX-License-Identifier: Apache-2.0
"""Trains meeny on one GPU in minutes: a float teacher, then the student on text and teacher, then
the same number of steps as ternary, float and binary. Phases are given in seconds; how many steps
that is stands in the log. python3 train.py --data FOLDER --out FOLDER"""
import argparse
import copy
import json
import math
import time

import numpy as np
import torch
import torch.nn.functional as F

from lm import LM, Block, Config, quantise

T = 1024
START = time.time()


def say(**what):
    print(json.dumps({"s": round(time.time() - START, 1), **what}), flush=True)


class Data:
    """Windows of T + 1 tokens, each once an epoch, from a new offset each epoch."""

    def __init__(self, path, device):
        ids = np.fromfile(path, dtype=np.uint16).astype(np.int32)
        self.ids = torch.from_numpy(ids).to(device)
        self.device, self.epoch, self.at, self.order = device, -1, 0, torch.empty(0)

    def batch(self, n):
        if self.at + n > len(self.order):
            self.epoch, self.at = self.epoch + 1, 0
            first = int(torch.randint(T, ()))
            count = (len(self.ids) - first - 1) // T
            self.order = torch.randperm(count, device=self.device) * T + first
        begin = self.order[self.at:self.at + n]
        self.at += n
        window = self.ids[begin[:, None] + torch.arange(T + 1, device=self.device)].long()
        return window[:, :-1], window[:, 1:]


def orthogonalise(g):
    """Newton-Schulz, five steps, of a batch of matrices (Jordan et al. 2024, Muon)."""
    x = g.bfloat16()
    turn = x.shape[-2] > x.shape[-1]
    x = x.transpose(-1, -2) if turn else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        a = x @ x.transpose(-1, -2)
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return (x.transpose(-1, -2) if turn else x).float()


class Muon:
    """For the blocks' matrices, those of one shape at a time."""

    def __init__(self, params, lr, decay=0.02, momentum=0.95):
        self.groups = {}
        for p in params:
            self.groups.setdefault(tuple(p.shape), []).append(p)
        self.buffers = {k: torch.zeros((len(v), *k), device=v[0].device)
                        for k, v in self.groups.items()}
        self.lr, self.decay, self.momentum = lr, decay, momentum

    @torch.no_grad()
    def step(self, factor):
        lr = self.lr * factor
        for shape, params in self.groups.items():
            g = torch.stack([p.grad for p in params]).float()
            m = self.buffers[shape]
            m.lerp_(g, 1 - self.momentum)
            update = orthogonalise(g.lerp(m, self.momentum))
            scale = max(1, shape[0] / shape[1]) ** 0.5
            torch._foreach_mul_(params, 1 - lr * self.decay)
            torch._foreach_add_(params, list(update.unbind(0)), alpha=-lr * scale)


class Optimiser:
    def __init__(self, model, lr, muon):
        matrices = [p for b in model.blocks for n, p in b.named_parameters() if n in Block.NAMES]
        ids = {id(p) for p in matrices}
        vectors = [p for p in model.parameters() if id(p) not in ids and p.dim() == 1]
        self.params, self.lr = list(model.parameters()), lr
        groups = [{"params": vectors, "weight_decay": 0.0},
                  {"params": [model.token_embd], "weight_decay": 0.01}]
        if muon == 0:
            groups.append({"params": matrices, "weight_decay": 0.05})
        fused = self.params[0].is_cuda
        self.adam = torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.95), eps=1e-8, fused=fused)
        self.muon = Muon(matrices, muon) if muon > 0 else None

    @torch.no_grad()
    def step(self, factor):
        torch.nn.utils.clip_grad_norm_(self.params, 1.0, foreach=True)
        for g in self.adam.param_groups:
            g["lr"] = self.lr * factor
        self.adam.step()
        if self.muon:
            self.muon.step(factor)
        for p in self.params:
            p.grad = None


def hard_loss(h, embd, targets):
    z = (h @ embd.bfloat16().t()).float()
    return F.cross_entropy(z.flatten(0, 1), targets.flatten())


def soft_loss(h, embd, th, tembd, targets, weight):
    z = (h @ embd.bfloat16().t()).float().flatten(0, 1)
    with torch.no_grad():
        p = torch.softmax((th @ tembd.bfloat16().t()).float().flatten(0, 1), -1)
    lse = torch.logsumexp(z, -1)
    hard = (lse - z.gather(1, targets.flatten()[:, None])[:, 0]).mean()
    soft = (lse - (p * z).sum(-1)).mean()  # cross-entropy: KL and the teacher's entropy
    return (1 - weight) * hard + weight * soft, hard.detach()


@torch.no_grad()
@torch.compiler.set_stance("force_eager")
def bits(model, valid, n_bytes, window=512):
    model.eval()
    n = (len(valid.ids) - 1) // window
    begin = torch.arange(n, device=valid.device)[:, None] * window
    w = valid.ids[begin + torch.arange(window + 1, device=valid.device)].long()
    loss = [float(hard_loss(model.hidden(b[:, :-1]), model.token_embd, b[:, 1:])) * len(b)
            for b in w.split(128)]
    model.train()
    return sum(loss) / n * len(valid.ids) / n_bytes / math.log(2)


class Trainer:
    def __init__(self, args, device):
        self.args, self.device = args, device
        self.data = Data(f"{args.data}/train.u16", device)
        self.valid = Data(f"{args.data}/valid.u16", device)
        self.n_bytes = json.load(open(f"{args.data}/sizes.json"))["valid_bytes"]
        self.n = args.batch // T
        self.teacher = None
        self.hard, self.soft = (f if args.eager else torch.compile(f, dynamic=False)
                                for f in (hard_loss, soft_loss))

    def build(self, config):
        model = LM(config).to(self.device)
        if not self.args.eager:
            for b in model.blocks:
                b.compile(dynamic=False)
        return model

    def step(self, model, opt, factor):
        x, y = self.data.batch(self.n)
        if self.teacher is None:
            loss = told = self.hard(model.hidden(x), model.token_embd, y)
        else:
            with torch.no_grad():
                th = self.teacher.hidden(x)
            loss, told = self.soft(model.hidden(x), model.token_embd, th,
                                   self.teacher.token_embd.detach(), y, self.args.weight)
        loss.backward()
        opt.step(factor)
        return told.detach()

    def run(self, name, model, opt, steps, factor, lam=None):
        """factor, lam: of the step's place in [0, 1)."""
        begin, losses = time.time(), []
        for i in range(steps):
            if lam:
                model.lam.fill_(lam(i / steps))
            losses.append(self.step(model, opt, factor(i, i / steps)))
            if i % 200 == 199 or i == steps - 1:
                mean = float(torch.stack(losses[-100:]).mean())
                rate = (i + 1) * self.n * T / (time.time() - begin)
                say(phase=name, step=i + 1, of=steps, loss=round(mean, 4), rate=int(rate),
                    epoch=self.data.epoch)
                if not math.isfinite(mean):
                    raise RuntimeError("the loss is not finite")
        say(phase=name, bits=round(bits(model, self.valid, self.n_bytes), 4),
            bits_1024=round(bits(model, self.valid, self.n_bytes, 1024), 4))
        return float(torch.stack(losses[-100:]).mean())

    def measure(self, model, opt, factor, warm=8, count=25):
        """Steps a second, after what compiles has been compiled; these steps train too."""
        for i in range(warm):
            self.step(model, opt, factor)
        if self.device != "cpu":
            torch.cuda.synchronize()
        begin = time.time()
        for i in range(count):
            self.step(model, opt, factor)
        float(model.output_norm.sum())
        return count / (time.time() - begin)


def warm_up(i, n=100):
    return min(1.0, (i + 1) / n)


def decay(i, p, hold=0.0, final=0.02):
    return warm_up(i, 20) * (1 if p < hold else 1 - (1 - final) * (p - hold) / (1 - hold))


def save(model, path, kind="none"):
    """Names as in a GGUF. Matrices as half: exact for quantised ones."""
    out = {"token_embd.weight": model.token_embd.detach().half()}
    out["output_norm.weight"] = model.output_norm.detach().float()
    for i, b in enumerate(model.blocks):
        for name in Block.NAMES:
            w = getattr(b, name).detach()
            w = w if kind == "none" else quantise(w, kind, 1.0)
            out[f"blk.{i}.{name}.weight"] = w.half()
        for name in ("attn_norm", "ffn_norm"):
            out[f"blk.{i}.{name}.weight"] = getattr(b, name).detach().float()
    np.savez_compressed(path, **{k: v.cpu().numpy() for k, v in out.items()})


def race(t, steps):
    """The optimiser with the lowest loss after a short run of the student."""
    best = None
    for lr, muon in ((3e-3, 0.0), (4e-3, 0.01), (4e-3, 0.02)):
        torch.manual_seed(1)
        t.data.at = len(t.data.order)
        model = t.build(Config())
        loss = t.run(f"race lr {lr} muon {muon}", model, Optimiser(model, lr, muon), steps,
                     lambda i, p: warm_up(i, 50))
        if best is None or loss < best[0]:
            best = (loss, lr, muon)
    return best[1:]


def train_teacher(t, seconds, lr, muon):
    config = Config(n_embd=640, n_layers=10, n_heads=10, n_kv_heads=5, n_ff=1792, dropout=0.1)
    if t.args.tiny:
        config = Config(n_embd=128, n_layers=2, n_heads=2, n_kv_heads=1, n_ff=256, dropout=0.1)
    model = t.build(config)
    opt = Optimiser(model, lr * 0.5, muon)
    end = time.time() + seconds
    rate = t.measure(model, opt, 0.1)
    steps = max(10, int((end - time.time()) * rate))
    t.run("teacher", model, opt, steps,
          lambda i, p: warm_up(i) * (1 if p < 0.4 else 1 - 0.97 * (p - 0.4) / 0.6))
    torch.save({"config": config.__dict__, "model": model.state_dict()}, t.args.keep + "/teacher.pt")
    return model.eval()


def fork(t, state, seconds, steps, kind, lr, muon):
    seen = "none" if kind == "float" else kind
    model = t.build(Config())
    model.load_state_dict(state["model"])
    model.set_kind(seen)
    opt = Optimiser(model, lr, muon)
    opt.adam.load_state_dict(copy.deepcopy(state["adam"]))
    if muon:
        opt.muon.buffers = {k: v.clone() for k, v in state["muon"].items()}
    if steps == 0:
        end = time.time() + seconds
        keep = {k: v.clone() for k, v in model.state_dict().items()}
        rate = t.measure(model, opt, 0.0)
        model.load_state_dict(keep)
        steps = max(10, int((end - time.time()) * rate))
    if t.args.longer:
        t.run(kind, model, opt, steps, lambda i, p: 0.6 * decay(i, p, 0.1), lambda p: 1.0)
    else:
        t.run(kind, model, opt, steps, lambda i, p: decay(i, p, 0.25), lambda p: min(1.0, p / 0.1))
    save(model, f"{t.args.out}/{kind}.npz", seen)
    torch.save(model.state_dict(), f"{t.args.keep}/{kind}.pt")
    return steps


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--data", required=True)
    a.add_argument("--out", required=True)
    a.add_argument("--keep", default="/tmp", help="for what is too large to take home")
    a.add_argument("--batch", type=int, default=65536)
    a.add_argument("--weight", type=float, default=0.5, help="of the teacher's part of the loss")
    a.add_argument("--race", type=int, default=300, help="steps")
    a.add_argument("--teacher", type=float, default=150, help="seconds")
    a.add_argument("--stable", type=float, default=150, help="seconds")
    a.add_argument("--fork", type=float, default=110, help="seconds")
    a.add_argument("--forks", default="ternary", help="which, with commas; after a first call "
                   "they go on from its stable state")
    a.add_argument("--longer", type=int, default=0, help="steps that the ternary fork goes on for, "
                   "from its masters, quantised throughout, at .6 of the rate")
    a.add_argument("--eager", action="store_true")
    a.add_argument("--tiny", action="store_true")
    args = a.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(1)
    torch._dynamo.config.recompile_limit = 64
    torch.set_float32_matmul_precision("high")
    t = Trainer(args, device)
    say(device=torch.cuda.get_device_name() if device == "cuda" else device,
        torch=torch.__version__, tokens=len(t.data.ids), valid=len(t.valid.ids))
    path = args.keep + "/stable.pt"
    if args.stable == 0:
        state = torch.load(path, map_location=device, weights_only=False)
        saved = torch.load(args.keep + "/teacher.pt", map_location=device, weights_only=False)
        t.teacher = t.build(Config(**saved["config"])).eval()
        t.teacher.load_state_dict(saved["model"])
    else:
        lr, muon = race(t, args.race) if args.race else (4e-3, 0.02)
        say(chosen={"lr": lr, "muon": muon})
        t.teacher = train_teacher(t, args.teacher, lr, muon) if args.teacher else None
        torch.manual_seed(2)
        student = t.build(Config())
        opt = Optimiser(student, lr, muon)
        end = time.time() + args.stable
        rate = t.measure(student, opt, 0.1)
        steps = max(10, int((end - time.time()) * rate))
        t.run("stable", student, opt, steps, lambda i, p: warm_up(i, 200))
        save(student, f"{args.out}/stable.npz")
        state = {"model": student.state_dict(), "adam": opt.adam.state_dict(), "steps": 0,
                 "muon": opt.muon.buffers if muon else None, "lr": lr, "rate": muon}
        torch.save(state, path)
    if args.longer:
        state["model"] = torch.load(args.keep + "/ternary.pt", map_location=device)
        state["steps"] = args.longer
    for kind in args.forks.split(","):
        if kind:
            state["steps"] = fork(t, state, args.fork, state["steps"], kind, state["lr"],
                                  state["rate"])
            torch.save(state, path)


main()
