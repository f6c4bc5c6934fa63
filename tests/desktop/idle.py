# SPDX-License-Identifier: Apache-2.0
"""idle.py PROGRAM: when nothing is left to do, the program does nothing: after a note was read, an answer has
come and the page of specialists was left, it comes to rest, and then no thread of it computes or wakes up. Speaks TAP."""

import os
import pathlib
import sys
import time

from desktop import Atspi, Program, bare, click, type_into, wait_for, walk

# Over this long; a caret blinks for ten seconds, and delayed writes come after some, so that the program is given
# a while to come to rest.
SPAN_S = 3
SPANS = 5  # that follow each other, once it has come to rest
# Seen at rest on a loaded machine: 0.00 s and at most one wake in a span. A timer of a tenth of a second wakes
# 30 times, and a clock of frames 180 times.
CPU_MAX_S = 0.05
WAKES_MAX = 2 * SPAN_S


def spent(pid):
    """Seconds of processor time, and how often a thread has gone to sleep, so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    wakes = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches:"):
                wakes += int(line.split()[1])
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), wakes


def is_at_rest(pid):
    before = spent(pid)
    time.sleep(SPAN_S)
    after = spent(pid)
    cpu, wakes = after[0] - before[0], after[1] - before[1]
    print(f"# {cpu:.2f} s, {wakes} wakes in {SPAN_S} s", flush=True)
    return cpu <= CPU_MAX_S and wakes <= WAKES_MAX


def be_busy(tinylm):
    tinylm.action("win.new-sample")
    tinylm.wait_words("Chosen by eeny")
    tinylm.action("win.new-chat")
    type_into(tinylm.wait(Atspi.Role.TEXT, "Message"), "Who are you?")
    click(wait_for("a send button that can be pressed", lambda: next(
        (n for n in walk(tinylm.frame) if bare(n.get_name()) == "Send"
         and n.get_state_set().contains(Atspi.StateType.SENSITIVE)), None)))
    tinylm.wait_words("small assistant")
    tinylm.action("win.show-specialists")
    tinylm.action("win.show-privacy")
    tinylm.action("win.new-chat")


def main():
    tinylm = Program(sys.argv[1])
    print("1..1")
    be_busy(tinylm)
    wait_for("rest", lambda: is_at_rest(tinylm.process.pid))
    assert all(is_at_rest(tinylm.process.pid) for _ in range(SPANS)), "it did not stay at rest"
    tinylm.quit()
    print("ok 1 - does nothing when there is nothing to do")


if __name__ == "__main__":
    main()
