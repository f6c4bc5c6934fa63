# SPDX-License-Identifier: Apache-2.0
"""wasm.py PROBE WASM DATA: the engine as WebAssembly under Node gives what the native C path gives, with
its SIMD kernels and without: the tokens of meeny over both kinds of cache, and the titles and key
sentences of the sample note with their probabilities to three digits. (In the last bits SIMD128 may differ: its sums have another
order.) What the module imports has nothing to do with a network. Reports in TAP."""
import pathlib
import shutil
import subprocess
import sys

probe, wasm, data = sys.argv[1:4]
RUNNER = pathlib.Path(__file__).with_name("run-wasm.mjs")
IMPORTS = """const module = new WebAssembly.Module(require('fs').readFileSync(process.argv[1]));
for (const i of WebAssembly.Module.imports(module)) console.log(`${i.module}.${i.name}`);"""


def output(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        print(f"# {command[0]} ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    return done.stdout if done.returncode == 0 else None


def native(*args):
    return output(probe, "c", *[a.replace("DATA", data) for a in args])


def under_node(path, *args):
    return output("node", "--no-warnings", RUNNER, wasm, data, path,
                  *[a.replace("DATA", "/data") for a in args])


def check_path(path, args):
    ours, theirs = under_node(path, *args), native(*args)
    return bool(ours) and ours == theirs


def checks():
    """Yields (name, passed)."""
    tasks = {
        "writes": ["write", "DATA/models/meeny.gguf", "100", "The letter"],
        "reads a note": ["read", "DATA/models/eeny.gguf", "DATA/samples/meeting.md"],
    }
    for path in ("c", "simd128"):
        for name, args in tasks.items():
            yield f"{path} {name} as the native C path does", check_path(path, args)
    refused = under_node("c", "read", "DATA/models/eeny.gguf", "/etc/passwd")
    yield "a file outside its folder is refused", refused is None
    imports = (output("node", "-e", IMPORTS, wasm) or "").split()
    yield "imports are WASI's and no socket is among them", bool(imports) and all(
        i.startswith("wasi_snapshot_preview1.") and ".sock_" not in i for i in imports)


if shutil.which("node") is None or not pathlib.Path(wasm).exists():
    print("1..0 # SKIP no node, or no build/wasm: app/build wasm installs and makes them")
    sys.exit(0)
n = 0
for name, passed in checks():
    n += 1
    print(f"{'ok' if passed else 'not ok'} {n} - {name}", flush=True)
print(f"1..{n}")
