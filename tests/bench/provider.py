# SPDX-License-Identifier: Apache-2.0
"""The desktop's search in a large store: `../run-headless /usr/bin/python3 provider.py BUILD FOLDER`.

The program with FOLDER/tinylm as its data (see make-store) is asked over the session's bus as the
desktop asks while somebody types, in notes and then in notes and chats. Times are from the question
to its answer; the first of each kind is not counted, as it reads the file."""

import argparse
import collections
import os
import sqlite3
import subprocess
import time

from gi.repository import Gio, GLib

NAME = "com.sprapp.TinyLM"
PATH = "/com/sprapp/TinyLM/SearchProvider"
N_QUERIES = 20
N_ROUNDS = 3


def words_by_rank(folder):
    with sqlite3.connect(os.path.join(folder, "tinylm", "tinylm.db")) as db:
        texts = db.execute("SELECT text FROM notes ORDER BY id LIMIT 3000")
        counts = collections.Counter(word for text, in texts for word in text.lower().split()
                                     if word.isalpha())
    return [word for word, _ in counts.most_common()]


def queries(words):
    common, rarer = words[:N_QUERIES], words[500:500 + N_QUERIES]
    yield "common words", [[word] for word in common]
    yield "words of rank 500", [[word] for word in rarer]
    yield "two common words", [list(pair) for pair in zip(common, words[40:])]
    yield "two letters", [[word[:2]] for word in rarer]
    yield "three letters", [[word[:3]] for word in rarer]


def ask(bus, method, signature, words):
    start = time.perf_counter()
    answer = bus.call_sync(NAME, PATH, "org.gnome.Shell.SearchProvider2", method,
                           GLib.Variant(signature, (words,)), None, 0, 60000, None)
    return answer.unpack()[0], 1e3 * (time.perf_counter() - start)


def wait_until_it_answers(bus, process):
    while True:
        try:
            ask(bus, "GetInitialResultSet", "(as)", ["zzzz"])
            return
        except GLib.Error:
            assert process.poll() is None, "the program has ended"
            time.sleep(0.05)


def measure(bus, what, asked):
    for words in asked:
        ask(bus, "GetInitialResultSet", "(as)", words)
    times, n_found = [], 0
    for words in asked * N_ROUNDS:
        ids, ms = ask(bus, "GetInitialResultSet", "(as)", words)
        n_found += len(ids)
        _, more = ask(bus, "GetResultMetas", "(as)", ids[:5])
        times.append(ms + more)
    times.sort()
    print(f"{what:20}{times[len(times) // 2]:8.1f}{times[len(times) * 95 // 100]:8.1f}"
          f"{times[-1]:8.1f}{n_found / len(times):8.0f}")


def main():
    options = argparse.ArgumentParser(description="The desktop's search in a large store.")
    options.add_argument("build", help="the folder that meson built in, with tests")
    options.add_argument("folder", help="tinylm/tinylm.db is in it")
    chosen = options.parse_args()
    os.environ["GSETTINGS_SCHEMA_DIR"] = os.path.join(chosen.build, "data")
    os.environ["XDG_DATA_HOME"] = chosen.folder
    words = words_by_rank(chosen.folder)
    bus, settings = Gio.bus_get_sync(Gio.BusType.SESSION), Gio.Settings.new(NAME)
    for chats in (False, True):
        settings.set_boolean("search-chats", chats)
        Gio.Settings.sync()
        process = subprocess.Popen([os.path.join(chosen.build, "ui", "tinylm"),
                                    "--gapplication-service"])
        wait_until_it_answers(bus, process)
        print(f"{'notes and chats' if chats else 'notes':20}{'p50':>8}{'p95':>8}{'most':>8}{'found':>8}"
              f"   ms, load {os.getloadavg()[0]:.1f}")
        for what, asked in queries(words):
            measure(bus, what, asked)
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
