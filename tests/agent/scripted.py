"""A scripted model: what it says, and the helpers that cases judge a report with.

A case: say (the model's answers in their order: an object is an answer by schema, a list is tool calls, a number an HTTP
status, a string plain text, {"reply": …} the server's own), question, more (further arguments), watch (the command), code, expect (a function of the report,
the requests and the folder of the run, which gives complaints)."""

import json
import os

CONFIG = """retry-delay = 0.01
local-models = no
[endpoint test]
provider = compatible
protocol = chat
base-url = http://127.0.0.1:{port}/v1
[model m]
endpoint = test
name = model-1
context = 100000
"""
QUESTION = "count frobnicated wibbles by process"
NAME = f"wibble{os.getpid()}"    # no other program that runs meanwhile has it
BUSY = ["--for", "4", "--", "bash", "-c", f"cp /bin/true {NAME}; sleep 0.5; for i in 1 2 3 4 5 6 7; do ./{NAME}; done; sleep 0.5"]


def program(text, shows="count", result_map="@runs", columns=("process",)):
    return {"plan": None, "cannot": None, "program": {
        "watches": "programs started", "text": text, "shows": shows, "map": result_map, "unit": "starts",
        "columns": [{"name": c, "type": "text", "unit": ""} for c in columns]}}


def exec_count(field="comm"):
    return program("tracepoint:sched:sched_process_exec { @runs[%s] = count(); }" % field)


FINE = {"relates": True, "reason": "", "claims": ["The shell started seven programs named true [1].", "That is normal for a loop.",
                                                  "This one cites what is not there [9]."],
        "confirm": "the same count from the shell's history", "refute": "a run in which the shell does not loop."}
UNRELATED = {"relates": False, "reason": "this counts starts, not wibbles", "claims": [], "confirm": "", "refute": ""}


def reply(said, number):
    if isinstance(said, dict) and "reply" in said:
        return said["reply"]
    if isinstance(said, list):
        delta = {"tool_calls": [{"index": i, "id": f"call{number}-{i}", "type": "function",
                                 "function": {"name": name, "arguments": json.dumps(arguments)}}
                                for i, (name, arguments) in enumerate(said)]}
        end = "tool_calls"
    elif isinstance(said, str):
        delta, end = {"content": said}, "stop"
    elif isinstance(said, int):
        return {"status": said, "body": {"error": {"message": "the scripted server fails"}}}
    else:
        delta, end = {"content": json.dumps(said)}, "stop"
    return {"events": [{"model": "model-1", "choices": [{"index": 0, "delta": {"role": "assistant", **delta}}]},
                       {"choices": [{"index": 0, "delta": {}, "finish_reason": end}]}]}


def stages(report):
    return [a["stage"] for a in report["attempts"]]


def wrong(condition, complaint):
    return [] if condition else [complaint]


def tool_results(request):
    return [m["content"] for m in request["body"]["messages"] if m["role"] == "tool"]


def plan(subject="", probes=(), measure="count", value="", by=(), where=(), starts=(), pair="", **show):
    return {"program": None, "cannot": None, "plan": {
        "subject": subject, "probes": list(probes), "starts": list(starts), "pair": pair, "measure": measure, "value": value, "by": list(by),
        "where": [{"role": r, "is": i, "value": v} for r, i, v in where],
        "show": {"top": 0, "interval": 0, "per_second": False, "seconds": 0, "events": 0, "columns": [], **show}}}
