"""The knowledge bench: whether the recipe for a question is among the first found for its words (recall).

The right recipe of a question is the one of the subject as which the planner understands it. Questions that it
does not plan, or whose subject has no recipe, are counted apart."""

import argparse
import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from . import cases
from .build import find_syswhy

AT = 5
BAR = 95.0
VALUES = {"{pid}": "1", "{pid2}": "2", "{port}": "8080", "{tmp}": "/tmp", "{work}": "/usr/bin/work"}


def ask(command):
    out = subprocess.run(command, capture_output=True, text=True)
    try:
        return json.loads(out.stdout)
    except ValueError:
        return {}


def place(syswhy, root, case, kind):
    """The subject of a question, and the place of its recipe, from 1; 0: not among the first AT."""
    question = case.question
    for brace, value in VALUES.items():
        question = question.replace(brace, value)
    subject = (ask([syswhy, "trace", "--print", "--no-check", "--json", question]).get("plan") or {}).get("subject")
    if not subject or not os.path.exists(os.path.join(root, "data/recipes", subject + ".bt")):
        return case, subject, None, []
    names = [found["name"] for found in ask([syswhy, "recipes", "--json", "--limit", str(AT), *kind, question])["recipes"]]
    return case, subject, names.index(subject) + 1 if subject in names else 0, names


def main(root, arguments):
    parser = argparse.ArgumentParser(prog="dev bench knowledge", description=__doc__)
    parser.add_argument("--missed", action="store_true", help="show the seen questions whose recipe was not found")
    parser.add_argument("--own", action="store_true", help="rank our own recipes alone, without installed tools")
    parser.add_argument("--syswhy", help="the program to measure (build/syswhy)")
    wish = parser.parse_args(arguments)
    syswhy = find_syswhy(root, wish.syswhy)
    os.environ.setdefault("SYSWHY_DATA", os.path.join(root, "data"))
    kind = ["--kind", "own"] if wish.own else []
    started = time.monotonic()
    asked = [case for case in cases.read_all(os.path.join(root, "bench", "questions")) if case.kind != "held"]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda case: place(syswhy, root, case, kind), asked))
    short = False
    for name, aside in (("seen", False), ("aside", True)):
        mine = [result for result in results if result[0].aside == aside]
        judged = [result for result in mine if result[2] is not None]
        right = sum(1 for result in judged if result[2])
        first = sum(1 for result in judged if result[2] == 1)
        share = 100 * right / len(judged) if judged else 0
        short = short or share < BAR
        print(f"{name:6} recall@{AT} {share:5.1f} % ({right} of {len(judged)}), first {100 * first / max(1, len(judged)):5.1f} %; "
              f"{len(mine) - len(judged)} without a plan or recipe")
        if wish.missed and not aside:
            for case, subject, at, names in judged:
                if not at:
                    print(f"  {case.name:14} {case.question}\n      {subject} is not among {', '.join(names)}")
    print(f"{len(results)} questions in {time.monotonic() - started:.1f} s; the bar is {BAR:.0f} %")
    return 1 if short else 0
