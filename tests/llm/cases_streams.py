"""Faults of streams that real servers have: every row of the list, and what they become together."""

import gzip
import zlib


def delta(content=None, **more):
    return {"choices": [{"index": 0, "delta": {"content": content, **more} if content is not None or not more else more}]}


def end(reason="stop"):
    return {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}


def call(index=None, id=None, name=None, arguments=None):
    function = {k: v for k, v in (("name", name), ("arguments", arguments)) if v is not None}
    entry = {"function": function}
    if index is not None:
        entry["index"] = index
    if id is not None:
        entry.update(id=id, type="function")
    return {"choices": [{"index": 0, "delta": {"tool_calls": [entry]}}]}


ABSENT_KEY = "(absent)"
HELLO = '{"choices":[{"index":0,"delta":{"content":"Hel"}}]}', '{"choices":[{"index":0,"delta":{"content":"lo"}}]}', \
        '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}'
GOOD = {"end": "stop", "text": "Hello", "streamed": "Hello", "error": "", "attempts": 1}
TOOLS = [{"name": "look", "description": "Looks.", "schema": {"type": "object", "properties": {"at": {"type": "string"}}}},
         {"name": "list", "description": "Lists.", "schema": {"type": "object"}}]
WITH_TOOLS = {"tools": TOOLS}


def raw(text, **more):
    return [{"raw": text, **more}]


def lines(newline, field="data: "):
    return "".join(f"{field}{piece}{newline}{newline}" for piece in HELLO + ("[DONE]",))


def one_call(name, replies, calls, **more):
    return {"name": name, "replies": replies, "ask": WITH_TOOLS, "expect": {"end": "tools", "calls": calls, **more}}


