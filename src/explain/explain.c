/* Explaining: which kind of text it is, and what all kinds share. */
#include "explain/explain.h"
#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include "base/file.h"
#include "base/utf8.h"
#include "explain/internal.h"

enum { RISKS_MOST = 200 };

const char *explain_kind_name(enum explain_kind kind)
{
	static const char *const names[] = { "bpftrace", "bcc", "libbpf", "object", "output" };

	return names[kind];
}

const char *risk_level_name(enum risk_level level)
{
	static const char *const names[] = { "note", "warning", "danger" };

	return names[level];
}

/* A sentence is one line: the blanks and line ends of what it quotes become one blank each. */
const char *kept_text(struct explanation *e, struct build *build)
{
	char *kept = arena_text(e->arena, build_text(build)), *to = kept;

	for (size_t i = 0; i < build->len; i++) {
		bool blank = (unsigned char)kept[i] <= ' ' || kept[i] == 127;

		if (!blank)
			*to++ = kept[i];
		else if (to == kept || to[-1] != ' ')
			*to++ = ' ';
	}
	*to = '\0';
	build_clear(build);
	return kept;
}

void names_join(struct build *out, const char *const *names, size_t count, const char *last)
{
	for (size_t i = 0; i < count; i++) {
		if (i)
			build_fmt(out, i + 1 == count ? " %s " : ", ", last);
		build_put(out, names[i]);
	}
}

void risk_add(struct explanation *e, enum risk_level level, unsigned line, const char *format, ...)
{
	AUTO_BUILD words = { 0 };
	va_list args;

	if (e->risks.len >= RISKS_MOST)
		return;
	va_start(args, format);
	build_vfmt(&words, format, args);
	va_end(args);
	/* The same of two lines is one finding. */
	vec_each(risk, &e->risks)
		if (risk->level == level && text_is(build_text(&words), risk->text))
			return;
	vec_push(&e->risks, (struct risk){ level, line, kept_text(e, &words) });
}

/* The probes of one lead and tail share them. */
void step_when(const struct explanation *e, const struct step *step, struct build *out)
{
	size_t i = step->first, end = step->first + step->count;

	while (i < end) {
		const struct watch *first = &e->watches.at[i];
		const char *things[500];
		size_t count = 0;

		for (; i < end && count < COUNT(things) && strcmp(e->watches.at[i].lead, first->lead) == 0 && strcmp(e->watches.at[i].tail, first->tail) == 0; i++)
			things[count++] = e->watches.at[i].thing;
		build_put(out, first == &e->watches.at[step->first] ? "" : ", or ");
		build_fmt(out, "%s%s", first->lead, first->lead[0] && first->thing[0] ? " " : "");
		names_join(out, things, count, "or");
		build_fmt(out, "%s%s", first->tail[0] ? " " : "", first->tail);
	}
}

/* ---- kinds ---- */

/* "bpftrace -e '…'" as it stands in a shell: what is between the quotes. */
static struct text one_liner(struct text text)
{
	struct text t = text_trim(text);
	size_t at;
	char quote;

	if (text_starts(t, "sudo "))
		t = text_trim(text_from(t, 5));
	if (!text_starts(t, "bpftrace ") || !text_find(t, " -e", &at))
		return text;
	t = text_trim(text_from(t, at + 3));
	quote = t.len ? t.at[0] : 0;
	if (quote != '\'' && quote != '"')
		return text;
	for (at = t.len; at > 1 && t.at[at - 1] != quote;)
		at--;
	return at > 1 ? text_until(text_from(t, 1), at - 2) : text_from(t, 1);
}

/* Text that people read has few control characters. */
static bool binary(struct text text)
{
	size_t odd = 0, look = text.len < 65536 ? text.len : 65536;

	for (size_t i = 0; i < look; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c == 0)
			return true;
		odd += (c < ' ' && !isspace(c) && c != 27) || c == 127;
	}
	return odd > look / 50 + 8 || (!utf8_valid(text) && odd > 0);
}

/* At least one block with a probe of a kind that bpftrace knows. */
static bool is_program(struct explanation *e, struct text text)
{
	if (script_read(text, &e->script, NULL) == 0)
		vec_each(block, &e->script.blocks)
			vec_each(attach, &block->probes)
				if (probe_kind_of(text_of(attach->name), NULL))
					return true;
	script_done(&e->script);
	return false;
}

static bool is_bcc(const char *name, struct text text)
{
	return text_has(text, "from bcc import") || text_has(text, "import bcc") ||
	       ((text_has(text, "BPF_PERF_OUTPUT(") || text_has(text, "BPF_HASH(") || text_has(text, "BPF_HISTOGRAM(") || text_has(text, "TRACEPOINT_PROBE(")) &&
		!text_ends(text_of(name), ".bt"));
}

int explain_text(struct explanation *e, const char *name, struct text text, const struct tracer_facts *facts, struct error *err)
{
	AUTO_FREE char *folder = NULL;

	e->arena = arena_new();
	e->kernel = kernel_new();
	if (!text_trim(text).len)
		return fail(err, -EINVAL, "there is nothing to explain: %s is empty", strcmp(name, "-") == 0 ? "the input" : "the file");
	if (asprintf(&folder, "%s/vocabulary", data_folder()) > 0)
		e->vocabulary = vocabulary_read(folder, NULL, err);
	if (!e->vocabulary || vocabulary_open_all(e->vocabulary, NULL, err) < 0)
		return err->code;
	if (text_starts(text, "\177ELF")) {
		e->kind = EXPLAIN_OBJECT;
		return object_explain(e, text, err);
	}
	if (binary(text))
		return fail(err, -EINVAL, "this is binary data, and no BPF object file (ELF): give the program's source, or its output");
	text = one_liner(text);
	if (is_bcc(name, text) || text_has(text, "SEC(\"")) {
		e->kind = is_bcc(name, text) ? EXPLAIN_BCC : EXPLAIN_LIBBPF;
		return source_explain(e, text, err);
	}
	if (is_program(e, text)) {
		e->kind = EXPLAIN_BPFTRACE;
		e->what = "a bpftrace program";
		return program_explain(e, text, facts, err);
	}
	if (output_explain(e, text)) {
		e->kind = EXPLAIN_OUTPUT;
		return 0;
	}
	return fail(err, -EINVAL, "this is of no kind that is known: neither a bpftrace, bcc or libbpf program, nor the output of one");
}

void explanation_done(struct explanation *e)
{
	vec_each(step, &e->steps) {
		vec_done(&step->does);
		vec_done(&step->lines);
	}
	vec_done(&e->watches);
	vec_done(&e->steps);
	vec_done(&e->stores);
	vec_done(&e->risks);
	vec_done(&e->shows);
	script_done(&e->script);
	evidence_list_done(&e->evidence);
	vocabulary_free(e->vocabulary);
	kernel_free(e->kernel);
	arena_free(e->arena);
	*e = (struct explanation){ 0 };
}
