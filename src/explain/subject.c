/* The vocabulary's subject that watches the same probes: what it calls them, and how their numbers are read. */
#include <string.h>
#include "explain/internal.h"

/* A probe in the form that ways are compared in: a system call is its name, whether at its entry or exit. */
static struct text plain_name(struct text probe)
{
	struct text rest;
	const char *kind = probe_kind_of(probe, &rest);

	if (text_starts(rest, "syscalls:sys_enter_"))
		return text_from(rest, strlen("syscalls:sys_enter_"));
	if (text_starts(rest, "syscalls:sys_exit_"))
		return text_from(rest, strlen("syscalls:sys_exit_"));
	return kind ? rest : probe;
}

static bool way_has(const struct way *way, struct text plain)
{
	vec_each(name, &way->probes)
		if (text_same(plain_name(text_of(*name)), plain) ||
		    (text_starts(text_of(*name), "kernel:") && text_same(text_from(text_of(*name), 7), plain)))
			return true;
	vec_each(name, &way->starts)
		if (text_same(plain_name(text_of(*name)), plain))
			return true;
	return false;
}

/* How much of each the other is; a way that narrows down is less of it. */
static double likeness(const struct way *way, const struct watch *watches, size_t count)
{
	size_t same = 0, starts = 0;
	double all;

	for (size_t i = 0; i < count; i++)
		same += way_has(way, plain_name(text_of(watches[i].name)));
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < way->starts.len; j++)
			starts += strcmp(way->starts.at[j], watches[i].name) == 0;
	all = (double)(count + way->probes.len) - (double)(same < way->probes.len ? same : way->probes.len) + (double)(way->starts.len && !starts) * 0.2;
	/* What sees a part of the firings only is another subject, unless nothing else comes near. */
	return all > 0 ? (double)same / all * (way->where ? 0.3 : 1) - (way->kind == WAY_SPAN ? 0.05 : 0) : 0;
}

void watches_match(struct explanation *e, struct watch *watches, size_t count, const char *named)
{
	const struct subject *best = NULL;
	const struct way *best_way = NULL;
	double most = 0.2;

	if (!e->vocabulary || !count || watches[0].rate >= 0)
		return;
	vec_each(subject, &e->vocabulary->subjects) {
		vec_each(way, &subject->ways) {
			double like = likeness(way, watches, count);

			if (like > 0 && named && strcmp(subject->name, named) == 0)
				like += 2;
			if (like > most) {
				most = like;
				best = subject;
				best_way = way;
			}
		}
	}
	for (size_t i = 0; best && i < count; i++) {
		watches[i].subject = best;
		watches[i].way = best_way;
	}
}

const struct role *field_role(const struct explanation *e, const struct watch *watch, struct text field, const char **unit)
{
	static const char *const units[] = { "bytes", "ns", "us", "ms", "pages" };
	const struct role *role = NULL;

	if (unit)
		*unit = NULL;
	if (!watch || !watch->way || !e->vocabulary)
		return NULL;
	vec_each(each, &watch->way->roles) {
		if (!text_is(field, each->expr))
			continue;
		role = vocabulary_role(e->vocabulary, each->name);
		for (size_t i = 0; unit && each->type && i < COUNT(units); i++)
			if (strcmp(each->type, units[i]) == 0)
				*unit = units[i];
		if (role && unit && !*unit && !each->type && role->unit && strcmp(role->unit, "bytes") == 0)
			*unit = role->unit;
		return role;
	}
	return NULL;
}
