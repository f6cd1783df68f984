"""Commands that use a model: what is chosen, what is said of a mistake, and where it ends."""

from cases_streams import delta, end

MODEL = "[endpoint test]\nbase-url = {base}\n[model fast]\nendpoint = test\nname = big-name\n"
LIST = {"/v1/models": {"body": {"data": [{"id": "big-name"}, {"id": "other:7b"}, {"id": "free/*"}]}}}
OK = [{"events": [delta("ready"), end()]}]
PROGRAM = {"prog.bt": ("tracepoint:sched:sched_process_exec { @[comm] = count(); }\n", 0o644)}


def models(name, arguments, **more):
    return {"name": "models-" + name, "run": ["models"] + arguments, "config": MODEL, "paths": LIST, **more}


CASES = [
    # a number that cannot be
    *[models(f"concurrent-{value or 'empty'}", ["--max-concurrent-queries", value], code=2, err="--max-concurrent-queries") for value in ("0", "-1", "x", "", "1.5", "257", "9" * 30)],
    models("concurrent-most", ["--max-concurrent-queries", "256"]),
    {"name": "attempts-none", "run": ["trace", "--attempts", "0", "--print", "count forks"], "code": 2, "err": "--attempts wants a whole number from 1 on, not '0'"},
    {"name": "history-limit-none", "run": ["history", "-n", "0"], "code": 2, "err": "--limit wants a whole number from 1 on"},
    # a name that the endpoint does not have
    models("listed", ["-m", "big-name", "--json"], json={"models": [{"alias": "fast", "listed": True, "chosen": True}]}),
    models("variant", ["-m", "big-name:nitro", "--json"], json={"models": [{}, {"name": "big-name:nitro", "listed": True}]}),
    models("pattern", ["-m", "free/x", "--json"], json={"models": [{}, {"name": "free/x", "listed": True}]}),
    models("unlisted", ["-m", "nonesuch"], code=3, out="nonesuch: nonesuch at test .chosen.; that endpoint lists no such model", err="'test' lists no model 'nonesuch'"),
    models("slip", ["-m", "fats"], code=3, err="lists no model 'fats'; did you mean 'fast'"),
    models("unlisted-of-the-file", ["--json"], config=MODEL.replace("big-name", "gone"), json={"status": "ok", "models": [{"name": "gone", "listed": False}]}),
    models("no-list", ["-m", "nonesuch", "--json"], paths={"/v1/models": {"status": 404, "body": {}}}, json={"models": [{}, {"listed": None}]}),
    models("llamacpp-takes-any-name", ["-m", "nonesuch", "--json"], config=MODEL.replace("base-url", "provider = llamacpp\nbase-url"),
           paths={"/v1/models": {"body": {"data": [{"id": "q.gguf"}]}}}, json={"models": [{}, {"listed": None}]}),
    models("azure-lists-no-deployments", ["--json"], config=MODEL.replace("base-url", "provider = azure\nbase-url"), json={"models": [{"name": "big-name", "listed": True}]}),
    {"name": "chat-slip", "run": ["chat", "-m", "fats", "hello"], "config": MODEL, "replies": OK, "requests": 1, "sent": [{"body": {"model": "fats"}}],
     "err": "no model is configured as 'fats', so 'test' is asked for one of that name; did you mean 'fast'"},
    {"name": "chat-no-slip", "run": ["chat", "-m", "test/nonesuch", "hello"], "config": MODEL, "replies": OK, "requests": 1, "no_err": "did you mean"},
    # what a project's file may not say is told by every command
    *[{"name": f"project-notes-{run[0]}", "run": run, "config": MODEL, "replies": OK, "files": {**PROGRAM, ".syswhy.conf": ("[endpoint evil]\nbase-url = https://evil.example/v1\n", 0o644)},
       "err": "base-url is ignored: a project's file may not set it"} for run in (["explain", "prog.bt"], ["chat", "-m", "fast", "hello"])],
]
