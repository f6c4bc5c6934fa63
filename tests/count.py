# SPDX-License-Identifier: Apache-2.0
"""Counts the cases of the runs of `meson test` whose logs are given (BASE.json, BASE.junit.xml):
failures by name, skipped cases, then "N passed, N failed". A program that died or said too little
counts as a failure even when all the cases that it still reported passed."""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

passed, failed, skipped = 0, [], []

# Meson copies what a test prints as it is; XML 1.0 (2.2) allows only these characters.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def count_cases(base):
    """Returns the programs of the log that have a failed case."""
    global passed
    programs_with_failures = set()
    if not pathlib.Path(f"{base}.junit.xml").exists():
        failed.append(f"{base}: no test was run; `meson test --list` names all")
        return programs_with_failures
    text = pathlib.Path(f"{base}.junit.xml").read_text(encoding="utf-8", errors="replace")
    for suite in ET.fromstring(NOT_XML.sub("?", text)).iter("testsuite"):
        for case in suite.iter("testcase"):
            name = f"{case.get('classname')} {case.get('name')}"
            if case.find("failure") is not None or case.find("error") is not None:
                failed.append(name)
                programs_with_failures.add(suite.get("name"))
            elif (skip := case.find("skipped")) is not None:
                skipped.append(f"{name}: {skip.get('message') or 'its log says why'}")
            else:
                passed += 1
    return programs_with_failures


def count_log(base):
    programs_with_failures = count_cases(base)
    log = pathlib.Path(f"{base}.json")
    for line in log.read_text().splitlines() if log.exists() else ():
        program = json.loads(line)
        if program["result"] not in ("OK", "SKIP", "EXPECTEDFAIL"):
            short = program["name"].split(" / ")[-1]
            if not any(short in known for known in programs_with_failures):
                failed.append(f"{program['name']} ended with {program['result']}")


for base in sys.argv[1:]:
    count_log(base)
for line in skipped:
    print("SKIP", line)
for line in failed:
    print("FAIL", line)
print(f"{passed} passed, {len(failed)} failed")
sys.exit(1 if failed or not passed else 0)
