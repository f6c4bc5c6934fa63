# SPDX-License-Identifier: Apache-2.0
"""What the comparing scripts share: where both engines are, how a model file is made for both to
read, and how a child is run and its cost is known. llama.cpp stands either on this machine or in a
Debian root that `chroot` enters; a model then lies inside that root."""
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
PACKAGES = ["llama.cpp", "libllama-dev", "gcc", "libc6-dev"]


class Failure(Exception):
    """Something that the person who runs the script can act upon."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def call(command, what):
    command = list(map(str, command))
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Failure(f"{what}: {shlex.join(command)} failed:\n{done.stdout[-2000:]}")
    return done.stdout


def build(folder):
    """The folder of a finished build; without one, build/bench is made."""
    if folder:
        return pathlib.Path(folder).resolve()
    if subprocess.run([TOP / "app/build", "bench"]).returncode != 0:
        raise Failure("TinyLM could not be built")
    return TOP / "build/bench"


def prepare_root(folder):
    """A Debian sid root with llama.cpp: 1.5 GB on disk and some minutes, once."""
    root = pathlib.Path(folder).resolve()
    if os.getuid() != 0:
        raise Failure("--with-llama-cpp makes a Debian root, which only root can; "
                      "or set LLAMA_BENCH to a llama-bench that is there")
    if not (root / "usr/bin/llama-bench").exists():
        if not any(os.access(f"/{d}/debootstrap", os.X_OK) for d in ("usr/sbin", "usr/bin")):
            call(["apt-get", "-q", "install", "-y", "debootstrap"], "installing debootstrap")
        say(f"TinyLM: preparing a Debian root with llama.cpp in {root} (once; some minutes)")
        root.parent.mkdir(parents=True, exist_ok=True)
        if not (root / "usr/bin/apt-get").exists():
            call(["debootstrap", "--variant=minbase", "sid", root], "making the Debian root")
        call(["chroot", root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "install",
              "-y", "--no-install-recommends", *PACKAGES], "installing llama.cpp")
    return ["chroot", str(root)]


class Llama:
    """The peer: how its programs are called and where they see a file."""

    def __init__(self, with_root):
        if with_root:
            self.prefix, self.bench = prepare_root(with_root), ["llama-bench"]
        else:
            words = shlex.split(os.environ.get("LLAMA_BENCH", ""))
            if not words:
                raise Failure("no llama.cpp: set LLAMA_BENCH to its llama-bench (a command, such "
                              "as \"chroot DIR llama-bench\"), or use --with-llama-cpp")
            in_root = os.path.basename(words[0]) == "chroot" and len(words) > 2
            self.prefix, self.bench = (words[:2], words[2:]) if in_root else ([], words)
        self.root = pathlib.Path(self.prefix[1]).resolve() if self.prefix else None

    def models(self):
        """Where model files go, as seen from here."""
        folder = (self.root or pathlib.Path("/")) / "var/tmp/tinylm-bench"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def seen(self, path):
        """@path as the peer names it."""
        if not self.root:
            return str(path)
        return "/" + str(pathlib.Path(path).resolve().relative_to(self.root))

    def bring(self, path):
        """A file of this machine to where the peer can read it."""
        if not self.root:
            return pathlib.Path(path)
        there = self.models() / pathlib.Path(path).name
        there.write_bytes(pathlib.Path(path).read_bytes())
        return there


def label_of(built, shape, kind):
    return call([built / "tests/bench/make-model", shape, kind], "naming a model").strip()


def make_model(built, llama, shape, kind, wide=False):
    """The model file, made when it is not there."""
    path = llama.models() / f"{shape}-{kind}{'-wide' if wide else ''}.gguf"
    if not path.exists():
        say(f"TinyLM: writing {path.name}")
        options = ["--wide"] if wide else []
        call([built / "tests/bench/make-model", shape, kind, path, *options], "writing a model")
    return path


def run_child(built, command):
    """Runs @command. Returns: its standard output and {wall_s, user_s, system_s, peak_kib}."""
    with tempfile.NamedTemporaryFile() as report:
        measured = [built / "tests/bench/measure-child", report.name, *map(str, command)]
        done = subprocess.run(measured, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            why = done.stderr[-2000:] or f"status {done.returncode}"
            raise Failure(f"{shlex.join(map(str, command))} failed: {why}")
        return done.stdout, json.load(report)
