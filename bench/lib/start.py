"""The start bench: time to the first event of `syswhy trace` against plain `bpftrace -e` with the same program, in turns."""

import argparse
import json
import os
import pty
import select
import signal
import subprocess
import time

from . import measure
from .build import build_work, find_syswhy
from .runner import Workload, stop_group

NAME = "wkstart"            # the workload's process name: its first appearance in the output is the first event
QUESTIONS = ("list every file opened", "show each connect")
WORKS = {QUESTIONS[0]: "spread 1000000 3", QUESTIONS[1]: "refused 1000000 29"}


def first_event(command, limit=20):
    """Milliseconds until NAME is on the terminal, and the peak memory of the process in MB then."""
    master, slave = pty.openpty()
    started = time.monotonic()
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=subprocess.DEVNULL, start_new_session=True)
    os.close(slave)
    seen = b""
    try:
        while time.monotonic() - started < limit:
            if not select.select([master], [], [], 0.5)[0]:
                continue
            try:
                seen += os.read(master, 65536)
            except OSError:
                break
            if NAME.encode() in seen:
                return (time.monotonic() - started) * 1e3, measure.peak_kib(process.pid) / 1024
            seen = seen[-200:]
        raise SystemExit(f"no event from: {' '.join(command)[:200]}\n{seen.decode(errors='replace')}")
    finally:
        stop_group(process, signal.SIGINT)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            pass            # the kill below ends it
        stop_group(process)
        os.close(master)


def program_of(syswhy, question):
    code, _, _, _, out = measure.run([syswhy, "trace", "--json", "--print", "--no-check", question])
    try:
        return json.loads(out)["program"]
    except (ValueError, KeyError, TypeError):
        raise SystemExit(f"no program for '{question}' (exit {code})") from None


def main(root, arguments):
    parser = argparse.ArgumentParser(prog="dev bench start", description=__doc__)
    parser.add_argument("--syswhy", help="the program to ask (default build/syswhy)")
    parser.add_argument("--rounds", type=int, default=11)
    wish = parser.parse_args(arguments)
    syswhy, work = find_syswhy(root, wish.syswhy), build_work(root)
    result, ratios = {}, []
    for question in QUESTIONS:
        program = program_of(syswhy, question)
        load = Workload(work, [NAME] + WORKS[question].split(), "/")
        try:
            load.wait_ready()
            load.go()
            ours, plain, memory = [], [], []
            for turn in range(wish.rounds + 1):
                pair = (["bpftrace", "-e", program], [syswhy, "trace", "--for", "10", question])
                times = {}
                for index in ((0, 1), (1, 0))[turn % 2]:
                    times[index] = first_event(pair[index])
                if turn:                # the first turn warms the caches of both
                    plain.append(times[0][0])
                    ours.append(times[1][0])
                    memory.append(times[1][1])
        finally:
            load.end()
        ratio = measure.middle([one / other for one, other in zip(ours, plain)])     # neighbours share the machine's load
        ratios.append(ratio)
        print(f"{question:28} syswhy {measure.middle(ours):7.1f} ms, bpftrace {measure.middle(plain):7.1f} ms, "
              f"ratio {ratio:.3f}")
        result[question] = {"syswhy_ms": ours, "bpftrace_ms": plain, "ratio": ratio, "memory_mb": max(memory)}
    result["ratio"] = measure.against("time to first event, worst ratio", max(ratios), "", 1.10)
    result["memory"] = measure.against("memory of syswhy while tracing, worst",
                                       max(result[question]["memory_mb"] for question in QUESTIONS), "MB", 20)
    versions = [measure.run([syswhy, "--version"])[1] for _ in range(41)]
    result["version"] = measure.against("syswhy --version, wall, median", measure.middle(versions), "ms", 5)
    with open(os.path.join(root, "build", "bench", "start.json"), "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
    return 0
