# SPDX-License-Identifier: Apache-2.0
"""train-memory.py CLI MAKE-MODEL MAKE-FAMILY FOLDER [SHAPE-OR-FAMILY...]: what `tinylm-cli train` says that it takes of memory, beside
what it takes: never less, and at most 1.4 times as much. FOLDER is tests/docs, whose harness prints TAP.

Taken is the anonymous resident memory, the most of many looks, less that of a run that is refused for want of
memory: it has opened the model and read the examples. So both figures are of training alone."""

import functools
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

CLI, MAKE_MODEL, MAKE_FAMILY = sys.argv[1:4]
sys.path.insert(0, sys.argv[4])
import cli  # noqa: E402

WORDS = "parcel water letter house market train window garden winter bread morning paper money school".split()
MOST = 1.4
REFUSALS = 5  # so short that a look may miss the most of one
MIB = 1 << 20


def make_examples(folder, labels, n_words, n):
    rng = random.Random(n)
    path = pathlib.Path(folder, "examples.jsonl")
    lines = []
    for i in range(n):
        text = " ".join(rng.choice(WORDS) for _ in range(rng.randint(max(1, n_words // 2), n_words)))
        output = rng.choice(["yes", "no"]) if labels else " ".join(rng.choice(WORDS) for _ in range(n_words // 2 + 1))
        lines.append(json.dumps({"input": f"{text} {i}", "output": output}))
    path.write_text("\n".join(lines))
    return path


def make_base(name, path):
    families = subprocess.run([MAKE_FAMILY], check=True, capture_output=True, text=True).stdout.split()
    command = [MAKE_FAMILY, name, "Q8_0", path, "--wide"] if name in families else [MAKE_MODEL, name, "Q8_0", path]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def anonymous(pid):
    """Bytes; None once the process has ended."""
    try:
        words = pathlib.Path("/proc", str(pid), "statm").read_text().split()
        return (int(words[1]) - int(words[2])) * 4096
    except (OSError, IndexError):
        return None


def run(*arguments):
    """Returns: the most bytes, the exit status and the lines."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen([CLI, "train", *map(str, arguments)], stdout=out, stderr=subprocess.DEVNULL)
        most = 0
        while child.poll() is None:
            most = max(most, anonymous(child.pid) or 0)
            time.sleep(0.001)
        out.seek(0)
        return most, child.returncode, [json.loads(line) for line in out]


def foretold_is_enough(base, labels, n_words, n, rank, *more):
    with tempfile.TemporaryDirectory() as folder:
        path = base if base == "meeny" else pathlib.Path(folder, "base.gguf")
        if base != "meeny":
            make_base(base, path)
        common = ["--data", make_examples(folder, labels, n_words, n), "--base", path, "--out",
                  pathlib.Path(folder, "out.gguf"), "--epochs", 1, "--threads", 2, *more]
        if rank > 0:
            common += ["--rank", rank]
        before = 0
        for _ in range(REFUSALS):
            most, status, _ = run(*common, "--memory", 1)
            assert status == 1
            before = max(before, most)
        most, status, lines = run(*common)
        assert status == 0
        taken, foretold = (most - before) / MIB, lines[-1]["memory_mib"]
        print(f"# foretold {foretold}, taken {taken:.1f} MiB: {foretold / taken:.2f}", flush=True)
        # A MiB more is the program's own: a training's text and record.
        assert taken <= foretold + 1, "too little was foretold"
        assert foretold <= MOST * taken + 1, "too much was foretold"


def main():
    shapes = sys.argv[5:]
    kinds = [(True, 6, 40), (True, 100, 60), (False, 12, 60), (False, 100, 40)]
    cases = [(base, *kind, rank) for base in shapes or ["meeny", "tiny"] for kind in kinds for rank in (2, 48)]
    if not shapes:
        cases += [(family, False, 100, 40, 16) for family in ("qwen2", "qwen3", "gemma3", "granite", "bitnet")]
        cases += [("meeny", True, 6, 40, 0, "--full"), ("meeny", True, 6, 40, 16, "--dropout", 0)]
    return cli.run([(" ".join(map(str, case)), functools.partial(foretold_is_enough, *case)) for case in cases])


sys.exit(main())
