"""Checks the workloads themselves against hand-written bpftrace (bench/workloads/truth*): the truth must be true."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import tempfile

from . import checks
from .build import build_work
from .runner import Workload, Broken

BATCH = 12


class Line:
    """WORKLOAD | PROBE | FILTER | VALUE | LO..HI: VALUE is a map function; a filter of `any` sees every process."""

    def __init__(self, name, text):
        fields = [field.strip() for field in text.split(" | ")]
        if len(fields) != 5:
            raise SystemExit(f"{name}: five fields are wanted, between ' | '")
        self.work, self.probe, self.filter, self.value, self.span = fields
        self.name = name
        self.filter = self.filter.replace("{name}", name)

    def clause(self):
        mine = f'comm == "{self.name}"'
        where = {"-": mine, "any": ""}.get(self.filter, f"{mine} && ({self.filter})")
        if self.filter.startswith("any "):
            where = self.filter[4:]
        where = f"/{where}/" if where else ""
        return f"{self.probe} {where} {{ @{self.name} = {self.value}; }}"


def measure(lines, work, folder, port):
    """One bpftrace for all the lines; each workload runs once, one after another."""
    fill = {"tmp": folder, "work": work}
    clauses = "\n".join(line.clause() for line in lines)
    works = []
    for index, line in enumerate(lines):
        values = {**fill, "port": str(port + index)}
        words = line.work
        for name, value in values.items():
            words = words.replace("{" + name + "}", value)
        place = os.path.join(folder, line.name)
        os.mkdir(place)
        words = words.replace(folder, place).split()
        item = Workload(work, [line.name] + words, place)
        item.wait_ready()
        works.append(item)
        clauses = clauses.replace("{pid:" + line.name + "}", str(item.process.pid))
    for name, value in fill.items():
        clauses = clauses.replace("{" + name + "}", value)
    script = 'BEGIN { printf("live\\n"); }\n' + clauses
    tracer = subprocess.Popen(["bpftrace", "-f", "json", "-e", script], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, start_new_session=True)
    try:
        for out in tracer.stdout:
            if b"live" in out:
                break
        else:
            raise Broken(f"bpftrace: {tracer.stderr.read().decode()[-600:]}\n{script}")
        for item in works:
            item.go()
            for _ in range(600):
                if b"done" in item.said or b"failed" in item.said:
                    break
                item.thread.join(0.01)
        tracer.send_signal(signal.SIGINT)
        out, _ = tracer.communicate(timeout=20)
    finally:
        if tracer.poll() is None:
            tracer.kill()
        for item in works:
            item.end()
    found = {}
    for text in out.splitlines():
        try:
            record = json.loads(text)
        except ValueError:
            continue            # blank lines, which 0.17 prints at its end
        for name, value in (record.get("data") or {}).items() if isinstance(record.get("data"), dict) else ():
            found[name.lstrip("@")] = value
    said = {line.name: item.said.decode().split() for line, item in zip(lines, works)}
    return found, said


def batches(lines):
    """Those that see every process run alone, as the others would be seen too."""
    mine = [line for line in lines if not line.filter.startswith("any")]
    for first in range(0, len(mine), BATCH):
        yield mine[first:first + BATCH]
    for line in lines:
        if line.filter.startswith("any"):
            yield [line]


def main(root, arguments):
    parser = argparse.ArgumentParser(prog="dev bench truth", description=__doc__)
    parser.add_argument("--only", metavar="TEXT")
    wish = parser.parse_args(arguments)
    lines = []
    for stem, name in (("wt", "truth"), ("wf", "truth.fresh"), ("wh", "truth.held")):
        with open(os.path.join(root, "bench", "workloads", name), encoding="utf-8") as file:
            for number, text in enumerate(file, 1):
                if text.strip() and not text.startswith("#") and (not wish.only or wish.only in text):
                    lines.append(Line(f"{stem}{number}", text.strip()))
    work, bad, port = build_work(root), 0, 30000 + os.getpid() % 1000 * 20
    for batch in batches(lines):
        folder = tempfile.mkdtemp(prefix="truth-", dir=os.path.join(root, "build", "bench"))
        try:
            found, said = measure(batch, work, folder, port)
        except Broken as broken:
            print(f"broken: {broken}")
            bad += len(batch)
            continue
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        for line in batch:
            value = found.get(line.name, 0)
            low, high, _ = checks.bounds(line.span)
            if "done" not in said[line.name] or not isinstance(value, (int, float)) or not low <= value <= high:
                bad += 1
                print(f"{line.name}: {line.work} | {line.probe}: {value}, not {line.span} ({' '.join(said[line.name])})")
    print(f"{len(lines) - bad} of {len(lines)} workloads are true")
    return 1 if bad else 0
