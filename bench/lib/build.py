"""Finds what the benches drive: the built syswhy, and the workload program (built here when it is older than its source)."""

import glob
import os
import subprocess

FLAGS = ["-std=gnu17", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fno-omit-frame-pointer",
         "-fno-optimize-sibling-calls", "-pthread"]


def build_work(root):
    sources = sorted(glob.glob(os.path.join(root, "bench", "workloads", "*.c")))
    headers = glob.glob(os.path.join(root, "bench", "workloads", "*.h"))
    out = os.path.join(root, "build", "bench", "work")
    newest = max(os.path.getmtime(path) for path in sources + headers)
    if not os.path.exists(out) or os.path.getmtime(out) < newest:
        os.makedirs(os.path.dirname(out), exist_ok=True)
        subprocess.run(["gcc"] + FLAGS + ["-o", out + ".new"] + sources, check=True)
        os.replace(out + ".new", out)
    return out


def find_syswhy(root, named=None):
    path = os.path.abspath(named) if named else os.path.join(root, "build", "syswhy")
    if not os.access(path, os.X_OK):
        raise SystemExit(f"'{path}' is not there: build it with ./dev build, or name one with --syswhy")
    return path