LOOK = [{"id": "c1", "name": "look", "arguments": '{"at":"x"}', "broken": None}]
CASES = [
    # 1. line ends
    {"name": "stream-lf", "replies": raw(lines("\n")), "expect": GOOD},
    {"name": "stream-cr", "replies": raw(lines("\r")), "expect": GOOD},
    {"name": "stream-crlf", "replies": raw(lines("\r\n")), "expect": GOOD},
    {"name": "stream-crlf-split", "replies": raw(lines("\r\n"), cut=1), "expect": GOOD},
    {"name": "stream-mixed-ends", "replies": raw(f"data: {HELLO[0]}\r\n\ndata: {HELLO[1]}\n\r\ndata: {HELLO[2]}\r\r"), "expect": GOOD},
    {"name": "stream-bom", "replies": raw("\xef\xbb\xbf" + lines("\n")), "expect": GOOD},
    # 2. data without a space, several data lines
    {"name": "stream-no-space", "replies": raw(lines("\n", "data:")), "expect": GOOD},
    {"name": "stream-data-lines", "replies": raw('data: {"choices":[{"index":0,\ndata: "delta":{"content":"Hello"},\ndata: "finish_reason":"stop"}]}\n\n'),
     "expect": GOOD},
    # 3. comments, keepalives, blank data
    {"name": "stream-comments", "replies": raw(": ping\n\n" + f"data: {HELLO[0]}\n\n:\n: keepalive\n\ndata: {HELLO[1]}\n: in the middle\n\ndata: {HELLO[2]}\n\n"),
     "expect": GOOD},
    {"name": "stream-blank-data", "replies": raw(f"data:\n\ndata: \n\ndata: {HELLO[0]}\n\ndata:\n\ndata: {HELLO[1]}\n\ndata: {HELLO[2]}\n\n"),
     "expect": {**GOOD, "notes": []}},
    {"name": "stream-other-fields", "replies": raw(f"id: 7\nretry: 10\nodd\ndata: {HELLO[0]}\n\nid\ndata: {HELLO[1]}\n\ndata: {HELLO[2]}\n\n"), "expect": GOOD},
    # 4. errors inside a 200
    {"name": "stream-event-error", "replies": [{"events": [["error", {"error": {"message": "bad thing", "type": "invalid_request_error"}}]]}],
     "expect": {"end": "failed", "error": "~bad thing", "attempts": 1}, "requests": 1},
    {"name": "stream-error-object", "replies": [{"events": [delta("Hel"), {"error": {"message": "overloaded", "code": 503}}]}],
     "expect": {"end": "failed", "text": "Hel", "error": "~overloaded"}, "requests": 1},
    {"name": "stream-error-text", "replies": [{"raw": "event: error\ndata: model crashed\n\n"}], "expect": {"end": "failed", "error": "~model crashed"}},
    {"name": "stream-error-bare", "replies": raw(f"data: {HELLO[0]}\n\n" + '{"error": {"message": "the worker died", "code": 500}}\n\n'),
     "expect": {"end": "failed", "text": "Hel", "error": "~the worker died"}, "requests": 1},
    {"name": "stream-error-bare-in-lines", "replies": raw(f"data: {HELLO[0]}\r\n\r\n" + '{\r\n "error": {\r\n  "message": "the worker died"\r\n }\r\n}\r\n', cut=1),
     "expect": {"end": "failed", "text": "Hel", "error": "~the worker died"}, "requests": 1},
    {"name": "stream-bare-object-and-fields", "replies": raw(f"data: {HELLO[0]}\n\n{{\"note\": 1}}\ndata: {HELLO[1]}\n\ndata: {HELLO[2]}\n\n"), "expect": GOOD},
    {"name": "stream-end-error", "replies": [{"events": [delta("Hel"), end("error")]}], "expect": {"end": "failed", "text": "Hel", "error": "~broke the answer off"}, "requests": 1},
    {"name": "stream-end-error-retried", "replies": [{"events": [end("error")]}, {"events": [delta("Hello"), end()]}], "expect": {**GOOD, "attempts": 2}, "requests": 2},
    *[{"name": f"stream-context-error-{name}", "replies": [{"events": [{"error": error}]}], "expect": {"end": "failed", "fault": 8, "error": "~long|size|context"}, "requests": 1}
      for name, error in (("openai", {"message": "Your input exceeds the context window of this model.", "code": "context_length_exceeded"}),
                          ("llamacpp", {"code": 400, "message": "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it", "type": "exceed_context_size_error"}))],
    {"name": "stream-error-retried", "replies": [{"events": [{"error": {"message": "busy", "type": "server_error"}}]},
                                                 {"events": [delta("Hello"), end()]}],
     "expect": {"end": "stop", "text": "Hello", "attempts": 2, "error": "", "notes": ["~busy"]}, "requests": 2},
    # 5. no [DONE]; JSON in place of a stream
    {"name": "stream-no-done", "replies": [{"events": [delta("Hello"), end()], "done": False}], "expect": GOOD},
    {"name": "stream-done-only", "replies": [{"events": [delta("Hello")]}], "expect": GOOD},
    {"name": "stream-json-body", "replies": [{"body": {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
                                                       "usage": {"prompt_tokens": 3, "completion_tokens": 2}}}],
     "expect": {**GOOD, "usage": {"known": True, "input": 3, "output": 2}}},
    {"name": "stream-json-body-mislabelled", "replies": [{"body": {"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]},
                                                          "headers": {"Content-Type": "text/event-stream"}}], "expect": GOOD},
    {"name": "stream-json-error-200", "replies": [{"body": {"error": {"message": "no such model", "code": 404}}}],
     "expect": {"end": "failed", "error": "~no such model"}, "requests": 1},
    {"name": "stream-json-by-letters", "replies": [{"body": {"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]}, "cut": 1}], "expect": GOOD},
    {"name": "stream-no-last-newline", "replies": raw(f"data: {HELLO[0]}\n\ndata: {HELLO[1]}\n\ndata: {HELLO[2]}"), "expect": GOOD},
    {"name": "stream-cut-after-text", "replies": [{"events": [delta("Hel")], "done": False}],
     "expect": {"end": "broken", "text": "Hel", "error": "~ended early", "attempts": 1}, "requests": 1},
    {"name": "stream-cut-line", "replies": [{"events": [delta("Hel")], "done": False, "end": "close"}],
     "expect": {"end": "broken", "text": "Hel", "attempts": 1}, "requests": 1},
    {"name": "stream-cut-unseen-retried", "replies": [{"events": [delta("Hel")], "done": False}, {"events": [delta("Hello"), end()]}],
     "ask": {"unwatched": True}, "expect": {"end": "stop", "text": "Hello", "attempts": 2}, "requests": 2},
    {"name": "stream-held-open", "replies": [{"events": [delta("Hello"), end()], "end": "hold"}], "expect": GOOD},
    {"name": "stream-empty-body", "replies": [{"raw": ""}], "expect": {"end": "failed", "error": "~empty answer", "attempts": 3}, "requests": 3},
    {"name": "stream-web-page", "replies": [{"body": "<html>Sign in</html>", "headers": {"Content-Type": "text/html"}}],
     "expect": {"end": "failed", "error": "~web page"}, "requests": 1},
    # what a proxy packed, though nothing of it was asked for
    *[{"name": f"stream-packed-{name}", "replies": [{"raw": pack(lines("\n").encode()).decode("latin-1"), "headers": {"Content-Encoding": name}, "cut": 7}], "expect": GOOD,
       "sent": [{"headers": {"accept-encoding": ABSENT_KEY}}]} for name, pack in (("gzip", gzip.compress), ("deflate", zlib.compress))],
    {"name": "packed-badly", "replies": [{"raw": "this is no gzip at all", "headers": {"Content-Encoding": "gzip"}}], "expect": {"end": "failed", "attempts": 3}},
    {"name": "stream-no-json", "replies": [{"events": [delta("Hel"), "{nonsense", delta("lo"), end()]}],
     "expect": {**GOOD, "notes": ["~was no JSON"]}},
    # 6. letter by letter through characters
    {"name": "stream-utf8-fragments", "replies": [{"events": [delta("日本 é 🐝"), delta("…"), end()], "cut": 1}],
     "expect": {"end": "stop", "text": "日本 é 🐝…", "streamed": "日本 é 🐝…"}},
    {"name": "stream-bad-utf8", "replies": raw('data: {"choices":[{"delta":{"content":"a\xffb"},"finish_reason":"stop"}]}\n\n'), "expect": {"text": "a\ufffdb", "end": "stop"}},
    {"name": "stream-half-surrogate", "replies": raw('data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\ndata: {"choices":[{"delta":{"content":"\\ud83d\\udc1db"},"finish_reason":"stop"}]}\n\n'),
     "expect": {"text": "a\ufffd🐝b", "end": "stop"}},
    # 7. nulls and empties
    {"name": "stream-nulls", "replies": [{"events": [{"choices": [{"index": 0, "delta": {"role": "assistant", "content": None, "tool_calls": None, "refusal": None}}]},
                                                     {"choices": [{"index": 0, "delta": None}]}, {"choices": []}, {"choices": None}, delta("Hello"),
                                                     {"choices": [{"index": 0, "delta": {"content": None}, "finish_reason": None}]}, end(),
                                                     {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 1}}]}],
     "expect": {**GOOD, "usage": {"known": True, "input": 5, "output": 1}}},
    {"name": "stream-usage-null", "replies": [{"events": [{**delta("Hello"), "usage": None, "error": None}, end()]}], "expect": {**GOOD, "usage": {"known": False}}},
    # 8. arguments of tools
    one_call("tool-plain", [{"events": [call(0, "c1", "look", ""), call(0, arguments='{"at"'), call(0, arguments=':"x"}'), end("tool_calls")]}], LOOK, called=1),
    one_call("tool-letter-by-letter", [{"events": [call(0, "c1", "look")] + [call(0, arguments=c) for c in '{"at":"x"}'] + [end("tool_calls")], "cut": 1}], LOOK),
    one_call("tool-empty-arguments", [{"events": [call(0, "c1", "list", ""), end("tool_calls")]}], [{"id": "c1", "name": "list", "arguments": "{}", "broken": None}]),
    one_call("tool-null-arguments", [{"events": [call(0, "c1", "list"), end("tool_calls")]}], [{"arguments": "{}", "broken": None}]),
    one_call("tool-object-arguments", [{"events": [call(0, "c1", "look", {"at": "x"}), end("tool_calls")]}], LOOK),
    one_call("tool-string-in-string", [{"events": [call(0, "c1", "look", '"{\\"at\\":\\"x\\"}"'), end("tool_calls")]}], LOOK),
    one_call("tool-trailing-comma", [{"events": [call(0, "c1", "look", '{"at":"x",}'), end("tool_calls")]}], LOOK),
    one_call("tool-python", [{"events": [call(0, "c1", "look", "{'at': 'x'}"), end("tool_calls")]}], LOOK),
    one_call("tool-nonsense", [{"events": [call(0, "c1", "look", "at x please"), end("tool_calls")]}],
             [{"id": "c1", "name": "look", "arguments": "{}", "broken": "~no.* JSON object"}]),
    one_call("tool-array-arguments", [{"events": [call(0, "c1", "look", '["x"]'), end("tool_calls")]}], [{"arguments": "{}", "broken": "~JSON object"}]),
    one_call("tool-no-id", [{"events": [call(0, None, "look", '{"at":"x"}'), end("tool_calls")]}], [{"id": "~^call_", "name": "look", "arguments": '{"at":"x"}', "broken": None}]),
    one_call("tool-no-index", [{"events": [call(None, "c1", "look", '{"at":"x"}'), call(None, "c2", "list", "{}"), end("tool_calls")]}],
             LOOK + [{"id": "c2", "name": "list"}], called=2),
    one_call("tool-no-index-no-id", [{"events": [call(None, None, "look", '{"at":"x"}'), call(None, None, "look", '{"at":"y"}'), end("tool_calls")]}],
             [{"arguments": '{"at":"x"}'}, {"arguments": '{"at":"y"}'}]),
    one_call("tool-parallel", [{"events": [call(0, "c1", "look", ""), call(1, "c2", "list", ""), call(0, arguments='{"at":'), call(1, arguments="{"), call(0, arguments='"x"}'),
                                           call(1, arguments="}"), end("tool_calls")]}], LOOK + [{"id": "c2", "name": "list", "arguments": "{}"}]),
    one_call("tool-parallel-at-index-0", [{"events": [call(0, "c1", "look", '{"at":"x"}'), call(0, "c2", "look", '{"at":"y"}'), end("tool_calls")]}],
             LOOK + [{"id": "c2", "name": "look", "arguments": '{"at":"y"}'}]),
    one_call("tool-id-repeated", [{"events": [call(0, "c1", "look", '{"at"'), call(0, "c1", None, ':"x"}'), end("tool_calls")]}], LOOK),
    one_call("tool-empty-id-later", [{"events": [call(0, "c1", "look", '{"at"'), call(0, "", "", ':"x"}'), end("tool_calls")]}], LOOK),
    one_call("tool-old-function-call", [{"events": [{"choices": [{"delta": {"function_call": {"name": "look", "arguments": '{"at":'}}}]},
                                                    {"choices": [{"delta": {"function_call": {"arguments": '"x"}'}}}]}, end("function_call")]}],
             [{"name": "look", "arguments": '{"at":"x"}'}]),
    one_call("tool-whole", [{"body": {"choices": [{"message": {"content": None, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at":"x"}'}}]},
                                                   "finish_reason": "tool_calls"}]}}], LOOK),
    # 9. finish_reason stop with calls; a call printed as text
    one_call("tool-finish-stop", [{"events": [call(0, "c1", "look", '{"at":"x"}'), end("stop")]}], LOOK),
    one_call("tool-as-text", [{"events": [delta('{"name": "lo'), delta('ok", "arguments": {"at": "x"}}'), end()]}],
             [{"name": "look", "arguments": '{"at":"x"}', "broken": None}], text="", streamed=""),
    one_call("tool-as-fenced-text", [{"events": [delta('```json\n{"name":"look","parameters":{"at":"x"}}\n```'), end()]}], [{"name": "look", "arguments": '{"at":"x"}'}], text=""),
    one_call("tool-as-marked-text", [{"events": [delta('<tool_'), delta('call>\n{"name":"look","arguments":{"at":"x"}}\n</tool_call>\n<tool_call>{"name":"list","arguments":{}}</tool_call>'), end()]}],
             [{"name": "look", "arguments": '{"at":"x"}'}, {"name": "list", "arguments": "{}"}], text=""),
    {"name": "tool-as-text-unknown", "replies": [{"events": [delta('{"name": "rm", "arguments": {}}'), end()]}], "ask": WITH_TOOLS,
     "expect": {"end": "stop", "calls": [], "text": '{"name": "rm", "arguments": {}}', "streamed": '{"name": "rm", "arguments": {}}'}},
    {"name": "tool-json-is-no-call", "replies": [{"events": [delta('{"at": 1}'), end()]}], "ask": WITH_TOOLS, "expect": {"end": "stop", "calls": [], "text": '{"at": 1}'}},
    # 10. cut at the limit
    {"name": "tool-cut-by-length", "replies": [{"events": [call(0, "c1", "look", '{"at":"x'), end("length")]}], "ask": WITH_TOOLS,
     "expect": {"end": "length", "calls": [{"name": "look", "arguments": "{}", "broken": "~cut off"}]}},
    {"name": "text-cut-by-length", "replies": [{"events": [delta("Hello"), end("length")]}], "expect": {"end": "length", "text": "Hello"}},
    {"name": "content-filter", "replies": [{"events": [delta("Hel"), end("content_filter")]}], "expect": {"end": "filtered", "text": "Hel"}},
    {"name": "refusal", "replies": [{"events": [{"choices": [{"delta": {"refusal": "I can"}}]}, {"choices": [{"delta": {"refusal": "not."}}]}, end()]}],
     "expect": {"end": "refused", "text": "I cannot."}},
    # reasoning apart from the answer
    {"name": "think-tags", "replies": [{"events": [delta("<th"), delta("ink>I wo"), delta("nder</thi"), delta("nk>\n\nHel"), delta("lo"), end()], "cut": 1}],
     "expect": {"text": "Hello", "reasoning": "I wonder", "thought": "I wonder", "streamed": "Hello"}},
    {"name": "think-unclosed", "replies": [{"events": [delta("<think>hmm"), end("length")]}], "expect": {"text": "", "reasoning": "hmm", "end": "length"}},
    {"name": "angle-is-no-thinking", "replies": [{"events": [delta("<"), delta("b> Hello"), end()]}], "expect": {"text": "<b> Hello", "reasoning": ""}},
    # limits
    {"name": "stream-endless-line", "replies": [{"raw": "data: " + "x" * (17 << 20), "cut": 1 << 20}], "expect": {"end": "failed", "error": "~16 MiB"}, "requests": 1},
    {"name": "many-calls", "replies": [{"events": [call(i, f"c{i}", "list", "{}") for i in range(300)] + [end("tool_calls")]}], "ask": WITH_TOOLS,
     "expect": {"end": "tools", "called": 128}},
    # stopping
    {"name": "cancel-keeps-what-came", "replies": [{"events": [delta("Hello ")] + [delta("more ")] * 200 + [end()], "cut": 60, "pause": 0.05}], "ask": {"cancel_after": 6},
     "expect": {"end": "cancelled", "text": "~^Hello ", "error": ""}, "result": {"answers": [{"text": lambda t: t.count("more") < 200}]}},
    {"name": "interrupt-stops-all", "replies": [{"events": [delta("Hello ")] + [delta("more ")] * 200 + [end()], "cut": 60, "pause": 0.05}], "ask": {"interrupt": True, "requests": 3},
     "result": {"answers": [{"end": "cancelled", "done": 1, "text": lambda t: t.count("more") < 200}] * 3},
     "checks": [lambda _, result: [] if any(a["text"].startswith("Hello ") for a in result["answers"]) else ["nothing that came was kept"]]},
]
