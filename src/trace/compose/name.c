/* From the words and a way: what vague words for a key mean there ("by name", "by type", "by number"). */
#include <string.h>
#include "trace/compose/compose.h"

/* "by number": of what the way numbers. */
const char *number_meant(const struct spot *spot)
{
	static const char *const numbered[] = { "signal", "irq", "syscall", "error", "capability", "port", "order", "type" };
	struct bound b;

	for (size_t i = 0; i < COUNT(numbered); i++)
		if (bind_role(spot, numbered[i], &b, NULL))
			return numbered[i];
	return NULL;
}

/* Whether a value of this type is a bare number to a person. */
static bool numeric(const char *type)
{
	static const char *const types[] = { "number", "hex", "cpu", "pid", "fd", "port", "port_be", "bytes", "ns", "us", "ms", "pages" };

	for (size_t i = 0; i < COUNT(types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

/* Whether a value is one of a few kinds, as a type, a reason or a state is: "forks by reason" is not "by child". What a
 * call gave back is none. */
static bool categorical(const char *role, const struct bound *b)
{
	static const char *const outcomes[] = { "ret", "error", "result", "success", "outcome" };

	for (size_t i = 0; i < COUNT(outcomes); i++)
		if (strcmp(role, outcomes[i]) == 0)
			return false;
	return b->symbols || strcmp(b->type, "enum") == 0 || strcmp(b->type, "flags") == 0;
}

/* "by type": what the way tells its kinds apart by, though it is no type to the kernel. */
static const char *type_meant(const struct spot *spot)
{
	static const char *const kinds[] = { "operation", "family", "protocol", "irq" };
	struct bound b;

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (bind_role(spot, kinds[i], &b, NULL))
			return kinds[i];
	return NULL;
}

/* "by name", "by type": where the way has no such role, its own first name is meant. */
const char *name_meant(const struct wish *wish, const struct way *way, const struct spot *spot, const char *role,
			      name_list asked)
{
	static const char *const vague[] = { "name", "type", "reason", "operation", "state" };
	static const char *const nearest[][2] = { { "lock", "address" }, { "vcpu", "tid" }, { "state", "code" } };
	const struct role *process = vocabulary_role(wish->question.vocabulary, "process");
	const char *named = NULL;
	struct bound b;
	bool is_vague = false, said_name = strcmp(role, "name") == 0;

	/* The reason of a failure is its error; of what mostly succeeds it is none. */
	if (strcmp(role, "reason") == 0 && (wish->failed || way_has(way, "error")) && !bind_role(spot, role, &b, NULL) && bind_role(spot, "error", &b, NULL))
		return "error";

	/* "spin lock contention by caller": where it came from. */
	if (strcmp(role, "function") == 0 && !bind_role(spot, role, &b, NULL) && bind_role(spot, "stack", &b, NULL) && way->kind == WAY_SPAN)
		return "stack";

	/* Of what has only the one, it goes by the nearest: the address tells locks apart, a virtual CPU is a thread, the
	 * status of an exit its code. */
	for (size_t i = 0; i < COUNT(nearest); i++)
		if (strcmp(role, nearest[i][0]) == 0 && !bind_role(spot, role, &b, NULL) && bind_role(spot, nearest[i][1], &b, NULL))
			return nearest[i][1];

	/* "by its argument": of a function that is its first. */
	if (strcmp(role, "args") == 0 && !bind_role(spot, role, &b, NULL) && bind_role(spot, "arg0", &b, NULL))
		return "arg0";

	/* "which host does it connect to": where names are not seen, their addresses. */
	if (strcmp(role, "host") == 0 && !bind_role(spot, role, &b, NULL)) {
		if (bind_role(spot, "address", &b, NULL))
			return "address";
		if (bind_role(spot, "family", &b, NULL)) /* "socket calls by domain" */
			return "family";
	}
	if (strcmp(role, "operation") == 0 && !bind_role(spot, role, &b, NULL)) {
		if (way->kind == WAY_SYSCALL && field_meant(spot, role))
			return field_meant(spot, role);
		if (bind_role(spot, "type", &b, NULL)) /* "flock by operation" */
			return "type";
		if (way->kind == WAY_SYSCALL && way->probes.len > 1)
			return "syscall";
	}
	/* "setpriority by new value"; "which limit is set most": which, and not how high. */
	if (strcmp(role, "limit") == 0 && !bind_role(spot, role, &b, NULL) && bind_role(spot, "priority", &b, NULL))
		return "priority";
	if (strcmp(role, "limit") == 0 && bind_role(spot, "resource", &b, NULL) && !word_there(wish, "value") && !word_there(wish, "new") &&
	    !word_there(wish, "soft"))
		return "resource";
	if (strcmp(role, "ret") == 0 && !bind_role(spot, role, &b, NULL) && bind_role(spot, "result", &b, NULL))
		return "result";
	for (size_t i = 0; i < COUNT(vague); i++)
		is_vague |= strcmp(role, vague[i]) == 0;
	if (!is_vague || bind_role(spot, role, &b, NULL))
		return role;
	/* "signals by name", and "exits by name": whose, where nothing that is counted has a name of its own. */
	if (said_name) {
		bool text = false;

		vec_each(own, &way->roles) {
			const struct role *known = vocabulary_role(wish->question.vocabulary, own->name);

			if (known && wish->plan->subject->unit && strcmp(known->plural, wish->plan->subject->unit) == 0)
				return own->name;
			text |= known && known != process && bind_role(spot, own->name, &b, NULL) && b.text;
		}
		/* "syscall errors by name" */
		if (word_there(wish, "syscall") && bind_role(spot, "syscall", &b, NULL))
			return "syscall";
		if (!text && listed(&wish->plan->subject->by, "process") && bind_role(spot, "process", &b, NULL))
			return "process";
	}
	if (strcmp(role, "type") == 0 && type_meant(spot))
		return type_meant(spot);
	vec_each(own, &way->roles) {
		const struct role *known = vocabulary_role(wish->question.vocabulary, own->name);

		/* "by file and name": not the file again. */
		if (listed(&asked, own->name)) {
			named = said_name && known != process ? own->name : named;
			continue;
		}
		/* A name is text, or becomes it: a system call does, an exit code does not. */
		if (said_name && bind_role(spot, own->name, &b, NULL) && !b.text && !b.symbols && numeric(b.type))
			continue;
		if (!said_name && !(bind_role(spot, own->name, &b, NULL) && categorical(own->name, &b)))
			continue;
		if (known != process && strcmp(own->name, "pid") != 0 && strcmp(own->name, "tid") != 0 &&
		    (!known || known->kind == ROLE_NAME) && bind_role(spot, own->name, &b, NULL))
			return own->name;
	}
	if (way->kind == WAY_SYSCALL && way->probes.len > 1 && strcmp(role, "reason") != 0)
		return "syscall";
	if (named)
		return named; /* "functions by file and name": theirs */
	return said_name && bind_role(spot, "process", &b, NULL) ? "process" : role;
}
