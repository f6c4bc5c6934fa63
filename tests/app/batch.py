# SPDX-License-Identifier: Apache-2.0
"""batch.py CLI FOLDER: `tinylm-cli batch` on records as they come: good, bad and hostile; in any number of
threads, split in any way, killed at any moment, over several hosts. FOLDER is tests/docs, whose harness
prints TAP."""

import functools
import json
import os
import pathlib
import pty
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

CLI = sys.argv[1]
sys.path.insert(0, sys.argv[2])
import cli  # noqa: E402

PEOPLE = ["Ann", "Ben", "Carla", "Dev", "Esra"]
THINGS = ["roof", "boat", "budget", "fair", "harbour", "kiln", "choir"]


def note(n):
    """The n-th note of an endless series, never the same twice."""
    rng = random.Random(n)
    lines = [f"# The {rng.choice(THINGS)} on day {n}", ""]
    for _ in range(rng.randrange(2, 12)):
        lines.append(f"{rng.choice(PEOPLE)} said that the {rng.choice(THINGS)} costs {rng.randrange(999)} pounds. "
                     f"{rng.choice(PEOPLE)} will call about the {rng.choice(THINGS)} by 3 May 2026.")
    return "\n".join(lines)


def records(n):
    return [json.dumps({"id": f"note {i}", "text": note(i)}) for i in range(n)]


def lines(records_of):
    return "".join(line + "\n" for line in records_of).encode()


def batch(data, *args, expect=0, **more):
    env = {**os.environ, **more}
    run = subprocess.run([CLI, "batch", *args], input=data, capture_output=True, env=env, check=False, timeout=300)
    assert run.returncode == expect, f"{args}: {run.returncode}, {run.stderr.decode()}"
    return run.stdout


def answers(output):
    assert output.endswith(b"\n")
    return [json.loads(line) for line in output.decode().splitlines()]


def one_answer_a_record():
    found = answers(batch(lines(records(9)), "summarize", "--day", "2026-05-01"))
    assert [a["id"] for a in found] == [f"note {i}" for i in range(9)], found
    for i, answer in enumerate(found):
        text = note(i).encode()
        for point in answer["keypoints"]:
            assert text[point["start"]:point["end"]].decode() == point["text"]
        assert answer["keypoints"] and answer["skill"] == "summarize", answer
        assert answer["day"] == "2026-05-01", answer["day"]


def every_skill_answers():
    text = "Call Ruth Hale on 0161 496 0000 by Friday. The fair opens at nine in the old hall. We chose the red boat."
    extra = {"ask": {"question": "When does the fair open?"}, "route": {"attach": "note"}}
    expected = {"summarize": "keypoints", "ask": "answer", "route": "tool", "handoff": "details", "generate": "text"}
    for skill in ["summarize", "title", "keypoints", "actions", "tags", "gist", "ask", "route", "handoff", "generate"]:
        data = lines([json.dumps({"id": 7, "text": text, **extra.get(skill, {})})])
        args = ["-n", "5"] if skill == "generate" else []
        answer, = answers(batch(data, skill, *args))
        assert answer["id"] == 7 and answer["skill"] == skill, answer
        assert expected.get(skill, "found") in answer and "error" not in answer, answer
    assert "0161" not in answers(batch(data, "handoff"))[0]["text"]


def a_record_says_its_day():
    text = "Ben sends the bill by Friday."
    data = lines([json.dumps({"text": text, "day": "2026-05-04"}), json.dumps({"text": text}),
                  json.dumps({"text": text, "day": "4 May"})])
    known, unknown, wrong = answers(batch(data, "actions", expect=1))
    assert known["found"][0]["due_date"] == "2026-05-08", known
    assert unknown["found"][0]["due_date"] is None, unknown
    assert wrong["error"]["code"] == "record", wrong
    assert answers(batch(data, "summarize", expect=1))[1]["day"] is None


HOSTILE = [
    (b'{"id": 1, "text": "The boat is red. We sail on Monday."}', None),
    (b'{"id": 2, "text": ', "record"),
    (b'[1, 2]', "record"),
    (b'{"id": 4}', "record"),
    (b'{"id": 5, "text": 12}', "record"),
    (b'{"id": 6, "text": ""}', "empty"),
    (b'{"id": 7, "text": "a \xff b"}', "encoding"),
    (b'{"id": 8, "text": "a \\u0000 b"}', "record"),
    (b'{"id": 9, "text": "a \x00 b"}', "encoding"),
    (b'{"id": 10, "text": "lone \\ud800 half."}', "any"),
    (b"[" * 100000, "record"),
    (b'/* " */' + b"[" * 200000, "record"),
    (b'{"id": 13, "x": ' + b'{"a":' * 90 + b"1" + b"}" * 90 + b', "text": "Deep."}', "record"),
    (b'{"id": {"a": [1, "\xc3\xa9"]}, "text": "The id is an object."}', None),
    (b'{"id": "q\\"\\n", "text": "The backslash \\\\u0000 is no NUL."}', None),
    (b'{"id": 16, "text": "' + b"The roof leaks badly today. " * 380000 + b'"}', None),
    (b'{"id": 17, "text": "' + b"x" * (65 << 20) + b'"}', "too-large"),
    (b'{"id": 18, "text": "The last one has no line end."}', None),
]


