/* Writing a program: the blocks of its probes. */
#include <string.h>
#include "trace/write/writer.h"

void piece_add(struct writer *w, piece_list *pieces, const char *probe, struct build *text)
{
	struct piece *piece;
	bool known = false;

	/* One probe may be a start and an end, or a part of two subjects: it is attached, and told of, once. */
	vec_each(name, &w->program->probes)
		known |= strcmp(*name, probe) == 0;
	if (!known)
		vec_push(&w->program->probes, probe);
	vec_each(old, pieces)
		if (strcmp(old->text, text->at) == 0) {
			vec_push(&old->probes, probe);
			return;
		}
	piece = vec_new(pieces);
	piece->text = arena_text(w->plan->arena, build_text(text));
	vec_push(&piece->probes, probe);
}

static void locals_write(struct build *out, bool task, bool file, const char *file_raw)
{
	if (task || file)
		build_put(out, "\t$task = (struct task_struct *)curtask;\n");
	if (file)
		build_fmt(out, "\t$file = *($task->files->fdt->fd + %s);\n", file_raw);
}

static void filter_write(struct build *out, const char *guard, const struct build *conditions)
{
	if (!guard && !conditions->len) {
		build_put(out, "\n{\n");
		return;
	}
	build_fmt(out, "\n/%s%s%s/\n{\n", guard ? guard : "", guard && conditions->len ? " && " : "",
		  conditions->len ? conditions->at : "");
}

void start_block(struct writer *w, piece_list *pieces)
{
	AUTO_BUILD out = { 0 };
	bool task = w->start_file;
	const char *indent = w->start_file ? "\t\t" : "\t";

	filter_write(&out, NULL, &w->early);
	vec_each(memory, &w->memories)
		task |= memory->task;
	locals_write(&out, task, w->start_file, w->start_file);
	if (w->start_file)
		build_fmt(&out, "%s\tif (%s) {\n", w->start_setup.len ? w->start_setup.at : "", w->start_if.at);
	build_fmt(&out, "%s%s[%s] = nsecs;\n", indent, start_map(&w->spot), w->spot.start_id);
	vec_each(memory, &w->memories) {
		struct text raw = text_of(memory->raw), descriptor;

		if (memory->file) {
			text_next(&raw, '\n', &descriptor);
			if (!w->start_file || !text_is(descriptor, w->start_file))
				build_fmt(&out, "%s$file = *($task->files->fdt->fd + %.*s);\n", indent, TEXT_ARG(descriptor));
		}
		build_fmt(&out, "%s%s[%s] = %.*s;\n", indent, memory->map, w->spot.start_id, TEXT_ARG(raw));
	}
	build_put(&out, w->start_file ? "\t}\n}\n" : "}\n");
	piece_add(w, pieces, w->spot.start, &out);
}

void event_block(struct writer *w, piece_list *pieces)
{
	AUTO_BUILD out = { 0 };
	AUTO_BUILD conditions = { 0 };
	const char *guard = w->paired ? arena_fmt(w->plan->arena, "%s[%s]", start_map(&w->spot), w->spot.id) : NULL;
	bool inner = w->late.len && (w->paired || w->task || w->file || strstr(w->late.at, "$"));

	if (!w->paired)
		build_add(&conditions, build_text(&w->early));
	if (w->gate)
		build_fmt(&conditions, "%s(%s)", conditions.len ? " && " : "", w->gate);
	if (w->late.len && !inner)
		build_fmt(&conditions, "%s%s", conditions.len ? " && " : "", w->late.at);
	filter_write(&out, guard, &conditions);
	locals_write(&out, w->task, w->file, w->file_raw);
	if (inner && w->setup.len)
		build_add(&out, build_text(&w->setup));
	if (inner)
		build_fmt(&out, "\tif (%s) {\n", w->late.at);
	statement_write(w, inner ? "\t\t" : "\t", &out);
	build_put(&out, inner ? "\n\t}\n" : "\n");
	if (w->paired) {
		build_fmt(&out, "\tdelete(%s[%s]);\n", start_map(&w->spot), w->spot.id);
		vec_each(memory, &w->memories)
			build_fmt(&out, "\tdelete(%s[%s]);\n", memory->map, w->spot.id);
	}
	build_put(&out, "}\n");
	piece_add(w, pieces, w->spot.event, &out);
}

void pieces_write(const piece_list *pieces, struct build *out)
{
	vec_each(piece, pieces) {
		build_put(out, out->len ? "\n" : "");
		vec_each(probe, &piece->probes)
			build_fmt(out, "%s%s", probe == piece->probes.at ? "" : ",\n", *probe);
		build_put(out, piece->text);
	}
}

void pieces_done(piece_list *pieces)
{
	vec_each(piece, pieces)
		vec_done(&piece->probes);
	vec_done(pieces);
}
