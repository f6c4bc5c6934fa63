# SPDX-License-Identifier: Apache-2.0
"""folder.py CLI: how fast tinylm-cli summarises a folder of 1,000 notes of 500 words, how its memory
grows from 100 notes to 1,000, and what a note takes cold (the model loaded too) and warm. Each note is
made of the lines of a sample in which every third word is exchanged: a line that was read before would
come from the engine's memory."""
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "data" / "samples"
N_WORDS = 500


def write_notes(folder, n):
    draw = random.Random(7)
    text = (SAMPLES / "meeting.md").read_text()
    lines = [line.split() for line in text.split("\n") if line.strip()]
    for i in range(n):
        note, words = f"# Note {i}\n\n", 0
        while words < N_WORDS:
            line = [draw.choice(text.split()) if draw.random() < 1 / 3 else word
                    for word in draw.choice(lines)]
            note += " ".join(line) + "\n\n"
            words += len(line)
        (pathlib.Path(folder) / f"{i:04}.md").write_text(note)


def summarize(cli, n):
    """Returns the records, seconds by the clock and of processor time, and the peak in MB."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as out:
        write_notes(folder, n)
        start = time.monotonic()
        child = subprocess.Popen([cli, "summarize", "--json", "--folder", folder], stdout=out)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - start
        if status != 0:
            sys.exit("tinylm-cli failed")
        out.seek(0)
        records = [json.loads(line) for line in out]
    return records, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    cli = sys.argv[1]
    _, _, _, small = summarize(cli, 100)
    records, seconds, processor, peak = summarize(cli, 1000)
    warm = statistics.median(record["ms"]["total"] for record in records)
    cold = statistics.median(summarize(cli, 1)[0][0]["ms"]["total"] for _ in range(9))
    print(f"notes a second: {len(records) / seconds:.0f} by the clock, "
          f"{len(records) / processor:.0f} by processor time")
    print(f"peak memory: {small:.1f} MB with 100 notes, {peak:.1f} MB with 1,000")
    print(f"one note: {cold:.1f} ms cold, {warm:.1f} ms warm")


if __name__ == "__main__":
    main()
