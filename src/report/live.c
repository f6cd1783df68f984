/* The live view: frames into a queue, the queue into a terminal that may not take it. */
#include "report/live.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include "base/log.h"
#include "report/blocks.h"

enum { LINES_MOST = 64 << 10, FRAME_ROWS = 512 };
static const double interval = 0.1;

struct live {
	int fd; /* our own opening of the terminal: O_NONBLOCK does not reach whoever shares the caller's */
	struct report_look look;
	unsigned height;
	double framed, lined;	  /* when a frame and lines were last drawn; monotonic seconds */
	struct build queue;	  /* on its way to the terminal; a frame is queued whole or not at all */
	struct build lines;	  /* event lines not yet queued */
	unsigned long long missed; /* lines that found no room */
	struct build frame;	  /* what stands below the lines, as drawn: redrawn after them */
	unsigned widths[FRAME_ROWS], rows; /* of the frame on the screen */
};

static void size_ask(struct live *live)
{
	struct winsize size = { 0 };

	if (ioctl(live->fd, TIOCGWINSZ, &size) < 0 || size.ws_col < 2 || size.ws_row < 2) {
		size.ws_col = 80;
		size.ws_row = 24;
	}
	live->look.width = size.ws_col - 1u; /* the last column stays free: no terminal wraps then */
	live->height = size.ws_row;
}

struct live *live_new(int fd)
{
	const char *term = getenv("TERM");
	struct live *live;
	char path[64];

	if (!isatty(fd) || !term || !strcmp(term, "dumb"))
		return NULL;
	live = calloc(1, sizeof(*live));
	if (!live)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	live->fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (live->fd < 0) {
		free(live);
		return NULL;
	}
	live->look = report_look_of(fd);
	live->lines.ceiling = LINES_MOST;
	size_ask(live);
	return live;
}