def a_bad_record_stops_nothing():
    output = batch(b"\n".join(line for line, _ in HOSTILE) + b"", "keypoints", expect=1, LC_ALL="C.UTF-8")
    found = answers(output)
    assert len(found) == len(HOSTILE), len(found)
    for (line, code), answer in zip(HOSTILE, found):
        got = answer.get("error", {}).get("code")
        assert code == "any" or got == code, f"{line[:60]}: {got}, not {code}"
    assert [found[i]["id"] for i in (0, 3, 13, 14, 17)] == [1, 4, {"a": [1, "é"]}, 'q"\n', 18], found


def an_id_comes_back_as_it_was():
    kept = ["18446744073709551615", "-9223372036854775809", "1e400", "0.10", "-0", "null", "true",
            '[1, "01", -2.5e3]', '{"a": {"b": 9223372036854775807}}']
    data = "".join('{"text": "One boat.", "x": {"id": 3}, "id": %s}\n' % id_ for id_ in kept).encode()
    for id_, answer in zip(kept, batch(data, "tags").decode().splitlines(), strict=True):
        assert answer.replace(" ", "").startswith('{"id":%s,' % id_.replace(" ", "").replace("-2.5e3", "-2500.0")), answer
    for id_ in ["01", "-01", "[01]", "[1e400]", '{"a": 18446744073709551615}']:
        answer, = answers(batch(b'{"id": %s, "text": "One boat."}\n' % id_.encode(), "tags", expect=1))
        assert answer["id"] is None and answer["error"]["code"] == "record", answer


def blank_lines_are_no_records():
    assert batch(b"\n  \r\n\n", "tags") == b""
    assert batch(b"", "tags") == b""


def any_number_of_threads_and_any_language():
    data = lines(records(40))
    bare = batch(data, "summarize", "-j", "1")
    assert batch(data, "summarize", "-j", "2") == bare
    assert batch(data, "summarize", "-j", "7", LC_ALL="de_DE.UTF-8", LANGUAGE="de", TZ="Asia/Tokyo") == bare


def any_split():
    all_lines = records(30)
    for args in (["summarize"], ["generate", "-n", "12", "--temp", "0.9", "--seed", "3"]):
        whole = batch(lines(all_lines), *args)
        for size in (2, 7):
            parts = [batch(lines(all_lines[i:i + size]), *args) for i in range(0, len(all_lines), size)]
            assert b"".join(parts) == whole, f"{args} by {size}"


def no_clock_and_no_order():
    """What was answered before changes no byte of what follows."""
    data = records(12)
    forth = batch(lines(data), "generate", "-n", "10", "-j", "1").splitlines()
    back = batch(lines(reversed(data)), "generate", "-n", "10", "-j", "1").splitlines()
    assert forth == back[::-1]


def parallel_by_pipe():
    if shutil.which("parallel") is None:
        return "GNU parallel is not installed"
    data = lines(records(40))
    run = subprocess.run(["parallel", "--will-cite", "--pipe", "-N7", "-k", "-j2", CLI, "batch", "tags"], input=data,
                         capture_output=True, check=True)
    assert run.stdout == batch(data, "tags")
    return None


def killed_and_resumed(folder):
    data = lines(records(400))
    whole = batch(data, "summarize")
    source, out = os.path.join(folder, "in.jsonl"), os.path.join(folder, "out.jsonl")
    with open(source, "wb") as file:
        file.write(data)
    command = [CLI, "batch", "summarize", "--out", out, "--resume"]
    rng, kills = random.Random(1), 0
    for _ in range(60):
        with open(source, "rb") as file, subprocess.Popen(command, stdin=file) as run:
            try:
                run.wait(rng.uniform(0.02, 0.12))
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                kills += run.wait() != 0
            if run.returncode == 0:
                break
        if kills % 3 == 0 and os.path.exists(out):  # what a machine that lost its power may leave
            os.truncate(out, max(os.path.getsize(out) - rng.randrange(300), 0))
    else:
        batch(data, "summarize", "--out", out, "--resume")
    assert kills >= 3, kills
    with open(out, "rb") as file:
        assert file.read() == whole
    batch(data, "summarize", "--out", out, expect=1)  # never over what is there
    batch(data, "tags", "--out", out, "--resume", expect=1)
    batch(lines(reversed(records(400))), "summarize", "--out", out, "--resume", expect=1)
    batch(lines(records(9)), "summarize", "--out", out, "--resume", expect=1)
    with open(out, "rb") as file:
        assert file.read() == whole


