#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes gpt4all-V.chat for the formats 10, 11 and 12, as a QDataStream of GPT4All lays them out: its
chat.cpp, chatmodel.cpp, chatllm.cpp and tool.cpp say which fields in which order."""
import os
import struct


def text(s):
    data = s.encode("utf-16-be")
    return struct.pack(">I", len(data)) + data


def number(n, size="i"):
    return struct.pack(">" + size, n)


def message(version, name, value, parts=b"", n_parts=0, sources=0):
    out = number(7) if version < 12 else b""
    out += text(name) + text(value) + text("") + bytes(4)
    if version >= 11 and name.startswith("Response"):
        out += bytes(1)
    out += number(sources, "q")
    for _ in range(sources):
        out += b"".join(text(s) for s in ("c", "p", "f", "t", "a", "d", "passage")) + number(1) * 3
    out += number(0, "q")
    return out + (number(n_parts, "q") + parts if version >= 12 else b"")


def chat(version):
    out = number(0xF5D553CC, "I") + number(version) + number(1741200000, "q")
    out += text("id-1") + text("Lighthouse") + text("") + text("model-1") + number(0)
    if version < 11:
        out += bytes(1) + number(0) * 2 + text("") * 2 + number(0)
    thought = text("Think: ") + text("Hmm.") + number(12) + number(0, "q")
    tool = (text("ToolCall: ") + text("run") + text("f") + number(1, "q") + text("code") + number(0)
            + number(10, "I") + bytes(1) + text("1+1") + text("2") + number(0) + text("")
            + number(0, "q"))
    group = text("Response: ") + text("") + number(2, "q") + thought + tool
    out += number(2) + message(version, "Prompt: ", "How tall is it? \N{WAVING HAND SIGN}", sources=1)
    return out + message(version, "Response: ", "Forty metres.", group, 1)


folder = os.path.dirname(os.path.abspath(__file__))
for v in (10, 11, 12):
    with open(os.path.join(folder, f"gpt4all-{v}.chat"), "wb") as f:
        f.write(chat(v))
