/* Whether a way of the vocabulary can be used on this machine, and its probes as bpftrace spells them. */
#include <ctype.h>
#include <string.h>
#include "base/file.h"
#include "kernel/object.h"
#include "trace/write/writer.h"

const struct tracepoint *probe_fields(struct kernel *kernel, const char *probe)
{
	AUTO_FREE char *copy = NULL;
	char *system, *name;

	if (!probe || strncmp(probe, "tracepoint:", 11) != 0)
		return NULL;
	copy = text_copy(text_of(probe + 11));
	system = copy;
	name = strchr(copy, ':');
	if (!name)
		return NULL;
	*name++ = '\0';
	return kernel_tracepoint(kernel, system, name);
}

static bool mounted(const char *type)
{
	AUTO_BUILD mounts = { 0 };
	AUTO_FREE char *field = NULL;

	if (asprintf(&field, " %s ", type) < 0 || file_read("/proc/self/mounts", 1 << 20, &mounts, NULL) < 0)
		return false;
	return text_has(build_text(&mounts), field);
}

static bool need_met(const struct way_need *need, struct kernel *kernel)
{
	AUTO_FREE char *path = NULL;

	if (strcmp(need->what, "btf") == 0)
		return kernel_has_btf(kernel);
	if (strcmp(need->what, "mount") == 0)
		return mounted(need->name);
	if (strcmp(need->what, "module") == 0)
		return asprintf(&path, "/sys/module/%s", need->name) > 0 && file_exists(path);
	if (strcmp(need->what, "program") == 0)
		return (path = program_find(need->name)) != NULL;
	return strcmp(need->what, "path") == 0 && file_exists(need->name);
}

static bool feature_met(struct kernel *kernel, enum kernel_feature feature, const char *probe, struct build *why)
{
	char no[200] = "";

	if (kernel_can(kernel, feature, no))
		return true;
	build_fmt(why, "%s needs %s, which this machine does not offer: %s", probe, kernel_feature_name(feature), no);
	return false;
}

bool probe_possible(struct kernel *kernel, enum way_kind kind, const char *probe, struct arena *arena,
		    struct build *why)
{
	struct text rest = text_of(probe), head, object;

	if (kind == WAY_SYSCALL) {
		if (kernel_has_syscall(kernel, probe))
			return true;
		build_fmt(why, "this kernel has no system call %s", probe);
		return false;
	}
	text_next(&rest, ':', &head);
	if (text_is(head, "tracepoint")) {
		if (probe_fields(kernel, probe))
			return true;
		build_fmt(why, "this kernel has no %s", probe);
		return false;
	}
	if (text_is(head, "kprobe") || text_is(head, "kretprobe") || (kind == WAY_CALL && text_is(head, "kernel"))) {
		const char *name = arena_text(arena, rest);

		if (!feature_met(kernel, KERNEL_KPROBES, probe, why))
			return false;
		if (kernel_has_function(kernel, name))
			return true;
		build_fmt(why, "this kernel has no function %s", name);
		return false;
	}
	if (text_is(head, "software"))
		return feature_met(kernel, KERNEL_SOFTWARE_EVENTS, probe, why);
	if (text_is(head, "hardware"))
		return feature_met(kernel, KERNEL_HARDWARE_EVENTS, probe, why);
	if (text_is(head, "uprobe") || text_is(head, "uretprobe") || text_is(head, "usdt")) {
		text_next(&rest, ':', &object);
	} else if (kind == WAY_CALL) {
		object = head;
	} else {
		return true;
	}
	AUTO_FREE char *name = text_copy(object);
	AUTO_FREE char *path = object_locate(name);

	if (!path) {
		build_fmt(why, "the program or library '%s' is not installed here", name);
		return false;
	}
	if (text_is(head, "usdt")) {
		AUTO_OBJECT elf = object_open(path, NULL);
		size_t count = 0;
		const struct usdt *list = elf ? object_usdt(elf, &count) : NULL;

		for (size_t i = 0; i < count; i++)
			if (text_is(rest, list[i].name) ||
			    text_is(rest, arena_fmt(arena, "%s:%s", list[i].provider, list[i].name)))
				return true;
		build_fmt(why, "%s has no static probe %.*s", path, TEXT_ARG(rest));
		return false;
	} else {
		AUTO_OBJECT elf = object_open(path, NULL);
		AUTO_FREE char *function = text_copy(rest);

		if (!elf || !object_function(elf, function)) {
			build_fmt(why, "%s has no function %s", path, function);
			return false;
		}
	}
	return true;
}

bool way_possible(const struct way *way, struct kernel *kernel, struct arena *arena, struct build *why)
{
	const name_list *lists[] = { &way->starts, &way->probes, &way->untils };

	vec_each(part, &way->parts)
		if (!way_possible(part, kernel, arena, why))
			return false;
	vec_each(need, &way->needs)
		if (!need_met(need, kernel)) {
			build_fmt(why, "it needs %s %s, which is not here", need->what, need->name);
			return false;
		}
	for (size_t i = 0; i < COUNT(lists); i++) {
		bool any = lists[i]->len == 0;

		vec_each(probe, lists[i]) {
			AUTO_BUILD reason = { 0 };

			if (probe_possible(kernel, lists[i] == &way->untils ? WAY_EVENT : way->kind, *probe, arena, &reason))
				any = true;
			else if (why->len == 0)
				build_add(why, build_text(&reason));
		}
		/* Of several names one is enough: old and new kernels differ. */
		if (!any)
			return false;
	}
	build_clear(why);
	return true;
}

/* "uprobe:libc:malloc" with the object's path, as bpftrace wants it. */
const char *probe_spell(struct arena *arena, const char *probe)
{
	struct text rest = text_of(probe), kind, object;
	AUTO_FREE char *name = NULL;
	AUTO_FREE char *path = NULL;

	text_next(&rest, ':', &kind);
	if (!text_is(kind, "uprobe") && !text_is(kind, "uretprobe") && !text_is(kind, "usdt"))
		return probe;
	text_next(&rest, ':', &object);
	name = text_copy(object);
	path = object_locate(name);
	if (!path)
		return probe;
	/* A path with other characters ("libstdc++") must be quoted. */
	for (const char *c = path; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_./-", *c))
			return arena_fmt(arena, "%.*s:\"%s\":%.*s", TEXT_ARG(kind), path, TEXT_ARG(rest));
	return arena_fmt(arena, "%.*s:%s:%.*s", TEXT_ARG(kind), path, TEXT_ARG(rest));
}

const char *probe_of_call(struct arena *arena, const char *call, bool ret)
{
	if (strncmp(call, "kernel:", 7) == 0)
		return arena_fmt(arena, "%s:%s", ret ? "kretprobe" : "kprobe", call + 7);
	return probe_spell(arena, arena_fmt(arena, "%s:%s", ret ? "uretprobe" : "uprobe", call));
}

bool way_watches(const struct way *way, const char *named)
{
	vec_each(probe, &way->probes)
		if (strcmp(*probe, named) == 0)
			return true;
	vec_each(probe, &way->starts)
		if (strcmp(*probe, named) == 0)
			return true;
	return false;
}

bool subject_watches(const struct vocabulary *vocabulary, const struct subject *subject, const char *named)
{
	struct error err = { 0 };

	if (vocabulary_open(vocabulary, subject, &err) < 0)
		return false;
	vec_each(way, &subject->ways)
		if (way_watches(way, named))
			return true;
	return false;
}
