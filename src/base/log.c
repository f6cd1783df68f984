/* What -v shows. */
#include "base/log.h"
#include <stdarg.h>
#include <time.h>
#include "base/text.h"

int log_level;

double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void log_line(const char *stage, const char *format, va_list args)
{
	static double start;
	AUTO_BUILD words = { 0 };
	AUTO_BUILD line = { 0 };

	if (start == 0)
		start = now();
	build_vfmt(&words, format, args);
	build_fmt(&line, "[%6.3f] %-8s ", now() - start, stage);
	build_safe(&line, build_text(&words), true);
	build_char(&line, '\n');
	fputs(line.at, stderr);
}

void log_stage(const char *stage, const char *format, ...)
{
	va_list args;

	if (log_level < 1)
		return;
	va_start(args, format);
	log_line(stage, format, args);
	va_end(args);
}

void log_detail(const char *stage, const char *format, ...)
{
	va_list args;

	if (log_level < 2)
		return;
	va_start(args, format);
	log_line(stage, format, args);
	va_end(args);
}
