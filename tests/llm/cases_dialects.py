"""What each provider says differently: the exact requests that it needs, and the answers that it gives."""

from cases_streams import ABSENT_KEY, TOOLS, call, delta, end

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
LOOSE = {"type": "object", "properties": {"n": {"type": "integer"}, "why": {"type": "string"}}, "required": ["n"]}
TEXT = [{"events": [delta("Hello"), end()]}]
SYSTEM = [{"role": "system", "text": "Be brief."}, {"role": "user", "text": "hello"}]
FULL = [{"role": "system", "text": "Be brief."}, {"role": "user", "text": "hello"}]


def responses(*events):
    return [{"events": [[e["type"], e] for e in events]}]


def completed(output=None, **more):
    return {"type": "response.completed", "response": {"id": "r", "model": "gpt-x", "status": "completed", "output": output or [],
                                                       "usage": {"input_tokens": 9, "input_tokens_details": {"cached_tokens": 4}, "output_tokens": 5,
                                                                 "output_tokens_details": {"reasoning_tokens": 3}}, **more}}


REASONING = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "OPAQUE=="}
CALL_ITEM = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "look", "arguments": '{"at":"x"}', "status": "completed"}
MESSAGE = {"type": "message", "id": "m_1", "role": "assistant", "content": [{"type": "output_text", "text": "Hello", "annotations": []}]}
RESPONSES_TEXT = responses({"type": "response.created", "response": {"id": "r"}}, {"type": "response.in_progress", "response": {}},
                           {"type": "response.output_item.added", "output_index": 0, "item": {"type": "message", "content": []}},
                           {"type": "response.content_part.added", "output_index": 0, "part": {"type": "output_text", "text": ""}},
                           {"type": "response.output_text.delta", "output_index": 0, "delta": "Hel"}, {"type": "response.output_text.delta", "output_index": 0, "delta": "lo"},
                           {"type": "response.output_text.done", "output_index": 0, "text": "Hello"}, {"type": "response.output_item.done", "output_index": 0, "item": MESSAGE},
                           completed([MESSAGE]))
RESPONSES_CALL = responses({"type": "response.output_item.added", "output_index": 0, "item": {"type": "reasoning", "summary": []}},
                           {"type": "response.reasoning_summary_text.delta", "output_index": 0, "delta": "Hmm."},
                           {"type": "response.output_item.done", "output_index": 0, "item": REASONING},
                           {"type": "response.output_item.added", "output_index": 1, "item": {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "look", "arguments": ""}},
                           {"type": "response.function_call_arguments.delta", "output_index": 1, "item_id": "fc_1", "delta": '{"at"'},
                           {"type": "response.function_call_arguments.delta", "output_index": 1, "item_id": "fc_1", "delta": ':"x"}'},
                           {"type": "response.function_call_arguments.done", "output_index": 1, "item_id": "fc_1", "arguments": '{"at":"x"}'},
                           {"type": "response.output_item.done", "output_index": 1, "item": CALL_ITEM},
                           completed([{**REASONING, "encrypted_content": "ANOTHER"}, CALL_ITEM]))


def messages(*events):
    return [{"events": [[e["type"], e] for e in events], "done": False}]


START = {"type": "message_start", "message": {"id": "m", "model": "claude-x", "role": "assistant", "content": [],
                                              "usage": {"input_tokens": 10, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 5, "output_tokens": 1}}}
STOP = {"type": "message_stop"}


