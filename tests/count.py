# SPDX-License-Identifier: Apache-2.0
"""Counts the cases of the last `meson test` in the folder given: failures by name, skipped cases,
then "N passed, N failed". A program that died or said too little counts as a failure even when all
the cases that it still reported passed."""
import json
import pathlib
import sys
import xml.etree.ElementTree as ET

logs = pathlib.Path(sys.argv[1])
passed, failed, skipped = 0, [], []
programs_with_failures = set()
for suite in ET.parse(logs / "testlog.junit.xml").getroot().iter("testsuite"):
    for case in suite.iter("testcase"):
        name = f"{case.get('classname')} {case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
            programs_with_failures.add(suite.get("name"))
        elif (skip := case.find("skipped")) is not None:
            skipped.append(f"{name}: {skip.get('message') or 'its log says why'}")
        else:
            passed += 1
for line in (logs / "testlog.json").read_text().splitlines():
    program = json.loads(line)
    if program["result"] not in ("OK", "SKIP", "EXPECTEDFAIL"):
        short = program["name"].split(" / ")[-1]
        if not any(short in known for known in programs_with_failures):
            failed.append(f"{program['name']} ended with {program['result']}")
for line in skipped:
    print("SKIP", line)
for line in failed:
    print("FAIL", line)
print(f"{passed} passed, {len(failed)} failed")
sys.exit(1 if failed or not passed else 0)
