"""How servers and what stands between say that something went wrong, each in its own way, and HTTP at its odd ends."""

import json

from cases_dialects import START, STOP, block, messages, provider, responses, stop
from cases_retries import OK, no
from cases_streams import ABSENT_KEY, GOOD, TOOLS, call, delta, end

CONFIG = "retries = {retries}\nretry-delay = 0.01\nlocal-models = no\n[endpoint test]\nbase-url = {{base}}\n[model m]\nendpoint = test\n"
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
BODY = json.dumps({"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}]})
HTTP = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def says(name, status, body, words, **more):
    """What the server's own words are, wherever they stand; no second try."""
    return {"name": "says-" + name, "config": CONFIG.format(retries=0), "replies": [{"status": status, "body": body, **more.pop("reply", {})}], "requests": 1,
            "expect": {"end": "failed", "error": "~" + words, **more.pop("expect", {})}, **more}


def wire(name, text, **more):
    return {"name": "wire-" + name, "replies": [{"wire": text, **more.pop("reply", {})}, *more.pop("then", [OK])], "expect": {**GOOD, **more.pop("expect", {})}, **more}


def raised(name, events, words, **more):
    """An error within a stream whose status was 200."""
    return {"name": "raised-" + name, "config": CONFIG.format(retries=0), "replies": [{"events": events}], "expect": {"end": "failed", "error": "~" + words, **more}}


RAW = json.dumps({"error": {"message": "stream_options is not supported here", "type": "invalid_request_error"}})
CASES = [
    # where the reason stands
    says("openai", 400, {"error": {"message": "Bad things", "type": "invalid_request_error", "param": None, "code": None}}, "HTTP 400: Bad things"),
    says("ollama", 404, {"error": "model 'm' not found, try pulling it first"}, "not found, try pulling it"),
    says("vllm-plain", 400, {"object": "error", "message": "top_k must be -1", "type": "BadRequestError", "param": None, "code": 400}, "top_k must be"),
    says("litellm", 400, {"error": {"message": "litellm.BadRequestError: OpenAIException - Bad things. Received Model Group=m", "type": None, "param": None, "code": "400"}}, "litellm.BadRequestError: OpenAIException - Bad things"),
    says("openrouter", 400, {"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": '{"error":{"message":"Image input is not there"}}', "provider_name": "Together"}}},
         "Provider returned error.*Image input is not there"),
    says("openrouter-words", 502, {"error": {"message": "Provider returned error", "code": 502, "metadata": {"raw": "upstream sent nothing", "provider_name": "X"}}}, "upstream sent nothing"),
    says("gemini", 400, [{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}}], "API key not valid"),
    says("mistral", 422, {"object": "error", "message": {"detail": [{"type": "missing", "loc": ["body", "frob"], "msg": "Field required"}]}, "type": "invalid_request_error"}, "Field required"),
    says("fastapi", 404, {"detail": "Not Found"}, "HTTP 404: Not Found"),
    says("fastapi-object", 403, {"detail": {"error": "this tenant is closed"}}, "this tenant is closed"),
    says("cloudflare", 403, {"success": False, "errors": [{"code": 10000, "message": "Authentication error"}], "result": None}, "Authentication error"),
    says("aws", 403, {"Message": "User is not authorized to perform: bedrock:InvokeModel"}, "not authorized to perform"),
    says("aws-gateway", 403, {"message": "Missing Authentication Token"}, "Missing Authentication Token"),
    says("azure-gateway", 401, {"statusCode": 401, "message": "Access denied due to invalid subscription key."}, "Access denied due to invalid"),
    says("azure-filter", 400, {"error": {"message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.", "type": None,
                               "param": "prompt", "code": "content_filter", "status": 400, "innererror": {"code": "ResponsibleAIPolicyViolation"}}}, "content management policy"),
    says("oauth", 401, {"error": "invalid_token", "error_description": "The token expired yesterday"}, "The token expired yesterday"),
    says("problem", 403, {"type": "about:blank", "title": "Blocked by the gateway", "status": 403}, "Blocked by the gateway"),
    says("dashscope", 400, {"code": "InvalidParameter", "message": "Range of input length", "request_id": "x"}, "Range of input length"),
    says("databricks", 400, {"error_code": "BAD_REQUEST", "message": "Bad request: no such thing"}, "no such thing"),
    says("in-a-stream", 400, "", "HTTP 400: it is in a stream", reply={"raw": 'data: {"error": {"message": "it is in a stream"}}\n\n'}),
    says("in-a-stream-named", 400, "", "HTTP 400: it is in a stream", reply={"raw": 'event: error\r\ndata: {"message": "it is in a stream"}\r\n\r\n'}),
    says("nothing", 418, "", "HTTP 418: no reason given"),
    says("empty-object", 418, {}, "HTTP 418"),
    says("null", 500, "null", "HTTP 500"),
    says("number", 500, "17", "HTTP 500"),
    says("deep", 500, "[" * 100000, "HTTP 500"),
    says("hostile", 400, {"error": {"message": "a\x1b[2Jb\u202ec\x00d\n\n\nsyswhy: all is well"}}, r"\\x1b\[2Jb\\u202ec", checks=[lambda server, result: ["it acts"] if "\x1b" in result["answers"][0]["error"] else []]),
    says("long", 400, {"error": {"message": "long " * 10000}}, "HTTP 400: long long"),
    says("bad-utf8", 400, "", "HTTP 400", reply={"raw": '{"error": {"message": "a\xff\xfeb"}}'}),
    says("latin1", 403, "", "HTTP 403: Zugriff", reply={"raw": "Zugriff verweigert f\xfcr alle"}),
    says("page-nginx", 502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body></html>", "HTTP 502: a web page: 502 Bad Gateway"),
    says("page-xml", 403, '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>', "HTTP 403: .*AccessDenied"),
    says("no-key-hint", 401, {"error": {"message": "You didn't provide an API key."}}, "no key is configured for it", expect={"fault": 2}),
    says("proxy", 407, "Proxy Authentication Required", "HTTP 407"),
    says("payment", 402, {"error": {"message": "Insufficient credits"}}, "Insufficient credits"),
    # what is learned from them
    *[{"name": f"learns-from-{name}", "replies": [{"status": status, "body": body}, OK], "requests": 2, "expect": {**GOOD, "attempts": 2, "notes": ["~stream_options"]},
       "sent": [{"body": {"stream_options": {}}}, {"body": {"stream_options": ABSENT_KEY}}]} for name, status, body in (
          ("mistral", 422, {"object": "error", "message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}, "type": "invalid_request_error"}),
          ("openrouter", 400, {"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": RAW, "provider_name": "X"}}}),
          ("litellm", 400, {"error": {"message": "litellm.UnsupportedParamsError: bedrock does not support parameters: ['stream_options']", "type": None, "param": None, "code": "400"}}),
          ("vllm-plain", 400, {"object": "error", "message": "[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'Extra inputs are not permitted'}]", "type": "BadRequestError", "param": None, "code": 400}),
          ("groq", 400, {"error": {"message": "property 'stream_options' is unsupported", "type": "invalid_request_error"}}),
          ("string", 400, {"error": "Unrecognized request argument supplied: stream_options"}))],
    {"name": "learns-nothing-from-a-filter", "replies": [{"status": 400, "body": {"error": {"code": "content_filter", "param": "prompt", "message": "filtered; the text was harmful, change temperature of the words"}}}, OK],
     "ask": {"options": {"temperature": 0.5}}, "requests": 1, "expect": {"end": "failed"}},
    # the context, in yet other words
    *[says(f"context-{name}", status, body, "", expect={"fault": 8}) for name, status, body in (
        ("tgi", 422, {"error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 512 `max_new_tokens`", "error_type": "validation"}),
        ("bedrock", 400, {"message": "The model returned the following errors: Input is too long for requested model."}),
        ("openrouter", 400, {"error": {"message": "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens", "code": 400}}),
        ("sglang", 400, {"object": "error", "message": "The input (5000 tokens) is longer than the model's context length (4096 tokens).", "type": "BadRequestError", "code": 400}),
        ("lmstudio", 400, {"error": "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens"}),
        ("deepseek", 400, {"error": {"message": "This model's maximum context length is 65536 tokens. However, you requested 70000 tokens", "type": "invalid_request_error"}}),
        ("cohere", 400, {"message": "too many tokens: size limit exceeded by 100 tokens. Try using shorter or fewer inputs"}))],
    # a model's own slip is worth another try
    *[{"name": f"retry-slip-{code}", "replies": [no(400, "Failed to call a function. Please adjust your prompt.", code=code, type="invalid_request_error"), OK], "requests": 2,
       "expect": {**GOOD, "attempts": 2}} for code in ("tool_use_failed", "json_validate_failed")],
    # errors within a stream
    raised("vllm-object", [{"object": "error", "message": "the engine is dead", "type": "InternalServerError", "param": None, "code": 500}], "the engine is dead"),
    raised("choice", [{"choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error", "error": {"code": 502, "message": "the provider hung up"}}]}], "the provider hung up"),
    raised("openrouter", [{"error": {"code": 429, "message": "Rate limit exceeded"}, "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]}], "Rate limit exceeded"),
    raised("string", [{"error": "llama runner process has terminated"}], "runner process has terminated"),
    raised("detail", [{"detail": "the worker was killed"}], "the worker was killed"),
    {"name": "raised-whole-object", "config": CONFIG.format(retries=0), "replies": [{"body": {"object": "error", "message": "no such engine", "code": 404}}], "expect": {"end": "failed", "error": "~no such engine"}},
    {"name": "error-null-is-none", "replies": [{"events": [{**delta("Hello"), "error": None}, {**end(), "error": None}]}], "expect": GOOD},
    # ends
    *[{"name": f"end-{word}", "replies": [{"events": [delta("Hel"), end(word)]}], "expect": {"end": wanted, "text": "Hel"}} for word, wanted in (
        ("MAX_TOKENS", "length"), ("SAFETY", "filtered"), ("RECITATION", "filtered"), ("STOP", "stop"), ("eos", "stop"), ("guardrail_intervened", "filtered"), ("PROHIBITED_CONTENT", "filtered"),
        ("content_filtered", "filtered"), ("eos_token", "stop"), ("max_completion_tokens", "length"))],
    {"name": "end-malformed-call", "replies": [{"events": [end("malformed_function_call")]}, OK], "requests": 2, "expect": {**GOOD, "attempts": 2}},
    {"name": "end-twice", "replies": [{"events": [delta("Hello"), end(), end()]}], "expect": GOOD},
    {"name": "end-before-the-text", "replies": [{"events": [end(), delta("Hello")]}], "expect": {"text": "Hello"}},
    {"name": "content-parts", "replies": [{"events": [{"choices": [{"delta": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}, {"type": "text", "text": "Hel"}]}}]}, delta("lo"), end()]}],
     "expect": {**GOOD, "reasoning": "Hm"}},
    {"name": "nul-in-text", "replies": [{"events": ['{"choices":[{"delta":{"content":"Hel\\u0000lo"},"finish_reason":"stop"}]}']}], "expect": {"end": "stop", "text": "Hel\0lo"}},
    {"name": "raw-nul-in-stream", "replies": [{"raw": 'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n\0\n\ndata: {"choices":[{"delta":{"content":"lo"},"finish_reason":"stop"}]}\n\n'}], "expect": GOOD},
    {"name": "choice-1-alone-is-left", "replies": [{"events": [{"choices": [{"index": 1, "delta": {"content": "other"}}]}, delta("Hello"), end()]}], "expect": GOOD},
    {"name": "role-chunk-first", "replies": [{"events": [{"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}, delta("Hello"), end()]}], "expect": GOOD},
    {"name": "usage-in-each-chunk", "replies": [{"events": [{**delta("Hel"), "usage": {"prompt_tokens": 9, "completion_tokens": 1}}, {**delta("lo"), "usage": {"prompt_tokens": 9, "completion_tokens": 2}}, end()]}],
     "expect": {**GOOD, "usage": {"known": True, "input": 9, "output": 2}}},
    {"name": "tools-beside-text", "replies": [{"events": [delta("I look."), call(0, "c1", "look", '{"at":"x"}'), end("tool_calls")]}], "ask": {"tools": TOOLS},
     "expect": {"end": "tools", "text": "I look.", "calls": [{"name": "look"}]}},
    {"name": "tools-interleaved", "replies": [{"events": [call(0, "a", "look", '{"at'), call(1, "b", "list", "{"), call(0, None, None, '":"x"}'), call(1, None, None, "}"), end("tool_calls")]}], "ask": {"tools": TOOLS},
     "expect": {"end": "tools", "calls": [{"id": "a", "arguments": '{"at":"x"}'}, {"id": "b", "arguments": "{}"}]}},
    {"name": "tools-id-in-a-later-chunk", "replies": [{"events": [call(0, None, "look", ""), call(0, "late", None, '{"at":"x"}'), end("tool_calls")]}], "ask": {"tools": TOOLS},
     "expect": {"end": "tools", "calls": [{"id": "late", "name": "look", "arguments": '{"at":"x"}'}]}},
    {"name": "tools-index-as-text", "replies": [{"events": [{"choices": [{"delta": {"tool_calls": [{"index": "0", "id": "a", "function": {"name": "look", "arguments": '{"at":'}}]}}]},
                                                            {"choices": [{"delta": {"tool_calls": [{"index": "0", "function": {"arguments": '"x"}'}}]}}]}, end("tool_calls")]}], "ask": {"tools": TOOLS},
     "expect": {"end": "tools", "calls": [{"id": "a", "arguments": '{"at":"x"}'}]}},
    {"name": "tools-of-a-name-in-pieces", "replies": [{"events": [call(0, "a", "look", ""), call(0, "a", "look", '{"at":"x"}'), end("tool_calls")]}], "ask": {"tools": TOOLS},
     "expect": {"end": "tools", "calls": [{"id": "a", "name": "look", "arguments": '{"at":"x"}'}]}},
    {"name": "messages-unknown-block", "protocol": "messages", "replies": messages(START, *block(0, {"type": "server_tool_use", "id": "s", "name": "web", "input": {}}, {"type": "input_json_delta", "partial_json": "{}"}),
     *block(1, {"type": "text", "text": ""}, {"type": "text_delta", "text": "Hello"}, {"type": "citations_delta", "citation": {}}), stop("end_turn"), STOP), "expect": {"end": "stop", "text": "Hello", "calls": []}},
    {"name": "messages-redacted-thinking", "protocol": "messages", "replies": messages(START, *block(0, {"type": "redacted_thinking", "data": "XYZ"}), *block(1, {"type": "text", "text": ""}, {"type": "text_delta", "text": "Hello"}),
     stop("end_turn"), STOP), "expect": {"end": "stop", "text": "Hello"}},
    {"name": "messages-pause", "protocol": "messages", "replies": messages(START, *block(0, {"type": "text", "text": ""}, {"type": "text_delta", "text": "Hello"}), stop("pause_turn"), STOP), "expect": {"end": "stop", "text": "Hello"}},
    {"name": "responses-cancelled", "protocol": "responses", "config": "retries = 0\n" + provider("compatible")["config"].replace("base-url", "protocol = responses\nbase-url"),
     "replies": responses({"type": "response.completed", "response": {"status": "cancelled", "output": []}}), "expect": {"text": ""}},
    # HTTP at its odd ends
    wire("close-delimited", "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + BODY),
    wire("continue-first", "HTTP/1.1 100 Continue\r\n\r\n" + HTTP + f"Content-Length: {len(BODY)}\r\n\r\n" + BODY),
    wire("hints-first", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + HTTP + f"Content-Length: {len(BODY)}\r\n\r\n" + BODY),
    wire("trailers", HTTP + "Transfer-Encoding: chunked\r\n\r\n" + f"{len(BODY):x};ext=1\r\n{BODY}\r\n0\r\nX-Sum: 1\r\n\r\n"),
    wire("bare-newlines", f"HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: {len(BODY)}\n\n{BODY}"),
    wire("no-reason", f"HTTP/1.1 200\r\nContent-Length: {len(BODY)}\r\n\r\n{BODY}"),
    wire("many-headers", HTTP + "".join(f"X-Header-{i}: {'v' * 100}\r\n" for i in range(500)) + f"Content-Length: {len(BODY)}\r\n\r\n" + BODY),
    wire("header-without-end", HTTP + "X-Long: " + "v" * 400000, expect={"attempts": 2}),
    wire("torn-in-the-head", "HTTP/1.1 200 OK\r\nContent-Ty", reply={"end": "rst"}, expect={"attempts": 2}),
    wire("closed-in-the-head", "HTTP/1.1 200 OK\r\nContent-Ty", expect={"attempts": 2}),
    wire("closed-behind-the-head", HTTP + "Content-Length: 90\r\n\r\n", expect={"attempts": 2}),
    wire("torn-behind-the-head", HTTP + "Content-Length: 90\r\n\r\n", reply={"end": "rst"}, expect={"attempts": 2}),
    wire("too-short", HTTP + f"Content-Length: {len(BODY) + 10}\r\n\r\n" + BODY),
    wire("bad-chunk", HTTP + "Transfer-Encoding: chunked\r\n\r\nzzz\r\n", expect={"attempts": 2}),
    wire("no-http", "SSH-2.0-OpenSSH_9.2\r\n", expect={"attempts": 2}),
    wire("not-modified", "HTTP/1.1 204 No Content\r\n\r\n", expect={"attempts": 2}),
    wire("reset-content", "HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n", expect={"attempts": 2}),
    wire("answer-before-the-question", HTTP + f"Content-Length: {len(BODY)}\r\nConnection: close\r\n\r\n" + BODY),
    {"name": "wire-kept-line-that-closed", "replies": [{"body": json.loads(BODY), "length": True}, {"end": "refuse"}, {"body": json.loads(BODY)}], "ask": {"requests": 2, "concurrent": 1},
     "result": {"answers": [{"text": "Hello"}, {"text": "Hello"}]}},
    *[{"name": f"redirect-{status}-keeps-the-key", "replies": [{"status": status, "headers": {"Location": place}, "body": {}}, OK], "config": CONFIG.format(retries=0).replace("base-url", "key-env = MY_KEY\nbase-url"),
       "env": {"MY_KEY": "KEY-ONE-1"}, "requests": 1, "expect": {"end": "failed", "error": "~sends us on"}} for status, place in (
          (301, "/v2/chat"), (302, "http://127.0.0.1:{port}/x"), (303, "//evil.example/"), (308, "https://evil.example/?key=1"))],
    # when to come again
    *[{"name": f"after-{name}", "replies": [no(429, headers=headers), OK], "requests": 2, "expect": {**GOOD, "attempts": 2, "notes": [f"~tried again after {seconds}"]}} for name, headers, seconds in (
        ("date-1850", {"retry-after": "Sunday, 06-Nov-94 08:49:37 GMT"}, "0.0"), ("date-asctime", {"retry-after": "Sun Nov  6 08:49:37 1994"}, "0.0"), ("date-past", {"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}, "0.0"),
        ("seconds-and-unit", {"retry-after": "1s"}, "0.0"), ("capitals", {"Retry-After-Ms": "100"}, "0.1"), ("infinite", {"retry-after": "inf"}, "0.0"), ("nan", {"retry-after-ms": "nan"}, "0.0"), ("blank", {"retry-after": "   "}, "0.0"))],
]
