"""Reads question files: one block a question, one word and its value a line.

AREA.q holds the questions of an area; AREA.fresh.q and AREA.held.q those written later, which nobody who tunes has
seen.
"""

import os
import shlex

WORDS = ("?", "work", "shell", "before", "after", "check", "with", "for", "needs", "alone", "aside", "print")


class Case:
    """One question, its workload and what a right answer holds."""

    def __init__(self, area, question, file, line):
        self.area, self.question, self.file, self.line = area, question, file, line
        self.works, self.shells, self.before, self.after = [], [], [], []
        self.checks, self.options, self.needs = [], [], []
        self.seconds, self.alone, self.aside, self.print = 2, False, False, False

    @property
    def name(self):
        return f"{os.path.basename(self.file)[:-2]}:{self.line}"

    @property
    def kind(self):
        """`fresh` or `held` for what nobody who tunes may read, else nothing."""
        name = os.path.basename(self.file).split(".")
        return name[1] if len(name) > 2 else ""

    @property
    def chinese(self):
        return any("\u4e00" <= letter <= "\u9fff" for letter in self.question)

    def take(self, word, rest):
        if word == "work":
            self.works.append(shlex.split(rest))
        elif word == "shell":
            self.shells.append(rest)
        elif word in ("before", "after"):
            getattr(self, word).append(rest)
        elif word == "check":
            self.checks.append([shlex.split(part) for part in rest.split(" || ")])
        elif word == "with":
            self.options += shlex.split(rest)
        elif word == "for":
            self.seconds = float(rest)
        elif word == "needs":
            self.needs += rest.split()
        else:
            setattr(self, word, True)


def read_file(path):
    area = os.path.basename(path).split(".")[0]
    cases = []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            word, _, rest = line.partition(" ")
            rest = rest.strip()
            if word not in WORDS or (word != "?" and not cases):
                raise SystemExit(f"{path}:{number}: '{word}' is not one of: {' '.join(WORDS)}")
            if word == "?":
                cases.append(Case(area, rest, path, number))
            else:
                cases[-1].take(word, rest)
    for case in cases:
        if not case.checks:
            raise SystemExit(f"{path}:{case.line}: the question has no check")
        if case.kind and not case.aside:
            raise SystemExit(f"{path}:{case.line}: a {case.kind} question is kept aside: write `aside`")
    return cases


def read_all(folder):
    cases = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".q"):
            cases += read_file(os.path.join(folder, name))
    return cases
