"""The question bench: asks every question of bench/questions/*.q and reports right, verdict and wrong by area."""

import argparse
import concurrent.futures
import json
import os
import signal
import sys
import time

from . import cases, runner
from .build import build_work, find_syswhy

OUTCOMES = ("right", "verdict", "wrong", "broken", "skipped")


def choose(everything, wish):
    chosen = [case for case in everything if not wish.area or case.area == wish.area]
    kinds = {kind for kind in ("fresh", "held") if getattr(wish, kind)}
    if kinds:
        chosen = [case for case in chosen if case.kind in kinds]
    elif wish.aside or wish.seen:
        chosen = [case for case in chosen if case.aside == wish.aside and not case.kind]
    if wish.only:
        chosen = [case for case in chosen if wish.only in case.question or wish.only == case.name]
    return chosen


def shown(case, wish):
    """Fresh and held questions are shown only to those who ask for them: by accident nobody shall learn them."""
    return not case.kind or getattr(wish, case.kind) or wish.only == case.name


def show_list(chosen, wish):
    for case in chosen:
        if shown(case, wish):
            print(f"{case.name:16} {'aside ' if case.aside else '      '}{case.question}")
    chinese = sum(case.chinese for case in chosen)
    aside = sum(case.aside for case in chosen)
    print(f"{len(chosen)} questions, {chinese} Chinese, {aside} kept aside")


def ask_all(bench, chosen):
    """Two at a time where workloads cannot disturb each other, then the others alone."""
    results = {}

    def one(case):
        if bench.stopping.is_set():
            return
        started = time.monotonic()
        result = runner.Run(bench, case).run()
        if bench.stopping.is_set():
            return
        result["seconds"] = round(time.monotonic() - started, 2)
        results[case.name] = result
        if sys.stdout.isatty():
            print(f"\r{len(results)}/{len(chosen)} {case.name:20}", end="", flush=True)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(one, case) for case in chosen if not case.alone]
        for job in jobs:
            job.result()
    for case in chosen:
        if case.alone:
            one(case)
    return results


def share(part, whole):
    return f"{100 * part / whole:5.1f} %" if whole else "    –"


def table(chosen, results):
    print(f"\n{'area':12} {'asked':>6}" + "".join(f"{outcome:>9}" for outcome in OUTCOMES) + "   right")
    groups = [(area, [case for case in chosen if case.area == area]) for area in sorted({case.area for case in chosen})]
    groups += [("seen", [case for case in chosen if not case.aside]),
               ("aside", [case for case in chosen if case.aside and not case.kind]),
               ("fresh", [case for case in chosen if case.kind == "fresh"]),
               ("held", [case for case in chosen if case.kind == "held"]),
               ("Chinese", [case for case in chosen if case.chinese]), ("all", chosen)]
    summary = {}
    for name, group in groups:
        found = [results[case.name]["outcome"] for case in group if case.name in results]
        counts = {outcome: found.count(outcome) for outcome in OUTCOMES}
        judged = counts["right"] + counts["verdict"] + counts["wrong"]
        if name == "seen":
            print("-" * 75)
        print(f"{name:12} {len(found):6}" + "".join(f"{counts[outcome]:9}" for outcome in OUTCOMES)
              + "  " + share(counts["right"], judged))
        summary[name] = {"asked": len(found), **counts}
    return summary


def details(chosen, results, wish):
    for outcome in ("wrong", "verdict", "broken", "skipped"):
        some = [case for case in chosen if shown(case, wish) and results.get(case.name, {}).get("outcome") == outcome]
        if some:
            print(f"\n{outcome}:")
        for case in some:
            print(f"  {case.name:16} {case.question}\n      {results[case.name]['reason'][:400]}")


def main(root, arguments):
    parser = argparse.ArgumentParser(prog="dev bench questions", description=__doc__)
    parser.add_argument("area", nargs="?")
    parser.add_argument("--aside", action="store_true", help="only the quarter kept aside while vocabulary is written")
    parser.add_argument("--seen", action="store_true", help="only the others")
    parser.add_argument("--fresh", action="store_true", help="only those of AREA.fresh.q, on which nothing was tuned")
    parser.add_argument("--held", action="store_true", help="only those of AREA.held.q, the same of a later day")
    parser.add_argument("--only", metavar="TEXT", help="only questions that hold TEXT, or AREA:LINE")
    parser.add_argument("--list", action="store_true", help="show the questions and ask none")
    parser.add_argument("--syswhy", help="the program to ask (default build/syswhy)")
    parser.add_argument("--summary", action="store_true", help="the table without the reasons, so that what is aside stays aside")
    wish = parser.parse_args(arguments)
    chosen = choose(cases.read_all(os.path.join(root, "bench", "questions")), wish)
    if wish.list:
        show_list(chosen, wish)
        return 0
    if not chosen:
        raise SystemExit("no such question; see --list")
    bench = runner.Bench(root, find_syswhy(root, wish.syswhy), build_work(root))

    def stop(*_):
        print("\nstopping", flush=True)
        bench.stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    started = time.monotonic()
    results = ask_all(bench, chosen)
    if not wish.summary:
        details(chosen, results, wish)
    summary = table(chosen, results)
    print(f"{time.monotonic() - started:.0f} s; answers are in {os.path.join(bench.output, 'answers')}")
    with open(os.path.join(bench.output, "questions.json"), "w", encoding="utf-8") as file:
        json.dump({"areas": summary, "questions": [
            {"name": case.name, "question": case.question, "aside": case.aside, **results[case.name]}
            for case in chosen if case.name in results]}, file, indent=1, ensure_ascii=False)
    if not os.listdir(bench.folder):
        os.rmdir(bench.folder)
    return 0
