"""When a request is tried again, after how long, and what is learned from a refusal."""

import email.utils
import json
import re
import time

from cases_streams import ABSENT_KEY, delta, end

OK = {"events": [delta("Hello"), end()]}
GOOD = {"end": "stop", "text": "Hello", "error": ""}


def no(status, message="no", headers=None, **error):
    return {"status": status, "body": {"error": {"message": message, **error}}, "headers": headers or {}}


def retried(name, reply, **more):
    return {"name": name, "replies": [reply, OK], "requests": 2, "expect": {**GOOD, "attempts": 2, "notes": ["~try 1 failed"]}, **more}


def final(name, reply, error, fault, **more):
    return {"name": name, "replies": [reply, OK], "requests": 1, "expect": {"end": "failed", "error": error, "fault": fault, "attempts": 1}, **more}


def waited(seconds):
    """At least so long between the first two requests (a machine may be slow, never fast)."""
    def check(server, _):
        gap = server.requests[1]["at"] - server.requests[0]["at"] if len(server.requests) > 1 else -1
        return [] if gap >= seconds else [f"the second request came after {gap:.3f} s, wanted {seconds}"]
    return check


def learned(wanted):
    def check(server, _):
        body = server.requests[-1]["body"]
        return [f"{key}: {body.get(key, ABSENT_KEY)!r}, wanted {value!r}" for key, value in wanted.items() if body.get(key, ABSENT_KEY) != value]
    return check


def unsupported(name, message, wanted, options, status=400, **error):
    """A refusal is mended, the request sent once more, and the next process knows it from the start."""
    case = {"replies": [no(status, message, **error), OK], "ask": {"options": options}}
    return {"name": "unsupported-" + name, **case, "requests": 2, "expect": {**GOOD, "attempts": 2}, "checks": [learned(wanted)],
            "again": [{"name": name, "replies": [OK], "ask": {"options": options}, "requests": 1, "expect": {**GOOD, "attempts": 1}, "checks": [learned(wanted)]}]}


def together(name, status, message):
    """A form and tools are refused together: asked for in words, in the next process from the start; without tools it is sent as ever."""
    form = {"events": [delta('{"n":1}'), end()]}
    in_words = {"response_format": ABSENT_KEY, "tools": [{}], "messages": [{"role": "system", "content": "~JSON Schema"}, {}]}
    ask = {"tools": TOOLS, "options": {"schema": SCHEMA}}
    return {"name": "form-beside-tools-" + name, "replies": [no(status, message), form], "ask": ask, "requests": 2, "expect": {"value": {"n": 1}, "attempts": 2, "notes": ["~no form together with tools"]},
            "sent": [{"body": {"response_format": {}, "tools": [{}]}}, {"body": in_words}],
            "again": [{"name": name, "replies": [form], "ask": ask, "requests": 1, "expect": {"value": {"n": 1}, "attempts": 1}, "sent": [{"body": in_words}]},
                      {"name": name, "replies": [form], "ask": {"options": {"schema": SCHEMA}}, "requests": 1, "expect": {"value": {"n": 1}}, "sent": [{"body": {"response_format": {}}}]}]}


def no_tools(name, status, message, **error):
    """A model that takes no tools is asked without them, by the next process from the start, and told so."""
    without = {"tools": ABSENT_KEY, "tool_choice": ABSENT_KEY, "messages": [{"role": "system", "content": "~No tools are at hand"}, {}]}
    ask = {"tools": TOOLS, "options": {"tool_choice": "required"}}
    return {"name": "no-tools-" + name, "replies": [no(status, message, **error), OK], "ask": ask, "requests": 2, "expect": {**GOOD, "attempts": 2, "notes": ["~takes no tools"]},
            "sent": [{"body": {"tools": [{}]}}, {"body": without}],
            "again": [{"name": name, "replies": [OK], "ask": ask, "requests": 1, "expect": {**GOOD, "attempts": 1}, "sent": [{"body": without}]}]}


SAID = {"body": {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "Hello"}], "stop_reason": "end_turn"}}
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
TOOLS = [{"name": "look", "description": "Looks.", "schema": {"type": "object"}}]
DATE = email.utils.formatdate(time.time() + 3, usegmt=True)

