"""The tools bench: questions as people ask them, and the tool and arguments that must be chosen for each."""

import argparse
import json
import os
import subprocess

from .build import find_syswhy


def read(path):
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        question, _, rest = line.partition("=>")
        tools, _, words = rest.partition(" : ")
        yield number, question.strip(), [tool.strip() for tool in tools.split("|")], words.split()


def wrong(got, tools, words):
    """What is not as expected, or None. A tool that is not here is judged by the candidates."""
    if got.get("tool") is None:
        best = (got.get("candidates") or [None])[0]
        return None if best in [tool.removesuffix(".bt") for tool in tools] else f"found {best}, which cannot run"
    if not any(got["tool"] in (tool, tool + ".bt", tool + "-bpfcc") for tool in tools):
        return f"took {got['tool']}"
    if got["tool"].endswith(".bt"):
        return None  # these take no arguments
    for word in words:
        if word.startswith("!") and word[1:] in got["argv"]:
            return f"{word[1:]} stands in {got['argv'][1:]}"
        if not word.startswith("!") and word not in got["argv"]:
            return f"{word} is missing in {got['argv'][1:]}"
    return None


def main(root, arguments):
    parser = argparse.ArgumentParser(prog="dev bench tools", description=__doc__)
    parser.add_argument("--syswhy", help="the program to ask (default build/syswhy)")
    wish = parser.parse_args(arguments)
    syswhy = find_syswhy(root, wish.syswhy)
    right = 0
    rows = list(read(os.path.join(root, "bench", "tools", "tools.q")))
    sleeper = subprocess.Popen(["sleep", "600"])
    try:
        for number, question, tools, words in rows:
            here = [text.replace("{pid}", str(sleeper.pid)) for text in [question, *words]]
            out = subprocess.run([syswhy, "tool", "--json", "--print", here[0]], capture_output=True, text=True, timeout=60)
            try:
                why = wrong(json.loads(out.stdout), tools, here[1:])
            except ValueError:
                why = "no JSON: " + (out.stdout + out.stderr)[-200:]
            right += why is None
            if why:
                print(f"bench/tools/tools.q:{number}: {question!r}: {why}")
    finally:
        sleeper.kill()
        sleeper.wait()
    print(f"{right} of {len(rows)} questions found their tool and its arguments ({100 * right / len(rows):.1f} %)")
    folder = os.path.join(root, "build", "bench")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "tools.json"), "w", encoding="utf-8") as file:
        json.dump({"questions": len(rows), "right": right}, file)
    return 0 if right >= 0.95 * len(rows) else 1
