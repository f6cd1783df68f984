/* A whole answer: its form checked against the schema, its tokens counted and priced, a cut context noticed. */
#include <math.h>
#include "llm/internal.h"
#include "llm/mend.h"

#define REPAIRS 1
#define MISFIT_MOST 16000 /* bytes of an answer that goes back */

static void price(struct llm_request *request)
{
	struct usage *usage = &request->answer.usage;
	const struct llm_model *model = request->known->model;
	const struct model_facts *facts = &request->known->facts;
	bool own = !isnan(model->price_input);
	double input = own ? model->price_input : facts->price_input,
	       output = own ? model->price_output : facts->price_output,
	       cached = own || isnan(facts->price_cached) ? input : facts->price_cached,
	       written = own || isnan(facts->price_written) ? input : facts->price_written;

	/* NAN where a price is not known: then the sum is not either. Models at home cost nothing. */
	usage->cost = !usage->known ? NAN :
		      url_local(model->endpoint->base) && !own ?
				      0 :
				      ((double)(usage->input - usage->cached - usage->cache_written) * input +
				       (double)usage->cached * cached + (double)usage->cache_written * written +
				       (double)usage->output * output) / 1e6;
}

/* The server counted far fewer tokens than were sent: it read only a part, and said nothing. */
static void check_context(struct llm_request *request)
{
	struct answer *answer = &request->answer;
	struct llm_known *known = request->known;
	double counted = (double)answer->usage.input, sent = (double)request->estimate, ratio = known->model->ratio;
	/* Only told when the answer was there; else it would not have been sent. */
	long context = known->model->context ? 0 : known->model->told;

	if (!answer->usage.known || counted <= 0 || sent < 500)
		return;
	if (context && attempt_tokens(request) > context && counted <= (double)context && counted < 0.9 * (double)attempt_tokens(request)) {
		answer->context_cut = true;
		answer_note(answer, "the server read only %ld of about %ld tokens: its context is %ld, and it cut the question without saying so%s", answer->usage.input,
			    attempt_tokens(request), context, known->model->endpoint->kind == LLM_OLLAMA ?
				    "; start Ollama with OLLAMA_CONTEXT_LENGTH=32768, or make a model with a larger num_ctx" : "");
		return;
	}
	if (request->counted > 0 ? counted < 0.9 * (double)request->counted :
				   counted < 0.5 * sent * (ratio > 0 && ratio < 0.8 ? ratio : 0.8) && known->model->endpoint->kind != LLM_REPLAY) {
		answer->context_cut = true;
		answer_note(answer, "the server read only %ld of about %ld tokens: its context is too short and it cut the question without saying so%s",
			    answer->usage.input, request->estimate,
			    known->model->endpoint->kind == LLM_OLLAMA ?
				    "; start Ollama with OLLAMA_CONTEXT_LENGTH=32768, or make a model with a larger num_ctx" : "");
		return;
	}
	known->model->ratio = fmin(1.5, fmax(0.5, counted / sent));
}

/* False: the answer goes back to the model with what is wrong with it. */
static bool form(struct llm_request *request)
{
	struct answer *answer = &request->answer;
	struct error why = { 0 };
	AUTO_JSON value = NULL;

	/* Before it answers it may ask for tools. */
	if (!request->options.schema || answer->end == ANSWER_TOOLS || answer->end == ANSWER_REFUSED || answer->end == ANSWER_FILTERED)
		return true;
	value = json_mend(build_text(&answer->text), &why);
	if (value && schema_check(request->options.schema, value, &why) == 0) {
		answer->value = TAKE(value);
		return true;
	}
	if (request->repairs >= REPAIRS || answer->end == ANSWER_LENGTH) {
		answer_fail(answer, FAULT_SERVER, -EBADMSG, "the model's answer does not have the form that was asked for: %.300s%s",
			    why.text, answer->end == ANSWER_LENGTH ? " (it was cut at the limit of tokens)" : "");
		return true;
	}
	request->repairs++;
	answer->sent_back = answer->usage; /* REPAIRS is 1 */
	answer->usage = (struct usage){ 0 };
	free(request->misfit);
	free(request->complaint);
	/* So much of it as tells the model what it did. */
	request->misfit = answer->text.len ? text_copy(text_until(build_text(&answer->text), MISFIT_MOST)) : text_copy(TEXT("(nothing)"));
	if (asprintf(&request->complaint, "This does not fit the schema: %s. Answer again with the JSON object alone.", why.text) < 0)
		abort();
	answer_note(answer, "the answer did not fit its schema (%.150s); asked once more", why.text);
	request_again(request, 0);
	return false;
}

bool answer_settle(struct llm_request *request)
{
	check_context(request);
	price(request);
	return form(request);
}
