"""Sums the results of all test runners from Meson's log: closing lines (cmocka's, or "N passed, N failed,
N skipped"), TAP lines, and exit codes for the rest.
usage: totals.py TESTLOG --skips|--no-skips STATUS   (STATUS: Meson's own exit code)"""
import json
import re
import sys


def counts(test):
    """(passed, failed, names of skipped cases) of one program that Meson ran."""
    text = test.get("stdout", "") + "\n" + test.get("stderr", "")
    passed = sum(int(n) for n in re.findall(r"^\[  PASSED  \] (\d+) test", text, re.M))
    failed = sum(int(n) for n in re.findall(r"^\[  FAILED  \] (\d+) test", text, re.M))
    # cmocka names a skipped test when it comes to it, and again at the end.
    skipped = list(dict.fromkeys(re.findall(r"^\[  SKIPPED \] (?!\d)(.*)$", text, re.M)))
    for bad, name in re.findall(r"^(not )?ok \d+ ?(.*)$", test.get("stdout", ""), re.M):
        skip = re.search(r"# skip(.*)$", name, re.I)
        if bad:
            failed += 1
        elif skip:
            skipped.append(name)
        else:
            passed += 1
    for good, bad, left in re.findall(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", test.get("stdout", ""), re.M):
        passed, failed, skipped = passed + int(good), failed + int(bad), skipped + ["one"] * int(left)
    if test["result"] == "SKIP" and not skipped:
        return 0, 0, [(text.strip().splitlines() or [""])[-1]]
    if test["result"] in ("OK", "EXPECTEDFAIL") and not passed and not failed and not skipped:
        passed = 1
    # A runner that died tells of fewer failures than there are: at least itself.
    if test["result"] not in ("OK", "EXPECTEDFAIL", "SKIP") and not failed:
        failed = 1
    return passed, failed, skipped


def main():
    path, skips, status = sys.argv[1], sys.argv[2], int(sys.argv[3])
    passed = failed = skipped = 0
    try:
        with open(path, encoding="utf-8") as log:
            tests = [json.loads(line) for line in log]
    except OSError as why:
        print(f"the tests left no log: {why}")
        tests = []
    for test in tests:
        good, bad, names = counts(test)
        passed, failed, skipped = passed + good, failed + bad, skipped + len(names)
        for name in names:
            print(f"skipped: {test['name']}: {name}")
        if bad:
            print(f"failed: {test['name']} ({test['result']})")
    if not tests or (status and not failed):
        print(f"the test runner itself failed with {status}")
        failed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or (skipped and skips == "--no-skips") else 0


sys.exit(main())
