# SPDX-License-Identifier: Apache-2.0
"""old-processors.py CLI BUILD_ROOT DATA: no instruction is executed that the processor lacks. The
program runs under qemu-user as several models of x86-64 and must write what the same kernel path
writes on this processor; and no object outside the files of an instruction set may hold an
instruction of it. In half a gigabyte of address space a megabyte is summarised, text is written and an
adapter is trained. What needs no qemu is tried without it. Reports in TAP."""
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

cli, root, data = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
# qemu64 is the baseline: SSE2 and SSE3; a Core 2 has SSSE3; Haswell AVX2; no TCG has AVX-512.
MODELS = {"qemu64": "sse2", "core2duo": "ssse3", "Haswell": "avx2", "max": "avx2"}
SUMMARIZE = ["summarize", "--json", str(data / "samples/meeting.md")]
GENERATE = ["generate", "-m", str(data / "models/meeny.gguf"), "-p", "The letter", "-n", "24",
            "--temp", "0"]
# All of AVX and later that gcc emits begins with v; nothing of the baseline that it emits does. The rest
# is what SSSE3 has.
NEWER = re.compile(r"^\s*[0-9a-f]+:\t(v[a-z]|pabs|palignr|ph(add|sub)|pmaddubs|pmulhrs|pshufb|psign)",
                   re.MULTILINE)


def run(args, path=None, model=None):
    """What the command-line program writes: its text and how it ended."""
    env = {k: v for k, v in os.environ.items() if k != "TINYLM_CPU"}
    if path is not None:
        env["TINYLM_CPU"] = path
    wrapper = ["qemu-x86_64", "-cpu", model] if model else []
    done = subprocess.run(wrapper + [cli] + args, env=env, capture_output=True, text=True)
    return done.stdout, done.returncode, done.stderr


def without_times(text):
    """A summary less the milliseconds that it took."""
    summary = json.loads(text)
    del summary["ms"]
    return summary


def is_same(args, read, path, model):
    here, there = run(args, path=path), run(args, model=model)
    if here[1] or there[1]:
        print(f"# native ended with {here[1]}, {model} with {there[1]}: {there[2].strip()[-400:]}")
        return False
    return bool(here[0]) and read(here[0]) == read(there[0])


def count_newer(objects):
    listing = subprocess.run(["objdump", "-d", "--no-show-raw-insn", *objects], check=True,
                             capture_output=True, text=True)
    return len(NEWER.findall(listing.stdout))


def check_objects():
    """Yields (name, passed)."""
    objects = [o for part in ("engine", "app", "ui") for o in (root / part).rglob("*.o")]
    simd = [o for o in objects if re.search("-avx|-ssse3", o.parent.name)]
    plain = [o for o in objects if o not in simd]
    n_plain = count_newer(plain)
    if n_plain:
        print(f"# {n_plain} in", *[o for o in plain if count_newer([o])])
    yield "the files of an instruction set hold it", bool(simd) and all(count_newer([o]) for o in simd)
    yield "no other object does", bool(plain) and n_plain == 0


def check_models():
    """Yields (name, passed)."""
    if shutil.which("qemu-x86_64") is None:
        yield "no other processor # SKIP qemu-user is not installed", True
        return
    for model, path in MODELS.items():
        yield f"{model} summarises as {path} does here", is_same(SUMMARIZE, without_times, path, model)
        yield f"{model} writes as {path} does here", is_same(GENERATE, str, path, model)


def fits(args):
    """Whether the program does that within 512 MiB, of address space even."""
    done = subprocess.run([cli] + args, capture_output=True, text=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29)))
    if done.returncode:
        print(f"# {args[0]} ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    return done.returncode == 0 and bool(done.stdout)


def check_memory():
    """Yields (name, passed)."""
    with tempfile.TemporaryDirectory() as folder:
        note, examples, adapter = (os.path.join(folder, f) for f in ("a.md", "e.csv", "a.gguf"))
        sample = (data / "samples/meeting.md").read_bytes()
        pathlib.Path(note).write_bytes(sample * (2**20 // len(sample)))
        pathlib.Path(examples).write_text("input,output\n" + "".join(
            f"where is parcel {i},delivery\nmoney back for {i},refund\n" for i in range(12)))
        yield "a megabyte is summarised within 512 MiB", fits(["summarize", note])
        yield "text is written within 512 MiB", fits(GENERATE)
        yield "an adapter is trained within 512 MiB", fits(
            ["train", "--data", examples, "--base", "meeny", "--out", adapter, "--epochs", "1"])


n = 0
for check in (check_objects, check_memory, check_models):
    for name, passed in check():
        n += 1
        print(f"{'ok' if passed else 'not ok'} {n} - {name}", flush=True)
print(f"1..{n}")
