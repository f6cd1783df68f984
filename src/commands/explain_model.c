/* `syswhy explain` with a model: its words on what was found, which it cites by number. */
#include "commands/explain.h"
#include <string.h>
#include "agent/agent.h"
#include "commands/chat.h"
#include "base/log.h"
#include "llm/probe.h"

#define TOKENS_MOST   100000
#define TEXT_MOST     24000 /* bytes of the program or output that are sent */
#define EVIDENCE_MOST 12000 /* of each item of evidence */

static const char claims_schema[] = "{\"type\":\"object\",\"properties\":{\"claims\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}},"
				    "\"required\":[\"claims\"],\"additionalProperties\":false}";

static void cut_add(struct build *out, struct text t, size_t most)
{
	build_add(out, text_until(t, t.len > most ? most : t.len));
	if (t.len > most)
		build_fmt(out, "\n(cut: %zu of %zu bytes)", most, t.len);
	build_char(out, '\n');
}

static void told_write(const struct explanation *explanation, struct text text, const struct evidence_list *evidence, struct build *out)
{
	AUTO_BUILD shown = { 0 };

	build_fmt(out, "This is %s.", explanation->what);
	build_put(out, " Its text, between the lines of dashes:\n");
	if (explanation->kind == EXPLAIN_OBJECT)
		build_put(&shown, "(machine code)\n");
	else
		cut_add(&shown, text, TEXT_MOST);
	agent_fence(build_text(&shown), out);
	vec_each(item, &evidence->items) {
		const char *plain = json_get_string((*item)->data, "text");
		AUTO_FREE char *bytes = plain[0] ? NULL : json_dumps((*item)->data, JSON_COMPACT | JSON_REAL_PRECISION(6));

		build_fmt(out, "Evidence [%u], %s:\n", (*item)->number, (*item)->title);
		cut_add(out, text_of(bytes ? bytes : plain), EVIDENCE_MOST);
	}
}

static int ask(struct agent *agent, const struct explanation *explanation, struct text text, const struct evidence_list *evidence,
	       struct build *answer, struct error *err)
{
	AUTO_JSON schema = json_parse(text_of(claims_schema), err);
	AUTO_JSON value = NULL;
	AUTO_BUILD told = { 0 };
	const json_t *claim;
	size_t i;
	int code = schema ? agent_prompt(agent, "explain.txt", err) : err->code;

	if (code == 0) {
		told_write(explanation, text, evidence, &told);
		code = agent_say(agent, CHAT_USER, build_text(&told), err);
	}
	if (code == 0)
		code = agent_ask(agent, schema, "explanation", &value, err);
	/* Of what was stopped, too, what came is kept. */
	json_array_foreach(json_object_get(value, "claims"), i, claim)
		if (json_is_string(claim))
			claim_add(text_of(json_string_value(claim)), (unsigned)evidence->items.len, answer);
	return code == 0 && !answer->len ? fail(err, -EPROTO, "the model said nothing") : code;
}

/* On stderr, so that stdout holds the explanation alone. */
static void aside(struct context *context, const char *before, const char *sentence)
{
	json_t *notes = json_object_get(report_json(context->report), "notes");
	AUTO_BUILD safe = { 0 };

	build_put(&safe, before);
	build_safe(&safe, text_of(sentence), false);
	if (!notes) {
		notes = json_array();
		json_object_set_new(report_json(context->report), "notes", notes);
	}
	json_array_append_new(notes, json_text(build_text(&safe)));
	if (!context->quiet)
		fprintf(stderr, "syswhy explain: %s\n", safe.at);
}

static void answer_show(struct context *context, const struct llm_model *model, const struct build *answer)
{
	AUTO_BUILD safe = { 0 };

	build_safe(&safe, text_of(model->name), false);
	report_say(context->report, REPORT_HEADING, "In the words of %s", safe.at);
	report_marked(context->report, true);
	report_say(context->report, REPORT_PARAGRAPH, "%s", answer->at);
	report_marked(context->report, false);
	json_object_set_new(report_json(context->report), "engine", json_string("model"));
	json_object_set_new(report_json(context->report), "answer", json_text(build_text(answer)));
}