def what_is_no_answer_is_left_alone(folder):
    """Files whose only line has no end: a note, the input itself, an answer to another record."""
    data = lines(records(1))
    for i, there in enumerate([b"My novel", data.rstrip(), b'{"id": "note 1", "skill": "tags", "found": [', b"\0\1"]):
        out = pathlib.Path(folder, f"there{i}")
        out.write_bytes(there)
        batch(data, "tags", "--out", str(out), "--resume", expect=1)
        assert out.read_bytes() == there, out
    out.write_bytes(data.rstrip())
    with open(out, "rb") as file:
        run = subprocess.run([CLI, "batch", "tags", "--out", out, "--resume"], stdin=file, capture_output=True, check=False)
    assert run.returncode == 1 and b"Choose another name" in run.stderr, run.stderr
    assert out.read_bytes() == data.rstrip()
    whole = batch(data, "tags")
    for there in (b"{", whole[:30], whole[:-1], whole[:40] + b"\0" * 9, b"\0" * 9):
        out.write_bytes(there)
        batch(data, "tags", "--out", str(out), "--resume")
        assert out.read_bytes() == whole, there


def failed_records_are_counted_again(folder):
    out = os.path.join(folder, "failed.jsonl")
    data = b'{"id": 1, "text": "One boat."}\nno record\n'
    batch(data, "tags", "--out", out, expect=1)
    batch(data, "tags", "--out", out, "--resume", expect=1)


