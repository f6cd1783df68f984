"""The llm bench: many requests to a server that answers in 200 ms. Wall time against the ideal, CPU a request, peak memory."""

import argparse
import json
import os
import subprocess
import sys
import tempfile

DELAY, REQUESTS, IN_FLIGHT = 0.2, 64, 16


def build_client(root, folder):
    """The client of tests/llm, optimised, from the same sources."""
    client = os.path.join(folder, "client")
    sources = [os.path.join(root, "src", part, name) for part in ("llm", "base") for name in sorted(os.listdir(os.path.join(root, "src", part)))
               if name.endswith(".c")]
    subprocess.run(["cc", "-std=gnu17", "-O2", "-D_GNU_SOURCE", '-DSYSWHY_VERSION="bench"', '-DSYSWHY_DATADIR="/nowhere"', "-I", os.path.join(root, "src"),
                    os.path.join(root, "tests/llm/client.c"), *sources, "-ljansson", "-lm", "-o", client], check=True)
    return client


def one(root, client, port, folder, requests):
    os.makedirs(f"{folder}/config/syswhy", exist_ok=True)
    with open(f"{folder}/config/syswhy/config", "w", encoding="utf-8") as file:
        file.write(f"retries = 0\n[endpoint bench]\nbase-url = http://127.0.0.1:{port}/v1\n[model m]\nendpoint = bench\n")
    env = {"PATH": os.environ["PATH"], "HOME": folder, "XDG_CONFIG_HOME": f"{folder}/config", "XDG_CACHE_HOME": f"{folder}/cache",
           "SYSWHY_DATA": f"{root}/data"}
    ask = {"turns": [{"role": "user", "text": "why? ", "repeat": 400}], "requests": requests, "concurrent": IN_FLIGHT}
    ran = subprocess.run([client], input=json.dumps(ask).encode(), capture_output=True, env=env, timeout=60, check=True)
    result = json.loads(ran.stdout)
    answered = sum(a["end"] == "stop" and a["text"].startswith("word ") for a in result["answers"])
    if answered != requests:
        raise SystemExit(f"only {answered} of {requests} requests were answered")
    return result


def main(root, arguments):
    parser = argparse.ArgumentParser(prog="dev bench llm", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    sys.path.insert(0, os.path.join(root, "tests/llm"))
    from server import Server       # the tests' scripted server
    events = [{"choices": [{"index": 0, "delta": {"content": "word "}}]} for _ in range(50)] + \
             [{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]
    with tempfile.TemporaryDirectory() as folder:
        client = build_client(root, folder)
        server = Server([{"events": events, "first": DELAY}])
        runs = [one(root, client, server.port, folder, REQUESTS) for _ in range(asked.runs)]
        start = [one(root, client, server.port, folder, 1) for _ in range(asked.runs)]
        server.close()
    ideal = DELAY * REQUESTS / IN_FLIGHT
    best = sorted(runs, key=lambda r: r["seconds"])[len(runs) // 2]
    base = sorted(r["cpu_seconds"] for r in start)[len(start) // 2]
    result = {"requests": REQUESTS, "in_flight": IN_FLIGHT, "ideal_seconds": ideal, "seconds": round(best["seconds"], 4),
              "ratio": round(best["seconds"] / ideal, 4), "cpu_ms_per_request": round(1e3 * best["cpu_seconds"] / REQUESTS, 3),
              "cpu_ms_per_further_request": round(1e3 * (best["cpu_seconds"] - base) / (REQUESTS - 1), 3),
              "peak_mib": round(max(r["peak_kib"] for r in runs) / 1024, 1), "peak_in_flight": server.peak}
    good = result["ratio"] < 1.1 and result["cpu_ms_per_request"] < 1 and result["peak_mib"] < 30
    if asked.json:
        print(json.dumps(result))
    else:
        print(f"{REQUESTS} requests, {IN_FLIGHT} in flight, a server of {DELAY * 1e3:.0f} ms (median of {asked.runs} runs)\n"
              f"  wall   {result['seconds']:.3f} s, {result['ratio']:.3f} of the ideal {ideal:.1f} s   (bar: under 1.1)\n"
              f"  CPU    {result['cpu_ms_per_request']:.3f} ms a request with the start, {result['cpu_ms_per_further_request']:.3f} ms a further one   (bar: under 1)\n"
              f"  memory {result['peak_mib']:.1f} MiB at its peak   (bar: under 30)")
    return 0 if good else 1
