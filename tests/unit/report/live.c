/* The live table on a pseudo terminal, read through a small emulation of its screen. */
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include "report/live.h"
#include "check.h"

enum { ROWS = 40, COLUMNS = 100 };

struct screen {
	int master, slave;
	char cells[ROWS][COLUMNS + 1]; /* the first byte of each character */
	unsigned row, column, height, width;
	size_t bytes;
};

static void screen_open(struct screen *screen, unsigned height, unsigned width)
{
	struct winsize size = { .ws_row = (unsigned short)height, .ws_col = (unsigned short)width };

	*screen = (struct screen){ .height = height, .width = width };
	memset(screen->cells, ' ', sizeof(screen->cells));
	setenv("TERM", "xterm", 1);
	assert_int_equal(openpty(&screen->master, &screen->slave, NULL, NULL, &size), 0);
	fcntl(screen->master, F_SETFL, O_NONBLOCK);
}

static void screen_close(struct screen *screen)
{
	close(screen->master);
	close(screen->slave);
}

static void scroll(struct screen *screen)
{
	memmove(screen->cells[0], screen->cells[1], (screen->height - 1) * sizeof(screen->cells[0]));
	memset(screen->cells[screen->height - 1], ' ', COLUMNS);
}

static const char *control(struct screen *screen, const char *at)
{
	unsigned number = (unsigned)strtoul(at + 2, NULL, 10);

	while (!strchr("AJKmhl", *++at))
		assert_true(*at != '\0');
	if (*at == 'A' && number == 0)
		number = 1;
	if (*at == 'A')
		screen->row -= number < screen->row ? number : screen->row;
	if (*at == 'K') {
		assert_int_equal(number, 2); /* the whole row; the cursor stays */
		memset(screen->cells[screen->row], ' ', COLUMNS);
	}
	if (*at == 'J') {
		memset(screen->cells[screen->row] + screen->column, ' ', COLUMNS - screen->column);
		for (unsigned row = screen->row + 1; row < screen->height; row++)
			memset(screen->cells[row], ' ', COLUMNS);
	}
	return at;
}

static void screen_read(struct screen *screen)
{
	char text[65536 + 1];
	ssize_t n;

	while ((n = read(screen->master, text, sizeof(text) - 1)) > 0) {
		screen->bytes += (size_t)n;
		text[n] = '\0';
		for (const char *at = text; *at; at++) {
			if (*at == '\033') {
				at = control(screen, at);
			} else if (*at == '\r') {
				screen->column = 0;
			} else if (*at == '\n') {
				if (++screen->row == screen->height) {
					scroll(screen);
					screen->row--;
				}
			} else if (((unsigned char)*at & 0xc0) != 0x80) {
				assert_true(screen->column < screen->width); /* never wraps */
				screen->cells[screen->row][screen->column++] = *at;
			}
		}
	}
}

static bool screen_has(const struct screen *screen, const char *part)
{
	for (unsigned row = 0; row < screen->height; row++)
		if (memmem(screen->cells[row], COLUMNS, part, strlen(part)))
			return true;
	return false;
}

static const char table[] = "{'columns': [{'name': 'process', 'key': true}, {'name': 'opens', 'share': true}],"
			    " 'rows': [['bash', 1200], ['cat', 7], ['dd', 6], ['ls', 5], ['sh', 4], ['vi', 3]]}";

static void pause_frame(void)
{
	usleep(110000);
}

