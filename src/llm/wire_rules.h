/* What a server or model wants otherwise: rules from data/models/quirks, and what was learned from its refusals. */
#pragma once
#include "llm/config.h"

enum wire_rule_kind { WIRE_DROP, WIRE_RENAME, WIRE_SET, WIRE_ALONE, WIRE_MOST, WIRE_NO_TOOLS, WIRE_ECHO }; /* from the fourth on: learned;
	schema_alone, the most of a number, no_tools, echo_reasoning */

struct wire_rule {
	enum wire_rule_kind kind;
	char *name, *value; /* RENAME: the new name; SET, MOST: JSON */
	bool learned;
};

struct wire_rules {
	VEC(struct wire_rule) list;
	bool echo_reasoning;	  /* reasoning goes back as reasoning_content */
	bool schema_none;	  /* no structured output: ask in words and check */
	bool schema_alone;	  /* structured output not together with tools */
	bool no_system;		  /* instructions go into the first user turn */
	bool no_tools;		  /* it is asked without any */
	char *protocol;		  /* the one that this model needs; NULL */
};
void wire_rules_done(struct wire_rules *rules);
void wire_rules_add(struct wire_rules *rules, enum wire_rule_kind kind, const char *name, const char *value);
/* Whether the parameter is dropped. */
bool wire_rules_drop(const struct wire_rules *rules, const char *name);
/* Changes a request's top level. */
void wire_rules_apply(const struct wire_rules *rules, json_t *body);

/* Reads data/models/quirks for this model. A mistake there is an error that names the line. */
int wire_rules_load(struct wire_rules *rules, const struct llm_model *model, struct error *err);
/* The first mistake in that file, whatever model it is about. */
int wire_rules_check(struct error *err);

/* A refusal (HTTP 400 or 422) with the request that it answers: adds a rule that mends it and says so in `what`
 * (up to 160 bytes). False when it names no parameter that can be changed, or one that was changed before. */
bool wire_rules_learn(struct wire_rules *rules, json_t *request, const json_t *refusal, char what[160]);

/* Whether it is about a form (a grammar, for some servers) and tools in one request. Not when that is known already. */
bool wire_rules_form_refused(const struct wire_rules *rules, const json_t *request, const json_t *refusal);
/* Whether it says that the model, or its server, takes no tools at all. Not when that is known already. */
bool wire_rules_tools_refused(const struct wire_rules *rules, const json_t *request, const json_t *refusal);

/* What was learned stands in the cache folder, per base URL and model, for 30 days. */
void learned_load(struct wire_rules *rules, const struct llm_model *model);
void learned_save(const struct wire_rules *rules, const struct llm_model *model);

/* data/models/prices: context, output limit (0: unknown) and prices (NAN: unknown) of a model by name. */
struct model_facts {
	long context, output;
	double price_input, price_output, price_cached, price_written;
};
int model_facts(const char *name, struct model_facts *facts, struct error *err);
int model_facts_check(struct error *err); /* the first mistake in the file */
