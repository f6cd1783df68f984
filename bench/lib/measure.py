"""Measures one run of a program: wall time, processor time, peak memory; and what is made of many such numbers."""

import os
import resource
import statistics
import subprocess
import time


def run(command, env=None, limit=30):
    """(exit code, wall ms, cpu ms of it and its children, peak KiB of the largest of them, stdout)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               env={**os.environ, **(env or {})})
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if wall > limit:
        raise SystemExit(f"{' '.join(command)} took {wall:.0f} s")
    return process.returncode, wall * 1e3, cpu * 1e3, usage.ru_maxrss, out


def middle(numbers):
    return statistics.median(numbers)


def high(numbers, part=0.95):
    return sorted(numbers)[min(len(numbers) - 1, int(len(numbers) * part))]


def against(label, number, unit, limit):
    """One line: the number, its bar, and the ratio to it."""
    ratio = number / limit
    print(f"{label:44} {number:9.2f} {unit:3} bar {limit:g} {unit}, ratio {ratio:.2f} {'' if ratio <= 1 else 'OVER'}")
    return {"value": number, "unit": unit, "bar": limit, "ratio": round(ratio, 3)}


def peak_kib(pid):
    """VmHWM of a running process."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0
