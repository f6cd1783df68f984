"""Commands that use a model: what is chosen, what is said of a mistake, and where it ends."""

from cases_streams import delta, end

MODEL = "[endpoint test]\nbase-url = {base}\n[model fast]\nendpoint = test\nname = big-name\n"
LIST = {"/v1/models": {"body": {"data": [{"id": "big-name"}, {"id": "other:7b"}, {"id": "free/*"}]}}}
OK = [{"events": [delta("ready"), end()]}]
PROGRAM = {"prog.bt": ("tracepoint:sched:sched_process_exec { @[comm] = count(); }\n", 0o644), "begin.bt": ('BEGIN { printf("\u7f3a\u9875\\n"); }\n', 0o644)}


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
    # what a dry run shows is what is sent
    *[{"name": f"dry-{name}", "run": run, "config": MODEL.replace("base-url", "key-env = MY_KEY\nheader = X-Team: a\nbase-url") + "context = 32768\n", "env": {"MY_KEY": "KEY-ONE-1", "SYSWHY_MODEL": "fast"}, "dry": True,
       "replies": OK, "paths": LIST, "files": PROGRAM, "code": code, "no_out": "KEY-ONE", **more} for name, run, code, more in (
          ("chat", ["chat", "what is \u7f3a\u9875, and \"why\"? \u202e\x1b[31m \\ \U0001f41d"], 0, {}), ("chat-of-a-text", ["chat", "what went wrong"], 0, {"stdin": b"oom\0killer \xff\xfe\n" * 50}),
          ("explain", ["explain", "--engine", "model", "begin.bt"], 4, {}), ("models", ["models", "--test"], 0, {}),
          ("trace", ["trace", "--engine", "model", "--attempts", "1", "count frobnicated wibbles of AKIAQ3EGPRHN7YZ2WXLK"], 1, {}))],
    # What an answer took that was sent back for its form is counted, too.
    {"name": "usage-of-what-was-sent-back", "run": ["explain", "--engine", "model", "--no-measure", "--json", "prog.bt"], "config": MODEL, "files": PROGRAM, "requests": 2,
     "replies": [{"events": [delta(text), end(), {"choices": [], "usage": {"prompt_tokens": tokens, "completion_tokens": 3}}]} for text, tokens in (("no form", 1000), ('{"claims":["It counts."]}', 1100))],
     "json": {"usage": {"requests": 2, "uncounted": 0, "input_tokens": 2100, "output_tokens": 6}}},
    # proxies
    {"name": "proxy-is-used", "run": ["chat", "hello"], "config": MODEL.replace("{base}", "http://model.example/v1"), "env": {"http_proxy": "http://127.0.0.1:{port}"}, "replies": OK, "requests": 1,
     "sent": [{"path": "http://model.example/v1/chat/completions"}], "out": "ready"},
    {"name": "proxy-password-is-not-shown", "run": ["chat", "hello"], "config": "retries = 0\n" + MODEL.replace("{base}", "http://model.example/v1"), "env": {"http_proxy": "http://me:PASS-SECRET-7@127.0.0.1:1"}, "code": 5,
     "requests": 0, "err": "could not be reached", "no_err": "SECRET-7"},
    {"name": "proxy-refuses", "run": ["chat", "hello"], "config": "retries = 0\n" + MODEL.replace("{base}", "http://model.example/v1"), "env": {"http_proxy": "http://127.0.0.1:{port}"}, "code": 4,
     "replies": [{"status": 407, "body": "Proxy Authentication Required"}], "err": "HTTP 407: Proxy Authentication Required"},
    {"name": "proxy-refuses-a-tunnel", "run": ["chat", "hello"], "config": "retries = 0\n" + MODEL.replace("{base}", "https://model.example/v1"), "env": {"https_proxy": "http://127.0.0.1:{port}"}, "code": 5,
     "replies": [{"status": 403, "body": "no"}], "err": "could not be reached: .*403"},
    {"name": "no-proxy-for-this-machine", "run": ["chat", "hello"], "config": MODEL, "env": {"http_proxy": "http://127.0.0.1:1", "all_proxy": "socks5://127.0.0.1:1"}, "replies": OK, "out": "ready"},
    # what a hostile server says acts on nothing
    *[{"name": f"hostile-{run[0]}-{status}", "run": run, "config": "retries = 0\n" + MODEL, "replies": [{"status": status, "body": {"error": {"message": "a\x1b[2Jb\x9b31m\u202ec\x07"}}}], "code": 4, "files": PROGRAM,
       "no_err": "[\x1b\x07\u202e\x9b]", "no_out": "[\x1b\x07\u202e\x9b]", "paths": {"/v1/models": {"body": {"data": [{"id": "m\x1b[2J\u202e"}]}}}}
      for run in (["chat", "hello"], ["explain", "--engine", "model", "prog.bt"], ["models", "--test"], ["trace", "--engine", "model", "count wibbles"]) for status in (200, 400)],
    {"name": "hostile-text", "run": ["chat", "hello"], "config": MODEL, "replies": [{"events": [delta("a\x1b[2Jb"), delta("\x1b"), delta("]0;x\x07"), delta("\u202ec"), end()]}], "no_out": "[\x1b\x07\u202e]",
     "out": r"a\\x1b\[2Jb\\x1b\]0;x\\x07\\u202ec"},
    {"name": "hostile-reasoning", "run": ["chat", "hello"], "config": MODEL, "replies": [{"events": [{"choices": [{"delta": {"reasoning": "secret plan \x1b[2J"}}]}, delta("fine"), end()]}], "out": "fine", "no_out": "secret plan",
     "no_err": "\x1b"},
    # keys
    {"name": "key-command-asks-for-nothing", "run": ["chat", "hello"], "config": MODEL.replace("base-url", "key-command = sh -c 'read x; echo KEY-ONE-$x'\nbase-url"), "stdin": "typed\n", "replies": OK,
     "sent": [{"headers": {"authorization": "Bearer KEY-ONE-"}, "text": "~typed"}]},
    # One that failed is asked once by a command, and again with a person's next question.
    *[{"name": f"key-command-that-failed-{run[0]}", "run": run, "stdin": stdin, "config": MODEL.replace("base-url", "key-command = sh -c 'echo x >>{home}/n; wc -l <{home}/n >&2; exit 2'\nbase-url"), "replies": OK,
       "requests": 0, "code": 3, way: [f"exit code 2: {n}" for n in range(1, times + 1)], "no_" + way: f"exit code 2: {times + 1}"}
      for run, stdin, way, times in ((["models", "--test"], "", "out", 1), (["chat"], "one\ntwo\n", "err", 2))],
    *[{"name": f"key-file-{name}", "run": ["chat", "hello"], "config": MODEL.replace("base-url", "key-file = {home}/key\nbase-url"), "files": {"key": (text, mode)}, "replies": OK, "code": code, "requests": 0 if code else 1,
       "err": err, "no_err": "KEY-ONE"} for name, text, mode, code, err in (
          ("group", "KEY-ONE-1\n", 0o640, 3, "others may read it; run: chmod 600"), ("read-only", "KEY-ONE-1", 0o400, 0, ""), ("windows", "KEY-ONE-1\r\n", 0o600, 0, ""),
          ("empty", "", 0o600, 3, "no key in it"), ("blank-lines", "\n\n  KEY-ONE-1  \n\nmore\n", 0o600, 0, ""), ("binary", b"KEY\0ONE\xff", 0o600, 3, "characters that no key has"),
          ("huge", "K" * 20000, 0o600, 3, "longer than any key"))],
    # what a project's file may not say is told by every command
    *[{"name": f"project-notes-{run[0]}", "run": run, "config": MODEL, "replies": OK, "files": {**PROGRAM, ".syswhy.conf": ("[endpoint evil]\nbase-url = https://evil.example/v1\n", 0o644)},
       "err": "base-url is ignored: a project's file may not set it"} for run in (["explain", "prog.bt"], ["chat", "-m", "fast", "hello"])],
]
