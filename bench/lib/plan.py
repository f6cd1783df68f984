"""The plan bench: processor time and memory of planning every question, with a warm and with a cold catalogue."""

import argparse
import json
import os
import tempfile

from . import cases, measure
from .build import find_syswhy

COLD = 12        # questions planned with an empty cache each


def main(root, arguments):
    parser = argparse.ArgumentParser(prog="dev bench plan", description=__doc__)
    parser.add_argument("--syswhy", help="the program to ask (default build/syswhy)")
    parser.add_argument("--slow", type=int, default=5, metavar="N", help="show the N slowest questions")
    wish = parser.parse_args(arguments)
    syswhy = find_syswhy(root, wish.syswhy)
    folder = os.path.join(root, "build", "bench")
    os.makedirs(folder, exist_ok=True)
    questions = [case.question.replace("{pid}", "1").replace("{port}", "22").replace("{work}", "/bin/bash")
                 .replace("{tmp}", "/tmp") for case in cases.read_all(os.path.join(root, "bench", "questions")) if not case.kind]

    def plan(question, cache):
        return measure.run([syswhy, "trace", "--json", "--print", "--no-check", question], {"XDG_CACHE_HOME": cache})

    with tempfile.TemporaryDirectory(dir=folder) as warm:
        plan(questions[0], warm)
        rows = []
        for question in questions:
            code, _, cpu, peak, _ = plan(question, warm)
            if code == 2:
                raise SystemExit(f"syswhy does not take --print --no-check: exit {code}")
            rows.append((cpu, peak, question))
    cold = []
    for question in questions[::max(1, len(questions) // COLD)][:COLD]:
        with tempfile.TemporaryDirectory(dir=folder) as empty:
            cold.append(plan(question, empty)[2])
    base = measure.middle([measure.run([syswhy, "--version"])[2] for _ in range(21)])
    cpus = [row[0] for row in rows]
    result = {
        "questions": len(questions),
        "warm_median": measure.against("planning, catalogue warm, median", measure.middle(cpus), "ms", 5),
        "warm_95": measure.against("planning, catalogue warm, 95 of 100", measure.high(cpus), "ms", 5),
        "cold": measure.against("planning, catalogue cold, median", measure.middle(cold), "ms", 50),
        "cold_worst": measure.against("planning, catalogue cold, worst", max(cold), "ms", 50),
        "memory": measure.against("peak memory of planning, worst", max(row[1] for row in rows) / 1024, "MB", 20),
        "start": base,
    }
    print(f"{'of which the start of any command (--version)':44} {base:9.2f} ms")
    print(f"ratio of cold to warm {measure.middle(cold) / measure.middle(cpus):.1f}; {len(questions)} questions")
    for cpu, _, question in sorted(rows, reverse=True)[:wish.slow]:
        print(f"  {cpu:6.1f} ms  {question}")
    with open(os.path.join(folder, "plan.json"), "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
    return 0
