# SPDX-License-Identifier: Apache-2.0
"""wasm.py PROBE BUILD DATA: the engine as WebAssembly under Node gives what the native C path gives, with
its SIMD kernels and without: the tokens of meeny over both kinds of cache, the titles and key sentences
of the sample note, and the words that complete a beginning, with their probabilities to three digits. (In
the last bits SIMD128 may differ: its sums have another order.) So does the module for pages, tinylm.wasm,
through what it exports; it imports nothing, and the program nothing that has to do with a network. The
same of a build without SIMD, where there is one: BUILD-scalar. A build that is older than its sources is not
tested: that fails. Reports in TAP."""
import pathlib
import shutil
import subprocess
import sys

probe, build, data = sys.argv[1:4]
HERE = pathlib.Path(__file__).parent
TASKS = {
    "writes": ["write", "DATA/models/meeny.gguf", "100", "The letter"],
    "completes a word": ["complete", "DATA/models/meeny.gguf", "We went to the ", "libr"],
    "reads a note": ["read", "DATA/models/eeny.gguf", "DATA/samples/meeting.md"],
}
IMPORTS = """const module = new WebAssembly.Module(require('fs').readFileSync(process.argv[1]));
for (const i of WebAssembly.Module.imports(module)) console.log(`${i.module}.${i.name}`);"""


def output(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        print(f"# {command[0]} ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    return done.stdout if done.returncode == 0 else None


def native(*args):
    return output(probe, "c", *[a.replace("DATA", data) for a in args])


def under_node(folder, path, *args):
    return output("node", "--no-warnings", HERE / "run-wasm.mjs", f"{folder}/tests/cross/engine-probe.wasm",
                  data, path, *[a.replace("DATA", "/data") for a in args])


def module(folder, *args):
    return output("node", HERE / "use-module.mjs", f"{folder}/engine/tinylm.wasm",
                  *[a.replace("DATA", data) for a in args])


def imports(path):
    return (output("node", "-e", IMPORTS, path) or "none").split()


def ends_with(whole, part):
    """The program writes over two kinds of cache; the module over the second. Both end the same way."""
    return bool(whole) and bool(part) and ("\n" + whole).endswith("\n" + part)


def is_old(folder):
    """As ninja sees it: which sources are of no part of this build, it alone knows."""
    return "no work to do" not in (output("ninja", "-C", folder, "-n") or "")


def checks(folder, paths):
    """Yields (name, passed)."""
    for name, args in TASKS.items():
        expected = native(*args)
        for path in paths:
            ours = under_node(folder, path, *args)
            yield f"{path} {name} as the native C path does", bool(ours) and ours == expected
        ours = module(folder, *args)
        yield f"the module {name} as the native C path does", ends_with(expected, ours)
    yield "the module says what is wrong", module(folder, "refuse") == "ok\n"
    yield "the module imports nothing", imports(f"{folder}/engine/tinylm.wasm") == ["none"]
    refused = under_node(folder, "c", "read", "DATA/models/eeny.gguf", "/etc/passwd")
    yield "a file outside its folder is refused", refused is None
    yield "imports are WASI's and no socket is among them", all(
        i.startswith("wasi_snapshot_preview1.") and ".sock_" not in i
        for i in imports(f"{folder}/tests/cross/engine-probe.wasm"))


builds = {f: paths for f, paths in {build: ["c", "simd128"], f"{build}-scalar": ["c"]}.items()
          if pathlib.Path(f, "engine/tinylm.wasm").exists()}
if shutil.which("node") is None or not builds:
    print("1..0 # SKIP no node, or no build/wasm: app/build wasm installs and makes them")
    sys.exit(0)
if old := [f"build/{pathlib.Path(folder).name}" for folder in builds if is_old(folder)]:
    print("1..1\nnot ok 1 - the engine is made of what is there; app/build web makes it anew\n# old:", *old)
    sys.exit(1)
n = 0
for folder, paths in builds.items():
    for name, passed in checks(folder, paths):
        n += 1
        print(f"{'ok' if passed else 'not ok'} {n} - {pathlib.Path(folder).name}: {name}", flush=True)
print(f"1..{n}")
