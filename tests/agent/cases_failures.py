"""Each class of failure, made by real bpftrace on this machine: its class, its exact words, and what goes back to the model."""

import subprocess

from scripted import FINE, NAME, exec_count, plan, program, wrong

EXEC = "tracepoint:sched:sched_process_exec"
OPEN = "tracepoint:syscalls:sys_enter_openat"
KPROBES = subprocess.run(["grep", "-qs", "vfs_read", "/sys/kernel/tracing/available_filter_functions"], check=False).returncode == 0
PMU = subprocess.run(["bpftrace", "-e", "hardware:cache-misses:1000 { exit(); } interval:ms:10 { exit(); }"], capture_output=True, check=False).returncode == 0

# class, words that its message must hold, what the model gives
TABLES = {
    "syntax": [
        ("syntax", "syntax error", program("BEGIN { @runs = count( }")),
        ("syntax", "inside a block", program(EXEC + ' { @runs = "open }')),
        ("syntax", "unexpected map", program(EXEC + ' { @runs = 1 + @a @b }')),
        ("syntax", "syntax error", program(EXEC + " { @ = 1 @x = 2 }")),
        ("syntax", "a '}' is missing", program(EXEC + " { @runs = count();")),
        ("syntax", "no probe with a block", program("I think that this counts it")),
    ],
    "unknown": [
        ("unknown", "tracepoint not found", program("tracepoint:syscalls:sys_enter_opennat { @runs[comm] = count(); }")),
        ("unknown", "a field named 'nofield'", exec_count("str(args->nofield)")),
        ("unknown", "Unknown function: counts", program(EXEC + " { @runs = counts(); }")),
        ("unknown", "Unknown struct", program(EXEC + " { @runs[((struct nosuch *)curtask)->x] = count(); }")),
        ("unknown", "Undefined or undeclared variable", program(EXEC + " { @runs[$nope] = count(); }")),
        ("unknown", "Unknown identifier", program(EXEC + " { @runs[undefined_name] = count(); }")),
        ("unknown", "does not exist", program("uprobe:/bin/nosuch:main { @runs[comm] = count(); }")),
        ("unknown", "No probes to attach", program("uprobe:/bin/bash:nosuch_function { @runs[comm] = count(); }")),
        ("unknown", "there is no subject 'wibbles'", plan(subject="wibbles")),
        ("unknown", "has no frobs", plan(probes=[EXEC], by=["frobs"])),
        ("unknown", "this kernel has no system call wibble", plan(probes=["syscall:wibble"])),
    ],
    "type": [
        ("type", "only supports integer", program(EXEC + " { @runs[comm] = sum(comm); }")),
        ("type", "mismatch", program(EXEC + ' { @runs["x"] = count(); @runs[1] = count(); }')),
        ("type", "mismatch", program(EXEC + " { @runs = count(); @runs = hist(1); }")),
        ("type", "mismatch", program(EXEC + ' { $x = pid; $x = "s"; @runs[$x] = count(); }')),
        ("type", "too many buckets", program(EXEC + " { @runs = lhist(pid, 0, 100000000, 1); }", shows="histogram")),
        ("type", "'many' is none", plan(probes=[EXEC], where=[("pid", "==", "many")])),
    ],
    "verifier": [
        ("verifier", "stack limit", program(OPEN + " { @runs[%s] = count(); }" % ",".join(["str(args->filename)"] * 8))),
    ],
    "wrong keys": [
        ("wrong keys", "2 columns describe one", program(EXEC + " { @runs = count(); }", columns=("process", "pid"))),
        ("wrong keys", "no column describes them", program(EXEC + " { @runs[comm] = count(); }", columns=())),
        ("wrong keys", "of 1 parts, and 2 columns", program(EXEC + " { @runs[pid] = count(); }", columns=("process", "pid"))),
        ("wrong keys", '"shows" says count', program(EXEC + " { @runs[comm] = hist(pid); }")),
        ("wrong keys", '"shows" says histogram', program(EXEC + " { @runs[comm] = count(); }", shows="histogram")),
        ("wrong keys", "@runs is described, and the map @starts", program(EXEC + " { @starts[comm] = count(); }")),
        ("wrong keys", "a tuple of 2 members", program(EXEC + " { print((nsecs, pid)); }", "events", "", ("process", "pid"))),
        ("wrong keys", "text was printed", program(EXEC + ' { printf("%s\\n", comm); }', "events", "")),
        ("no events", "nothing passed", program(EXEC + " /pid == 1/ { @runs[comm] = count(); }")),
        ("no events", "nothing passed", program(EXEC + " { @start[tid] = nsecs; } " + EXEC + " /pid == 1/ { @runs[comm] = count(); }")),
    ],
    "form": [
        ("form", "neither a plan nor", {"plan": None, "program": None, "cannot": None}),
        ("form", "more than one", {**program("BEGIN { }"), "cannot": "it cannot"}),
        ("form", "longer than 16 KiB", program(EXEC + " { @runs[comm] = count(); } //" + "x" * 20000)),
        ("form", "neither a subject nor probes", plan()),
    ],
}
if not KPROBES:
    TABLES["environment"] = [("environment", "kprobe", program("kprobe:vfs_read { @runs[comm] = count(); }")),
                             ("environment", "kprobes", plan(probes=["kernel:vfs_read"]))]
if not PMU:
    TABLES.setdefault("environment", []).append(
        ("environment", "perf_event_open failed", program("hardware:cache-misses:1000 { @runs[comm] = count(); }")))


def judge(table):
    def expect(report, requests, home):
        found = wrong(report["status"] == "ok" and report["attempts"][-1]["class"] == "", f"status {report['status']}: {report['why']}")
        for i, (kind, words, _) in enumerate(table):
            attempt = report["attempts"][i]
            told = requests[i + 1]["body"]["messages"][-1]["content"]
            found += wrong(attempt["class"] == kind, f"{words}: class '{attempt['class']}', wanted '{kind}': {attempt['error']}")
            found += wrong(words in attempt["error"], f"{words} is not in: {attempt['error']}")
            found += wrong(f"({kind})" in told and words in told, f"the model was not told '{words}': {told}")
        return found
    return expect


CASES = [{"name": f"failures: {name}", "code": 0, "expect": judge(table), "more": ["--attempts", str(len(table) + 1)],
          "watch": ["bash", "-c", f"cp /bin/true {NAME}; sleep 0.3; for i in 1 2 3; do ./{NAME}; done; sleep 0.3"],
          "say": [given for _, _, given in table] + [exec_count(), FINE]} for name, table in TABLES.items()]


def only_environment(report, requests, home):
    return (wrong(report["status"] == "cannot", f"status {report['status']}: {report['why']}")
            + wrong("cannot show it so" in report["why"], report["why"]))


if "environment" in TABLES:
    CASES.append({"name": "failures: what the machine cannot do is no fault of the program", "code": 8, "expect": only_environment,
                  "more": ["--attempts", "1"], "say": [TABLES["environment"][0][2]]})