static void draws_in_place(void **state)
{
	struct screen screen;
	struct evidence_list list = { 0 };
	struct evidence *evidence = evidence_of(&list, EVIDENCE_TABLE, table);
	struct live *live;

	(void)state;
	screen_open(&screen, 20, 60);
	live = live_new(screen.slave);
	assert_non_null(live);
	for (int i = 0; i < 4; i++) {
		live_line(live, text_of("an event \033[2J line"));
		live_update(live, evidence, i < 3 ? "3 s   Ctrl-C to stop" : "4 s   Ctrl-C to stop");
		screen_read(&screen);
		pause_frame();
	}
	assert_true(!memcmp(screen.cells[0], "an event \\x1b[2J line", 20));
	assert_true(!memcmp(screen.cells[3], "an event \\x1b[2J line", 20));
	assert_true(!memcmp(screen.cells[4], "[1] the title", 13));
	assert_true(screen_has(&screen, "bash     1,200"));
	assert_true(screen_has(&screen, "4 s   Ctrl-C to stop"));
	assert_false(screen_has(&screen, "3 s   Ctrl-C to stop"));
	live_free(live);
	screen_read(&screen);
	assert_false(screen_has(&screen, "Ctrl-C"));
	assert_false(screen_has(&screen, "the title"));
	assert_true(!memcmp(screen.cells[3], "an event \\x1b[2J line", 20));
	assert_int_equal(screen.row, 4);
	assert_int_equal(screen.column, 0);
	screen_close(&screen);
	evidence_list_done(&list);
}

static void follows_the_window(void **state)
{
	struct winsize size = { .ws_row = 7, .ws_col = 24 };
	struct screen screen;
	struct evidence_list list = { 0 };
	struct evidence *evidence = evidence_of(&list, EVIDENCE_TABLE, table);
	struct live *live;

	(void)state;
	screen_open(&screen, 7, 60);
	live = live_new(screen.slave);
	live_update(live, evidence, "a status line that has room in the wide window");
	screen_read(&screen);
	assert_true(screen_has(&screen, "shown 2 of 6 rows"));
	assert_true(screen_has(&screen, "room in the wide window"));
	assert_int_equal(ioctl(screen.master, TIOCSWINSZ, &size), 0);
	screen.width = 24; /* the emulation checks that nothing is wider from here */
	pause_frame();
	live_update(live, evidence, "a status line that has room in the wide window");
	screen_read(&screen);
	live_free(live);
	screen_close(&screen);
	evidence_list_done(&list);
}

/* Nobody reads the other end: every call returns, and what was missed is told once somebody does. */
static void never_waits(void **state)
{
	struct screen screen;
	struct live *live;

	(void)state;
	screen_open(&screen, 20, 60);
	live = live_new(screen.slave);
	alarm(60); /* a deadline, not a measurement: a blocking write would hang for ever */
	for (int i = 0; i < 200000; i++) {
		live_line(live, text_of("a line that nobody reads, again and again"));
		live_update(live, NULL, "status");
	}
	for (int i = 0; i < 20 && !memmem(screen.cells, sizeof(screen.cells), "lines not shown", 15); i++) {
		screen_read(&screen);
		pause_frame();
		live_update(live, NULL, "status");
	}
	screen_read(&screen);
	assert_true(screen_has(&screen, "lines not shown"));
	assert_true(screen.bytes < 1 << 20);
	live_free(live);
	alarm(0);
	screen_close(&screen);
}

static void no_terminal(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_null(live_new(ends[1]));
	live_update(NULL, NULL, "status");
	live_line(NULL, text_of("line"));
	live_free(NULL);
	close(ends[0]);
	close(ends[1]);
	struct screen screen;

	screen_open(&screen, 20, 60);
	setenv("TERM", "dumb", 1);
	assert_null(live_new(screen.slave));
	screen_close(&screen);
}

static void status_line(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	live_status(5.21, 0, 1204, "events", 3, &out);
	assert_string_equal(out.at, "5.2 s   1,204 events   3 lost   Ctrl-C to stop");
	build_clear(&out);
	live_status(1, 4, 1, "opens", 0, &out);
	assert_string_equal(out.at, "1.0 s (4 s to go)   1 open   Ctrl-C to stop");
	build_clear(&out);
	live_status(1, 0, 3072, "bytes", 0, &out);
	assert_string_equal(out.at, "1.0 s   3 KiB   Ctrl-C to stop");
	build_clear(&out);
	live_status(1, 0, -1, "opens", 0, &out); /* nothing that adds up */
	assert_string_equal(out.at, "1.0 s   Ctrl-C to stop");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_in_place), cmocka_unit_test(follows_the_window), cmocka_unit_test(never_waits),
		cmocka_unit_test(no_terminal),	  cmocka_unit_test(status_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
