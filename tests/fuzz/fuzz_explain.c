/* Fuzzes what reads programs, outputs and objects to explain them: whatever the bytes, every sentence is whole and every
 * step's probes are there. */
#include <stdint.h>
#include <stdlib.h>
#include "explain/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct explanation *e)
{
	vec_each(step, &e->steps) {
		AUTO_BUILD when = { 0 };

		if (step->first + step->count > e->watches.len)
			abort();
		step_when(e, step, &when);
		vec_each(line, &step->does)
			if (!*line || !(*line)[0])
				abort();
	}
	vec_each(store, &e->stores)
		if (!store->name || !store->holds)
			abort();
	vec_each(risk, &e->risks)
		if (!risk->text[0])
			abort();
	vec_each(item, &e->evidence.items) {
		json_t *saved = evidence_save(*item);
		struct evidence_list list = { 0 };
		struct error err = { 0 };

		if (evidence_load(&list, saved, &err) < 0)
			abort();
		evidence_list_done(&list);
		json_decref(saved);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kernel *kernel;
	struct tracer_facts facts = { 0 };
	/* The first byte chooses the reader: an input of one is rarely one of another. */
	enum explain_kind kind = size ? data[0] % 5 : EXPLAIN_OUTPUT;
	struct text text = { (const char *)data + (size > 0), size - (size > 0) };
	struct explanation e = { .arena = arena_new(), .kind = kind };
	struct error err = { 0 };
	int code = 0;

	if (!kernel)
		kernel = kernel_new();
	e.kernel = kernel;
	if (kind == EXPLAIN_BPFTRACE)
		code = program_explain(&e, text, &facts, &err);
	else if (kind == EXPLAIN_OBJECT)
		code = object_explain(&e, text, &err);
	else if (kind == EXPLAIN_OUTPUT)
		output_explain(&e, text);
	else
		code = source_explain(&e, text, &err);
	if ((code < 0) != (err.text[0] != '\0'))
		abort();
	if (code == 0)
		check(&e);
	e.kernel = NULL;
	explanation_done(&e);
	return 0;
}
