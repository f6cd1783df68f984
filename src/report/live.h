/* A live view for terminals: a table redrawn in place above one status line, and event lines that
 * scroll past above both. Meant to be fed from the event loop; it never blocks: a stopped or slow
 * terminal costs frames and lines (which are counted and told), not the tracer's time. */
#pragma once
#include "evidence/evidence.h"

struct live;
/* NULL when `fd` is no terminal, or one that cannot move its cursor or be opened again; every function
 * takes NULL and does nothing. Changes no terminal setting, so there is none to restore after a crash. */
struct live *live_new(int fd);

/* Shows the top of `evidence` (any kind; NULL: only the status) as far as the window has room. Draws at
 * most 10 times a second and skips the other calls, so it may be called for every event; call it at
 * least a few times a second, as this is also what brings late lines out. The window's size is asked
 * for at each drawing. `status` is foreign-safe: it is made safe and cut to the window. */
void live_update(struct live *live, const struct evidence *evidence, const char *status);
/* An event line that stays. Made safe, cut to the window. Comes out at once, or with the next drawing. */
void live_line(struct live *live, struct text line);
/* Evidence that stays, under `head` in place of its title: at most `rows` rows, in colours where the window has them. */
void live_show(struct live *live, const char *head, const struct evidence *evidence, unsigned rows);
/* Erases table and status, leaves the lines, and gives the terminal back. */
void live_free(struct live *live);

/* "5.2 s   1,204 opens   3 lost   Ctrl-C to stop"; `left` seconds to go are told when above 0, what was seen
 * until now when not below 0. */
void live_status(double elapsed, double left, double seen, const char *unit, unsigned long long lost,
		 struct build *out);

static inline void drop_live(struct live **live)
{
	live_free(*live);
}
#define AUTO_LIVE AUTO(drop_live) struct live *
