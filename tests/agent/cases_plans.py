"""A model's plans: written by the planner's generator, run with its fallbacks, held to the same rules."""

import os

from scripted import FINE, NAME, plan, stages, wrong

EXEC = "tracepoint:sched:sched_process_exec"
READS = f"printf 'aaaaaaaaaa' > f; cp /bin/cat {NAME}; sleep 0.5; for i in 1 2 3 4 5; do ./{NAME} f > /dev/null; ./{NAME} absent 2>/dev/null; done; sleep 0.5"
WATCH = ["bash", "-c", READS]


def rows(report):
    return {tuple(r["key"]): r.get("value", r.get("buckets")) for r in report["result"]["maps"][0]["rows"]}


def case(name, given, judge, **more):
    def expect(report, requests, home):
        return (wrong(report["status"] == "ok" and report["engine"] == "model", f"status {report['status']}: {report['why']} {report['attempts']}")
                + wrong(stages(report)[-1] == "done", f"stages {stages(report)}") + judge(report))
    return {"name": f"plan: {name}", "code": 0, "expect": expect, "watch": WATCH, "say": [given, FINE], **more}


def counted(report):
    return (wrong(rows(report).get((NAME,)) == 10, f"rows {rows(report)}") + wrong(report["plan"]["subject"] == "proc.exec", f"{report['plan']}")
            + wrong("[1]" in report["answer"], report["answer"]))


def failed_opens(report):
    return wrong(rows(report) == {(NAME, "absent", "ENOENT"): 5}, f"rows {rows(report)}")


def each(report):
    events = [e for e in report["result"]["events"] if e["filename"].endswith(NAME)]
    return (wrong(len(events) == 10 and all(e["process"] == NAME and e["pid"] > 1 for e in events), f"{report['result']['events']}"))


def total(report):
    return wrong(rows(report).get((NAME,)) == 50 and report["result"]["maps"][0]["kind"] == "sum", f"{report['result']['maps']}")


def latency(report):
    (buckets,) = [v for k, v in rows(report).items() if k == (NAME,)]
    return wrong(sum(b["count"] for b in buckets) == 10, f"{buckets}") + wrong(report["result"]["maps"][0]["unit"] in ("ns", "us"), f"{report['result']['maps']}")


def stacks(report):
    keys = [r["key"] for r in report["result"]["maps"][0]["rows"]]
    return wrong(keys and any(isinstance(part, list) and part for part in keys[0]), f"{keys[:2]}")


def cannot(report, requests, home):
    return (wrong(report["status"] == "cannot" and report["engine"] == "offline" or "no PMU" in report["why"], report["why"])
            + wrong("The model says that this machine cannot show it: there is no PMU" in report["why"], report["why"])
            + wrong(len(requests) == 1, f"{len(requests)} requests"))


def hostile(report, requests, home):
    errors = [a["error"] for a in report["attempts"]]
    return (wrong(report["status"] != "ok" and not os.path.exists(f"{home}/owned"), f"status {report['status']}")
            + wrong(all("not the name of one probe" in e for e in errors[:3]), f"{errors}")
            + wrong(not any(a["program"].startswith("tracepoint") for a in report["attempts"]), "a program was written of it"))


def quoted(report, requests, home):
    return (wrong(not os.path.exists(f"{home}/owned"), "a file was written")
            + wrong(stages(report)[0] == "empty", f"stages {stages(report)}")
            + wrong('\\"; system' in report["attempts"][0]["program"], report["attempts"][0]["program"]))


def helped(report, requests, home):
    return (wrong(report["status"] == "failed" and "does not hold here: this kernel has no system call wibble." in report["why"], report["why"])
            + wrong(any("Not understood" in n and "The nearest questions that work" in n for n in report["notes"]), f"{report['notes']}"))


def fell_back(report):
    first = report["attempts"][0]
    return (wrong(stages(report) == ["compile", "done"] and first["class"] == "unknown" and "nosuch_function" in first["program"], f"{report['attempts']}")
            + wrong(rows(report).get((NAME,)) == 10 and "nosuch_function" not in report["program"], f"rows {rows(report)}"))


def no_way_left(report, requests, home):
    told = requests[1]["body"]["messages"][-1]["content"]
    return (wrong(report["status"] == "failed" and stages(report) == ["compile", "compile", "compile", "compile"], f"{report['status']}, {stages(report)}")
            + wrong("Unknown function" in told, told))


TWO_WAYS = """
subject test.two.ways
say     frobnicate twice in two ways
what    programs executed
unit    executions
measure count
by      process
ask     frobnicate twice in two ways
way     event tracepoint:sched:sched_process_exec
	where nosuch_function(pid) == 1
way     %s
"""
CASES = [
    case("a way that does not run is followed by the next", plan("test.two.ways", by=["process"], where=[("process", "==", NAME)]), fell_back,
         vocabulary=TWO_WAYS % "event tracepoint:sched:sched_process_exec"),
    {"name": "plan: when no way is left the model hears it", "code": 1, "expect": no_way_left, "more": ["--attempts", "2"],
     "vocabulary": TWO_WAYS % "event tracepoint:sched:sched_process_exec\n\twhere nosuch_other(pid) == 1", "say": [plan("test.two.ways", by=["process"])] * 2},
    {"name": "plan: what does not hold leaves questions that work", "code": 1, "expect": helped, "more": ["--attempts", "1"], "say": [plan(probes=["syscall:wibble"])]},
    case("a subject of the vocabulary", plan("proc.exec", by=["process"], where=[("process", "==", NAME)]), counted),
    case("a system call with its error", plan(probes=["syscall:openat"], by=["process", "file", "error"],
                                              where=[("error", "==", "ENOENT"), ("process", "==", NAME), ("file", "==", "absent")]), failed_opens),
    case("each event of a tracepoint", plan(probes=[EXEC], measure="events", columns=["process", "pid", "filename"]), each),
    case("a sum of a system call's result", plan(probes=["syscall:read"], measure="sum", value="ret", by=["process"],
                                                 where=[("process", "==", NAME), ("ret", ">", "0"), ("ret", "<", "11")]), total),
    case("the latency between two probes", plan(probes=["tracepoint:sched:sched_process_exit"], starts=[EXEC], measure="histogram", value="latency",
                                                by=["process"], where=[("process", "==", NAME)]), latency),
    case("stacks", plan(probes=[EXEC], measure="stacks", where=[("process", "==", NAME)]), stacks),
    {"name": "plan: the model says that it cannot be shown", "code": 8, "expect": cannot,
     "say": [{"plan": None, "program": None, "cannot": "there is no PMU"}]},
    {"name": "plan: names that are more than names are refused", "code": 1, "expect": hostile, "more": ["--attempts", "3"], "say": [
        plan(probes=['tracepoint:a:b { system("touch {home}/owned"); } tracepoint:c:d']), plan(probes=["software:faults:1 /cat(\"/etc/shadow\")/"]),
        plan(probes=["tracepoint:sched:*"])]},
    {"name": "plan: text of a condition stays text", "code": 1, "expect": quoted, "more": ["--attempts", "1"],
     "say": [plan(probes=[EXEC], by=["process"], where=[("process", "==", '"; system("x'), ("filename", "==", '"); system("touch {home}/owned'[:60])])]},
]
