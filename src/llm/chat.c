/* Chats and answers: making, filling, ending. */
#include "llm/chat.h"
#include <math.h>

void chat_call_done(struct chat_call *call)
{
	free(call->id);
	free(call->name);
	free(call->arguments);
	free(call->broken);
	*call = (struct chat_call){ 0 };
}

void answer_done(struct answer *answer)
{
	build_done(&answer->text);
	build_done(&answer->reasoning);
	build_done(&answer->limits);
	vec_each(call, &answer->calls)
		chat_call_done(call);
	vec_done(&answer->calls);
	vec_each(note, &answer->notes)
		free(*note);
	vec_done(&answer->notes);
	json_decref(answer->value);
	json_decref(answer->native);
	*answer = (struct answer){ 0 };
}

void answer_note(struct answer *answer, const char *format, ...)
{
	AUTO_BUILD note = { .ceiling = 4096 };
	va_list args;

	va_start(args, format);
	build_vfmt(&note, format, args);
	va_end(args);
	vec_each(old, &answer->notes)
		if (text_is(build_text(&note), *old))
			return;
	if (answer->notes.len < 32)
		vec_push(&answer->notes, build_take(&note));
}

int answer_fail(struct answer *answer, enum answer_fault fault, int code, const char *format, ...)
{
	char sentence[sizeof(answer->error.text)];
	va_list args;

	if (answer->error.code)
		return answer->error.code;
	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	answer->end = ANSWER_FAILED;
	answer->fault = fault;
	return fail(&answer->error, code, "%s", sentence);
}

int fault_exit_code(enum answer_fault fault)
{
	static const int codes[] = { [FAULT_NONE] = 0,	  [FAULT_CONFIG] = 3,  [FAULT_AUTH] = 4,
				     [FAULT_RATE] = 4,	  [FAULT_REQUEST] = 4, [FAULT_SERVER] = 4,
				     [FAULT_NETWORK] = 5, [FAULT_DEADLINE] = 7, [FAULT_BUDGET] = 7 };

	return codes[fault];
}

const char *answer_end_name(enum answer_end end)
{
	static const char *const names[] = { "failed",	"stop",	     "tools",  "length", "filtered",
					     "refused", "cancelled", "broken", "dry" };

	return names[end];
}

struct chat *chat_new(void)
{
	struct chat *chat = calloc(1, sizeof(*chat));

	if (!chat)
		abort();
	return chat;
}

static void turn_done(struct chat_turn *turn)
{
	free(turn->text);
	free(turn->reasoning);
	free(turn->call_id);
	json_decref(turn->native);
	vec_each(call, &turn->calls)
		chat_call_done(call);
	vec_done(&turn->calls);
}

void chat_cut(struct chat *chat, size_t count)
{
	while (chat->turns.len > count)
		turn_done(&chat->turns.at[--chat->turns.len]);
}

void chat_drop(struct chat *chat, size_t from, size_t count)
{
	for (size_t i = from; i < from + count; i++)
		turn_done(&chat->turns.at[i]);
	memmove(&chat->turns.at[from], &chat->turns.at[from + count], (chat->turns.len - from - count) * sizeof(*chat->turns.at));
	chat->turns.len -= count;
}

void chat_free(struct chat *chat)
{
	if (!chat)
		return;
	chat_cut(chat, 0);
	vec_done(&chat->turns);
	vec_each(tool, &chat->tools) {
		free(tool->name);
		free(tool->description);
		json_decref(tool->schema);
	}
	vec_done(&chat->tools);
	free(chat);
}

void chat_say(struct chat *chat, enum chat_role role, struct clean what)
{
	struct chat_turn *turn = vec_new(&chat->turns);

	turn->role = role;
	turn->text = text_copy(what.text);
}

void chat_result(struct chat *chat, const char *id, struct clean what, bool failed)
{
	struct chat_turn *turn = vec_new(&chat->turns);

	turn->role = CHAT_TOOL;
	turn->text = text_copy(what.text);
	turn->call_id = text_copy(text_of(id));
	turn->failed = failed;
}

void chat_answer(struct chat *chat, const struct answer *answer)
{
	struct chat_turn *turn = vec_new(&chat->turns);

	turn->role = CHAT_ASSISTANT;
	turn->text = text_copy(build_text(&answer->text));
	turn->reasoning = answer->reasoning.len ? text_copy(build_text(&answer->reasoning)) : NULL;
	vec_each(call, &answer->calls)
		vec_push(&turn->calls, (struct chat_call){ .id = text_copy(text_of(call->id)),
							  .name = text_copy(text_of(call->name)),
							  .arguments = text_copy(text_of(call->arguments)) });
	turn->native = json_incref(answer->native);
	turn->native_of = answer->native_of;
}

void chat_tool(struct chat *chat, const char *name, const char *description, json_t *schema)
{
	vec_push(&chat->tools, (struct chat_tool){ text_copy(text_of(name)), text_copy(text_of(description)),
						   json_incref(schema) });
}

void chat_cache_mark(struct chat *chat)
{
	if (chat->turns.len)
		chat->turns.at[chat->turns.len - 1].cache = true;
}

const struct chat_tool *chat_tool_find(const struct chat *chat, const char *name)
{
	vec_each(tool, &chat->tools)
		if (strcmp(tool->name, name) == 0)
			return tool;
	return NULL;
}
