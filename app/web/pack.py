# SPDX-License-Identifier: Apache-2.0
"""pack.py OUT SIMD.wasm SCALAR.wasm DATA: lays the page out in the folder OUT. Its own files go there as
they are; the engine and the models as scripts that hold them in base64, in pieces so that there is
progress to show, with their sizes and SHA-256 in assets.js."""
import base64
import hashlib
import json
import pathlib
import shutil
import sys

PIECE = 384 << 10  # bytes; a whole number of base64's groups of three
HERE = pathlib.Path(__file__).parent
FILES = ["index.html", "style.css", "engine.js", "front-matter.js", "page.js", "proof.js", "store.js", "suggest.js",
         "summary.js", "words.js"]


def pack(out, name, data):
    """Writes the pieces of an asset and returns what is to be known of it."""
    n = 0
    for n, start in enumerate(range(0, len(data), PIECE), 1):
        text = base64.b64encode(data[start:start + PIECE]).decode()
        (out / "data" / f"{name}-{n - 1}.js").write_text(f"store.piece('{text}');\n")
    return {"size": len(data), "pieces": n, "sha256": hashlib.sha256(data).hexdigest()}


def main(out, simd, scalar, data):
    shutil.rmtree(out, ignore_errors=True)
    (out / "data").mkdir(parents=True)
    sources = {"simdEngine": simd, "scalarEngine": scalar,
               "eeny": data / "models/eeny.gguf", "meeny": data / "models/meeny.gguf"}
    assets = {name: pack(out, name, path.read_bytes()) for name, path in sources.items()}
    for name in [*FILES, "offline.js"]:
        shutil.copy(HERE / name, out)
    shutil.copy(data / "icons/hicolor/scalable/apps/com.sprapp.TinyLM.svg", out / "icon.svg")
    example = (data / "samples/meeting.md").read_text()
    body = f"const ASSETS = {json.dumps(assets, indent=2)};\nconst EXAMPLE = {json.dumps(example)};\n"
    files = [*FILES, "assets.js", "icon.svg"]
    whole = hashlib.sha256(body.encode())
    for name in [*FILES, "offline.js", "icon.svg"]:
        whole.update((out / name).read_bytes())
    (out / "assets.js").write_text(
        "// SPDX-License-Identifier: Apache-2.0\n// Written by pack.py.\n'use strict';\n\n" + body +
        f"const FILES = {json.dumps(files)};\nconst VERSION = '{whole.hexdigest()[:16]}';\n")


main(*[pathlib.Path(a) for a in sys.argv[1:5]])