CASES = [
    *[retried(f"retry-{status}", no(status)) for status in (408, 409, 429, 500, 502, 503, 504, 529)],
    *[final(f"no-retry-{status}", no(status, "reason given"), f"~HTTP {status}: reason given", fault)
      for status, fault in ((400, 4), (401, 2), (403, 2), (404, 4), (405, 4), (413, 4), (422, 4))],
    retried("retry-x-should-true", no(400, headers={"x-should-retry": "true"})),
    final("retry-x-should-false", no(500, headers={"x-should-retry": "false"}), "~HTTP 500", 5),
    {"name": "retry-twice-only", "replies": [no(500)], "requests": 3, "expect": {"end": "failed", "attempts": 3, "error": "~HTTP 500"}},
    retried("retry-after-ms", no(429, headers={"retry-after-ms": "300"}), checks=[waited(0.3)]),
    retried("retry-after-seconds", no(429, headers={"retry-after": "0.4"}), checks=[waited(0.4)]),
    retried("retry-after-ms-first", no(429, headers={"retry-after-ms": "200", "retry-after": "100"}), checks=[waited(0.2)]),
    retried("retry-after-date", no(503, headers={"retry-after": DATE}), expect={**GOOD, "notes": [r"~tried again after"]}),
    retried("retry-after-too-long", no(429, headers={"retry-after": "121"})),
    retried("retry-after-zero", no(429, headers={"retry-after": "0"})),
    retried("retry-after-negative", no(429, headers={"retry-after": "-5"})),
    retried("retry-after-nonsense", no(429, headers={"retry-after": "soon"})),
    final("retry-no-quota", no(429, "pay first", type="insufficient_quota", code="insufficient_quota"), "~pay first", 3),
    final("retry-no-quota-code", no(429, "pay first", code="insufficient_quota"), "~pay first", 3),
    {"name": "retry-connection-lost", "replies": [{"end": "refuse"}, OK], "requests": 2, "expect": {**GOOD, "attempts": 2}},
    {"name": "retry-never-after-text", "replies": [{"events": [delta("Hel")], "done": False, "end": "close"}, OK], "requests": 1, "expect": {"end": "broken", "text": "Hel", "attempts": 1}},
    {"name": "retry-never-after-reasoning", "replies": [{"events": [{"choices": [{"delta": {"reasoning": "Hm"}}]}], "done": False, "end": "close"}, OK], "requests": 1,
     "expect": {"end": "broken", "reasoning": "Hm", "attempts": 1}},
    {"name": "retry-not-reachable", "replies": [OK], "config": "retry-delay = 0.01\n[endpoint test]\nbase-url = http://127.0.0.1:1/v1\n[model m]\nendpoint = test\n", "requests": 0,
     "expect": {"end": "failed", "fault": 6, "attempts": 3, "error": "~could not be reached"}},
    {"name": "retries-none", "more": "", "config": "retries = 0\n[endpoint test]\nbase-url = {base}\n[model m]\nendpoint = test\n", "replies": [no(500), OK], "requests": 1,
     "expect": {"end": "failed", "attempts": 1}},
    # deadlines
    {"name": "deadline-first-token", "replies": [{**OK, "first": 3}], "ask": {"options": {"first_token": 0.2}}, "expect": {"end": "failed", "fault": 7, "error": "~no word came.*0.2 s"}},
    {"name": "deadline-first-token-pings", "replies": [{"raw": ": ping\n\n" * 100, "cut": 8, "pause": 0.05}], "ask": {"options": {"first_token": 0.3}},
     "expect": {"end": "failed", "fault": 7, "error": "~no word came"}},
    {"name": "deadline-connect", "full": True, "config": "connect-seconds = 0.3\nretries = 1\nretry-delay = 0.01\nlocal-models = no\n[endpoint test]\nbase-url = {base}\n[model m]\nendpoint = test\n", "replies": [OK],
     "requests": 0, "expect": {"end": "failed", "fault": 6, "attempts": 2, "error": "~could not be reached"}},
    {"name": "deadline-total", "replies": [{"events": [delta("Hel")] + [delta(".")] * 100, "cut": 50, "pause": 0.1}], "ask": {"options": {"total": 0.6}},
     "expect": {"end": "broken", "fault": 7, "text": "~^Hel", "error": "~what came is kept"}},
    {"name": "deadline-in-all", "replies": [no(500, headers={"retry-after": "20"})], "ask": {"options": {"total": 0.4}}, "expect": {"end": "failed", "fault": 7, "error": "~within 0.4 s"}},
    # limits, keys and what servers say
    {"name": "rate-limits-shown", "replies": [{**OK, "headers": {"x-ratelimit-remaining-requests": "4999", "x-ratelimit-limit-requests": "5000", "x-ratelimit-remaining-tokens": "7", "x-ratelimit-limit-tokens": "9"}}],
     "expect": {"limits": "requests 4999/5000, tokens 7/9"}},
    {"name": "redirect-not-followed", "replies": [{"status": 307, "headers": {"Location": "http://127.0.0.1:{port}/elsewhere"}, "body": {}}], "requests": 1,
     "expect": {"end": "failed", "fault": 1, "error": "~sends us on"}},
    {"name": "key-masked-in-errors", "config": "", "env": {"OPENAI_API_KEY": "sk-very-secret-42", "OPENAI_BASE_URL": "{base}", "SYSWHY_MODEL": "x"},
     "replies": [no(401, "Incorrect API key provided: sk-very-secret-42.")], "expect": {"error": r"~provided: \(key\)", "fault": 2},
     "checks": [lambda server, result: ["the key is shown"] if "secret-42" in json.dumps(result) else []]},
    {"name": "context-too-long", "replies": [no(400, "This model's maximum context length is 8192 tokens.", code="context_length_exceeded")], "expect": {"end": "failed", "fault": 8}},
    # The words of each server; none of them is a parameter that could be left out.
    *[{"name": f"context-too-long-{name}", "replies": [no(status, message, **more), OK], "requests": 1, "ask": {"options": {"max_output": 4096}}, "expect": {"end": "failed", "fault": 8, "error": "~" + re.escape(message[:20])}}
      for name, status, message, more in (
          ("vllm", 400, "'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 4096 tokens and your request has 1100 input tokens.", {}),
          ("llamacpp", 400, "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it", {"type": "exceed_context_size_error"}),
          ("ollama", 400, "prompt too long; exceeded max context length by 300 tokens", {}),
          ("gemini", 400, "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", {}),
          ("mistral", 400, "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length", {}),
          ("grok", 400, "This model's maximum prompt length is 131072 but the request contains 537812 tokens.", {}),
          ("anthropic", 400, "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length or `max_tokens` and try again", {}))],
    {"name": "error-is-page", "replies": [{"status": 403, "body": "<!DOCTYPE html>\n<html><head>\n<title>Just a\nmoment</title></head><body>long</body></html>"}],
     "expect": {"error": "~HTTP 403: a web page: Just a.{1,4}moment"}},
    {"name": "error-is-page-without-title", "replies": [{"status": 403, "body": "<html><body><h1>No</h1> entry</body>"}], "expect": {"error": "~HTTP 403: a web page: No entry"}},
    {"name": "error-404-asks-for-the-base", "replies": [{"status": 404, "body": "404 page not found"}], "expect": {"error": "~404 page not found; is its base-url right"}},
    {"name": "error-404-of-a-model", "replies": [no(404, "The model 'm' does not exist")], "expect": {"error": "~does not exist .'syswhy models' lists"}},
    {"name": "error-is-text", "replies": [{"status": 500, "body": "upstream\x1b[31m died"}], "expect": {"error": r"~upstream\\x1b\[31m died"}},
    # parameters
    unsupported("max-tokens", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
                {"max_tokens": ABSENT_KEY, "max_completion_tokens": 9}, {"max_output": 9}, param="max_tokens", code="unsupported_parameter"),
    # A limit that is too high becomes the one that the model takes; a lower one stays.
    unsupported("limit", "max_tokens is too large: 100000. This model supports at most 16384 completion tokens, whereas you provided 100000 completion tokens.",
                {"max_tokens": 16384}, {"max_output": 100000}, param="max_tokens", code="invalid_value"),
    {"name": "unsupported-limit-of-messages", "provider": "anthropic", "protocol": "messages", "ask": {"options": {"max_output": 100000}}, "requests": 2,
     "replies": [{"status": 400, "body": {"type": "error", "error": {"type": "invalid_request_error",
                  "message": "max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens for claude-3-5-haiku"}}}, SAID],
     "expect": {"text": "Hello", "attempts": 2}, "checks": [learned({"max_tokens": 8192})],
     "again": [{"name": "low", "provider": "anthropic", "protocol": "messages", "ask": {"options": {"max_output": 100}}, "requests": 1, "replies": [SAID], "expect": {"text": "Hello"},
                "checks": [learned({"max_tokens": 100})]}]},
    {"name": "unsupported-limit-of-messages-stays", "provider": "anthropic", "protocol": "messages", "ask": {"options": {"max_output": 100}}, "requests": 1,
     "replies": [{"status": 400, "body": {"type": "error", "error": {"type": "invalid_request_error", "message": "max_tokens: may not be odd"}}}], "expect": {"end": "failed", "error": "~may not be odd"}},
    unsupported("temperature", "Unsupported value: 'temperature' does not support 0.5 with this model.", {"temperature": ABSENT_KEY}, {"temperature": 0.5}, param="temperature",
                code="unsupported_value"),
    unsupported("temperature-in-words", "temperature is not supported here", {"temperature": ABSENT_KEY}, {"temperature": 0.5}),
    unsupported("effort", "Unsupported value: 'low' is not supported with the 'gpt-5.2-chat' model. Supported values are: 'medium'.", {"reasoning_effort": ABSENT_KEY}, {"effort": "low"},
                param="reasoning_effort", code="unsupported_value"),
    unsupported("effort-with-tools", "Function tools with reasoning_effort are not supported in /v1/chat/completions. Use /v1/responses or set reasoning_effort to 'none'.",
                {"reasoning_effort": "none"}, {}, param="reasoning_effort"),
    unsupported("stream-options", "Unrecognized request argument supplied: stream_options", {"stream_options": ABSENT_KEY, "stream": True}, {}),
    unsupported("422", "stream_options: extra fields not permitted", {"stream_options": ABSENT_KEY}, {}, status=422),
    {"name": "unsupported-response-format", "replies": [no(400, "response_format is not supported", param="response_format"), {"events": [delta('{"n":1}'), end()]}], "requests": 2,
     "ask": {"options": {"schema": SCHEMA}}, "expect": {"value": {"n": 1}}, "sent": [{}, {"body": {"response_format": ABSENT_KEY, "messages": [{"role": "system", "content": "~JSON Schema"}, {}]}}]},
    {"name": "unsupported-tool-choice", "replies": [no(400, "tool_choice: unknown field"), OK], "requests": 2, "ask": {"tools": TOOLS, "options": {"tool_choice": "required"}}, "expect": GOOD,
     "sent": [{"body": {"tool_choice": "required"}}, {"body": {"tool_choice": ABSENT_KEY, "tools": [{}]}}]},
    {"name": "unsupported-two-in-turn", "replies": [no(400, "Use 'max_completion_tokens' in place of 'max_tokens'", param="max_tokens"), no(400, "no temperature", param="temperature"), OK], "requests": 3,
     "ask": {"options": {"max_output": 9, "temperature": 0.5}}, "expect": {**GOOD, "attempts": 3}},
    no_tools("ollama", 400, "registry.ollama.ai/library/gemma:2b does not support tools"),
    no_tools("vllm", 400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
    no_tools("llamacpp", 500, "tools param requires --jinja flag"),
    no_tools("openrouter", 404, "No endpoints found that support tool use."),
    no_tools("by-parameter", 400, "Unknown parameter: 'tools'.", param="tools"),
    {"name": "tools-not-refused", "replies": [no(404, "no such path"), OK], "ask": {"tools": TOOLS}, "requests": 1, "expect": {"end": "failed"}},
    together("grammar", 400, "Cannot use custom grammar constraints with tools."),
    together("grammar-500", 500, "Cannot use custom grammar constraints with tools."),
    together("schema", 400, "json_schema and tools cannot be used in one request"),
    together("format", 422, "'response_format' is not supported together with function calling"),
    {"name": "unsupported-not-ours", "replies": [no(400, "Unknown parameter: 'frobnicate'", param="frobnicate"), OK], "requests": 1, "expect": {"end": "failed", "error": "~frobnicate"}},
    {"name": "unsupported-for-ever", "replies": [no(400, "bad temperature", param="temperature")], "requests": 2, "ask": {"options": {"temperature": 0.5}},
     "expect": {"end": "failed", "error": "~bad temperature"}},
    # each fails alone
    {"name": "failures-isolated", "replies": [OK, no(400, "bad"), OK, no(500), OK, {"events": [{"error": {"message": "x", "type": "invalid"}}]}, OK, OK],
     "config": "retries = 0\n[endpoint test]\nbase-url = {base}\n[model m]\nendpoint = test\n", "ask": {"requests": 8, "concurrent": 1}, "requests": 8,
     "result": {"answers": [{"end": end, "done": 1} for end in ("stop", "failed", "stop", "failed", "stop", "failed", "stop", "stop")]}},
    {"name": "concurrent-at-most", "replies": [{**OK, "first": 0.05}], "ask": {"requests": 12, "concurrent": 3}, "requests": 12, "result": {"answers": [{"text": "Hello"}] * 12},
     "checks": [lambda server, result: [] if server.peak == 3 else [f"{server.peak} requests were in flight, wanted 3"]]},
]
