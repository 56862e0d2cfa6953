#!/usr/bin/env python3
"""Adds up the results that ./check has gathered and prints the last line: N passed, N failed[, N skipped]."""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as tree


def of_tap(text):
    """Counts of one TAP output."""
    passed = len(re.findall(r"^ok ", text, re.M))
    failed = len(re.findall(r"^not ok ", text, re.M))
    skipped = len(re.findall(r"^1\.\.0 # SKIP", text, re.M))
    return passed, failed, skipped


def of_meson(path):
    passed = failed = skipped = 0
    for line in path.read_text().splitlines():
        test = json.loads(line)
        good = test["result"] in ("OK", "EXPECTEDFAIL")
        counts = of_tap(test.get("stdout") or "")
        if test["result"] == "SKIP":
            skipped += 1
        elif sum(counts) == 0:
            passed += good
            failed += not good
        else:
            passed += counts[0]
            failed += counts[1] if counts[1] or good else 1
            skipped += counts[2]
        if not good and test["result"] != "SKIP":
            print(f"failed: {path.stem}: {test['name']} ({test['result']})", file=sys.stderr)
    return passed, failed, skipped


told = set()  # whole files that are skipped: each of two runs beside each other says so


def of_pytest(path):
    passed = failed = skipped = 0
    for case in tree.parse(path).getroot().iter("testcase"):
        kinds = {child.tag for child in case}
        name = (case.get("classname"), case.get("name"))
        if "skipped" in kinds and name in told:
            continue
        told.add(name)
        if kinds & {"failure", "error"}:
            failed += 1
            print(f"failed: {case.get('classname')}.{case.get('name')}", file=sys.stderr)
        elif "skipped" in kinds:
            skipped += 1
            print(f"skipped: {case.get('classname')}.{case.get('name')}", file=sys.stderr)
        else:
            passed += 1
    return passed, failed, skipped


def main():
    folder = pathlib.Path(sys.argv[1])
    totals = [0, 0, 0]
    readers = {".tap": lambda p: of_tap(p.read_text()), ".json": of_meson, ".xml": of_pytest}
    for path in sorted(folder.iterdir()):
        if path.suffix in readers:
            for i, n in enumerate(readers[path.suffix](path)):
                totals[i] += n
    if sum(totals) == 0:
        totals[1] = 1  # a round without a test is no success
    print(f"{totals[0]} passed, {totals[1]} failed" + (f", {totals[2]} skipped" if totals[2] else ""))
    sys.exit(1 if totals[1] else 0)


main()
