"""Where models and keys come from, and where a key must never go."""

import json

from cases_streams import ABSENT_KEY, delta, end

OK = [{"events": [delta("Hello"), end()]}]
MODELS = {"/v1/models": {"body": {"data": [{"id": "only-one"}]}}}
TWO = {"/v1/models": {"body": {"data": [{"id": "one"}, {"id": "two"}]}}}
ENDPOINT = "local-models = no\n[endpoint mine]\nbase-url = {base}\n"
QUERY = "local-models = no\n[endpoint mine]\nbase-url = {base}?api-version=7&key=QUERY-SECRET-7\n[model fast]\nendpoint = mine\nname = big-name\n"
TWO_KINDS = "local-models = no\n[endpoint own]\nprovider = anthropic\nbase-url = {base}\n[endpoint other]\nbase-url = {base}/v1\n"
MODEL = "[model fast]\nendpoint = mine\nname = big-name\n"


def sends(*keys):
    """Exactly these keys arrive, whatever header they come in."""
    def check(server, _):
        text = json.dumps([r["headers"] for r in server.requests])
        return [f"{key} {'came' if key in text else 'did not come'}" for key in ("KEY-ONE-1", "KEY-TWO-2") if (key in text) != (key in keys)]
    return check


def unseen(secret):
    """The person sees nothing of it (`left` are the files of the home, which hold the configuration)."""
    return lambda server, result: ["the secret is shown"] if secret in json.dumps({k: v for k, v in result.items() if k != "left"}) else []


def none_sent(server, _):
    return [f"{len(server.requests)} requests came"] if server.requests else []


def in_flight(most):
    return lambda server, _: [] if server.peak == most else [f"{server.peak} requests were in flight, wanted {most}"]


def not_ran(server, result):
    return ["the command was run"] if "ran" in result["left"] else []


def project(text, mode=0o644, **more):
    return {"files": {".syswhy.conf": (text, mode)}, **more}


