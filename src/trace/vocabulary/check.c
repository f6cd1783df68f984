/* Forms that values of the vocabulary must have: looked at only when mistakes are asked for, as a question
 * would meet them later anyway. */
#include <string.h>
#include "trace/vocabulary/reader.h"

void type_check(struct reader *r, struct text type)
{
	static const char *const types[] = { "bytes", "ns", "us", "ms", "number", "hex", "pid", "uid", "cpu", "dev", "path",
					     "kstr", "chars", "errno", "signal", "syscall", "ip", "port", "port_be", "ksym",
					     "usym", "fd", "argv", "pages", "flags", "enum", "khz", "cgroup", "percent",
					     "state", "kstack", "ustack", "probe" };

	if (!r->mistakes)
		return;
	for (size_t i = 0; i < COUNT(types); i++)
		if (text_is(type, types[i]))
			return;
	if (text_starts(type, "names ") || text_starts(type, "bits ")) {
		struct text rest = text_from(type, text_starts(type, "names ") ? 6 : 5), pair, value;
		long long number;

		while (text_next(&rest, ',', &pair))
			if (!text_next(&pair, '=', &value) || !text_number(text_trim(value), &number) || pair.len == 0)
				mistake(r, "'%.*s' is no NUMBER=NAME", TEXT_ARG(value));
		return;
	}
	mistake(r, "'%.*s' is no type: docs/vocabulary.md lists them", TEXT_ARG(type));
}

/* What lies behind the end of a text that is chosen so is what lay there before: as keys, equal texts would differ. */
void choice_check(struct reader *r, struct text expr)
{
	if (r->mistakes && (text_has(expr, "? \"") || text_has(expr, "?\"")))
		mistake(r, "a choice between texts is no key that can be trusted: choose a number, and name it by [names 0=READ,1=WRITE]");
}

void probe_check(struct reader *r, enum way_kind kind, const char *probe)
{
	static const struct {
		const char *start;
		unsigned parts;
	} forms[] = {
		{ "tracepoint:", 3 }, { "kprobe:", 2 }, { "kretprobe:", 2 }, { "uprobe:", 3 }, { "uretprobe:", 3 },
		{ "usdt:", 3 }, { "software:", 2 }, { "hardware:", 2 },
	};
	struct text rest = text_of(probe), part;
	unsigned parts = 0;

	if (!r->mistakes)
		return;
	while (text_next(&rest, ':', &part))
		parts += part.len > 0;
	if (kind == WAY_SYSCALL && strchr(probe, ':'))
		mistake(r, "'%s' is no system call: give its name alone", probe);
	if (kind == WAY_CALL && parts < 2)
		mistake(r, "'%s' is no call: write OBJECT:FUNCTION", probe);
	if (kind != WAY_EVENT && kind != WAY_SPAN)
		return;
	for (size_t i = 0; i < COUNT(forms); i++)
		if (text_starts(text_of(probe), forms[i].start) && parts >= forms[i].parts)
			return;
	mistake(r, "'%s' is no probe: docs/vocabulary.md lists the forms", probe);
}

void need_check(struct reader *r, const struct way_need *need)
{
	static const char *const kinds[] = { "mount", "module", "path", "program" };

	if (!r->mistakes || strcmp(need->what, "btf") == 0)
		return;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (strcmp(need->what, kinds[i]) != 0)
			continue;
		if (!need->name[0])
			mistake(r, "write: needs %s NAME", kinds[i]);
		return;
	}
	mistake(r, "'%s' is nothing that can be needed: use btf, mount, module, path or program", need->what);
}
