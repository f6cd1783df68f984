"""The redact bench: how fast ordinary log text is cleaned on one core, and how long the rules take to open.

The text is what servers log: see bench/lib/logs.py. As machines differ, each figure is also given as a share of what
counting the lines of the same text with memchr(), and copying it, take in the same run."""

import argparse
import ctypes
import json
import os
import re
import resource
import subprocess
import tempfile
import time

from . import logs, measure
from .build import find_syswhy

BAR = 500                   # MB/s
PLANTED = 2000              # one line in so many holds a secret
def seconds(command, env, source):
    """Processor seconds of one run, whose output goes nowhere."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    with open(source, "rb") as file:
        subprocess.run(command, stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env, check=True)
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def speed(command, env, source, empty, rounds):
    """MB/s of processor time, without what starting takes; the best of several rounds, as others use the machine."""
    size = os.path.getsize(source) / 1e6
    starts = measure.middle([seconds(command, env, empty)[0] for _ in range(rounds)])
    return size / (min(seconds(command, env, source)[0] for _ in range(rounds)) - starts)


def density(block):
    """What the text is, in a line."""
    lines = block.count(b"\n")
    found = {"IPv4": rb"\b\d{1,3}(?:\.\d{1,3}){3}\b", "MAC": rb"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b", "e-mail": rb"\S@\S+\.",
             "host heads": rb"(?m)^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) [\w-]+ \S+:", "JSON lines": rb"(?m)^\{"}
    parts = ", ".join(f"{len(re.findall(regex, block)) * 1000 // lines} {name}" for name, regex in found.items())
    return f"{len(block) / lines:.0f} bytes a line; of 1000 lines: {parts}"


def memory_speed(block, rounds):
    """MB/s of copying the text, and of finding its line ends, with the C library."""
    libc = ctypes.CDLL(None)
    libc.memchr.restype = ctypes.c_void_p
    libc.memchr.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t)
    text, copy = ctypes.create_string_buffer(block, len(block)), ctypes.create_string_buffer(len(block))
    copies, scans = [], []
    for _ in range(rounds * 4):
        started = time.process_time()
        ctypes.memmove(copy, text, len(block))
        between = time.process_time()
        libc.memchr(text, 0, len(block))   # a byte that no log has: the whole text is looked at
        copies.append(between - started)
        scans.append(time.process_time() - between)
    return len(block) / 1e6 / min(copies), len(block) / 1e6 / min(scans)


def main(root, arguments):
    parser = argparse.ArgumentParser(prog="dev bench redact", description=__doc__)
    parser.add_argument("--syswhy", help="the program to measure (default build/syswhy)")
    parser.add_argument("--megabytes", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=5)
    wish = parser.parse_args(arguments)
    syswhy = find_syswhy(root, wish.syswhy)
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "XDG_CACHE_HOME": os.path.join(folder, "cache")}
        plain, planted, empty = (os.path.join(folder, name) for name in ("plain", "planted", "empty"))
        with open(empty, "wb"):
            pass
        for path, secrets in ((plain, False), (planted, True)):
            block = logs.log_text(16_000_000, PLANTED if secrets else 0)
            with open(path, "wb") as file:
                for _ in range(max(1, wish.megabytes // 16)):
                    file.write(block)
        clean, full = [syswhy, "redact", "--identity", "off"], [syswhy, "redact"]
        result["compile_ms"] = seconds(clean, env, empty)[1] * 1e3
        print(f"{'the first start, which compiles the rules':44} {result['compile_ms']:9.2f} ms")
        opens = [seconds(clean, env, empty)[1] * 1e3 for _ in range(21)]
        result["open"] = measure.against("a start with the compiled rules, wall", measure.middle(opens), "ms", 50)
        copy, scan = memory_speed(block, wish.rounds)
        print(f"the text: {density(block)}")
        print(f"{'copying it, looking through it with memchr':44} {copy:9.0f} MB/s, {scan:.0f} MB/s")
        result["text"], result["memcpy"], result["memchr"] = density(block), copy, scan
        for name, command, source in (("log text", full, plain), ("log text with secrets", full, planted),
                                      ("log text, identity off", clean, plain)):
            rate = speed(command, env, source, empty, wish.rounds)
            result[name] = {"mb_per_s": rate, "bar": BAR, "of_memcpy": rate / copy, "of_memchr": rate / scan}
            print(f"{name + ', one core':44} {rate:9.0f} MB/s bar {BAR} MB/s, 1/{copy / rate:.0f} of memcpy, 1/{scan / rate:.0f} of memchr"
                  f"{'' if rate >= BAR else '  UNDER'}")
    os.makedirs(os.path.join(root, "build", "bench"), exist_ok=True)
    with open(os.path.join(root, "build", "bench", "redact.json"), "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
    return 0