static void usage_tell(struct context *context, const struct agent *agent)
{
	json_t *usage = agent_usage(agent);

	json_object_set_new(report_json(context->report), "usage", usage); /* NULL sets nothing */
	model_usage_tell(context, "explain", usage);
}

static void waits(void *context, double seconds, const char *why)
{
	model_waits_tell(context, "explain", seconds, why);
}

static int model_ask(struct context *context, struct llm_config *config, struct llm_model *model, struct text text,
		     const struct explanation *explanation, const struct evidence_list *evidence, struct model_words *words, struct error *err)
{
	struct redact_options redaction = { .identity = model->endpoint->kind != LLM_REPLAY && !url_local(model->endpoint->base) };
	AUTO_REDACTOR redactor = redactor_new(&redaction, err);
	struct agent_spec spec = { .config = config, .model = model, .redactor = redactor, .steps = 1, .tokens = TOKENS_MOST, .context = context, .waits = waits };
	AUTO_AGENT agent = redactor ? agent_new(&spec, err) : NULL;
	AUTO_BUILD answer = { 0 };
	bool forced = words->engine && strcmp(words->engine, "model") == 0;
	char *const *notes;
	size_t count;
	int code;

	if (!agent)
		return EXIT_FAILED;
	log_stage("model", "%s at %s", model->name, model->endpoint->name);
	code = ask(agent, explanation, text, evidence, &answer, err);
	usage_tell(context, agent);
	count = agent_notes(agent, &notes);
	for (size_t i = 0; i < count; i++)
		aside(context, "", notes[i]);
	if (agent_request(agent).len) {
		error_clear(err);
		words->shown = true;
		report_say(context->report, REPORT_EXACT, "%.*s", TEXT_ARG(agent_request(agent)));
		json_object_set_new(report_json(context->report), "request", json_text(agent_request(agent)));
		return EXIT_DONE;
	}
	if (code == 0) {
		answer_show(context, model, &answer);
		return EXIT_DONE;
	}
	if (agent_interrupted(agent)) {
		error_clear(err);
		if (answer.len)
			answer_show(context, model, &answer);
		aside(context, "", answer.len ? "stopped: the model's words end where they were stopped" : "stopped before the model had said anything");
		return EXIT_INTERRUPTED;
	}
	if (forced)
		return agent_fault(agent) ? fault_exit_code(agent_fault(agent)) : EXIT_FAILED;
	aside(context, "the model could not explain it, so this is syswhy's own explanation: ", err->text);
	error_clear(err);
	return EXIT_DONE;
}

int explain_model(struct context *context, struct text text, const struct explanation *explanation, const struct evidence_list *evidence,
		  struct model_words *words, struct error *err)
{
	struct llm_flags flags = { .model = words->name, .dry_run = words->dry, .no_stream = words->whole };
	const char *engine = words->engine ? words->engine : "auto";
	bool wanted = words->name || words->dry || strcmp(engine, "model") == 0;
	struct llm_model *model = NULL;
	AUTO_LLM_CONFIG config = { 0 };

	if (strcmp(engine, "offline") == 0) {
		if (words->dry)
			report_say(context->report, REPORT_PARAGRAPH, "Nothing would be sent: --engine offline asks no model.");
		words->shown = words->dry;
		return EXIT_DONE;
	}
	/* Without a word of the person's, no server is looked for. */
	if (llm_config_load(&config, &flags, err) == 0 && (wanted || config.endpoints.len || config.model))
		model = llm_choose(&config, words->name, err);
	vec_each(note, &config.notes)
		aside(context, "note: ", *note);
	if (model)
		return model_ask(context, &config, model, text, explanation, evidence, words, err);
	if (wanted)
		return fail(err, -ENOENT, "no model is configured; 'syswhy models' says how to add one"), EXIT_CONFIG;
	if (err->code)
		aside(context, "no model was asked: ", err->text);
	error_clear(err);
	return EXIT_DONE;
}