def stop(reason, tokens=7):
    return {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": {"output_tokens": tokens}}


def block(index, start, *deltas):
    return [{"type": "content_block_start", "index": index, "content_block": start}] + \
           [{"type": "content_block_delta", "index": index, "delta": d} for d in deltas] + [{"type": "content_block_stop", "index": index}]


MESSAGES_TEXT = messages(START, {"type": "ping"}, *block(0, {"type": "text", "text": ""}, {"type": "text_delta", "text": "Hel"}, {"type": "text_delta", "text": "lo"}),
                         {"type": "something_new", "x": 1}, stop("end_turn"), STOP)
THINKING = block(0, {"type": "thinking", "thinking": "", "signature": ""}, {"type": "thinking_delta", "thinking": "Let me "}, {"type": "thinking_delta", "thinking": "see."},
                 {"type": "signature_delta", "signature": "SIG=="})
MESSAGES_CALL = messages(START, *THINKING, *block(1, {"type": "text", "text": ""}, {"type": "text_delta", "text": "Looking."}),
                         *block(2, {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}, {"type": "input_json_delta", "partial_json": ""},
                                {"type": "input_json_delta", "partial_json": '{"at"'}, {"type": "input_json_delta", "partial_json": ':"x"}'}),
                         *block(3, {"type": "tool_use", "id": "toolu_2", "name": "list", "input": {}}), stop("tool_use"), STOP)

OPENAI = {"config": "retry-delay = 0.01\nlocal-models = no\n", "env": {"OPENAI_API_KEY": "sk-test-key-1", "OPENAI_BASE_URL": "{base}", "SYSWHY_MODEL": "gpt-test"}}
AZURE_CHUNK = {"choices": [], "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}]}
VLLM = {"/v1/models": {"body": {"data": [{"id": "model-1", "max_model_len": 1024}]}}}
def loaded(context):
    """/api/ps: nothing at first, then the model with its context."""
    asked = []

    def tell(_):
        asked.append(1)
        return {"body": {"models": [{"name": "llama3:latest", "context_length": context}] if len(asked) > 1 else []}}
    return tell


PS = {"models": [{"name": "llama3:latest", "context_length": 4096}]}


def provider(name, model="model-1", **more):
    return {"provider": name, "name_of_model": model, "config": "retry-delay = 0.01\n[endpoint test]\nprovider = {provider}\nbase-url = {base}\n[model m]\nendpoint = test\nname = {name}\n",
            **more}


CONTEXT = {"/props": {"body": {"default_generation_settings": {"n_ctx": 1024}}}}
WORDS = {"turns": [{"role": "user", "text": "many words here ", "repeat": 90}]}
MESSAGES_OF_LLAMACPP = {**provider("llamacpp"), "config": provider("llamacpp")["config"].replace("base-url", "protocol = messages\nbase-url")}

def behind_a_key(answer):
    return lambda request: answer if request["headers"].get("authorization") == "Bearer KEY-ONE-1" else {"status": 401, "body": {"error": "Unauthorized"}}


CASES = [
    # Chat Completions
    {"name": "chat-request", "replies": TEXT, "ask": {"turns": SYSTEM, "tools": TOOLS[:1], "options": {"max_output": 50, "temperature": 0.5, "tool_choice": "required"}},
     "requests": 1, "sent": [{"path": "/v1/chat/completions", "method": "POST", "headers": {"content-type": "application/json", "authorization": ABSENT_KEY},
                              "text": '{"model":"model-1","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"hello"}],'
                                      '"tools":[{"type":"function","function":{"name":"look","description":"Looks.","parameters":{"type":"object","properties":{"at":{"type":"string"}}}}}],'
                                      '"tool_choice":"required","max_tokens":50,"temperature":0.5,"stream":true,"stream_options":{"include_usage":true}}'}]},
    {"name": "chat-not-streamed", "replies": [{"body": {"model": "served", "choices": [{"message": {"content": "Hello", "reasoning_content": "Hm"}, "finish_reason": "stop"}]}}],
     "ask": {"options": {"no_stream": True}}, "sent": [{"body": {"stream": False, "stream_options": ABSENT_KEY}}],
     "expect": {"text": "Hello", "reasoning": "Hm", "model": "served"}},
    {"name": "chat-tool-turns", "replies": [{"events": [call(0, "c1", "look", '{"at":"x"}'), call(1, "c2", "list", ""), end("tool_calls")]}, *TEXT],
     "ask": {"tools": TOOLS, "then": [{"turns": [{"role": "tool", "id": "c1", "text": "it is red"}, {"role": "tool", "id": "c2", "text": "no", "failed": True}]}]},
     "requests": 2, "expect": {"text": "Hello"},
     "sent": [{}, {"body": {"messages": [{"role": "user"}, {"role": "assistant", "content": None, "tool_calls": [
         {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at":"x"}'}}, {"id": "c2", "function": {"name": "list", "arguments": "{}"}}]},
         {"role": "tool", "tool_call_id": "c1", "content": "it is red"}, {"role": "tool", "tool_call_id": "c2", "content": "no"}]}}]},
    {"name": "chat-schema-strict", "replies": [{"events": [delta('{"n": 3}'), end()]}], "ask": {"options": {"schema": SCHEMA}}, "expect": {"value": {"n": 3}},
     "sent": [{"body": {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}}}]},
    {"name": "chat-schema-loose", "replies": [{"events": [delta('{"n": 3}'), end()]}], "ask": {"options": {"schema": LOOSE}}, "expect": {"value": {"n": 3}},
     "sent": [{"body": {"response_format": {"json_schema": {"strict": False}}}}]},
    {"name": "schema-amid-prose", "replies": [{"events": [delta("Sure! Here it is:\n```json\n{'n': 3,}\n```\nAnything else?"), end()]}], "ask": {"options": {"schema": SCHEMA}},
     "expect": {"value": {"n": 3}, "attempts": 1}},
    {"name": "schema-asked-again-with-the-start-of-a-long-answer", "replies": [{"events": [delta("long words " * 30000), end()]}, {"events": [delta('{"n": 3}'), end()]}], "ask": {"options": {"schema": SCHEMA}},
     "requests": 2, "expect": {"value": {"n": 3}}, "checks": [lambda server, _: [] if len(server.requests[1]["text"]) < 30000 else ["all of it was sent back"]]},
    {"name": "schema-asked-again", "replies": [{"events": [delta('{"n": "three"}'), end()]}, {"events": [delta('{"n": 3}'), end()]}], "ask": {"options": {"schema": SCHEMA}}, "requests": 2,
     "expect": {"value": {"n": 3}, "attempts": 2, "notes": ["~type integer"]},
     "sent": [{}, {"body": {"messages": [{}, {"role": "assistant", "content": '{"n": "three"}'}, {"role": "user", "content": r"~\$\.n: this must be of type integer"}]}}]},
    {"name": "schema-never-fits", "replies": [{"events": [delta("no idea"), end()]}], "ask": {"options": {"schema": SCHEMA}}, "requests": 2,
     "expect": {"end": "failed", "value": None, "text": "no idea", "error": "~form"}},
    # OpenAI
    {"name": "openai-environment", **OPENAI, "replies": TEXT, "expect": {"text": "Hello"},
     "sent": [{"path": "/v1/chat/completions", "headers": {"authorization": "Bearer sk-test-key-1"}, "body": {"model": "gpt-test"}}]},
    {"name": "openai-base-alias", **OPENAI, "env": {"OPENAI_API_KEY": "sk-test-key-1", "OPENAI_API_BASE": "{base}/", "OPENAI_ORG_ID": "org-1", "OPENAI_PROJECT_ID": "proj-1", "SYSWHY_MODEL": "gpt-test"},
     "replies": TEXT, "sent": [{"path": "/v1/chat/completions", "headers": {"openai-organization": "org-1", "openai-project": "proj-1"}}]},
    {"name": "openai-reasoning-model", "replies": TEXT,
     "config": "[endpoint test]\nprovider = openai\nprotocol = chat\nbase-url = {base}\n[model m]\nendpoint = test\nname = gpt-5-mini\n",
     "ask": {"options": {"max_output": 9, "temperature": 0.5, "effort": "low"}},
     "sent": [{"body": {"max_completion_tokens": 9, "max_tokens": ABSENT_KEY, "temperature": ABSENT_KEY, "reasoning_effort": "low"}}]},
    {"name": "openai-no-system-role", "replies": TEXT, "config": "[endpoint test]\nprovider = openai\nprotocol = chat\nbase-url = {base}\n[model m]\nendpoint = test\nname = o1-mini\n",
     "ask": {"turns": SYSTEM}, "sent": [{"body": {"messages": [{"role": "user", "content": "~Be brief.*hello"}]}}]},
    {"name": "openai-base-before-its-alias", **OPENAI, "env": {**OPENAI["env"], "OPENAI_API_BASE": "http://127.0.0.1:1/v1"}, "replies": TEXT, "expect": {"text": "Hello"}},
    # Responses
    {"name": "responses-every-event", "protocol": "responses", "expect": {"text": "Hello", "reasoning": "Hmm.", "end": "stop", "attempts": 1, "notes": []},
     "replies": responses({"type": "response.queued", "response": {}}, {"type": "response.created", "response": {"id": "r"}}, {"type": "response.in_progress", "response": {}},
                          {"type": "response.output_item.added", "output_index": 0, "item": {"type": "reasoning", "summary": []}},
                          {"type": "response.reasoning_summary_part.added", "part": {}}, {"type": "response.reasoning_summary_text.delta", "delta": "Hmm."},
                          {"type": "response.reasoning_summary_text.done", "text": "Hmm."}, {"type": "response.output_item.done", "output_index": 0, "item": REASONING},
                          {"type": "response.output_item.added", "output_index": 1, "item": {"type": "message", "content": []}},
                          {"type": "response.content_part.added", "part": {"type": "output_text", "text": ""}}, {"type": "response.output_text.delta", "delta": "Hello"},
                          {"type": "response.output_text.annotation.added", "annotation": {}}, {"type": "response.output_text.done", "text": "Hello"},
                          {"type": "response.content_part.done", "part": {"type": "output_text", "text": "Hello"}}, {"type": "response.output_item.done", "output_index": 1, "item": MESSAGE},
                          {"type": "response.something_new", "x": 1}, completed([REASONING, MESSAGE]))},
    {"name": "responses-parallel-calls", "protocol": "responses", "ask": {"tools": TOOLS}, "expect": {"end": "tools", "called": 2, "calls": [
        {"id": "call_1", "name": "look", "arguments": '{"at":"x"}'}, {"id": "call_2", "name": "list", "arguments": "{}"}]},
     "replies": responses({"type": "response.output_item.added", "output_index": 0, "item": {**CALL_ITEM, "arguments": ""}},
                          {"type": "response.output_item.added", "output_index": 1, "item": {"type": "function_call", "id": "fc_2", "call_id": "call_2", "name": "list", "arguments": ""}},
                          {"type": "response.function_call_arguments.delta", "output_index": 0, "item_id": "fc_1", "delta": '{"at"'},
                          {"type": "response.function_call_arguments.delta", "output_index": 1, "item_id": "fc_2", "delta": "{}"},
                          {"type": "response.function_call_arguments.delta", "output_index": 0, "item_id": "fc_1", "delta": ':"x"}'},
                          {"type": "response.output_item.done", "output_index": 0, "item": CALL_ITEM},
                          {"type": "response.output_item.done", "output_index": 1, "item": {"type": "function_call", "id": "fc_2", "call_id": "call_2", "name": "list", "arguments": "{}"}}, completed())},
    {"name": "responses-by-letters", "protocol": "responses", "replies": [{**RESPONSES_TEXT[0], "cut": 1}], "expect": {"text": "Hello", "end": "stop"}},
    {"name": "responses-cut-before-the-end", "protocol": "responses", "replies": [{"events": [["response.output_text.delta", {"type": "response.output_text.delta", "delta": "Hel"}]], "end": "close"}],
     "expect": {"end": "broken", "text": "Hel"}, "requests": 1},
    {"name": "responses-text", "protocol": "responses", "replies": RESPONSES_TEXT, "ask": {"turns": SYSTEM, "options": {"max_output": 50, "effort": "low"}},
     "expect": {"text": "Hello", "end": "stop", "model": "gpt-x", "usage": {"input": 9, "cached": 4, "output": 5, "reasoning": 3}},
     "sent": [{"path": "/v1/responses", "text": '{"model":"model-1","instructions":"Be brief.","input":[{"role":"user","content":"hello"}],"max_output_tokens":50,"reasoning":{"effort":"low"},'
                                                '"store":false,"include":["reasoning.encrypted_content"],"stream":true}'}]},
    {"name": "responses-default-of-openai", **provider("openai", "gpt-4.1"), "replies": RESPONSES_TEXT, "expect": {"text": "Hello"}, "sent": [{"path": "/v1/responses"}]},
    {"name": "responses-tools-replayed-verbatim", "protocol": "responses", "replies": [RESPONSES_CALL[0], RESPONSES_TEXT[0]], "requests": 2,
     "ask": {"tools": TOOLS[:1], "then": [{"turns": [{"role": "tool", "id": "call_1", "text": "red"}]}]}, "expect": {"text": "Hello"},
     "sent": [{"body": {"tools": [{"type": "function", "name": "look", "description": "Looks.", "strict": False}]}},
              {"body": {"store": False, "input": [{"role": "user"}, REASONING, CALL_ITEM, {"type": "function_call_output", "call_id": "call_1", "output": "red"}]}}]},
    {"name": "responses-call", "protocol": "responses", "replies": RESPONSES_CALL, "ask": {"tools": TOOLS},
     "expect": {"end": "tools", "called": 1, "reasoning": "Hmm.", "calls": [{"id": "call_1", "name": "look", "arguments": '{"at":"x"}', "broken": None}]}},
    {"name": "responses-schema", "protocol": "responses", "replies": responses({"type": "response.output_text.delta", "delta": '{"n":3}'}, completed()),
     "ask": {"options": {"schema": SCHEMA}}, "expect": {"value": {"n": 3}},
     "sent": [{"body": {"text": {"format": {"type": "json_schema", "name": "answer", "strict": True, "schema": SCHEMA}}}}]},
    {"name": "responses-only-at-the-end", "protocol": "responses", "replies": responses(completed([REASONING, MESSAGE])), "expect": {"text": "Hello", "end": "stop"}},
    {"name": "responses-not-streamed", "protocol": "responses", "ask": {"options": {"no_stream": True}}, "replies": [{"body": completed([MESSAGE, CALL_ITEM])["response"]}],
     "expect": {"text": "Hello", "end": "tools", "calls": [{"name": "look"}]}},
    {"name": "responses-incomplete", "protocol": "responses", "replies": responses({"type": "response.output_text.delta", "delta": "Hel"},
     {"type": "response.incomplete", "response": {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}}), "expect": {"end": "length", "text": "Hel"}},
    {"name": "responses-failed", "protocol": "responses", "replies": responses({"type": "response.failed", "response": {"status": "failed", "error": {"code": "invalid_prompt", "message": "not this"}}}),
     "expect": {"end": "failed", "error": "~not this"}, "requests": 1},
    {"name": "responses-error-event", "protocol": "responses", "replies": responses({"type": "error", "code": "server_error", "message": "oops"}), "expect": {"end": "failed", "error": "~oops"}, "requests": 3},
    {"name": "responses-refusal", "protocol": "responses", "replies": responses({"type": "response.refusal.delta", "delta": "No."}, completed()), "expect": {"end": "refused", "text": "No."}},
    {"name": "responses-reasoning-text", "protocol": "responses", "replies": responses({"type": "response.reasoning_text.delta", "delta": "Hm"}, {"type": "response.output_text.delta", "delta": "Hello"}, completed()),
     "expect": {"reasoning": "Hm", "text": "Hello"}},
    # Anthropic
    {"name": "messages-text", "provider": "anthropic", "protocol": "messages", "replies": MESSAGES_TEXT, "ask": {"turns": SYSTEM, "options": {"max_output": 50, "temperature": 1.5}},
     "expect": {"text": "Hello", "end": "stop", "model": "claude-x", "usage": {"input": 115, "cached": 100, "written": 5, "output": 7}},
     "sent": [{"path": "/v1/messages", "headers": {"anthropic-version": "2023-06-01", "authorization": ABSENT_KEY},
               "text": '{"model":"model-1","max_tokens":50,"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],'
                       '"messages":[{"role":"user","content":[{"type":"text","text":"hello"}]}],"temperature":1.0,"stream":true}'}]},
    {"name": "anthropic-environment", "config": "local-models = no\n", "env": {"ANTHROPIC_API_KEY": "sk-ant-test-1", "ANTHROPIC_BASE_URL": "http://127.0.0.1:{port}", "SYSWHY_MODEL": "anthropic/claude-x"},
     "replies": MESSAGES_TEXT, "expect": {"text": "Hello"}, "sent": [{"path": "/v1/messages", "headers": {"x-api-key": "sk-ant-test-1", "authorization": ABSENT_KEY}, "body": {"max_tokens": 8192}}]},
    {"name": "messages-thinking-kept", "provider": "anthropic", "protocol": "messages", "replies": [MESSAGES_CALL[0], MESSAGES_TEXT[0]], "requests": 2,
     "ask": {"tools": TOOLS, "options": {"effort": "low"},
             "then": [{"turns": [{"role": "tool", "id": "toolu_1", "text": "red", "cache": True}, {"role": "tool", "id": "toolu_2", "text": "no", "failed": True}]}]},
     "expect": {"text": "Hello"},
     "sent": [{"body": {"thinking": {"type": "enabled", "budget_tokens": 2048}, "tools": [{"name": "look", "input_schema": {}, "cache_control": ABSENT_KEY}, {"name": "list", "cache_control": {}}]}},
              {"body": {"messages": [{"role": "user"}, {"role": "assistant", "content": [
                  {"type": "thinking", "thinking": "Let me see.", "signature": "SIG=="}, {"type": "text", "text": "Looking."},
                  {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"at": "x"}}, {"type": "tool_use", "id": "toolu_2", "name": "list", "input": {}}]},
                  {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "red", "is_error": ABSENT_KEY, "cache_control": {"type": "ephemeral"}},
                                               {"type": "tool_result", "tool_use_id": "toolu_2", "content": "no", "is_error": True}]}]}}]},
    {"name": "messages-call", "provider": "anthropic", "protocol": "messages", "replies": MESSAGES_CALL, "ask": {"tools": TOOLS},
     "expect": {"end": "tools", "text": "Looking.", "reasoning": "Let me see.", "called": 2,
                "calls": [{"id": "toolu_1", "name": "look", "arguments": '{"at":"x"}'}, {"id": "toolu_2", "name": "list", "arguments": "{}"}]}},
    {"name": "messages-schema-by-tool", "provider": "anthropic", "protocol": "messages", "ask": {"options": {"schema": SCHEMA}},
     "replies": messages(START, *block(0, {"type": "tool_use", "id": "t", "name": "answer", "input": {}}, {"type": "input_json_delta", "partial_json": '{"n":'},
                                       {"type": "input_json_delta", "partial_json": "3}"}), stop("tool_use"), STOP),
     "expect": {"value": {"n": 3}, "calls": [], "end": "stop"}, "sent": [{"body": {"tool_choice": {"type": "tool", "name": "answer"}, "tools": [{"name": "answer", "input_schema": SCHEMA}]}}]},
    {"name": "messages-schema-beside-tools", "provider": "anthropic", "protocol": "messages", "ask": {"tools": TOOLS, "options": {"schema": SCHEMA}},
     "replies": messages(START, *block(0, {"type": "text", "text": ""}, {"type": "text_delta", "text": '{"n":3}'}), stop("end_turn"), STOP),
     "expect": {"value": {"n": 3}}, "sent": [{"body": {"tool_choice": ABSENT_KEY, "system": [{"text": "~JSON Schema"}]}}]},
    {"name": "messages-not-streamed", "provider": "anthropic", "protocol": "messages", "ask": {"options": {"no_stream": True}},
     "replies": [{"body": {"type": "message", "content": [{"type": "thinking", "thinking": "Hm", "signature": "S"}, {"type": "text", "text": "Hello"}], "stop_reason": "end_turn",
                           "usage": {"input_tokens": 3, "output_tokens": 2}}}], "expect": {"text": "Hello", "reasoning": "Hm", "end": "stop"}},
    {"name": "messages-overloaded-529", "provider": "anthropic", "protocol": "messages", "replies": [{"status": 529, "body": {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}}, MESSAGES_TEXT[0]],
     "expect": {"text": "Hello", "attempts": 2}, "requests": 2},
    {"name": "messages-overloaded-event", "provider": "anthropic", "protocol": "messages",
     "replies": [messages(START, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})[0], MESSAGES_TEXT[0]], "expect": {"text": "Hello", "attempts": 2}},
    {"name": "messages-max-tokens", "provider": "anthropic", "protocol": "messages", "replies": messages(START, *block(0, {"type": "text", "text": "Hel"}), stop("max_tokens"), STOP),
     "expect": {"end": "length", "text": "Hel"}},
    {"name": "messages-refusal", "provider": "anthropic", "protocol": "messages", "replies": messages(START, *block(0, {"type": "text", "text": "No."}), stop("refusal"), STOP), "expect": {"end": "refused"}},
    {"name": "messages-by-letters", "provider": "anthropic", "protocol": "messages", "replies": [{**MESSAGES_CALL[0], "cut": 1}], "ask": {"tools": TOOLS},
     "expect": {"end": "tools", "text": "Looking.", "calls": [{"id": "toolu_1", "arguments": '{"at":"x"}'}, {"id": "toolu_2", "arguments": "{}"}]}},
    {"name": "messages-cut-before-the-end", "provider": "anthropic", "protocol": "messages", "replies": [{**messages(START, *block(0, {"type": "text", "text": ""}, {"type": "text_delta", "text": "Hel"}))[0], "end": "close"}],
     "expect": {"end": "broken", "text": "Hel"}, "requests": 1},
    {"name": "messages-arguments-cut-by-length", "provider": "anthropic", "protocol": "messages", "ask": {"tools": TOOLS},
     "replies": messages(START, *block(0, {"type": "tool_use", "id": "t", "name": "look", "input": {}}, {"type": "input_json_delta", "partial_json": '{"at":"x'}), stop("max_tokens"), STOP),
     "expect": {"end": "length", "calls": [{"name": "look", "arguments": "{}", "broken": "~cut off"}]}},
    {"name": "messages-error-after-text", "provider": "anthropic", "protocol": "messages",
     "replies": messages(START, *block(0, {"type": "text", "text": ""}, {"type": "text_delta", "text": "Hel"}), {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
     "expect": {"end": "failed", "text": "Hel", "error": "~Overloaded"}, "requests": 1},
    # Azure
    {"name": "azure-v1-token", "config": "local-models = no\n", "replies": TEXT, "env": {"AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:{port}/openai/v1/", "AZURE_OPENAI_API_KEY": "azure-key-1",
     "AZURE_OPENAI_AD_TOKEN": "entra-token", "SYSWHY_MODEL": "azure/dep"}, "sent": [{"path": "/openai/v1/chat/completions", "headers": {"authorization": "Bearer entra-token", "api-key": ABSENT_KEY}}]},
    {"name": "azure-key-by-its-old-name-and-deployment", "config": "local-models = no\n", "replies": TEXT, "env": {"AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:{port}", "AZURE_OPENAI_KEY": "azure-key-2",
     "AZURE_OPENAI_DEPLOYMENT": "dep-2", "OPENAI_API_VERSION": "2024-10-21"}, "sent": [{"path": "/openai/deployments/dep-2/chat/completions?api-version=2024-10-21", "headers": {"api-key": "azure-key-2"}}]},
    {"name": "azure-v1", "config": "local-models = no\n", "replies": TEXT, "expect": {"text": "Hello"},
     "env": {"AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:{port}/", "AZURE_OPENAI_API_KEY": "azure-key-1", "SYSWHY_MODEL": "azure/dep"},
     "sent": [{"path": "/openai/v1/chat/completions", "headers": {"authorization": "Bearer azure-key-1"}, "body": {"model": "dep"}}]},
    {"name": "azure-classic", "config": "local-models = no\n", "expect": {"text": "Hello", "end": "filtered"},
     "replies": [{"events": [AZURE_CHUNK, {"choices": [{"index": 0, "delta": None}]}, delta("Hello"), {"choices": [{"index": 0, "delta": {"content": None}, "content_filter_results": {}}]}, end("content_filter")]}],
     "env": {"AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:{port}/", "AZURE_OPENAI_API_KEY": "azure-key-1", "OPENAI_API_VERSION": "2024-10-21", "SYSWHY_MODEL": "azure/dep"},
     "sent": [{"path": "/openai/deployments/dep/chat/completions?api-version=2024-10-21", "headers": {"api-key": "azure-key-1", "authorization": ABSENT_KEY}}]},
    {"name": "azure-token-wins", "config": "local-models = no\n", "replies": TEXT,
     "env": {"AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:{port}/", "AZURE_OPENAI_API_KEY": "azure-key-1", "AZURE_OPENAI_AD_TOKEN": "entra-token", "OPENAI_API_VERSION": "v", "SYSWHY_MODEL": "azure/dep"},
     "sent": [{"headers": {"authorization": "Bearer entra-token", "api-key": ABSENT_KEY}}]},
    # Ollama
    {"name": "ollama-environment", "config": None, "env": {"OLLAMA_HOST": "127.0.0.1:{port}", "SYSWHY_MODEL": "ollama/llama3"}, "paths": {"/api/ps": {"body": PS}},
     "replies": [{"events": [{"choices": [{"delta": {"role": "assistant", "content": "", "reasoning": "Hm"}}]}, delta("Hello"), end()]}], "expect": {"text": "Hello", "reasoning": "Hm"},
     "ask": {"tools": TOOLS, "options": {"tool_choice": "required", "max_output": 9}}, "sent": [{"path": "/v1/chat/completions", "body": {"tool_choice": ABSENT_KEY, "max_tokens": 9}}]},
    {"name": "ollama-host-to-listen-on", "config": None, "env": {"OLLAMA_HOST": "0.0.0.0:{port}", "SYSWHY_MODEL": "ollama/llama3"}, "paths": {"/api/ps": {"body": PS}}, "replies": TEXT, "expect": {"text": "Hello"}},
    {"name": "ollama-host-port-alone", "config": None, "env": {"OLLAMA_HOST": ":{port}", "SYSWHY_MODEL": "ollama/llama3"}, "paths": {"/api/ps": {"body": PS}}, "replies": TEXT, "expect": {"text": "Hello"}},
    {"name": "ollama-host-as-url", "config": None, "env": {"OLLAMA_HOST": "http://127.0.0.1:{port}/", "SYSWHY_MODEL": "ollama/llama3"}, "paths": {"/api/ps": {"body": PS}}, "replies": TEXT, "expect": {"text": "Hello"}},
    {"name": "ollama-short-context-refused", **provider("ollama", "llama3"), "paths": {"/api/ps": {"body": PS}}, "replies": TEXT, "requests": 0,
     "ask": {"turns": [{"role": "user", "text": "many words here ", "repeat": 4000}]}, "expect": {"end": "failed", "error": "~4096.*OLLAMA_CONTEXT_LENGTH", "fault": 8}},
    {"name": "ollama-context-by-show", **provider("ollama", "llama3"), "paths": {"/api/ps": {"body": {"models": []}}, "/api/show": {"body": {"parameters": "stop x\nnum_ctx    2048\n"}}}, "replies": TEXT,
     "requests": 0, "ask": {"turns": [{"role": "user", "text": "many words here ", "repeat": 1000}]}, "expect": {"end": "failed", "error": "~2048"}},
    {"name": "ollama-cut-said", **provider("ollama", "llama3"), "paths": {"/api/ps": {"body": {"models": []}}, "/api/show": {"body": {}}},
     "replies": [{"events": [delta("Hello"), end(), {"choices": [], "usage": {"prompt_tokens": 4096, "completion_tokens": 2}}]}],
     "ask": {"turns": [{"role": "user", "text": "many words here ", "repeat": 4000}]}, "expect": {"text": "Hello", "context_cut": True, "notes": ["~read only 4096 of about"]}},
    # Before a model is loaded nothing is known of its context; the answer has loaded it.
    *[{"name": f"ollama-asked-when-loaded-{name}", **provider("ollama", "llama3"), "paths": {"/api/ps": loaded(context), "/api/show": {"body": {}}},
       "replies": [{"events": [delta("Hello"), end(), {"choices": [], "usage": {"prompt_tokens": read, "completion_tokens": 2}}]}],
       "ask": {"turns": [{"role": "user", "text": "many words here ", "repeat": 2100}]}, "expect": {"text": "Hello", "context_cut": cut, "notes": notes}}
      for name, context, read, cut, notes in (("cut", 4096, 4096, True, ["~read only 4096 of about 9[0-9]* tokens: its context is 4096"]), ("whole", 32768, 8100, False, []))],
    {"name": "ollama-by-its-port", "at": 11434, "config": "local-models = no\n[endpoint mine]\nbase-url = {base}\n[model m]\nendpoint = mine\nname = llama3\n", "paths": {"/api/ps": {"body": PS}}, "replies": TEXT, "requests": 0,
     "ask": {"turns": [{"role": "user", "text": "many words here ", "repeat": 4000}]}, "expect": {"end": "failed", "error": "~4096.*OLLAMA_CONTEXT_LENGTH", "fault": 8}},
    {"name": "ollama-tool-calls", **provider("ollama", "llama3"), "paths": {"/api/ps": {"body": PS}},
     "replies": [{"events": [call(None, "call_a", "look", '{"at":"x"}'), call(0, "call_b", "list", "{}"), end("stop")]}], "ask": {"tools": TOOLS},
     "expect": {"end": "tools", "calls": [{"id": "call_a", "name": "look"}, {"id": "call_b", "name": "list"}]}},
    # llama.cpp
    {"name": "llamacpp-loading", **provider("llamacpp"), "paths": {"/props": {"body": {"default_generation_settings": {"n_ctx": 8192}}}},
     "replies": [{"status": 503, "body": {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}}] * 4 + TEXT, "requests": 5,
     "expect": {"text": "Hello", "attempts": 5, "notes": ["~loading"]}},
    {"name": "llamacpp-context", **provider("llamacpp"), "paths": {"/props": {"body": {"default_generation_settings": {"n_ctx": 1024}}}}, "replies": TEXT, "requests": 0,
     "ask": {"turns": [{"role": "user", "text": "many words here ", "repeat": 1000}]}, "expect": {"end": "failed", "error": "~1024"}},
    # It counts itself, where an estimate leaves it open; the words are about 460 tokens by our estimate, beside 512 for the answer.
    {"name": "llamacpp-counted-too-many", **provider("llamacpp"), "paths": {**CONTEXT, "/v1/chat/completions/input_tokens": {"body": {"input_tokens": 700}}}, "replies": TEXT,
     "requests": 0, "ask": WORDS, "expect": {"end": "failed", "error": "~question is 700 tokens.*1024", "fault": 8}},
    {"name": "llamacpp-counted-few", **provider("llamacpp"), "paths": {"/props": {"body": {"default_generation_settings": {"n_ctx": 600}}},
                                                                      "/v1/chat/completions/input_tokens": {"body": {"input_tokens": 80}}}, "replies": TEXT,
     "ask": WORDS, "expect": {"text": "Hello"}, "sent": [{"path": "/v1/chat/completions"}]},
    {"name": "llamacpp-counted-by-an-older-one", **provider("llamacpp"), "paths": {**CONTEXT, "/v1/chat/completions/input_tokens": {"status": 404, "body": {}}, "/tokenize": {"body": {"tokens": [1] * 900}}},
     "replies": TEXT, "requests": 0, "ask": WORDS, "expect": {"end": "failed", "error": "~question is 900 tokens", "fault": 8}},
    {"name": "llamacpp-not-counted", **provider("llamacpp"), "paths": {**CONTEXT, "/v1/chat/completions/input_tokens": {"status": 404, "body": {}}, "/tokenize": {"status": 404, "body": {}}},
     "replies": TEXT, "ask": WORDS, "expect": {"text": "Hello"}},
    {"name": "llamacpp-counted-in-messages", **MESSAGES_OF_LLAMACPP, "paths": {**CONTEXT, "/v1/messages/count_tokens": {"body": {"input_tokens": 700}}}, "replies": TEXT,
     "requests": 0, "ask": WORDS, "expect": {"end": "failed", "error": "~question is 700 tokens"}},
    {"name": "llamacpp-schema-alone", **provider("llamacpp"), "paths": {"/props": {"status": 404, "body": {}}}, "replies": [{"events": [delta('{"n":3}'), end()]}],
     "ask": {"tools": TOOLS, "options": {"schema": SCHEMA}}, "expect": {"value": {"n": 3}}, "sent": [{"body": {"response_format": ABSENT_KEY, "messages": [{"role": "system", "content": "~JSON Schema"}, {}]}}]},
    {"name": "llamacpp-stream", **provider("llamacpp"), "paths": {"/props": {"status": 404, "body": {}}},
     "replies": [{"raw": ': ping\n\ndata: {"choices":[{"delta":{"reasoning_content":"Hm"}}]}\n\n: ping\n\ndata: {"choices":[{"delta":{"content":"Hello"}}]}\n\ndata: {"choices":[{"finish_reason":"stop","delta":{}}]}\n\n'
                         'data: {"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":2},"timings":{"prompt_n":4}}\n\ndata: [DONE]\n\n'}],
     "expect": {"text": "Hello", "reasoning": "Hm", "usage": {"input": 4, "output": 2, "cost": 0.0}}},
    # vLLM and DeepSeek
    {"name": "vllm-context", **provider("vllm"), "paths": VLLM, "replies": TEXT, "requests": 0, "ask": {"turns": [{"role": "user", "text": "many words here ", "repeat": 1000}]},
     "expect": {"end": "failed", "error": "~more than the 1024", "fault": 8}},
    {"name": "vllm-context-behind-a-key", **provider("vllm"), "paths": {"/v1/models": {"status": 401}}, "replies": TEXT, "expect": {"text": "Hello"}},
    # A server that wants its key for all that it says is asked with it.
    *[{"name": f"context-asked-with-the-key-{name}", **provider(name), "config": provider(name)["config"].replace("base-url", "key-env = MY_KEY\nbase-url"), "env": {"MY_KEY": "KEY-ONE-1"},
       "paths": {place: behind_a_key(answer)}, "replies": TEXT, "requests": 0, "ask": {"turns": [{"role": "user", "text": "many words here ", "repeat": 1000}]},
       "expect": {"fault": 8, "error": "~more than the 1024 that"}}
      for name, place, answer in (("vllm", "/v1/models", VLLM["/v1/models"]), ("llamacpp", "/props", CONTEXT["/props"]),
                                  ("ollama", "/api/ps", {"body": {"models": [{"name": "model-1", "context_length": 1024}]}}))],
    {"name": "vllm-schema-by-response-format", **provider("vllm"), "paths": VLLM, "replies": [{"events": [delta('{"n":3}'), end()]}], "ask": {"options": {"schema": SCHEMA}}, "expect": {"value": {"n": 3}},
     "sent": [{"body": {"response_format": {"type": "json_schema"}, "guided_json": ABSENT_KEY}}]},
    {"name": "vllm-reasoning", **provider("vllm"), "paths": VLLM, "replies": [{"events": [{"choices": [{"delta": {"reasoning": "Hm"}}]}, delta("Hello"), end()]}], "expect": {"text": "Hello", "reasoning": "Hm"}},
    {"name": "vllm-detail-errors", **provider("vllm"), "paths": VLLM, "replies": [{"status": 422, "body": {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted", "type": "extra_forbidden"}]}}] + TEXT,
     "expect": {"text": "Hello", "attempts": 2}, "sent": [{}, {"body": {"stream_options": ABSENT_KEY}}]},
    {"name": "reasoning-back-where-it-is-missed", **provider("compatible", "thinker"), "requests": 3,
     "replies": [{"events": [{"choices": [{"delta": {"reasoning_content": "Hm"}}]}, call(0, "c1", "look", '{"at":"x"}'), end("tool_calls")]},
                 {"status": 400, "body": {"error": {"message": "thinking is enabled but reasoning_content is missing in assistant tool call message at index 1"}}}, *TEXT],
     "ask": {"tools": TOOLS, "then": [{"turns": [{"role": "tool", "id": "c1", "text": "red"}]}]}, "expect": {"text": "Hello", "notes": ["~wants the reasoning back"]},
     "sent": [{}, {"body": {"messages": [{}, {"role": "assistant", "reasoning_content": ABSENT_KEY}, {"role": "tool"}]}}, {"body": {"messages": [{}, {"role": "assistant", "reasoning_content": "Hm"}, {"role": "tool"}]}}]},
    {"name": "deepseek-reasoning-back", **provider("compatible", "deepseek-reasoner"), "requests": 2,
     "replies": [{"events": [{"choices": [{"delta": {"reasoning_content": "Hm"}}]}, call(0, "c1", "look", '{"at":"x"}'), end("tool_calls")]}, *TEXT],
     "ask": {"tools": TOOLS, "then": [{"turns": [{"role": "tool", "id": "c1", "text": "red"}]}]},
     "sent": [{}, {"body": {"messages": [{}, {"role": "assistant", "reasoning_content": "Hm"}, {"role": "tool"}]}}]},
]
