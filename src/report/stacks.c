/* Stacks as lines of text: the heaviest first, the leaf on top of its callers. */
#include "report/blocks.h"

enum { MOST_STACKS = 10, FRAMES_TOP = 10, FRAMES_BOTTOM = 2, FRAME_INDENT = 8 };

static void paint_frame(const struct paint *paint, const json_t *frame)
{
	unsigned width = paint->look->width;
	AUTO_BUILD safe = { 0 };

	build_safe(&safe, (struct text){ json_string_value(frame), json_string_length(frame) }, false);
	paint_pad(paint, FRAME_INDENT);
	paint_cut(paint, build_text(&safe), width > FRAME_INDENT + 8 ? width - FRAME_INDENT : width ? 8 : 0);
	build_char(paint->out, '\n');
}

static void paint_stack(const struct paint *paint, const json_t *stack, const char *unit, double total)
{
	const json_t *frames = json_object_get(stack, "frames");
	size_t count = json_array_size(frames), top = count, bottom = 0;
	double value = json_get_number(stack, "value", 0);
	AUTO_BUILD head = { 0 }, key = { 0 }, share = { 0 };

	key_line(json_object_get(stack, "key"), &key);
	build_fmt(&share, "%.1f%%", 100 * value / total);
	build_fmt(&head, "%6s  ", share.at);
	report_number(value, unit, &head);
	if (key.len)
		build_fmt(&head, "  %s", key.at);
	paint_cut(paint, build_text(&head), paint->look->width);
	build_char(paint->out, '\n');
	if (count > FRAMES_TOP + FRAMES_BOTTOM + 1) {
		top = FRAMES_TOP;
		bottom = FRAMES_BOTTOM;
	}
	for (size_t i = 0; i < top; i++)
		paint_frame(paint, json_array_get(frames, i));
	if (top < count) {
		paint_pad(paint, FRAME_INDENT);
		build_fmt(paint->out, "… %zu more frames\n", count - top - bottom);
	}
	for (size_t i = count - bottom; i < count; i++)
		paint_frame(paint, json_array_get(frames, i));
	if (count == 0) {
		paint_pad(paint, FRAME_INDENT);
		build_put(paint->out, "(no stack)\n");
	}
}

void paint_stacks(const struct paint *paint, const struct evidence *evidence)
{
	const json_t *stacks = json_object_get(evidence->data, "stacks"), *stack;
	const char *unit = json_get_string(evidence->data, "unit");
	unsigned most = paint->look->rows && paint->look->rows < MOST_STACKS ? paint->look->rows : MOST_STACKS;
	size_t count = json_array_size(stacks), i;
	double total = 0, shown = 0;

	json_array_foreach(stacks, i, stack)
		total += json_get_number(stack, "value", 0);
	if (total <= 0) {
		paint_note(paint, "no stacks");
		return;
	}
	json_array_foreach(stacks, i, stack) {
		if (i == most)
			break;
		if (i)
			build_char(paint->out, '\n');
		paint_stack(paint, stack, unit, total);
		shown += json_get_number(stack, "value", 0);
	}
	if (count > i) {
		struct figure figure;

		figure_of((double)count, "", &figure);
		paint_note(paint, "shown %zu of %s stacks, %.1f%% of the total", i, figure.number, 100 * shown / total);
	}
}
