// SPDX-License-Identifier: Apache-2.0
// run-wasm.mjs PROGRAM.wasm DATA ARGUMENT...: runs it under Node's WASI. It sees the folder DATA as
// /data, nothing else, and no network, which WASI's first preview has no calls for.
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const [path, data, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: [path, ...args], preopens: { '/data': data },
                        returnOnExit: true });
const module = await WebAssembly.compile(await readFile(path));
const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });

process.exitCode = wasi.start(instance);