def an_answer_comes_at_once():
    with subprocess.Popen([CLI, "batch", "tags"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        for i in range(3):
            run.stdin.write(lines([json.dumps({"id": i, "text": note(i)})]))
            run.stdin.flush()
            assert json.loads(run.stdout.readline())["id"] == i
        run.stdin.close()
        assert run.wait() == 0


def a_full_disk_is_said():
    with open("/dev/full", "wb") as full:
        run = subprocess.run([CLI, "batch", "tags"], input=lines(records(50)), stdout=full, stderr=subprocess.PIPE,
                             check=False)
    assert run.returncode == 1 and b"could not be written" in run.stderr, run.stderr


def memory_is_bounded():
    command = [CLI, "batch", "tags", "-j", "2"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        for i in range(60):
            run.stdin.write(json.dumps({"id": i, "note": "The boat is red. " * 250000}).encode() + b"\n")
        run.stdin.flush()
        with open(f"/proc/{run.pid}/status", encoding="ascii") as file:
            peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM:")) // 1024
        run.stdin.close()
        assert run.wait() == 1  # the text is missing
    watched = os.environ.get("ASAN_OPTIONS") or os.environ.get("TSAN_OPTIONS")
    assert peak < 600 or watched, f"{peak} MiB"  # of 255 MB that were read


def shown_on_a_terminal(folder):
    source = os.path.join(folder, "bar.jsonl")
    with open(source, "wb") as file:
        file.write(lines(records(60)))
    main, side = pty.openpty()
    with open(source, "rb") as file, subprocess.Popen([CLI, "batch", "summarize"], stdin=file, stderr=side,
                                                      stdout=subprocess.DEVNULL) as run:
        os.close(side)
        seen = b""
        while select.select([main], [], [], 60)[0]:
            try:
                seen += os.read(main, 4096)
            except OSError:
                break
        assert run.wait() == 0
    assert b"left" in seen and b"/s" in seen and b"record" in seen and seen.endswith(b"\r\x1b[K"), seen
    with open(source, "rb") as file:
        run = subprocess.run([CLI, "batch", "summarize"], stdin=file, capture_output=True, check=True)
    assert run.stderr == b"", run.stderr


def options_make_sense():
    for args in ([], ["fly"], ["tags", "--resume"], ["tags", "-n", "3"], ["tags", "--day", "soon"], ["tags", "-j", "-1"],
                 ["tags", "--adapter", "x"], ["tags", "title"]):
        run = subprocess.run([CLI, "batch", *args], input=b"", capture_output=True, check=False)
        assert run.returncode in (1, 2) and run.stderr, args


SSH = """#!/bin/sh
# ssh HOST -- COMMAND: the command in that host's own namespace, which has no network.
host=$1; shift
[ "$1" != -- ] || shift
ip netns exec "$host" ip -o link >>'{log}'
exec ip netns exec "$host" sh -c "$*"
"""


def parallel_over_hosts(folder):
    """Four hosts, each a network namespace with nothing in it but its own loop."""
    if shutil.which("parallel") is None or shutil.which("ip") is None:
        return "GNU parallel or ip is not installed"
    hosts = [f"tlm{os.getpid()}{letter}" for letter in "abcd"]
    made = [h for h in hosts if subprocess.run(["ip", "netns", "add", h], capture_output=True, check=False).returncode == 0]
    try:
        if len(made) < 4:
            return "network namespaces are not allowed here"
        ssh, log = os.path.join(folder, "ssh"), os.path.join(folder, "links")
        with open(ssh, "w", encoding="ascii") as file:
            file.write(SSH.replace("{log}", log))
        os.chmod(ssh, 0o755)
        data = lines(records(41))
        run = subprocess.run(["parallel", "--will-cite", "--pipe", "-N5", "-k", "--ssh", ssh, "-S",
                              ",".join("1/" + h for h in hosts), "--env", "TINYLM_DATA_DIR", CLI, "batch", "summarize", "-j", "1"],
                             input=data, capture_output=True, check=False, timeout=200,
                             env={**os.environ, "SHELL": "/bin/sh"})  # without one it sends nothing
        assert run.returncode == 0, run.stderr.decode()
        assert run.stdout == batch(data, "summarize"), run.stderr.decode()
        with open(log, encoding="ascii") as file:
            links = file.readlines()
        assert links and all(": lo:" in line for line in links), links
    finally:
        for host in made:
            subprocess.run(["ip", "netns", "del", host], check=False)
    return None


def printed(word):
    """The example of the manual page that has this word in it, as a reader copies it."""
    with open(os.path.join(sys.argv[2], "../../data/man/tinylm-cli.1"), encoding="ascii") as file:
        blocks = re.findall(r"^\.Bd [^\n]*\n(.*?)^\.Ed", file.read(), re.MULTILINE | re.DOTALL)
    return next(block for block in blocks if word in block).replace("\\e", "\\")


def in_path(folder):
    os.makedirs(os.path.join(folder, "bin"), exist_ok=True)
    if not os.path.lexists(os.path.join(folder, "bin/tinylm-cli")):
        os.symlink(os.path.abspath(CLI), os.path.join(folder, "bin/tinylm-cli"))
    return {**os.environ, "PATH": os.path.join(folder, "bin") + os.pathsep + os.environ["PATH"]}


def slurm_array_of_the_manual(folder):
    """What Slurm does: the script once for each index, in no order, and one again after it was requeued."""
    parts = [lines(records(17)[i:i + 6]) for i in range(0, 17, 6)]
    for i, part in enumerate(parts):
        with open(os.path.join(folder, f"in.{i:03}"), "wb") as file:
            file.write(part)
    for task in (2, 0, 1, 0):
        subprocess.run(["sh", "-e", "-c", printed("SLURM_ARRAY_TASK_ID")], cwd=folder, check=True,
                       env={**in_path(folder), "SLURM_ARRAY_TASK_ID": str(task), "SLURM_CPUS_PER_TASK": "2"})
    answered = b"".join(pathlib.Path(folder, f"out.{i:03}").read_bytes() for i in range(len(parts)))
    assert answered == batch(b"".join(parts), "tags")


def spark_pipe_of_the_manual(folder):
    """What pipe() does: the words of the command once for each partition, an element a line, the lines back."""
    command = re.search(r'\.pipe\("(.*?)"\)', printed("pipe(")).group(1).split()
    partitions = [records(15)[:9], records(15)[9:]]
    found = [subprocess.run(command, input=lines(part), capture_output=True, check=True, env=in_path(folder)).stdout
             for part in partitions]
    assert b"".join(found) == batch(lines(records(15)), "tags")


def main():
    with tempfile.TemporaryDirectory() as folder:
        inside = [killed_and_resumed, what_is_no_answer_is_left_alone, failed_records_are_counted_again,
                  shown_on_a_terminal, parallel_over_hosts, slurm_array_of_the_manual, spark_pipe_of_the_manual]
        plain = [one_answer_a_record, every_skill_answers, a_record_says_its_day, a_bad_record_stops_nothing,
                 an_id_comes_back_as_it_was, blank_lines_are_no_records, any_number_of_threads_and_any_language,
                 any_split, no_clock_and_no_order, parallel_by_pipe, an_answer_comes_at_once, a_full_disk_is_said,
                 memory_is_bounded, options_make_sense]
        cases = [*plain, *(functools.partial(case, folder) for case in inside)]
        names = [getattr(case, "func", case).__name__.replace("_", " ") for case in cases]
        wanted = sys.argv[3:]
        return cli.run([(n, c) for n, c in zip(names, cases) if not wanted or any(w in n for w in wanted)])


if __name__ == "__main__":
    sys.exit(main())
