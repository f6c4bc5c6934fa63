# SPDX-License-Identifier: Apache-2.0
"""Counts the cases in a JUnit log: skipped ones with their reasons, then "N passed, N failed"."""
import sys
import xml.etree.ElementTree as ET

passed = failed = 0
skipped = []
for case in ET.parse(sys.argv[1]).getroot().iter("testcase"):
    if case.find("failure") is not None or case.find("error") is not None:
        failed += 1
    elif (skip := case.find("skipped")) is not None:
        skipped.append(f"{case.get('classname')} {case.get('name')}: {skip.get('message') or ''}")
    else:
        passed += 1
for line in skipped:
    print("SKIP", line)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