/* True when everything that was queued is out. */
static bool queue_flush(struct live *live)
{
	size_t done = 0;

	while (done < live->queue.len) {
		ssize_t n = write(live->fd, live->queue.at + done, live->queue.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (done) {
		memmove(live->queue.at, live->queue.at + done, live->queue.len - done);
		live->queue.len -= done;
	}
	return live->queue.len == 0;
}

/* In the background the terminal belongs to somebody else, and writing could stop this process. */
static bool in_front(const struct live *live)
{
	pid_t group = tcgetpgrp(live->fd);

	return group < 0 || group == getpgrp();
}

/* To the start of the frame on the screen, as the window is now: a narrower one has folded its rows. */
static void frame_erase(struct live *live)
{
	unsigned up = 0, width = live->look.width + 1;

	for (unsigned i = 0; i < live->rows; i++)
		up += live->widths[i] > width ? (live->widths[i] + width - 1) / width : 1;
	/* Row by row, from below: what a window clears from its first cell on, some keep as history, frame after frame. */
	build_put(&live->queue, "\r\033[2K");
	for (unsigned i = 1; i < up && i < live->height; i++)
		build_put(&live->queue, "\033[A\033[2K");
	live->rows = 0;
}

/* Columns of a line that may hold colour sequences of ours. */
static unsigned line_columns(struct text line)
{
	size_t columns = 0, start = 0;

	for (size_t i = 0; i < line.len; i++) {
		if (line.at[i] != '\033')
			continue;
		columns += utf8_columns((struct text){ line.at + start, i - start });
		while (i < line.len && line.at[i] != 'm')
			i++;
		start = i + 1;
	}
	return (unsigned)(columns + utf8_columns(text_from(line, start)));
}

static void frame_draw(struct live *live)
{
	struct text rest = build_text(&live->frame), line;

	while (text_line(&rest, &line) && live->rows < FRAME_ROWS) {
		if (live->rows)
			build_char(&live->queue, '\n');
		build_add(&live->queue, line);
		live->widths[live->rows++] = line_columns(line);
	}
}

static void draw(struct live *live)
{
	size_ask(live);
	build_put(&live->queue, "\033[?2026h"); /* one picture, on terminals that can */
	frame_erase(live);
	build_add(&live->queue, build_text(&live->lines));
	if (live->missed)
		build_fmt(&live->queue, "… %llu lines not shown\n", live->missed);
	build_clear(&live->lines);
	live->missed = 0;
	frame_draw(live);
	build_put(&live->queue, "\033[?2026l");
	queue_flush(live);
}

/* Frames and lines have a turn each, so that neither starves the other. */
static bool may_draw(struct live *live, double *turn)
{
	double time = now();

	if (time - *turn < interval || !in_front(live) || !queue_flush(live))
		return false;
	*turn = time;
	return true;
}

/* The evidence as it would stand in the report, in the window's width and colours. */
static void evidence_paint(struct live *live, const struct evidence *evidence, unsigned rows, struct build *out)
{
	struct report *report = report_new();

	live->look.rows = rows;
	report_show(report, evidence);
	report_text(report, &live->look, out);
	report_free(report);
}

/* The frame's text: as many rows of the evidence as leave room for the status and one event line. */
static void frame_make(struct live *live, const struct evidence *evidence, const char *status)
{
	struct paint paint = { &live->frame, &live->look, false };
	AUTO_BUILD table = { 0 }, safe = { 0 };
	unsigned room;

	size_ask(live);
	build_clear(&live->frame);
	room = live->height > 3 ? live->height - 2 : 1;
	if (evidence && room > 4) {
		struct text rest, line;

		/* Title, names of columns and the note of cut rows. */
		evidence_paint(live, evidence, room - 3, &table);
		rest = build_text(&table);
		for (unsigned i = 0; i < room && text_line(&rest, &line); i++) {
			build_add(&live->frame, line);
			build_char(&live->frame, '\n');
		}
	}
	build_safe(&safe, text_of(status), false);
	paint_cut(&paint, build_text(&safe), live->look.width);
	build_char(&live->frame, '\n');
}

void live_update(struct live *live, const struct evidence *evidence, const char *status)
{
	if (!live || !may_draw(live, &live->framed))
		return;
	frame_make(live, evidence, status);
	draw(live);
}

static void line_add(struct live *live, struct text line)
{
	struct paint paint = { &live->lines, &live->look, false };
	AUTO_BUILD safe = { .ceiling = 8192 };

	if (live->lines.len + 4 * line.len + 1 > LINES_MOST) {
		live->missed++;
		return;
	}
	build_safe(&safe, line, false);
	paint_cut(&paint, build_text(&safe), live->look.width);
	build_char(&live->lines, '\n');
}

void live_line(struct live *live, struct text line)
{
	if (!live)
		return;
	line_add(live, line);
	if (may_draw(live, &live->lined))
		draw(live);
}

void live_show(struct live *live, const char *head, const struct evidence *evidence, unsigned rows)
{
	AUTO_BUILD table = { 0 };
	struct text rest, line;

	if (!live)
		return;
	size_ask(live);
	line_add(live, text_of(head));
	evidence_paint(live, evidence, rows, &table);
	rest = build_text(&table);
	text_line(&rest, &line); /* the head stands for its title */
	while (text_line(&rest, &line)) {
		if (live->lines.len + line.len + 1 > LINES_MOST) {
			live->missed++;
			continue;
		}
		build_add(&live->lines, line);
		build_char(&live->lines, '\n');
	}
	if (may_draw(live, &live->lined))
		draw(live);
}

void live_free(struct live *live)
{
	if (!live)
		return;
	build_clear(&live->frame);
	/* What could not be written by now is dropped: a stopped terminal must not keep us from ending. */
	if (in_front(live) && queue_flush(live) && (live->rows || live->lines.len || live->missed))
		draw(live);
	build_done(&live->queue);
	build_done(&live->lines);
	build_done(&live->frame);
	close(live->fd);
	free(live);
}

void live_status(double elapsed, double left, double seen, const char *unit, unsigned long long lost, struct build *out)
{
	build_fmt(out, "%.1f s", elapsed);
	if (left > 0)
		build_fmt(out, " (%.0f s to go)", left);
	build_put(out, "   ");
	if (seen >= 0) {
		report_number(seen, unit, out);
		build_put(out, "   ");
	}
	if (lost) {
		report_number((double)lost, "lost", out);
		build_put(out, "   ");
	}
	build_put(out, "Ctrl-C to stop");
}