CASES = [
    {"name": "model-by-alias", "config": ENDPOINT + MODEL, "ask": {"model": "fast"}, "replies": OK, "sent": [{"body": {"model": "big-name"}}]},
    {"name": "model-by-family", "config": TWO_KINDS, "ask": {"model": "claude-sonnet-4"}, "replies": [{"body": {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "Hello"}], "stop_reason": "end_turn"}}],
     "sent": [{"path": "/v1/messages", "body": {"model": "claude-sonnet-4"}}], "expect": {"text": "Hello"}},
    {"name": "model-of-no-family", "config": TWO_KINDS, "ask": {"model": "qwen3"}, "replies": OK, "requests": 0, "result": {"error": "~there is no model 'qwen3'"}},
    {"name": "model-of-a-family-of-two", "config": TWO_KINDS + "[endpoint more]\nprovider = anthropic\nbase-url = {base}\n", "ask": {"model": "claude-sonnet-4"}, "replies": OK, "requests": 0, "result": {"error": "~there is no model"}},
    {"name": "model-by-endpoint-and-name", "config": ENDPOINT, "ask": {"model": "mine/org/other"}, "replies": OK, "sent": [{"body": {"model": "org/other"}}]},
    {"name": "model-for-vectors-is-not-chosen", "config": "embeddings = vec\n" + ENDPOINT + "[model vec]\nendpoint = mine\n" + MODEL, "replies": OK, "sent": [{"body": {"model": "big-name"}}]},
    {"name": "model-for-vectors-of-the-environment", "config": ENDPOINT + "[model vec]\nendpoint = mine\n" + MODEL, "env": {"SYSWHY_EMBEDDINGS": "vec"}, "replies": OK, "sent": [{"body": {"model": "big-name"}}]},
    {"name": "model-only-one-listed", "config": ENDPOINT, "paths": MODELS, "replies": OK, "sent": [{"body": {"model": "only-one"}}]},
    {"name": "model-several-listed", "config": ENDPOINT, "paths": TWO, "replies": OK, "requests": 0, "result": {"error": "~choose a model.*one, two"}},
    {"name": "model-default-in-file", "config": "model = fast\n" + ENDPOINT + MODEL, "replies": OK, "sent": [{"body": {"model": "big-name"}}]},
    {"name": "model-environment-over-file", "config": "model = fast\n" + ENDPOINT + MODEL, "env": {"SYSWHY_MODEL": "mine/env"}, "replies": OK, "sent": [{"body": {"model": "env"}}]},
    {"name": "model-flag-over-environment", "config": "model = fast\n" + ENDPOINT + MODEL, "env": {"SYSWHY_MODEL": "mine/env"}, "ask": {"model": "mine/flag"}, "replies": OK, "sent": [{"body": {"model": "flag"}}]},
    {"name": "model-project-over-user", "config": "model = mine/user\n" + ENDPOINT, "replies": OK, "sent": [{"body": {"model": "project"}}], **project("model = mine/project\n")},
    {"name": "base-of-environment-over-file", "config": "local-models = no\n[endpoint openai]\nbase-url = http://127.0.0.1:1/v1\n", "env": {"OPENAI_BASE_URL": "{base}", "SYSWHY_MODEL": "openai/x"}, "replies": OK, "sent": [{"body": {"model": "x"}}]},
    {"name": "user-file-in-home", "config": None, "env": {"XDG_CONFIG_HOME": ""}, "home_config": ENDPOINT + MODEL, "replies": OK, "sent": [{"body": {"model": "big-name"}}]},
    {"name": "concurrent-by-file", "config": "max-concurrent-queries = 2\n" + ENDPOINT + MODEL, "replies": [{**OK[0], "first": 0.05}], "ask": {"requests": 6}, "requests": 6, "checks": [in_flight(2)]},
    {"name": "concurrent-project-over-user", "config": "max-concurrent-queries = 4\n" + ENDPOINT + MODEL, "replies": [{**OK[0], "first": 0.05}], "ask": {"requests": 6}, "requests": 6, "checks": [in_flight(1)],
     **project("max-concurrent-queries = 1\n")},
    {"name": "concurrent-flag-over-all", "config": "max-concurrent-queries = 1\n" + ENDPOINT + MODEL, "replies": [{**OK[0], "first": 0.05}], "ask": {"requests": 6, "concurrent": 3}, "requests": 6, "checks": [in_flight(3)],
     **project("max-concurrent-queries = 2\n")},
    {"name": "no-local-model-by-environment", "at": 11434, "config": None, "env": {"SYSWHY_NO_LOCAL_MODEL": "1"}, "paths": MODELS, "replies": OK, "requests": 0, "result": {"error": "~no model is configured"}, "checks": [none_sent]},
    {"name": "model-unknown", "config": ENDPOINT + MODEL + "[endpoint other]\nbase-url = {base}\n", "ask": {"model": "fats"}, "replies": OK, "requests": 0, "result": {"error": "~no model 'fats'; there are: fast"}},
    {"name": "model-settings", "config": ENDPOINT + MODEL + "temperature = 0.25\nmax-output = 77\neffort = high\nprice-input = 1\nprice-output = 10\n",
     "replies": [{"events": [delta("Hello"), end(), {"choices": [], "usage": {"prompt_tokens": 1000000, "completion_tokens": 100000}}]}],
     "expect": {"usage": {"cost": 2.0}}, "sent": [{"body": {"temperature": 0.25, "max_tokens": 77, "reasoning_effort": "high"}}]},
    {"name": "budget-by-configuration", "config": ENDPOINT + MODEL + "context = 1000\n", "ask": {"turns": [{"role": "user", "text": "many words here ", "repeat": 300}]}, "replies": OK, "requests": 0,
     "expect": {"end": "failed", "fault": 8, "error": "~more than the 1000"}},
    {"name": "nothing-configured", "config": "local-models = no\n", "replies": OK, "requests": 0, "result": {"error": "~no model is configured"}},
    {"name": "mistake-named", "config": "local-models = no\n\nfrobnicate = 1\n", "replies": OK, "requests": 0, "result": {"error": "~config:3: there is no setting 'frobnicate'"}},
    {"name": "mark-before-the-first-line", "config": "\ufeff" + ENDPOINT + MODEL, "replies": OK, "sent": [{"body": {"model": "big-name"}}]},
    {"name": "model-twice", "config": ENDPOINT + MODEL + "[model fast]\nendpoint = mine\nname = other\n", "replies": OK, "requests": 0, "result": {"error": r"~config:7: \[model fast\] stands in line 4 already"}},
    {"name": "endpoint-twice", "config": ENDPOINT + "[endpoint mine]\nbase-url = http://127.0.0.1:1\n", "replies": OK, "requests": 0, "result": {"error": r"~config:4: \[endpoint mine\] stands in line 2 already"}},
    {"name": "endpoint-without-base", "config": "local-models = no\n[endpoint mine]\nkey-env = MY_KEY\n" + MODEL, "replies": OK, "requests": 0, "result": {"error": r"~config:2: \[endpoint mine\] has no base-url"}},
    {"name": "endpoint-with-base-of-the-environment", "config": "local-models = no\n[endpoint openai]\nheader = X-Team: a\n", "env": {"OPENAI_BASE_URL": "{base}", "SYSWHY_MODEL": "openai/x"}, "replies": OK, "sent": [{"headers": {"x-team": "a"}}]},
    {"name": "model-unknown-nearest", "config": ENDPOINT + MODEL + "[endpoint other]\nbase-url = {base}\n", "ask": {"model": "fats"}, "replies": OK, "requests": 0, "result": {"error": "~did you mean 'fast'"}},
    {"name": "slash-before-the-query", "config": ENDPOINT.replace("{base}", "{base}/?key=QUERY-7") + MODEL, "replies": OK, "sent": [{"path": "/v1/chat/completions?key=QUERY-7"}]},
    {"name": "key-in-file-refused", "config": ENDPOINT + "key = KEY-ONE-1\n", "replies": OK, "requests": 0, "result": {"error": "~a key does not stand in this file"}},
    {"name": "password-in-url-refused", "config": "[endpoint mine]\nbase-url = http://api.openai.com@127.0.0.1/v1\n", "replies": OK, "requests": 0, "result": {"error": "~no http or https URL"}},
    {"name": "dry-run", "config": ENDPOINT + "key-env = SECRET\n" + MODEL, "env": {"SECRET": "KEY-ONE-1"}, "ask": {"model": "fast", "dry_run": True}, "replies": OK, "requests": 0,
     "expect": {"end": "dry", "text": '~^POST http://127.0.0.1:\\d+/v1/chat/completions\nContent-Type: application/json\nAccept: text/event-stream\nAuthorization: Bearer \\(the key is not shown\\)\n\n{"model":"big-name"'},
     "checks": [none_sent]},
    {"name": "local-ollama-found", "at": 11434, "config": None, "replies": OK, "paths": {**MODELS, "/api/ps": {"body": {"models": []}}, "/api/show": {"body": {}}}, "expect": {"text": "Hello"},
     "sent": [{"path": "/v1/chat/completions", "body": {"model": "only-one"}, "headers": {"authorization": ABSENT_KEY}}]},
    {"name": "local-llamacpp-found", "at": 8080, "config": None, "replies": OK, "paths": {"/v1/models": {"body": {"object": "list", "data": [{"id": "q.gguf", "owned_by": "llamacpp"}]}}, "/props": {"body": {}}},
     "expect": {"text": "Hello"}, "sent": [{"body": {"model": "q.gguf"}}]},
    {"name": "local-other-program-on-8080", "at": 8080, "config": None, "replies": OK, "paths": {"/v1/models": {"body": {"data": [{"id": "x", "owned_by": "somebody"}]}}}, "requests": 0,
     "result": {"error": "~no model is configured"}},
    {"name": "local-server-that-hangs", "at": 8080, "config": None, "replies": OK, "paths": {"/v1/models": {"body": {}, "first": 5}}, "requests": 0, "result": {"error": "~no model is configured"}},
    {"name": "local-not-looked-for-when-configured", "at": 11434, "config": ENDPOINT.replace("local-models = no\n", ""), "paths": {**MODELS, "/api/ps": {"body": {"models": []}}, "/api/show": {"body": {}}}, "replies": OK, "sent": [{"body": {"model": "only-one"}}]},
    # keys
    {"name": "key-environment", "config": ENDPOINT + "key-env = MY_KEY\n" + MODEL, "env": {"MY_KEY": "KEY-ONE-1"}, "replies": OK, "expect": {"text": "Hello"}, "checks": [sends("KEY-ONE-1")]},
    {"name": "key-before-base", "config": "local-models = no\n[endpoint mine]\nkey-env = MY_KEY\nbase-url = {base}\n" + MODEL, "env": {"MY_KEY": "KEY-ONE-1"}, "replies": OK, "checks": [sends("KEY-ONE-1")]},
    {"name": "key-command", "config": ENDPOINT + "key-command = sh -c 'echo \"KEY-ONE-1\"; echo second line'\n" + MODEL, "replies": OK, "expect": {"text": "Hello"}, "checks": [sends("KEY-ONE-1")]},
    {"name": "key-command-fails", "config": ENDPOINT + "key-command = false\n" + MODEL, "replies": OK, "requests": 0, "expect": {"end": "failed", "fault": 1, "error": "~command 'false'.*exit code 1"}},
    {"name": "key-command-complains", "config": ENDPOINT + "key-command = sh -c 'echo \"gpg: no secret key\" >&2; exit 2'\n" + MODEL, "replies": OK, "requests": 0, "expect": {"end": "failed", "error": "~exit code 2: gpg: no secret key"}},
    {"name": "key-command-complains-with-a-key", "config": ENDPOINT + "key-command = sh -c 'echo \"bad key sk-abc123def456ghi789\" >&2; exit 2'\n" + MODEL, "replies": OK, "requests": 0,
     "expect": {"end": "failed", "error": "~exit code 2$"}},
    {"name": "key-command-empty", "config": ENDPOINT + "key-command = true\n" + MODEL, "replies": OK, "requests": 0, "expect": {"end": "failed", "error": "~no key in it"}},
    {"name": "key-file", "config": ENDPOINT + "key-file = ~/key\n" + MODEL, "files": {"key": ("KEY-ONE-1\n", 0o600)}, "replies": OK, "expect": {"text": "Hello"}, "checks": [sends("KEY-ONE-1")]},
    {"name": "key-file-readable-by-others", "config": ENDPOINT + "key-file = ~/key\n" + MODEL, "files": {"key": ("KEY-ONE-1\n", 0o644)}, "replies": OK, "requests": 0,
     "expect": {"end": "failed", "error": "~others may read it; run: chmod 600"}},
    {"name": "key-with-control-characters", "config": ENDPOINT + "key-env = MY_KEY\n" + MODEL, "env": {"MY_KEY": "KEY-ONE-1\rX-Evil: 1"}, "replies": OK, "requests": 0, "expect": {"end": "failed"}},
    {"name": "key-unencrypted-is-said", "config": "retries = 0\n[endpoint mine]\nbase-url = http://127.0.0.2:1/v1\nkey-env = MY_KEY\n" + MODEL, "env": {"MY_KEY": "KEY-ONE-1", "no_proxy": "127.0.0.2"}, "replies": OK, "requests": 0,
     "expect": {"end": "failed", "notes": ["~unencrypted"]}},
    {"name": "key-of-openai-not-elsewhere", "config": ENDPOINT + MODEL, "env": {"OPENAI_API_KEY": "KEY-ONE-1"}, "ask": {"model": "fast"}, "replies": OK, "expect": {"text": "Hello"}, "checks": [sends()]},
    {"name": "key-of-openai-not-by-section-name", "config": "local-models = no\n[endpoint openai]\nbase-url = {base}\n[model fast]\nendpoint = openai\n", "env": {"OPENAI_API_KEY": "KEY-ONE-1"}, "ask": {"model": "fast"},
     "replies": OK, "expect": {"text": "Hello"}, "checks": [sends()]},
    {"name": "key-of-file-not-to-environment-base", "config": "local-models = no\n[endpoint openai]\nbase-url = http://127.0.0.1:9/v1\nkey-env = MY_KEY\n", "env": {"MY_KEY": "KEY-TWO-2", "OPENAI_BASE_URL": "{base}", "SYSWHY_MODEL": "openai/x"},
     "replies": OK, "requests": 0, "expect": {"end": "failed", "fault": 1, "error": "~is not sent to"}, "checks": [sends()]},
    # a project's file
    {"name": "project-own-local-endpoint", "config": "local-models = no\n", "replies": OK, "ask": {"model": "p"}, "expect": {"text": "Hello"},
     **project("[endpoint here]\nbase-url = {base}\n[model p]\nendpoint = here\n")},
    {"name": "project-key-command-not-run", "config": ENDPOINT + MODEL, "replies": OK, "ask": {"model": "fast"}, "result": {"config_notes": ["~key-command is ignored"]},
     **project("[endpoint here]\nkey-command = touch {home}/ran\n"), "checks": [sends(), not_ran]},
    {"name": "project-endpoint-of-user-not-bent", "config": "local-models = no\n[endpoint mine]\nbase-url = http://127.0.0.1:9/v1\nkey-env = MY_KEY\n" + MODEL, "env": {"MY_KEY": "KEY-ONE-1"}, "replies": OK,
     "ask": {"model": "fast"}, "requests": 0, "result": {"config_notes": ["~endpoint of your own is ignored"]}, **project("[endpoint mine]\nbase-url = {base}\n"), "checks": [sends()]},
    {"name": "project-remote-base-refused", "config": ENDPOINT + MODEL, "replies": OK, "ask": {"model": "fast"}, "expect": {"text": "Hello"}, "result": {"config_notes": ["~base-url is ignored"]},
     **project("[endpoint evil]\nbase-url = https://evil.example/v1\n")},
    {"name": "project-file-writable-by-all", "config": "local-models = no\n", "replies": OK, "ask": {"model": "p"}, "requests": 0, "result": {"config_notes": ["~^./.syswhy.conf is left out: others may write the file"], "error": "~the model 'p' has no endpoint"},
     **project("[endpoint here]\nbase-url = {base}\n[model p]\nendpoint = here\n", 0o666)},
    {"name": "project-file-writable-by-all-chooses-no-model", "config": "model = mine/user\n" + ENDPOINT, "replies": OK, "sent": [{"body": {"model": "user"}}],
     "result": {"config_notes": ["~is left out: others may write the file"]}, **project("model = mine/project\ntotal-seconds = 0.01\n", 0o666)},
    {"name": "project-file-of-another-user", "root": True, "config": "model = mine/user\n" + ENDPOINT, "replies": OK, "sent": [{"body": {"model": "user"}}],
     "result": {"config_notes": ["~is left out: the file belongs to another user"]}, "owner": 65534,
     **project("model = evil\n[endpoint here]\nbase-url = {base}\nkey-command = touch {home}/ran\n[model evil]\nendpoint = here\n"), "checks": [sends(), not_ran]},
    {"name": "project-file-of-another-user-is-not-trusted-either", "root": True, "config": "trust = {home}\nmodel = mine/user\n" + ENDPOINT, "replies": OK, "sent": [{"body": {"model": "user"}}],
     "result": {"config_notes": ["~is left out: the file belongs to another user"]}, "owner": 65534,
     **project("model = evil\n[endpoint here]\nbase-url = {base}\nkey-command = touch {home}/ran\n[model evil]\nendpoint = here\n"), "checks": [sends(), not_ran]},
    {"name": "key-file-of-another-user", "root": True, "config": ENDPOINT + "key-file = ~/key\n" + MODEL, "files": {"key": ("KEY-ONE-1\n", 0o600)}, "owner": 65534, "replies": OK, "requests": 0,
     "expect": {"end": "failed", "error": "~belongs to another user"}},
    {"name": "user-file-writable-by-all", "config": ENDPOINT + MODEL, "config_mode": 0o666, "replies": OK, "requests": 0, "result": {"error": "~may be written by all"}},
    {"name": "project-file-is-a-pipe", "config": ENDPOINT + MODEL, "pipe": ".syswhy.conf", "replies": OK, "requests": 0, "result": {"error": "~is no ordinary file"}},
    {"name": "project-key-env-refused", "config": ENDPOINT + MODEL, "env": {"AWS_SECRET": "KEY-TWO-2"}, "replies": OK, "ask": {"model": "p"}, "expect": {"text": "Hello"},
     "result": {"config_notes": ["~key-env is ignored"]}, **project("[endpoint here]\nbase-url = {base}\nkey-env = AWS_SECRET\n[model p]\nendpoint = here\n"), "checks": [sends()]},
    {"name": "project-model-of-user-not-bent", "config": ENDPOINT + MODEL, "replies": OK, "ask": {"model": "fast"}, "sent": [{"body": {"model": "big-name", "temperature": 0.5}}],
     "result": {"config_notes": ["~another endpoint of a model of your own is ignored"]}, **project("[endpoint here]\nbase-url = http://127.0.0.1:1/v1\n[model fast]\nendpoint = here\ntemperature = 0.5\n")},
    {"name": "project-endpoint-without-base", "config": ENDPOINT + MODEL, "replies": OK, "expect": {"text": "Hello"}, "sent": [{"body": {"model": "big-name"}}],
     "result": {"config_notes": [r"~conf:1: \[endpoint here\] and its models are left out"]}, **project("[endpoint here]\nprotocol = chat\n[model p]\nendpoint = here\n")},
    {"name": "project-trusted", "config": "local-models = no\ntrust = {home}\n", "env": {"MY_KEY": "KEY-ONE-1"}, "replies": OK, "ask": {"model": "p"}, "expect": {"text": "Hello"}, "result": {"config_notes": []},
     **project("[endpoint here]\nbase-url = {base}\nkey-env = MY_KEY\n[model p]\nendpoint = here\n"), "checks": [sends("KEY-ONE-1")]},
    {"name": "header-not-shown", "config": ENDPOINT + "header = X-Gateway-Key: GATEWAY-SECRET-7\n" + MODEL, "replies": OK, "ask": {"model": "fast", "dry_run": True}, "requests": 0,
     "expect": {"text": "~\nX-Gateway-Key: \\(the value is not shown\\)\n"}, "checks": [unseen("SECRET-7")]},
    {"name": "header-masked-in-errors", "config": ENDPOINT + "header = Proxy-Authorization: Bearer GATEWAY-SECRET-7\n" + MODEL, "replies": [{"status": 403, "body": {"error": {"message": "no such key GATEWAY-SECRET-7 here"}}}],
     "ask": {"model": "fast"}, "expect": {"error": "~no such key \\(hidden\\) here"}, "sent": [{"headers": {"proxy-authorization": "Bearer GATEWAY-SECRET-7"}}], "checks": [unseen("SECRET-7")]},
    {"name": "query-of-base-not-shown", "config": QUERY, "replies": OK, "ask": {"model": "fast", "dry_run": True}, "requests": 0,
     "expect": {"text": "~^POST http://[^ ?]*/v1/chat/completions\\?api-version=7&key=\\(hidden\\)\n"}, "checks": [unseen("SECRET-7")]},
    {"name": "query-of-base-after-the-path", "config": QUERY, "replies": OK, "ask": {"model": "fast"}, "sent": [{"path": "/v1/chat/completions?api-version=7&key=QUERY-SECRET-7"}]},
    {"name": "query-of-base-not-in-the-cache", "config": QUERY, "replies": [{"status": 400, "body": {"error": {"message": "no stream_options", "param": "stream_options"}}}] + OK, "ask": {"model": "fast"}, "requests": 2,
     "expect": {"text": "Hello"}, "result": {"learned": "~key=.hidden.*stream_options"}, "checks": [unseen("SECRET-7")],
     "again": [{"name": "next", "config": QUERY, "replies": OK, "ask": {"model": "fast"}, "requests": 1, "sent": [{"body": {"stream_options": ABSENT_KEY}}]}]},
    {"name": "query-of-base-masked-in-errors", "config": QUERY, "replies": [{"status": 401, "body": "<p>QUERY-SECRET-7 is wrong"}], "ask": {"model": "fast"}, "expect": {"error": "~\\(hidden\\) is wrong"},
     "checks": [unseen("SECRET-7")]},
    {"name": "password-in-base-not-shown", "config": "[endpoint test]\nbase-url = https://me:PASS-SECRET-7@host/v1\n", "replies": OK, "requests": 0, "result": {"error": "~https://\\(hidden\\)@host/v1. is no http"},
     "checks": [unseen("SECRET-7")]},
    {"name": "header-of-endpoint", "config": ENDPOINT + "header = X-Team: kernel\n" + MODEL, "replies": OK, "ask": {"model": "fast"}, "sent": [{"headers": {"x-team": "kernel", "authorization": ABSENT_KEY}}]},
    # replay
    {"name": "replay-plays", "config": None, "ask": {"model": "replay:{root}/tests/conversations/hello.json", "turns": [{"role": "system", "text": "You explain crashes."}, {"role": "user", "text": "Why did it crash?"}]},
     "requests": 0, "expect": {"text": "A null pointer was read.", "end": "stop", "attempts": 1, "usage": {"input": 21, "output": 6}}},
    {"name": "replay-insists-on-the-request", "config": None, "ask": {"model": "replay:{root}/tests/conversations/hello.json", "turns": [{"role": "system", "text": "You explain crashes."}, {"role": "user", "text": "Why?"}]},
     "requests": 0, "expect": {"end": "failed", "error": r"~differ at \$.messages\[1\].content"}},
    {"name": "replay-tools", "config": None, "requests": 0, "expect": {"text": "It opens /etc/passwd.", "end": "stop"},
     "ask": {"model": "replay:{root}/tests/conversations/tools-responses.json", "turns": [{"role": "user", "text": "What does pid 7 open?"}],
             "tools": [{"name": "trace", "description": "Watches.", "schema": {"type": "object", "properties": {"question": {"type": "string"}}, "required": ["question"], "additionalProperties": False}}],
             "then": [{"turns": [{"role": "tool", "id": "call_7", "text": "/etc/passwd 3"}]}]}},
    {"name": "replay-one-too-many", "config": None, "requests": 0, "expect": {"end": "failed", "error": "~has 1 exchanges, and this is one more"},
     "ask": {"model": "replay:{root}/tests/conversations/hello.json", "turns": [{"role": "system", "text": "You explain crashes."}, {"role": "user", "text": "Why did it crash?"}], "then": [{"turns": []}]}},
]
