"""The redact bench: how fast ordinary log text is cleaned on one core, and how long the rules take to open."""

import argparse
import json
import os
import random
import resource
import subprocess
import tempfile
import time

from . import measure
from .build import find_syswhy

BAR = 500                   # MB/s
PLANTED = 2000              # one line in so many holds a secret
KERNEL = ("usb 1-1: new high-speed USB device number {n} using xhci_hcd", "EXT4-fs (sda1): mounted filesystem with ordered data mode",
          "audit: type=1400 audit(17000{n}.123:45): apparmor=\"ALLOWED\" operation=\"open\" profile=\"x\" pid={n} comm=\"cat\"",
          "Code: 48 8b 05 21 3c 00 00 48 85 c0 74 12 <48> 8b 00 c3", "RIP: 0033:0x55d0c8{n} RSP: 002b:00007ffd8e{n}",
          "traps: worker[{n}] general protection fault ip:55d0c8f0{n} sp:7ffd8e33 error:0 in server[55d0c8e00000+1f000]")
SERVICE = ("GET /api/v1/items/{n}?page=2&sort=name HTTP/1.1\" 200 {n} \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\" 0.0{n}",
           "request id=req-{n} finished status=200 duration_ms={n} bytes={n} cache=hit route=/items/:id",
           "worker {n}: took job {n} from queue 'mail' after 12 ms, 3 left, retry=0",
           "connection to db:5432 established in 4 ms (pool size 10, idle 7, waiting 0)",
           "WARN slow query ({n} ms): SELECT id, name, price FROM items WHERE category = $1 ORDER BY name LIMIT 50",
           "[{n}] INFO  c.example.orders.OrderService - order {n} confirmed, total 129.90, state=PAID",
           "{{\"level\":\"info\",\"ts\":17000{n}.12,\"caller\":\"server/handler.go:{n}\",\"msg\":\"served\",\"status\":200,\"path\":\"/v1/x\"}}",
           "ERROR failed to open '/var/lib/app/cache/{n}.tmp': No such file or directory (errno 2)",
           "gc {n} @12.345s 0%: 0.018+1.2+0.004 ms clock, 0.14+0.35/1.1/3.0+0.036 ms cpu, 4->4->1 MB, 5 MB goal, 8 P",
           "    at com.example.orders.OrderRepository.findById(OrderRepository.java:{n})",
           "    #3 0x00007f12aa0{n} in handle_request (conn=0x55d0c8f0{n}) at server.c:{n}",
           "token bucket refilled: 100 tokens, key=items:{n}, limit 100/s, session closed by client")


def line(rng, at):
    number = rng.randrange(10000, 99999)
    if rng.random() < 0.25:
        return f"Jan  2 03:{at // 60 % 60:02}:{at % 60:02} web7 kernel: [{at}.{number:06}] {rng.choice(KERNEL).format(n=number)}\n"
    return (f"2024-01-02T03:{at // 60 % 60:02}:{at % 60:02}.{number % 1000:03}+01:00 web7 app[{number}]: "
            f"{rng.choice(SERVICE).format(n=number)}\n")


def log_text(size, secrets):
    """Log lines, of which one in PLANTED assigns a password when `secrets`."""
    rng = random.Random(20)
    out, length, at = [], 0, 0
    while length < size:
        at += 1
        text = f"2024-01-02T03:04:05.000+01:00 web7 app[77]: db_password={rng.getrandbits(64):x}\n" \
            if secrets and at % PLANTED == 0 else line(rng, at)
        out.append(text)
        length += len(text)
    return "".join(out).encode()


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
    """MB/s of processor time, without what starting takes; the middle of several rounds."""
    size = os.path.getsize(source) / 1e6
    starts = measure.middle([seconds(command, env, empty)[0] for _ in range(rounds)])
    return size / (measure.middle([seconds(command, env, source)[0] for _ in range(rounds)]) - starts)


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
            block = log_text(16_000_000, secrets)
            with open(path, "wb") as file:
                for _ in range(max(1, wish.megabytes // 16)):
                    file.write(block)
        clean, full = [syswhy, "redact", "--identity", "off"], [syswhy, "redact"]
        result["compile_ms"] = seconds(clean, env, empty)[1] * 1e3
        print(f"{'the first start, which compiles the rules':44} {result['compile_ms']:9.2f} ms")
        opens = [seconds(clean, env, empty)[1] * 1e3 for _ in range(21)]
        result["open"] = measure.against("a start with the compiled rules, wall", measure.middle(opens), "ms", 50)
        for name, command, source in (("log text", clean, plain), ("log text with secrets", clean, planted),
                                      ("log text, identity too", full, plain)):
            rate = speed(command, env, source, empty, wish.rounds)
            result[name] = {"mb_per_s": rate, "bar": BAR}
            print(f"{name + ', one core':44} {rate:9.0f} MB/s bar {BAR} MB/s{'' if rate >= BAR or 'identity' in name else '  UNDER'}")
    os.makedirs(os.path.join(root, "build", "bench"), exist_ok=True)
    with open(os.path.join(root, "build", "bench", "redact.json"), "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
    return 0
