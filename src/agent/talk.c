/* Conversations: answers in words, shown as they come, and what is left out when they grow too long. */
#include "agent/internal.h"
#include "base/utf8.h"

#define PLACEHOLDER_MOST 48 /* bytes */
#define ANSWER_TOKENS	 1024 /* of the context, kept free */

/* What came and is not shown yet: half a placeholder, half a character. */
struct speech {
	struct agent *agent;
	agent_piece *piece;
	void *context;
	struct build held;
	bool spoke; /* something of this answer was shown */
};

void agent_pin(struct agent *agent)
{
	agent->pinned = agent->question = agent->chat->turns.len;
}

void agent_question(struct agent *agent)
{
	agent->question = agent->chat->turns.len;
	agent->steps = 0;
	agent->unclean = agent->interrupted = false; /* what could not be cleaned was not said */
	agent->fault = FAULT_NONE;
	build_clear(&agent->request);
	vec_each(call, &agent->past) {
		free(call->name);
		free(call->arguments);
		free(call->id);
	}
	agent->past.len = 0;
}

void agent_fit(struct agent *agent, struct llm *llm, const struct llm_options *options)
{
	struct chat *chat = agent->chat;
	long context = llm_context(llm, agent->spec->model), most = agent->spec->model->max_output;
	size_t dropped = 0;
	long room = context - (most > 0 && most < context / 2 ? most : ANSWER_TOKENS);

	if (context <= 0)
		return;
	while (agent->question > agent->pinned && llm_tokens(llm, chat, options) > room) {
		size_t end = agent->pinned + 1;

		/* An answer does not stay without its question, nor a result without its call. */
		while (end < agent->question && chat->turns.at[end].role != CHAT_USER)
			end++;
		chat_drop(chat, agent->pinned, end - agent->pinned);
		agent->question -= end - agent->pinned;
		dropped++;
	}
	if (dropped) {
		AUTO_BUILD note = { 0 };

		build_fmt(&note, "The conversation no longer fits the model's context of %ld tokens: %zu of its questions, with their answers and "
			  "evidence, %s not sent any more, the oldest first.", context, dropped, dropped == 1 ? "is" : "are");
		vec_push(&agent->notes, build_take(&note));
	}
}

/* How much of `t` ends in no half placeholder and no half character. */
static size_t sure_of(struct text t)
{
	size_t sure = t.len, back = 0;

	for (size_t i = t.len > PLACEHOLDER_MOST ? t.len - PLACEHOLDER_MOST : 0; i < t.len; i++)
		if (t.at[i] == '<' && !memchr(t.at + i, '>', t.len - i)) {
			sure = i;
			break;
		}
	while (back < 3 && back < sure && ((unsigned char)t.at[sure - 1 - back] & 0xc0) == 0x80)
		back++;
	if (back < sure && (unsigned char)t.at[sure - 1 - back] >= 0xc0) {
		uint32_t c;
		struct text last = text_from(text_until(t, sure), sure - 1 - back);

		if (utf8_next(last, &c) != last.len || c == UTF8_BAD)
			sure -= back + 1;
	}
	return sure;
}

static void speak(struct speech *s, bool all)
{
	struct text held = build_text(&s->held);
	size_t sure = all ? held.len : sure_of(held);
	AUTO_BUILD restored = { 0 };

	if (!sure)
		return;
	if (redact_restore(s->agent->spec->redactor, text_until(held, sure), &restored, NULL) < 0) {
		build_clear(&restored);
		build_add(&restored, text_until(held, sure));
	}
	s->piece(s->context, build_text(&restored));
	s->spoke = true;
	memmove(s->held.at, s->held.at + sure, held.len - sure);
	s->held.len = held.len - sure;
}

static void heard(void *context, struct text piece)
{
	struct speech *s = context;

	build_add(&s->held, piece);
	speak(s, false);
}

static int talk(struct agent *agent, struct speech *s, struct build *out, struct error *err)
{
	struct agent_stream stream = { heard, s };

	for (bool last = false;;) {
		AUTO_ANSWER answer = { 0 };
		int code;

		if (!last && agent->steps >= agent->spec->steps) {
			last = true;
			chat_say(agent->chat, CHAT_USER, CLEAN("The budget for tools is used up. Answer now, from what is known."));
		}
		s->spoke = false;
		code = agent_request_once(agent, NULL, NULL, last, &stream, &answer, err);
		speak(s, true);
		if (code == 0)
			code = agent_judge(agent, &answer, err);
		if (code < 0)
			return code;
		chat_answer(agent->chat, &answer);
		if (!answer.calls.len || last) {
			code = redact_restore(agent->spec->redactor, build_text(&answer.text), out, err);
			if (code == 0 && answer.end == ANSWER_LENGTH)
				vec_push(&agent->notes, text_copy(TEXT("The answer was cut at the model's limit.")));
			return code == 0 && !text_trim(build_text(out)).len ? fail(err, -EPROTO, "the model said nothing") : code;
		}
		if (s->spoke)
			s->piece(s->context, TEXT("\n"));
		agent->steps++;
		code = agent_tools_run(agent, &answer, err);
		if (code < 0)
			return code;
	}
}

int agent_talk(struct agent *agent, agent_piece *piece, void *context, struct build *answer, struct error *err)
{
	struct speech speech = { .agent = agent, .piece = piece, .context = context };
	int code = agent->unclean ? fail(err, -EPERM, "nothing is sent, as something could not be cleaned of secrets") :
				    talk(agent, &speech, answer, err);

	build_done(&speech.held);
	/* A question without an answer would have the next one answered with it. */
	if (code < 0)
		chat_cut(agent->chat, agent->question);
	return code;
}
